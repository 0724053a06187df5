import { and, asc, desc, eq, inArray, isNull } from 'drizzle-orm'
import type { Sql } from '../../../platform/database/database.ts'
import type { Cooperation, Pause, Statement } from '../rules/objection.ts'
import { objectionCooperation, objectionDocument, objectionPause, objectionStatement } from '../tables.ts'

export type Side = 'filer' | 'awarded'

export async function insertPause(handle: Sql, pause: Omit<Pause, 'number' | 'resumedAt' | 'dueAfter'>): Promise<void> {
  const [last] = await handle
    .select({ number: objectionPause.number })
    .from(objectionPause)
    .where(eq(objectionPause.objectionId, pause.objectionId))
    .orderBy(desc(objectionPause.number))
    .limit(1)
  await handle.insert(objectionPause).values({ ...pause, number: (last?.number ?? 0) + 1 })
}

/** The pause that has not ended. The caller holds the objection's lock. */
export async function findRunningPause(handle: Sql, objectionId: string): Promise<Pause | undefined> {
  const [row] = await handle
    .select()
    .from(objectionPause)
    .where(and(eq(objectionPause.objectionId, objectionId), isNull(objectionPause.resumedAt)))
  return row
}

export async function endPause(handle: Sql, pause: Pause): Promise<void> {
  const { objectionId, number, resumedAt, dueAfter } = pause
  await handle
    .update(objectionPause)
    .set({ resumedAt, dueAfter })
    .where(and(eq(objectionPause.objectionId, objectionId), eq(objectionPause.number, number)))
}

export async function insertCooperation(handle: Sql, cooperation: Cooperation): Promise<void> {
  await handle.insert(objectionCooperation).values(cooperation)
}

export async function findCooperation(handle: Sql, objectionId: string): Promise<Cooperation | undefined> {
  const [row] = await handle
    .select()
    .from(objectionCooperation)
    .where(eq(objectionCooperation.objectionId, objectionId))
  return row
}

/** The day of the statement stood still for a pause. */
export async function moveCooperation(handle: Sql, { objectionId, due }: Cooperation): Promise<void> {
  await handle.update(objectionCooperation).set({ due }).where(eq(objectionCooperation.objectionId, objectionId))
}

export async function settleCooperation(
  handle: Sql,
  objectionId: string,
  state: 'answered' | 'refused',
  settledAt: Date,
): Promise<void> {
  await handle
    .update(objectionCooperation)
    .set({ state, settledAt })
    .where(eq(objectionCooperation.objectionId, objectionId))
}

export async function insertStatement(handle: Sql, statement: Statement): Promise<void> {
  await handle.insert(objectionStatement).values(statement)
}

export async function findStatement(handle: Sql, objectionId: string): Promise<Statement | undefined> {
  const [row] = await handle.select().from(objectionStatement).where(eq(objectionStatement.objectionId, objectionId))
  return row
}

export async function insertDocuments(
  handle: Sql,
  objectionId: string,
  side: Side,
  documentIds: readonly string[],
): Promise<void> {
  if (documentIds.length === 0) return
  await handle
    .insert(objectionDocument)
    .values(documentIds.map((documentId, index) => ({ objectionId, documentId, side, position: index + 1 })))
}

/** What stands beside objections, by objection. */
export interface Details {
  readonly pauses: readonly Pause[]
  readonly cooperation: Cooperation | null
  readonly statement: Statement | null
  readonly evidenceIds: readonly string[]
  readonly statementDocumentIds: readonly string[]
}

export async function findDetails(handle: Sql, objectionIds: readonly string[]): Promise<(id: string) => Details> {
  const ids = [...objectionIds]
  const pauses = await handle
    .select()
    .from(objectionPause)
    .where(inArray(objectionPause.objectionId, ids))
    .orderBy(asc(objectionPause.number))
  const requests = await handle
    .select()
    .from(objectionCooperation)
    .where(inArray(objectionCooperation.objectionId, ids))
  const statements = await handle.select().from(objectionStatement).where(inArray(objectionStatement.objectionId, ids))
  const documents = await handle
    .select()
    .from(objectionDocument)
    .where(inArray(objectionDocument.objectionId, ids))
    .orderBy(asc(objectionDocument.position))
  const documentsOf = (id: string, side: Side) =>
    documents.filter((one) => one.objectionId === id && one.side === side).map(({ documentId }) => documentId)
  return (id) => ({
    pauses: pauses.filter(({ objectionId }) => objectionId === id),
    cooperation: requests.find(({ objectionId }) => objectionId === id) ?? null,
    statement: statements.find(({ objectionId }) => objectionId === id) ?? null,
    evidenceIds: documentsOf(id, 'filer'),
    statementDocumentIds: documentsOf(id, 'awarded'),
  })
}
