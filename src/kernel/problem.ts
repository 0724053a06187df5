/** The two languages of every sentence that a caller may read. */
export type Language = 'zh-CN' | 'en'
export const LANGUAGES: readonly Language[] = ['zh-CN', 'en']

/** One sentence in both languages. `{name}` is replaced by the refusal's parameter of that name. */
export type Sentence = Readonly<Record<Language, string>>

/**
 * A refusal that a caller can meet, declared once by the module that owns it.
 * `code` is the contract: stable, snake_case, never translated. `status` is the HTTP status it is answered with.
 */
export interface ProblemDefinition {
  readonly code: string
  readonly status: number
  readonly title: Sentence
  readonly detail: Sentence
}

/** What is wrong at one place of the body (`pointer` is a JSON pointer such as `#/budget/0/amount`). */
export interface FieldError {
  readonly pointer: string
  readonly code: string
  readonly detail: string
  /** The detail in both languages, where it is declared in both; the edge then answers in the caller's. */
  readonly sentences?: Sentence
}

/** What fills the places of a sentence; a sentence among them is filled in in the caller's language. */
export type ProblemParameters = Readonly<Record<string, string | number | Sentence>>

/** A refusal as data: what a pure rule returns. */
export interface Refusal {
  readonly problem: ProblemDefinition
  readonly parameters: ProblemParameters
  readonly errors: readonly FieldError[]
}

/** A refusal as an exception: what a service throws so that the transaction rolls back and the edge can render it. */
export class Problem extends Error implements Refusal {
  readonly problem: ProblemDefinition
  readonly parameters: ProblemParameters
  readonly errors: readonly FieldError[]
  /** Response headers that belong to this refusal, such as the current `ETag` of a stale write. */
  readonly headers: Readonly<Record<string, string>>

  constructor(refusal: Refusal, headers: Readonly<Record<string, string>> = {}) {
    super(`${refusal.problem.code}: ${sentence(refusal.problem.detail.en, refusal.parameters)}`)
    this.name = 'Problem'
    this.problem = refusal.problem
    this.parameters = refusal.parameters
    this.errors = refusal.errors
    this.headers = headers
  }
}

/** Declares a refusal. The whole-tree test finds every declaration in the modules' `problems.ts`. */
export function defineProblem(definition: ProblemDefinition): ProblemDefinition {
  return Object.freeze(definition)
}

/** Fills `{name}` places; a place without a parameter stays visible, so that a test can find it. */
export function sentence(template: string, parameters: ProblemParameters, language: Language = 'en'): string {
  return template.replace(/\{(\w+)\}/g, (place, name: string) => {
    const value = parameters[name] ?? place
    return typeof value === 'object' ? value[language] : String(value)
  })
}

/** Shorthand for services: `throw problem(NeedNotFound, { needId })`. */
export function problem(
  definition: ProblemDefinition,
  parameters: ProblemParameters = {},
  errors: readonly FieldError[] = [],
): Problem {
  return new Problem({ problem: definition, parameters, errors })
}
