import { type Fen, fenOf, formatYuan, type Money, minFen, sumFen } from '../../../kernel/money.ts'
import type { FieldError } from '../../../kernel/problem.ts'
import { compareToBasisPoints, formatFraction, formatPercent, fraction } from '../../../kernel/ratio.ts'

/** The budget of a bid, or a revised one of an award: the lines share out the grant. */
export interface Budget {
  readonly grant: Money
  readonly matchingCash: Money
  readonly matchingInKind: Money
  readonly budgetLines: readonly { readonly category: string; readonly amount: Money }[]
}

/** A share that must not be missed (`gte`) or passed (`lte`); both include equality. */
export interface RatioTerm {
  readonly code: string
  readonly numerator: string
  readonly base: 'grant' | 'total' | 'matching'
  readonly operator: 'gte' | 'lte'
  readonly basisPoints: number
}

/** What a round's policy says about budgets. */
export interface BudgetTerms {
  readonly cap: Money
  readonly floor: Money
  readonly ratioRules: readonly RatioTerm[]
  readonly inKindMatchingMaxBasisPoints: number
  readonly budgetCategories: readonly string[]
  readonly forbiddenCategories: readonly string[]
  /** Categories that count together; a ratio rule names them by the group's code. */
  readonly budgetGroups: readonly { readonly code: string; readonly categories: readonly string[] }[]
}

/** Something the check found. Curable findings can be mended by a correction; the others reject the bid. */
export interface Finding {
  readonly code: string
  /** For people: what was found, such as `15.00 % < 20.00 %`. */
  readonly detail: string
  readonly isCurable: boolean
  /** The kind of attachment that would cure it, if it is one. */
  readonly attachment: string | null
}

const WHOLE = 10_000

/**
 * Cash counts in full; in-kind counts until it makes up the policy's share of what is counted (process.md 2.5). At half
 * of it, 8,000 in cash let at most 8,000 of 12,000 in kind count.
 */
export function countedMatching(
  terms: Pick<BudgetTerms, 'inKindMatchingMaxBasisPoints'>,
  budget: Pick<Budget, 'matchingCash' | 'matchingInKind'>,
): Fen {
  const cash = fenOf(budget.matchingCash)
  const inKind = fenOf(budget.matchingInKind)
  const share = terms.inKindMatchingMaxBasisPoints
  if (share >= WHOLE) return cash + inKind
  return cash + minFen(inKind, (cash * BigInt(share)) / BigInt(WHOLE - share))
}

/** All that a policy has against a budget; empty when it fits. Exactly at a limit fits. */
export function budgetFindings(terms: BudgetTerms, budget: Budget): Finding[] {
  const grant = fenOf(budget.grant)
  const cap = fenOf(terms.cap)
  const floor = fenOf(terms.floor)
  return [
    ...(grant > cap ? [incurable('grant_above_cap', `${formatYuan(grant)} > ${formatYuan(cap)}`)] : []),
    ...(grant < floor ? [incurable('grant_below_floor', `${formatYuan(grant)} < ${formatYuan(floor)}`)] : []),
    ...sumFindings(budget),
    ...budget.budgetLines
      .filter((line) => terms.forbiddenCategories.includes(line.category))
      .map((line) => incurable('category_forbidden', line.category)),
    ...ratioFindings(terms, budget),
  ]
}

/** The ratio rules alone: each broken one under its own code, with both percentages. */
export function ratioFindings(
  terms: Pick<BudgetTerms, 'ratioRules' | 'inKindMatchingMaxBasisPoints' | 'budgetGroups'>,
  budget: Budget,
): Finding[] {
  return terms.ratioRules.flatMap((rule) => {
    const numerator = numeratorOf(rule.numerator, terms, budget)
    const base = baseOf(rule.base, terms, budget)
    const order = compareToBasisPoints(numerator, base, rule.basisPoints)
    const holds = rule.operator === 'gte' ? order >= 0 : order <= 0
    return holds ? [] : [incurable(rule.code, comparison(numerator, base, rule))]
  })
}

/** Lines under a word that the policy does not know. `pointer` is where the lines stand in the body. */
export function categoryFlaws(
  terms: Pick<BudgetTerms, 'budgetCategories' | 'forbiddenCategories'>,
  budgetLines: Budget['budgetLines'],
  pointer: string,
): FieldError[] {
  const known = new Set([...terms.budgetCategories, ...terms.forbiddenCategories])
  return budgetLines.flatMap(({ category }, index) =>
    known.has(category)
      ? []
      : [
          {
            pointer: `${pointer}/${index}/category`,
            code: 'category_unknown',
            detail: `${category} is not a category of the policy.`,
          },
        ],
  )
}

/**
 * What makes a budget senseless before any rule is asked: nothing is asked for, lines that do not sum to the grant,
 * unknown categories.
 */
export function contentFlaws(
  terms: Pick<BudgetTerms, 'budgetCategories' | 'forbiddenCategories'>,
  budget: Budget,
): FieldError[] {
  return [
    ...(fenOf(budget.grant) === 0n
      ? [{ pointer: '#/content/grant', code: 'grant_zero', detail: 'A bid asks for money.' }]
      : []),
    ...sumFindings(budget).map(({ code, detail }) => ({ pointer: '#/content/budgetLines', code, detail })),
    ...categoryFlaws(terms, budget.budgetLines, '#/content/budgetLines'),
  ]
}

export function incurable(code: string, detail: string): Finding {
  return { code, detail, isCurable: false, attachment: null }
}

function sumFindings({ grant, budgetLines }: Budget): Finding[] {
  const sum = sumFen(budgetLines.map((line) => fenOf(line.amount)))
  return sum === fenOf(grant) ? [] : [incurable('budget_sum_differs', `${formatYuan(sum)} ≠ ${grant.amount}`)]
}

function numeratorOf(
  numerator: string,
  terms: Pick<BudgetTerms, 'inKindMatchingMaxBasisPoints' | 'budgetGroups'>,
  budget: Budget,
): Fen {
  if (numerator === 'matching') return countedMatching(terms, budget)
  if (numerator === 'matching_cash') return fenOf(budget.matchingCash)
  if (numerator === 'matching_in_kind') return fenOf(budget.matchingInKind)
  const categories = terms.budgetGroups.find(({ code }) => code === numerator)?.categories ?? [numerator]
  return sumFen(budget.budgetLines.flatMap((line) => (categories.includes(line.category) ? fenOf(line.amount) : [])))
}

function baseOf(
  base: RatioTerm['base'],
  terms: Pick<BudgetTerms, 'inKindMatchingMaxBasisPoints'>,
  budget: Budget,
): Fen {
  if (base === 'grant') return fenOf(budget.grant)
  const matching = countedMatching(terms, budget)
  return base === 'matching' ? matching : fenOf(budget.grant) + matching
}

/** `30.59 % > 30.00 %`; with more decimals where two would make both sides look alike. */
function comparison(numerator: Fen, base: Fen, rule: RatioTerm): string {
  const sign = rule.operator === 'gte' ? '<' : '>'
  const limit = (decimals: number) => formatFraction(fraction(rule.basisPoints, 100), decimals)
  if (base === 0n) return `${formatPercent(numerator, base)} ${sign} ${limit(2)} %`
  const share = (decimals: number) => formatFraction(fraction(numerator * 100n, base), decimals)
  const decimals = [2, 4, 6, 8, 10, 12, 14].find((count) => share(count) !== limit(count)) ?? 16
  return `${share(decimals)} % ${sign} ${limit(decimals)} %`
}
