import { Type } from 'typebox'
import { closed, Day, Id, Instant, ListOf, Nullable, Text, Word } from '../../../platform/http/schemas.ts'
import { CONTACT_FIELDS } from '../rules/contacts.ts'
import { BAN_CAUSES, CREDIT_LISTING_KINDS } from '../rules/standing.ts'

const Kind = Word(
  CREDIT_LISTING_KINDS,
  '`abnormal`: 活动异常名录; `serious`: 严重违法失信名单; `violation`: major administrative penalty.',
)
const Source = Text(500, 'Where it can be read: publisher, document number, address.')

export const NewCreditListing = closed({ kind: Kind, listedOn: Day, source: Source }, { title: 'NewCreditListing' })
export const CreditListingRemoval = closed(
  {
    removedOn: Day,
    source: Source,
    isAnnulled: Type.Optional(
      Type.Boolean({
        description:
          'The listing itself was set aside (撤销): it counts for nothing. Default: taken off the list (移出).',
      }),
    ),
  },
  { title: 'CreditListingRemoval' },
)
export const CreditListingBody = closed(
  {
    id: Id('lst'),
    organizationId: Id('org'),
    kind: Kind,
    listedOn: Day,
    source: Source,
    removedOn: Nullable(Day),
    removalSource: Nullable(Source),
    isAnnulled: Type.Boolean(),
    createdAt: Instant,
  },
  { title: 'CreditListing' },
)
export const ListingParams = closed({ organizationId: Id('org'), listingId: Id('lst') })

export const NewBan = closed(
  {
    startsOn: Type.Optional(Type.String({ ...Day, description: 'Its first day; today unless told, never earlier.' })),
    endsOn: Type.String({ ...Day, description: 'Its last day.' }),
    reason: Text(2000),
  },
  { title: 'NewBan' },
)
export const BanLifting = closed({ reason: Text(2000) }, { title: 'BanLifting' })
export const BanBody = closed(
  {
    id: Id('ban'),
    organizationId: Id('org'),
    hostId: Id('org'),
    cause: Word(BAN_CAUSES, 'What it follows from; `host_decision` unless the policy of a round decided it.'),
    subject: Nullable(Type.String({ maxLength: 40, description: 'The agreement or evaluation that it follows from.' })),
    startsOn: Day,
    endsOn: Day,
    reason: Text(2000),
    liftedOn: Nullable(Day),
    liftReason: Nullable(Text(2000)),
    createdAt: Instant,
  },
  { title: 'OrganizationBan', description: 'Keeps an organization out of the rounds of one host.' },
)
export const BanParams = closed({ organizationId: Id('org'), banId: Id('ban') })

const contacts = {
  legalRepresentative: Nullable(Text(100)),
  address: Nullable(Text(300)),
  phone: Nullable(Text(40)),
  bankAccount: Nullable(Text(60)),
}
export const ContactsInput = closed(contacts, {
  title: 'ContactsInput',
  description: 'All contacts at once; null clears one.',
})
export const ContactsBody = closed(
  { organizationId: Id('org'), ...contacts },
  { title: 'MaskedContacts', description: 'Contacts behind their masks: `张**`, `139****5678`.' },
)
export const RevealRequest = closed(
  {
    reason: Text(500, 'Why it must be known; stays on record with who asked.'),
    fields: ListOf(Word(CONTACT_FIELDS), CONTACT_FIELDS.length, { minItems: 1, uniqueItems: true }),
  },
  { title: 'RevealRequest' },
)
export const RevealedContacts = closed(
  {
    revealId: Id('rvl'),
    legalRepresentative: Type.Optional(contacts.legalRepresentative),
    address: Type.Optional(contacts.address),
    phone: Type.Optional(contacts.phone),
    bankAccount: Type.Optional(contacts.bankAccount),
  },
  { title: 'RevealedContacts', description: 'The wanted contacts in clear; null where none is on record.' },
)
