import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { atHour } from '../../src/kernel/days.ts'
import { recusalReason } from '../../src/modules/reviews/rules/seating.ts'
import { Decisions } from './decisions/money.ts'
import { review } from './decisions/review.ts'
import { type RandomRound, REVIEW_ON, randomRounds, shuffled } from './decisions/round.ts'

/** A few hundred while a rule is being written, ten thousand otherwise. */
const ROUNDS = Number(process.env['DECISION_ROUNDS'] ?? 10_000)
const AWARDED_AT = atHour('2026-05-06', '09:00')

/** In how many of 10,000 rounds each of these happens at the least; about a third of what was counted in ten runs. */
const SEEN_MIN: Readonly<Record<string, number>> = {
  recusals: 1500,
  foundAtSigning: 400,
  voided: 400,
  withoutResult: 600,
  dropped: 600,
  exact: 900,
  onlyShown: 140,
  lots: 450,
  below_pass_line: 1700,
  cut: 700,
  pools_exhausted: 600,
  organization_limit: 230,
  limit_reached: 160,
  published: 1700,
  withdrawn: 100,
  notice_under_objection: 30,
  filed: 190,
  logged: 170,
  rejected_as_late: 500,
  upheld: 40,
  dismissed: 120,
  decline: 600,
  budget_expired: 120,
  successor: 300,
  moved: 10,
  notice_still_open: 120,
  confirmed: 1500,
}

/** A whole round, from the seats of the panel to the last meeting; every step checks what must hold. */
function play(round: RandomRound) {
  const { entries, withoutResult, seen } = review(round)
  const decisions = new Decisions(round, entries, AWARDED_AT)
  const aboveLine = new Set(entries.filter((entry) => entry.isAboveLine).map(({ bidId }) => bidId))
  for (const step of round.steps) decisions.play(step)
  decisions.finish()
  for (const { bidId } of decisions.awards)
    if (!aboveLine.has(bidId)) throw new Error(`${bidId} got money without reaching the pass line`)
  return {
    result: { entries, withoutResult, ...decisions.outcome() },
    seen: { ...seen, withoutResult: withoutResult.length, ...decisions.seen },
  }
}

t.test(`in ${ROUNDS} random rounds every decision stands, in whatever order its facts are given`, async (t) => {
  const counts: Record<string, number> = {}
  fc.assert(
    fc.property(randomRounds, fc.nat(), (round, seed) => {
      const { result, seen } = play(round)
      const again = play(shuffled(round, seed)).result
      if (!isDeepStrictEqual(result, again)) throw new Error(`another order decides otherwise: ${written(result)}`)
      for (const [what, count] of Object.entries(seen)) if (count > 0) counts[what] = (counts[what] ?? 0) + 1
    }),
    { numRuns: ROUNDS },
  )
  for (const [what, least] of Object.entries(SEEN_MIN)) {
    const count = counts[what] ?? 0
    t.ok(count >= Math.floor((least * ROUNDS) / 10_000), `${what}: in ${count} rounds`)
  }
})

t.test('whoever works for the bidder for some weeks more steps aside, whatever the look-back', async (t) => {
  const works = (to: string | null) => ({
    employments: [{ organizationId: 'A1', from: '2010-01-01', to }],
    relations: [],
    conflictOrganizationIds: [],
  })
  for (const to of [null, '2027-01-31', '2026-05-27', REVIEW_ON])
    t.equal(recusalReason(works(to), ['A1'], REVIEW_ON, 0), 'employment', `until ${to}`)
  t.equal(recusalReason(works('2026-04-27'), ['A1'], REVIEW_ON, 0), null, 'until the day before')
})

function written(value: unknown): string {
  return JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? String(one) : one))
}
