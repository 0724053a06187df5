import { Type } from 'typebox'
import { ROLES } from '../../kernel/actor.ts'
import { closed, Id, Instant, ListOf, Nullable, Text, Word } from '../../platform/http/schemas.ts'

const standing = {
  roles: ListOf(Word(ROLES), 10, { minItems: 1, uniqueItems: true }),
  organizationId: Nullable(Id('org')),
  hostId: Nullable(Id('org')),
  expertId: Nullable(Id('exp')),
}
const wantedStanding = {
  roles: standing.roles,
  organizationId: Type.Optional(standing.organizationId),
  hostId: Type.Optional(standing.hostId),
  expertId: Type.Optional(standing.expertId),
}

export const NewApiKey = closed({ label: Text(100), expiresAt: Instant, ...wantedStanding }, { title: 'NewApiKey' })
const keyProperties = {
  id: Id('key'),
  label: Text(100),
  publicPart: Type.String({ maxLength: 12, description: 'The part of the key that may be shown.' }),
  ...standing,
  expiresAt: Instant,
  revokedAt: Nullable(Instant),
  createdAt: Instant,
}
export const ApiKeyBody = closed(keyProperties, { title: 'ApiKey' })
export const IssuedApiKeyBody = closed(
  {
    ...keyProperties,
    secret: Type.String({ maxLength: 80, description: 'The credential. Shown once; keep it safe.' }),
  },
  { title: 'IssuedApiKey' },
)
export const ApiKeyParams = closed({ keyId: Id('key') })

export const NewUser = closed(
  { issuer: Text(300), subject: Text(300), label: Text(100), ...wantedStanding },
  { title: 'NewUser' },
)
export const UserBody = closed(
  {
    id: Id('usr'),
    issuer: Text(300),
    subject: Text(300),
    label: Text(100),
    ...standing,
    disabledAt: Nullable(Instant),
    createdAt: Instant,
  },
  { title: 'User' },
)
export const UserParams = closed({ userId: Id('usr') })
export const SelfBody = closed(
  { id: Type.String({ maxLength: 40 }), kind: Word(['key', 'user', 'system', 'anonymous'] as const), ...standing },
  { title: 'Self' },
)
