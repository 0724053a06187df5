import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { type Decision, orThrow } from '../../../src/kernel/decision.ts'
import { parsePoints } from '../../../src/kernel/points.ts'
import { rankableBids } from '../../../src/modules/reviews/rules/rankable.ts'
import {
  type Candidate,
  checkMembers,
  checkPanel,
  checkRelations,
  checkReviewDay,
  recusalAtSigning,
  recusalReason,
  type Seat,
  type StatedRecusals,
  seatBid,
  statedKey,
} from '../../../src/modules/reviews/rules/seating.ts'
import { ITEM_STATES } from '../../../src/modules/reviews/rules/session.ts'
import {
  correctSheet,
  countedVotes,
  type SheetContent,
  type SheetItem,
  type SheetTerms,
  type SigningFacts,
  signSheet,
  VOTES,
  type Vote,
} from '../../../src/modules/reviews/rules/sheets.ts'

const REVIEW_DAY = '2026-04-28'
const TERMS = { size: 3, quorum: 3, recusalLookbackMonths: 24 }
const NOBODY: StatedRecusals = new Map()

const expert = (expertId: string, position: number, extra: Partial<Candidate> = {}): Candidate => ({
  expertId,
  position,
  kind: position <= 3 ? 'regular' : 'alternate',
  employments: [],
  relations: [],
  conflictOrganizationIds: [],
  ...extra,
})
/** The panel of demo-round.md 5.6: E2 left A3 on 2025-02-28. */
const PANEL = [
  expert('E1', 1),
  expert('E2', 2, { employments: [{ organizationId: 'A3', from: '2019-04-01', to: '2025-02-28' }] }),
  expert('E3', 3),
  expert('E4', 4),
]
const seats = (organizationIds: string[], candidates = PANEL, stated: StatedRecusals = NOBODY) =>
  seatBid(candidates, { bidId: 'bid', organizationIds }, REVIEW_DAY, TERMS, stated).map(
    ({ expertId, state, reason }) => `${expertId} ${reason ?? state}`,
  )
const refusal = (decision: Decision<unknown>) => {
  if (decision.accepted) throw new Error('it was accepted')
  return { code: decision.refusal.problem.code, errors: decision.refusal.errors.map(({ code }) => code) }
}

t.test('an expert who left the bidder 14 months ago steps aside, and the alternate judges that bid only', async (t) => {
  t.same(seats(['A3']), ['E1 seated', 'E2 employment', 'E3 seated', 'E4 seated'])
  t.same(seats(['A1']), ['E1 seated', 'E2 seated', 'E3 seated'], 'the alternate has no seat where nobody steps aside')
})

t.test('the look-back ends with the month: exactly 24 months ago is long enough', async (t) => {
  const left = (to: string | null) =>
    recusalReason(
      { employments: [{ organizationId: 'A', from: '2015-01-01', to }], relations: [], conflictOrganizationIds: [] },
      ['A'],
      REVIEW_DAY,
      24,
    )
  t.equal(left('2024-04-28'), null)
  t.equal(left('2024-04-29'), 'employment')
  t.equal(left('2026-05-31'), 'employment', 'who leaves after the review day works there on it')
  t.equal(left(null), 'employment')
})

t.test('at the signing the stricter of review day and signing day counts, with the record as it is then', async (t) => {
  const left = (to: string | null, reviewOn: string, signedOn: string) =>
    recusalAtSigning(
      { employments: [{ organizationId: 'A', from: '2015-01-01', to }], relations: [], conflictOrganizationIds: [] },
      ['A'],
      { reviewOn, signedOn },
      24,
    )
  t.equal(left('2024-04-28', REVIEW_DAY, '2026-05-06'), null)
  t.equal(left('2024-05-02', REVIEW_DAY, '2026-05-06'), 'employment', 'too close on the review day')
  t.equal(left('2024-05-02', '2026-05-06', REVIEW_DAY), 'employment', 'too close on the day of signing')
})

t.test('the review lies between the opening and the end of the cycle', async (t) => {
  const code = (reviewOn: string) => {
    const decision = checkReviewDay(reviewOn, '2026-04-20', '2026-11-30')
    return decision.accepted ? 'accepted' : decision.refusal.problem.code
  }
  t.equal(code('2026-04-19'), 'review_day_invalid')
  t.equal(code('2026-04-20'), 'accepted')
  t.equal(code('2026-11-30'), 'accepted')
  t.equal(code('2026-12-01'), 'review_day_invalid')
})

t.test('a declared relation counts, and so does work for the filed group or its sponsor', async (t) => {
  const declared = expert('E1', 1, { conflictOrganizationIds: ['A4'] })
  t.same(seats(['A4'], [declared]), ['E1 declared_conflict'])
  const atGroup = expert('E1', 1, { employments: [{ organizationId: 'F1', from: '2025-01-01', to: null }] })
  t.same(seats(['A4', 'F1'], [atGroup]), ['E1 employment'])
  t.same(seats(['A4'], [atGroup]), ['E1 seated'])
  t.same(seats(['A1'], PANEL, new Map([[statedKey('bid', 'E1'), { reason: 'own_statement', remark: '近亲属' }]])), [
    'E1 own_statement',
    'E2 seated',
    'E3 seated',
    'E4 seated',
  ])
})

t.test('an alternate who must step aside is passed by, and without another the bid stays below its size', async (t) => {
  const former = { employments: [{ organizationId: 'A3', from: '2020-01-01', to: null }] }
  const panel = [...PANEL.slice(0, 3), expert('E4', 4, former), expert('E5', 5), expert('E6', 6)]
  t.same(seats(['A3'], panel), ['E1 seated', 'E2 employment', 'E3 seated', 'E4 employment', 'E5 seated'])
  t.same(seats(['A3'], PANEL.slice(0, 3)), ['E1 seated', 'E2 employment', 'E3 seated'])
})

t.test('seating depends on positions, never on the order of the list, and seats nobody with a reason', async (t) => {
  const arbitraryPanel = fc
    .array(fc.record({ isEmployed: fc.boolean(), hasConflict: fc.boolean() }), { minLength: 1, maxLength: 8 })
    .map((panel) =>
      panel.map(({ isEmployed, hasConflict }, index) =>
        expert(`E${index}`, index + 1, {
          employments: isEmployed ? [{ organizationId: 'A', from: '2020-01-01', to: null }] : [],
          conflictOrganizationIds: hasConflict ? ['A'] : [],
        }),
      ),
    )
  fc.assert(
    fc.property(arbitraryPanel, fc.integer({ min: 1, max: 5 }), (panel, size) => {
      const bid = { bidId: 'bid', organizationIds: ['A'] }
      const terms = { ...TERMS, size }
      const found = seatBid(panel, bid, REVIEW_DAY, terms, NOBODY)
      if (!isDeepStrictEqual(seatBid(panel.toReversed(), bid, REVIEW_DAY, terms, NOBODY), found)) return false
      const free = panel.filter((one) => one.employments.length + one.conflictOrganizationIds.length === 0)
      const seated = found.filter(({ state }) => state === 'seated').map(({ expertId }) => expertId)
      const first = free.slice(0, size).map(({ expertId }) => expertId)
      return isDeepStrictEqual(seated, first)
    }),
  )
  t.pass('for generated panels')
})

t.test('a member who joins at the end takes nobody’s seat', async (t) => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 7 }), (conflicts) => {
      const panel = conflicts.map((hasConflict, index) =>
        expert(`E${index}`, index + 1, { conflictOrganizationIds: hasConflict ? ['A'] : [] }),
      )
      const seat = (members: readonly Candidate[]) =>
        seatBid(members, { bidId: 'bid', organizationIds: ['A'] }, REVIEW_DAY, TERMS, NOBODY)
      const before = seat(panel)
      return isDeepStrictEqual(seat([...panel, expert('new', 99)]).slice(0, before.length), before)
    }),
  )
  t.pass('for generated panels')
})

t.test('whoever judges keeps the seat; an empty one goes to whom the draw names, and then down the line', async (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.boolean(), { minLength: 4, maxLength: 9 }),
      fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { maxLength: 4 }),
      fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { maxLength: 3 }),
      (conflicts, drawnPlaces, gonePlaces) => {
        const panel = conflicts.map((hasConflict, index) =>
          expert(`E${index + 1}`, index + 1, { conflictOrganizationIds: hasConflict ? ['A'] : [] }),
        )
        const bid = { bidId: 'bid', organizationIds: ['A'] }
        const drawn = new Set(drawnPlaces.map((place) => `E${place}`))
        const gone: StatedRecusals = new Map(
          gonePlaces.map((place) => [statedKey('bid', `E${place}`), { reason: 'dropped_out', remark: '病假' }]),
        )
        const before = seatBid(panel, bid, REVIEW_DAY, TERMS, NOBODY)
        const after = seatBid(panel, bid, REVIEW_DAY, TERMS, gone, { seats: before, drawn })
        const seated = (list: readonly Seat[]) =>
          list.filter(({ state }) => state === 'seated').map(({ expertId }) => expertId)
        const isGone = (expertId: string) => gone.has(statedKey('bid', expertId))
        const stay = seated(before).filter((expertId) => !isGone(expertId))
        const free = panel
          .filter(({ expertId, conflictOrganizationIds: { length } }) => length === 0 && !isGone(expertId))
          .map(({ expertId }) => expertId)
          .filter((expertId) => !stay.includes(expertId))
        const line = [...free.filter((id) => drawn.has(id)), ...free.filter((id) => !drawn.has(id))]
        const expected = [...stay, ...line.slice(0, TERMS.size - stay.length)]
        const kept = before.every(({ expertId }) => after.some((seat) => seat.expertId === expertId))
        return kept && isDeepStrictEqual(seated(after).sort(), expected.sort())
      },
    ),
  )
  t.pass('for generated panels')
})

t.test('the list of members is refused with all its flaws at once', async (t) => {
  const known = new Set(['E1', 'E2', 'E3', 'E4'])
  t.same(
    orThrow(checkMembers(['E1', 'E2', 'E3'], ['E4'], known, 3)).map(
      ({ expertId, position, kind }) => `${expertId} ${position} ${kind}`,
    ),
    ['E1 1 regular', 'E2 2 regular', 'E3 3 regular', 'E4 4 alternate'],
  )
  t.same(refusal(checkMembers(['E1', 'E2', 'E3', 'E4'], ['E1', 'E9'], known, 3)), {
    code: 'panel_members_invalid',
    errors: ['too_many', 'twice', 'unknown'],
  })
})

t.test('a panel has as many experts as the policy seats, and alternates may make up for regulars', async (t) => {
  const known = new Set(['E1', 'E2', 'E3'])
  t.equal(orThrow(checkPanel(['E1', 'E2'], ['E3'], known, 3)).length, 3)
  t.same(refusal(checkPanel(['E1'], ['E2'], known, 3)), { code: 'panel_members_invalid', errors: ['too_few'] })
  t.same(refusal(checkPanel(['E9'], [], known, 3)), { code: 'panel_members_invalid', errors: ['too_few', 'unknown'] })
})

t.test('an employment may be of one day and still last, and the rest of the record is not looked at', async (t) => {
  const organizationId = 'org_1'
  const known = new Set([organizationId])
  const day = { organizationId, from: '2020-01-01', to: '2020-01-01' }
  t.ok(checkRelations({ employments: [day, { ...day, to: null }] }, known).accepted)
  t.ok(checkRelations({}, new Set()).accepted)
  t.same(refusal(checkRelations({ employments: [{ ...day, to: '2019-12-31' }] }, known)), {
    code: 'expert_relations_invalid',
    errors: ['dates_reversed'],
  })
})

const CRITERIA = [
  { code: 'need_fit', maxHundredths: 2000 },
  { code: 'feasibility', maxHundredths: 2500 },
]
const item = (criterion: string, points: number) => ({ criterion, hundredths: parsePoints(String(points)) })
const SEATED = { bidId: 'bid', expertId: 'E1', state: 'seated', reason: null } as const
const ON_THE_DAY = { reviewOn: REVIEW_DAY, signedOn: REVIEW_DAY }
const MAY_SIGN = {
  ...{ seat: SEATED, seated: 3, quorum: 3, hasSigned: false, conflict: null, hearing: null, level: null },
  ...ON_THE_DAY,
}
const WHOLE = [item('feasibility', 25), item('need_fit', 19.5)]
const POINTS: SheetTerms = { method: 'scores', criteria: CRITERIA, asksAmount: true, requestedFen: 9_000_000n }
const VOTING: SheetTerms = { ...POINTS, method: 'vote', criteria: [] }
const SILENT = { items: [], vote: null, recommendedFen: null, remark: null }
const scored = (items: readonly SheetItem[], more: object = {}) => ({ ...SILENT, items, ...more })

t.test('a sheet is taken with exactly the criteria, up to their maxima, in the policy’s order', async (t) => {
  t.same(orThrow(signSheet(MAY_SIGN, POINTS, scored(WHOLE))), {
    ...SILENT,
    items: [item('need_fit', 19.5), item('feasibility', 25)],
    totalHundredths: 4450,
  })
  const nothing = scored([item('need_fit', 0), item('feasibility', 0)])
  t.equal(orThrow(signSheet(MAY_SIGN, POINTS, nothing)).totalHundredths, 0)
  const flaws = (...items: ReturnType<typeof item>[]) => refusal(signSheet(MAY_SIGN, POINTS, scored(items)))
  t.same(flaws(item('need_fit', 20.01), item('feasibility', 25)), {
    code: 'score_sheet_invalid',
    errors: ['points_above_max'],
  })
  t.same(flaws(item('need_fit', 1)).errors, ['criterion_missing'])
  t.same(flaws(...WHOLE, item('beauty', 1)).errors, ['criterion_unknown'])
  t.same(flaws(...WHOLE, item('need_fit', 1)).errors, ['criterion_twice'])
  t.same(refusal(signSheet(MAY_SIGN, POINTS, scored(WHOLE, { vote: 'yes' }))).errors, ['vote_not_asked'])
})

t.test('where the panel votes a sheet is one word, and yes is the whole', async (t) => {
  const voted = (vote: Vote | null, items: readonly SheetItem[] = []) =>
    signSheet(MAY_SIGN, VOTING, scored(items, { vote }))
  const totals = VOTES.map((vote) => orThrow(voted(vote)).totalHundredths)
  t.same(totals, [10_000, 0, 0])
  t.same(refusal(voted(null)).errors, ['vote_missing'])
  t.same(refusal(voted('no', WHOLE)).errors, ['points_not_asked'])
  const [yes, no, abstain] = VOTES.map((vote) => ({ vote })) as [{ vote: Vote }, { vote: Vote }, { vote: Vote }]
  const decisive = { majorityOf: 'decisive' } as const
  t.same(countedVotes([yes, abstain, no], decisive), [yes, no])
  t.same(countedVotes([yes, abstain, no], { majorityOf: 'cast' }), [yes, abstain, no])
  t.same(countedVotes([abstain, abstain], decisive), [abstain, abstain], 'nobody spoke for it: no yes at all')
  t.same(countedVotes([abstain], null), [abstain])
})

t.test('an amount is above zero, at most what was asked, and said only where the policy wants it', async (t) => {
  const amount = (recommendedFen: bigint, terms: Partial<SheetTerms> = {}) =>
    signSheet(MAY_SIGN, { ...POINTS, ...terms }, scored(WHOLE, { recommendedFen }))
  t.equal(orThrow(amount(9_000_000n)).recommendedFen, 9_000_000n)
  t.same(refusal(amount(9_000_001n)).errors, ['amount_above_request'])
  t.same(refusal(amount(0n)).errors, ['amount_zero'])
  t.same(refusal(amount(1n, { asksAmount: false })).errors, ['amount_not_asked'])
})

t.test('recused, below the quorum, signed already: each is refused for its own reason', async (t) => {
  const recused = { ...MAY_SIGN, seat: { ...SEATED, state: 'recused', reason: 'employment' } as const }
  const code = (changes: Partial<SigningFacts>) =>
    refusal(signSheet({ ...MAY_SIGN, ...changes }, POINTS, scored(WHOLE))).code
  t.equal(code(recused), 'expert_recused')
  t.equal(code({ seated: 2 }), 'panel_below_quorum')
  t.equal(code({ hasSigned: true }), 'score_sheet_signed')
  t.equal(code({ conflict: 'employment' }), 'expert_recused')
  t.equal(code({ signedOn: '2026-04-27' }), 'review_not_begun')
  for (const level of ['not_begun', 'pending', 'returned'] as const)
    t.equal(code({ level }), 'bid_not_forwarded', level)
  for (const hearing of ['not_called', ...ITEM_STATES] as const)
    if (hearing !== 'scoring') t.equal(code({ hearing }), 'scoring_not_open', hearing)
  t.ok(signSheet({ ...MAY_SIGN, hearing: 'scoring', level: 'forwarded' }, POINTS, scored(WHOLE)).accepted)
  t.equal(
    refusal(signSheet({ ...recused, seated: 2, hasSigned: true }, POINTS, SILENT)).code,
    'expert_recused',
    'who must step aside learns nothing else',
  )
})

t.test('a sheet is corrected before the ranking and while it counts, under the conditions of signing', async (t) => {
  const signed = { id: 'sht_1', voidedAt: null, ...scored([item('feasibility', 20), item('need_fit', 19.5)]) }
  const correct = (changes: object = {}, sheet: SheetContent & { id: string; voidedAt: Date | null } = signed) =>
    correctSheet({ ...MAY_SIGN, hasSigned: true, isRanked: false, ...changes }, sheet, POINTS, scored(WHOLE))
  t.equal(orThrow(correct()).totalHundredths, 4450)
  t.equal(refusal(correct({ isRanked: true })).code, 'score_sheet_correction_too_late')
  t.equal(refusal(correct({}, { ...signed, voidedAt: new Date(0) })).code, 'score_sheet_void')
  t.equal(refusal(correct({ hearing: 'opinion_published' })).code, 'scoring_not_open')
  t.equal(refusal(correct({ conflict: 'declared_conflict' })).code, 'expert_recused')
  const same = { ...signed, ...scored([...WHOLE].reverse()) }
  t.equal(refusal(correct({}, same)).code, 'score_sheet_unchanged', 'in whatever order')
  for (const change of [{ remark: '可行' }, { recommendedFen: 1n }])
    t.ok(correct({}, { ...same, ...change }).accepted, 'another remark or amount is a correction')
})

t.test('a bid below its quorum has no result, and stops the ranking until the host says so', async (t) => {
  const seat = (bidId: string, expertId: string, state: 'seated' | 'recused' = 'seated'): Seat => ({
    bidId,
    expertId,
    state,
    position: 1,
    reason: state === 'recused' ? 'employment' : null,
    remark: null,
    absence: null,
  })
  const panel = {
    quorum: 2,
    seats: [seat('a', 'E1'), seat('a', 'E2'), seat('b', 'E1'), seat('b', 'E2', 'recused')],
  }
  const signed = new Set([statedKey('a', 'E1'), statedKey('a', 'E2')])
  t.same(refusal(rankableBids(['a', 'b'], panel, signed, [])), { code: 'panel_below_quorum', errors: ['below_quorum'] })
  t.same(orThrow(rankableBids(['a', 'b'], panel, signed, ['b'])), ['a'])
  t.equal(refusal(rankableBids(['a', 'b'], panel, signed, ['a', 'b'])).code, 'leave_out_invalid')
  t.same(refusal(rankableBids(['a', 'b'], panel, new Set([statedKey('a', 'E1')]), ['b'])), {
    code: 'score_sheets_missing',
    errors: ['sheet_missing'],
  })
  t.equal(
    refusal(rankableBids(['a', 'c'], panel, signed, [])).code,
    'panel_below_quorum',
    'a bid without any seat is below every quorum',
  )
})
