import { and, asc, desc, eq, inArray, isNotNull, isNull, ne, or, type SQL, sql } from 'drizzle-orm'
import { type Page, pageOf } from '../../../kernel/page.ts'
import type { Sql } from '../../../platform/database/database.ts'
import { keysetBefore } from '../../../platform/database/keyset.ts'
import type { Visibility } from '../policy.ts'
import { type Objection, type ObjectionKind, type ObjectionState, OPEN_STATES } from '../rules/objection.ts'
import { objection } from '../tables.ts'

const isOpen = inArray(objection.state, [...OPEN_STATES])

export async function insertObjection(handle: Sql, content: Omit<Objection, 'version'>): Promise<Objection> {
  const [row] = await handle
    .insert(objection)
    .values({ ...content, version: 1 })
    .returning()
  return row as Objection
}

/** Saves what a decision changes; who filed what and when never changes. */
export async function updateObjection(handle: Sql, content: Objection): Promise<Objection> {
  const { state, answerDue, acceptedAt, inadmissibleBecause, decidedAt, decisionReasons } = content
  const { successorAwardId, overdueAt } = content
  const [row] = await handle
    .update(objection)
    .set({
      state,
      answerDue,
      acceptedAt,
      inadmissibleBecause,
      decidedAt,
      decisionReasons,
      successorAwardId,
      overdueAt,
      version: sql`${objection.version} + 1`,
    })
    .where(eq(objection.id, content.id))
    .returning()
  return row as Objection
}

export async function findObjection(handle: Sql, id: string): Promise<Objection | undefined> {
  const [row] = await handle.select().from(objection).where(eq(objection.id, id))
  return row
}

/** Locks the row for the rest of the transaction. */
export async function lockObjection(handle: Sql, id: string): Promise<Objection | undefined> {
  const [row] = await handle.select().from(objection).where(eq(objection.id, id)).for('update')
  return row
}

/** How many other objections against the same thing still await their decision. The caller holds the notice's lock. */
export async function countOtherOpen(handle: Sql, { id, subject }: Pick<Objection, 'id' | 'subject'>): Promise<number> {
  return handle.$count(objection, and(eq(objection.subject, subject), isOpen, ne(objection.id, id)))
}

/** The objections to one thing that were upheld. */
export async function findUpheld(handle: Sql, subject: string): Promise<string[]> {
  const rows = await handle
    .select({ id: objection.id })
    .from(objection)
    .where(and(eq(objection.subject, subject), eq(objection.state, 'upheld')))
  return rows.map((row) => row.id)
}

/** The open objections to one thing, locked in the order of their filing. The caller holds the notice's lock. */
export async function lockOpenObjections(handle: Sql, subject: string): Promise<Objection[]> {
  return handle
    .select()
    .from(objection)
    .where(and(eq(objection.subject, subject), isOpen))
    .orderBy(objection.filedAt, objection.id)
    .for('update')
}

/** The open objections of a round, locked in the order of their filing. */
export async function lockOpenObjectionsOfRound(handle: Sql, roundId: string): Promise<Objection[]> {
  return handle
    .select()
    .from(objection)
    .where(and(eq(objection.roundId, roundId), isOpen))
    .orderBy(objection.filedAt, objection.id)
    .for('update')
}

/** An open objection of this organization to this subject. */
export async function findOpenObjectionOf(
  handle: Sql,
  subject: string,
  organizationId: string,
): Promise<string | undefined> {
  const [row] = await handle
    .select({ id: objection.id })
    .from(objection)
    .where(and(eq(objection.subject, subject), eq(objection.filedByOrganizationId, organizationId), isOpen))
    .limit(1)
  return row?.id
}

/** One that this organization filed against this item of this version of a notice, and took back. */
export function findWithdrawnObjectionOf(handle: Sql, ...filing: Filing): Promise<string | undefined> {
  return findFiling(handle, filing, eq(objection.state, 'withdrawn'))
}

/** One that this organization filed against this item of this version, and that was found to repeat an earlier one. */
export function findRepeatedObjectionOf(handle: Sql, ...filing: Filing): Promise<string | undefined> {
  return findFiling(handle, filing, eq(objection.inadmissibleBecause, 'repeated'))
}

type Filing = [noticeId: string, subject: string, organizationId: string]

async function findFiling(
  handle: Sql,
  [noticeId, subject, organizationId]: Filing,
  ended: SQL,
): Promise<string | undefined> {
  const [row] = await handle
    .select({ id: objection.id })
    .from(objection)
    .where(
      and(
        eq(objection.noticeId, noticeId),
        eq(objection.subject, subject),
        eq(objection.filedByOrganizationId, organizationId),
        ended,
        isNull(objection.appealsId),
      ),
    )
    .limit(1)
  return row?.id
}

/** From now on the organization that reviews the answer reads what was answered. */
export async function updateAppealedTo(handle: Sql, id: string, appealedToId: string): Promise<void> {
  await handle.update(objection).set({ appealedToId }).where(eq(objection.id, id))
}

/** The appeal or complaint that was filed in time against this one. */
export async function findReviewOf(handle: Sql, objectionId: string): Promise<string | undefined> {
  const [row] = await handle
    .select({ id: objection.id })
    .from(objection)
    .where(and(eq(objection.appealsId, objectionId), ne(objection.state, 'rejected_as_late')))
    .limit(1)
  return row?.id
}

/** Notices against which something is still open about this award. */
export async function findNoticesUnderObjection(handle: Sql, awardId: string): Promise<string[]> {
  const rows = await handle
    .selectDistinct({ noticeId: objection.noticeId })
    .from(objection)
    .where(and(eq(objection.awardId, awardId), isOpen))
    .orderBy(asc(objection.noticeId))
  return rows.map(({ noticeId }) => noticeId)
}

export interface ObjectionFilter {
  readonly noticeId?: string | undefined
  readonly awardId?: string | undefined
  readonly roundId?: string | undefined
  readonly kind?: ObjectionKind | undefined
  readonly state?: ObjectionState | undefined
}

/** Newest first; only what the reader may read. */
export async function listObjections(
  handle: Sql,
  visibility: Visibility,
  filter: ObjectionFilter,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Objection>> {
  const { hostId, organizationId } = visibility
  const conditions: (SQL | undefined)[] = [
    or(
      hostId === null
        ? sql`false`
        : or(eq(objection.hostId, hostId), eq(objection.reviewedById, hostId), eq(objection.appealedToId, hostId)),
      organizationId === null ? undefined : eq(objection.filedByOrganizationId, organizationId),
      organizationId === null
        ? undefined
        : and(eq(objection.awardedOrganizationId, organizationId), isNotNull(objection.acceptedAt)),
    ),
    filter.noticeId === undefined ? undefined : eq(objection.noticeId, filter.noticeId),
    filter.awardId === undefined ? undefined : eq(objection.awardId, filter.awardId),
    filter.roundId === undefined ? undefined : eq(objection.roundId, filter.roundId),
    filter.kind === undefined ? undefined : eq(objection.kind, filter.kind),
    filter.state === undefined ? undefined : eq(objection.state, filter.state),
    keysetBefore(objection.createdAt, objection.id, after),
  ]
  const rows = await handle
    .select()
    .from(objection)
    .where(and(...conditions))
    .orderBy(desc(objection.createdAt), desc(objection.id))
    .limit(limit + 1)
  return pageOf(rows, limit, (row) => [row.createdAt.toISOString(), row.id])
}
