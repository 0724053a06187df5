import { legalDateOf } from '../../../kernel/days.ts'
import { orThrow } from '../../../kernel/decision.ts'
import { formatPoints } from '../../../kernel/points.ts'
import { authorize, expectVersion, type Work } from '../../../platform/work.ts'
import { type Notice, type NoticeItem, publishNotice } from '../../notices/index.ts'
import { banOrganization, organizationOf } from '../../organizations/index.ts'
import { holdTranche, releaseHold, triggerTranche } from '../../payments/index.ts'
import { projectOf } from '../../projects/index.ts'
import { lockRound, roundOf } from '../../rounds/index.ts'
import { AnnounceResults, PublishEvaluation } from '../policy.ts'
import { type Evaluation, latestOf, midConsequence, publish, resultsToAnnounce } from '../rules/evaluations.ts'
import { evaluationsOfProject, lockFinalsOfRound, lockStoredEvaluation, updateEvaluation } from '../store.ts'
import { recordEvaluation } from './evaluating.ts'
import { judgeRectification, rectificationsLeft, suspendProject } from './rectifying.ts'

const MID_TRIGGER = 'mid_passed'

/**
 * Publishes a scored evaluation. A passed mid-term sets its tranche off on this very day, a failed one holds it; a
 * re-evaluation also decides its rectification. A project that failed with no rectification left is suspended.
 */
export async function publishEvaluation(
  work: Work,
  evaluationId: string,
  { feedback }: { readonly feedback?: string | undefined },
): Promise<Evaluation> {
  const before = authorize(work, PublishEvaluation, await lockStoredEvaluation(work.sql, evaluationId))
  expectVersion(work, before)
  const state = orThrow(publish(before))
  const now = await work.now(before.hostId)
  const after = await updateEvaluation(work.sql, { ...before, state, publishedAt: now, feedback: feedback ?? null })
  if (after.kind === 'mid') await drawMidConsequence(work, after, now)
  if (after.kind === 'final' && after.verdict?.isFail === true) await banForFailure(work, after, now)
  await recordEvaluation(work, 'evaluation.published', after, now)
  return after
}

/** Who fails the final evaluation stays out of the host's rounds for the months of the policy. */
async function banForFailure(
  work: Work,
  { id, roundId, hostId, organizationId }: Evaluation,
  now: Date,
): Promise<void> {
  const round = await roundOf(work, roundId)
  if (round === undefined) throw new Error(`there is no round ${roundId}`)
  await banOrganization(work, {
    ...{ organizationId, hostId, cause: 'final_fail', subject: id },
    ...{ startsOn: legalDateOf(now), months: round.policy.banMonths.finalFail, reason: `末期评估 ${id} 不合格` },
  })
}

async function drawMidConsequence(work: Work, evaluation: Evaluation, now: Date): Promise<void> {
  const { projectId, rectificationId, verdict } = evaluation
  const isFail = verdict?.isFail === true
  if (rectificationId !== null) await judgeRectification(work, rectificationId, isFail ? 'fail' : 'accept', now)
  const consequence = midConsequence(isFail, await rectificationsLeft(work, evaluation))
  if (consequence === 'pay') {
    if (rectificationId !== null) await releaseHold(work, projectId, MID_TRIGGER)
    await triggerTranche(work, { projectId, trigger: MID_TRIGGER, on: legalDateOf(now) })
    return
  }
  if (rectificationId === null) await holdTranche(work, projectId, MID_TRIGGER, 'evaluation_failed')
  if (consequence === 'suspend') await suspendProject(work, projectId)
}

export interface ResultNotice {
  readonly notice: Notice
  readonly evaluationIds: readonly string[]
}

/** Announces published final results of a round by a public notice: the named ones, else all not announced before. */
export async function announceResults(
  work: Work,
  roundId: string,
  wanted: { readonly evaluationIds?: readonly string[] | undefined; readonly supersedesId?: string | undefined },
): Promise<ResultNotice> {
  const known = await roundOf(work, roundId)
  const round = authorize(work, AnnounceResults, known && (await lockRound(work, roundId)))
  const finals = await lockFinalsOfRound(work.sql, round.id)
  const results = orThrow(resultsToAnnounce(finals, wanted.evaluationIds, wanted.supersedesId))
  const items: NoticeItem[] = []
  for (const result of results) items.push(await itemOf(work, result))
  const { supersedesId } = wanted
  const notice = await publishNotice(work, { roundId: round.id, kind: 'evaluation_result', items, supersedesId })
  for (const result of results) await updateEvaluation(work.sql, { ...result, resultNoticeId: notice.id })
  return { notice, evaluationIds: results.map((result) => result.id) }
}

async function itemOf(work: Work, evaluation: Evaluation): Promise<NoticeItem> {
  const project = await projectOf(work, evaluation.projectId)
  const organization = await organizationOf(work, evaluation.organizationId)
  const { verdict, totalHundredths } = evaluation
  if (project === undefined || organization === undefined || verdict === null || totalHundredths === null)
    throw new Error(`the evaluation ${evaluation.id} has lost its project, agency or result`)
  const group = project.sponsoredGroupId === null ? undefined : await organizationOf(work, project.sponsoredGroupId)
  return {
    subject: evaluation.id,
    projectId: project.id,
    projectTitle: project.title,
    organizationId: organization.id,
    organizationName: organization.name,
    ...(group === undefined ? {} : { sponsoredGroupName: group.name }),
    total: formatPoints(totalHundredths),
    grade: verdict.result,
  }
}

/** For later modules: the published final evaluation of a project, or undefined. Asks no permission. */
export async function finalEvaluationOf(work: Work, projectId: string): Promise<Evaluation | undefined> {
  const final = latestOf(await evaluationsOfProject(work.sql, projectId), 'final')
  return final?.state === 'published' ? final : undefined
}
