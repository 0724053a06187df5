import { hasRole } from '../../../kernel/actor.ts'
import { addDays, type LegalDate, legalDateOf } from '../../../kernel/days.ts'
import { orThrow } from '../../../kernel/decision.ts'
import type { Page } from '../../../kernel/page.ts'
import { problem } from '../../../kernel/problem.ts'
import { newId } from '../../../platform/ids.ts'
import { NotFound } from '../../../platform/problems.ts'
import { authorize, expectVersion, record, type Work } from '../../../platform/work.ts'
import { BanOrganization, LiftBan, ReadBans } from '../policy.ts'
import { type BanCause, lastDayOfBan, liftBan, type OrganizationBan, requireDay } from '../rules/standing.ts'
import { findOrganization, lockOrganization } from '../store/organizations.ts'
import { findBan, insertBan, listBans, updateBan } from '../store/standing.ts'

/** No ban reaches further than policies can say: 240 months. */
const LONGEST_DAYS = 7_306

/**
 * A host keeps an organization out of its own rounds. From today on: a ban in the past would reach bids that are in.
 */
export async function decideBan(
  work: Work,
  organizationId: string,
  wanted: { readonly startsOn: LegalDate | undefined; readonly endsOn: LegalDate; readonly reason: string },
): Promise<OrganizationBan> {
  authorize(work, BanOrganization, await lockOrganization(work.sql, organizationId))
  const { hostId } = work.actor
  if (hostId === null) throw new Error('who bans works for no host')
  const at = await work.now(hostId)
  const today = legalDateOf(at)
  const { startsOn = today, endsOn, reason } = wanted
  orThrow(requireDay(startsOn, today, addDays(today, LONGEST_DAYS)))
  orThrow(requireDay(endsOn, startsOn, addDays(startsOn, LONGEST_DAYS)))
  return keepBan(work, { organizationId, hostId, cause: 'host_decision', subject: null, startsOn, endsOn, reason }, at)
}

/**
 * For later modules: the ban that the policy of a round puts on a breach or a failed final evaluation (`months` of
 * `banMonths`; 0 bans nobody). Once per subject. Asks no permission.
 */
export async function banOrganization(
  work: Work,
  wanted: {
    readonly organizationId: string
    readonly hostId: string
    readonly cause: Exclude<BanCause, 'host_decision'>
    /** The agreement or evaluation that it follows from. */
    readonly subject: string
    readonly startsOn: LegalDate
    readonly months: number
    readonly reason: string
  },
): Promise<void> {
  const { months, ...ban } = wanted
  const endsOn = lastDayOfBan(ban.startsOn, months)
  if (endsOn !== null) await keepBan(work, { ...ban, endsOn }, await work.now(ban.hostId))
}

export async function liftOrganizationBan(
  work: Work,
  organizationId: string,
  banId: string,
  reason: string,
): Promise<OrganizationBan> {
  const before = authorize(work, LiftBan, await findBan(work.sql, organizationId, banId, 'lock'))
  expectVersion(work, before)
  const at = await work.now(before.hostId)
  const after = await updateBan(work.sql, orThrow(liftBan(before, reason, legalDateOf(at))))
  const { hostId, liftedOn } = after
  await record(work, {
    type: 'organization.ban_lifted',
    subject: organizationId,
    hostId,
    at,
    data: { banId, liftedOn },
  })
  return after
}

export async function readBan(work: Work, organizationId: string, banId: string): Promise<OrganizationBan> {
  authorize(work, ReadBans, await findOrganization(work.sql, organizationId))
  const ban = await findBan(work.sql, organizationId, banId)
  const { hostId } = banScope(work, organizationId)
  if (ban === undefined || (hostId !== null && ban.hostId !== hostId)) throw problem(NotFound)
  return ban
}

/** All bans upon an organization for itself and the platform; a host's side sees those of its own. */
export async function readBans(
  work: Work,
  organizationId: string,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<OrganizationBan>> {
  authorize(work, ReadBans, await findOrganization(work.sql, organizationId))
  return listBans(work.sql, banScope(work, organizationId), limit, after)
}

function banScope({ actor }: Work, organizationId: string) {
  const seesAll = hasRole(actor, 'platform_admin') || actor.organizationId === organizationId
  return { organizationId, hostId: seesAll ? null : actor.hostId }
}

async function keepBan(
  work: Work,
  wanted: Pick<OrganizationBan, 'organizationId' | 'hostId' | 'cause' | 'subject' | 'startsOn' | 'endsOn' | 'reason'>,
  at: Date,
): Promise<OrganizationBan> {
  const ban: OrganizationBan = {
    ...{ id: newId('ban'), version: 1, ...wanted },
    ...{ liftedOn: null, liftReason: null, recordedBy: work.actor.id, createdAt: at },
  }
  if (!(await insertBan(work.sql, ban))) return ban
  const { organizationId, hostId, cause, subject, startsOn, endsOn } = ban
  await record(work, {
    type: 'organization.banned',
    subject: organizationId,
    hostId,
    at,
    data: { banId: ban.id, cause, startsOn, endsOn, ...(subject === null ? {} : { follows: subject }) },
  })
  return ban
}
