import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { problem } from '../../kernel/problem.ts'
import type { Database } from '../database/database.ts'
import { ServiceUnavailable } from '../problems.ts'
import { anyone } from './guard.ts'
import { closed } from './schemas.ts'

const Health = closed({ status: Type.String({ maxLength: 20 }) }, { title: 'Health' })

const PROBED = anyone('probes carry no credential', { isCounted: false })

/** `/health/live`: the process answers. `/health/ready`: it can do its work, that is, reach the database. */
export function healthRoutes(app: FastifyInstance, database: Database): void {
  const schema = (operationId: string, summary: string) => ({
    operationId,
    summary,
    description: summary,
    tags: ['Service'],
    response: { 200: Health },
    'x-roles': 'anyone',
    'x-problems': [],
  })
  app.get(
    '/health/live',
    {
      config: { policy: PROBED },
      schema: schema('getLiveness', 'Whether the process answers'),
    },
    async () => ({ status: 'live' }),
  )
  app.get(
    '/health/ready',
    {
      config: { policy: PROBED },
      schema: schema('getReadiness', 'Whether the service can work'),
    },
    async (request) => {
      try {
        await database.pool.query('select 1')
      } catch (error) {
        request.log.warn({ err: error }, 'not ready: the database does not answer')
        throw problem(ServiceUnavailable)
      }
      return { status: 'ready' }
    },
  )
}
