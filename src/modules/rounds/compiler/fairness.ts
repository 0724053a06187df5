import { fenOf, formatYuan, sumFen } from '../../../kernel/money.ts'
import { parsePoints } from '../../../kernel/points.ts'
import { divisionAt } from '../../divisions/index.ts'
import { SERVICE_FIELDS } from '../../needs/index.ts'
import type { AwardLimit } from '../fairnessDocument.ts'
import type { RoundPolicy } from '../policyDocument.ts'
import { type CompilerFacts, defineFindings, type Finding, type Part, when } from './finding.ts'
import { repeatedCodes, wholeOf } from './sheet.ts'

const FLAW = defineFindings({
  limit_unbounded: [
    'error',
    '该上限既没有 awardsMax 也没有 amountMax,什么也不限制;请填写其一或删去。',
    'This limit has neither awardsMax nor amountMax, so it limits nothing; give one of them or leave it out.',
  ],
  limit_below_floor: [
    'error',
    '上限 {amount} 元容不下一个资助(资助下限 {floor} 元),受其约束者都得不到资助;请提高上限。',
    'No award fits below {amount} yuan, because the floor is {floor}: nobody whom it binds can win; raise it.',
  ],
  limit_below_award: [
    'warning',
    '核定金额至少为 {award} 元(申请更少的除外),而 partialAward 为 {partialAward},不予部分资助:申请达到该金额者都会超出 {amount} 元的上限而落选;请提高上限或改用 offer_rest。',
    'Each award is {award} yuan at least, unless less was asked, and {partialAward} gives no part of it: who asks for that much never fits below {amount}; raise the limit or offer the rest.',
  ],
  limit_of_malformed: [
    'error',
    '{of} 不是 {by} 的标识:机构用 org_ 标识,地区用该级的 12 位区划代码,领域用服务领域。',
    '{of} names no {by}: an organization by its org_ identifier, a place by the 12 digits of that level, a field by its word.',
  ],
  limit_elsewhere: [
    'warning',
    '本轮没有属于 {of} 的需求,该上限不起作用。',
    'No need of this round belongs to {of}, so this limit binds nobody.',
  ],
  limit_repeated: [
    'warning',
    '{code} 已限制同一对象的同一项,只有较低的上限起作用。',
    '{code} limits the same of the same already: only the lower one ever binds.',
  ],
  limit_without_effect: [
    'warning',
    '其他规则已更严,该上限不会达到。',
    'Other rules are stricter already: this limit is never reached.',
  ],
  fragility_never: [
    'warning',
    '按此取值,排名永远不会被标为不稳。',
    'With this value no ranking is ever called fragile.',
  ],
  fragility_always: [
    'warning',
    '按此取值,几乎每个排名都会被标为不稳。',
    'With this value almost every ranking is called fragile.',
  ],
  fragility_of_one: [
    'warning',
    '评审组只有一人,没有其他专家可供比较。',
    'A panel of one has no other experts to compare with.',
  ],
  rotation_leaves_no_second_panel: [
    'warning',
    '现有专家 {experts} 人,{months} 个月内各参加至多 {panels} 次,抽满一个 {size} 人的评审组后就抽不出第二组;请补充专家或放宽 rotation。',
    'Of {experts} experts who sit on at most {panels} panels in {months} months, one panel of {size} can be drawn and no second; appoint more or relax the rotation.',
  ],
  draw_size_even: [
    'error',
    '专家须抽取产生,但抽取人数须为奇数,而 panel.size 为 {size};请改为奇数或取消 experts.drawRequired。',
    'The panel has to be drawn, and a draw seats an odd number, while panel.size is {size}; make it odd or take experts.drawRequired out.',
  ],
})

/** What the rules of fairness can get wrong: limits of the allocation, thresholds of the report, rotation of experts. */
export const fairness: Part = {
  definitions: FLAW,
  check: ({ policy }, facts) => [
    ...limitFindings(policy, facts),
    ...robustnessFindings(policy),
    ...rotationFindings(policy, facts),
    ...drawFindings(policy),
  ],
}

function limitFindings(policy: RoundPolicy, facts: CompilerFacts): Finding[] {
  const limits = policy.allocation?.limits ?? []
  const place = '/policy/allocation/limits'
  return [
    ...repeatedCodes(place, limits),
    ...limits.flatMap((limit, index) => {
      const at = `${place}/${index}`
      const { awardsMax, amountMax, of, by } = limit
      const isUnbounded = awardsMax === null && amountMax === null
      const isTooLow = amountMax !== null && (fenOf(amountMax) < fenOf(policy.floor) || fenOf(amountMax) === 0n)
      const isMalformed = of !== null && !isNamed(limit, of)
      const isElsewhere = of !== null && !isMalformed && by !== 'organization' && needsUnder(limit, facts).length === 0
      const earlier = limits.slice(0, index).find((one) => isSameLimit(one, limit))
      const isSound = !isUnbounded && !isTooLow && !isMalformed && !isElsewhere && earlier === undefined
      const award = leastAwardFen(policy)
      const isBelowAward = isSound && amountMax !== null && award !== undefined && fenOf(amountMax) < award
      return [
        ...when(isUnbounded, at, FLAW.limit_unbounded),
        ...when(isTooLow, `${at}/amountMax`, FLAW.limit_below_floor, {
          amount: amountMax?.amount ?? '',
          floor: formatYuan(fenOf(policy.floor)),
        }),
        ...when(isBelowAward && policy.partialAward !== 'offer_rest', `${at}/amountMax`, FLAW.limit_below_award, {
          amount: amountMax?.amount ?? '',
          award: formatYuan(award ?? 0n),
          partialAward: policy.partialAward,
        }),
        ...when(isMalformed, `${at}/of`, FLAW.limit_of_malformed, { of: of ?? '', by }),
        ...when(isElsewhere, `${at}/of`, FLAW.limit_elsewhere, { of: of ?? '' }),
        ...when(earlier !== undefined, at, FLAW.limit_repeated, { code: earlier?.code ?? '' }),
        ...when(isSound && !canBind(limit, policy, facts), at, FLAW.limit_without_effect),
      ]
    }),
  ]
}

/** What every award comes to at least unless less was asked; undefined where the policy names no amounts. */
function leastAwardFen({ amounts: { method, fixed, grades } }: RoundPolicy): bigint | undefined {
  if (method === 'fixed') return fixed === null ? undefined : fenOf(fixed)
  if (method !== 'graded' || grades.length === 0) return undefined
  const named = grades.flatMap(({ amount }) => (amount === null ? [] : [fenOf(amount)]))
  return named.length < grades.length ? undefined : named.reduce((least, one) => (one < least ? one : least))
}

function isNamed({ by }: AwardLimit, of: string): boolean {
  if (by === 'organization') return /^org_[0-7][0-9a-hjkmnp-tv-z]{25}$/.test(of)
  if (by === 'field') return SERVICE_FIELDS.some((field) => field === of)
  return /^[0-9]{12}$/.test(of) && divisionAt(of, by) === of
}

/** Two limits of the number, or two of the money, for the same one. */
function isSameLimit(one: AwardLimit, other: AwardLimit): boolean {
  const isBoth = (part: 'awardsMax' | 'amountMax') => one[part] !== null && other[part] !== null
  return one.by === other.by && one.of === other.of && (isBoth('awardsMax') || isBoth('amountMax'))
}

/** The needs that count under the limit; under one for organizations, all. */
function needsUnder({ by, of }: AwardLimit, { needs }: CompilerFacts): CompilerFacts['needs'] {
  return needs.filter((need) => by === 'organization' || of === null || keyOf(by, need) === of)
}

function keyOf(by: Exclude<AwardLimit['by'], 'organization'>, need: CompilerFacts['needs'][number]): string {
  return by === 'field' ? need.serviceField : divisionAt(need.divisionCode, by)
}

/** Can the limit be reached before the other limits and the pools are? Without needs or pools nothing can be told. */
function canBind(limit: AwardLimit, policy: RoundPolicy, facts: CompilerFacts): boolean {
  const { by, awardsMax, amountMax } = limit
  const needs = needsUnder(limit, facts)
  if (needs.length === 0 || facts.pools.length === 0) return true
  const groups = by === 'organization' ? [needs] : [...Map.groupBy(needs, (need) => keyOf(by, need)).values()]
  const inNeeds = Math.max(...groups.map(({ length }) => length)) * policy.awardsPerNeedMax
  const awards = by === 'organization' ? Math.min(inNeeds, policy.awardsPerOrganizationMax) : inNeeds
  const money = sumFen(facts.pools.map(({ sizeFen }) => sizeFen))
  const most = BigInt(awards) * fenOf(policy.cap)
  return (
    (awardsMax !== null && awardsMax < awards) ||
    (amountMax !== null && fenOf(amountMax) < money && fenOf(amountMax) < most)
  )
}

function robustnessFindings({ robustness, panel, criteria }: RoundPolicy): Finding[] {
  if (robustness === undefined) return []
  const { changeMin, leaveOneOutCrossingsMax, severityMax } = robustness
  const [change, severity] = [changeMin, severityMax].map((points) => (points === null ? null : parsePoints(points)))
  const highest = Math.max(...criteria.map(({ max }) => parsePoints(max)))
  const place = '/policy/robustness'
  const comparing = [
    ['leaveOneOutCrossingsMax', leaveOneOutCrossingsMax],
    ['severityMax', severityMax],
  ] as const
  return [
    ...when(change === 0, `${place}/changeMin`, FLAW.fragility_never),
    ...when(typeof change === 'number' && change > highest, `${place}/changeMin`, FLAW.fragility_always),
    ...comparing.flatMap(([name, value]) =>
      when(panel.size === 1 && value !== null, `${place}/${name}`, FLAW.fragility_of_one),
    ),
    ...when(panel.size > 1 && severity === 0, `${place}/severityMax`, FLAW.fragility_always),
    ...when(
      panel.size > 1 && typeof severity === 'number' && severity >= wholeOf(criteria),
      `${place}/severityMax`,
      FLAW.fragility_never,
    ),
  ]
}

function drawFindings({ experts: { drawRequired }, panel: { size } }: RoundPolicy): Finding[] {
  return when(drawRequired === true && size % 2 === 0, '/policy/panel/size', FLAW.draw_size_even, { size })
}

/** Experts may be appointed while the round runs, so it is a warning. */
function rotationFindings(
  { experts: { rotation }, panel: { size } }: RoundPolicy,
  { holders }: CompilerFacts,
): Finding[] {
  const experts = holders.reduce((sum, { roles, count }) => sum + (roles.includes('expert') ? count : 0), 0)
  // Nobody at all is told as a stage without people.
  if (rotation === null || experts === 0) return []
  const { panelsMax: panels, months } = rotation
  return when(experts * panels < 2 * size, '/policy/experts/rotation', FLAW.rotation_leaves_no_second_panel, {
    experts,
    panels,
    months,
    size,
  })
}
