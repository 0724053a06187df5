import type { FastifyInstance } from 'fastify'
import { CalendarYearMissing } from '../../../kernel/workdays.ts'
import { commandRoute, listRoute, readRoute } from '../../../platform/http/route.ts'
import { NotFound } from '../../../platform/problems.ts'
import { DocumentNotUsable } from '../../documents/index.ts'
import { AppealObjection, FileObjection, ListObjections, ReadObjection, WithdrawObjection } from '../policy.ts'
import {
  AppealExists,
  AppealNotOpen,
  AppealNotProvided,
  EvidenceNamesFiler,
  NoticeSuperseded,
  NoticeWithdrawn,
  ObjectionExists,
  ObjectionFilerMissing,
  ObjectionFromHost,
  ObjectionNotInState,
  ObjectionNoticeDiffers,
  ObjectionRepeated,
  ObjectionTakenBack,
  ObjectionTargetEnded,
  ObjectionTargetUnknown,
  ObjectionToOwnAward,
} from '../problems.ts'
import {
  NewObjection,
  NewReview,
  ObjectionBody,
  ObjectionFilterQuery,
  ObjectionParams,
  ObjectionWithdrawal,
} from '../schemas.ts'
import { takeInObjection, takeInReview } from '../service/filing.ts'
import { takeBackObjection } from '../service/handling.ts'
import { readObjection, readObjections } from '../service/reading.ts'
import { present } from './present.ts'

const tag = 'Objections'

export function objectionRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/objections',
    operationId: 'fileObjection',
    summary: 'Object to an announced result',
    tag,
    description:
      'Every filing is kept and answered with 201; its `state` says what became of it. `filed`: in time and named; the award is suspended, the others go on (S34). `rejected_as_late`: after the window, be it by a second; `decisionReasons` says why. `logged`: anonymous, a lead without an answer (S9). In a round of procurement by law it is a query (质疑), in time until the policy’s days after the notice.',
    allow: FileObjection,
    body: NewObjection,
    status: 201,
    answer: ObjectionBody,
    problems: [
      ObjectionTargetUnknown,
      ObjectionFilerMissing,
      ObjectionToOwnAward,
      ObjectionFromHost,
      ObjectionNoticeDiffers,
      ObjectionExists,
      ObjectionTakenBack,
      ObjectionRepeated,
      ObjectionTargetEnded,
      EvidenceNamesFiler,
      DocumentNotUsable,
      NoticeWithdrawn,
      NoticeSuperseded,
      CalendarYearMissing,
      NotFound,
    ],
    location: (objection) => `/objections/${objection.id}`,
    run: (work, { body }) => takeInObjection(work, body),
    present,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/objections/:objectionId/appeal',
    operationId: 'appealObjection',
    summary: 'Ask for a review of the answer',
    tag,
    description:
      'By the filer, once: an appeal where the policy has one, in procurement by law a complaint (投诉) to the organization that the policy names. It is an objection of its own with `appealsId`; late ones are kept as `rejected_as_late`.',
    allow: AppealObjection,
    params: ObjectionParams,
    body: NewReview,
    ifMatch: true,
    status: 201,
    answer: ObjectionBody,
    problems: [AppealNotProvided, AppealNotOpen, AppealExists, DocumentNotUsable, CalendarYearMissing],
    location: (objection) => `/objections/${objection.id}`,
    run: (work, { params, body }) => takeInReview(work, params.objectionId, body),
    present,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/objections/:objectionId/withdrawal',
    operationId: 'withdrawObjection',
    summary: 'Take an open objection back',
    tag,
    description: 'By the filer, until it is decided. The award goes on unless another objection holds it.',
    allow: WithdrawObjection,
    params: ObjectionParams,
    body: ObjectionWithdrawal,
    ifMatch: true,
    status: 200,
    answer: ObjectionBody,
    problems: [ObjectionNotInState],
    run: (work, { params, body }) => takeBackObjection(work, params.objectionId, body.reason),
    present,
  })
  readRoute(app, {
    url: '/objections/:objectionId',
    operationId: 'readObjection',
    summary: 'Read an objection',
    tag,
    description:
      'For its filer, for those who answer, review it or its answer, or audit, and once it is accepted for who holds the award, who does not learn who filed; everybody else gets 404.',
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
    description:
      'Host, operator and auditor see those of their host and those they review; everybody else sees their own, and accepted ones about their awards.',
    allow: ListObjections,
    query: ObjectionFilterQuery,
    item: ObjectionBody,
    pageTitle: 'ObjectionPage',
    run: (work, { query, limit, after }) => readObjections(work, query, limit, after),
    present,
  })
}
