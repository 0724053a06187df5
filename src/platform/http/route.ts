import type { FastifyInstance } from 'fastify'
import type { TObject, TSchema } from 'typebox'
import { PAGE_LIMIT_DEFAULT } from '../../kernel/page.ts'
import { NotFound } from '../problems.ts'
import { readWork } from './answer.ts'
import { commandHandler } from './command.ts'
import { beginning, CREATION_QUERY, type CreationQuery, endedAt } from './creation.ts'
import { etagOf, matchesNone, versionOf } from './etag.ts'
import { allow } from './guard.ts'
import type { CommandOperation, Input, ListOperation, Operation, ReadOperation, Serialization } from './operation.ts'
import { languageOf } from './problemJson.ts'
import { closed, PageOf, PageQuery } from './schemas.ts'

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
  const isByCreation =
    operation.sortedBy === undefined && 'createdAt' in ((operation.item as Partial<TObject>).properties ?? {})
  const query = closed({
    ...(operation.query?.properties ?? {}),
    ...PageQuery,
    ...(isByCreation ? CREATION_QUERY : {}),
  })
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
      const { cursor, limit = PAGE_LIMIT_DEFAULT, ...asked } = request.query as { cursor?: string; limit?: number }
      const { sort: _only, createdFrom, createdTo, ...filters } = asked as CreationQuery
      const scope = JSON.stringify([operation.operationId, request.params, asked])
      const after = cursor === undefined ? beginning({ createdTo }) : app.edge.cursors.decode(scope, cursor)
      const work = readWork(app, request)
      const input = { params: request.params, query: filters, body: undefined, limit, after } as never
      const page = await operation.run(work, input)
      request.permissionAsked = work.asked.permission
      const { items, next } = endedAt({ items: page.items.map(operation.present), next: page.next }, { createdFrom })
      const nextCursor = next === null ? null : app.edge.cursors.encode(scope, next as string[])
      if (nextCursor !== null) reply.header('link', `<${nextPage(request.url, cursor, nextCursor)}>; rel="next"`)
      return { items, nextCursor }
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
