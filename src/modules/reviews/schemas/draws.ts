import { Type } from 'typebox'
import { DRAW_FORMAT, EXCLUSIONS } from '../../../kernel/draw.ts'
import {
  Count,
  closed,
  Day,
  Id,
  Instant,
  ListOf,
  Nullable,
  Sha256,
  Text,
  Word,
} from '../../../platform/http/schemas.ts'
import { DRAW_STATES } from '../rules/draw.ts'
import { Actions } from './words.ts'

const POOL_MAX = 2_000
const Field = Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$', maxLength: 40, description: 'A field of experts.' })
const Seed = Type.String({ ...Sha256, description: 'A seed: 64 hexadecimal digits, drawn at random.' })

const Quota = closed(
  { field: Field, seats: Count(50, 1) },
  { title: 'ExpertQuota', description: 'So many seats for experts of the field; one expert takes one seat.' },
)
const Candidate = closed(
  { id: Id('exp'), fields: ListOf(Field, 20), exclusions: ListOf(Word(EXCLUSIONS), 2) },
  { title: 'DrawCandidate', description: 'Whoever has an exclusion cannot be drawn.' },
)
const DrawnSeat = closed(
  { candidateId: Id('exp'), field: Nullable(Field) },
  { title: 'DrawnSeat', description: '`field`: the quota that the seat fills; null for an open seat.' },
)
const Node = Type.String({ pattern: '^(exp|org)_[0-7][0-9a-hjkmnp-tv-z]{25}$', maxLength: 40 })
const Conflict = closed(
  {
    expertId: Id('exp'),
    bidderId: Id('org'),
    path: ListOf(
      closed(
        {
          from: Node,
          to: Node,
          kind: Type.String({ maxLength: 40, pattern: '^[a-z_]+$' }),
          until: Nullable(Day),
        },
        { title: 'ConflictLink', description: '`until` is the last day of the link; null while it lasts.' },
      ),
      2,
    ),
  },
  { title: 'ExpertConflict', description: 'How an expert is linked with a bidder: the shortest path.' },
)
const Commitments = closed({ host: Nullable(Sha256), service: Sha256 }, { title: 'DrawCommitments' })
const seeds = { host: Nullable(Seed), service: Seed }

const head = {
  id: Id('edr'),
  roundId: Id('rnd'),
  hostId: Id('org'),
  number: Count(1_000_000, 1),
  state: Word(DRAW_STATES),
  reviewOn: Day,
  size: Count(50, 1),
  quotas: ListOf(Quota, 20),
  termsDigest: Type.String({ ...Sha256, description: 'SHA-256 of the frozen terms and candidates.' }),
  commitments: Commitments,
  abandonmentReason: Nullable(Text(2000)),
  revealedAt: Nullable(Instant),
  createdAt: Instant,
}
export const DrawHeadBody = closed(head, { title: 'ExpertDrawHead' })
export const ExpertDrawBody = closed(
  {
    ...head,
    candidates: ListOf(Candidate, POOL_MAX),
    conflicts: ListOf(Conflict, 1_000_000),
    seeds: Nullable(closed(seeds, { title: 'DrawSeeds' })),
    dropOuts: ListOf(closed({ expertId: Id('exp'), reason: Text(2000) }, { title: 'DropOut' }), POOL_MAX),
    seats: ListOf(DrawnSeat, 50),
    reserve: ListOf(Id('exp'), POOL_MAX, { description: 'Who could step in, in the order of the lots.' }),
    actions: Actions,
  },
  { title: 'ExpertDraw' },
)
export const DrawRecordBody = closed(
  {
    format: Word([DRAW_FORMAT] as const),
    drawId: Id('edr'),
    roundId: Id('rnd'),
    size: head.size,
    quotas: head.quotas,
    candidates: ListOf(Candidate, POOL_MAX),
    termsDigest: head.termsDigest,
    commitments: Commitments,
    seeds: closed(seeds, { title: 'ShownSeeds' }),
    dropOuts: ListOf(Id('exp'), POOL_MAX),
    seats: ListOf(DrawnSeat, 50),
  },
  { title: 'ExpertDrawRecord' },
)

export const NewExpertDraw = closed(
  {
    reviewOn: Type.String({ ...Day, description: 'The day of the review: look-back and rotation count from it.' }),
    quotas: Type.Optional(ListOf(Quota, 20)),
    commitment: Type.Optional(
      Nullable(
        Type.String({
          ...Sha256,
          description: 'SHA-256 of the text of the host’s seed; null: the service draws alone.',
        }),
      ),
    ),
  },
  { title: 'NewExpertDraw', description: 'The size of the panel is that of the policy.' },
)
export const RevealBody = closed({ seed: Nullable(Seed) }, { title: 'DrawReveal' })
export const DropOutBody = closed({ expertId: Id('exp'), reason: Text(2000) }, { title: 'NewDropOut' })
export const AbandonmentBody = closed({ reason: Text(2000) }, { title: 'DrawAbandonment' })
export const DrawParams = closed({ drawId: Id('edr') })
export const RoundOfDraws = closed({ roundId: Id('rnd') })
