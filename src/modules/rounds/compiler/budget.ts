import { fenOf } from '../../../kernel/money.ts'
import { defineFindings, type Part, when } from './finding.ts'
import { repeatedCodes } from './sheet.ts'

const FLAW = defineFindings({
  cap_zero: ['error', '资助上限为零,无法资助任何项目;请填写上限。', 'A cap of zero funds nothing; raise it.'],
  floor_above_cap: ['error', '资助下限高于上限;请调整其中之一。', 'The floor is above the cap; change one of them.'],
  numerator_unknown: [
    'error',
    '{numerator} 既不是预算科目,也不是 matching、matching_cash 或 matching_in_kind。',
    '{numerator} is neither a budget category nor matching, matching_cash or matching_in_kind.',
  ],
  category_both_allowed_and_forbidden: [
    'error',
    '{category} 同时列在 budgetCategories 中;请删去其中之一。',
    '{category} stands in budgetCategories as well; take it out of one list.',
  ],
})

/** Numerators that are no budget category. */
const MATCHING_NUMERATORS = ['matching', 'matching_cash', 'matching_in_kind']

export const budget: Part = {
  definitions: FLAW,
  check: ({ policy }) => {
    const { ratioRules, budgetCategories, forbiddenCategories } = policy
    const numerators = new Set([...budgetCategories, ...MATCHING_NUMERATORS])
    return [
      ...when(fenOf(policy.cap) === 0n, '/policy/cap', FLAW.cap_zero),
      ...when(fenOf(policy.floor) > fenOf(policy.cap), '/policy/floor', FLAW.floor_above_cap),
      ...repeatedCodes('/policy/ratioRules', ratioRules),
      ...ratioRules.flatMap(({ numerator }, index) =>
        when(!numerators.has(numerator), `/policy/ratioRules/${index}/numerator`, FLAW.numerator_unknown, {
          numerator,
        }),
      ),
      ...forbiddenCategories.flatMap((category, index) =>
        when(
          budgetCategories.includes(category),
          `/policy/forbiddenCategories/${index}`,
          FLAW.category_both_allowed_and_forbidden,
          { category },
        ),
      ),
    ]
  },
}
