import type { FastifyInstance } from 'fastify'
import { CalendarYearMissing } from '../../kernel/workdays.ts'
import { commandRoute, listRoute, readRoute } from '../../platform/http/route.ts'
import { BidderBarred } from '../awards/index.ts'
import { CreateAgreement, ListAgreements, ReadAgreement, SignAgreement, TerminateAgreement } from './policy.ts'
import {
  AgreementExists,
  AgreementNotInState,
  AgreementPeriodInvalid,
  AwardNotConfirmed,
  PartyHasSigned,
  PartyNotExpected,
  QueryWindowOpen,
  RemedyOpen,
  SignatureDayInvalid,
} from './problems.ts'
import {
  AgreementBody,
  AgreementFilter,
  AgreementParams,
  NewAgreement,
  NewSignature,
  NewTermination,
  presentAgreement,
} from './schemas.ts'
import { createAgreement, readAgreement, readAgreements, signAgreement, terminateAgreement } from './service.ts'

const tag = 'Agreements'

export function agreementRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/agreements',
    operationId: 'createAgreement',
    summary: 'Draw up an agreement',
    description:
      'For a `confirmed` award, once. The agreement binds when all parties have signed; until then nothing is paid.',
    tag,
    allow: CreateAgreement,
    body: NewAgreement,
    idempotencyKey: 'required',
    status: 201,
    answer: AgreementBody,
    problems: [AwardNotConfirmed, AgreementExists, AgreementPeriodInvalid],
    location: (agreement) => `/agreements/${agreement.id}`,
    run: (work, { body }) => createAgreement(work, body),
    present: presentAgreement,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/agreements/:agreementId/signatures',
    operationId: 'signAgreement',
    summary: 'Sign an agreement for one party',
    description:
      'Each party signs for itself. The last signature makes the agreement effective from the latest day of signing: tranches and reports are planned, the first tranche comes due, the project starts (process 2.2, 2.4).',
    tag,
    allow: SignAgreement,
    params: AgreementParams,
    body: NewSignature,
    ifMatch: true,
    status: 200,
    answer: AgreementBody,
    problems: [
      AgreementNotInState,
      PartyNotExpected,
      PartyHasSigned,
      SignatureDayInvalid,
      AwardNotConfirmed,
      RemedyOpen,
      QueryWindowOpen,
      BidderBarred,
      CalendarYearMissing,
    ],
    run: (work, { params, body }) =>
      signAgreement(work, params.agreementId, { party: body.party, signedOn: body.signedOn }),
    present: presentAgreement,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/agreements/:agreementId/termination',
    operationId: 'terminateAgreement',
    summary: 'Terminate an agreement',
    description:
      'By consent, for breach, force majeure or dissolution (process 2.8). An effective one: what is not paid is cancelled, the project is `terminated` and its settlement follows. One not effective yet takes its award with it.',
    tag,
    allow: TerminateAgreement,
    params: AgreementParams,
    body: NewTermination,
    ifMatch: true,
    status: 200,
    answer: AgreementBody,
    problems: [AgreementNotInState],
    run: (work, { params, body }) => terminateAgreement(work, params.agreementId, body),
    present: presentAgreement,
  })
  readRoute(app, {
    url: '/agreements/:agreementId',
    operationId: 'readAgreement',
    summary: 'Read an agreement',
    tag,
    allow: ReadAgreement,
    params: AgreementParams,
    answer: AgreementBody,
    run: (work, { params }) => readAgreement(work, params.agreementId),
    present: presentAgreement,
  })
  listRoute(app, {
    url: '/agreements',
    operationId: 'listAgreements',
    summary: 'List agreements, newest first',
    description: 'The host’s side sees those of its host, an agency its own.',
    tag,
    allow: ListAgreements,
    query: AgreementFilter,
    item: AgreementBody,
    pageTitle: 'AgreementPage',
    run: (work, { query, limit, after }) => readAgreements(work, query, limit, after),
    present: presentAgreement,
  })
}
