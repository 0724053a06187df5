import { Type } from 'typebox'
import {
  Count,
  closed,
  Day,
  Id,
  Instant,
  ListOf,
  Money,
  Nullable,
  ResolvedDate,
  Text,
  Word,
} from '../../platform/http/schemas.ts'
import { LOTTERY_PURPOSES, SERVICE_FIELDS } from '../needs/index.ts'
import { SEVERITIES } from './compiler/finding.ts'
import { Code, RoundPolicyInput, RoundPolicySchema } from './policyDocument.ts'
import { CONFIRMATIONS, FUND_SOURCES, PROCUREMENT_MODES, ROUND_STATES } from './rules.ts'

/** Pools of a round; 20 sources of money are more than any county has. */
const POOLS_MAX = 20
/** Needs of a round: the largest known round funded 162 projects (S5). */
const NEEDS_MAX = 500

const Timetable = closed(
  { opensAt: Instant, closesAt: Instant, cycleStartsOn: Day, cycleEndsOn: Day },
  {
    title: 'Timetable',
    description: 'Bids are taken from opensAt on and refused from closesAt on; projects run in the cycle.',
  },
)
const Purposes = Nullable(ListOf(Word(LOTTERY_PURPOSES), 20, { minItems: 1, uniqueItems: true }))
const Fields = Nullable(ListOf(Word(SERVICE_FIELDS), 30, { minItems: 1, uniqueItems: true }))
const PoolInput = closed(
  {
    source: Word(FUND_SOURCES),
    name: Text(200),
    size: Money,
    purposes: Type.Optional(Purposes),
    fields: Type.Optional(Fields),
  },
  {
    title: 'NewFundPool',
    description:
      'Money of one source. `purposes` are lottery purposes, `fields` service fields of the needs it may serve; absent or null means any. Positions follow the order of the list.',
  },
)
const Words = Nullable(ListOf(Code, 30))
const Pool = closed(
  {
    id: Id('pool'),
    position: Count(POOLS_MAX, 1),
    source: Word(FUND_SOURCES),
    name: Text(200),
    size: Money,
    purposes: Words,
    fields: Words,
  },
  { title: 'FundPool' },
)
export const PoolBalances = closed(
  {
    items: ListOf(
      closed({ ...Pool.properties, allocated: Money, available: Money }, { title: 'PoolBalance' }),
      POOLS_MAX,
    ),
  },
  { title: 'PoolBalances', description: 'The pools of a round with what awards have drawn from them.' },
)

const content = {
  code: Type.String({ pattern: '^[0-9A-Za-z一-鿿-]{1,40}$', maxLength: 40, description: 'Unique within the host.' }),
  title: Text(200),
  procurementMode: Word(PROCUREMENT_MODES),
  operatorId: Nullable(Id('org')),
  needIds: ListOf(Id('need'), NEEDS_MAX, { uniqueItems: true }),
  timetable: Timetable,
}

export const NewRoundBody = closed(
  {
    code: content.code,
    title: content.title,
    procurementMode: Type.Optional(content.procurementMode),
    operatorId: Type.Optional(content.operatorId),
    needIds: content.needIds,
    pools: ListOf(PoolInput, POOLS_MAX),
    timetable: content.timetable,
    policy: Type.Optional(RoundPolicyInput),
  },
  { title: 'NewRound' },
)
export const RoundPatch = Type.Partial(
  closed({ ...content, pools: ListOf(PoolInput, POOLS_MAX), policy: RoundPolicyInput }),
  { title: 'RoundPatch', additionalProperties: false, minProperties: 1 },
)
const summary = {
  id: Id('rnd'),
  hostId: Id('org'),
  ...content,
  state: Word(ROUND_STATES),
  publishedAt: Nullable(Instant),
  openedAt: Nullable(Instant),
  createdAt: Instant,
}
export const RoundSummary = closed(summary, { title: 'RoundSummary', description: 'A round without policy and pools.' })
export const RoundBody = closed(
  {
    ...summary,
    policy: RoundPolicySchema,
    policyVersion: Count(1_000_000, 1),
    requiredPolicyVersion: Count(
      1_000_000,
      1,
      'The latest version that bidders must have confirmed; bids of an earlier one lapse at the opening.',
    ),
    confirmBy: Nullable(Instant),
    pools: ListOf(Pool, POOLS_MAX),
    formalCheckDue: Nullable(ResolvedDate),
    cancelReason: Nullable(Text(2000)),
    actions: ListOf(Type.String({ maxLength: 40 }), 20, { description: 'What the reader may do to it in its state.' }),
  },
  { title: 'Round' },
)
export const Cancellation = closed({ reason: Text(2000) }, { title: 'RoundCancellation' })
export const RoundParams = closed({ roundId: Id('rnd') })
export const RoundFilter = closed({ hostId: Type.Optional(Id('org')), state: Type.Optional(Word(ROUND_STATES)) })

const PoolGrowth = closed(
  { position: Count(POOLS_MAX, 1), size: Money },
  { title: 'PoolGrowth', description: 'The new size of the pool at this position; never smaller than before.' },
)
const change = {
  reason: Text(2000, 'Why; everybody may read it.'),
  confirmation: Word(
    CONFIRMATIONS,
    '`required`: bids that are in already must be confirmed again by their bidders, or they lapse at the opening.',
  ),
}
export const AmendmentBody = closed(
  {
    ...change,
    policy: Type.Optional(RoundPolicyInput),
    timetable: Type.Optional(Timetable),
    pools: Type.Optional(ListOf(PoolGrowth, POOLS_MAX, { minItems: 1 })),
    confirmBy: Type.Optional(Instant),
  },
  {
    title: 'NewRoundAmendment',
    description:
      'What shall change. Top-level fields of the policy replace the present ones; the timetable is given whole; confirmBy may say until when bids must be confirmed (else: until the closing).',
  },
)
export const RoundAmendment = closed(
  {
    roundId: Id('rnd'),
    policyVersion: Count(1_000_000, 1),
    ...change,
    reason: Nullable(Text(2000, 'Why; null for the first version, which is the publication itself.')),
    confirmBy: Nullable(Instant),
    changed: ListOf(Type.String({ maxLength: 200 }), 200, {
      description: 'JSON pointers of what differs from the version before, such as `#/policy/cap`.',
    }),
    policy: RoundPolicySchema,
    timetable: Timetable,
    publishedAt: Instant,
  },
  {
    title: 'RoundAmendment',
    description:
      'A version of the call; it never changes. The first is what was published, each later one replaced the one before.',
  },
)
export const AmendmentParams = closed({ roundId: Id('rnd'), policyVersion: Count(1_000_000, 1) })

export const RoundCheck = closed(
  {
    isPublishable: Type.Boolean({ description: 'Is the round a draft without errors?' }),
    findings: ListOf(
      closed(
        {
          code: Type.String({ maxLength: 60, description: 'Explained in docs/guide/rounds.md.' }),
          pointer: Type.String({ maxLength: 200, description: 'The place in the round, such as `#/policy/passLine`.' }),
          detail: Type.String({ maxLength: 1000, description: 'In the language of Accept-Language.' }),
          severity: Word(SEVERITIES, 'An `error` keeps the round from being published.'),
        },
        { title: 'RoundFinding' },
      ),
      5000,
    ),
  },
  { title: 'RoundCheck', description: 'All that is wrong or doubtful about a round, at once.' },
)
