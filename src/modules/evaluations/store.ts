import { and, desc, eq, type SQL, sql } from 'drizzle-orm'
import { type Page, pageOf } from '../../kernel/page.ts'
import type { Sql } from '../../platform/database/database.ts'
import { keysetBefore } from '../../platform/database/keyset.ts'
import type { Evaluation, EvaluationKind, EvaluationState } from './rules/evaluations.ts'
import type { Postponement } from './rules/postponements.ts'
import type { Rectification, RectificationState } from './rules/rectifications.ts'
import { evaluation, postponement, rectification } from './tables.ts'

type EvaluationRow = typeof evaluation.$inferSelect

export interface EvaluationFilter {
  readonly projectId?: string | undefined
  readonly roundId?: string | undefined
  readonly kind?: EvaluationKind | undefined
  readonly state?: EvaluationState | undefined
}

export interface RectificationFilter {
  readonly projectId?: string | undefined
  readonly state?: RectificationState | undefined
}

/** Whose rows a list shows. */
export type OwnerScope = { readonly hostId: string } | { readonly organizationId: string }

export async function insertEvaluation(handle: Sql, fresh: Evaluation): Promise<void> {
  await handle.insert(evaluation).values(columnsOf(fresh))
}

/** Saves the whole row and raises its version. */
export async function updateEvaluation(handle: Sql, changed: Evaluation): Promise<Evaluation> {
  const next = { ...changed, version: changed.version + 1 }
  await handle.update(evaluation).set(columnsOf(next)).where(eq(evaluation.id, next.id))
  return next
}

export async function findEvaluation(handle: Sql, id: string): Promise<Evaluation | undefined> {
  const [row] = await handle.select().from(evaluation).where(eq(evaluation.id, id))
  return row && evaluationOfRow(row)
}

/** Locks the row for the rest of the transaction. */
export async function lockStoredEvaluation(handle: Sql, id: string): Promise<Evaluation | undefined> {
  const [row] = await handle.select().from(evaluation).where(eq(evaluation.id, id)).for('update')
  return row && evaluationOfRow(row)
}

/** All evaluations of a project, first attempts first. */
export async function evaluationsOfProject(handle: Sql, projectId: string): Promise<Evaluation[]> {
  const rows = await handle
    .select()
    .from(evaluation)
    .where(eq(evaluation.projectId, projectId))
    .orderBy(evaluation.kind, evaluation.attempt)
  return rows.map(evaluationOfRow)
}

/** The published final evaluations of a round, locked, in the order of their publication. */
export async function lockFinalsOfRound(handle: Sql, roundId: string): Promise<Evaluation[]> {
  const rows = await handle
    .select()
    .from(evaluation)
    .where(and(eq(evaluation.roundId, roundId), eq(evaluation.kind, 'final'), eq(evaluation.state, 'published')))
    .orderBy(evaluation.publishedAt, evaluation.id)
    .for('update')
  return rows.map(evaluationOfRow)
}

/** Newest first, within the scope. */
export async function listEvaluations(
  handle: Sql,
  scope: OwnerScope,
  filter: EvaluationFilter,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Evaluation>> {
  const conditions: (SQL | undefined)[] = [
    'hostId' in scope ? eq(evaluation.hostId, scope.hostId) : eq(evaluation.organizationId, scope.organizationId),
    filter.projectId === undefined ? undefined : eq(evaluation.projectId, filter.projectId),
    filter.roundId === undefined ? undefined : eq(evaluation.roundId, filter.roundId),
    filter.kind === undefined ? undefined : eq(evaluation.kind, filter.kind),
    filter.state === undefined ? undefined : eq(evaluation.state, filter.state),
    keysetBefore(evaluation.createdAt, evaluation.id, after),
  ]
  const rows = await handle
    .select()
    .from(evaluation)
    .where(and(...conditions))
    .orderBy(desc(evaluation.createdAt), desc(evaluation.id))
    .limit(limit + 1)
  return pageOf(rows.map(evaluationOfRow), limit, (item) => [item.createdAt.toISOString(), item.id])
}

export async function insertRectification(handle: Sql, fresh: Rectification): Promise<void> {
  await handle.insert(rectification).values({ ...fresh, items: [...fresh.items] })
}

export async function updateRectification(handle: Sql, changed: Rectification): Promise<Rectification> {
  const { id, state, report, submittedAt } = changed
  await handle
    .update(rectification)
    .set({ state, report, submittedAt, version: sql`${rectification.version} + 1` })
    .where(eq(rectification.id, id))
  return { ...changed, version: changed.version + 1 }
}

export async function findRectification(handle: Sql, id: string): Promise<Rectification | undefined> {
  const [row] = await handle.select().from(rectification).where(eq(rectification.id, id))
  return row
}

export async function lockStoredRectification(handle: Sql, id: string): Promise<Rectification | undefined> {
  const [row] = await handle.select().from(rectification).where(eq(rectification.id, id)).for('update')
  return row
}

export async function rectificationsOfProject(handle: Sql, projectId: string): Promise<Rectification[]> {
  return handle.select().from(rectification).where(eq(rectification.projectId, projectId))
}

export async function listRectifications(
  handle: Sql,
  scope: OwnerScope,
  filter: RectificationFilter,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Rectification>> {
  const conditions: (SQL | undefined)[] = [
    'hostId' in scope ? eq(rectification.hostId, scope.hostId) : eq(rectification.organizationId, scope.organizationId),
    filter.projectId === undefined ? undefined : eq(rectification.projectId, filter.projectId),
    filter.state === undefined ? undefined : eq(rectification.state, filter.state),
    keysetBefore(rectification.createdAt, rectification.id, after),
  ]
  const rows = await handle
    .select()
    .from(rectification)
    .where(and(...conditions))
    .orderBy(desc(rectification.createdAt), desc(rectification.id))
    .limit(limit + 1)
  return pageOf(rows, limit, (item) => [item.createdAt.toISOString(), item.id])
}

export async function insertPostponement(handle: Sql, granted: Postponement): Promise<Postponement> {
  await handle.insert(postponement).values(granted)
  return granted
}

/** Earliest first. */
export async function postponementsOfProject(handle: Sql, projectId: string): Promise<Postponement[]> {
  return handle
    .select()
    .from(postponement)
    .where(eq(postponement.projectId, projectId))
    .orderBy(postponement.grantedAt, postponement.id)
}

/** Newest first. */
export async function listPostponements(
  handle: Sql,
  scope: OwnerScope,
  filter: { readonly projectId?: string | undefined },
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Postponement>> {
  const conditions: (SQL | undefined)[] = [
    'hostId' in scope ? eq(postponement.hostId, scope.hostId) : eq(postponement.organizationId, scope.organizationId),
    filter.projectId === undefined ? undefined : eq(postponement.projectId, filter.projectId),
    keysetBefore(postponement.grantedAt, postponement.id, after),
  ]
  const rows = await handle
    .select()
    .from(postponement)
    .where(and(...conditions))
    .orderBy(desc(postponement.grantedAt), desc(postponement.id))
    .limit(limit + 1)
  return pageOf(rows, limit, (item) => [item.grantedAt.toISOString(), item.id])
}

function columnsOf({ scores, verdict, ...rest }: Evaluation): EvaluationRow {
  return {
    ...rest,
    items: scores?.items ?? null,
    bonusHundredths: scores?.bonusHundredths ?? null,
    deductionHundredths: scores?.deductionHundredths ?? null,
    vetoes: [...(scores?.vetoes ?? [])],
    result: verdict?.result ?? null,
    isFail: verdict?.isFail ?? null,
    decidedBy: verdict?.decidedBy ?? null,
  }
}

function evaluationOfRow(row: EvaluationRow): Evaluation {
  const { items, bonusHundredths, deductionHundredths, vetoes, result, isFail, decidedBy, ...rest } = row
  return {
    ...rest,
    scores:
      items === null || bonusHundredths === null || deductionHundredths === null
        ? null
        : { items, bonusHundredths, deductionHundredths, vetoes },
    verdict: result === null || isFail === null || decidedBy === null ? null : { result, isFail, decidedBy },
  }
}
