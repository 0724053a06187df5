import { Type } from 'typebox'
import { closed, Id, Instant, ListOf, Nullable, Sha256 } from '../../../platform/http/schemas.ts'

/** At most so many events in one answer. */
export const CHANGES_MAX = 1000
/** A long poll answers after so many seconds at the latest; below the 30 s after which many proxies give up. */
export const WAIT_MAX_SECONDS = 30
const TYPES_MAX = 20

const Seq = Type.String({
  pattern: '^(0|[1-9][0-9]{0,17})$',
  maxLength: 18,
  description: 'Place in the feed: a whole number as text, from 1, rising.',
})

export const ChangesQuery = closed({
  after: Type.Optional(
    Type.String({
      pattern: '^(latest|0|[1-9][0-9]{0,17})$',
      maxLength: 18,
      default: '0',
      description: 'The `nextAfter` of the answer before; `0` replays everything, `latest` starts at the tail.',
    }),
  ),
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: CHANGES_MAX,
      default: 100,
      format: 'int32',
      description: 'Events per answer.',
    }),
  ),
  types: Type.Optional(
    Type.String({
      pattern: `^[a-z][a-z0-9_]*(\\.[a-z0-9_]+)*(\\.\\*)?(,[a-z][a-z0-9_]*(\\.[a-z0-9_]+)*(\\.\\*)?){0,${TYPES_MAX - 1}}$`,
      maxLength: 1000,
      description: `Only these types, separated by commas, at most ${TYPES_MAX}; \`bid.*\` stands for all that begin with \`bid.\`.`,
    }),
  ),
  wait: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: WAIT_MAX_SECONDS,
      default: 0,
      format: 'int32',
      description: 'Seconds to wait for something new when there is nothing yet.',
    }),
  ),
})

const Change = closed(
  {
    seq: Seq,
    id: Id('evt'),
    type: Type.String({ maxLength: 100, description: '`<noun>.<what happened>`, such as `round.published`.' }),
    timestamp: Instant,
    hostId: Nullable(Id('org')),
    subject: Type.String({ maxLength: 100, description: 'Identifier of what it happened to.' }),
    actor: Type.String({ maxLength: 100, description: 'Identifier of the key or user; `system` or `anonymous`.' }),
    data: Type.Unsafe<Record<string, unknown>>({
      type: 'object',
      additionalProperties: true,
      maxProperties: 100,
      description: 'Ids, states, hashes and amounts; never personal data. Read the subject for the rest.',
    }),
    hash: Sha256,
  },
  { title: 'Change', description: 'A sealed event.' },
)
export const ChangesBody = closed(
  { items: ListOf(Change, CHANGES_MAX), nextAfter: Seq },
  { title: 'Changes', description: 'Events in the order of the chain, and where to go on.' },
)

const HeadSeq = Type.String({
  pattern: '^(0|[1-9][0-9]{0,17})$',
  maxLength: 18,
  description: 'Number of the last sealed event; 0 for the empty chain.',
})
export const ChainBody = closed(
  {
    headSeq: HeadSeq,
    headHash: Sha256,
    unsealedEvents: Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      format: 'int64',
      description: 'Events that wait for their number.',
    }),
    oldestUnsealedMs: Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      format: 'int64',
      description: 'How long the oldest of them has waited, in milliseconds.',
    }),
  },
  {
    title: 'AuditChain',
    description: 'The head of the hash chain: note it elsewhere and hand it in with a verification.',
  },
)
export const NewVerification = closed(
  {
    from: Type.Optional(
      Type.String({
        pattern: '^[1-9][0-9]{0,17}$',
        maxLength: 18,
        description: 'Begin with this event and trust the hash of the one before; from the first unless given.',
      }),
    ),
    expectedHead: Type.Optional(
      closed(
        { seq: Type.String({ pattern: '^[1-9][0-9]{0,17}$', maxLength: 18 }), hash: Sha256 },
        { title: 'ChainHead', description: 'A head noted earlier: only with it a cut tail is found.' },
      ),
    ),
  },
  { title: 'NewChainVerification' },
)
export const VerificationBody = closed(
  {
    events: Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      format: 'int64',
      description: 'Events read and found whole.',
    }),
    verified: Type.Boolean(),
    firstBroken: Nullable(closed({ seq: HeadSeq, reason: Type.String({ maxLength: 1000 }) }, { title: 'BrokenLink' })),
    checkpoints: Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      format: 'int64',
      description: 'Signed checkpoints that agreed with the events.',
    }),
    unsealedEvents: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, format: 'int64' }),
    headSeq: HeadSeq,
    headHash: Sha256,
  },
  { title: 'ChainVerification' },
)
