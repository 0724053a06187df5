import fc from 'fast-check'
import t from 'tap'
import { parseYuan, sumFen } from '../../../src/kernel/money.ts'
import { finalStates } from '../../../src/kernel/transitions.ts'
import {
  advance,
  availableFen,
  bidWindow,
  drawPools,
  eligiblePools,
  type FundPool,
  inDrawingOrder,
  ROUND_STATES,
  ROUND_TRANSITIONS,
  type RoundCommand,
} from '../../../src/modules/rounds/rules.ts'

const LAWFUL: Record<(typeof ROUND_STATES)[number], Partial<Record<RoundCommand, string>>> = {
  draft: { change: 'draft', publish: 'published', cancel: 'cancelled' },
  published: { open: 'receiving', close: 'bids_closed', cancel: 'cancelled' },
  receiving: { close: 'bids_closed', cancel: 'cancelled' },
  bids_closed: { startReview: 'reviewing', cancel: 'cancelled' },
  reviewing: { publishNotice: 'notice', startClosing: 'closing', cancel: 'cancelled' },
  notice: { publishNotice: 'notice', approve: 'approved', startClosing: 'closing', cancel: 'cancelled' },
  approved: { publishNotice: 'approved', approve: 'approved', implement: 'implementing', startClosing: 'closing' },
  implementing: {
    publishNotice: 'implementing',
    approve: 'implementing',
    implement: 'implementing',
    startClosing: 'closing',
  },
  closing: { startClosing: 'closing', finish: 'closed' },
  closed: {},
  cancelled: {},
}
const COMMANDS: readonly RoundCommand[] = [
  'change',
  'publish',
  'cancel',
  'open',
  'close',
  'startReview',
  'publishNotice',
  'approve',
  'implement',
  'startClosing',
  'finish',
]

t.test('for every state and command of a round the table says what follows', async (t) => {
  for (const state of ROUND_STATES) {
    for (const command of COMMANDS) {
      const decision = advance({ state }, command)
      const expected = LAWFUL[state][command]
      if (expected === undefined) {
        t.equal(
          decision.accepted ? null : decision.refusal.problem.code,
          'round_not_in_state',
          `${command} in ${state}`,
        )
      } else t.same(decision, { accepted: true, value: expected }, `${command} in ${state}`)
    }
  }
  t.same(finalStates(ROUND_TRANSITIONS), ['closed', 'cancelled'])
})

const opensAt = new Date('2026-03-26T16:00:00.000Z')
const closesAt = new Date('2026-04-16T09:00:00.000Z')
const at = (instant: string, state: 'published' | 'receiving' | 'bids_closed' | 'draft' = 'receiving') =>
  bidWindow({ state, opensAt, closesAt }, new Date(instant))

t.test('the clock opens and closes the window for bids, whether or not the jobs have run', async (t) => {
  t.equal(at('2026-03-26T15:59:59.999Z', 'published'), 'not_open')
  t.equal(at('2026-03-26T16:00:00.000Z', 'published'), 'open', 'the opening instant itself is open')
  t.equal(at('2026-04-16T08:59:59.999Z'), 'open')
  t.equal(at('2026-04-16T09:00:00.000Z'), 'closed', 'the closing instant itself is closed')
  t.equal(at('2026-04-16T09:00:01.000Z', 'published'), 'closed')
  t.equal(at('2026-04-01T00:00:00.000Z', 'bids_closed'), 'closed', 'a closed round stays closed')
  t.equal(at('2026-04-01T00:00:00.000Z', 'draft'), 'not_open')
})

function pool(position: number, size: string, limits: Partial<Pick<FundPool, 'purposes' | 'fields'>> = {}): FundPool {
  const source = position === 1 ? 'welfare_lottery' : 'fiscal'
  const base = { id: `pool_${position}`, position, source, name: `${position}`, purposes: null, fields: null } as const
  return { ...base, sizeFen: parseYuan(size), allocatedFen: 0n, ...limits }
}
const FREE = { poolOrder: null }
const elderly = { lotteryPurpose: 'elderly', serviceField: 'elderly_care' }
const governance = { lotteryPurpose: null, serviceField: 'governance' }

t.test('lottery money serves only needs with one of its purposes', async (t) => {
  const lottery = pool(1, '420000.00', { purposes: ['elderly', 'disabled', 'orphans', 'poverty'] })
  const fiscal = pool(2, '180000.00')
  t.same(eligiblePools([fiscal, lottery], FREE, elderly), [lottery, fiscal], 'the restricted one comes first')
  t.same(eligiblePools([lottery, fiscal], FREE, governance), [fiscal])
  t.same(eligiblePools([lottery], FREE, { ...elderly, lotteryPurpose: 'sports' }), [])
})

t.test('a pool may be bound to service fields, with or without purposes', async (t) => {
  const fields = pool(1, '1.00', { fields: ['elderly_care', 'health'] })
  const both = pool(2, '1.00', { purposes: ['elderly'], fields: ['elderly_care'] })
  const free = pool(3, '1.00')
  t.same(eligiblePools([free, fields, both], FREE, elderly), [both, fields, free])
  t.same(eligiblePools([free, fields, both], FREE, governance), [free])
})

t.test(
  'the policy may order the pools otherwise, and of equally restricted ones the narrower goes first',
  async (t) => {
    const wide = pool(1, '1.00', { purposes: ['elderly', 'disabled'] })
    const narrow = pool(2, '1.00', { purposes: ['elderly'] })
    const free = pool(3, '1.00')
    t.same(inDrawingOrder([free, wide, narrow], FREE), [narrow, wide, free])
    t.same(inDrawingOrder([wide, narrow, free], { poolOrder: [3, 1, 2] }), [free, wide, narrow])
  },
)

t.test('B10 draws 85,000 that are left of the lottery and 15,000 of the fiscal pool', async (t) => {
  const lottery = { ...pool(1, '420000.00', { purposes: ['elderly'] }), allocatedFen: parseYuan('335000.00') }
  const fiscal = { ...pool(2, '180000.00'), allocatedFen: parseYuan('85000.00') }
  const drawn = drawPools(eligiblePools([lottery, fiscal], FREE, elderly), parseYuan('100000.00'))
  t.same(drawn, {
    accepted: true,
    value: [
      { poolId: 'pool_1', source: 'welfare_lottery', amountFen: 8_500_000n },
      { poolId: 'pool_2', source: 'fiscal', amountFen: 1_500_000n },
    ],
  })
})

t.test('what the eligible pools do not hold is not drawn, and the refusal names both amounts', async (t) => {
  const decision = drawPools([pool(1, '50.00'), pool(2, '40.00')], parseYuan('90.01'))
  t.match(decision, {
    accepted: false,
    refusal: { problem: { code: 'pool_exhausted' }, parameters: { available: '90.00', wanted: '90.01' } },
  })
})

t.test(
  'whatever the pools hold: shares sum to the amount, keep the order and empty a pool before the next',
  async () => {
    const balances = fc.record({ size: fc.bigInt(1n, 10_000n), allocated: fc.bigInt(0n, 10_000n) })
    fc.assert(
      fc.property(fc.array(balances, { minLength: 1, maxLength: 5 }), fc.bigInt(0n, 40_000n), (sizes, amount) => {
        const pools = sizes.map(({ size, allocated }, index) => ({
          ...pool(index + 1, '0.01'),
          sizeFen: size,
          allocatedFen: allocated < size ? allocated : size,
        }))
        const drawn = drawPools(pools, amount)
        if (!drawn.accepted) return availableFen(pools) < amount
        const taken = new Map(drawn.value.map((share) => [share.poolId, share.amountFen]))
        const lastUsed = pools.findLastIndex(({ id }) => taken.has(id))
        return (
          sumFen(taken.values()) === amount &&
          drawn.value.every((share) => share.amountFen > 0n) &&
          pools.every((one, index) => {
            const left = one.sizeFen - one.allocatedFen - (taken.get(one.id) ?? 0n)
            return left >= 0n && (index >= lastUsed || left === 0n)
          })
        )
      }),
    )
  },
)
