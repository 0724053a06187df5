import { endOfDay, type LegalDate } from '../../kernel/days.ts'
import { orThrow } from '../../kernel/decision.ts'
import type { Page } from '../../kernel/page.ts'
import { partyScope } from '../../kernel/parties.ts'
import { problem } from '../../kernel/problem.ts'
import { resolvePeriod } from '../../kernel/workdays.ts'
import { newId } from '../../platform/ids.ts'
import type { DueDeadline } from '../../platform/module.ts'
import { authorize, record, type Work } from '../../platform/work.ts'
import { calendarOf } from '../calendar/index.ts'
import { cancelDeadline, setDeadline } from '../deadlines/index.ts'
import { requireStoredDocuments, shareDocuments } from '../documents/index.ts'
import { indicatorsOf, projectOf } from '../projects/index.ts'
import { ListMilestones, ListReportDuties, ListReports, ReadReport, SubmitReport } from './policy.ts'
import { ReportNotDue } from './problems.ts'
import {
  checkContent,
  dueOf,
  dutyFor,
  type Milestone,
  missReport,
  planDuties,
  postponeDuty,
  type Report,
  type ReportContent,
  type ReportDuty,
  type ReportingRules,
  type ReportKind,
  submitReport,
} from './rules.ts'
import {
  type DeliveryFilter,
  findDuties,
  findLatestReport,
  findReport,
  insertDuties,
  insertMilestones,
  insertReport,
  listDuties,
  listMilestones,
  listReports,
  lockDuties,
  lockDuty,
  updateDuty,
} from './store.ts'

const REPORT_DUE = 'report.due'
/** Rings on the day from which a duty counts, when its due day could not be told yet. */
const REPORT_UNRESOLVED = 'report.due_unresolved'

export interface NewDelivery {
  readonly projectId: string
  readonly hostId: string
  readonly organizationId: string
  readonly startsOn: LegalDate
  readonly endsOn: LegalDate
  readonly midPointOn: LegalDate
  readonly policy: ReportingRules
}

/**
 * For agreements: sets the milestones and everything the project has to report. A due day in a year whose calendar is not
 * loaded stays open and is resolved on the day from which it counts at the latest: agreements are signed before the next
 * year's calendar is published. Asks no permission.
 */
export async function planDelivery(work: Work, wanted: NewDelivery): Promise<ReportDuty[]> {
  const { projectId, hostId, organizationId, midPointOn, endsOn } = wanted
  const createdAt = await work.now(hostId)
  const parties = { projectId, hostId, organizationId, createdAt }
  await insertMilestones(work.sql, [
    { ...parties, id: newId('mst'), kind: 'mid_point', fallsOn: midPointOn },
    { ...parties, id: newId('mst'), kind: 'end', fallsOn: endsOn },
  ])
  const calendar = await calendarOf(work, hostId)
  const duties = planDuties(wanted, wanted.policy).map(
    (planned): ReportDuty => ({
      ...parties,
      ...planned,
      ...dueOf(resolvePeriod(calendar, planned.countsFrom, planned.duePeriod)),
      id: newId('rdt'),
      version: 1,
      state: 'waiting',
    }),
  )
  await insertDuties(work.sql, duties)
  for (const duty of duties) await setAlarm(work, duty)
  await record(work, {
    type: 'delivery.planned',
    subject: projectId,
    hostId,
    at: createdAt,
    data: { midPointOn, endsOn, reports: duties.length },
  })
  return duties
}

/** For agreements: after a termination nothing has to be reported any more. Asks no permission. */
export async function cancelDelivery(work: Work, projectId: string): Promise<void> {
  for (const duty of await lockDuties(work.sql, projectId)) {
    if (duty.state !== 'waiting') continue
    await updateDuty(work.sql, { ...duty, state: 'cancelled' })
    await cancelDeadline(work, duty.dueAt === null ? REPORT_UNRESOLVED : REPORT_DUE, duty.id)
  }
}

/** For evaluations: the host agreed to wait for a report until this day. Asks no permission and writes no event. */
export async function postponeReport(work: Work, dutyId: string, dueOn: LegalDate): Promise<void> {
  const duty = await lockDuty(work.sql, dutyId)
  if (duty === undefined) throw new Error(`there is no report duty ${dutyId}`)
  const later = postponeDuty(duty, dueOn)
  if (later.dueAt === duty.dueAt || later.dueAt === null) return
  await updateDuty(work.sql, later)
  if (later.state !== 'waiting') return
  await setDeadline(work, { hostId: later.hostId, subject: later.id, kind: REPORT_DUE, dueAt: later.dueAt })
}

/** Hands in a report. The newest counts; until the due day has passed it may be replaced. */
export async function handInReport(
  work: Work,
  wanted: ReportContent & { readonly projectId: string; readonly kind: ReportKind; readonly month: string | null },
): Promise<Report> {
  const { projectId, kind, month, ...content } = wanted
  const project = authorize(work, SubmitReport, await projectOf(work, projectId))
  const found = dutyFor(await lockDuties(work.sql, projectId), kind, month)
  if (found === undefined) throw problem(ReportNotDue, { kind })
  const duty = found.due === null ? await withDue(work, found) : found
  const now = await work.now(project.hostId)
  const decision = orThrow(submitReport(duty, project.state, now))
  orThrow(checkContent(content, await indicatorsOf(work, projectId)))
  await requireStoredDocuments(work, content.documentIds, project.organizationId)
  const report: Report = {
    ...content,
    id: newId('rpt'),
    version: 1,
    dutyId: duty.id,
    projectId,
    hostId: project.hostId,
    organizationId: project.organizationId,
    kind,
    isLate: decision.isLate,
    submittedBy: work.actor.id,
    submittedAt: now,
    createdAt: now,
  }
  await updateDuty(work.sql, decision.duty)
  await insertReport(work.sql, report)
  if (report.documentIds.length > 0) await shareDocuments(work, report.documentIds, report.hostId)
  await cancelDeadline(work, REPORT_DUE, duty.id)
  await record(work, {
    type: 'report.submitted',
    subject: report.id,
    hostId: project.hostId,
    at: now,
    data: { projectId, kind, ...(duty.month === null ? {} : { month: duty.month }), isLate: report.isLate },
  })
  return report
}

/** The deadline of a report: what did not come is missed. */
export async function missWhenDue(work: Work, { subject }: DueDeadline): Promise<void> {
  const duty = await lockDuty(work.sql, subject)
  if (duty === undefined || duty.state !== 'waiting' || duty.dueAt === null) return
  const now = await work.now(duty.hostId)
  if (now < duty.dueAt) return
  await updateDuty(work.sql, orThrow(missReport(duty)))
  await record(work, {
    type: 'report.missed',
    subject: duty.id,
    hostId: duty.hostId,
    at: now,
    data: { projectId: duty.projectId, kind: duty.kind },
  })
}

/**
 * On the day from which a duty counts its due day has to be known. Where the calendar is still missing this fails with
 * `calendar_year_missing` and is tried again until somebody has loaded it.
 */
export async function resolveWhenDue(work: Work, { subject }: DueDeadline): Promise<void> {
  const duty = await lockDuty(work.sql, subject)
  if (duty === undefined || duty.due !== null || duty.state !== 'waiting') return
  const due = orThrow(resolvePeriod(await calendarOf(work, duty.hostId), duty.countsFrom, duty.duePeriod))
  await setAlarm(work, await updateDuty(work.sql, { ...duty, ...dueOf({ accepted: true, value: due }) }))
}

export async function readReport(work: Work, reportId: string): Promise<Report> {
  return authorize(work, ReadReport, await findReport(work.sql, reportId))
}

/** The reports that the actor may read, newest first. */
export async function readReports(
  work: Work,
  filter: Pick<DeliveryFilter, 'projectId'> & { readonly kind?: ReportKind | undefined },
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Report>> {
  authorize(work, ListReports, {})
  const scope = partyScope(work.actor)
  return scope === undefined ? NOTHING : listReports(work.sql, { ...filter, ...scope }, limit, after)
}

/** The duties that the actor may read, newest first. */
export async function readReportDuties(
  work: Work,
  filter: Parameters<typeof listDuties>[1],
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<ReportDuty>> {
  authorize(work, ListReportDuties, {})
  const scope = partyScope(work.actor)
  return scope === undefined ? NOTHING : listDuties(work.sql, { ...filter, ...scope }, limit, after)
}

/** The milestones that the actor may read, newest first. */
export async function readMilestones(
  work: Work,
  filter: Pick<DeliveryFilter, 'projectId'>,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Milestone>> {
  authorize(work, ListMilestones, {})
  const scope = partyScope(work.actor)
  return scope === undefined ? NOTHING : listMilestones(work.sql, { ...filter, ...scope }, limit, after)
}

/** For later modules: the newest report of a kind, or undefined. Asks no permission. */
export async function latestReport(work: Work, projectId: string, kind: ReportKind): Promise<Report | undefined> {
  return findLatestReport(work.sql, projectId, kind)
}

/** For later modules: everything the project has to report, in the order of the days. Asks no permission. */
export async function reportDuties(work: Work, projectId: string): Promise<ReportDuty[]> {
  return findDuties(work.sql, projectId)
}

const NOTHING = { items: [], next: null }

async function withDue(work: Work, duty: ReportDuty): Promise<ReportDuty> {
  return { ...duty, ...dueOf(resolvePeriod(await calendarOf(work, duty.hostId), duty.countsFrom, duty.duePeriod)) }
}

async function setAlarm(work: Work, { id, hostId, countsFrom, due, dueAt }: ReportDuty): Promise<void> {
  const alarm = { hostId, subject: id }
  if (dueAt === null) {
    await setDeadline(work, { ...alarm, kind: REPORT_UNRESOLVED, dueAt: endOfDay(countsFrom) })
  } else {
    await setDeadline(work, { ...alarm, kind: REPORT_DUE, dueAt, resolved: due })
  }
}
