import type { FastifyInstance } from 'fastify'
import { CalendarYearMissing } from '../../../kernel/workdays.ts'
import { commandRoute } from '../../../platform/http/route.ts'
import { DocumentNotUsable } from '../../documents/index.ts'
import {
  AcceptObjection,
  AskCooperation,
  DecideObjection,
  PauseObjection,
  RejectObjection,
  ResumeObjection,
  StateOnObjection,
} from '../policy.ts'
import {
  AnswerOverdue,
  CooperationNotPossible,
  ObjectionNotInState,
  PauseUsedUp,
  StatementNotPossible,
} from '../problems.ts'
import {
  NewCooperationRequest,
  NewPause,
  NewStatement,
  ObjectionBody,
  ObjectionDecision,
  ObjectionParams,
  ObjectionRejection,
} from '../schemas.ts'
import {
  answerObjection,
  askCooperation,
  giveStatement,
  takeUpObjection,
  turnAwayObjection,
} from '../service/handling.ts'
import { startClock, stopClock } from '../service/pausing.ts'
import { present } from './present.ts'

const onObjection = {
  method: 'POST',
  tag: 'Objections',
  params: ObjectionParams,
  ifMatch: true,
  status: 200,
  answer: ObjectionBody,
  present,
} as const

export function handlingRoutes(app: FastifyInstance): void {
  admissibilityRoutes(app)
  hearingRoutes(app)
  commandRoute(app, {
    ...onObjection,
    url: '/objections/:objectionId/decision',
    operationId: 'decideObjection',
    summary: 'Uphold or dismiss an accepted objection',
    description:
      'Dismissed, or upheld in part: the award goes on unless another objection holds it. Upheld: the award is cancelled, its money returns to the pools, and the next ranked bid at or above the pass line is proposed (`successorAwardId`) unless the policy re-opens the need; it needs a notice of its own (process.md 6.3). An upheld objection to an evaluation result changes no money; the evaluation is made again.',
    allow: DecideObjection,
    body: ObjectionDecision,
    problems: [ObjectionNotInState],
    run: (work, { params, body }) => answerObjection(work, params.objectionId, body),
  })
}

function admissibilityRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    ...onObjection,
    url: '/objections/:objectionId/acceptance',
    operationId: 'acceptObjection',
    summary: 'Admit a filed objection',
    description:
      '受理: state `filed` becomes `accepted`, and who holds the award may read it and give a statement. The day of answer counts from the filing, not from here.',
    allow: AcceptObjection,
    problems: [ObjectionNotInState],
    run: (work, { params }) => takeUpObjection(work, params.objectionId),
  })
  commandRoute(app, {
    ...onObjection,
    url: '/objections/:objectionId/rejection',
    operationId: 'rejectObjection',
    summary: 'Find a filed objection inadmissible',
    description: '不予受理, for a coded reason and in words. The award goes on unless another objection holds it.',
    allow: RejectObjection,
    body: ObjectionRejection,
    problems: [ObjectionNotInState],
    run: (work, { params, body }) => turnAwayObjection(work, params.objectionId, body),
  })
}

function hearingRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    ...onObjection,
    url: '/objections/:objectionId/pause',
    operationId: 'pauseObjection',
    summary: 'Stop the clock of the answer',
    description:
      'For an investigation or a hearing. The working days that are left after this day are kept; refused once the day of answer has passed. All pauses together last `objection.pauseMax` at most, where the policy has it; then the clock runs again by itself.',
    allow: PauseObjection,
    body: NewPause,
    problems: [ObjectionNotInState, AnswerOverdue, PauseUsedUp, CalendarYearMissing],
    run: (work, { params, body }) => stopClock(work, params.objectionId, body),
  })
  commandRoute(app, {
    ...onObjection,
    url: '/objections/:objectionId/resumption',
    operationId: 'resumeObjection',
    summary: 'Let the clock of the answer run again',
    description:
      'The days that were left, of the answer and of a statement that is awaited, are counted from today, which is not one of them.',
    allow: ResumeObjection,
    problems: [ObjectionNotInState, CalendarYearMissing],
    run: (work, { params }) => startClock(work, params.objectionId),
  })
  commandRoute(app, {
    ...onObjection,
    url: '/objections/:objectionId/cooperation-request',
    operationId: 'requestCooperation',
    summary: 'Ask the awarded organization for a statement',
    description:
      'Once, with a day from the policy; while the clock of the answer stands still, so does this one. Whether silence counts as upholding the objection is the policy’s to say (S34).',
    allow: AskCooperation,
    body: NewCooperationRequest,
    problems: [CooperationNotPossible, CalendarYearMissing],
    run: (work, { params, body }) => askCooperation(work, params.objectionId, body.request),
  })
  commandRoute(app, {
    ...onObjection,
    url: '/objections/:objectionId/statement',
    operationId: 'giveObjectionStatement',
    summary: 'State one’s view of an objection to one’s award',
    description: 'By who holds the award, once, asked for or not, until the decision.',
    allow: StateOnObjection,
    body: NewStatement,
    problems: [StatementNotPossible, DocumentNotUsable],
    run: (work, { params, body }) => giveStatement(work, params.objectionId, body),
  })
}
