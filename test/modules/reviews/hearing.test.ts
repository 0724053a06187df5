import fc from 'fast-check'
import t from 'tap'
import { type Decision, orThrow } from '../../../src/kernel/decision.ts'
import { compareFractions, fraction } from '../../../src/kernel/ratio.ts'
import { rankableBids } from '../../../src/modules/reviews/rules/rankable.ts'
import { type Seat, statedKey } from '../../../src/modules/reviews/rules/seating.ts'
import {
  advanceItem,
  callBids,
  ITEM_STATES,
  ITEM_TRANSITIONS,
  type ItemCommand,
  type ItemState,
  openScoring,
  opinionsPublished,
  outcomeOf,
  publishOpinion,
  reachesQuorum,
} from '../../../src/modules/reviews/rules/session.ts'
import { countedVotes, signSheet, VOTES, type Vote } from '../../../src/modules/reviews/rules/sheets.ts'

const COMMANDS: readonly ItemCommand[] = [
  'hearStatement',
  'crossExamine',
  'ask',
  'openScoring',
  'publishOpinion',
  'reopen',
]
const MAY_JUDGE = {
  seat: { bidId: 'bid', expertId: 'E1', state: 'seated', reason: null },
  ...{ seated: 3, quorum: 3, hasSigned: false, conflict: null, level: null },
  ...{ reviewOn: '2026-04-28', signedOn: '2026-04-28' },
} as const
const VOTING = { method: 'vote', criteria: [], asksAmount: false, requestedFen: 1n } as const
const YES = { items: [], vote: 'yes', recommendedFen: null, remark: null } as const

t.test('whatever is commanded, no vote is taken before statement and cross-examination', async (t) => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...COMMANDS), { maxLength: 25 }), (commands) => {
      let state: ItemState = 'called'
      const passed = new Set<ItemState>([state])
      for (const command of commands) {
        const item: { bidId: string; state: ItemState } = { bidId: 'bid', state }
        const next: Decision<ItemState> =
          command === 'openScoring' ? openScoring(item, 'full', []) : advanceItem(item, command)
        if (next.accepted) state = next.value
        passed.add(state)
        const isTaken = signSheet({ ...MAY_JUDGE, hearing: state }, VOTING, YES).accepted
        if (isTaken && !(state === 'scoring' && passed.has('statement') && passed.has('cross_examination')))
          return false
      }
      return true
    }),
    { numRuns: 2_000 },
  )
  t.same(
    ITEM_STATES.filter((state) => Object.keys(ITEM_TRANSITIONS[state]).length === 0),
    [],
    'and no stage is a dead end',
  )
})

t.test('a statement alone leads to scoring where the policy asks for no more', async (t) => {
  const item = { bidId: 'bid', state: 'statement' as const }
  t.equal(orThrow(openScoring(item, 'statement_scoring', [])), 'scoring')
  t.match(openScoring(item, 'full', []), { refusal: { problem: { code: 'cross_examination_required' } } })
  t.match(openScoring({ ...item, state: 'cross_examination' }, 'full', [2, 3]), {
    refusal: { problem: { code: 'review_questions_unanswered' }, parameters: { numbers: '2, 3' } },
  })
})

t.test('the majority is what the ranking’s exact fractions say, and never rounded', async (t) => {
  const votes = fc.array(fc.constantFrom<Vote>(...VOTES), { minLength: 1, maxLength: 50 })
  const terms = fc.record({
    quorumBasisPoints: fc.constant(0),
    majorityBasisPoints: fc.integer({ min: 1, max: 10_000 }),
    majorityOf: fc.constantFrom('cast' as const, 'decisive' as const),
  })
  fc.assert(
    fc.property(votes, terms, (cast, rule) => {
      const count = (wanted: Vote) => cast.filter((vote) => vote === wanted).length
      const outcome = outcomeOf({ yes: count('yes'), no: count('no'), abstain: count('abstain') }, rule)
      const sheets = countedVotes(
        cast.map((vote) => ({ vote })),
        rule,
      )
      const yes = sheets.filter(({ vote }) => vote === 'yes').length
      const share = fraction(yes * 10_000, sheets.length)
      return (outcome === 'recommended') === compareFractions(share, fraction(rule.majorityBasisPoints, 1)) >= 0
    }),
    { numRuns: 2_000 },
  )
  const over = (yes: number, no: number, majorityBasisPoints: number) =>
    outcomeOf({ yes, no, abstain: 0 }, { quorumBasisPoints: 0, majorityBasisPoints, majorityOf: 'cast' })
  t.equal(over(2, 1, 6_666), 'recommended', 'two thirds')
  t.equal(over(2, 2, 5_001), 'not_recommended', 'half is not more than half')
  t.equal(over(26, 24, 5_001), 'recommended')
  t.equal(over(0, 0, 1), 'not_recommended')
})

t.test('a quorum counts who voted, abstentions included, and nobody is no quorum', async (t) => {
  const terms = { quorumBasisPoints: 6_666, majorityBasisPoints: 5_001, majorityOf: 'cast' } as const
  t.same([reachesQuorum(2, 3, terms), reachesQuorum(1, 3, terms), reachesQuorum(3, 5, terms)], [true, false, false])
  t.equal(reachesQuorum(0, 3, { ...terms, quorumBasisPoints: 0 }), false)
  const seat = (expertId: string): Seat => ({
    ...{ bidId: 'a', expertId, position: 1, state: 'seated', reason: null, remark: null, absence: null },
  })
  const panel = { quorum: 2, seats: ['E1', 'E2', 'E3'].map(seat) }
  const signed = (...experts: string[]) => new Set(experts.map((expertId) => statedKey('a', expertId)))
  t.match(rankableBids(['a'], panel, signed('E1', 'E3'), [], terms), {
    refusal: { problem: { code: 'votes_missing' }, errors: [{ detail: 'a E2' }] },
  })
  const without = (...absent: string[]) => ({
    ...panel,
    seats: panel.seats.map((one) => (absent.includes(one.expertId) ? { ...one, absence: '住院' } : one)),
  })
  t.same(orThrow(rankableBids(['a'], without('E2'), signed('E1', 'E3'), [], terms)), ['a'])
  t.match(rankableBids(['a'], without('E2', 'E3'), signed('E1'), [], terms), {
    refusal: { problem: { code: 'votes_below_quorum' } },
  })
})

t.test('an opinion waits for the panel, and a session for bids that wait', async (t) => {
  const item = { bidId: 'bid', state: 'scoring' as const }
  const panel = { seated: ['E1', 'E2', 'E3'], signed: new Set(['E1', 'E2']), absent: new Set<string>(), quorum: 2 }
  t.match(publishOpinion(item, panel, null), { refusal: { errors: [{ detail: 'E3' }] } })
  t.match(publishOpinion(item, { ...panel, quorum: 4 }, null), { refusal: { problem: { code: 'panel_below_quorum' } } })
  t.equal(orThrow(publishOpinion(item, { ...panel, signed: new Set(panel.seated) }, null)), 'opinion_published')
  const vote = { quorumBasisPoints: 6_666, majorityBasisPoints: 5_001, majorityOf: 'cast' } as const
  const absent = new Set(['E3'])
  t.match(publishOpinion(item, panel, vote), { refusal: { problem: { code: 'votes_missing' } } }, 'a quorum or not')
  t.equal(orThrow(publishOpinion(item, { ...panel, absent }, vote)), 'opinion_published')
  t.equal(publishOpinion(item, { ...panel, absent }, null).accepted, false, 'a sheet is never done without')
  t.same(orThrow(callBids(null, ['a', 'b', 'c'], new Set(['b']))), ['a', 'c'])
  t.same(orThrow(callBids(['c', 'a'], ['a', 'b', 'c'], new Set())), ['c', 'a'])
  const forwarded = new Set(['a', 'c'])
  t.same(orThrow(callBids(null, ['a', 'b', 'c'], new Set(['c']), forwarded)), ['a'], 'what the levels have still waits')
  t.match(callBids(['a', 'b'], ['a', 'b'], new Set(), forwarded), {
    refusal: { errors: [{ pointer: '#/bidIds/1', code: 'bid_not_forwarded' }] },
  })
  t.match(callBids(['a'], ['a'], new Set(['a'])), { refusal: { errors: [{ code: 'called_already' }] } })
  t.match(opinionsPublished(['a', 'b'], [{ bidId: 'a', state: 'opinion_published' }]), {
    refusal: { problem: { code: 'review_opinions_missing' }, errors: [{ code: 'not_called', detail: 'b' }] },
  })
})
