import { Type } from 'typebox'
import {
  Count,
  closed,
  Id,
  Instant,
  ListOf,
  Money,
  Nullable,
  ResolvedDate,
  Sha256,
  Text,
  Word,
} from '../../../platform/http/schemas.ts'
import { BID_STATES } from '../rules/bid.ts'
import { OPENING_OUTCOMES } from '../rules/opening.ts'

const Code = Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$', maxLength: 40, description: 'A word of the policy.' })
/** A bid may carry at most 20 files. */
export const ATTACHMENTS_MAX = 20

const BudgetLine = closed({ category: Code, amount: Money }, { title: 'BudgetLine' })
const OtherFunding = closed({ funder: Text(200), amount: Money }, { title: 'OtherFunding' })
const AttachmentInput = closed(
  { kind: Code, documentId: Type.Optional(Nullable(Id('doc'))) },
  { title: 'NewAttachment', description: 'Without documentId: handed in on paper.' },
)
const Attachment = closed({ kind: Code, documentId: Nullable(Id('doc')) }, { title: 'Attachment' })

/** 200,000 characters are a book; the longest forms known have 20,000. */
const Narrative = Type.String({
  maxLength: 200_000,
  description: 'The application form in words (申报书): plan, team, schedule, risks.',
})
const budget = {
  grant: Money,
  matchingCash: Money,
  matchingInKind: Money,
  budgetLines: ListOf(BudgetLine, 60, { description: 'How the grant is shared out; the sum equals the grant.' }),
}
/** What is handed in, and what a bidder that seals it puts into the seal. */
export const BidContentInput = closed(
  {
    ...budget,
    matchingInKind: Type.Optional(Money),
    attachments: Type.Optional(ListOf(AttachmentInput, ATTACHMENTS_MAX)),
    otherFunding: Type.Optional(ListOf(OtherFunding, 20)),
    narrative: Type.Optional(Narrative),
  },
  { title: 'NewBidContent' },
)
/** What was submitted: after the opening the host and the panel read it. */
export const BidContentBody = closed(
  {
    ...budget,
    attachments: ListOf(Attachment, 2 * ATTACHMENTS_MAX),
    otherFunding: ListOf(OtherFunding, 20),
    narrative: Narrative,
    statement: Nullable(Text(4000)),
  },
  { title: 'BidContent' },
)

export const NewBidBody = closed(
  { roundId: Id('rnd'), needId: Id('need'), projectId: Id('prj') },
  { title: 'NewBid', description: 'The content comes with the submission.' },
)

const FindingBody = closed(
  {
    code: Code,
    detail: Text(1000),
    isCurable: Type.Boolean(),
    attachment: Nullable(Code),
  },
  {
    title: 'BidFinding',
    description: 'What the formal check found; the code of a broken ratio rule is the rule’s own.',
  },
)
export const FormalCheckBody = closed(
  {
    remarks: Type.Optional(Nullable(Text(2000))),
    retake: Type.Optional(
      Type.Boolean({
        description:
          'Read what is on record of the bidder as of the last day for bids anew, also for a bid that was accepted or rejected. Default: what the first check kept.',
      }),
    ),
    manualFindings: Type.Optional(
      ListOf(
        closed(
          {
            code: Code,
            detail: Text(1000),
            isCurable: Type.Boolean(),
            attachment: Type.Optional(Nullable(Code)),
          },
          {
            title: 'ManualFinding',
            description: 'What people found: blurred scans, a seal that is missing, lists that are not on record.',
          },
        ),
        50,
      ),
    ),
  },
  { title: 'FormalCheck' },
)
export const CorrectionBody = closed(
  {
    attachments: ListOf(AttachmentInput, ATTACHMENTS_MAX),
    statement: Type.Optional(Nullable(Text(4000))),
  },
  { title: 'BidCorrection' },
)
export const BidBody = closed(
  {
    id: Id('bid'),
    roundId: Id('rnd'),
    hostId: Id('org'),
    needId: Id('need'),
    projectId: Id('prj'),
    organizationId: Id('org'),
    sponsoredGroupId: Nullable(Id('org')),
    state: Word(BID_STATES),
    content: Nullable(BidContentBody),
    submission: Nullable(
      closed(
        {
          number: Count(1_000_000, 1),
          commitment: Sha256,
          submittedAt: Instant,
          projectVersion: Count(1_000_000_000, 1),
        },
        {
          title: 'BidSubmission',
          description:
            'The version that counts; submitting again before the deadline replaces it. `commitment` fixes what was received without telling it.',
        },
      ),
    ),
    confirmedPolicyVersion: Nullable(Count(1_000_000, 1)),
    openedAt: Nullable(Instant),
    opening: Nullable(
      closed(
        {
          outcome: Word(
            OPENING_OUTCOMES,
            'Only an opened bid goes on; `failed_platform` is repaired with the bidder’s copy.',
          ),
          reason: Nullable(Text(60)),
        },
        { title: 'BidOpeningOutcome' },
      ),
    ),
    formalCheck: Nullable(
      closed(
        {
          checkedAt: Instant,
          findings: ListOf(FindingBody, 200),
          remarks: Nullable(Text(2000)),
          correctionsUsed: Count(100),
          correctionDue: Nullable(ResolvedDate),
        },
        {
          title: 'FormalCheckResult',
          description: 'The last formal check; `correctionDue` while a correction is awaited.',
        },
      ),
    ),
    classes: Nullable(
      closed(
        { applicantClass: Nullable(Code), projectClass: Nullable(Code) },
        {
          title: 'BidClasses',
          description:
            'The classes of the policy by which the formal check has judged the bid; each null where the policy has none, or none fits.',
        },
      ),
    ),
    createdAt: Instant,
    actions: ListOf(Type.String({ maxLength: 40 }), 20, { description: 'What the bidder may do in this state.' }),
  },
  { title: 'Bid' },
)
export const BidParams = closed({ bidId: Id('bid') })
export const BidFilter = closed({
  roundId: Type.Optional(Id('rnd')),
  needId: Type.Optional(Id('need')),
  organizationId: Type.Optional(Id('org')),
  state: Type.Optional(Word(BID_STATES)),
})
