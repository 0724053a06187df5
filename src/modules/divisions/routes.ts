import type { FastifyInstance } from 'fastify'
import { money } from '../../kernel/money.ts'
import { commandRoute, listRoute, readRoute } from '../../platform/http/route.ts'
import { KeepDivisions, ReadDivision } from './policy.ts'
import { CommunityFiguresUnexpected, CommunityKindWrong, DivisionCodeInvalid, DivisionExists } from './problems.ts'
import { type Division, premisesOf, yearlyWorkFund } from './rules.ts'
import { DivisionBody, DivisionFilter, DivisionParams, DivisionPatch, NewDivision } from './schemas.ts'
import { changeDivision, createDivision, readDivision, readDivisions } from './service.ts'

const tag = 'Divisions'
const BLANK = { communityKind: null, households: null, premisesSquareMetres: null }

export function divisionRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/divisions',
    operationId: 'createDivision',
    summary: 'Put an administrative division on record',
    tag,
    description:
      'Level, parent and, as a rule, the kind of community follow from the 12-digit code. The division above need not be on record.',
    allow: KeepDivisions,
    body: NewDivision,
    status: 201,
    answer: DivisionBody,
    problems: [DivisionCodeInvalid, CommunityKindWrong, CommunityFiguresUnexpected, DivisionExists],
    location: (division) => `/divisions/${division.code}`,
    run: (work, { body }) => createDivision(work, { ...BLANK, ...body }),
    present,
  })
  commandRoute(app, {
    method: 'PATCH',
    url: '/divisions/:code',
    operationId: 'changeDivision',
    summary: 'Change a division',
    tag,
    description: 'Merge patch: what is absent stays, null clears. Code and kind of community never change.',
    allow: KeepDivisions,
    params: DivisionParams,
    body: DivisionPatch,
    ifMatch: true,
    status: 200,
    answer: DivisionBody,
    problems: [CommunityFiguresUnexpected],
    run: (work, { params, body }) => changeDivision(work, params.code, body),
    present,
  })
  readRoute(app, {
    url: '/divisions/:code',
    operationId: 'readDivision',
    summary: 'Read a division',
    tag,
    description:
      'Communities show whether their premises meet the standard (D0-11, D0-12) and their work fund (D4-05).',
    allow: ReadDivision,
    params: DivisionParams,
    answer: DivisionBody,
    run: (work, { params }) => readDivision(work, params.code),
    present,
  })
  listRoute(app, {
    url: '/divisions',
    operationId: 'listDivisions',
    summary: 'List divisions in the order of their codes',
    tag,
    allow: ReadDivision,
    query: DivisionFilter,
    item: DivisionBody,
    pageTitle: 'DivisionPage',
    sortedBy: 'code',
    run: (work, { query, limit, after }) => readDivisions(work, query, limit, after),
    present,
  })
}

function present(division: Division) {
  const { version: _version, premisesSquareMetres: _premises, ...shown } = division
  const fundFen = yearlyWorkFund(division)
  return {
    ...shown,
    premises: premisesOf(division),
    yearlyWorkFund: fundFen === null ? null : money(fundFen),
    createdAt: division.createdAt.toISOString(),
  }
}
