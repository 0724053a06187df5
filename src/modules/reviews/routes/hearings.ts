import type { FastifyInstance } from 'fastify'
import { commandRoute, listRoute, readRoute } from '../../../platform/http/route.ts'
import { RoundNotInState } from '../../rounds/index.ts'
import {
  AnswerQuestion,
  AskQuestion,
  ConductHearing,
  ListSessions,
  OpenSession,
  ReadHearing,
  ReadOpinion,
} from '../policy/index.ts'
import {
  CrossExaminationRequired,
  PanelBelowQuorum,
  PanelMissing,
  QuestionAnswered,
  QuestionsUnanswered,
  ReviewItemNotInState,
  ReviewItemRanked,
  ReviewSettled,
  ScoreSheetsMissing,
  SessionBidsInvalid,
  SessionNotHeld,
  VotesBelowQuorum,
} from '../problems/index.ts'
import type { ReviewOpinion, ReviewQuestion } from '../rules/session.ts'
import {
  ItemBody,
  ItemParams,
  NewAnswer,
  NewOpinion,
  NewQuestion,
  NewReopening,
  NewSession,
  NewStatement,
  OpinionBody,
  QuestionBody,
  QuestionParams,
  SessionBody,
} from '../schemas/sessions.ts'
import { RoundParams } from '../schemas/words.ts'
import {
  answerQuestion,
  askQuestion,
  beginScoring,
  crossExamine,
  type HearingRecord,
  hearStatement,
  publishPanelOpinion,
  readHearing,
  readOpinion,
  reopenScoring,
} from '../service/hearings.ts'
import { type Offered, offerHearing } from '../service/offers.ts'
import { openSession, readSessions, type SessionWithItems } from '../service/sessions.ts'

const tag = 'Reviews'
const STEP = [RoundNotInState, PanelMissing, ReviewSettled, ReviewItemNotInState]

export function hearingRoutes(app: FastifyInstance): void {
  sessionRoutes(app)
  stageRoutes(app)
  questionRoutes(app)
  opinionRoutes(app)
}

function sessionRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/rounds/:roundId/review-sessions',
    operationId: 'openReviewSession',
    summary: 'Open a review session and call bids to it',
    tag,
    description:
      'Where the policy holds sessions (`review.session`). Each bid is called once; a round may have several sessions.',
    allow: OpenSession,
    params: RoundParams,
    body: NewSession,
    status: 201,
    answer: SessionBody,
    problems: [RoundNotInState, SessionNotHeld, PanelMissing, SessionBidsInvalid],
    location: ({ roundId }) => `/rounds/${roundId}/review-sessions`,
    run: (work, { params, body }) => openSession(work, params.roundId, { ...body, bidIds: body.bidIds ?? null }),
    present: sessionBody,
  })
  listRoute(app, {
    url: '/rounds/:roundId/review-sessions',
    operationId: 'listReviewSessions',
    summary: 'List the review sessions of a round, newest first',
    tag,
    allow: ListSessions,
    params: RoundParams,
    item: SessionBody,
    pageTitle: 'ReviewSessionPage',
    run: (work, { params, limit, after }) => readSessions(work, params.roundId, limit, after),
    present: sessionBody,
  })
}

function stageRoutes(app: FastifyInstance): void {
  readRoute(app, {
    url: '/review-items/:bidId',
    operationId: 'readReviewItem',
    summary: 'Read the hearing of a bid',
    tag,
    description:
      'Its stage, what was stated, questions and answers: for the host’s side, seated experts and the bidder. The host’s side reads all opinions with it, also those taken back.',
    allow: ReadHearing,
    params: ItemParams,
    answer: ItemBody,
    run: async (work, { params }) => offerHearing(work, await readHearing(work, params.bidId)),
    present: itemBody,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/review-items/:bidId/statement',
    operationId: 'recordStatement',
    summary: 'Record the bidder’s statement',
    tag,
    allow: ConductHearing,
    params: ItemParams,
    body: NewStatement,
    ifMatch: true,
    status: 200,
    answer: ItemBody,
    problems: STEP,
    run: async (work, { params, body }) => offerHearing(work, await hearStatement(work, params.bidId, body)),
    present: itemBody,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/review-items/:bidId/cross-examination',
    operationId: 'openCrossExamination',
    summary: 'Open the cross-examination of a bid',
    tag,
    allow: ConductHearing,
    params: ItemParams,
    ifMatch: true,
    status: 200,
    answer: ItemBody,
    problems: STEP,
    run: async (work, { params }) => offerHearing(work, await crossExamine(work, params.bidId)),
    present: itemBody,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/review-items/:bidId/scoring',
    operationId: 'openScoring',
    summary: 'Open the scoring or the vote on a bid',
    tag,
    description:
      'After the cross-examination where the policy holds one (`full`), and when every question has its answer.',
    allow: ConductHearing,
    params: ItemParams,
    ifMatch: true,
    status: 200,
    answer: ItemBody,
    problems: [...STEP, CrossExaminationRequired, QuestionsUnanswered],
    run: async (work, { params }) => offerHearing(work, await beginScoring(work, params.bidId)),
    present: itemBody,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/review-items/:bidId/reopening',
    operationId: 'reopenScoring',
    summary: 'Take an opinion back and open the scoring again',
    tag,
    description:
      'After a recusal that was found late, or an error. The opinion stays on record with the reason. A ranking is withdrawn first.',
    allow: ConductHearing,
    params: ItemParams,
    body: NewReopening,
    ifMatch: true,
    status: 200,
    answer: ItemBody,
    problems: [...STEP, ReviewItemRanked],
    run: async (work, { params, body }) => offerHearing(work, await reopenScoring(work, params.bidId, body.reason)),
    present: itemBody,
  })
}

function questionRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/review-items/:bidId/questions',
    operationId: 'askReviewQuestion',
    summary: 'Ask a question in the cross-examination',
    tag,
    allow: AskQuestion,
    params: ItemParams,
    body: NewQuestion,
    status: 201,
    answer: QuestionBody,
    problems: [RoundNotInState, ReviewSettled, ReviewItemNotInState],
    location: ({ bidId }) => `/review-items/${bidId}`,
    run: (work, { params, body }) => askQuestion(work, params.bidId, body.question),
    present: questionBody,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/review-items/:bidId/questions/:number/answer',
    operationId: 'answerReviewQuestion',
    summary: 'Answer a question, or record the answer',
    tag,
    allow: AnswerQuestion,
    params: QuestionParams,
    body: NewAnswer,
    status: 200,
    answer: QuestionBody,
    problems: [RoundNotInState, ReviewSettled, ReviewItemNotInState, QuestionAnswered],
    run: (work, { params, body }) => answerQuestion(work, params.bidId, params.number, body.answer),
    present: questionBody,
  })
}

function opinionRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/review-items/:bidId/opinion',
    operationId: 'publishReviewOpinion',
    summary: 'Publish the panel’s opinion on a bid',
    tag,
    description:
      'When all sheets are signed, or enough have voted; a vote is counted with it. The bidder reads it after the notice, the public where the policy says so.',
    allow: ConductHearing,
    params: ItemParams,
    body: NewOpinion,
    ifMatch: true,
    status: 201,
    answer: OpinionBody,
    problems: [...STEP, PanelBelowQuorum, ScoreSheetsMissing, VotesBelowQuorum],
    location: ({ bidId }) => `/review-items/${bidId}/opinion`,
    run: (work, { params, body }) => publishPanelOpinion(work, params.bidId, body.opinion),
    present: opinionBody,
  })
  readRoute(app, {
    url: '/review-items/:bidId/opinion',
    operationId: 'readReviewOpinion',
    summary: 'Read the panel’s opinion on a bid',
    tag,
    allow: ReadOpinion,
    params: ItemParams,
    answer: OpinionBody,
    run: (work, { params }) => readOpinion(work, params.bidId),
    present: opinionBody,
  })
}

function sessionBody({ hostId: _hostId, items, createdAt, ...session }: SessionWithItems) {
  return {
    ...session,
    items: items.map(({ bidId, position, state }) => ({ bidId, position, state })),
    createdAt: createdAt.toISOString(),
  }
}

function itemBody(item: Offered<HearingRecord>) {
  const { bidId, sessionId, roundId, position, state, bidderPresent, statement, statedAt, questions } = item
  return {
    ...{ bidId, sessionId, roundId, position, state, bidderPresent, statement },
    statedAt: statedAt?.toISOString() ?? null,
    questions: questions.map(questionBody),
    ...(item.opinions === undefined ? {} : { opinions: item.opinions.map(recordedOpinionBody) }),
    actions: [...item.actions],
  }
}

function questionBody({ number, question, expertId, askedAt, answer, answeredAt }: ReviewQuestion) {
  return {
    ...{ number, question, byExpert: expertId !== null, askedAt: askedAt.toISOString(), answer },
    answeredAt: answeredAt?.toISOString() ?? null,
  }
}

/** The host's side reads also why an opinion was taken back. */
function recordedOpinionBody(opinion: ReviewOpinion) {
  const { reopenedAt, reopenReason } = opinion
  return { ...opinionBody(opinion), reopenedAt: reopenedAt?.toISOString() ?? null, reopenReason }
}

function opinionBody({ bidId, number, opinion, outcome, tally, publishedAt }: ReviewOpinion) {
  return { bidId, number, opinion, outcome, tally, publishedAt: publishedAt.toISOString() }
}
