import { randomFillSync } from 'node:crypto'
import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import Fastify, { type FastifyInstance } from 'fastify'
import type { Config } from './config.ts'
import type { Deps } from './deps.ts'
import { bidInspector } from './modules/bids/index.ts'
import { countDueAnywhere } from './modules/deadlines/index.ts'
import { authenticator, MODULES, PROBLEMS, TAGS, UNMEASURED } from './modules.ts'
import { useStrictBodies } from './platform/http/body.ts'
import { type Compiling, serializersMade } from './platform/http/compiling.ts'
import { cursorCodec } from './platform/http/cursor.ts'
import { anyone, useGuard } from './platform/http/guard.ts'
import { healthRoutes } from './platform/http/health.ts'
import { signingKeyRoutes } from './platform/http/jwks.ts'
import { methodWatch } from './platform/http/methods.ts'
import type { Metrics } from './platform/http/metrics.ts'
import { useNegotiation } from './platform/http/negotiation.ts'
import { useOpenApi, useReferencePage } from './platform/http/openapi.ts'
import {
  asProblem,
  refuseBrokenRequest,
  refuseExpectation,
  sendProblem,
  useProblemFormat,
} from './platform/http/problemJson.ts'
import { problemPage } from './platform/http/problemPage.ts'
import { useRateLimit } from './platform/http/rate.ts'
import { requestLogging, useRequestLines } from './platform/http/requestLog.ts'
import { answerSeal } from './platform/http/sealedAnswer.ts'
import { useStrictValidators } from './platform/http/validator.ts'

/** JSON bodies: 1 MB holds the longest application form many times over. */
const BODY_LIMIT_BYTES = 1_048_576

/** The HTTP application; nothing listens yet. Callable twice in one process. */
export async function buildApp(
  config: Config,
  deps: Deps,
  compiling: Compiling = 'when needed',
): Promise<FastifyInstance> {
  const headers = await securityHeaders()
  const freshRequestId = requestIds()
  const app = Fastify({
    ...requestLogging(deps.log),
    bodyLimit: BODY_LIMIT_BYTES,
    // A file of 50 MB over a line of 256 KB/s takes 200 s; slow headers are cut off much earlier.
    requestTimeout: 300_000,
    connectionTimeout: 60_000,
    keepAliveTimeout: 72_000,
    // A missing Host is refused by us, in our format.
    http: { headersTimeout: 10_000, maxHeaderSize: 16_384, requireHostHeader: false },
    routerOptions: { maxParamLength: 100, caseSensitive: true },
    genReqId: (request) => safeRequestId(request.headers['x-request-id']) ?? freshRequestId(),
    schemaController: { compilersFactory: { buildSerializer: serializersMade(compiling) } },
    trustProxy: config.trustProxy.length === 0 ? false : [...config.trustProxy],
    frameworkErrors: (error, request, reply) => {
      // No hook runs for a request that cannot even be routed.
      reply.headers(headers).header('x-request-id', request.id)
      sendProblem(asProblem(error), request as never, reply as never)
    },
    clientErrorHandler: refuseBrokenRequest,
  }) as unknown as FastifyInstance
  app.server.on('checkExpectation', refuseExpectation)
  useRequestLines(app, deps.log)
  useStrictValidators(app, compiling)
  useStrictBodies(app)
  useProblemFormat(app)
  app.decorate('edge', {
    database: deps.database,
    rings: deps.rings,
    sandbox: config.sandbox,
    cursors: cursorCodec(deps.keys.cursor),
    answers: answerSeal(deps.keys.cursor),
  })
  // Before the guard, because its refusals carry these headers too.
  await useHeaders(app, config, headers)
  const credentials = authenticator(deps, config)
  useGuard(app, credentials.read, await useRateLimit(app, config.rateLimit))
  useNegotiation(app)
  const watch = methodWatch(app)
  await useOpenApi(app, { publicUrl: config.publicUrl, tags: TAGS })
  const metrics = await metricsOf(app, config, deps)
  healthRoutes(app, deps.database)
  signingKeyRoutes(app, deps.signer)
  const { files, scanner, keys, signer, sealing } = deps
  const inspector = bidInspector(deps.database, config)
  const { sandbox, production } = config
  const moduleDeps = { files, scanner, inspector, keys, signer, sealing, credentials, sandbox, production }
  await app.register(
    async (api) => {
      for (const module of MODULES) {
        await api.register(async (scope) => {
          metrics?.leaveOut(scope, (url) => UNMEASURED.has(module) || url.startsWith(`${scope.prefix}/bids/`))
          await module.routes?.(scope, moduleDeps)
        })
      }
    },
    { prefix: '/v1' },
  )
  watch.close()
  problemPage(app, PROBLEMS)
  await useReferencePage(app)
  return app
}

/** Loaded only where it is wanted: the library takes 18 MB. */
async function metricsOf(app: FastifyInstance, config: Config, { database }: Deps): Promise<Metrics | undefined> {
  const { metricsToken: token, databasePoolSize: poolSize, sandbox } = config
  if (token === undefined) return undefined
  const { useMetrics } = await import('./platform/http/metrics.ts')
  return useMetrics(app, { token, database, poolSize, readDeadlines: () => countDueAnywhere(database.sql, sandbox) })
}

/**
 * What helmet sets on every answer. It is the same for all of them, so helmet is asked once: asked each time it took
 * 40 of the 640 µs of a read, its headers going the slow way round Fastify's own.
 */
async function securityHeaders(): Promise<Record<string, string>> {
  const probe = Fastify()
  await probe.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: true },
  })
  let set: Record<string, string> = {}
  probe.get('/', async (_request, reply) => {
    set = { ...reply.raw.getHeaders() } as Record<string, string>
    return ''
  })
  await probe.inject('/')
  await probe.close()
  return set
}

async function useHeaders(app: FastifyInstance, config: Config, headers: Record<string, string>): Promise<void> {
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(headers).header('x-request-id', request.id)
    if (request.headers.authorization !== undefined) reply.header('cache-control', 'no-store')
    done()
  })
  if (config.corsOrigins.length === 0) {
    // What is the same for every origin needs no look at the request; browsers take this answer for a refusal.
    const policy = anyone('says only that no other origin may ask')
    app.options('*', { config: { policy }, schema: { hide: true } as object }, (_request, reply) =>
      reply.code(204).send(),
    )
    return
  }
  await app.register(cors, {
    origin: [...config.corsOrigins],
    // The library allows but the simple ones.
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    // An OPTIONS without the headers of a preflight asks what is allowed, and is answered.
    strictPreflight: false,
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
}

/**
 * 96 random bits each, drawn a few hundred at a time: unique everywhere at a tenth of the time of a random UUID. A
 * counter would be cheaper still, but it would tell how many requests came between two of one's own, and in the last
 * hour before a deadline those are bids.
 */
function requestIds(): () => string {
  const bytes = Buffer.alloc(12 * 256)
  let used = bytes.length
  return () => {
    if (used === bytes.length) {
      randomFillSync(bytes)
      used = 0
    }
    used += 12
    return bytes.toString('base64url', used - 12, used)
  }
}

function safeRequestId(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && /^[A-Za-z0-9._-]{1,64}$/.test(header) ? header : undefined
}
