/**
 * The roles of 公益创投 (process.md 2.1). A credential carries one or more of them.
 * `platform_admin` runs the platform (divisions, calendars, organizations, keys) and decides nothing in a round.
 */
export const ROLES = [
  'platform_admin',
  'host',
  'operator',
  'town',
  'agency',
  'provider',
  'expert',
  'evaluator',
  'finance',
  'auditor',
] as const
export type Role = (typeof ROLES)[number]

/** Who is asking. Made once per request from the credential, or once per job. */
export interface Actor {
  readonly kind: 'key' | 'user' | 'system' | 'anonymous'
  /** The key's or user's TypeID; `system` and `anonymous` for those two. Written into every event. */
  readonly id: string
  readonly roles: readonly Role[]
  /** The organization that holds the credential, if any. */
  readonly organizationId: string | null
  /** The host organization (主办单位) whose rounds the holder works for; null for agencies, experts and the platform. */
  readonly hostId: string | null
  /** The expert record behind an expert's credential. */
  readonly expertId: string | null
}

export const ANONYMOUS: Actor = Object.freeze({
  kind: 'anonymous',
  id: 'anonymous',
  roles: [],
  organizationId: null,
  hostId: null,
  expertId: null,
})

/** The actor of deadlines and other queued work. */
export const SYSTEM: Actor = Object.freeze({ ...ANONYMOUS, kind: 'system', id: 'system' })

export function hasRole(actor: Actor, ...roles: readonly Role[]): boolean {
  return roles.some((role) => actor.roles.includes(role))
}

/** Does the actor work for this host in one of these roles? The relation most host-side actions ask for. */
export function worksForHost(actor: Actor, hostId: string, ...roles: readonly Role[]): boolean {
  return actor.hostId === hostId && hasRole(actor, ...roles)
}

/** Does the actor act for this organization as an agency? */
export function actsForAgency(actor: Actor, organizationId: string): boolean {
  return actor.organizationId === organizationId && hasRole(actor, 'agency')
}
