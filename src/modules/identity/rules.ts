import { type Actor, hasRole, type Role } from '../../kernel/actor.ts'
import { accept, type Decision, refuse } from '../../kernel/decision.ts'
import {
  ExpertMissing,
  ExpertUnknown,
  HostMissing,
  KeyLifetimeTooLong,
  OrganizationMissing,
  RolesExclusive,
  StandingNotYours,
} from './problems.ts'

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
 * Separation of duties: who judges is not judged, who publishes a judgement has not made it, who awards does not pay,
 * an auditor changes nothing, and the platform's administrator, who hands out all keys, decides nothing in a round.
 */
const EXCLUSIVE: readonly (readonly [Role, Role])[] = [
  ['expert', 'agency'],
  ['expert', 'host'],
  ['expert', 'operator'],
  ['evaluator', 'agency'],
  ['evaluator', 'host'],
  ['evaluator', 'operator'],
  ['finance', 'host'],
  ['auditor', 'host'],
  ['auditor', 'operator'],
  ['auditor', 'finance'],
  ['platform_admin', 'host'],
  ['platform_admin', 'operator'],
  ['platform_admin', 'agency'],
  ['platform_admin', 'expert'],
  ['platform_admin', 'evaluator'],
  ['platform_admin', 'finance'],
  ['platform_admin', 'auditor'],
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

/** `expertHostId` is whose expert it is; undefined when there is no such expert. */
export function checkExpert(
  { expertId, hostId }: Pick<Standing, 'expertId' | 'hostId'>,
  expertHostId: string | undefined,
): Decision<string | null> {
  if (expertId === null) return accept(null)
  const isKnown = expertHostId !== undefined && (hostId === null || hostId === expertHostId)
  return isKnown ? accept(expertId) : refuse(ExpertUnknown)
}

/**
 * A credential never makes one that reads more than itself. A host's makes those of its own staff, who act for the host
 * organization or for none; an agency's makes more for the same agency. First keys of agencies, of firms that work for
 * a host under their own name, and of experts come from the platform: a host that could make them could read sealed
 * bids and sign for experts.
 */
export function checkIssuer(issuer: Actor, wanted: Standing): Decision<Standing> {
  if (issuer.kind === 'system' || hasRole(issuer, 'platform_admin')) return accept(wanted)
  const { roles, organizationId, hostId, expertId } = wanted
  const only = (allowed: readonly Role[]) => expertId === null && roles.every((role) => allowed.includes(role))
  const ownStaff =
    hasRole(issuer, 'host') &&
    only(HOST_ROLES) &&
    hostId === issuer.hostId &&
    (organizationId === null || organizationId === issuer.hostId)
  const ownAgency =
    hasRole(issuer, 'agency') && only(ORGANIZATION_ROLES) && hostId === null && organizationId === issuer.organizationId
  return ownStaff || ownAgency ? accept(wanted) : refuse(StandingNotYours)
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
