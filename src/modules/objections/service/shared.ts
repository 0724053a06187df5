import type { Action } from '../../../kernel/action.ts'
import type { ResolvedDate } from '../../../kernel/workdays.ts'
import { authorize, expectVersion, record, type Work } from '../../../platform/work.ts'
import { setDeadline } from '../../deadlines/index.ts'
import { lockNotice } from '../../notices/index.ts'
import { objectionRulesOf, type Round, roundOf } from '../../rounds/index.ts'
import { knowsSuccessor, seesAll } from '../policy.ts'
import { type Objection, overdueFrom } from '../rules/objection.ts'
import { type Details, findDetails } from '../store/details.ts'
import { findObjection, lockObjection } from '../store/objections.ts'

/** Kind of the deadline at which the answer to an objection is due. */
export const ANSWER_DUE = 'objection.answer_due'
/** Kind of the deadline at which the statement of the awarded organization is due. */
export const COOPERATION_DUE = 'objection.cooperation_due'

/** Kind of the deadline until which an upheld objection waits for an appeal of the organization whose award it ends. */
export const EFFECT_DUE = 'objection.effect_due'

/** Kind of the deadline at which the policy's time for pauses is used up. */
export const PAUSE_ENDS = 'objection.pause_ends'

/** An objection with what stands beside it, as far as its reader may see it. */
export interface ObjectionView extends Objection, Details {
  /** The reader holds the award: who filed, and the evidence, are not shown. */
  readonly isFilerHidden: boolean
}

/** The notice first, as filing does: two decisions about one award, or a decision and a filing, take turns. */
export async function lockWithNotice(work: Work, objectionId: string): Promise<Objection | undefined> {
  const found = await findObjection(work.sql, objectionId)
  if (found === undefined) return undefined
  await lockNotice(work, found.noticeId)
  return lockObjection(work.sql, objectionId)
}

/** The locked objection, once the actor may do this to it and has read its version. */
export async function openFor(work: Work, wanted: Action<Objection>, objectionId: string): Promise<Objection> {
  const objection = authorize(work, wanted, await lockWithNotice(work, objectionId))
  expectVersion(work, objection)
  return objection
}

export async function roundOfObjection(work: Work, { id, roundId }: Pick<Objection, 'id' | 'roundId'>): Promise<Round> {
  const round = await roundOf(work, roundId)
  if (round === undefined) throw new Error(`${id} has lost its round`)
  return round
}

/** By then the statement of the awarded organization is due. */
export async function setCooperationDeadline(
  work: Work,
  { id: subject, hostId }: Objection,
  due: ResolvedDate,
): Promise<void> {
  await setDeadline(work, { kind: COOPERATION_DUE, hostId, subject, dueAt: overdueFrom(due), resolved: due })
}

/** The view of the actor, whose permission has been asked before. */
export async function viewOf(work: Work, objection: Objection): Promise<ObjectionView> {
  const [view] = await viewsOf(work, [objection])
  return view as ObjectionView
}

export async function viewsOf(work: Work, objections: readonly Objection[]): Promise<ObjectionView[]> {
  if (objections.length === 0) return []
  const detailsOf = await findDetails(
    work.sql,
    objections.map(({ id }) => id),
  )
  const views: ObjectionView[] = []
  for (const objection of objections) {
    const view = { ...successorFor(work, objection), ...detailsOf(objection.id), isFilerHidden: false }
    views.push(isPartySeeingAll(work, objection) ? view : await masked(work, view))
  }
  return views
}

/** Who steps in is told by a notice of its own: until then those who answer know, and neither filer nor awarded. */
function successorFor({ actor }: Work, objection: Objection): Objection {
  return actor.kind === 'system' || knowsSuccessor(actor, objection)
    ? objection
    : { ...objection, successorAwardId: null }
}

/** An anonymous filing is shown to whoever has just sent it: it names nobody. */
function isPartySeeingAll({ actor }: Work, objection: Objection): boolean {
  return (
    actor.kind === 'system' || objection.awardedOrganizationId !== actor.organizationId || seesAll(actor, objection)
  )
}

/** For who holds the award: the evidence is never shown, the filer only where the policy says so. */
async function masked(work: Work, view: ObjectionView): Promise<ObjectionView> {
  const { filerShownToAwarded } = objectionRulesOf((await roundOfObjection(work, view)).policy.objection)
  return filerShownToAwarded
    ? { ...view, evidenceIds: [] }
    : { ...view, evidenceIds: [], filedByOrganizationId: null, isFilerHidden: true }
}

export async function recordObjection(
  work: Work,
  objection: Objection,
  type: string,
  at: Date,
  data: Record<string, unknown> = {},
): Promise<void> {
  await record(work, {
    type,
    subject: objection.id,
    hostId: objection.hostId,
    at,
    data: {
      kind: objection.kind,
      noticeId: objection.noticeId,
      roundId: objection.roundId,
      objectedTo: objection.subject,
      state: objection.state,
      ...(objection.successorAwardId === null ? {} : { successorAwardId: objection.successorAwardId }),
      ...data,
    },
  })
}
