import fc from 'fast-check'
import t from 'tap'
import {
  actionsOf,
  advance,
  change,
  NEED_STATES,
  NEED_TRANSITIONS,
  type Need,
  type NeedCommand,
  type NeedState,
} from '../../../src/modules/needs/rules.ts'

const NOW = new Date('2026-03-24T02:00:00.000Z')
const EARLIER = new Date('2026-03-02T02:00:00.000Z')
const COMMANDS: readonly NeedCommand[] = [
  'change',
  'verify',
  'publish',
  'withdraw',
  'match',
  'closeWithoutAward',
  'reopen',
  'release',
]

function needIn(state: NeedState): Need {
  return {
    id: 'need_00000000000000000000000001',
    version: 1,
    hostId: 'org_00000000000000000000000001',
    code: 'N1',
    divisionCode: '990421101001',
    title: '独居高龄老人定期探访',
    description: '六十位独居高龄老人',
    beneficiaryGroup: 'empty_nest',
    beneficiaryCount: 60,
    beneficiaryUnit: 'persons',
    serviceField: 'elderly_care',
    lotteryPurpose: 'elderly',
    referenceBudgetFen: 10_000_000n,
    source: null,
    state,
    publishedAt: ['draft', 'verified', 'withdrawn'].includes(state) ? null : EARLIER,
    createdAt: EARLIER,
  }
}

/** What every command does in every state; a dash stands for a refusal. Written by hand, not taken from the code. */
const TABLE: Record<NeedState, readonly (NeedState | '-')[]> = {
  draft: ['draft', 'verified', '-', 'withdrawn', '-', '-', '-', '-'],
  verified: ['draft', '-', 'published', 'withdrawn', '-', '-', '-', '-'],
  published: ['-', '-', '-', 'withdrawn', 'matched', 'no_award', '-', '-'],
  matched: ['-', '-', '-', '-', '-', '-', '-', 'published'],
  no_award: ['-', '-', '-', '-', '-', '-', 'published', '-'],
  withdrawn: ['-', '-', '-', '-', '-', '-', '-', '-'],
}

t.test('every command in every state leads where the table says, or is refused', async (t) => {
  for (const state of NEED_STATES) {
    for (const [index, command] of COMMANDS.entries()) {
      const decision = advance(needIn(state), command, NOW)
      const outcome = decision.accepted ? decision.value.state : '-'
      t.equal(outcome, TABLE[state][index], `${command} a ${state} need`)
      if (!decision.accepted)
        t.match(decision.refusal, { problem: { code: 'need_not_in_state' }, parameters: { state, command } })
    }
  }
})

t.test('a need keeps the day of its first publication', async (t) => {
  const published = advance(needIn('verified'), 'publish', NOW)
  t.same(published.accepted && published.value.publishedAt, NOW)
  const reopened = advance(needIn('no_award'), 'reopen', NOW)
  t.same(reopened.accepted && reopened.value.publishedAt, EARLIER, 'opened again, it is not new')
  const withdrawn = advance(needIn('published'), 'withdraw', NOW)
  t.same(withdrawn.accepted && withdrawn.value.publishedAt, EARLIER, 'withdrawn, it stays known')
})

t.test('a change undoes the verification, and nothing changes once a need is published', async (t) => {
  const changed = change(needIn('verified'), { beneficiaryCount: 62 })
  t.match(changed, { accepted: true, value: { state: 'draft', beneficiaryCount: 62, title: '独居高龄老人定期探访' } })
  for (const state of ['published', 'matched', 'no_award', 'withdrawn'] as const)
    t.notOk(change(needIn(state), { beneficiaryCount: 62 }).accepted, state)
})

t.test('a client is offered only what it may send: rounds match needs, nobody else', async (t) => {
  t.same(actionsOf('draft'), ['change', 'verify', 'withdraw'])
  t.same(actionsOf('verified'), ['change', 'publish', 'withdraw'])
  t.same(actionsOf('published'), ['withdraw'])
  t.same(actionsOf('no_award'), ['reopen'])
  t.same(actionsOf('matched'), [])
  t.same(actionsOf('withdrawn'), [])
})

t.test('whatever the commands and their order, a need that is public never becomes secret again', async () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...COMMANDS), { maxLength: 12 }), (commands) => {
      let need = needIn('draft')
      let wasPublic = false
      for (const command of commands) {
        const decision = advance(need, command, NOW)
        if (decision.accepted) need = decision.value
        if (wasPublic && need.publishedAt === null) return false
        wasPublic = need.publishedAt !== null
        if (['published', 'matched', 'no_award'].includes(need.state) && !wasPublic) return false
      }
      return need.state in NEED_TRANSITIONS
    }),
  )
})
