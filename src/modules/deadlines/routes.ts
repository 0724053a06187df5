import type { FastifyInstance } from 'fastify'
import { commandRoute, listRoute, readRoute } from '../../platform/http/route.ts'
import type { ModuleDeps } from '../../platform/module.ts'
import { NotFound } from '../../platform/problems.ts'
import { MoveClock, ReadClock, ReadDeadlines } from './policy.ts'
import { ClockMovesForwardOnly, NoHost, SandboxOnly } from './problems.ts'
import type { Deadline, HostClock } from './rules.ts'
import { ClockAdvance, ClockBody, ClockQuery, DeadlineBody, DeadlineFilters } from './schemas.ts'
import { advanceClock, readClock, readDeadlines } from './service.ts'

const tag = 'Deadlines'

export function deadlineRoutes(app: FastifyInstance, { sandbox }: ModuleDeps): void {
  listRoute(app, {
    url: '/deadlines',
    operationId: 'listDeadlines',
    summary: 'List deadlines, soonest first',
    tag,
    description:
      'What happens by itself in the rounds of your host, with how each date was derived. A deadline counts by the clock whether or not the worker has come to it.',
    allow: ReadDeadlines,
    query: DeadlineFilters,
    item: DeadlineBody,
    pageTitle: 'DeadlinePage',
    sortedBy: 'dueAt',
    run: (work, { query: { dueBefore, ...filter }, limit, after }) =>
      readDeadlines(
        work,
        { ...filter, ...(dueBefore === undefined ? {} : { dueBefore: new Date(dueBefore) }) },
        limit,
        after,
      ),
    present,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/sandbox/clock',
    operationId: 'advanceSandboxClock',
    summary: 'Move the test clock of a host',
    tag,
    description:
      'Sandbox mode only. Freezes the host’s clock at a moment; everything of that host is then decided by it, and what has come due is done by the worker. Forward only, except that a new host without deadlines may begin at any moment. Read the clock until `pendingDeadlines` is 0.',
    allow: MoveClock,
    body: ClockAdvance,
    status: 200,
    answer: ClockBody,
    problems: [NotFound, SandboxOnly, ClockMovesForwardOnly, NoHost],
    run: (work, { body }) => advanceClock(work, { sandbox, hostId: body.hostId, advanceTo: new Date(body.advanceTo) }),
    present: presentClock,
  })
  readRoute(app, {
    url: '/sandbox/clock',
    operationId: 'readSandboxClock',
    summary: 'Read the clock of a host',
    tag,
    description: 'Sandbox mode only. What time it is for the host, and how many deadlines wait for the worker.',
    allow: ReadClock,
    query: ClockQuery,
    answer: ClockBody,
    problems: [NotFound, SandboxOnly],
    run: (work, { query }) => readClock(work, sandbox, query.hostId),
    present: presentClock,
  })
}

function present({ version: _version, retryAt: _retryAt, ...deadline }: Deadline) {
  return {
    ...deadline,
    dueAt: deadline.dueAt.toISOString(),
    doneAt: deadline.doneAt?.toISOString() ?? null,
    createdAt: deadline.createdAt.toISOString(),
  }
}

function presentClock(clock: HostClock) {
  return { ...clock, now: clock.now.toISOString() }
}
