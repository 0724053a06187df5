import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { TObject, TSchema } from 'typebox'
import { newWork, type Work, type WorkOptions } from '../work.ts'
import { etagOf, versionOf } from './etag.ts'
import type { IdempotencyClaim, SavedAnswer } from './idempotency.ts'
import type { CommandOperation, Input } from './operation.ts'
import { languageOf } from './problemJson.ts'

/** One request for a command, read but not yet begun. */
export interface Asked<Params extends TObject, Body extends TSchema> {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly options: Omit<WorkOptions, 'sql'>
  readonly input: Input<Params, undefined, Body>
  readonly claim: IdempotencyClaim | undefined
}

/** What the caller is told, and whether an equal request was told so before. */
export interface Answered {
  readonly answer: SavedAnswer
  readonly replayed: boolean
}

/** The answer to a success. @throws Error when the use case forgot to ask what it must. */
export function answerOf<Params extends TObject, Body extends TSchema, Answer extends TSchema, Result, Prepared>(
  operation: CommandOperation<Params, Body, Answer, Result, Prepared>,
  { asked }: Pick<Work, 'asked'>,
  result: Result,
  request: FastifyRequest,
  reply: FastifyReply,
): SavedAnswer {
  if (!asked.permission) throw new Error(`${operation.operationId} succeeded without asking its permission`)
  if (operation.ifMatch === true && !asked.version) throw new Error(`${operation.operationId} never compared If-Match`)
  reply.code(operation.status)
  const version = versionOf(result)
  return {
    status: operation.status,
    body: reply.serialize(operation.present(result, languageOf(request))) as string,
    headers: {
      ...(version === undefined ? {} : { etag: etagOf(version) }),
      ...(operation.location === undefined ? {} : { location: `/v1${operation.location(result)}` }),
    },
  }
}

/** As it was saved, or as it is saved: sealed where the answer holds a secret. */
export function readable(
  app: FastifyInstance,
  { secretAnswer }: { secretAnswer?: boolean },
  saved: SavedAnswer,
): SavedAnswer {
  return secretAnswer === true && saved.status < 400 ? { ...saved, body: app.edge.answers.unseal(saved.body) } : saved
}

export function kept(
  app: FastifyInstance,
  { secretAnswer }: { secretAnswer?: boolean },
  fresh: SavedAnswer,
): SavedAnswer {
  return secretAnswer === true ? { ...fresh, body: app.edge.answers.seal(fresh.body) } : fresh
}

export function send(reply: FastifyReply, answer: SavedAnswer, replayed: boolean): FastifyReply {
  reply.code(answer.status).headers({ ...answer.headers })
  if (replayed) reply.header('idempotent-replayed', 'true')
  const type = answer.status < 400 ? 'application/json' : 'application/problem+json'
  return reply
    .type(`${type}; charset=utf-8`)
    .serializer((body: unknown) => body as string)
    .send(answer.body)
}

/** For what is asked outside of a transaction: on what is committed, a connection of its own for each question. */
export function readWork(app: FastifyInstance, request: FastifyRequest): Work {
  return newWork({ sql: app.edge.database.sql, actor: request.actor, requestId: request.id, sandbox: app.edge.sandbox })
}
