import { type Static, Type } from 'typebox'
import {
  BasisPoints,
  Count,
  closed,
  Day,
  ListOf,
  Money,
  Nullable,
  Period,
  Points,
  Word,
} from '../../platform/http/schemas.ts'
import { Code } from './languageDocument.ts'

/** How the approved amount of a ranked bid is found. */
export const AMOUNT_METHODS = ['requested', 'fixed_by_host', 'panel_median', 'graded', 'fixed'] as const
export type AmountMethod = (typeof AMOUNT_METHODS)[number]

const AmountGrade = closed(
  {
    code: Code,
    min: Type.String({ ...Points, description: 'The least total of the grade, itself included.' }),
    amount: Nullable(Money),
    shareBasisPoints: Nullable(
      Type.Integer({ ...BasisPoints, description: 'Of what was asked; half a fen rounds up.' }),
    ),
  },
  { title: 'AmountGrade', description: 'Either an amount or a share of what was asked.' },
)

const AmountRules = closed(
  {
    method: Word(
      AMOUNT_METHODS,
      '`requested`: what was asked, unless the host fixes less. `fixed_by_host`: the host fixes each. `panel_median`: the median of what the experts recommend, unless the host fixes less. `graded`: by the grade of the total. `fixed`: the same for all. Never above what was asked or the cap; what stays below the floor is not awarded.',
    ),
    fixed: Nullable(Money),
    grades: ListOf(AmountGrade, 10, { description: 'From best to worst; read where the method is `graded`.' }),
  },
  { title: 'AmountRules' },
)

const DecisionRules = closed(
  {
    beforeNotice: Type.Boolean({
      description:
        'A meeting decides about each award before it may be announced; else it confirms what was announced.',
    }),
    attendeesMin: Count(1_000, 0, 'So many attend the meeting at least; 0: nobody counts them.'),
  },
  { title: 'DecisionRules' },
)

const ReserveRules = closed(
  { validFor: Nullable(Period), until: Nullable(Day) },
  {
    title: 'ReserveRules',
    description:
      'Until when bids in reserve may step in: a period from the end of the latest notice of awards, or a day, whichever ends first. Both null: as long as the round lasts.',
  },
)

const ResultRules = closed(
  { shownBeforeNotice: Type.Boolean({ description: 'Bidders see the outcome of their own bids before the notice.' }) },
  { title: 'ResultRules' },
)

/** What the policy says about awards (docs/guide/awards.md). */
export const AWARD_LANGUAGE = {
  amounts: AmountRules,
  decision: DecisionRules,
  reserve: ReserveRules,
  results: ResultRules,
}
export type AmountRules = Static<typeof AmountRules>
export type AmountGrade = Static<typeof AmountGrade>
type DecisionRules = Static<typeof DecisionRules>
type ReserveRules = Static<typeof ReserveRules>
type ResultRules = Static<typeof ResultRules>

export const DEFAULT_AWARD_LANGUAGE: {
  readonly amounts: AmountRules
  readonly decision: DecisionRules
  readonly reserve: ReserveRules
  readonly results: ResultRules
} = {
  amounts: { method: 'requested', fixed: null, grades: [] },
  decision: { beforeNotice: false, attendeesMin: 0 },
  reserve: { validFor: null, until: null },
  results: { shownBeforeNotice: false },
}
