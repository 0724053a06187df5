import type { FastifyInstance } from 'fastify'
import { commandRoute, listRoute, readRoute } from '../../platform/http/route.ts'
import type { ModuleDeps } from '../../platform/module.ts'
import { IssueCredential, ListCredentials, ReadCredential, ReadSelf, RevokeCredential } from './policy.ts'
import {
  ExpertMissing,
  ExpertUnknown,
  HostMissing,
  KeyLifetimeTooLong,
  KeyRevoked,
  OrganizationMissing,
  RolesExclusive,
  StandingNotYours,
  StandingUnknown,
  UserDisabled,
  UserTaken,
} from './problems.ts'
import type { ApiKey, User } from './rules.ts'
import {
  ApiKeyBody,
  ApiKeyParams,
  IssuedApiKeyBody,
  NewApiKey,
  NewUser,
  SelfBody,
  UserBody,
  UserParams,
} from './schemas.ts'
import {
  createKey,
  createUser,
  disableUser,
  readKey,
  readKeys,
  readSelf,
  readUser,
  readUsers,
  revokeKey,
} from './service.ts'

const tag = 'Identity'
const NO_STANDING = { organizationId: null, hostId: null, expertId: null }
const STANDING_PROBLEMS = [
  StandingNotYours,
  RolesExclusive,
  HostMissing,
  OrganizationMissing,
  ExpertMissing,
  StandingUnknown,
  ExpertUnknown,
]

export function identityRoutes(app: FastifyInstance, { keys, credentials, sandbox }: ModuleDeps): void {
  commandRoute(app, {
    method: 'POST',
    url: '/api-keys',
    operationId: 'createApiKey',
    summary: 'Issue an API key',
    tag,
    description: 'The secret is in this answer only. A key lives at most 365 days.',
    allow: IssueCredential,
    body: NewApiKey,
    idempotencyKey: 'required',
    secretAnswer: true,
    status: 201,
    answer: IssuedApiKeyBody,
    problems: [...STANDING_PROBLEMS, KeyLifetimeTooLong],
    run: (work, { body }) =>
      createKey(
        work,
        { pepper: keys.pepper, sandbox },
        { ...NO_STANDING, ...body, expiresAt: new Date(body.expiresAt) },
      ),
    present: (key: ApiKey & { secret: string }) => ({ ...presentKey(key), secret: key.secret }),
    location: (key) => `/api-keys/${key.id}`,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/api-keys/:keyId/revocation',
    operationId: 'revokeApiKey',
    summary: 'Revoke an API key',
    tag,
    description: 'The process that answers refuses the key at once, every other one within one second.',
    allow: RevokeCredential,
    params: ApiKeyParams,
    ifMatch: true,
    status: 200,
    answer: ApiKeyBody,
    problems: [KeyRevoked],
    run: (work, { params }) => revokeKey(work, credentials, params.keyId),
    present: presentKey,
  })
  readRoute(app, {
    url: '/api-keys/:keyId',
    operationId: 'readApiKey',
    summary: 'Read an API key',
    tag,
    allow: ReadCredential,
    params: ApiKeyParams,
    answer: ApiKeyBody,
    run: (work, { params }) => readKey(work, params.keyId),
    present: presentKey,
  })
  listRoute(app, {
    url: '/api-keys',
    operationId: 'listApiKeys',
    summary: 'List API keys, newest first',
    tag,
    allow: ListCredentials,
    item: ApiKeyBody,
    pageTitle: 'ApiKeyPage',
    run: (work, { limit, after }) => readKeys(work, limit, after),
    present: presentKey,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/users',
    operationId: 'createUser',
    summary: 'Give a person of the identity provider a standing',
    tag,
    allow: IssueCredential,
    body: NewUser,
    idempotencyKey: 'required',
    status: 201,
    answer: UserBody,
    problems: [...STANDING_PROBLEMS, UserTaken],
    run: (work, { body }) => createUser(work, { ...NO_STANDING, ...body }),
    present: presentUser,
    location: (user) => `/users/${user.id}`,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/users/:userId/disabling',
    operationId: 'disableUser',
    summary: 'End the standing of a person of the identity provider',
    tag,
    description:
      'The process that answers refuses tokens of this person at once, every other one within one second. For good: a person who comes back is given a new standing.',
    allow: RevokeCredential,
    params: UserParams,
    ifMatch: true,
    status: 200,
    answer: UserBody,
    problems: [UserDisabled],
    run: (work, { params }) => disableUser(work, credentials, params.userId),
    present: presentUser,
  })
  readRoute(app, {
    url: '/users/:userId',
    operationId: 'readUser',
    summary: 'Read the standing of a person of the identity provider',
    tag,
    allow: ReadCredential,
    params: UserParams,
    answer: UserBody,
    run: (work, { params }) => readUser(work, params.userId),
    present: presentUser,
  })
  listRoute(app, {
    url: '/users',
    operationId: 'listUsers',
    summary: 'List persons with a standing, newest first',
    tag,
    description: 'Those whose standing has ended are among them, with `disabledAt`.',
    allow: ListCredentials,
    item: UserBody,
    pageTitle: 'UserPage',
    run: (work, { limit, after }) => readUsers(work, limit, after),
    present: presentUser,
  })
  readRoute(app, {
    url: '/me',
    operationId: 'readSelf',
    summary: 'Who am I',
    tag,
    allow: ReadSelf,
    answer: SelfBody,
    run: (work) => readSelf(work),
    present: (self) => ({ ...self, kind: self.kind as 'key', roles: [...self.roles] }),
  })
}

function presentUser({ version: _version, ...user }: User) {
  return {
    ...user,
    roles: [...user.roles],
    disabledAt: user.disabledAt?.toISOString() ?? null,
    createdAt: user.createdAt.toISOString(),
  }
}

function presentKey({ version: _version, ...key }: ApiKey) {
  const { id, label, publicPart, roles, organizationId, hostId, expertId } = key
  return {
    id,
    label,
    publicPart,
    roles: [...roles],
    organizationId,
    hostId,
    expertId,
    expiresAt: key.expiresAt.toISOString(),
    revokedAt: key.revokedAt?.toISOString() ?? null,
    createdAt: key.createdAt.toISOString(),
  }
}
