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
  Points,
  ResolvedDate,
  Sha256,
  Text,
  Word,
} from '../../platform/http/schemas.ts'
import { REDACTIONS } from '../rounds/index.ts'
import { NOTICE_KINDS, NOTICE_STATES } from './rules/notice.ts'
import { PROBE_WAYS } from './rules/reachability.ts'

/** A round has at most this many lines on a notice; the largest found in a source has 52 (S14). */
const ITEMS_MAX = 1000

const NoticeSource = closed(
  { source: Type.String({ maxLength: 64, description: 'Source of funds, such as `welfare_lottery`.' }), amount: Money },
  { title: 'NoticeSource', description: 'What one source of funds bears of the approved amount.' },
)
const NoticeItem = closed(
  {
    subject: Type.String({ maxLength: 40, description: 'TypeID of the award or evaluation that is announced.' }),
    projectId: Id('prj'),
    projectTitle: Text(300),
    organizationId: Id('org'),
    organizationName: Text(200),
    sponsoredGroupName: Type.Optional(Text(200, 'The filed group in whose stead the organization applied.')),
    needId: Type.Optional(Id('need')),
    needTitle: Type.Optional(Text(300)),
    approved: Type.Optional(Money),
    sources: Type.Optional(ListOf(NoticeSource, 20)),
    isSingleBid: Type.Optional(Type.Boolean({ description: '单一申报: the only accepted bid for its need.' })),
    total: Type.Optional(Points),
    grade: Type.Optional(Type.String({ maxLength: 64, description: 'Grade of an announced evaluation.' })),
  },
  {
    title: 'NoticeItem',
    description:
      'One line of the notice. Awards carry need, approved amount and sources; evaluation results carry total and grade. What does not apply is absent.',
  },
)
export const NoticeSnapshotBody = closed(
  {
    noticeId: Id('ntc'),
    kind: Word(NOTICE_KINDS),
    number: Count(1_000_000, 1),
    versionNumber: Type.Optional(Count(1_000_000, 1)),
    roundId: Id('rnd'),
    roundCode: Text(100),
    roundTitle: Text(300),
    hostId: Id('org'),
    hostName: Text(200),
    supersedesId: Nullable(Id('ntc')),
    publishedAt: Instant,
    window: ResolvedDate,
    closesAt: Instant,
    redactions: Type.Optional(ListOf(Word(REDACTIONS), 20)),
    items: ListOf(NoticeItem, ITEMS_MAX, { minItems: 1 }),
  },
  {
    title: 'NoticeSnapshot',
    description: 'The published words. Their canonical JSON (RFC 8785) has the notice’s digest.',
  },
)

const DayOfReachabilityBody = closed(
  { day: Day, downMinutes: Count(1_440), unknownMinutes: Count(1_440) },
  { title: 'DayOfReachability', description: 'Minutes of a day within the window, whole ones.' },
)
const ExtensionDocumentBody = closed(
  {
    noticeId: Id('ntc'),
    noticeDigest: Sha256,
    number: Count(1_000, 1),
    addedAt: Instant,
    reason: Word(['unreachable'] as const),
    toleranceMinutes: Count(1_440),
    unknownCountsAsDown: Type.Boolean(),
    lostDays: ListOf(DayOfReachabilityBody, 400),
    workdays: Count(60, 1),
    formerLastOn: Day,
    lastOn: Day,
    closesAt: Instant,
  },
  { title: 'NoticeExtensionDocument', description: 'The addendum. Its canonical JSON (RFC 8785) has its digest.' },
)
const NoticeExtension = closed(
  { number: Count(1_000, 1), document: ExtensionDocumentBody, digest: Sha256, addedAt: Instant },
  { title: 'NoticeExtension', description: 'Working days added because the public page was not reachable.' },
)
export const ProbeBody = closed(
  {
    at: Instant,
    isReachable: Type.Boolean(),
    via: Word(PROBE_WAYS, '`public_address`: asked for from outside; `own_page`: rendered in the service itself.'),
    status: Nullable(Count(599, 100, 'Status of the answer; null when there was none.')),
    durationMs: Count(600_000),
  },
  { title: 'NoticeProbe' },
)

export const NewNotice = closed(
  {
    roundId: Id('rnd'),
    kind: Word(['award'] as const, 'Notices of evaluation results are published with the evaluations.'),
    awardIds: Type.Optional(
      ListOf(Id('awd'), ITEMS_MAX, {
        minItems: 1,
        uniqueItems: true,
        description: 'The proposed awards to announce; all of the round unless given.',
      }),
    ),
    supersedesId: Type.Optional(Id('ntc')),
  },
  { title: 'NewNotice' },
)
export const NoticeWithdrawal = closed({ reason: Text(2000) }, { title: 'NoticeWithdrawal' })

export const NoticeBody = closed(
  {
    id: Id('ntc'),
    roundId: Id('rnd'),
    hostId: Id('org'),
    kind: Word(NOTICE_KINDS),
    number: Count(1_000_000, 1, 'Counts the notices of the round from 1.'),
    versionNumber: Count(1_000_000, 1, '1, or one more than that of the notice it takes the place of.'),
    state: Word(NOTICE_STATES),
    snapshot: NoticeSnapshotBody,
    digest: Sha256,
    publishedAt: Instant,
    publishedOn: Day,
    window: ResolvedDate,
    closesAt: Type.String({
      format: 'date-time',
      maxLength: 30,
      description: 'The first moment at which an objection is late; later than the snapshot’s after an extension.',
    }),
    extensions: ListOf(NoticeExtension, 60),
    supersedesId: Nullable(Id('ntc')),
    supersededById: Nullable(Id('ntc')),
    withdrawnAt: Nullable(Instant),
    withdrawalReason: Nullable(Text(2000)),
    actions: ListOf(Word(['withdraw'] as const), 5),
    createdAt: Instant,
  },
  { title: 'Notice', description: 'A public notice (公示). It may be extended, closed or withdrawn, never rewritten.' },
)
export const NoticeParams = closed({ noticeId: Id('ntc') })
export const NoticeFilterQuery = closed({
  roundId: Type.Optional(Id('rnd')),
  hostId: Type.Optional(Id('org')),
  kind: Type.Optional(Word(NOTICE_KINDS)),
  state: Type.Optional(Word(NOTICE_STATES)),
})
