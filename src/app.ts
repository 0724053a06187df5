import { randomUUID } from 'node:crypto'
import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import Fastify, { type FastifyInstance } from 'fastify'
import type { Config } from './config.ts'
import type { Deps } from './deps.ts'
import { authenticator, MODULES, PROBLEMS, TAGS } from './modules.ts'
import { useStrictBodies } from './platform/http/body.ts'
import { cursorCodec } from './platform/http/cursor.ts'
import { useGuard } from './platform/http/guard.ts'
import { healthRoutes } from './platform/http/health.ts'
import { methodWatch } from './platform/http/methods.ts'
import { useOpenApi, useReferencePage } from './platform/http/openapi.ts'
import { asProblem, sendProblem, useProblemFormat } from './platform/http/problemJson.ts'
import { problemPage } from './platform/http/problemPage.ts'
import { useRateLimit } from './platform/http/rate.ts'
import { useStrictValidators } from './platform/http/validator.ts'

/** JSON bodies: 1 MB holds the longest application form many times over. */
const BODY_LIMIT_BYTES = 1_048_576

/** The HTTP application; nothing listens yet. Callable twice in one process. */
export async function buildApp(config: Config, deps: Deps): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: deps.log as never,
    bodyLimit: BODY_LIMIT_BYTES,
    // A file of 50 MB over a line of 256 KB/s takes 200 s; slow headers are cut off much earlier.
    requestTimeout: 300_000,
    connectionTimeout: 60_000,
    keepAliveTimeout: 72_000,
    http: { headersTimeout: 10_000, maxHeaderSize: 16_384 },
    routerOptions: { maxParamLength: 100, caseSensitive: true },
    genReqId: (request) => safeRequestId(request.headers['x-request-id']) ?? randomUUID(),
    trustProxy: config.trustProxy.length === 0 ? false : [...config.trustProxy],
    frameworkErrors: (error, request, reply) => {
      sendProblem(asProblem(error), request as never, reply as never)
    },
  }) as unknown as FastifyInstance
  useStrictValidators(app)
  useStrictBodies(app)
  useProblemFormat(app)
  app.decorate('edge', {
    database: deps.database,
    rings: deps.rings,
    sandbox: config.sandbox,
    cursors: cursorCodec(deps.keys.cursor),
  })
  useGuard(app, authenticator(deps, config))
  const watch = methodWatch(app)
  await useHeaders(app, config)
  await useRateLimit(app, config.rateLimit)
  await useOpenApi(app, { publicUrl: config.publicUrl, tags: TAGS })
  healthRoutes(app, deps.database)
  const moduleDeps = { files: deps.files, keys: deps.keys, sandbox: config.sandbox, production: config.production }
  await app.register(
    async (api) => {
      for (const module of MODULES) await api.register(async (scope) => module.routes?.(scope, moduleDeps))
    },
    { prefix: '/v1' },
  )
  watch.close()
  problemPage(app, PROBLEMS)
  await useReferencePage(app)
  return app
}

async function useHeaders(app: FastifyInstance, config: Config): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: true },
  })
  await app.register(cors, {
    origin: [...config.corsOrigins],
    exposedHeaders: [
      'ETag',
      'Link',
      'Location',
      'Retry-After',
      'RateLimit',
      'RateLimit-Policy',
      'Idempotent-Replayed',
      'X-Request-Id',
    ],
  })
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
    if (request.headers.authorization !== undefined) reply.header('cache-control', 'no-store')
  })
}

function safeRequestId(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && /^[A-Za-z0-9._-]{1,64}$/.test(header) ? header : undefined
}
