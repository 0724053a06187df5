import { and, asc, desc, eq, type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import { type Page, pageOf } from '../../kernel/page.ts'
import type { Sql } from '../../platform/database/database.ts'
import { keysetBefore } from '../../platform/database/keyset.ts'
import type { DutyState, Milestone, Report, ReportDuty, ReportKind } from './rules.ts'
import { milestone, report, reportDuty } from './tables.ts'

export async function insertMilestones(handle: Sql, milestones: readonly Milestone[]): Promise<void> {
  await handle.insert(milestone).values([...milestones])
}

export async function insertDuties(handle: Sql, duties: readonly ReportDuty[]): Promise<void> {
  await handle.insert(reportDuty).values([...duties])
}

/** All duties of a project in the order of their days. */
export async function findDuties(handle: Sql, projectId: string): Promise<ReportDuty[]> {
  return handle
    .select()
    .from(reportDuty)
    .where(eq(reportDuty.projectId, projectId))
    .orderBy(asc(reportDuty.countsFrom), asc(reportDuty.id))
}

/** Locks a project's duties for the rest of the transaction, in a fixed order. */
export async function lockDuties(handle: Sql, projectId: string): Promise<ReportDuty[]> {
  return handle
    .select()
    .from(reportDuty)
    .where(eq(reportDuty.projectId, projectId))
    .orderBy(asc(reportDuty.countsFrom), asc(reportDuty.id))
    .for('update')
}

/** Locks the row for the rest of the transaction. */
export async function lockDuty(handle: Sql, id: string): Promise<ReportDuty | undefined> {
  const [row] = await handle.select().from(reportDuty).where(eq(reportDuty.id, id)).for('update')
  return row
}

export async function updateDuty(handle: Sql, duty: ReportDuty): Promise<ReportDuty> {
  const { state, due, dueAt } = duty
  const [row] = await handle
    .update(reportDuty)
    .set({ state, due, dueAt, version: sql`${reportDuty.version} + 1` })
    .where(eq(reportDuty.id, duty.id))
    .returning()
  return row as ReportDuty
}

export async function insertReport(handle: Sql, { satisfaction, indicatorValues, ...row }: Report): Promise<void> {
  await handle.insert(report).values({
    ...row,
    documentIds: [...row.documentIds],
    indicatorValues: indicatorValues.map(({ amountFen, ...value }) => ({
      ...value,
      amountFen: amountFen === null ? null : String(amountFen),
    })),
    validAnswers: satisfaction?.validAnswers ?? null,
    satisfied: satisfaction?.satisfied ?? null,
  })
}

export async function findReport(handle: Sql, id: string): Promise<Report | undefined> {
  const [row] = await handle.select().from(report).where(eq(report.id, id))
  return row && fromRow(row)
}

/** The newest report of a kind. */
export async function findLatestReport(handle: Sql, projectId: string, kind: ReportKind): Promise<Report | undefined> {
  const [row] = await handle
    .select()
    .from(report)
    .where(and(eq(report.projectId, projectId), eq(report.kind, kind)))
    .orderBy(desc(report.createdAt), desc(report.id))
    .limit(1)
  return row && fromRow(row)
}

export interface DeliveryFilter {
  readonly projectId?: string | undefined
  /** Whose rows the reader may see. */
  readonly hostId?: string | undefined
  readonly organizationId?: string | undefined
}

/** Newest first. */
export async function listReports(
  handle: Sql,
  filter: DeliveryFilter & { readonly kind?: ReportKind | undefined },
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Report>> {
  const rows = await handle
    .select()
    .from(report)
    .where(
      and(
        ...ownedBy(report, filter),
        filter.kind === undefined ? undefined : eq(report.kind, filter.kind),
        keysetBefore(report.createdAt, report.id, after),
      ),
    )
    .orderBy(desc(report.createdAt), desc(report.id))
    .limit(limit + 1)
  return pageOf(rows.map(fromRow), limit, keysetOf)
}

/** Newest first. */
export async function listDuties(
  handle: Sql,
  filter: DeliveryFilter & { readonly kind?: ReportKind | undefined; readonly state?: DutyState | undefined },
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<ReportDuty>> {
  const rows = await handle
    .select()
    .from(reportDuty)
    .where(
      and(
        ...ownedBy(reportDuty, filter),
        filter.kind === undefined ? undefined : eq(reportDuty.kind, filter.kind),
        filter.state === undefined ? undefined : eq(reportDuty.state, filter.state),
        keysetBefore(reportDuty.createdAt, reportDuty.id, after),
      ),
    )
    .orderBy(desc(reportDuty.createdAt), desc(reportDuty.id))
    .limit(limit + 1)
  return pageOf(rows, limit, keysetOf)
}

/** Newest first. */
export async function listMilestones(
  handle: Sql,
  filter: DeliveryFilter,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Milestone>> {
  const rows = await handle
    .select()
    .from(milestone)
    .where(and(...ownedBy(milestone, filter), keysetBefore(milestone.createdAt, milestone.id, after)))
    .orderBy(desc(milestone.createdAt), desc(milestone.id))
    .limit(limit + 1)
  return pageOf(rows, limit, keysetOf)
}

function ownedBy(
  table: Record<'projectId' | 'hostId' | 'organizationId', AnyPgColumn>,
  filter: DeliveryFilter,
): (SQL | undefined)[] {
  return (['projectId', 'hostId', 'organizationId'] as const).map((key) =>
    filter[key] === undefined ? undefined : eq(table[key], filter[key]),
  )
}

function keysetOf(item: { readonly createdAt: Date; readonly id: string }): unknown[] {
  return [item.createdAt.toISOString(), item.id]
}

function fromRow({ validAnswers, satisfied, indicatorValues, ...row }: typeof report.$inferSelect): Report {
  return {
    ...row,
    indicatorValues: indicatorValues.map(({ amountFen, ...value }) => ({
      ...value,
      amountFen: amountFen === null ? null : BigInt(amountFen),
    })),
    satisfaction: validAnswers === null || satisfied === null ? null : { validAnswers, satisfied },
  }
}
