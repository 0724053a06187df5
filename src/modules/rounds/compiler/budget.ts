import { fenOf } from '../../../kernel/money.ts'
import type { RatioRule, RoundPolicy } from '../policyDocument.ts'
import { contradiction, type Ratio } from './feasibility.ts'
import { defineFindings, type Finding, type Part, when } from './finding.ts'
import { repeatedCodes } from './sheet.ts'

const FLAW = defineFindings({
  cap_zero: ['error', '资助上限为零,无法资助任何项目;请填写上限。', 'A cap of zero funds nothing; raise it.'],
  floor_above_cap: ['error', '资助下限高于上限;请调整其中之一。', 'The floor is above the cap; change one of them.'],
  numerator_unknown: [
    'error',
    '{numerator} 既不是预算科目或科目组,也不是 matching、matching_cash 或 matching_in_kind。',
    '{numerator} is neither a budget category or group nor matching, matching_cash or matching_in_kind.',
  ],
  category_both_allowed_and_forbidden: [
    'error',
    '{category} 同时列在 budgetCategories 中;请删去其中之一。',
    '{category} stands in budgetCategories as well; take it out of one list.',
  ],
  category_reserved: [
    'error',
    '{category} 在比例规则中另有含义,不能用作预算科目;请改名。',
    '{category} means the matching money in ratio rules and cannot be a budget category; rename it.',
  ],
  ratio_rules_contradict: [
    'error',
    '没有任何预算能同时满足比例规则 {codes};请放宽其中之一。',
    'No budget can keep the ratio rules {codes} together; relax one of them.',
  ],
  ratio_rule_redundant: [
    'warning',
    '此规则与 {code} 的分子、基数和方向相同,只有较严的一条起作用。',
    'This rule and {code} limit the same share in the same direction; only the stricter one counts.',
  ],
})

/** Numerators that are no budget category. */
const MATCHING_NUMERATORS = ['matching', 'matching_cash', 'matching_in_kind'] as const

export const budget: Part = {
  definitions: FLAW,
  check: ({ policy }) => {
    const { ratioRules, budgetCategories, forbiddenCategories, budgetGroups } = policy
    const numerators = new Set([...budgetCategories, ...budgetGroups.map(({ code }) => code), ...MATCHING_NUMERATORS])
    return [
      ...when(fenOf(policy.cap) === 0n, '/policy/cap', FLAW.cap_zero),
      ...when(fenOf(policy.floor) > fenOf(policy.cap), '/policy/floor', FLAW.floor_above_cap),
      ...repeatedCodes('/policy/ratioRules', ratioRules),
      ...ratioRules.flatMap(({ numerator }, index) =>
        when(!numerators.has(numerator), `/policy/ratioRules/${index}/numerator`, FLAW.numerator_unknown, {
          numerator,
        }),
      ),
      ...budgetCategories.flatMap((category, index) =>
        when(isMatching(category), `/policy/budgetCategories/${index}`, FLAW.category_reserved, { category }),
      ),
      ...forbiddenCategories.flatMap((category, index) =>
        when(
          budgetCategories.includes(category),
          `/policy/forbiddenCategories/${index}`,
          FLAW.category_both_allowed_and_forbidden,
          { category },
        ),
      ),
      ...redundantRules(ratioRules),
      ...contradictions(policy),
    ]
  },
}

function isMatching(numerator: string): numerator is (typeof MATCHING_NUMERATORS)[number] {
  return MATCHING_NUMERATORS.some((word) => word === numerator)
}

function redundantRules(rules: readonly RatioRule[]): Finding[] {
  const kindOf = ({ numerator, base, operator, appliesTo }: RatioRule) =>
    JSON.stringify([numerator, base, operator, appliesTo?.applicantClasses ?? null, appliesTo?.projectClasses ?? null])
  return rules.flatMap((rule, index) => {
    const earlier = rules.slice(0, index).find((other) => kindOf(other) === kindOf(rule))
    // Rules of one code are told as repeated.
    return when(
      earlier !== undefined && earlier.code !== rule.code,
      `/policy/ratioRules/${index}`,
      FLAW.ratio_rule_redundant,
      { code: earlier?.code ?? '' },
    )
  })
}

/**
 * Combinations of classes that bind different rules and are looked at. Solving one takes well under a millisecond for
 * policies as cities write them, but a third of a second for forty categories under thirty dense rules.
 */
const COMBINATIONS_MAX = 12

/**
 * For each combination of classes that a bid can have, the rules that bind it must leave a budget. Told once for each
 * smallest set of rules that cannot hold together. Where all rules can hold at once, so can those of any combination.
 */
function contradictions(policy: RoundPolicy): Finding[] {
  const { budgetCategories: categories, inKindMatchingMaxBasisPoints } = policy
  const against = (rules: readonly Bound[]) =>
    contradiction(
      { categories, inKindMatchingMaxBasisPoints },
      rules.map(({ ratio }) => ratio),
    ).flatMap((place) => rules[place] ?? [])
  const all = policy.ratioRules.flatMap((rule, index) => {
    const ratio = ratioOf(rule, policy)
    return ratio === undefined ? [] : [{ rule, ratio, index }]
  })
  if (against(all).length === 0) return []
  const combinations = new Map(
    classesOf(policy).map(([applicantClass, projectClass]) => {
      const binding = all.filter(({ rule }) => binds(rule, applicantClass, projectClass))
      return [binding.map(({ index }) => index).join(), binding]
    }),
  )
  const told = new Map<string, readonly Bound[]>()
  for (const binding of [...combinations.values()].slice(0, COMBINATIONS_MAX)) {
    const rules = against(binding)
    if (rules.length > 0) told.set(rules.map(({ rule }) => rule.code).join(', '), rules)
  }
  return [...told].flatMap(([codes, rules]) =>
    when(true, `/policy/ratioRules/${rules.at(-1)?.index}`, FLAW.ratio_rules_contradict, { codes }),
  )
}

interface Bound {
  readonly rule: RatioRule
  readonly ratio: Ratio
  readonly index: number
}

/** The classes of applicants and projects; undefined is a bid of no class, where the policy knows none. */
function classesOf({
  applicantClasses,
  projectClasses,
}: RoundPolicy): (readonly [string | undefined, string | undefined])[] {
  const applicants = applicantClasses.length === 0 ? [undefined] : applicantClasses.map(({ code }) => code)
  const projects = [undefined, ...projectClasses.map(({ code }) => code)]
  return applicants.flatMap((applicant) => projects.map((project) => [applicant, project] as const))
}

function binds(
  { appliesTo }: RatioRule,
  applicantClass: string | undefined,
  projectClass: string | undefined,
): boolean {
  const within = (classes: readonly string[] | null | undefined, own: string | undefined) =>
    classes === null || classes === undefined || (own !== undefined && classes.includes(own))
  return within(appliesTo?.applicantClasses, applicantClass) && within(appliesTo?.projectClasses, projectClass)
}

/** The rule in terms of categories; undefined where its numerator is unknown. */
function ratioOf(rule: RatioRule, { budgetCategories, budgetGroups }: RoundPolicy): Ratio | undefined {
  const { numerator, base, operator, basisPoints } = rule
  if (isMatching(numerator)) return { numerator, base, operator, basisPoints }
  const group = budgetGroups.find(({ code }) => code === numerator)
  const categories = group?.categories ?? [numerator]
  const isKnown = group !== undefined || budgetCategories.includes(numerator)
  return isKnown ? { numerator: categories, base, operator, basisPoints } : undefined
}
