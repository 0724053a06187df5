import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import type { ProblemDefinition } from '../../kernel/problem.ts'
import {
  Forbidden,
  IdempotencyInProgress,
  IdempotencyKeyInvalid,
  IdempotencyKeyRequired,
  IdempotencyKeyReused,
  InternalError,
  InvalidCursor,
  InvalidRequest,
  NotAcceptable,
  PayloadTooLarge,
  PreconditionFailed,
  PreconditionRequired,
  ServiceUnavailable,
  TooManyRequests,
  Unauthenticated,
  UnsupportedMediaType,
} from '../problems.ts'
import { anyone } from './guard.ts'
import { ProblemBody } from './schemas.ts'

type Json = Record<string, unknown>
interface OpenApiOperation extends Json {
  operationId?: string
  parameters?: Json[]
  requestBody?: Json
  responses: Record<string, Json>
}

/**
 * The document is generated from the very schemas that validate and serialize, then completed here: error answers with
 * their codes, headers, security and named components. `npm run openapi` writes it to openapi/openapi.json.
 */
export async function useOpenApi(
  app: FastifyInstance,
  options: { publicUrl: string | undefined; tags: readonly { name: string; description: string }[] },
): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Sandan 三单 API',
        version: '1.0.0',
        description:
          'The back end of 公益创投: needs, projects and resources; rounds, bids and reviews; awards, agreements, payments and closeout.',
        contact: { name: 'Sandan', url: 'https://sandan.example/contact', email: 'api@sandan.example' },
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } as never,
      },
      servers: [{ url: options.publicUrl ?? '/', 'x-internal': false } as never],
      tags: [...options.tags],
      components: {
        securitySchemes: {
          credential: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'API key or JWT',
            description: 'An API key (`gk_…`) or an OIDC access token. Transport and tokens follow RFC 8725.',
          },
        },
      },
    },
    transformObject: (input) =>
      'openapiObject' in input
        ? (completeDocument(input.openapiObject as unknown as Json) as never)
        : (input.swaggerObject as never),
  })
}

/** Own scripts and styles, and requests to the service itself, over whichever scheme the page came. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'self'; frame-ancestors 'self'; form-action 'none'"

/** The reference page at /docs; its assets come from the package, no CDN. */
export async function useReferencePage(app: FastifyInstance): Promise<void> {
  await app.register(async (page) => {
    page.addHook('onRoute', (route) => {
      route.config = { ...route.config, policy: anyone('the API reference is public') }
    })
    await page.register(swaggerUi, {
      routePrefix: '/docs',
      uiConfig: { docExpansion: 'list', deepLinking: true },
      staticCSP: PAGE_POLICY,
    })
  })
}

/** Fills in what every operation shares. Pure: the same document in, the same document out. */
export function completeDocument(document: Json): Json {
  const components = (document.components ?? {}) as Json
  const shared: Shared = { schemas: {}, responses: {} }
  const paths = document.paths as Record<string, Record<string, OpenApiOperation>>
  for (const operations of Object.values(paths)) {
    for (const [method, operation] of Object.entries(operations)) completeOperation(method, operation, shared)
  }
  const named = hoist(paths, shared.schemas) as Json
  const schemas = { ...shared.schemas, Problem: hoist(ProblemBody, shared.schemas, true) as Json }
  const responses = hoist(shared.responses, shared.schemas) as Json
  return { ...document, paths: named, components: { ...components, schemas, responses, headers: HEADERS } }
}

/** What many operations have in common, collected while they are completed. */
interface Shared {
  readonly schemas: Record<string, Json>
  readonly responses: Record<string, Json>
}

const NO_NUL = '^[^\\u0000]*$'
const text = (maxLength: number) => ({ type: 'string', maxLength, pattern: NO_NUL })
const HEADERS: Record<string, Json> = {
  'Access-Control-Allow-Origin': { description: 'Named when the origin is one of CORS_ORIGINS.', schema: text(300) },
  'RateLimit-Policy': { description: 'The quota, such as `"write";q=120;w=60`.', schema: text(100) },
  RateLimit: { description: 'What is left of it, such as `"write";r=117;t=42`.', schema: text(100) },
  'X-Request-Id': { description: 'Quote it when you report a problem.', schema: text(64) },
  'Retry-After': {
    description: 'Seconds to wait.',
    schema: { type: 'integer', format: 'int32', minimum: 0, maximum: 86400 },
  },
  ETag: { description: 'Version of the resource, for If-Match and If-None-Match.', schema: text(20) },
}
const headers = (...names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
const COMMON_HEADERS = headers('Access-Control-Allow-Origin', 'RateLimit-Policy', 'RateLimit', 'X-Request-Id')
const RETRY_AFTER = headers('Retry-After')
const ETAG = headers('ETag')

function completeOperation(method: string, operation: OpenApiOperation, shared: Shared): void {
  const isWrite = method !== 'get' && method !== 'head'
  const needsVersion = operation['x-if-match'] === true
  const key = operation['x-idempotency-key'] as 'required' | 'accepted' | undefined
  const open = operation['x-roles'] === 'anyone'
  operation.security = open ? [{}, { credential: [] }] : [{ credential: [] }]
  operation.parameters ??= []
  if (method === 'patch') takeMergePatch(operation)
  if (key !== undefined)
    operation.parameters.push(
      header(
        'Idempotency-Key',
        key === 'required',
        'Repeating a request with the same key repeats its answer, not its effect. Kept 7 days.',
        { type: 'string', minLength: 1, maxLength: 257, pattern: '^[!-~]+$' },
        '5f0c9e1e-8a8f-4d55-9d1e-0d1f5a3a7c10',
      ),
    )
  if (needsVersion)
    operation.parameters.push(
      header(
        'If-Match',
        true,
        'The ETag you read.',
        { type: 'string', maxLength: 20, pattern: '^"[1-9][0-9]{0,8}"$' },
        '"3"',
      ),
    )
  const own = (operation['x-problems'] ?? []) as ProblemDefinition[]
  const problems = [
    ...own,
    ...platformProblems({
      isWrite,
      needsVersion,
      key,
      open,
      hasBody: operation.requestBody !== undefined,
      answersJson: Object.values(operation.responses).some((answer) => isJsonContent(answer.content)),
      isList: String(operation.operationId).startsWith('list'),
    }),
  ]
  for (const name of ['x-problems', 'x-idempotency-key', 'x-if-match']) delete operation[name]
  for (const answer of Object.values(operation.responses))
    answer.headers = { ...COMMON_HEADERS, ...ETAG, ...((answer.headers as Json) ?? {}) }
  if (method === 'get')
    operation.responses['304'] = {
      description: 'Not modified: If-None-Match names the current version.',
      headers: { ...COMMON_HEADERS, ...ETAG },
    }
  for (const [status, list] of Map.groupBy(problems, (problem) => String(problem.status)))
    operation.responses[status] = problemAnswer(status, list, shared)
  for (const [status, answer] of Object.entries(operation.responses)) {
    if ('$ref' in answer) continue
    if (answer.description === 'Default Response' || answer.description === undefined)
      answer.description = status === '201' ? 'Created.' : 'Done.'
  }
}

/** A PATCH is a merge patch (RFC 7396) by either name. */
function takeMergePatch({ requestBody }: OpenApiOperation): void {
  const content = requestBody?.content as Json | undefined
  if (content !== undefined) content['application/merge-patch+json'] = content['application/json']
}

function isJsonContent(content: unknown): boolean {
  return typeof content === 'object' && content !== null && 'application/json' in content
}

function platformProblems(facts: {
  isWrite: boolean
  needsVersion: boolean
  key: string | undefined
  open: boolean
  hasBody: boolean
  answersJson: boolean
  isList: boolean
}): ProblemDefinition[] {
  return [
    InvalidRequest,
    Unauthenticated,
    TooManyRequests,
    InternalError,
    ServiceUnavailable,
    ...(facts.open ? [] : [Forbidden]),
    ...(facts.answersJson ? [NotAcceptable] : []),
    ...(facts.isList ? [InvalidCursor] : []),
    ...(facts.hasBody ? [PayloadTooLarge, UnsupportedMediaType] : []),
    ...(facts.key === undefined ? [] : [IdempotencyKeyInvalid, IdempotencyInProgress, IdempotencyKeyReused]),
    ...(facts.key === 'required' ? [IdempotencyKeyRequired] : []),
    ...(facts.needsVersion ? [PreconditionFailed, PreconditionRequired] : []),
  ]
}

/** One component for each set of codes that some operation can answer with: the document says it once. */
function problemAnswer(status: string, list: readonly ProblemDefinition[], shared: Shared): Json {
  const codes = [...new Set(list.map((problem) => problem.code))].sort()
  const name = `Refused${status}.${codes.join('.')}`
  shared.responses[name] ??= {
    description: `Refused: ${codes.map((code) => `\`${code}\``).join(', ')}.`,
    headers: { ...COMMON_HEADERS, ...(status === '429' || status === '503' ? RETRY_AFTER : {}) },
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  }
  return { $ref: `#/components/responses/${name}` }
}

function header(name: string, required: boolean, description: string, schema: Json, example: string): Json {
  return { name, in: 'header', required, description, schema, example }
}

/**
 * Texts have no NUL: the edge refuses it. Said for every text that has no narrower form, so that a generator of test data
 * knows it too.
 */
function bounded(schema: Json): Json {
  const isOpenText =
    isOfType(schema, 'string') && !('pattern' in schema || 'format' in schema || 'enum' in schema || 'const' in schema)
  return isOpenText ? { ...schema, pattern: NO_NUL } : schema
}

/** `type` is one word, or a list when null is allowed. */
function isOfType(schema: Json, type: string): boolean {
  return schema.type === type || (Array.isArray(schema.type) && schema.type.includes(type))
}

/** Moves every schema that has a title into the components and leaves a reference: the document gets names, not copies. */
function hoist(value: unknown, schemas: Record<string, Json>, isRoot = false): unknown {
  if (Array.isArray(value)) return value.map((item) => hoist(item, schemas))
  if (typeof value !== 'object' || value === null) return value
  const copy: Json = {}
  for (const [key, child] of Object.entries(value))
    copy[key] = key === 'example' || key === 'examples' ? child : hoist(child, schemas)
  const title = copy.title
  const isObject = isOfType(copy, 'object') && 'properties' in copy
  if (isRoot || typeof title !== 'string' || !isObject) return bounded(copy)
  const component = { ...copy, type: 'object' }
  const known = schemas[title]
  if (known !== undefined && JSON.stringify(known) !== JSON.stringify(component)) {
    throw new Error(`two different schemas are called ${title}`)
  }
  schemas[title] = component
  const reference = { $ref: `#/components/schemas/${title}` }
  return copy.type === 'object' ? reference : { anyOf: [reference, { type: 'null' }] }
}
