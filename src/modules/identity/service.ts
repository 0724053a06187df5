import { type Actor, hasRole, type Role } from '../../kernel/actor.ts'
import { orThrow } from '../../kernel/decision.ts'
import type { Page } from '../../kernel/page.ts'
import { problem } from '../../kernel/problem.ts'
import { sqlState } from '../../platform/database/database.ts'
import { newId } from '../../platform/ids.ts'
import { NotFound } from '../../platform/problems.ts'
import { authorize, expectVersion, record, type Work } from '../../platform/work.ts'
import { organizationOf } from '../organizations/index.ts'
import { issueSecret } from './credentials.ts'
import { IssueCredential, ListCredentials, ReadCredential, ReadSelf, RevokeCredential } from './policy.ts'
import { KeyRevoked, StandingUnknown, UserDisabled, UserTaken } from './problems.ts'
import {
  type ApiKey,
  checkExpert,
  checkIssuer,
  checkLifetime,
  checkStanding,
  HOST_ROLES,
  type Standing,
  type User,
} from './rules.ts'
import {
  type CredentialScope,
  countHolders,
  disableStoredUser,
  findExpertHost,
  findKey,
  findStandings,
  findUser,
  insertKey,
  insertUser,
  listKeys,
  listUsers,
  lockKey,
  lockUser,
  revokeStoredKey,
} from './store.ts'

export interface IdentityDeps {
  readonly pepper: Buffer
  readonly sandbox: boolean
}

export interface NewKey extends Standing {
  readonly label: string
  readonly expiresAt: Date
}

/** Issues an API key; the secret is in the result and nowhere else. */
export async function createKey(
  work: Work,
  deps: IdentityDeps,
  wanted: NewKey,
): Promise<ApiKey & { readonly secret: string }> {
  authorize(work, IssueCredential, wanted)
  orThrow(checkIssuer(work.actor, wanted))
  orThrow(checkStanding(wanted))
  await requireNamed(work, wanted)
  const now = await work.now(null)
  orThrow(checkLifetime(wanted.expiresAt, now))
  const { secret, publicPart, secretHash } = issueSecret(deps.pepper, deps.sandbox)
  const key = await insertKey(work.sql, {
    ...wanted,
    id: newId('key'),
    version: 1,
    publicPart,
    secretHash,
    revokedAt: null,
    createdAt: now,
  })
  await record(work, {
    type: 'key.created',
    subject: key.id,
    hostId: key.hostId,
    at: now,
    data: { roles: key.roles, organizationId: key.organizationId },
  })
  return { ...key, secret }
}

export async function revokeKey(
  work: Work,
  credentials: { forget(credentialId: string): void },
  keyId: string,
): Promise<ApiKey> {
  const key = authorize(work, RevokeCredential, await lockKey(work.sql, keyId))
  expectVersion(work, key)
  if (key.revokedAt !== null) throw problem(KeyRevoked)
  const now = await work.now(null)
  const revoked = await revokeStoredKey(work.sql, keyId, now)
  await record(work, { type: 'key.revoked', subject: keyId, hostId: key.hostId, at: now })
  work.afterCommit(async () => credentials.forget(keyId))
  return revoked
}

export async function readKey(work: Work, keyId: string): Promise<ApiKey> {
  return authorize(work, ReadCredential, await findKey(work.sql, keyId))
}

export async function readKeys(work: Work, limit: number, after: unknown[] | undefined): Promise<Page<ApiKey>> {
  authorize(work, ListCredentials, {})
  return listKeys(work.sql, scopeOf(work.actor), limit, after)
}

function scopeOf(actor: Actor): CredentialScope {
  const { hostId, organizationId } = actor
  if (hasRole(actor, 'platform_admin')) return 'all'
  if (hasRole(actor, 'host') && hostId !== null) return { hostId }
  if (organizationId !== null) return { agencyId: organizationId }
  throw problem(NotFound)
}

/** Gives a person known by an OIDC issuer and subject a standing here. */
export async function createUser(
  work: Work,
  wanted: Standing & Pick<User, 'issuer' | 'subject' | 'label'>,
): Promise<User> {
  authorize(work, IssueCredential, wanted)
  orThrow(checkIssuer(work.actor, wanted))
  orThrow(checkStanding(wanted))
  await requireNamed(work, wanted)
  const now = await work.now(null)
  const user = await insertUser(work.sql, { ...wanted, id: newId('usr'), createdAt: now }).catch((error: unknown) => {
    if (sqlState(error) === '23505') throw problem(UserTaken)
    throw error
  })
  await record(work, {
    type: 'user.created',
    subject: user.id,
    hostId: user.hostId,
    at: now,
    data: { roles: user.roles },
  })
  return user
}

/** Ends the standing of a person here; what the identity provider says of the person is its own affair. */
export async function disableUser(
  work: Work,
  credentials: { forget(credentialId: string): void },
  userId: string,
): Promise<User> {
  const user = authorize(work, RevokeCredential, await lockUser(work.sql, userId))
  expectVersion(work, user)
  if (user.disabledAt !== null) throw problem(UserDisabled)
  const now = await work.now(null)
  const disabled = await disableStoredUser(work.sql, userId, now)
  await record(work, { type: 'user.disabled', subject: userId, hostId: user.hostId, at: now })
  work.afterCommit(async () => credentials.forget(userId))
  return disabled
}

export async function readUser(work: Work, userId: string): Promise<User> {
  return authorize(work, ReadCredential, await findUser(work.sql, userId))
}

export async function readUsers(work: Work, limit: number, after: unknown[] | undefined): Promise<Page<User>> {
  authorize(work, ListCredentials, {})
  return listUsers(work.sql, scopeOf(work.actor), limit, after)
}

export async function readSelf(work: Work): Promise<Standing & { readonly id: string; readonly kind: string }> {
  authorize(work, ReadSelf, {})
  const { id, kind, roles, organizationId, hostId, expertId } = work.actor
  return { id, kind, roles, organizationId, hostId, expertId }
}

async function requireNamed(work: Work, standing: Standing): Promise<void> {
  const { organizationId, hostId, expertId } = standing
  for (const id of [organizationId, hostId]) {
    if (id !== null && (await organizationOf(work, id)) === undefined) throw problem(StandingUnknown)
  }
  if (expertId !== null) orThrow(checkExpert(standing, await findExpertHost(work.sql, expertId)))
}

/** For later modules: does anybody hold a live credential that works for this organization as a host? Asks no permission. */
export async function isHost(work: Work, organizationId: string): Promise<boolean> {
  const holders = await holdersOf(work, organizationId)
  return holders.some(({ roles }) => roles.some((role) => HOST_ROLES.includes(role)))
}

/**
 * For later modules: who can act for a host now, counted by their roles; experts, who belong to no host, are counted
 * whoever they judge for. Asks no permission.
 */
export async function holdersOf(
  work: Work,
  hostId: string,
): Promise<readonly { readonly roles: readonly Role[]; readonly count: number }[]> {
  return countHolders(work.sql, hostId, await work.now(null))
}

/** For later modules: what live credentials of these organizations, or of hosts among them, may do. Asks no permission. */
export async function standingsOf(
  work: Work,
  organizationIds: readonly string[],
): Promise<readonly Pick<Standing, 'organizationId' | 'hostId' | 'roles'>[]> {
  return findStandings(work.sql, organizationIds, await work.now(null))
}
