import { orThrow } from '../../../kernel/decision.ts'
import type { Page } from '../../../kernel/page.ts'
import { problem } from '../../../kernel/problem.ts'
import { brokenConstraint } from '../../../platform/database/database.ts'
import { newId } from '../../../platform/ids.ts'
import { authorize, expectVersion, record, type Work } from '../../../platform/work.ts'
import { ChangeOrganization, CreateOrganization, ReadOrganization, RecordStanding } from '../policy.ts'
import { CreditCodeTaken, SponsorUnknown } from '../problems.ts'
import {
  checkOrganization,
  type Organization,
  type OrganizationContent,
  type OrganizationType,
} from '../rules/organization.ts'
import {
  findKnownIds,
  findOrganization,
  insertOrganization,
  listOrganizations,
  lockOrganization,
  updateOrganization,
} from '../store/organizations.ts'

/** Puts an organization on record. Refused: a wrong or known credit code, a filed group without a known sponsor. */
export async function createOrganization(work: Work, content: OrganizationContent): Promise<Organization> {
  authorize(work, CreateOrganization, {})
  const checked = orThrow(checkOrganization(content))
  if (checked.sponsorId !== null) await requireSponsor(work, checked.sponsorId)
  const at = await work.now(null)
  const created = await insertOrganization(work.sql, newId('org'), checked, at).catch((error: unknown) => {
    if (brokenConstraint(error) === 'organization_credit_code_key')
      throw problem(CreditCodeTaken, { creditCode: checked.creditCode ?? '' })
    throw error
  })
  await record(work, {
    type: 'organization.created',
    subject: created.id,
    hostId: null,
    at,
    data: { type: created.type },
  })
  return created
}

/** Changes what may change: everything but type, credit code and sponsor. */
export async function changeOrganization(
  work: Work,
  organizationId: string,
  patch: Partial<OrganizationContent>,
): Promise<Organization> {
  const before = authorize(work, ChangeOrganization, await lockOrganization(work.sql, organizationId))
  // Who is gone must not be the one to say that it is not.
  if (patch.deregisteredOn !== undefined) authorize(work, RecordStanding, before)
  expectVersion(work, before)
  const after = await updateOrganization(work.sql, organizationId, orThrow(checkOrganization({ ...before, ...patch })))
  await record(work, {
    type: 'organization.changed',
    subject: after.id,
    hostId: null,
    at: await work.now(null),
    data: { fields: Object.keys(patch) },
  })
  return after
}

export async function readOrganization(work: Work, organizationId: string): Promise<Organization> {
  return authorize(work, ReadOrganization, await findOrganization(work.sql, organizationId))
}

export async function readOrganizations(
  work: Work,
  filter: { type?: OrganizationType | undefined },
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Organization>> {
  authorize(work, ReadOrganization, {})
  return listOrganizations(work.sql, filter, limit, after)
}

/** For later modules: the organization, or undefined. Asks no permission; the caller's use case does. */
export async function organizationOf(work: Work, organizationId: string): Promise<Organization | undefined> {
  return findOrganization(work.sql, organizationId)
}

/** For later modules: which of these identifiers are on record, in one statement. Asks no permission. */
export async function knownOrganizationIds(work: Work, ids: readonly string[]): Promise<ReadonlySet<string>> {
  return new Set(await findKnownIds(work.sql, ids))
}

async function requireSponsor(work: Work, sponsorId: string): Promise<void> {
  const sponsor = await findOrganization(work.sql, sponsorId)
  if (sponsor === undefined || sponsor.creditCode === null) throw problem(SponsorUnknown, { sponsorId })
}
