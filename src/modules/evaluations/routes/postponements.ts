import type { FastifyInstance } from 'fastify'
import { commandRoute, listRoute } from '../../../platform/http/route.ts'
import { GrantPostponement, ListPostponements } from '../policy.ts'
import { PostponementBeyondRules, PostponementNotInPolicy, PostponementTooLate } from '../problems.ts'
import type { Postponement } from '../rules/postponements.ts'
import { NewPostponement, PostponementBody, PostponementFilterQuery } from '../schemas.ts'
import { grantPostponement, readPostponements } from '../service/postponing.ts'

const tag = 'Evaluations'

export function postponementRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/postponements',
    operationId: 'grantPostponement',
    summary: 'Agree to wait for the mid-term material of a project',
    tag,
    description:
      'Before the present day has passed, as often and as far as `mid.postponement` of the policy says. What comes by the agreed day is on time.',
    allow: GrantPostponement,
    body: NewPostponement,
    status: 201,
    answer: PostponementBody,
    problems: [PostponementNotInPolicy, PostponementTooLate, PostponementBeyondRules],
    location: ({ projectId }) => `/postponements?projectId=${projectId}`,
    run: (work, { body }) => grantPostponement(work, body),
    present,
  })
  listRoute(app, {
    url: '/postponements',
    operationId: 'listPostponements',
    summary: 'List postponements, newest first',
    tag,
    description: 'Those of the own host for its side, those of the own projects for an agency.',
    allow: ListPostponements,
    query: PostponementFilterQuery,
    item: PostponementBody,
    pageTitle: 'PostponementPage',
    run: (work, { query, limit, after }) => readPostponements(work, query, limit, after),
    present,
  })
}

function present({ dueAt, grantedAt, ...postponement }: Postponement) {
  return { ...postponement, dueAt: dueAt.toISOString(), grantedAt: grantedAt.toISOString() }
}
