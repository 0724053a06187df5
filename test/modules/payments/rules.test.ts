import fc from 'fast-check'
import t from 'tap'
import { type Fen, formatYuan, parseYuan, sumFen } from '../../../src/kernel/money.ts'
import { finalStates } from '../../../src/kernel/transitions.ts'
import type { ResolvedDate } from '../../../src/kernel/workdays.ts'
import {
  REFUND_CLAIM_STATES,
  REFUND_CLAIM_TRANSITIONS,
  type RefundClaim,
  receiveRefund,
  refundClaimActions,
} from '../../../src/modules/payments/rules/refunds.ts'
import {
  approveTranche,
  cancelTranche,
  holdTranche,
  payTranche,
  planTranches,
  releaseTranche,
  requestTranche,
  splitWithin,
  TRANCHE_STATES,
  TRANCHE_TRANSITIONS,
  type Tranche,
  type TrancheRule,
  type TrancheState,
  trancheActions,
  triggerTranche,
} from '../../../src/modules/payments/rules/tranches.ts'

const workdays = (amount: number) => ({ amount, basis: 'working' as const })
const FIFTY_THIRTY_TWENTY: TrancheRule[] = [
  { number: 1, basisPoints: 5000, trigger: 'agreement_effective', due: workdays(15) },
  { number: 2, basisPoints: 3000, trigger: 'mid_passed', due: workdays(10) },
  { number: 3, basisPoints: 2000, trigger: 'final_passed_and_audited', due: workdays(10) },
]
const share = (source: string, yuan: string) => ({ poolId: `pool_${source}`, source, amountFen: parseYuan(yuan) })
const amounts = (sources: readonly { scheduledFen: Fen }[]) =>
  sources.map(({ scheduledFen }) => formatYuan(scheduledFen))

t.test('the awards of the demonstration round are paid 50, 30 and 20 percent', (t) => {
  const expected: [string, string[]][] = [
    ['95000.00', ['47500.00', '28500.00', '19000.00']],
    ['80000.00', ['40000.00', '24000.00', '16000.00']],
    ['90000.00', ['45000.00', '27000.00', '18000.00']],
    ['70000.00', ['35000.00', '21000.00', '14000.00']],
    ['85000.00', ['42500.00', '25500.00', '17000.00']],
  ]
  for (const [approved, tranches] of expected)
    t.same(amounts(planTranches(FIFTY_THIRTY_TWENTY, [share('welfare_lottery', approved)])), tranches)
  const mixed = planTranches(FIFTY_THIRTY_TWENTY, [share('welfare_lottery', '85000.00'), share('fiscal', '15000.00')])
  t.same(
    mixed.map(({ sources }) => amounts(sources)),
    [
      ['42500.00', '7500.00'],
      ['25500.00', '4500.00'],
      ['17000.00', '3000.00'],
    ],
  )
  t.end()
})

t.test('half a fen rounds up, and the last tranche is the rest', (t) => {
  const rules = FIFTY_THIRTY_TWENTY
  t.same(amounts(planTranches(rules, [share('fiscal', '0.01')])), ['0.01', '0.00', '0.00'])
  t.same(amounts(planTranches(rules, [share('fiscal', '0.05')])), ['0.03', '0.02', '0.00'], '2.5 → 3, 1.5 → 2, rest 0')
  t.same(amounts(planTranches(rules, [share('fiscal', '99999.99')])), ['50000.00', '30000.00', '19999.99'])
  t.same(
    amounts(planTranches(rules.slice(0, 1), [share('fiscal', '12.34')])),
    ['12.34'],
    'a single tranche is the whole',
  )
  t.end()
})

t.test('equal remainders go to the pool that was drawn first', (t) => {
  const equal = [share('welfare_lottery', '0.01'), share('fiscal', '0.01')]
  const rules = FIFTY_THIRTY_TWENTY.map((rule) => ({ ...rule, basisPoints: rule.number === 1 ? 5000 : 2500 }))
  t.same(
    planTranches(rules, equal).map(({ sources }) => amounts(sources)),
    [
      ['0.01', '0.00'],
      ['0.00', '0.01'],
      ['0.00', '0.00'],
    ],
    'and no pool pays more than it approved',
  )
  t.end()
})

const approved = fc.array(fc.bigInt(1n, 100_000_000_00n), { minLength: 1, maxLength: 5 })
const plans = fc.array(fc.integer({ min: 1, max: 4000 }), { minLength: 1, maxLength: 6 }).map((weights) => {
  const rules = weights.map(
    (basisPoints, index): TrancheRule => ({ number: index + 1, basisPoints, trigger: 'mid_passed', due: workdays(5) }),
  )
  const before = weights.slice(0, -1).reduce((sum, points) => sum + points, 0)
  return before > 10_000 ? FIFTY_THIRTY_TWENTY : rules
})

t.test('whatever the amounts, tranches and sources sum to what was approved, to the fen', (t) => {
  fc.assert(
    fc.property(approved, plans, (shares, rules) => {
      const sources = shares.map((amountFen, index) => ({ poolId: `pool_${index}`, source: 'other', amountFen }))
      const plan = planTranches(rules, sources)
      for (const tranche of plan)
        t.equal(sumFen(tranche.sources.map(({ scheduledFen }) => scheduledFen)), tranche.scheduledFen)
      for (const [index, amountFen] of shares.entries())
        t.equal(sumFen(plan.map(({ sources: parts }) => parts[index]?.scheduledFen ?? 0n)), amountFen)
      t.ok(plan.every(({ sources: parts }) => parts.every(({ scheduledFen }) => scheduledFen >= 0n)))
    }),
  )
  t.end()
})

t.test('a split never passes a limit and never loses a fen', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.bigInt(0n, 10_000n), fc.bigInt(1n, 10_000n)), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 0, max: 100 }),
      (pools, percent) => {
        const limits = pools.map(([limit]) => limit)
        const total = (sumFen(limits) * BigInt(percent)) / 100n
        const parts = splitWithin(
          total,
          pools.map(([, weight]) => weight),
          limits,
        )
        t.equal(sumFen(parts), total)
        t.ok(parts.every((part, index) => part >= 0n && part <= (limits[index] ?? 0n)))
      },
    ),
  )
  t.throws(() => splitWithin(3n, [1n, 1n], [1n, 1n]), RangeError)
  t.end()
})

const DUE: ResolvedDate = {
  startOn: '2026-05-27',
  period: workdays(15),
  nominalOn: '2026-06-17',
  effectiveOn: '2026-06-17',
  rolledBecause: null,
}
const REQUESTED_AT = new Date('2026-06-08T01:00:00Z')
const APPROVED_AT = new Date('2026-06-09T01:00:00Z')

function trancheIn(state: TrancheState, isTriggered = state !== 'planned'): Tranche {
  return {
    id: 'trn_1',
    version: 1,
    projectId: 'prj_1',
    awardId: 'awd_1',
    roundId: 'rnd_1',
    hostId: 'org_1',
    organizationId: 'org_2',
    number: 1,
    trigger: 'agreement_effective',
    duePeriod: workdays(15),
    scheduledFen: 100n,
    payableFen: isTriggered ? 100n : null,
    triggeredOn: isTriggered ? '2026-05-27' : null,
    due: isTriggered ? DUE : null,
    state,
    holdReason: state === 'held' ? 'missing_invoice' : null,
    holdNote: state === 'held' ? '发票未到' : null,
    requestedBy: 'key_agency',
    requestedAt: REQUESTED_AT,
    approvedBy: 'key_finance',
    approvedAt: APPROVED_AT,
    paidBy: null,
    paidOn: null,
    voucher: null,
    createdAt: REQUESTED_AT,
    sources: [
      { poolId: 'pool_a', source: 'welfare_lottery', scheduledFen: 85n, payableFen: isTriggered ? 85n : null },
      { poolId: 'pool_b', source: 'fiscal', scheduledFen: 15n, payableFen: isTriggered ? 15n : null },
    ],
  }
}
const PAYMENT = { by: 'key_finance', paidOn: '2026-06-10', voucher: '凭-1', today: '2026-06-10' }
const TRIGGER = { on: '2026-05-27', due: DUE, payableFen: 100n, shares: [85n, 15n] }

t.test('every command in every state of a tranche is lawful as the table says, or refused', (t) => {
  const commands = {
    trigger: (tranche: Tranche) => triggerTranche(tranche, TRIGGER),
    request: (tranche: Tranche) => requestTranche(tranche, 'key_agency', REQUESTED_AT),
    approve: (tranche: Tranche) => approveTranche(tranche, 'key_finance', APPROVED_AT),
    pay: (tranche: Tranche) => payTranche(tranche, PAYMENT),
    hold: (tranche: Tranche) => holdTranche(tranche, 'audit_issue', null),
    release: (tranche: Tranche) => releaseTranche(tranche),
    cancel: (tranche: Tranche) => cancelTranche(tranche),
  }
  const table: Record<TrancheState, Partial<Record<keyof typeof commands, TrancheState>>> = {
    planned: { trigger: 'due', hold: 'held', cancel: 'cancelled' },
    due: { request: 'requested', hold: 'held', cancel: 'cancelled' },
    held: { trigger: 'held', release: 'due', cancel: 'cancelled' },
    requested: { approve: 'approved', hold: 'held', cancel: 'cancelled' },
    approved: { pay: 'paid', hold: 'held', cancel: 'cancelled' },
    paid: {},
    cancelled: {},
  }
  for (const state of TRANCHE_STATES) {
    for (const [command, run] of Object.entries(commands)) {
      const decision = run(trancheIn(state))
      const expected = table[state][command as keyof typeof commands]
      if (decision.accepted) t.equal(decision.value.state, expected, `${command} in ${state}`)
      else
        t.match(
          [expected, decision.refusal.problem.code],
          [undefined, 'tranche_not_in_state'],
          `${command} in ${state}`,
        )
    }
  }
  t.same(finalStates(TRANCHE_TRANSITIONS), ['paid', 'cancelled'])
  t.same(trancheActions({ state: 'held' }), ['release'])
  t.same(trancheActions({ state: 'due' }), ['request', 'hold'])
  t.end()
})

t.test('a tranche that is held before its trigger waits for it again when it is released', (t) => {
  const released = releaseTranche(trancheIn('held', false))
  t.match(released, { value: { state: 'planned', holdReason: null, holdNote: null, due: null } })
  const triggered = triggerTranche(trancheIn('held', false), TRIGGER)
  t.match(triggered, { value: { state: 'held', triggeredOn: '2026-05-27', holdReason: 'missing_invoice' } })
  t.end()
})

t.test('a hold voids the request and the approval', (t) => {
  const held = holdTranche(trancheIn('approved'), 'credit_listing', '列入异常名录')
  t.match(held, { value: { state: 'held', requestedBy: null, approvedBy: null, holdReason: 'credit_listing' } })
  t.end()
})

t.test('who requested a tranche does not approve it', (t) => {
  const own = approveTranche({ ...trancheIn('requested'), requestedBy: 'key_finance' }, 'key_finance', APPROVED_AT)
  t.match(own, { refusal: { problem: { code: 'same_person_approves' } } })
  t.end()
})

t.test('the day of payment lies between the approval and today, both included', (t) => {
  const on = (paidOn: string) => payTranche(trancheIn('approved'), { ...PAYMENT, paidOn, today: '2026-06-12' })
  for (const day of ['2026-06-09', '2026-06-10', '2026-06-12']) t.ok(on(day).accepted, day)
  for (const day of ['2026-06-08', '2026-06-13'])
    t.match(on(day), { refusal: { problem: { code: 'payment_day_invalid' } } }, day)
  t.end()
})

t.test('a reduced tranche is split by the approved shares', (t) => {
  const reduced = triggerTranche(trancheIn('planned'), { ...TRIGGER, payableFen: 50n })
  t.match(reduced, { value: { payableFen: 50n } })
  if (reduced.accepted)
    t.same(
      reduced.value.sources.map(({ payableFen }) => payableFen),
      [43n, 7n],
      '42.5 and 7.5: the fen left over goes to the earlier pool',
    )
  t.end()
})

function claimIn(state: RefundClaim['state'], receivedFen: Fen = 0n): RefundClaim {
  const parts = splitWithin(receivedFen, [1_594_600n, 281_400n], [1_594_600n, 281_400n])
  return {
    id: 'rfc_1',
    version: 1,
    projectId: 'prj_1',
    roundId: 'rnd_1',
    hostId: 'org_1',
    organizationId: 'org_2',
    amountFen: 1_876_000n,
    receivedFen,
    issuedOn: '2026-12-22',
    due: DUE,
    dueAt: new Date('2027-01-13T16:00:00Z'),
    state,
    referralNote: null,
    createdAt: REQUESTED_AT,
    sources: [
      { poolId: 'pool_a', source: 'welfare_lottery', amountFen: 1_594_600n, receivedFen: parts[0] ?? 0n },
      { poolId: 'pool_b', source: 'fiscal', amountFen: 281_400n, receivedFen: parts[1] ?? 0n },
    ],
  }
}
const RECEIPT = { amountFen: 100_000n, receivedOn: '2026-12-28', today: '2026-12-28' }

t.test('a claim is received in parts; what is overdue stays so until it is whole', (t) => {
  const after: Record<RefundClaim['state'], [string | undefined, string | undefined]> = {
    issued: ['part_paid', 'paid'],
    part_paid: ['part_paid', 'paid'],
    overdue: ['overdue', 'paid'],
    referred: ['referred', 'paid'],
    paid: [undefined, undefined],
  }
  for (const state of REFUND_CLAIM_STATES) {
    for (const [index, amountFen] of [100_000n, 1_876_000n].entries()) {
      const decision = receiveRefund(claimIn(state), { ...RECEIPT, amountFen })
      if (decision.accepted) t.equal(decision.value.claim.state, after[state][index], state)
      else
        t.match([after[state][index], decision.refusal.problem.code], [undefined, 'refund_claim_not_in_state'], state)
    }
  }
  t.same(finalStates(REFUND_CLAIM_TRANSITIONS), ['paid'])
  t.same(refundClaimActions({ state: 'overdue' }), ['receive', 'refer'])
  t.same(refundClaimActions({ state: 'issued' }), ['receive'])
  t.same(refundClaimActions({ state: 'paid' }), [])
  t.end()
})

t.test('a receipt is more than nothing, at most what is owed, and on a possible day', (t) => {
  const code = (change: Partial<typeof RECEIPT>) => {
    const decision = receiveRefund(claimIn('issued'), { ...RECEIPT, ...change })
    return decision.accepted ? 'accepted' : decision.refusal.problem.code
  }
  t.equal(code({ amountFen: 0n }), 'receipt_empty')
  t.equal(code({ amountFen: 1_876_001n }), 'receipt_too_large')
  t.equal(code({ receivedOn: '2026-12-21' }), 'receipt_day_invalid')
  t.equal(code({ receivedOn: '2026-12-29' }), 'receipt_day_invalid')
  t.equal(code({ receivedOn: '2026-12-22' }), 'accepted', 'the day of the claim itself')
  t.end()
})

t.test('however a claim is paid back, each pool gets exactly its share in the end', (t) => {
  fc.assert(
    fc.property(fc.array(fc.bigInt(1n, 600_000n), { maxLength: 8 }), (payments) => {
      let claim = claimIn('issued')
      for (const wanted of [...payments, 1_876_000n]) {
        const outstanding = claim.amountFen - claim.receivedFen
        if (outstanding === 0n) break
        const amountFen = wanted < outstanding ? wanted : outstanding
        const decision = receiveRefund(claim, { ...RECEIPT, amountFen })
        if (!decision.accepted) return t.fail(decision.refusal.problem.code)
        t.equal(sumFen(decision.value.parts.map((part) => part.amountFen)), amountFen)
        claim = decision.value.claim
      }
      t.equal(claim.state, 'paid')
      t.same(
        claim.sources.map(({ receivedFen }) => receivedFen),
        [1_594_600n, 281_400n],
      )
    }),
  )
  t.end()
})
