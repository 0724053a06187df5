import type { FastifyInstance } from 'fastify'
import { commandRoute } from '../../../platform/http/route.ts'
import { NeedBody, NeedNotInState, NeedParams, presentNeed, WithdrawNeed } from '../../needs/index.ts'
import {
  ChangeProject,
  DESIGN_PROBLEMS,
  designOf,
  ProjectBody,
  ProjectNotInState,
  ProjectParams,
  ProjectPatch,
  presentProject,
  WithdrawProject,
} from '../../projects/index.ts'
import { NeedInRound, ProjectBound } from '../problems/index.ts'
import { changeUnboundProject, withdrawUnboundProject, withdrawUncalledNeed } from '../service/binding.ts'

/** Stands here and not with needs and projects, because what a round judges stays as it was handed in. */
export function bindingRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'PATCH',
    url: '/projects/:projectId',
    operationId: 'changeProject',
    summary: 'Change a project',
    tag: 'Projects',
    description:
      'Merge patch of a draft or listed project that no bid binds. Lists replace the whole list; new indicators get new identifiers.',
    allow: ChangeProject,
    params: ProjectParams,
    body: ProjectPatch,
    ifMatch: true,
    status: 200,
    answer: ProjectBody,
    problems: [ProjectNotInState, ProjectBound, ...DESIGN_PROBLEMS],
    run: (work, { params, body }) => changeUnboundProject(work, params.projectId, designOf(body)),
    present: presentProject,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/projects/:projectId/withdrawal',
    operationId: 'withdrawProject',
    summary: 'Withdraw a project',
    tag: 'Projects',
    description:
      'The agency gives up a draft or listed project for good. One that a round judges stays until that is decided; an award for it is declined.',
    allow: WithdrawProject,
    params: ProjectParams,
    ifMatch: true,
    status: 200,
    answer: ProjectBody,
    problems: [ProjectNotInState, ProjectBound],
    run: (work, { params }) => withdrawUnboundProject(work, params.projectId),
    present: presentProject,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/needs/:needId/withdrawal',
    operationId: 'withdrawNeed',
    summary: 'Withdraw a need',
    tag: 'Needs',
    description:
      'Takes a draft, verified or published need off the list for good. One that a round calls for stays until that is decided.',
    allow: WithdrawNeed,
    params: NeedParams,
    ifMatch: true,
    status: 200,
    answer: NeedBody,
    problems: [NeedNotInState, NeedInRound],
    run: (work, { params }) => withdrawUncalledNeed(work, params.needId),
    present: presentNeed,
  })
}
