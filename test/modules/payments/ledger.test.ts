import fc from 'fast-check'
import t from 'tap'
import { type Fen, formatYuan, parseYuan, sumFen } from '../../../src/kernel/money.ts'
import type { ResolvedDate } from '../../../src/kernel/workdays.ts'
import {
  finalTrancheFen,
  type LedgerLine,
  type ProjectGrant,
  paymentLines,
  refundClaimLines,
  refundReceiptLines,
  settle,
  settlementLines,
  splitRefund,
} from '../../../src/modules/payments/rules/ledger.ts'
import {
  planTranches,
  type SourceShare,
  type Tranche,
  type TrancheRule,
  triggerTranche,
} from '../../../src/modules/payments/rules/tranches.ts'

const workdays = (amount: number) => ({ amount, basis: 'working' as const })
const RULES: TrancheRule[] = [
  { number: 1, basisPoints: 5000, trigger: 'agreement_effective', due: workdays(15) },
  { number: 2, basisPoints: 3000, trigger: 'mid_passed', due: workdays(10) },
  { number: 3, basisPoints: 2000, trigger: 'final_passed_and_audited', due: workdays(10) },
]
const DUE: ResolvedDate = {
  startOn: '2026-12-11',
  period: workdays(10),
  nominalOn: '2026-12-25',
  effectiveOn: '2026-12-25',
  rolledBecause: null,
}
const AT = new Date('2026-06-10T01:00:00Z')

/** The money side of one project in memory, with the accounts of its books. */
class Books {
  grant: ProjectGrant
  tranches: Tranche[]
  readonly accounts = new Map<string, Fen>()

  constructor(sources: readonly SourceShare[]) {
    const parties = { projectId: 'prj', awardId: 'awd', roundId: 'rnd', hostId: 'org', organizationId: 'org' }
    this.grant = {
      ...parties,
      version: 1,
      approvedFen: sumFen(sources.map(({ amountFen }) => amountFen)),
      paidFen: 0n,
      refundedFen: 0n,
      eligibleFen: null,
      settledOn: null,
      sources: sources.map(({ poolId, source, amountFen }) => ({
        poolId,
        source,
        approvedFen: amountFen,
        paidFen: 0n,
        refundedFen: 0n,
      })),
    }
    this.tranches = planTranches(RULES, sources).map(({ due, ...plan }) => ({
      ...parties,
      ...plan,
      id: `trn_${plan.number}`,
      version: 1,
      duePeriod: due,
      payableFen: null,
      triggeredOn: null,
      due: null,
      state: 'planned',
      holdReason: null,
      holdNote: null,
      requestedBy: null,
      requestedAt: null,
      approvedBy: null,
      approvedAt: null,
      paidBy: null,
      paidOn: null,
      voucher: null,
      createdAt: AT,
    }))
  }

  book(lines: readonly LedgerLine[]): void {
    if (sumFen(lines.map(({ amountFen }) => amountFen)) !== 0n) throw new Error('the transaction does not balance')
    for (const { poolId, kind, amountFen } of lines) {
      const key = `${poolId} ${kind}`
      const balance = (this.accounts.get(key) ?? 0n) + amountFen
      if (kind === 'budget' ? balance > 0n : balance < 0n) throw new Error(`${key} stands at ${balance}`)
      this.accounts.set(key, balance)
    }
  }

  pay(number: number, payableFen?: Fen): void {
    const tranche = this.tranches[number - 1] as Tranche
    const shares = this.grant.sources.map(({ approvedFen }) => approvedFen)
    const facts = { on: '2026-12-11', due: DUE, payableFen: payableFen ?? tranche.scheduledFen, shares }
    if (facts.payableFen === 0n) return
    const due = triggerTranche(tranche, facts)
    if (!due.accepted) throw new Error(due.refusal.problem.code)
    const parts = due.value.sources.map((part) => ({ ...part, amountFen: part.payableFen ?? 0n }))
    this.tranches[number - 1] = { ...due.value, state: 'paid' }
    this.grant = {
      ...this.grant,
      paidFen: this.grant.paidFen + facts.payableFen,
      sources: this.grant.sources.map((source, index) => ({
        ...source,
        paidFen: source.paidFen + (parts[index]?.amountFen ?? 0n),
      })),
    }
    this.book(paymentLines(parts, this.grant.settledOn !== null))
  }

  /** Settles, pays the final tranche and takes the refund; answers what was refunded. */
  finish(eligibleFen: Fen, isFinalPassed: boolean): { finalFen: Fen; refund: readonly SourceShare[] } {
    const decision = settle(this.grant, this.tranches, { eligibleFen, isFinalPassed })
    if (!decision.accepted) throw new Error(decision.refusal.problem.code)
    this.book(settlementLines(decision.value.accepted))
    this.grant = { ...this.grant, eligibleFen, settledOn: '2026-12-11' }
    for (const { trancheId, payableFen } of decision.value.finals) this.pay(Number(trancheId.slice(4)), payableFen)
    this.book(refundClaimLines(decision.value.refund))
    this.book(refundReceiptLines(decision.value.refund))
    return { finalFen: decision.value.finalTrancheFen, refund: decision.value.refund }
  }

  balance(kind: string): Fen {
    return sumFen([...this.accounts].filter(([key]) => key.endsWith(kind)).map(([, balance]) => balance))
  }

  net(poolId: string): Fen {
    return -(this.accounts.get(`${poolId} budget`) ?? 0n)
  }
}

const lottery = (yuan: string) => ({ poolId: 'pool_lottery', source: 'welfare_lottery', amountFen: parseYuan(yuan) })
const fiscal = (yuan: string) => ({ poolId: 'pool_fiscal', source: 'fiscal', amountFen: parseYuan(yuan) })

t.test('the six projects of the demonstration round settle to the fen', (t) => {
  const cases: [string, SourceShare[], string, boolean, string, string[]][] = [
    ['P1', [lottery('95000.00')], '94310.50', true, '18310.50', ['0.00']],
    ['P2', [lottery('80000.00')], '80000.00', true, '16000.00', ['0.00']],
    ['P3', [lottery('90000.00')], '87420.00', true, '15420.00', ['0.00']],
    ['P4', [lottery('70000.00')], '70000.00', true, '14000.00', ['0.00']],
    ['P5', [fiscal('85000.00')], '83000.00', true, '15000.00', ['0.00']],
    ['P6', [lottery('85000.00'), fiscal('15000.00')], '61240.00', false, '0.00', ['15946.00', '2814.00']],
  ]
  let lotteryFen = 0n
  let fiscalFen = 0n
  for (const [name, sources, eligible, isFinalPassed, finalTranche, refund] of cases) {
    const books = new Books(sources)
    books.pay(1)
    books.pay(2)
    const result = books.finish(parseYuan(eligible), isFinalPassed)
    t.equal(formatYuan(result.finalFen), finalTranche, `${name}: final tranche`)
    t.same(
      result.refund.map(({ amountFen }) => formatYuan(amountFen)),
      refund,
      `${name}: refund per source`,
    )
    t.equal(formatYuan(books.balance('expense')), eligible, `${name}: the expense is what the audit accepted`)
    lotteryFen += books.net('pool_lottery')
    fiscalFen += books.net('pool_fiscal')
  }
  t.equal(formatYuan(lotteryFen), '383784.50')
  t.equal(formatYuan(fiscalFen), '92186.00')
  t.equal(formatYuan(lotteryFen + fiscalFen), '475970.50')
  t.end()
})

t.test(
  'the final tranche is what was scheduled or what is still uncovered, whichever is less, and never negative',
  (t) => {
    t.equal(finalTrancheFen(1_900_000n, 9_431_050n, 7_600_000n), 1_831_050n)
    t.equal(finalTrancheFen(1_900_000n, 9_900_000n, 7_600_000n), 1_900_000n, 'costs beyond the grant are not borne')
    t.equal(finalTrancheFen(2_000_000n, 6_124_000n, 8_000_000n), 0n)
    t.equal(finalTrancheFen(0n, 10n, 0n), 0n)
    t.end()
  },
)

t.test('a refund is split by the approved shares: 18,760.00 is 15,946.00 and 2,814.00', (t) => {
  const books = new Books([lottery('85000.00'), fiscal('15000.00')])
  books.pay(1)
  books.pay(2)
  const parts = splitRefund(books.grant, parseYuan('61240.00'))
  t.same(
    parts.map(({ amountFen }) => formatYuan(amountFen)),
    ['15946.00', '2814.00'],
  )
  t.same(
    splitRefund(books.grant, parseYuan('80000.00')).map(({ amountFen }) => amountFen),
    [0n, 0n],
    'nothing was paid beyond the eligible costs',
  )
  t.end()
})

t.test('a settlement waits for payments under way, cancels what never came due, and happens once', (t) => {
  const facts = { eligibleFen: 100n, isFinalPassed: true }
  for (const state of ['due', 'requested', 'approved'] as const) {
    const books = new Books([fiscal('100.00')])
    books.tranches[1] = { ...(books.tranches[1] as Tranche), state }
    t.match(settle(books.grant, books.tranches, facts), {
      refusal: { problem: { code: 'tranche_in_progress' }, parameters: { number: 2, state } },
    })
  }
  const held = new Books([fiscal('100.00')])
  held.pay(1)
  held.tranches[1] = { ...(held.tranches[1] as Tranche), state: 'held', holdReason: 'evaluation_failed' }
  t.match(settle(held.grant, held.tranches, { eligibleFen: 6_000n, isFinalPassed: true }), {
    value: { cancelledTrancheIds: ['trn_2'], finals: [{ trancheId: 'trn_3', payableFen: 1_000n }], refundFen: 0n },
  })
  const settled = { ...held.grant, settledOn: '2026-12-11', eligibleFen: 0n }
  t.match(settle(settled, held.tranches, facts), { refusal: { problem: { code: 'project_settled' } } })
  t.end()
})

t.test('after a termination nothing more is paid, and what is not accounted for comes back', (t) => {
  const books = new Books([lottery('85000.00'), fiscal('15000.00')])
  books.pay(1)
  books.tranches = books.tranches.map((tranche) =>
    tranche.state === 'planned' ? { ...tranche, state: 'cancelled' } : tranche,
  )
  t.match(settle(books.grant, books.tranches, { eligibleFen: 0n, isFinalPassed: false }), {
    value: { finals: [], finalTrancheFen: 0n, refundFen: 5_000_000n, cancelledTrancheIds: [] },
  })
  t.end()
})

t.test('the books balance through any life of a grant, and the net is the eligible part of it', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.bigInt(1n, 50_000_000n), { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 0, max: 12_000 }),
      fc.boolean(),
      fc.boolean(),
      (shares, eligibleBasisPoints, isMidPaid, isFinalPassed) => {
        const sources = shares.map((amountFen, index) => ({ poolId: `pool_${index}`, source: 'other', amountFen }))
        const books = new Books(sources)
        const eligibleFen = (books.grant.approvedFen * BigInt(eligibleBasisPoints)) / 10_000n
        books.pay(1)
        if (isMidPaid) books.pay(2)
        books.finish(eligibleFen, isFinalPassed)
        t.equal(sumFen(books.accounts.values()), 0n, 'all accounts sum to zero')
        t.equal(books.balance('advance'), 0n)
        t.equal(books.balance('receivable'), 0n)
        t.equal(books.balance('expense'), -books.balance('budget'))
        t.ok(books.grant.sources.every((source) => source.paidFen <= source.approvedFen))
        const covered = isFinalPassed && isMidPaid ? books.grant.approvedFen : books.grant.paidFen
        t.ok(books.balance('expense') <= (eligibleFen < covered ? eligibleFen : covered))
      },
    ),
  )
  t.end()
})
