import type { Role } from '../../../kernel/actor.ts'
import { type FieldError, type ProblemParameters, type Sentence, sentence } from '../../../kernel/problem.ts'
import type { WorkCalendar } from '../../../kernel/workdays.ts'
import type { Standing } from '../../identity/index.ts'
import type { KeyHolderName } from '../../sealing/index.ts'
import type { FundPool, NeedFacts, Round } from '../rules.ts'

/** An error keeps the round from being published; a warning is for the host to weigh. */
export const SEVERITIES = ['error', 'warning'] as const
export type Severity = (typeof SEVERITIES)[number]

/** A flaw that a draft can have, declared once by the part of the compiler that looks for it. */
export interface FindingDefinition {
  readonly code: string
  readonly severity: Severity
  /** `{name}` is replaced by the finding's parameter of that name. */
  readonly detail: Sentence
}

/** A flaw at its place in the draft; `pointer` is a JSON pointer such as `#/policy/tranches/1/trigger`. */
export interface Finding {
  readonly definition: FindingDefinition
  readonly pointer: string
  readonly parameters: ProblemParameters
}

/** What the compiler needs to know beyond the draft itself. */
export interface CompilerFacts {
  readonly pools: readonly FundPool[]
  /** The round's needs, in its order. */
  readonly needs: readonly (NeedFacts & {
    readonly id: string
    readonly state: string
    readonly beneficiaryCount: number
    /** 12 digits. */
    readonly divisionCode: string
  })[]
  readonly calendar: WorkCalendar
  /** The roles of everybody who can act for the host now, and of the experts; with how many hold just these. */
  readonly holders: readonly { readonly roles: readonly Role[]; readonly count: number }[]
  /** Which of the organizations that the policy names are on record. */
  readonly organizations: ReadonlySet<string>
  /** What live credentials that belong to these organizations, or act for them as hosts, may do. */
  readonly standings: readonly Pick<Standing, 'organizationId' | 'hostId' | 'roles'>[]
  /** Who can keep a round key for this service; officers always can, because they keep it themselves. */
  readonly keyHolders: readonly KeyHolderName[]
  readonly now: Date
}

/** One part of the compiler: the flaws it knows and the search for them. Parts never see each other's findings. */
export interface Part {
  readonly definitions: Readonly<Record<string, FindingDefinition>>
  readonly check: (round: Round, facts: CompilerFacts) => Finding[]
}

/** Declares flaws as rows of severity, Chinese and English sentence under their code. */
export function defineFindings<Code extends string>(
  rows: Readonly<Record<Code, readonly [severity: Severity, chinese: string, english: string]>>,
): Readonly<Record<Code, FindingDefinition>> {
  const definitions = Object.entries<readonly [Severity, string, string]>(rows).map(
    ([code, [severity, chinese, english]]) => [code, { code, severity, detail: { 'zh-CN': chinese, en: english } }],
  )
  return Object.freeze(Object.fromEntries(definitions)) as Readonly<Record<Code, FindingDefinition>>
}

/** The finding, when the flaw is there. `place` is a JSON pointer without `#`. */
export function when(
  isFlawed: boolean,
  place: string,
  definition: FindingDefinition,
  parameters: ProblemParameters = {},
): Finding[] {
  return isFlawed ? [{ definition, pointer: `#${place}`, parameters }] : []
}

/** The flaw as an entry of a problem's `errors`, in both languages. */
export function asFieldError({ definition, pointer, parameters }: Finding): FieldError {
  const { code, detail } = definition
  const sentences = { 'zh-CN': sentence(detail['zh-CN'], parameters), en: sentence(detail.en, parameters) }
  return { pointer, code, detail: sentences.en, sentences }
}

/** Indexes of the items whose key stands earlier in the list already. */
export function repeatedIndexes(keys: readonly string[]): number[] {
  return keys.flatMap((key, index) => (keys.indexOf(key) === index ? [] : [index]))
}
