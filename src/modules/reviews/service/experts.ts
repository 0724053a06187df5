import { hasRole } from '../../../kernel/actor.ts'
import { orThrow } from '../../../kernel/decision.ts'
import type { Page } from '../../../kernel/page.ts'
import { problem } from '../../../kernel/problem.ts'
import { brokenConstraint } from '../../../platform/database/database.ts'
import { newId } from '../../../platform/ids.ts'
import { authorize, expectVersion, record, type Work } from '../../../platform/work.ts'
import { knownOrganizationIds } from '../../organizations/index.ts'
import { ChangeExpert, CreateExpert, ListExperts, ReadExpert } from '../policy/index.ts'
import { ExpertCodeTaken } from '../problems/index.ts'
import {
  checkRelations,
  type Expert,
  type ExpertContent,
  type Relations,
  relatedOrganizationIds,
} from '../rules/seating.ts'
import { findExpert, insertExpert, listExperts, lockExpert, updateExpert } from '../store/panels.ts'

/** Puts an expert of the actor's host on record, under a code. */
export async function createExpert(work: Work, content: ExpertContent): Promise<Expert> {
  const { hostId } = authorize(work, CreateExpert, { hostId: work.actor.hostId ?? '' })
  await requireRelations(work, content)
  const at = await work.now(hostId)
  const wanted = { ...content, id: newId('exp'), version: 1, hostId, createdAt: at }
  const created = await insertExpert(work.sql, wanted).catch((error: unknown) => refuseTakenCode(error, content.code))
  await record(work, { type: 'expert.created', subject: created.id, hostId, at, data: { code: created.code } })
  return created
}

/** Changes an expert's record. Seats that are taken already stay; a recusal found later is stated on the panel. */
export async function changeExpert(work: Work, expertId: string, patch: Partial<ExpertContent>): Promise<Expert> {
  const before = authorize(work, ChangeExpert, await lockExpert(work.sql, expertId))
  expectVersion(work, before)
  await requireRelations(work, patch)
  const { code, fields, employments, relations, conflictOrganizationIds } = { ...before, ...patch }
  const content = { code, fields, employments, relations, conflictOrganizationIds }
  const after = await updateExpert(work.sql, expertId, content).catch((error: unknown) => refuseTakenCode(error, code))
  await record(work, {
    type: 'expert.changed',
    subject: expertId,
    hostId: before.hostId,
    at: await work.now(before.hostId),
    data: { fields: Object.keys(patch) },
  })
  return after
}

export async function readExpert(work: Work, expertId: string): Promise<Expert> {
  return authorize(work, ReadExpert, await findExpert(work.sql, expertId))
}

/** The experts of the actor's host. */
export async function readExperts(work: Work, limit: number, after: unknown[] | undefined): Promise<Page<Expert>> {
  authorize(work, ListExperts, {})
  const { hostId } = work.actor
  if (hostId === null || !hasRole(work.actor, 'host', 'operator', 'auditor')) return { items: [], next: null }
  return listExperts(work.sql, hostId, limit, after)
}

async function requireRelations(work: Work, relations: Relations): Promise<void> {
  orThrow(checkRelations(relations, await knownOrganizationIds(work, relatedOrganizationIds(relations))))
}

function refuseTakenCode(error: unknown, code: string): never {
  if (brokenConstraint(error) === 'expert_code_key') throw problem(ExpertCodeTaken, { code })
  throw error
}
