import { Type } from 'typebox'
import { Count, closed, Day, Id, Instant, ListOf, Nullable, Text, Word } from '../../../platform/http/schemas.ts'
import { CREDIT_LISTING_KINDS, EVALUATION_GRADES, ORGANIZATION_TYPES } from '../../organizations/index.ts'
import { BID_FLAG_CODES, BID_FLAG_OUTCOMES, BID_FLAG_STATES } from '../rules/flags.ts'

const Standing = closed(
  {
    organizationId: Id('org'),
    type: Word(ORGANIZATION_TYPES),
    registrationClass: Nullable(Word(ORGANIZATION_TYPES, 'What the first two characters of the credit code say.')),
    registeredOn: Nullable(Day),
    deregisteredOn: Nullable(Day),
    grade: Nullable(
      closed(
        { level: Word(EVALUATION_GRADES), validFrom: Type.Optional(Nullable(Day)), validTo: Day },
        { title: 'StandingGrade' },
      ),
    ),
    annualChecks: ListOf(
      closed({ year: Count(2100, 2000), result: Type.String({ maxLength: 40 }) }, { title: 'StandingAnnualCheck' }),
      30,
    ),
    listings: ListOf(
      closed(
        { kind: Word(CREDIT_LISTING_KINDS), listedOn: Day, removedOn: Nullable(Day) },
        { title: 'StandingListing' },
      ),
      1000,
    ),
    bans: ListOf(
      closed({ cause: Type.String({ maxLength: 40 }), startsOn: Day, endsOn: Day }, { title: 'StandingBan' }),
      1000,
    ),
    overdueRefunds: ListOf(
      closed({ subject: Type.String({ maxLength: 40 }), dueOn: Day }, { title: 'StandingOverdueRefund' }),
      1000,
    ),
  },
  { title: 'OrganizationStanding', description: 'What was true of an organization on a day. No personal data.' },
)
export const EligibilityBody = closed(
  {
    bidId: Id('bid'),
    number: Count(1_000_000, 1, 'The first is 1; a higher one was taken at the host’s wish.'),
    day: Type.String({ ...Day, description: 'The last day for bids, as of which all was looked at.' }),
    takenAt: Instant,
    bidder: Standing,
    sponsoredGroup: Nullable(Standing),
    findings: ListOf(
      closed(
        { code: Type.String({ maxLength: 60 }), detail: Text(1000), isCurable: Type.Boolean() },
        { title: 'EligibilityFinding' },
      ),
      1000,
    ),
  },
  { title: 'BidEligibility', description: 'The facts of the last day for bids, kept with the bid.' },
)
export const BidFlagBody = closed(
  {
    id: Id('flg'),
    bidId: Id('bid'),
    code: Word(
      BID_FLAG_CODES,
      '`double_funding_declared`: other public money for the same activities; `related_party`: contacts shared with the bidder of another bid.',
    ),
    otherBidId: Nullable(Id('bid')),
    detail: Text(1000, 'Which contacts are shared, never their values; or how much was declared.'),
    state: Word(BID_FLAG_STATES, 'While `open`, the formal check does not accept the bid; `confirmed` rejects it.'),
    decidedBy: Nullable(Type.String({ maxLength: 40 })),
    decidedAt: Nullable(Instant),
    reason: Nullable(Text(2000)),
    raisedAt: Instant,
  },
  { title: 'BidFlag', description: 'Something about an opened bid that only the host can judge.' },
)
export const BidFlagDecision = closed(
  { outcome: Word(BID_FLAG_OUTCOMES), reason: Text(2000) },
  { title: 'BidFlagDecision' },
)
export const BidFlagParams = closed({ bidId: Id('bid'), flagId: Id('flg') })
export const EligibilityParams = closed({ bidId: Id('bid') })
