import { fenOf } from '../../../kernel/money.ts'
import { parsePoints } from '../../../kernel/points.ts'
import type { ApplicantClass, ProjectClass } from '../languageDocument.ts'
import type { RoundPolicy } from '../policyDocument.ts'
import type { FundPool } from '../rules.ts'
import { defineFindings, type Finding, type Part, repeatedIndexes, when } from './finding.ts'
import { repeatedCodes, SHEET_FINDINGS, wholeOf } from './sheet.ts'

const FLAW = defineFindings({
  class_unknown: [
    'error',
    '{code} 不是本轮政策中的类别;请更正 appliesTo。',
    '{code} is no class of this policy; correct appliesTo.',
  ],
  class_unreachable: [
    'error',
    '前面的类别 {code} 不设任何条件,此类别永远轮不到;请调整顺序。',
    'The class {code} above asks nothing, so nobody ever falls into this one; change the order.',
  ],
  class_months_contradict: [
    'error',
    '登记时间的下限高于上限,没有机构能够符合。',
    'No organization is registered for at least the minimum and at most the maximum; change one of them.',
  ],
  class_cap_below_floor: [
    'error',
    '该类别的资助上限低于资助下限,无人能够申报。',
    'The cap of this class is below the floor, so nobody in it can bid; change one of them.',
  ],
  class_cap_without_effect: [
    'warning',
    '该类别的上限不低于总上限,不起作用。',
    'The cap of this class is not below the cap of everybody, so it changes nothing.',
  ],
  project_class_open: [
    'warning',
    '没有一个项目类别是不设条件的;不属于任何类别的项目不受按类别设定的比例约束。',
    'Every project class asks something: a project of no class escapes the ratio rules that name classes. Let the last one ask nothing.',
  ],
  group_code_taken: [
    'error',
    '{code} 已是预算科目或配套资金的名称;请为科目组改名。',
    '{code} names a category or the matching money already; rename the group.',
  ],
  group_category_unknown: [
    'error',
    '{category} 不在 budgetCategories 中;请添加或删去。',
    '{category} does not stand in budgetCategories; add it there or take it out here.',
  ],
  group_overlap: [
    'warning',
    '{category} 同时属于 {code},会被计算两次。',
    '{category} belongs to {code} as well and counts in both.',
  ],
  source_code_taken: [
    'error',
    '{code} 已是评审组(panel)或评分项的名称;请为得分来源改名。',
    '{code} names the panel or a criterion already; rename the source.',
  ],
  source_min_above_max: ['error', '分值下限高于上限;请调整。', 'The minimum is above the maximum; change one of them.'],
  source_min_without_effect: [
    'warning',
    '只有 as_is 的来源才受分值下限约束。',
    'Only points taken as they are have a minimum; here it changes nothing.',
  ],
  source_weightless: ['warning', '权重为 0,不影响总分。', 'With a weight of 0 it adds nothing to the total.'],
  total_pass_line_unreachable: [
    'error',
    '按权重合计的满分只有 {whole} 分,达不到及格线。',
    'All parts together give at most {whole} points, below the pass line; lower it.',
  ],
  criteria_not_judged: [
    'error',
    '所有评分项都由价格得出,专家无从评分;请至少保留一个由专家评判的评分项。',
    'Every criterion follows from the price, so experts have nothing to score; keep a judged one.',
  ],
  price_repeated: [
    'warning',
    '已有一个价格评分项,价格会被计算两次。',
    'There is a price criterion already: the price counts twice.',
  ],
  match_pool_unknown: ['error', '没有序号为 {pool} 的资金池。', 'There is no pool {pool}.'],
  match_source_missing: [
    'error',
    '除配比资金池外,没有来源为 {source} 的资金池可供配比。',
    'No other pool is of the source {source}, so there is nothing to match.',
  ],
  match_repeated: [
    'error',
    '来源 {source} 已有配比资金池;一个来源只能由一个资金池配比。',
    'The source {source} is matched already; one pool matches a source.',
  ],
  single_bid_contradicts: [
    'warning',
    '每个需求至少要有 {count} 份有效申报,singleBidPolicy 的 judge_on_merit 不会起作用。',
    'A need wants {count} valid bids, so a single one is never judged on merit.',
  ],
  late_fails_missing_does_not: [
    'error',
    '迟交中期材料算不合格,不交却不算;请同时把 missingIsFail 设为 true。',
    'Late mid-term material fails but missing material does not; set missingIsFail too.',
  ],
})

/** What the wider policy language can get wrong: classes, groups, sources of points, lots and matching pools. */
export const language: Part = {
  definitions: FLAW,
  check: ({ policy }, { pools }) => [
    ...applicantClassFindings(policy),
    ...projectClassFindings(policy),
    ...scopeFindings(policy),
    ...groupFindings(policy),
    ...scoringFindings(policy),
    ...priceFindings(policy),
    ...matchFindings(policy, pools),
    ...when(
      policy.validBidsPerNeedMin > 1 && policy.singleBidPolicy === 'judge_on_merit',
      '/policy/validBidsPerNeedMin',
      FLAW.single_bid_contradicts,
      { count: policy.validBidsPerNeedMin },
    ),
    ...when(
      policy.mid.lateIsFail === true && !policy.mid.missingIsFail,
      '/policy/mid/lateIsFail',
      FLAW.late_fails_missing_does_not,
    ),
  ],
}

function applicantClassFindings({ applicantClasses, cap, floor }: RoundPolicy): Finding[] {
  const place = '/policy/applicantClasses'
  return [
    ...repeatedCodes(place, applicantClasses),
    ...unreachable(place, applicantClasses, isOpenToAll),
    ...applicantClasses.flatMap(({ registeredMonthsMin: min, registeredMonthsMax: max, cap: own }, index) => [
      ...when(min !== null && max !== null && min > max, `${place}/${index}`, FLAW.class_months_contradict),
      ...when(own !== null && fenOf(own) < fenOf(floor), `${place}/${index}/cap`, FLAW.class_cap_below_floor),
      ...when(own !== null && fenOf(own) >= fenOf(cap), `${place}/${index}/cap`, FLAW.class_cap_without_effect),
    ]),
  ]
}

function projectClassFindings({ projectClasses }: RoundPolicy): Finding[] {
  const place = '/policy/projectClasses'
  return [
    ...repeatedCodes(place, projectClasses),
    ...unreachable(place, projectClasses, isAnyProject),
    ...when(projectClasses.length > 0 && !projectClasses.some(isAnyProject), place, FLAW.project_class_open),
  ]
}

/** Classes behind one that everybody falls into. */
function unreachable<Class extends { readonly code: string }>(
  place: string,
  classes: readonly Class[],
  asksNothing: (one: Class) => boolean,
): Finding[] {
  const last = classes.findIndex(asksNothing)
  const code = classes[last]?.code ?? ''
  return classes.flatMap((_, index) =>
    when(last !== -1 && index > last, `${place}/${index}`, FLAW.class_unreachable, { code }),
  )
}

function isOpenToAll(one: ApplicantClass): boolean {
  const { organizationTypes, registeredMonthsMin, registeredMonthsMax, gradeMin } = one
  return [organizationTypes, registeredMonthsMin, registeredMonthsMax, gradeMin].every((wanted) => wanted === null)
}

function isAnyProject({ serviceFields, lotteryPurposes }: ProjectClass): boolean {
  return serviceFields === null && lotteryPurposes === null
}

function scopeFindings({ ratioRules, applicantClasses, projectClasses }: RoundPolicy): Finding[] {
  return ratioRules.flatMap(({ appliesTo }, index) =>
    (
      [
        ['applicantClasses', applicantClasses],
        ['projectClasses', projectClasses],
      ] as const
    ).flatMap(([list, known]) =>
      (appliesTo?.[list] ?? []).flatMap((code, place) =>
        when(
          !known.some((one) => one.code === code),
          `/policy/ratioRules/${index}/appliesTo/${list}/${place}`,
          FLAW.class_unknown,
          { code },
        ),
      ),
    ),
  )
}

function groupFindings({ budgetGroups, budgetCategories, forbiddenCategories }: RoundPolicy): Finding[] {
  const place = '/policy/budgetGroups'
  const taken = [...budgetCategories, ...forbiddenCategories, 'matching', 'matching_cash', 'matching_in_kind']
  return [
    ...repeatedCodes(place, budgetGroups),
    ...budgetGroups.flatMap(({ code, categories }, index) => [
      ...when(taken.includes(code), `${place}/${index}/code`, FLAW.group_code_taken, { code }),
      ...categories.flatMap((category, nth) => {
        const other = budgetGroups.slice(0, index).find((earlier) => earlier.categories.includes(category))
        const at = `${place}/${index}/categories/${nth}`
        return [
          ...when(!budgetCategories.includes(category), at, FLAW.group_category_unknown, { category }),
          ...when(other !== undefined, at, FLAW.group_overlap, { category, code: other?.code ?? '' }),
        ]
      }),
    ]),
  ]
}

function scoringFindings({ scoring, criteria, passLine }: RoundPolicy): Finding[] {
  const place = '/policy/scoring/sources'
  const taken = ['panel', ...criteria.map(({ code }) => code)]
  const whole =
    wholeOf(criteria) * scoring.panelWeightBasisPoints +
    scoring.sources
      .filter(({ kind }) => kind !== 'deduction')
      .reduce((sum, { max, weightBasisPoints }) => sum + parsePoints(max) * weightBasisPoints, 0)
  const isComposed = scoring.sources.length > 0 || scoring.panelWeightBasisPoints < 10_000
  return [
    ...repeatedCodes(place, scoring.sources),
    ...scoring.sources.flatMap((source, index) => sourceFindings(source, `${place}/${index}`, taken)),
    ...when(scoring.panelWeightBasisPoints === 0, '/policy/scoring/panelWeightBasisPoints', FLAW.source_weightless),
    ...when(
      isComposed && scoring.passLineOn === 'total' && parsePoints(passLine) * 10_000 > whole,
      '/policy/passLine',
      FLAW.total_pass_line_unreachable,
      { whole: whole / 1_000_000 },
    ),
  ]
}

function sourceFindings(
  { code, max, min, normalization, weightBasisPoints }: RoundPolicy['scoring']['sources'][number],
  place: string,
  taken: readonly string[],
): Finding[] {
  return [
    ...when(taken.includes(code), `${place}/code`, FLAW.source_code_taken, { code }),
    ...when(parsePoints(max) === 0, `${place}/max`, SHEET_FINDINGS.criterion_worthless),
    ...when(min !== null && parsePoints(min) > parsePoints(max), `${place}/min`, FLAW.source_min_above_max),
    ...when(min !== null && normalization !== 'as_is', `${place}/min`, FLAW.source_min_without_effect),
    ...when(weightBasisPoints === 0, `${place}/weightBasisPoints`, FLAW.source_weightless),
  ]
}

function priceFindings({ criteria }: RoundPolicy): Finding[] {
  const prices = criteria.flatMap(({ kind }, index) => (kind === 'price' ? [index] : []))
  return [
    ...when(prices.length === criteria.length, '/policy/criteria', FLAW.criteria_not_judged),
    ...prices.slice(1).flatMap((index) => when(true, `/policy/criteria/${index}/kind`, FLAW.price_repeated)),
  ]
}

function matchFindings({ poolMatches }: RoundPolicy, pools: readonly FundPool[]): Finding[] {
  const matching = poolMatches.map(({ pool }) => pool)
  const repeated = repeatedIndexes(poolMatches.map(({ source }) => source))
  return poolMatches.flatMap(({ pool, source }, index) => {
    const place = `/policy/poolMatches/${index}`
    const hasBase = pools.some((one) => one.source === source && !matching.includes(one.position))
    return [
      ...when(!pools.some(({ position }) => position === pool), `${place}/pool`, FLAW.match_pool_unknown, { pool }),
      ...when(!hasBase, `${place}/source`, FLAW.match_source_missing, { source }),
      ...when(repeated.includes(index), `${place}/source`, FLAW.match_repeated, { source }),
    ]
  })
}
