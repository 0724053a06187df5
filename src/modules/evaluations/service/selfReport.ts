import type { Work } from '../../../platform/work.ts'
import { latestReport, reportDuties } from '../../delivery/index.ts'
import { type Evaluation, type SelfReportStanding, selfReportStanding } from '../rules/evaluations.ts'
import type { SatisfactionCount } from '../rules/grading.ts'
import { agreedDueAt } from './postponing.ts'

export interface SelfReport {
  readonly standing: SelfReportStanding
  readonly reportId: string | null
  /** The first moment at which the report is late; null where none is owed or the day is not resolved yet. */
  readonly dueAt: Date | null
  /** What the agency counted. */
  readonly satisfaction: SatisfactionCount | null
}

const REPORT_KINDS = { mid: 'mid_self_assessment', final: 'closing' } as const

/**
 * How the agency's report for an evaluation stands now. A re-evaluation needs no further self-assessment: the report on
 * the rectification, which could only be handed in in time, stands for it.
 */
export async function selfReportOf(
  work: Work,
  { projectId, kind, rectificationId }: Pick<Evaluation, 'projectId' | 'kind' | 'rectificationId'>,
): Promise<SelfReport> {
  const report = await latestReport(work, projectId, REPORT_KINDS[kind])
  const duty = (await reportDuties(work, projectId)).find((owed) => owed.kind === REPORT_KINDS[kind])
  const ownDueAt = duty?.dueAt ?? null
  const dueAt = kind === 'mid' ? await agreedDueAt(work, projectId, ownDueAt) : ownDueAt
  return {
    standing: rectificationId === null ? selfReportStanding(report?.submittedAt ?? null, dueAt) : 'on_time',
    reportId: report?.id ?? null,
    dueAt,
    satisfaction: report?.satisfaction ?? null,
  }
}
