import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type FieldError, type Language, Problem, problem, type Refusal, sentence } from '../../kernel/problem.ts'
import { malformed } from '../malformed.ts'
import {
  ExpectationFailed,
  InternalError,
  InvalidRequest,
  NotFound,
  PayloadTooLarge,
  ServiceUnavailable,
  UnsupportedMediaType,
} from '../problems.ts'
import { validationSentence } from './validationSentences.ts'

/** Where a code is explained; the page is served by this service itself. */
export const PROBLEM_TYPE_BASE = '/docs/problems#'

/** zh-CN unless the caller prefers English. */
export function languageOf(request: FastifyRequest): Language {
  const wanted = request.headers['accept-language']
  if (wanted === undefined) return 'zh-CN'
  const ranked = wanted
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';')
      const quality = parameters.map((text) => /^\s*q=([0-9.]+)$/.exec(text)?.[1]).find((text) => text !== undefined)
      return { tag, quality: quality === undefined ? 1 : Number(quality) }
    })
    .filter(({ tag, quality }) => quality > 0 && (tag.startsWith('zh') || tag.startsWith('en')))
    .sort((left, right) => right.quality - left.quality)
  return ranked[0]?.tag.startsWith('en') === true ? 'en' : 'zh-CN'
}

/** The document itself: one shape for every refusal of the service. */
export function problemDocument(refusal: Refusal, request: FastifyRequest): Record<string, unknown> {
  const language = languageOf(request)
  return {
    type: `${PROBLEM_TYPE_BASE}${refusal.problem.code}`,
    title: refusal.problem.title[language],
    status: refusal.problem.status,
    detail: sentence(refusal.problem.detail[language], refusal.parameters, language),
    instance: request.url,
    code: refusal.problem.code,
    requestId: request.id,
    ...(refusal.errors.length === 0 ? {} : { errors: refusal.errors.map((error) => fieldError(error, language)) }),
  }
}

function fieldError({ pointer, code, detail, sentences }: FieldError, language: Language): FieldError {
  return { pointer, code, detail: sentences?.[language] ?? detail }
}

/** The one handler that renders every error. What the log needs stays in the log. */
export function useProblemFormat(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const refused = asProblem(error)
    if (refused.problem.status >= 500) request.log.error({ err: error }, 'the request failed')
    else request.log.info({ code: refused.problem.code }, 'the request was refused')
    return sendProblem(refused, request, reply)
  })
}

export function sendProblem(refused: Problem, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.code(refused.problem.status)
  reply.headers({ ...refused.headers })
  if (refused.problem.status === 401) reply.header('www-authenticate', 'Bearer')
  if (refused.problem.status === 503) reply.header('retry-after', refused.headers['retry-after'] ?? '2')
  reply.header('content-language', languageOf(request))
  reply.type('application/problem+json; charset=utf-8')
  reply.serializer((body: unknown) => JSON.stringify(body))
  if (refused.problem === PayloadTooLarge) hearOut(request, reply)
  return reply.send(problemDocument(refused, request))
}

/** How long a body may be that is too long and yet heard to its end, in bytes. */
const HEARD_OUT_MAX = 67_108_864

/**
 * Many clients read nothing before they have sent all. If the connection ended at once, as Fastify has it, they would
 * see a broken pipe instead of the refusal; left open, Node throws away what still comes.
 */
function hearOut(request: FastifyRequest, reply: FastifyReply): void {
  if (Number(request.headers['content-length']) <= HEARD_OUT_MAX) reply.removeHeader('connection')
}

/** Postgres and network codes that mean "not now" rather than "never": the caller may retry. */
const TRANSIENT = new Set([
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '08006',
  '08001',
  '08003',
  '57014',
  '25P03',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
])

/** Translates whatever was thrown: our refusals as they are, Fastify's and the database's by code, the rest as 500. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  const known = error as Partial<FastifyError> & { cause?: unknown; validationContext?: string }
  if (known.validation !== undefined) return validationProblem(known as FastifyError)
  const byCode: Record<string, () => Problem> = {
    FST_ERR_CTP_BODY_TOO_LARGE: () => problem(PayloadTooLarge),
    FST_ERR_CTP_INVALID_MEDIA_TYPE: () => problem(UnsupportedMediaType, { expected: 'application/json' }),
    FST_ERR_CTP_INVALID_CONTENT_LENGTH: () =>
      malformed('Content-Length 与请求体不符', 'Content-Length does not fit the body'),
    FST_ERR_CTP_EMPTY_JSON_BODY: () => malformed('请求体为空;请发送 JSON', 'the body is empty; send JSON'),
    FST_ERR_BAD_URL: () =>
      malformed('地址不是有效的百分号编码 UTF-8', 'the address is not valid percent-encoded UTF-8'),
    FST_ERR_MAX_PARAM_LENGTH: () => problem(NotFound),
    FST_ERR_ROUTE_MAX_PARAM_LENGTH: () => problem(NotFound),
  }
  const translated = known.code === undefined ? undefined : byCode[known.code]?.()
  if (translated !== undefined) return translated
  const cause = databaseCode(error)
  // 22021: text that the database's encoding cannot hold, 22P05 an untranslatable character.
  if (cause === '22021' || cause === '22P05')
    return malformed('文本含有无法存储的字符', 'text contains a character that cannot be stored')
  if (cause !== undefined && TRANSIENT.has(cause)) return problem(ServiceUnavailable)
  if (isConnectionTrouble(error)) return problem(ServiceUnavailable)
  if (typeof known.statusCode === 'number' && known.statusCode >= 400 && known.statusCode < 500) {
    return malformed(`请求无法读取:${known.message ?? known.code ?? ''}`, known.message ?? 'the request cannot be read')
  }
  return problem(InternalError)
}

/**
 * What pg and its pool say without a code: no connection came free in time, or the one in use broke off. After the
 * latter only a retry with the same key tells whether the write took effect.
 */
const CONNECTION_TROUBLE = new Set([
  'timeout exceeded when trying to connect',
  'Connection terminated due to connection timeout',
  'Connection terminated unexpectedly',
  'Client has encountered a connection error and is not queryable',
])

function isConnectionTrouble(error: unknown): boolean {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; current = current.cause, depth++) {
    if (CONNECTION_TROUBLE.has(current.message)) return true
  }
  return false
}

/** The SQLSTATE or network code under drizzle's wrapper, if any. */
export function databaseCode(error: unknown): string | undefined {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; current = current.cause, depth++) {
    const code = (current as { code?: unknown }).code
    if (typeof code === 'string' && !code.startsWith('FST_')) return code
  }
  return undefined
}

function validationProblem(error: FastifyError & { validationContext?: string }): Problem {
  const part = error.validationContext ?? 'body'
  const errors: FieldError[] = (error.validation ?? []).slice(0, 50).map((flaw) => {
    const extra = flaw.params.additionalProperty ?? flaw.params.missingProperty
    const path =
      typeof extra === 'string'
        ? `${flaw.instancePath}/${extra.replace(/~/g, '~0').replace(/\//g, '~1')}`
        : flaw.instancePath
    const sentences = validationSentence(flaw)
    return { pointer: `#${path}`, code: codeOf(flaw.keyword), detail: sentences.en, sentences }
  })
  const first = errors[0]
  const where = first === undefined ? part : `${part} ${first.pointer}`
  const reason = {
    'zh-CN': `${where}:${first?.sentences?.['zh-CN'] ?? '无效'}`,
    en: `${where}: ${first?.detail ?? 'not valid'}`,
  }
  return problem(InvalidRequest, { reason }, errors)
}

const KEYWORD_CODES: Readonly<Record<string, string>> = {
  additionalProperties: 'unknown_property',
  required: 'missing',
  type: 'wrong_type',
}

function codeOf(keyword: string): string {
  return KEYWORD_CODES[keyword] ?? keyword.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** The document where there is no request to speak of. */
function bareDocument({ problem: { code, title, detail }, parameters }: Problem, status: number): string {
  return JSON.stringify({
    type: `${PROBLEM_TYPE_BASE}${code}`,
    title: title['zh-CN'],
    status,
    detail: sentence(detail['zh-CN'], parameters, 'zh-CN'),
    instance: '/',
    code,
    requestId: randomUUID(),
  })
}

/** Node answers an unknown `Expect` by itself, without a body, unless somebody listens. */
export function refuseExpectation(_request: IncomingMessage, response: ServerResponse): void {
  const refused = problem(ExpectationFailed)
  response.writeHead(417, { 'content-type': 'application/problem+json; charset=utf-8', connection: 'close' })
  response.end(bareDocument(refused, 417))
}

const BROKEN: Readonly<Record<string, { readonly status: string; readonly refused: Problem }>> = {
  HPE_HEADER_OVERFLOW: {
    status: '431 Request Header Fields Too Large',
    refused: malformed('地址与请求头合计超过 16 KiB', 'address and headers together are longer than 16 KiB'),
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: '408 Request Timeout',
    refused: malformed('请求未在规定时间内到齐', 'the request did not arrive in time'),
  },
}
const UNREADABLE = {
  status: '400 Bad Request',
  refused: malformed('无法按 HTTP/1.1 读取', 'this is not HTTP/1.1 that can be read'),
}

/** What Node cannot even parse as HTTP never becomes a request; it is answered in the same format and the line is closed. */
export function refuseBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const { status, refused } = BROKEN[error.code ?? ''] ?? UNREADABLE
  const body = bareDocument(refused, Number(status.slice(0, 3)))
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/problem+json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}
