import { Type } from 'typebox'
import { RECEIPT_KINDS } from '../../../kernel/receipt.ts'
import { Count, closed, Id, Instant, ListOf, Nullable, Sha256, Text, Word } from '../../../platform/http/schemas.ts'
import { OPENING_OUTCOMES, OPENING_STATES } from '../rules/opening.ts'
import { KEPT_FIELDS } from '../rules/openingRecord.ts'
import { ATTACHMENTS_MAX, BidBody, BidContentInput } from './bids.ts'

const Base64url = (maxLength: number, description?: string, minLength = 1) =>
  Type.String({
    pattern: '^[A-Za-z0-9_-]+$',
    minLength,
    maxLength,
    ...(description === undefined ? {} : { description }),
  })

/** JWE in general JSON serialization (RFC 7516, section 7.2.1) as this service takes it. */
const Sealed = closed(
  {
    protected: Base64url(2_000, 'Says `enc` and to what the content is bound.'),
    iv: Base64url(16, '96 bits.', 16),
    ciphertext: Base64url(900_000),
    tag: Base64url(22, '128 bits.', 22),
    recipients: ListOf(
      closed(
        {
          header: closed(
            {
              alg: Word(['ECDH-ES+A256KW'] as const),
              kid: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$', maxLength: 43 }),
              // With a single recipient libraries put it into the protected header.
              epk: Type.Optional(
                closed(
                  { kty: Word(['OKP'] as const), crv: Word(['X25519'] as const), x: Base64url(43, undefined, 43) },
                  { title: 'EphemeralKey' },
                ),
              ),
            },
            { title: 'SealedRecipientHeader' },
          ),
          encrypted_key: Base64url(54, '256 bits, wrapped.', 54),
        },
        { title: 'SealedRecipient' },
      ),
      3,
      { minItems: 1, uniqueItems: true },
    ),
  },
  {
    title: 'SealedContent',
    description:
      'A JWE in general JSON serialization: `ECDH-ES+A256KW` for the key of the round (and of the archive, if there is one), `A256GCM`. The protected header binds it: `{enc, tenant, round, bid, ver, ctype: "sandan-bid+json"}`; inside is a NewBidContent.',
  },
)

export const SubmissionBody = closed(
  {
    content: Type.Optional(BidContentInput),
    sealed: Type.Optional(Sealed),
    documentIds: Type.Optional(
      ListOf(Id('doc'), ATTACHMENTS_MAX, {
        uniqueItems: true,
        description: 'With `sealed`: the files that belong to it, because the service cannot read which.',
      }),
    ),
  },
  {
    title: 'NewBidSubmission',
    description: '`content` in a round that seals on the server, `sealed` in one whose bidders seal themselves.',
  },
)
export const RepairBody = closed({ sealed: Sealed }, { title: 'BidRepair' })

const ManifestBody = closed(
  {
    roundId: Id('rnd'),
    bidId: Id('bid'),
    organizationId: Id('org'),
    number: Count(1_000_000, 1),
    previousCommitment: Nullable(Sha256),
    ciphertextSha256: Sha256,
    files: ListOf(
      closed(
        { documentId: Id('doc'), ciphertextSha256: Sha256, ciphertextByteSize: Count(60_000_000) },
        { title: 'ManifestFile' },
      ),
      ATTACHMENTS_MAX,
    ),
    salt: Text(100),
  },
  {
    title: 'BidManifest',
    description:
      'What was received, as hashes of ciphertexts. `commitment` is the SHA-256 of its canonical JSON (RFC 8785).',
  },
)
const Place = closed(
  { seq: Type.String({ pattern: '^[1-9][0-9]*$', maxLength: 19 }), hash: Sha256 },
  { title: 'ChainPlace', description: 'Where the event stands in the audit chain.' },
)
export const ReceiptBody = closed(
  {
    id: Id('rcp'),
    bidId: Id('bid'),
    roundId: Id('rnd'),
    kind: Word(RECEIPT_KINDS),
    number: Count(1_000_000, 1),
    commitment: Sha256,
    receivedAt: Instant,
    eventId: Id('evt'),
    jws: Type.String({
      maxLength: 4_000,
      description: 'The receipt itself, signed (EdDSA). Keep it, with the manifest.',
    }),
    manifest: Nullable(ManifestBody),
    place: Nullable(Place),
  },
  {
    title: 'Receipt',
    description: '`place` is known from the opening on; `npm run verify-receipt` checks a receipt offline.',
  },
)
export const CiphertextBody = closed(
  { number: Count(1_000_000, 1), manifest: ManifestBody, sealed: Sealed },
  { title: 'BidCiphertext' },
)
/** What was found before anything is submitted. */
const CheckFinding = closed(
  {
    code: Text(60),
    where: Text(200, 'A JSON pointer into the bid, or `documents/<id>/…` for a place in a file.'),
    detail: Text(1_000),
    severity: Word(
      ['refused', 'rejected', 'curable', 'leak'] as const,
      '`refused`: cannot be submitted so; `rejected`, `curable`: what the formal check would say; `leak`: tells experts who bids.',
    ),
  },
  { title: 'BidCheckFinding' },
)
export const BidCheckBody = closed(
  {
    content: BidContentInput,
    own: Type.Optional(
      closed(
        {
          people: Type.Optional(ListOf(Text(50), 200)),
          phones: Type.Optional(ListOf(Text(40), 50)),
          emails: Type.Optional(ListOf(Text(200), 50)),
          domains: Type.Optional(ListOf(Text(200), 20)),
          names: Type.Optional(ListOf(Text(200), 20)),
        },
        {
          title: 'OwnMarks',
          description:
            'Words that must not stand in a blind bid, beside what the service knows. Used for this check, kept nowhere.',
        },
      ),
    ),
  },
  { title: 'NewBidCheck' },
)
export const BidCheck = closed(
  { isSubmittable: Type.Boolean(), findings: ListOf(CheckFinding, 1_000) },
  { title: 'BidCheck' },
)
export const SubmissionAnswer = closed(
  {
    receipt: ReceiptBody,
    bid: BidBody,
    leaks: ListOf(CheckFinding, 1_000, {
      description: 'In rounds with blind review: what tells who bids. Mend it and submit again before the deadline.',
    }),
  },
  { title: 'BidSubmitted' },
)
export const Receipts = closed({ items: ListOf(ReceiptBody, 1_000) }, { title: 'Receipts' })
export const ReceiptParams = closed({ receiptId: Id('rcp') })
export const VerificationBody = closed(
  { receipt: Type.String({ minLength: 1, maxLength: 4_000, description: 'The JWS of a receipt.' }) },
  { title: 'ReceiptToVerify' },
)
export const Verification = closed(
  {
    isGenuine: Type.Boolean(),
    receipt: Nullable(
      closed(
        {
          receiptId: Id('rcp'),
          roundId: Id('rnd'),
          bidId: Id('bid'),
          organizationId: Id('org'),
          number: Count(1_000_000, 1),
          kind: Word(RECEIPT_KINDS),
          commitment: Sha256,
          receivedAt: Instant,
          eventId: Id('evt'),
        },
        { title: 'ReceiptPayload' },
      ),
    ),
    place: Nullable(Place),
  },
  { title: 'ReceiptVerification' },
)

export const OpeningBody = closed(
  {
    roundId: Id('rnd'),
    state: Word(OPENING_STATES),
    openersRequired: Count(20, 1),
    openers: Count(100, 1, 'How many different people have asked.'),
    sharesMissing: Count(20),
    requestedAt: Instant,
    finishedAt: Nullable(Instant),
    bids: ListOf(
      closed(
        {
          bidId: Id('bid'),
          needId: Nullable(Id('need')),
          organizationId: Nullable(Id('org')),
          sponsoredGroupId: Nullable(Id('org')),
          number: Count(1_000_000, 1),
          commitment: Nullable(Sha256),
          submittedAt: Instant,
          outcome: Word(OPENING_OUTCOMES),
          reason: Nullable(Text(60)),
          withheld: Type.Optional(
            ListOf(Word(KEPT_FIELDS), KEPT_FIELDS.length, {
              description:
                'What this reader is not told: who bids, while a blind round is under review; what the notice of an award left out.',
            }),
          ),
        },
        { title: 'OpenedBid' },
      ),
      10_000,
      { description: 'Empty until the opening is done.' },
    ),
  },
  {
    title: 'BidOpening',
    description:
      'The record of an opening: which bids were in, with the commitments of their receipts and what became of them.',
  },
)
export const OpeningParams = closed({ roundId: Id('rnd') })
export const KeyShareBody = closed(
  { share: Type.String({ pattern: '^[A-Za-z0-9_-]{40,60}$', maxLength: 60 }) },
  { title: 'KeyShareHandedIn', description: 'What is inside the officer’s sealedShare.' },
)
