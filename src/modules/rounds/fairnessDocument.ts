import { type Static, Type } from 'typebox'
import { Count, closed, ListOf, Money, Nullable, Points, Word } from '../../platform/http/schemas.ts'
import { Code } from './languageDocument.ts'

/** Among what a limit counts: the bidder, the place of the need at one level, or its field of service. */
export const LIMIT_SCOPES = ['organization', 'county', 'town', 'community', 'field'] as const
export type LimitScope = (typeof LIMIT_SCOPES)[number]
/** What covering a need is worth in the advice. */
export const NEED_WEIGHTS = ['equal', 'beneficiaries'] as const

const AwardLimit = closed(
  {
    code: Code,
    by: Word(LIMIT_SCOPES),
    of: Nullable(
      Type.String({
        pattern: '^[a-z0-9_]{1,40}$',
        maxLength: 40,
        description: 'The one it binds: an organization, a division code, a field. Null: each of them for itself.',
      }),
    ),
    awardsMax: Nullable(Count(2_000, 1)),
    amountMax: Nullable(Money),
  },
  { title: 'AwardLimit', description: 'No more awards, and no more money, for one organization, place or field.' },
)

/** Optional in the policy, because policies were written before these words existed; absent changes nothing. */
export const AllocationRules = closed(
  {
    limits: ListOf(AwardLimit, 20),
    needWeight: Type.Optional(
      Word(NEED_WEIGHTS, 'What the advice counts a covered need for. Absent: `equal`. The ranking never looks at it.'),
    ),
  },
  { title: 'AllocationRules' },
)

export const RobustnessRules = closed(
  {
    changeMin: Nullable(
      Type.String({ ...Points, description: 'One criterion of one sheet that changes by less must flip no line.' }),
    ),
    leaveOneOutCrossingsMax: Nullable(
      Count(2_000, 0, 'So many bids may change sides of a line when any one expert is left out.'),
    ),
    severityMax: Nullable(
      Type.String({ ...Points, description: 'So far an expert may be from the others on the same bids, on average.' }),
    ),
  },
  {
    title: 'RobustnessRules',
    description: 'When the report calls a ranking fragile; null: not looked at. Nothing else follows from it.',
  },
)
export type AwardLimit = Static<typeof AwardLimit>
export type AllocationRules = Static<typeof AllocationRules>
export type RobustnessRules = Static<typeof RobustnessRules>
