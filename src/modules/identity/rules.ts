import type { Role } from '../../kernel/actor.ts'
import { accept, type Decision, refuse } from '../../kernel/decision.ts'
import { ExpertMissing, HostMissing, KeyLifetimeTooLong, OrganizationMissing, RolesExclusive } from './problems.ts'

/** What a credential stands for. */
export interface Standing {
  readonly roles: readonly Role[]
  readonly organizationId: string | null
  readonly hostId: string | null
  readonly expertId: string | null
}

export interface ApiKey extends Standing {
  readonly id: string
  readonly version: number
  readonly publicPart: string
  readonly label: string
  readonly expiresAt: Date
  readonly revokedAt: Date | null
  readonly createdAt: Date
}

export interface User extends Standing {
  readonly id: string
  readonly version: number
  readonly issuer: string
  readonly subject: string
  readonly label: string
  readonly disabledAt: Date | null
  readonly createdAt: Date
}

/** Roles that act for a host organization and are nothing without one. */
export const HOST_ROLES: readonly Role[] = ['host', 'operator', 'town', 'evaluator', 'finance', 'auditor']
/** Roles that act for an organization of their own. */
export const ORGANIZATION_ROLES: readonly Role[] = ['agency', 'provider']
/** A key lives at most a year, so that a forgotten one ends by itself. */
export const KEY_LIFETIME_DAYS_MAX = 365

/**
 * Roles that judge exclude roles that are judged or that run the platform (separation of duties): an expert or an
 * evaluator is no agency, the platform's administrator decides nothing in a round, an auditor changes nothing.
 */
const EXCLUSIVE: readonly (readonly [Role, Role])[] = [
  ['expert', 'agency'],
  ['evaluator', 'agency'],
  ['platform_admin', 'host'],
  ['platform_admin', 'finance'],
  ['platform_admin', 'auditor'],
  ['auditor', 'host'],
  ['auditor', 'finance'],
]

export function checkStanding(standing: Standing): Decision<Standing> {
  const has = (role: Role) => standing.roles.includes(role)
  const clash = EXCLUSIVE.find(([one, other]) => has(one) && has(other))
  if (clash !== undefined) return refuse(RolesExclusive, { one: clash[0], other: clash[1] })
  if (HOST_ROLES.some(has) && standing.hostId === null) return refuse(HostMissing)
  if (ORGANIZATION_ROLES.some(has) && standing.organizationId === null) return refuse(OrganizationMissing)
  if (has('expert') !== (standing.expertId !== null)) return refuse(ExpertMissing)
  return accept(standing)
}

const DAY_MS = 86_400_000

export function checkLifetime(expiresAt: Date, now: Date): Decision<Date> {
  const days = (expiresAt.getTime() - now.getTime()) / DAY_MS
  return days > 0 && days <= KEY_LIFETIME_DAYS_MAX
    ? accept(expiresAt)
    : refuse(KeyLifetimeTooLong, { days: KEY_LIFETIME_DAYS_MAX })
}

/** Is the key good at this moment? */
export function isLive(key: Pick<ApiKey, 'expiresAt' | 'revokedAt'>, now: Date): boolean {
  return key.revokedAt === null && key.expiresAt.getTime() > now.getTime()
}
