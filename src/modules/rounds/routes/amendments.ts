import type { FastifyInstance } from 'fastify'
import type { Static } from 'typebox'
import { fenOf } from '../../../kernel/money.ts'
import { sentence } from '../../../kernel/problem.ts'
import { CalendarYearMissing } from '../../../kernel/workdays.ts'
import { commandRoute, listRoute, readRoute } from '../../../platform/http/route.ts'
import type { ModuleDeps } from '../../../platform/module.ts'
import type { Amendment } from '../compiler/amend.ts'
import { AmendRound, CheckRound, ReadRound } from '../policy.ts'
import {
  AmendmentConfirmByUnfit,
  AmendmentEmpty,
  AmendmentFlawed,
  AmendmentFrozen,
  AmendmentTooLate,
  AmendmentTooSudden,
  RoundNotInState,
} from '../problems.ts'
import type { PolicyVersion } from '../rules.ts'
import { AmendmentBody, AmendmentParams, RoundAmendment, RoundCheck, RoundParams } from '../schemas.ts'
import { amendRound, readAmendment, readAmendments } from '../service/amending.ts'
import { checkRound } from '../service/compiling.ts'

const tag = 'Rounds'

export function amendmentRoutes(app: FastifyInstance, deps: Pick<ModuleDeps, 'sealing'>): void {
  commandRoute(app, {
    method: 'POST',
    url: '/rounds/:roundId/check',
    operationId: 'checkRound',
    summary: 'Check a round as its publication would',
    tag,
    description:
      'Compares policy, pools, timetable, needs, sealing and roles and tells every finding at once; nothing changes. The publication refuses what is an `error` here (docs/guide/rounds.md lists all codes).',
    allow: CheckRound,
    params: RoundParams,
    status: 200,
    answer: RoundCheck,
    run: (work, { params }) => checkRound(work, deps, params.roundId),
    present: ({ isPublishable, findings }, language) => ({
      isPublishable,
      findings: findings.map(({ definition: { code, severity, detail }, pointer, parameters }) => ({
        code,
        pointer,
        detail: sentence(detail[language], parameters),
        severity,
      })),
    }),
  })
  commandRoute(app, {
    method: 'POST',
    url: '/rounds/:roundId/amendments',
    operationId: 'amendRound',
    summary: 'Amend a published round',
    tag,
    description:
      'Before the closing, as a new version of the policy that everybody may read. The amended round is checked as at its publication. Sealing rules and needs stay, pools only grow; bidders keep time to react. Where the confirmation is required, bids that are in already lapse at the opening unless they are confirmed again.',
    allow: AmendRound,
    params: RoundParams,
    body: AmendmentBody,
    ifMatch: true,
    status: 201,
    answer: RoundAmendment,
    problems: [
      RoundNotInState,
      AmendmentTooLate,
      AmendmentFrozen,
      AmendmentEmpty,
      AmendmentTooSudden,
      AmendmentConfirmByUnfit,
      AmendmentFlawed,
      CalendarYearMissing,
    ],
    run: (work, { params, body }) => amendRound(work, deps, params.roundId, amendmentFrom(body)),
    present: ({ announced }) => toBody(announced),
    location: ({ announced }) => `/rounds/${announced.roundId}/amendments/${announced.version}`,
  })
  listRoute(app, {
    url: '/rounds/:roundId/amendments',
    operationId: 'listRoundAmendments',
    summary: 'List the amendments of a round, newest first',
    tag,
    allow: ReadRound,
    params: RoundParams,
    item: RoundAmendment,
    pageTitle: 'RoundAmendmentPage',
    run: (work, { params, limit, after }) => readAmendments(work, params.roundId, limit, after),
    present: toBody,
  })
  readRoute(app, {
    url: '/rounds/:roundId/amendments/:policyVersion',
    operationId: 'readRoundAmendment',
    summary: 'Read a version of the call',
    tag,
    description:
      'Version 1 is the call as it was published: it has no reason and changed nothing. Each later version is an amendment.',
    allow: ReadRound,
    params: AmendmentParams,
    answer: RoundAmendment,
    run: (work, { params }) => readAmendment(work, params.roundId, params.policyVersion),
    present: toBody,
  })
}

function amendmentFrom({
  reason,
  policy = {},
  timetable,
  pools = [],
  confirmation,
  confirmBy,
}: Static<typeof AmendmentBody>): Amendment {
  return {
    reason,
    policy,
    timetable:
      timetable === undefined
        ? null
        : { ...timetable, opensAt: new Date(timetable.opensAt), closesAt: new Date(timetable.closesAt) },
    pools: pools.map(({ position, size }) => ({ position, sizeFen: fenOf(size) })),
    confirmation,
    confirmBy: confirmBy === undefined ? null : new Date(confirmBy),
  }
}

function toBody(announced: PolicyVersion): Static<typeof RoundAmendment> {
  const { roundId, version, reason, confirmation, confirmBy, changed, policy, publishedAt } = announced
  return {
    roundId,
    policyVersion: version,
    reason,
    confirmation,
    confirmBy: confirmBy?.toISOString() ?? null,
    changed: [...changed],
    policy,
    timetable: {
      opensAt: announced.opensAt.toISOString(),
      closesAt: announced.closesAt.toISOString(),
      cycleStartsOn: announced.cycleStartsOn,
      cycleEndsOn: announced.cycleEndsOn,
    },
    publishedAt: publishedAt.toISOString(),
  }
}
