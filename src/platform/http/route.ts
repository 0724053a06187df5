import type { FastifyInstance } from 'fastify'
import type { Static, TObject, TSchema } from 'typebox'
import type { Action } from '../../kernel/action.ts'
import type { Page } from '../../kernel/page.ts'
import { PAGE_LIMIT_DEFAULT } from '../../kernel/page.ts'
import type { Language, ProblemDefinition } from '../../kernel/problem.ts'
import type { Database } from '../database/database.ts'
import { NotFound } from '../problems.ts'
import type { Rings } from '../queue/rings.ts'
import type { Work } from '../work.ts'
import { readWork } from './answer.ts'
import { commandHandler } from './command.ts'
import type { CursorCodec } from './cursor.ts'
import { etagOf, matchesNone, versionOf } from './etag.ts'
import type { Gathering } from './gather.ts'
import { allow } from './guard.ts'
import { languageOf } from './problemJson.ts'
import { closed, PageOf, PageQuery } from './schemas.ts'
import type { AnswerSeal } from './sealedAnswer.ts'

/** What the runner of routes needs; the same for every module. */
export interface Edge {
  readonly database: Database
  readonly rings: Pick<Rings, 'ring' | 'ringNow'>
  readonly sandbox: boolean
  readonly cursors: CursorCodec
  readonly answers: AnswerSeal
}

declare module 'fastify' {
  interface FastifyInstance {
    edge: Edge
  }
}

/** What every operation declares. The OpenAPI document and the behaviour come from this one object. */
interface Operation {
  readonly url: string
  readonly operationId: string
  readonly summary: string
  readonly description?: string
  readonly tag: string
  /** The access rule: asked about the role at the door, and again by the service about the row. */
  readonly allow: Action<never>
  readonly params?: TObject
  /** Business refusals of this operation; the platform's own are added by status. */
  readonly problems?: readonly ProblemDefinition[]
}

/** What came with a request, as its schemas say. */
export type Input<Params, Query, Body> = {
  readonly params: Params extends TSchema ? Static<Params> : Record<string, never>
  readonly query: Query extends TSchema ? Static<Query> : Record<string, never>
  readonly body: Body extends TSchema ? Static<Body> : undefined
}

export interface ReadOperation<Params extends TObject, Query extends TObject, Answer extends TSchema, Result>
  extends Operation {
  readonly params?: Params
  readonly query?: Query
  readonly answer: Answer
  readonly run: (work: Work, input: Input<Params, Query, undefined>) => Promise<Result>
  /** From the domain's value to the wire; `language` is the caller's, for sentences. */
  readonly present: (result: Result, language: Language) => Static<Answer>
  readonly serialize?: Serialization
}

export interface ListOperation<Params extends TObject, Query extends TObject, Item extends TSchema, Result>
  extends Operation {
  readonly params?: Params
  /** Filters; `limit` and `cursor` are added. */
  readonly query?: Query
  readonly item: Item
  readonly pageTitle: string
  /** `after` holds the keyset values of the page before, as the service returned them in `next`. */
  readonly run: (
    work: Work,
    input: Input<Params, Query, undefined> & { readonly limit: number; readonly after: unknown[] | undefined },
  ) => Promise<Page<Result>>
  readonly present: (item: Result) => Static<Item>
  readonly serialize?: Serialization
}

export interface CommandOperation<
  Params extends TObject,
  Body extends TSchema,
  Answer extends TSchema,
  Result,
  Prepared = undefined,
> extends Operation {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly params?: Params
  readonly body?: Body
  /** 201 answers carry `Location`; 200 for actions on what exists. */
  readonly status: 200 | 201
  readonly answer: Answer
  /** `required` on POSTs that create bids, awards, agreements, disbursements, approvals, keys; accepted on the others. */
  readonly idempotencyKey?: 'required' | 'accepted'
  /** The answer holds a secret: it is kept sealed for a replay, never in clear. */
  readonly secretAnswer?: boolean
  /** Must the caller name the version it read? Every write to something that exists says `true`. */
  readonly ifMatch?: boolean
  /**
   * What takes too long for a transaction, such as a search: done before it, on what is committed. `run` asks for the
   * permission again, and looks whether what was prepared still fits.
   */
  readonly prepare?: (work: Work, input: Input<Params, undefined, Body>) => Promise<Prepared>
  readonly run: (work: Work, input: Input<Params, undefined, Body>, prepared: NoInfer<Prepared>) => Promise<Result>
  /** For the few operations that everybody asks for in the same minute: many requests in one transaction (ADR 0020). */
  readonly gather?: Gathering<Input<Params, undefined, Body>, Result>
  readonly present: (result: Result, language: Language) => Static<Answer>
  /** Path of the created resource, without `/v1`. */
  readonly location?: (result: NoInfer<Result>) => string
}

/**
 * The schema's own serializer leaves out what the schema does not name, which a `present` that spreads may need. Where
 * `present` names each field itself, `as presented` writes its value in one go: 210 instead of 315 µs for a page of fifty
 * projects, most of it Chinese text.
 */
type Serialization = 'by schema' | 'as presented'

function serializerOf(serialization: Serialization = 'by schema') {
  return serialization === 'by schema' ? {} : { serializerCompiler: () => (body: unknown) => JSON.stringify(body) }
}

/** Declares a read of one resource: ETag when the result has a `version`, 304 on If-None-Match. */
export function readRoute<Params extends TObject, Query extends TObject, Answer extends TSchema, Result>(
  app: FastifyInstance,
  operation: ReadOperation<Params, Query, Answer, Result>,
): void {
  app.route({
    method: 'GET',
    url: operation.url,
    config: { policy: allow(operation.allow), answersJson: true },
    schema: documented(operation, { querystring: operation.query ?? closed({}), answers: { 200: operation.answer } }),
    ...serializerOf(operation.serialize),
    handler: async (request, reply) => {
      const work = readWork(app, request)
      const result = await operation.run(work, {
        params: request.params,
        query: request.query,
        body: undefined,
      } as Input<Params, Query, undefined>)
      request.permissionAsked = work.asked.permission
      const version = versionOf(result)
      if (version !== undefined) {
        const etag = etagOf(version)
        reply.header('etag', etag)
        if (matchesNone(request.headers['if-none-match'], etag)) return reply.code(304).send()
      }
      return operation.present(result, languageOf(request))
    },
  })
}

/** Declares a list: keyset pages with a signed cursor and a `Link` to the next page; never a total. */
export function listRoute<Params extends TObject, Query extends TObject, Item extends TSchema, Result>(
  app: FastifyInstance,
  operation: ListOperation<Params, Query, Item, Result>,
): void {
  const query = closed({ ...(operation.query?.properties ?? {}), ...PageQuery })
  app.route({
    method: 'GET',
    url: operation.url,
    config: { policy: allow(operation.allow), answersJson: true },
    schema: documented(operation, {
      querystring: query,
      answers: { 200: PageOf(operation.item, operation.pageTitle) },
    }),
    ...serializerOf(operation.serialize),
    handler: async (request, reply) => {
      const { cursor, limit = PAGE_LIMIT_DEFAULT, ...filters } = request.query as { cursor?: string; limit?: number }
      const scope = JSON.stringify([operation.operationId, request.params, filters])
      const after = cursor === undefined ? undefined : app.edge.cursors.decode(scope, cursor)
      const work = readWork(app, request)
      const input = { params: request.params, query: filters, body: undefined, limit, after } as never
      const page = await operation.run(work, input)
      request.permissionAsked = work.asked.permission
      const nextCursor = page.next === null ? null : app.edge.cursors.encode(scope, page.next as string[])
      if (nextCursor !== null) reply.header('link', `<${nextPage(request.url, cursor, nextCursor)}>; rel="next"`)
      return { items: page.items.map(operation.present), nextCursor }
    },
  })
}

/**
 * Declares a command. The edge opens the transaction, claims the Idempotency-Key in it, runs the service, saves the
 * answer and commits: one commit for the effect, its events and the answer.
 */
export function commandRoute<Params extends TObject, Body extends TSchema, Answer extends TSchema, Result, Prepared>(
  app: FastifyInstance,
  operation: CommandOperation<Params, Body, Answer, Result, Prepared>,
): void {
  app.route({
    method: operation.method,
    url: operation.url,
    config: { policy: allow(operation.allow), answersJson: true },
    schema: {
      ...documented(operation, { querystring: closed({}), answers: { [operation.status]: operation.answer } }),
      ...(operation.body === undefined ? {} : { body: operation.body }),
      'x-idempotency-key': operation.idempotencyKey ?? 'accepted',
      'x-if-match': operation.ifMatch === true,
    } as object,
    handler: commandHandler(app, operation),
  })
}

function nextPage(address: string, cursor: string | undefined, nextCursor: string): string {
  if (cursor === undefined) return `${address}${address.includes('?') ? '&' : '?'}cursor=${nextCursor}`
  const url = new URL(address, 'http://localhost')
  url.searchParams.set('cursor', nextCursor)
  return `${url.pathname}${url.search}`
}

/** The schema of a route, for the few routes that are declared by hand because they carry files. */
export function documented(
  operation: Operation,
  parts: { querystring?: TObject; answers: Record<number, TSchema> },
): object {
  return {
    operationId: operation.operationId,
    summary: operation.summary,
    description: operation.description ?? operation.summary,
    tags: [operation.tag],
    params: operation.params ?? closed({}),
    ...(parts.querystring === undefined ? {} : { querystring: parts.querystring }),
    response: parts.answers,
    'x-action': operation.allow.name,
    'x-roles': operation.allow.roles,
    'x-problems': [...(operation.problems ?? []), ...(operation.params === undefined ? [] : [NotFound])],
  }
}
