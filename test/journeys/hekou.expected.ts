import { basisPoints, fen, split, sum, yuan } from './byHand.ts'
import { ranking, raw } from './hekou.ranking.ts'

/**
 * What must come out of demo/hekou.json, worked out without a line of src/: sums, shares and dates by the few functions
 * below, decisions by hand with the reason beside them. Amounts are fen (bigint) until they are written down.
 */

// ---- money ----------------------------------------------------------------------------------------------------------

const size = (source: string): bigint => fen(raw.round.pools.find((pool) => pool.source === source)?.size ?? '0')
const [LOTTERY, FOUNDATION, FISCAL] = [size('welfare_lottery'), size('foundation'), size('fiscal')]

/**
 * First walk, best rank first; the policy draws the foundation, then the lottery, then fiscal money.
 * B05 (N3, disabled): lottery. B01 (N1, elderly): all the foundation has, the rest from the lottery. B04 (N2): the
 * foundation is dry and the lottery is not for orphans, so fiscal. B03: need served. B02: need served. B10: C1 has an
 * award already. B07 (N4), B11 (N6): fiscal. B08 (N5): 88,000.00 asked, what is left of fiscal offered, above the floor
 * of 50,000.00. B15: 217/3 = 72.33 < 72.5.
 */
const B05 = 9_600_003n
const B01 = { foundation: FOUNDATION, welfare_lottery: 11_700_001n - FOUNDATION }
const B04 = 8_499_999n
const B07 = 7_654_321n
const B11 = 6_000_005n
const B08 = FISCAL - B04 - B07 - B11
/**
 * After B11 declined and B01 was cancelled: the pools of all unconfirmed awards are chosen anew, best rank first. B05
 * takes the lottery, B04 now the foundation, B02 what both have left and fiscal money on top.
 */
const B02 = 11_888_888n
const P02 = {
  foundation: FOUNDATION - B04,
  welfare_lottery: LOTTERY - B05,
  fiscal: B02 - (FOUNDATION - B04) - (LOTTERY - B05),
}
const FISCAL_LEFT = FISCAL - P02.fiscal - B07 - B08

type BySource = Record<string, bigint>
const written = (amounts: BySource): Record<string, string> =>
  Object.fromEntries(Object.entries(amounts).map(([source, amount]) => [source, yuan(amount)]))
const added = (left: BySource, right: BySource, sign = 1n): BySource =>
  Object.fromEntries(
    [...new Set([...Object.keys(left), ...Object.keys(right)])].map((source) => [
      source,
      (left[source] ?? 0n) + sign * (right[source] ?? 0n),
    ]),
  )

const award = (bid: string, sources: BySource, state: string) => ({
  bid,
  project: `P${bid.slice(1)}`,
  approved: yuan(sum(Object.values(sources))),
  state,
  sources: written(sources),
})

/** Projects that came to an agreement, sources in the order in which pools are drawn. */
const GRANTS: Readonly<Record<string, BySource>> = {
  P02,
  P04: { foundation: B04 },
  P05: { welfare_lottery: B05 },
  P07: { fiscal: B07 },
  P08: { fiscal: B08 },
}
const eligible = new Map(
  raw.events.flatMap(({ audits = [] }) => audits.map(({ project, eligible: amount }) => [project, fen(amount)])),
)

/** 40/25/25 percent of the whole, the fourth is the rest, of every source as of the sum. */
function plan(sources: BySource): BySource[] {
  const names = Object.keys(sources)
  const shares = Object.values(sources)
  const whole = sum(shares)
  const earlier = raw.round.policy.tranches.slice(0, -1).map(({ basisPoints: points }) => {
    const parts = split(basisPoints(whole, points), shares)
    return Object.fromEntries(names.map((name, index) => [name, parts[index] ?? 0n]))
  })
  return [...earlier, earlier.reduce((left, tranche) => added(left, tranche, -1n), sources)]
}

/** What was paid, tranche by tranche: [due, paid on] or the state in which an unpaid one ended. */
const PAYMENTS: Readonly<Record<string, readonly (readonly [string, string] | 'cancelled')[]>> = {
  // Effective 04-29. 1: ten working days 04-30, 05-06, 07, 08, 09 (worked Saturday), 11, 12, 13, 14, 15.
  // 2: 60 days later is Sunday 06-28, so 06-29. 3: 07-10 + 15 is Saturday 07-25, so 07-27. 4: nothing after a veto.
  P02: [['2026-05-15', '2026-05-14'], ['2026-06-29', '2026-06-17'], ['2026-07-27', '2026-07-22'], 'cancelled'],
  // Effective 04-21. 1: 04-22, 23, 24, 27, 28, 29, 30, 05-06, 07, 08. 2: 06-20 is in the Dragon Boat days, so 06-22.
  // 3 was held with the failed mid-term, 4 planned: both end with the agreement.
  P04: [['2026-05-08', '2026-05-07'], ['2026-06-22', '2026-06-17'], 'cancelled', 'cancelled'],
  // 4: audited on 09-14; 09-15, 16, 17, 18, 20 (worked Sunday), 21, 22.
  P05: [
    ['2026-05-08', '2026-05-07'],
    ['2026-06-22', '2026-06-17'],
    ['2026-07-27', '2026-07-22'],
    ['2026-09-22', '2026-09-21'],
  ],
  // 3: passed at the re-evaluation of 08-03; + 15 is Tuesday 08-18.
  P07: [
    ['2026-05-08', '2026-05-07'],
    ['2026-06-22', '2026-06-17'],
    ['2026-08-18', '2026-08-14'],
    ['2026-09-22', '2026-09-21'],
  ],
  // 2 was held for a missing invoice from 06-15 to 06-23; its due day stays. 4: 50,000.00 are paid, 47,111.13 eligible.
  P08: [['2026-05-08', '2026-05-07'], ['2026-06-22', '2026-06-24'], ['2026-07-27', '2026-07-22'], 'cancelled'],
}

interface Tranche {
  readonly project: string
  readonly no: number
  readonly scheduled: bigint
  readonly sources: BySource
  readonly payment: readonly [string, string] | 'cancelled'
}

function tranches(): Tranche[] {
  return Object.entries(GRANTS).flatMap(([project, grant]) => {
    const planned = plan(grant)
    const before = sum(planned.slice(0, 3).flatMap((tranche) => Object.values(tranche)))
    return planned.map((sources, index) => {
      const payment = PAYMENTS[project]?.[index] ?? 'cancelled'
      const scheduled = sum(Object.values(sources))
      // The last one pays what the audit leaves of it; the two that are paid in the end have one source.
      const rest = (eligible.get(project) ?? 0n) - before
      const isCut = index === 3 && payment !== 'cancelled' && rest < scheduled
      const paid = isCut ? Object.fromEntries(Object.keys(sources).map((source) => [source, rest])) : sources
      return { project, no: index + 1, scheduled, sources: paid, payment }
    })
  })
}

const paidOf = (project: string): BySource =>
  tranches()
    .filter((tranche) => tranche.project === project && tranche.payment !== 'cancelled')
    .reduce<BySource>((paid, { sources }) => added(paid, sources), {})

/** Paid less eligible, by the shares of the grant. */
function refundOf(project: string): BySource {
  const grant = GRANTS[project] ?? {}
  const parts = split(sum(Object.values(paidOf(project))) - (eligible.get(project) ?? 0n), Object.values(grant))
  return Object.fromEntries(Object.keys(grant).map((source, index) => [source, parts[index] ?? 0n]))
}

const refund = (project: string, due: string, state: string) => ({
  project,
  amount: yuan(sum(Object.values(refundOf(project)))),
  due,
  state,
  sources: written(refundOf(project)),
})

function net(): Record<string, string> {
  const paid = Object.keys(GRANTS).reduce<BySource>((all, project) => added(all, paidOf(project)), {})
  const back = ['P02', 'P04', 'P08'].reduce<BySource>((all, project) => added(all, refundOf(project)), {})
  const kept = added(paid, back, -1n)
  return { ...written(kept), total: yuan(sum(Object.values(kept))) }
}

const reportDuty = (project: string, kind: string, due: string, state: string) => ({
  project,
  kind,
  month: null,
  nominalOn: due,
  due,
  state,
})

// ---- the whole ------------------------------------------------------------------------------------------------------

export const EXPECTED = {
  ranking: ranking(),
  /** Subject, code, and the rule where a rule was broken, in the order of the play. */
  refusals: [
    'B12 bid_limit_reached',
    'B13 bid_window_closed',
    // Personnel 58,333.34 of 116,666.67 is more than half by half a fen.
    'B14 bid_rejected personnel_max',
    // In kind counts as much as cash: 39,999.98 of 99,999.98 is less than 40 %.
    'B16 bid_rejected own_share_min',
    // The correction was due on 02-28, a worked Saturday: 02-25, 26, 27, 28.
    'B06 bid_not_in_state',
    // Left C3 on 2023-03-13, one day less than 36 months before 2026-03-12; X4 left C5 one day earlier and scores B08.
    'B05/X2 expert_recused',
    'B05/X1 score_sheet_invalid points_above_max',
    'B01/X1 score_sheet_signed',
    // Works for the filed group G1, in whose stead C6 bids.
    'B07/X3 expert_recused',
    'rank_bids lot_required',
    'publish_notice award_budget_missing',
    // 46,296.30 of 92,592.59 is more than half by half a fen.
    'B08 ratio_rule_broken personnel_max',
    'hold_meeting notice_still_open',
    'P08/2 tranche_not_in_state',
    'P05 evaluation_scores_invalid bonus_above_maximum',
    'P04 rectification_not_in_state',
    'P05 nothing_to_refund',
    'P02 receipt_too_large',
  ],
  notices: [
    // Ten days that count the day of publication: 03-26 … 04-04, in the Qingming days, so 04-07.
    { kind: 'award', publishedOn: '2026-03-26', nominalOn: '2026-04-04', effectiveOn: '2026-04-07', state: 'closed' },
    // 04-16 … Saturday 04-25, so Monday 04-27.
    { kind: 'award', publishedOn: '2026-04-16', nominalOn: '2026-04-25', effectiveOn: '2026-04-27', state: 'closed' },
    // 09-18 … 09-27, the last of the Mid-Autumn days, so 09-28.
    {
      kind: 'evaluation_result',
      publishedOn: '2026-09-18',
      nominalOn: '2026-09-27',
      effectiveOn: '2026-09-28',
      state: 'closed',
    },
  ],
  objections: [
    { objection: 'O3', award: 'P07', state: 'logged', answerDue: null },
    // In the last second of 04-07. 04-08, 09, 10, 13, 14, 15.
    { objection: 'O1', award: 'P01', state: 'upheld', answerDue: '2026-04-15' },
    // In the first second after it.
    { objection: 'O2', award: 'P05', state: 'rejected_as_late', answerDue: null },
    // 04-21, 22, 23, 24, 27, 28.
    { objection: 'O4', award: 'P02', state: 'dismissed', answerDue: '2026-04-28' },
  ],
  awards: [
    award('B05', { welfare_lottery: B05 }, 'confirmed'),
    award('B01', B01, 'cancelled'),
    award('B04', { foundation: B04 }, 'confirmed'),
    award('B07', { fiscal: B07 }, 'confirmed'),
    award('B11', { fiscal: B11 }, 'declined'),
    award('B08', { fiscal: B08 }, 'confirmed'),
    award('B02', P02, 'confirmed'),
  ],
  unallocated: written({ foundation: 0n, welfare_lottery: 0n, fiscal: FISCAL_LEFT }),
  tranches: tranches().map(({ project, no, scheduled, sources, payment }) => ({
    project,
    no,
    due: payment === 'cancelled' ? null : payment[0],
    scheduled: yuan(scheduled),
    paid: payment === 'cancelled' ? '0.00' : yuan(sum(Object.values(sources))),
    paidOn: payment === 'cancelled' ? null : payment[1],
    state: payment === 'cancelled' ? 'cancelled' : 'paid',
    /** What each source paid. */
    sources: written(payment === 'cancelled' ? added(sources, sources, -1n) : sources),
  })),
  reports: Object.keys(GRANTS).flatMap((project) => [
    // The seven days after 08-31 end on Monday 09-07. A project that ended early owes no closing report.
    reportDuty(project, 'closing', '2026-09-07', project === 'P04' ? 'cancelled' : 'submitted'),
    // Half of the four months is over on 06-30; six days later is Monday 07-06.
    reportDuty(project, 'mid_self_assessment', '2026-07-06', 'submitted'),
  ]),
  evaluations: [
    // 36 + 15 + 11 + 14.5 − 3.5.
    { project: 'P02', kind: 'mid', attempt: 1, total: 73, result: 'pass', publishedOn: '2026-07-10' },
    // 25 + 13.5 + 11 + 12.5, half a point below the line.
    { project: 'P04', kind: 'mid', attempt: 1, total: 62, result: 'fail', publishedOn: '2026-07-10' },
    // 97.5 + 5.5.
    { project: 'P05', kind: 'mid', attempt: 1, total: 103, result: 'pass', publishedOn: '2026-07-10' },
    { project: 'P07', kind: 'mid', attempt: 1, total: 58.5, result: 'fail', publishedOn: '2026-07-10' },
    { project: 'P07', kind: 'mid', attempt: 2, total: 75, result: 'pass', publishedOn: '2026-08-03' },
    // 66.5 + 1 − 5, exactly the line.
    { project: 'P08', kind: 'mid', attempt: 1, total: 62.5, result: 'pass', publishedOn: '2026-07-10' },
    // Gold by its points; a false record fails it.
    { project: 'P02', kind: 'final', attempt: 1, total: 91.5, result: 'failed', publishedOn: '2026-09-11' },
    { project: 'P05', kind: 'final', attempt: 1, total: 93.5, result: 'gold', publishedOn: '2026-09-11' },
    // Gold by its points; after a rectification silver is the best.
    { project: 'P07', kind: 'final', attempt: 1, total: 89.5, result: 'silver', publishedOn: '2026-09-11' },
    // 63 + 1.5 − 0.5, exactly the lower bound.
    { project: 'P08', kind: 'final', attempt: 1, total: 64, result: 'bronze', publishedOn: '2026-09-11' },
  ],
  rectifications: [
    // 07-13 + 20 is Sunday 08-02, so 08-03; nothing came.
    { project: 'P04', due: '2026-08-03', state: 'failed' },
    { project: 'P07', due: '2026-08-03', state: 'accepted' },
  ],
  refunds: [
    // 09-18 + 30 is Sunday 10-18, so 10-19; paid in two parts.
    refund('P02', '2026-10-19', 'paid'),
    // 08-21 + 30 is Sunday 09-20, which was worked; nothing came.
    refund('P04', '2026-09-20', 'overdue'),
    refund('P08', '2026-10-19', 'paid'),
  ],
  net: net(),
}
