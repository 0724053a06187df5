import type { FastifyInstance } from 'fastify'
import { CalendarYearMissing } from '../../kernel/workdays.ts'
import { commandRoute, listRoute, readRoute } from '../../platform/http/route.ts'
import { NotFound } from '../../platform/problems.ts'
import { AcceptObjection, DecideObjection, FileObjection, ListObjections, ReadObjection } from './policy.ts'
import {
  NoticeWithdrawn,
  ObjectionExists,
  ObjectionFilerMissing,
  ObjectionNotInState,
  ObjectionTargetUnknown,
  ObjectionToOwnAward,
} from './problems.ts'
import { type Objection, objectionActions } from './rules.ts'
import { NewObjection, ObjectionBody, ObjectionDecision, ObjectionFilterQuery, ObjectionParams } from './schemas.ts'
import { answerObjection, readObjection, readObjections, takeInObjection, takeUpObjection } from './service.ts'

const tag = 'Objections'

export function objectionRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/objections',
    operationId: 'fileObjection',
    summary: 'Object to an announced result',
    tag,
    description:
      'Every filing is kept and answered with 201; its `state` says what became of it. `filed`: in time and named; the award is suspended, the others go on (S34). `rejected_as_late`: after the window, be it by a second; `decisionReasons` says why. `logged`: anonymous, a lead without an answer (S9).',
    allow: FileObjection,
    body: NewObjection,
    status: 201,
    answer: ObjectionBody,
    problems: [
      ObjectionTargetUnknown,
      ObjectionFilerMissing,
      ObjectionToOwnAward,
      ObjectionExists,
      NoticeWithdrawn,
      CalendarYearMissing,
      NotFound,
    ],
    location: (objection) => `/objections/${objection.id}`,
    run: (work, { body }) => takeInObjection(work, body),
    present,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/objections/:objectionId/acceptance',
    operationId: 'acceptObjection',
    summary: 'Take up a filed objection',
    tag,
    description: '受理: state `filed` becomes `accepted`. The day of answer counts from the filing, not from here.',
    allow: AcceptObjection,
    params: ObjectionParams,
    ifMatch: true,
    status: 200,
    answer: ObjectionBody,
    problems: [ObjectionNotInState],
    run: (work, { params }) => takeUpObjection(work, params.objectionId),
    present,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/objections/:objectionId/decision',
    operationId: 'decideObjection',
    summary: 'Uphold or dismiss an accepted objection',
    tag,
    description:
      'Dismissed: the award goes on unless another objection holds it. Upheld: the award is cancelled, its money returns to the pools, and the next ranked bid at or above the pass line is proposed (`successorAwardId`); it needs a notice of its own (process.md 6.3). An upheld objection to an evaluation result changes no money; the evaluation is made again.',
    allow: DecideObjection,
    params: ObjectionParams,
    body: ObjectionDecision,
    ifMatch: true,
    status: 200,
    answer: ObjectionBody,
    problems: [ObjectionNotInState],
    run: (work, { params, body }) => answerObjection(work, params.objectionId, body),
    present,
  })
  readRoute(app, {
    url: '/objections/:objectionId',
    operationId: 'readObjection',
    summary: 'Read an objection',
    tag,
    description: 'For its filer and for the host’s staff; everybody else gets 404.',
    allow: ReadObjection,
    params: ObjectionParams,
    answer: ObjectionBody,
    run: (work, { params }) => readObjection(work, params.objectionId),
    present,
  })
  listRoute(app, {
    url: '/objections',
    operationId: 'listObjections',
    summary: 'List objections, newest first',
    tag,
    description: 'Host, operator and auditor see those of their host; everybody else sees their own.',
    allow: ListObjections,
    query: ObjectionFilterQuery,
    item: ObjectionBody,
    pageTitle: 'ObjectionPage',
    run: (work, { query, limit, after }) => readObjections(work, query, limit, after),
    present,
  })
}

function present({ version: _version, overdueAt, ...objection }: Objection) {
  return {
    ...objection,
    filedAt: objection.filedAt.toISOString(),
    isOverdue: overdueAt !== null,
    acceptedAt: objection.acceptedAt?.toISOString() ?? null,
    decidedAt: objection.decidedAt?.toISOString() ?? null,
    actions: objectionActions(objection.state),
    createdAt: objection.createdAt.toISOString(),
  }
}
