import type { FastifyInstance } from 'fastify'
import type { Static } from 'typebox'
import { fenOf, money } from '../../../kernel/money.ts'
import { commandRoute, listRoute, readRoute } from '../../../platform/http/route.ts'
import type { ModuleDeps } from '../../../platform/module.ts'
import { ChangeRound, CreateRound, ListRounds, PublishRound, ReadPools, ReadRound } from '../policy.ts'
import {
  OperatorUnknown,
  PoolSizeZero,
  RoundCodeTaken,
  RoundNeedUnknown,
  RoundNotInState,
  RoundNotPublishable,
} from '../problems.ts'
import type { FundPool, Round } from '../rules.ts'
import {
  NewRoundBody,
  PoolBalances,
  RoundBody,
  RoundFilter,
  RoundParams,
  RoundPatch,
  RoundSummary,
} from '../schemas.ts'
import {
  changeRound,
  createRound,
  type NewRound,
  publishRound,
  readPools,
  readRound,
  readRounds,
} from '../service/rounds.ts'
import type { RoundWithPools } from '../service/shown.ts'

const tag = 'Rounds'

export function roundRoutes(app: FastifyInstance, deps: Pick<ModuleDeps, 'sealing'>): void {
  roundWrites(app, deps)
  readRoute(app, {
    url: '/rounds/:roundId',
    operationId: 'readRound',
    summary: 'Read a round',
    tag,
    description: 'The call with its policy, pools and timetable. Public once published; it never tells how many bid.',
    allow: ReadRound,
    params: RoundParams,
    answer: RoundBody,
    run: (work, { params }) => readRound(work, params.roundId),
    present: toBody,
  })
  listRoute(app, {
    url: '/rounds',
    operationId: 'listRounds',
    summary: 'List rounds, newest first',
    tag,
    description: 'Published rounds; people of a host also see its drafts.',
    allow: ListRounds,
    query: RoundFilter,
    item: RoundSummary,
    pageTitle: 'RoundPage',
    run: (work, { query, limit, after }) => readRounds(work, query, limit, after),
    present: toSummary,
  })
  readRoute(app, {
    url: '/rounds/:roundId/pools',
    operationId: 'readRoundPools',
    summary: 'Read what the pools still hold',
    tag,
    description: 'Size, allocated and available money of each pool, in the order of their positions.',
    allow: ReadPools,
    params: RoundParams,
    answer: PoolBalances,
    run: (work, { params }) => readPools(work, params.roundId),
    present: (pools) => ({
      items: pools.map((pool) => ({
        ...poolBody(pool),
        allocated: money(pool.allocatedFen),
        available: money(pool.sizeFen - pool.allocatedFen),
      })),
    }),
  })
}

function roundWrites(app: FastifyInstance, deps: Pick<ModuleDeps, 'sealing'>): void {
  commandRoute(app, {
    method: 'POST',
    url: '/rounds',
    operationId: 'createRound',
    summary: 'Draft a round',
    tag,
    description:
      'Drafts a round of the caller’s host with needs, pools, timetable and policy. Policy fields that are left out take the default (process.md section 7). Nothing is checked as a whole before publication.',
    allow: CreateRound,
    body: NewRoundBody,
    status: 201,
    answer: RoundBody,
    problems: [RoundCodeTaken, RoundNeedUnknown, OperatorUnknown, PoolSizeZero],
    location: (created) => `/rounds/${created.id}`,
    run: (work, { body }) =>
      createRound(work, {
        procurementMode: 'grant',
        operatorId: null,
        policy: {},
        ...fromBody(body),
        pools: poolsFrom(body.pools),
      }),
    present: toBody,
  })
  commandRoute(app, {
    method: 'PATCH',
    url: '/rounds/:roundId',
    operationId: 'changeRound',
    summary: 'Change a draft round',
    tag,
    description:
      'Only while the round is a draft. Lists (`needIds`, `pools`) are replaced as a whole; top-level policy fields replace those of the draft.',
    allow: ChangeRound,
    params: RoundParams,
    body: RoundPatch,
    ifMatch: true,
    status: 200,
    answer: RoundBody,
    problems: [RoundNotInState, RoundCodeTaken, RoundNeedUnknown, OperatorUnknown, PoolSizeZero],
    run: (work, { params, body }) =>
      changeRound(work, params.roundId, {
        ...fromBody(body),
        ...(body.pools === undefined ? {} : { pools: poolsFrom(body.pools) }),
      }),
    present: toBody,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/rounds/:roundId/publication',
    operationId: 'publishRound',
    summary: 'Publish the call of a round',
    tag,
    description:
      'Checks the whole draft, tells every flaw at once (`errors`, each with pointer and code), freezes the policy and sets the deadlines of opening, closing and formal check.',
    allow: PublishRound,
    params: RoundParams,
    ifMatch: true,
    status: 200,
    answer: RoundBody,
    problems: [RoundNotInState, RoundNotPublishable],
    run: (work, { params }) => publishRound(work, deps, params.roundId),
    present: toBody,
  })
}

type Patch = Static<typeof RoundPatch>

function fromBody<Body extends Patch>({ timetable, pools: _pools, ...rest }: Body) {
  type Rest = Omit<Body, 'timetable' | 'pools'>
  type Times = Body extends { timetable: object }
    ? Pick<NewRound, TimetableField>
    : Partial<Pick<NewRound, TimetableField>>
  const times =
    timetable === undefined
      ? {}
      : { ...timetable, opensAt: new Date(timetable.opensAt), closesAt: new Date(timetable.closesAt) }
  return { ...rest, ...times } as Rest & Times
}
type TimetableField = 'opensAt' | 'closesAt' | 'cycleStartsOn' | 'cycleEndsOn'

function poolsFrom(pools: NonNullable<Patch['pools']>): NewRound['pools'] {
  return pools.map(({ size, purposes = null, fields = null, ...pool }) => ({
    ...pool,
    purposes,
    fields,
    sizeFen: fenOf(size),
  }))
}

export function toBody(found: RoundWithPools): Static<typeof RoundBody> {
  return {
    ...toSummary(found),
    policy: found.policy,
    policyVersion: found.policyVersion,
    requiredPolicyVersion: found.requiredPolicyVersion,
    confirmBy: found.confirmBy?.toISOString() ?? null,
    pools: found.pools.map(poolBody),
    formalCheckDue: found.formalCheckDue,
    cancelReason: found.cancelReason,
    actions: [...found.actions],
  }
}

function toSummary(found: Round): Static<typeof RoundSummary> {
  const { id, hostId, code, title, procurementMode, operatorId, state } = found
  return {
    id,
    hostId,
    code,
    title,
    procurementMode,
    operatorId,
    state,
    needIds: [...found.needIds],
    timetable: {
      opensAt: found.opensAt.toISOString(),
      closesAt: found.closesAt.toISOString(),
      cycleStartsOn: found.cycleStartsOn,
      cycleEndsOn: found.cycleEndsOn,
    },
    publishedAt: found.publishedAt?.toISOString() ?? null,
    openedAt: found.openedAt?.toISOString() ?? null,
    createdAt: found.createdAt.toISOString(),
  }
}

function poolBody({ id, position, source, name, sizeFen, purposes, fields }: FundPool) {
  return {
    id,
    position,
    source,
    name,
    size: money(sizeFen),
    purposes: purposes === null ? null : [...purposes],
    fields: fields === null ? null : [...fields],
  }
}
