import { Type } from 'typebox'
import { Count, closed, Id, Instant, ListOf, Nullable, Text, Word } from '../../platform/http/schemas.ts'
import { KEY_HOLDERS } from './rules.ts'

const Key32 = Type.String({ pattern: '^[A-Za-z0-9_-]{43}$', maxLength: 43 })
const Kid = Type.String({ pattern: '^[A-Za-z0-9_-]{43}$', maxLength: 43, description: 'RFC 7638 thumbprint.' })

const SealingJwk = closed(
  { kty: Type.Literal('OKP'), crv: Type.Literal('X25519'), x: Key32 },
  { title: 'SealingJwk', description: 'A public key as JWK (RFC 8037), for ECDH-ES+A256KW.' },
)
const Recipient = closed(
  {
    kid: Kid,
    jwk: SealingJwk,
    ageRecipient: Type.String({ pattern: '^age1[0-9a-z]{58}$', maxLength: 62, description: 'For files (age v1).' }),
  },
  { title: 'SealingRecipient', description: 'Whom to seal for.' },
)
const OfficerBody = closed({ name: Text(100), publicKey: SealingJwk }, { title: 'SealingOfficer' })

export const SealingKeyBody = closed(
  {
    roundId: Id('rnd'),
    ...Recipient.properties,
    keyHolder: Word(KEY_HOLDERS),
    escrow: Nullable(Recipient),
    sharesRequired: Nullable(Count(20, 2)),
    officers: ListOf(OfficerBody, 20),
    createdAt: Instant,
  },
  {
    title: 'SealingKey',
    description: 'The public key of a round. Bids are sealed for it, and for `escrow` when there is one.',
  },
)
export const KeyShares = closed(
  {
    items: ListOf(
      closed(
        {
          position: Count(20, 1),
          officerName: Text(100),
          sealedShare: Type.String({
            maxLength: 2000,
            description: 'JWE (compact) for the officer’s public key; inside is the share to hand in.',
          }),
          handedInAt: Nullable(Instant),
        },
        { title: 'KeyShare' },
      ),
      20,
    ),
  },
  { title: 'KeyShares' },
)
export const SealingParams = closed({ roundId: Id('rnd') })
