import { type Static, Type } from 'typebox'
import { BasisPoints, Count, closed, ListOf, Nullable, Period, Text, Word } from '../../platform/http/schemas.ts'
import { EVALUATION_GRADES, ORGANIZATION_TYPES } from '../organizations/index.ts'
import { Code, RuleScope } from './languageDocument.ts'

export const RATIO_BASES = ['grant', 'total', 'matching'] as const
export const RATIO_OPERATORS = ['gte', 'lte'] as const
export const TRANCHE_TRIGGERS = ['agreement_effective', 'mid_passed', 'final_passed_and_audited'] as const
export type TrancheTrigger = (typeof TRANCHE_TRIGGERS)[number]

export const RatioRule = closed(
  {
    code: Code,
    numerator: Type.String({
      pattern: '^[a-z][a-z0-9_]{0,39}$',
      maxLength: 40,
      description: 'A budget category, a budget group, or `matching`, `matching_cash`, `matching_in_kind`.',
    }),
    base: Word(RATIO_BASES, 'What the share is a share of; `total` is grant plus counted matching.'),
    operator: Word(RATIO_OPERATORS, 'Both include equality.'),
    basisPoints: BasisPoints,
    appliesTo: Type.Optional(RuleScope),
  },
  { title: 'RatioRule', description: 'A share of the budget that must not be missed or passed.' },
)
export type RatioRule = Static<typeof RatioRule>
export const Officer = closed(
  {
    name: Text(100),
    publicKey: Type.Object(
      {
        kty: Type.Literal('OKP'),
        crv: Type.Literal('X25519'),
        x: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$', maxLength: 43 }),
      },
      { additionalProperties: false, title: 'X25519PublicKey', description: 'A public key as JWK (RFC 8037).' },
    ),
  },
  { title: 'KeyOfficer', description: 'Keeps one share of the round key; the share is handed out under this key.' },
)
export const EligibilityRules = closed(
  {
    abnormalListMonths: Count(240),
    seriousListMonths: Count(240),
    majorViolationMonths: Count(240),
    annualCheckRequired: Type.Boolean(),
    gradeMin: Nullable(Word(EVALUATION_GRADES)),
    noOverdueRefund: Type.Boolean(),
    // Optional, because policies were written before these rules could be said.
    organizationTypes: Type.Optional(
      Nullable(
        ListOf(Word(ORGANIZATION_TYPES), ORGANIZATION_TYPES.length, {
          minItems: 1,
          uniqueItems: true,
          description: 'Which kinds of organizations may bid; null: all.',
        }),
      ),
    ),
    registeredMonthsMin: Type.Optional(
      Nullable(Count(1200, 0, 'Registered for at least so many months on the last day for bids; null: no rule.')),
    ),
    registeredMonthsMax: Type.Optional(
      Nullable(Count(1200, 0, 'Registered for at most so many months on the last day for bids; null: no rule.')),
    ),
  },
  { title: 'EligibilityRules' },
)
export const Tranche = closed(
  { number: Count(20, 1), basisPoints: BasisPoints, trigger: Word(TRANCHE_TRIGGERS), due: Period },
  { title: 'TrancheRule' },
)
