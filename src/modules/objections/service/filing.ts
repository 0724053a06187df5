import { type Actor, ANONYMOUS } from '../../../kernel/actor.ts'
import { type LegalDate, legalDateOf } from '../../../kernel/days.ts'
import { orThrow } from '../../../kernel/decision.ts'
import { problem } from '../../../kernel/problem.ts'
import type { WorkCalendar } from '../../../kernel/workdays.ts'
import { newId } from '../../../platform/ids.ts'
import { authorize, expectVersion, type Work } from '../../../platform/work.ts'
import { type Award, awardOf, isStanding, openAwardToReviewer } from '../../awards/index.ts'
import { calendarOf } from '../../calendar/index.ts'
import { setDeadline } from '../../deadlines/index.ts'
import { requireStoredDocuments, shareDocuments } from '../../documents/index.ts'
import { currentVersionOf, lockNotice, type Notice } from '../../notices/index.ts'
import type { Round } from '../../rounds/index.ts'
import { AppealObjection, FileObjection } from '../policy.ts'
import { ObjectionTargetUnknown } from '../problems.ts'
import { fileObjection, fileReview, type NoticeFacts, queryClosesAt, type ReviewFacts } from '../rules/filing.ts'
import { type FiledObjection, type GroundCode, type Objection, overdueFrom } from '../rules/objection.ts'
import { findDetails, insertDocuments } from '../store/details.ts'
import {
  findOpenObjectionOf,
  findRepeatedObjectionOf,
  findReviewOf,
  findWithdrawnObjectionOf,
  insertObjection,
  updateAppealedTo,
} from '../store/objections.ts'
import { suspend } from './effects.ts'
import { reviewerOf, reviewRules, waitsForAppeal } from './reviewing.ts'
import { ANSWER_DUE, lockWithNotice, type ObjectionView, recordObjection, roundOfObjection, viewOf } from './shared.ts'

/** What the words of every filing are. */
export interface Words {
  readonly groundCodes?: readonly GroundCode[] | undefined
  readonly grounds: string
  readonly requestedRemedy?: string | null | undefined
  readonly evidenceIds?: readonly string[] | undefined
}

export interface ObjectionToFile extends Words {
  readonly noticeId: string
  readonly awardId?: string | undefined
  readonly evaluationId?: string | undefined
  readonly noticeDigest?: string | undefined
  readonly anonymous?: boolean | undefined
}

/**
 * Takes in whatever is filed against a notice. In time and named: the award is suspended at once, so that nobody
 * decides over an objection that nobody has read yet. Late: kept, with the reason. Anonymous: kept as a lead, and
 * neither the row nor the event tells who sent it. In a round of procurement by law it is a query.
 */
export async function takeInObjection(work: Work, wanted: ObjectionToFile): Promise<ObjectionView> {
  const notice = authorize(work, FileObjection, await lockNotice(work, wanted.noticeId))
  const round = await roundOfObjection(work, notice)
  const now = await work.now(notice.hostId)
  const subject = subjectOf(notice, wanted)
  const isAnonymous = wanted.anonymous === true
  const { organizationId } = work.actor
  const calendar = await calendarOf(work, notice.hostId)
  const { statutory, objection: rules } = round.policy
  const award = notice.kind === 'award' ? await awardOf(work, subject) : undefined
  const awardedOrganizationIds = award === undefined ? [] : awardedOrganizations(award)
  const filed = orThrow(
    fileObjection(
      {
        ...wordsOf(wanted),
        isAnonymous,
        evidenceCount: wanted.evidenceIds?.length ?? 0,
        organizationId,
        isOfHost: isOfHost(work.actor, notice.hostId),
        subject,
        noticeDigest: wanted.noticeDigest ?? null,
        awardedOrganizationIds,
        ...(await ownEarlier(work, notice.id, subject, organizationId)),
        isStanding: award === undefined || isStanding(award),
      },
      await noticeFacts(work, notice, round, calendar),
      statutory === null ? { kind: 'objection', reply: rules.reply } : { kind: 'query', reply: statutory.reply },
      calendar,
      now,
    ),
  )
  const objection = await keep(work, filed, {
    noticeId: notice.id,
    noticeDigest: notice.digest,
    roundId: notice.roundId,
    hostId: notice.hostId,
    subject,
    awardId: notice.kind === 'award' ? subject : null,
    awardedOrganizationId: awardedOrganizationIds[0] ?? null,
    appealsId: null,
    reviewedById: null,
  })
  await keepEvidence(work, objection, wanted.evidenceIds ?? [])
  const recorder = isAnonymous ? { ...work, actor: ANONYMOUS } : work
  await recordObjection(recorder, objection, EVENT_OF_FILING[filed.state], now)
  return viewOf(work, objection)
}

/**
 * The one appeal of a filer, or the complaint that follows a query: to the organization that the policy names, else to the
 * host again. In time it suspends the award where that is still possible; its decision is the last one.
 */
export async function takeInReview(work: Work, objectionId: string, wanted: Words): Promise<ObjectionView> {
  const original = authorize(work, AppealObjection, await lockWithNotice(work, objectionId))
  expectVersion(work, original)
  const round = await roundOfObjection(work, original)
  const now = await work.now(original.hostId)
  const reviewer = await reviewerOf(work, round)
  const award = original.awardId === null ? undefined : await awardOf(work, original.awardId)
  const { pauses } = (await findDetails(work.sql, [original.id]))(original.id)
  const filed = orThrow(
    fileReview(
      original,
      wordsOf(wanted),
      {
        rules: reviewRules(round, reviewer),
        earlierId: (await findReviewOf(work.sql, original.id)) ?? null,
        isStanding: award === undefined || isStanding(award),
        unpausedDue: pauses[0]?.dueBefore ?? original.answerDue,
        contest: await contestOf(work, original),
      },
      await calendarOf(work, original.hostId),
      now,
    ),
  )
  const { noticeId, noticeDigest, roundId, hostId, subject, awardId, awardedOrganizationId } = original
  const review = await keep(work, filed, {
    ...{ noticeId, noticeDigest, roundId, hostId, subject, awardId, awardedOrganizationId },
    appealsId: original.id,
    reviewedById: reviewer,
  })
  await keepEvidence(work, review, wanted.evidenceIds ?? [])
  if (reviewer !== null && review.state === 'filed') await openToReviewer(work, original, reviewer)
  await recordObjection(work, review, EVENT_OF_FILING[filed.state], now, { appealsId: original.id })
  return viewOf(work, review)
}

/** Who reviews an answer reads what was answered, the documents of both sides, and the award. */
async function openToReviewer(work: Work, { id, awardId }: Objection, reviewerId: string): Promise<void> {
  const { evidenceIds, statementDocumentIds } = (await findDetails(work.sql, [id]))(id)
  await shareDocuments(work, [...evidenceIds, ...statementDocumentIds], reviewerId, 'handlers')
  await updateAppealedTo(work.sql, id, reviewerId)
  if (awardId !== null) await openAwardToReviewer(work, awardId, reviewerId)
}

/** Whether it is the organization whose award the objection ends that has it reviewed. */
async function contestOf(work: Work, original: Objection): Promise<ReviewFacts['contest']> {
  const { id, awardedOrganizationId: organizationId } = original
  if (organizationId === null || work.actor.organizationId !== organizationId) return null
  return { organizationId, isWaiting: await waitsForAppeal(work, id) }
}

const EVENT_OF_FILING = {
  filed: 'objection.filed',
  rejected_as_late: 'objection.rejected_as_late',
  logged: 'objection.logged',
} as const

function wordsOf({ groundCodes, grounds, requestedRemedy }: Words) {
  return { groundCodes: groundCodes ?? (['other'] as const), grounds, requestedRemedy: requestedRemedy ?? null }
}

async function noticeFacts(work: Work, notice: Notice, round: Round, calendar: WorkCalendar): Promise<NoticeFacts> {
  const current = await currentVersionOf(work, notice)
  const { statutory } = round.policy
  return {
    id: notice.id,
    state: notice.state,
    digest: notice.digest,
    closesAt: statutory === null ? notice.closesAt : orThrow(queryClosesAt(calendar, lastOf(notice), statutory.query)),
    subjects: notice.snapshot.items.map((item) => item.subject),
    current: current.id === notice.id ? null : { id: current.id, versionNumber: current.versionNumber },
  }
}

function lastOf({ closesAt }: Notice): LegalDate {
  return legalDateOf(new Date(closesAt.getTime() - 1))
}

type Place = Pick<
  Objection,
  | 'noticeId'
  | 'noticeDigest'
  | 'roundId'
  | 'hostId'
  | 'subject'
  | 'awardId'
  | 'awardedOrganizationId'
  | 'appealsId'
  | 'reviewedById'
>

/** Writes the filing; in time, with its deadline and the award suspended. */
async function keep(work: Work, filed: FiledObjection, place: Place): Promise<Objection> {
  const objection = await insertObjection(work.sql, {
    ...filed,
    ...place,
    id: newId('obj'),
    appealedToId: null,
    acceptedAt: null,
    inadmissibleBecause: null,
    decidedAt: null,
    successorAwardId: null,
    overdueAt: null,
    createdAt: filed.filedAt,
  })
  if (objection.answerDue !== null) {
    await setDeadline(work, {
      kind: ANSWER_DUE,
      hostId: objection.hostId,
      subject: objection.id,
      dueAt: overdueFrom(objection.answerDue),
      resolved: objection.answerDue,
    })
    await suspend(work, objection)
  }
  return objection
}

/** The filer's own stored documents; from now on those who answer may read them. Throws `document_not_usable`. */
async function keepEvidence(work: Work, objection: Objection, documentIds: readonly string[]): Promise<void> {
  if (documentIds.length === 0) return
  await requireStoredDocuments(work, documentIds, objection.filedByOrganizationId ?? '')
  await insertDocuments(work.sql, objection.id, 'filer', documentIds)
  await shareDocuments(work, documentIds, objection.hostId, 'handlers')
  if (objection.reviewedById !== null) await shareDocuments(work, documentIds, objection.reviewedById, 'handlers')
}

/** The item that is objected to: an award on a notice of awards, an evaluation on one of results. */
function subjectOf(notice: Notice, wanted: ObjectionToFile): string {
  const [named, other] =
    notice.kind === 'award' ? (['awardId', 'evaluationId'] as const) : (['evaluationId', 'awardId'] as const)
  const subject = wanted[named]
  const surplus = wanted[other]
  if (surplus !== undefined)
    throw problem(ObjectionTargetUnknown, { noticeId: notice.id, subject: surplus }, [
      {
        pointer: `#/${other}`,
        code: 'unknown',
        detail: `A notice of kind ${notice.kind} lists items by ${named} alone.`,
      },
    ])
  if (subject !== undefined) return subject
  throw problem(ObjectionTargetUnknown, { noticeId: notice.id, subject: named }, [
    { pointer: `#/${named}`, code: 'required', detail: `A notice of kind ${notice.kind} lists items by ${named}.` },
  ])
}

/** Town, evaluator, auditor: whose key works for the host, or whose organization is the host itself. */
function isOfHost(actor: Actor, hostId: string): boolean {
  return actor.hostId === hostId || actor.organizationId === hostId
}

function awardedOrganizations(award: Award): string[] {
  return [award.organizationId, ...(award.sponsoredGroupId === null ? [] : [award.sponsoredGroupId])]
}

/** What the filer has filed against the subject before: open, or withdrawn or found repeated on this version of the notice. */
async function ownEarlier(work: Work, noticeId: string, subject: string, organizationId: string | null) {
  if (organizationId === null) return { openObjectionId: null, withdrawnObjectionId: null, repeatedObjectionId: null }
  return {
    openObjectionId: (await findOpenObjectionOf(work.sql, subject, organizationId)) ?? null,
    withdrawnObjectionId: (await findWithdrawnObjectionOf(work.sql, noticeId, subject, organizationId)) ?? null,
    repeatedObjectionId: (await findRepeatedObjectionOf(work.sql, noticeId, subject, organizationId)) ?? null,
  }
}
