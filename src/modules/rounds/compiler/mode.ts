import { daysBetween, legalDateOf } from '../../../kernel/days.ts'
import { formatYuan, sumFen } from '../../../kernel/money.ts'
import { parsePoints } from '../../../kernel/points.ts'
import type { Round } from '../rules.ts'
import { type CompilerFacts, defineFindings, type Finding, type Part, when } from './finding.ts'
import { inWords, isLonger, isShorter, MODES, type ModeRules } from './modes.ts'
import { highestTotal, wholeOf } from './sheet.ts'

const FLAW = defineFindings({
  bid_window_too_short: [
    'error',
    '申报期只有 {days} 天,{mode} 方式至少需要 {least} 天;请推迟 closesAt。',
    'Bids are taken for {days} days; {mode} needs {least} at least. Choose a later closesAt.',
  ],
  bid_window_short: [
    'warning',
    '申报期只有 {days} 天,{mode} 方式通常为 {customary} 天以上。',
    'Bids are taken for {days} days; {customary} are customary for {mode}.',
  ],
  statutory_periods_missing: [
    'error',
    '政府采购须写明质疑、答复、投诉和处理的法定期限;请填写 statutory。',
    'Procurement by law needs its periods of query, reply, complaint and decision; fill in statutory.',
  ],
  statutory_periods_without_law: [
    'warning',
    '{mode} 方式没有法定质疑投诉程序,statutory 不起作用;请设为 null。',
    'No law gives {mode} rounds these periods, so they bind nobody; set statutory to null.',
  ],
  statutory_period_too_short: [
    'error',
    '此期限短于法定的 {limitZh};请延长。',
    'The law gives {limitEn} for this; lengthen the period.',
  ],
  statutory_period_too_long: [
    'error',
    '此期限长于法定的 {limitZh};请缩短。',
    'The law allows {limitEn} for this; shorten the period.',
  ],
  price_criterion_missing: [
    'error',
    '政府采购必须有价格分;请在 criteria 中加入一项 kind 为 price 的评分项。',
    'Procurement by law needs a price score; add a criterion of the kind price.',
  ],
  price_share_too_small: [
    'error',
    '价格分只占总分(计入各部分权重)的 {share} 基点,至少须占 {least} 基点。',
    'The price makes {share} basis points of the total, weights applied; {least} at least are needed.',
  ],
  price_criterion_unusual: [
    'warning',
    '{mode} 方式资助项目而非采购,一般不设价格分。',
    'A {mode} round subsidises and does not buy: a price score is unusual.',
  ],
  sheet_total_unlawful: [
    'error',
    '{mode} 方式的评分表满分为 100 分;请把 sheetTotal 设为 100。',
    'The sheet of a {mode} round has 100 points in all; set sheetTotal to 100.',
  ],
  panel_too_small: [
    'error',
    '评审组只有 {size} 人,{mode} 方式(资金总额 {total} 元)至少需要 {least} 人。',
    'The panel has {size} members; {mode} over {total} yuan needs {least} at least.',
  ],
  panel_even: [
    'error',
    '{mode} 方式的评审组人数必须为单数,现为 {size} 人。',
    'The panel of a {mode} round has an odd number of members, not {size}.',
  ],
  panel_even_doubtful: [
    'warning',
    '评审组人数 {size} 为双数,表决时可能相持不下。',
    'An even panel of {size} may be split in halves; 3, 5 or 7 are usual.',
  ],
  valid_bids_too_few: [
    'error',
    '{mode} 方式每项需求至少要有 {least} 个有效申报;请提高 validBidsPerNeedMin。',
    'In a {mode} round a need takes {least} valid bids at least; raise validBidsPerNeedMin.',
  ],
  single_bid_policy_unlawful: [
    'error',
    '{mode} 方式下单一申报只能按以下方式处理:{allowed}。',
    'In a {mode} round a single bid is dealt with by: {allowed}.',
  ],
})

/** What the legal shape of the round demands (modes.ts). */
export const mode: Part = {
  definitions: FLAW,
  check: (round, facts) => {
    const rules = MODES[round.procurementMode]
    const { sheetTotal } = round.policy
    return [
      ...windowFindings(round, rules),
      ...statutoryFindings(round, rules),
      ...priceFindings(round, rules),
      ...when(
        rules.sheetsSumToHundred && (sheetTotal === null || parsePoints(sheetTotal) !== 10_000),
        '/policy/sheetTotal',
        FLAW.sheet_total_unlawful,
        { mode: round.procurementMode },
      ),
      ...panelFindings(round, rules, facts.pools),
      ...competitionFindings(round, rules),
    ]
  },
}

function windowFindings({ opensAt, closesAt, procurementMode }: Round, { bidWindowDays }: ModeRules): Finding[] {
  if (closesAt <= opensAt) return []
  const { least, customary } = bidWindowDays
  const days = daysBetween(legalDateOf(opensAt), legalDateOf(new Date(closesAt.getTime() - 1)))
  const parameters = { mode: procurementMode, days, least, customary }
  const place = '/timetable/closesAt'
  return [
    ...when(days < least, place, FLAW.bid_window_too_short, parameters),
    ...when(days >= least && days < customary, place, FLAW.bid_window_short, parameters),
  ]
}

function statutoryFindings(
  { policy: { statutory }, procurementMode }: Round,
  { statutory: law }: ModeRules,
): Finding[] {
  const place = '/policy/statutory'
  if (law === null)
    return when(statutory !== null, place, FLAW.statutory_periods_without_law, { mode: procurementMode })
  if (statutory === null) return when(true, place, FLAW.statutory_periods_missing)
  const forBidders = (['query', 'complaint'] as const).flatMap((name) =>
    when(
      isShorter(statutory[name], law[name]),
      `${place}/${name}`,
      FLAW.statutory_period_too_short,
      inWords('limit', law[name]),
    ),
  )
  const forOffices = (['reply', 'decision'] as const).flatMap((name) =>
    when(
      isLonger(statutory[name], law[name]),
      `${place}/${name}`,
      FLAW.statutory_period_too_long,
      inWords('limit', law[name]),
    ),
  )
  return [...forBidders, ...forOffices]
}

function priceFindings({ policy, procurementMode }: Round, rules: ModeRules): Finding[] {
  const { criteria, scoring } = policy
  const priced = criteria.filter(({ kind }) => kind === 'price')
  const least = rules.priceShareMinBasisPoints
  const whole = wholeOf(criteria)
  const price = wholeOf(priced) * scoring.panelWeightBasisPoints
  const total = highestTotal(policy)
  // What the sheet alone does not give is told there, else what weights and sources leave of it.
  const isTooSmallOnSheet = wholeOf(priced) * 10_000 < whole * least
  const isTooSmall = isTooSmallOnSheet || price * 10_000 < total * least
  const share = Math.floor(isTooSmallOnSheet ? (wholeOf(priced) * 10_000) / whole : (price * 10_000) / total)
  const index = criteria.findIndex(({ kind }) => kind === 'price')
  return [
    ...when(
      rules.priceCriterion === 'required' && priced.length === 0,
      '/policy/criteria',
      FLAW.price_criterion_missing,
    ),
    ...when(
      rules.priceCriterion === 'unusual' && priced.length > 0,
      `/policy/criteria/${index}/kind`,
      FLAW.price_criterion_unusual,
      { mode: procurementMode },
    ),
    // A price worth nothing is told as a line worth nothing.
    ...when(
      priced.some(({ max }) => parsePoints(max) > 0) && isTooSmall,
      isTooSmallOnSheet ? `/policy/criteria/${index}/max` : '/policy/scoring',
      FLAW.price_share_too_small,
      { share, least },
    ),
  ]
}

function panelFindings(
  { policy: { panel }, procurementMode }: Round,
  { panel: demand }: ModeRules,
  pools: CompilerFacts['pools'],
): Finding[] {
  const total = sumFen(pools.map(({ sizeFen }) => sizeFen))
  const isLarge = demand.largeFromFen !== null && total >= demand.largeFromFen
  const least = isLarge ? demand.largeLeast : demand.least
  const isEven = panel.size % 2 === 0
  const parameters = { mode: procurementMode, size: panel.size, least, total: formatYuan(total) }
  const place = '/policy/panel/size'
  return [
    ...when(panel.size < least, place, FLAW.panel_too_small, parameters),
    ...when(isEven && demand.mustBeOdd && panel.size >= least, place, FLAW.panel_even, parameters),
    ...when(isEven && !demand.mustBeOdd, place, FLAW.panel_even_doubtful, parameters),
  ]
}

function competitionFindings({ policy, procurementMode }: Round, rules: ModeRules): Finding[] {
  const parameters = {
    mode: procurementMode,
    least: rules.validBidsPerNeedMin,
    allowed: rules.singleBidPolicies.join(', '),
  }
  return [
    ...when(
      policy.validBidsPerNeedMin < rules.validBidsPerNeedMin,
      '/policy/validBidsPerNeedMin',
      FLAW.valid_bids_too_few,
      parameters,
    ),
    ...when(
      !rules.singleBidPolicies.includes(policy.singleBidPolicy),
      '/policy/singleBidPolicy',
      FLAW.single_bid_policy_unlawful,
      parameters,
    ),
  ]
}
