import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { TObject, TSchema } from 'typebox'
import { problem } from '../../kernel/problem.ts'
import { IdempotencyKeyRequired } from '../problems.ts'
import { runCommand } from '../work.ts'
import { type Answered, type Asked, answerOf, kept, readable, readWork, send } from './answer.ts'
import { requireNoBody } from './body.ts'
import { requiredVersion } from './etag.ts'
import { gathererOf } from './gather.ts'
import {
  claimIdempotencyKey,
  earlierAnswer,
  type IdempotencyClaim,
  idempotencyClaim,
  insertAnswer,
  keepAnswer,
  readIdempotencyKey,
  type SavedAnswer,
} from './idempotency.ts'
import type { CommandOperation, Input } from './operation.ts'
import { asProblem, problemDocument } from './problemJson.ts'

/** The handler of a command: one transaction for the effect, its events and the answer that a retry gets. */
export function commandHandler<Params extends TObject, Body extends TSchema, Answer extends TSchema, Result, Prepared>(
  app: FastifyInstance,
  operation: CommandOperation<Params, Body, Answer, Result, Prepared>,
) {
  const { gather } = operation
  const alone = (asked: Asked<Params, Body>, prepared: Prepared) => runAlone(app, operation, asked, prepared)
  const run =
    gather === undefined
      ? alone
      : gathererOf(app, operation, gather, (asked: Asked<Params, Body>) => alone(asked, undefined as Prepared))
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const asked = askedBy(app, operation, request, reply)
    // Outside of the transaction; an operation that prepares gathers nothing.
    const prepared = (await operation.prepare?.(readWork(app, request), asked.input)) as Prepared
    try {
      const { answer, replayed } = await run(asked, prepared)
      request.permissionAsked = true
      return send(reply, answer, replayed)
    } catch (error) {
      const { claim } = asked
      const earlier = claim === undefined ? null : await settleRefusal(app, operation, request, claim, error)
      if (earlier === null) throw error
      request.permissionAsked = true
      return send(reply, readable(app, operation, earlier), true)
    }
  }
}

function askedBy<Params extends TObject, Body extends TSchema, Answer extends TSchema, Result, Prepared>(
  app: FastifyInstance,
  operation: CommandOperation<Params, Body, Answer, Result, Prepared>,
  request: FastifyRequest,
  reply: FastifyReply,
): Asked<Params, Body> {
  if (operation.body === undefined) requireNoBody(request.body)
  const ifMatch = operation.ifMatch === true ? requiredVersion(request.headers['if-match']) : undefined
  const claim = claimOf(app, operation, request)
  const { sandbox, rings } = app.edge
  const options = { actor: request.actor, requestId: request.id, ifMatch, sandbox, rings }
  const input = { params: request.params, query: {}, body: request.body } as Input<Params, undefined, Body>
  return { request, reply, options, input, claim }
}

async function runAlone<Params extends TObject, Body extends TSchema, Answer extends TSchema, Result, Prepared>(
  app: FastifyInstance,
  operation: CommandOperation<Params, Body, Answer, Result, Prepared>,
  { request, reply, options, input, claim }: Asked<Params, Body>,
  prepared: Prepared,
): Promise<Answered> {
  return runCommand(app.edge.database, options, request.log, async (work): Promise<Answered> => {
    const saved = claim === undefined ? null : await claimIdempotencyKey(work.sql, claim)
    if (saved !== null) return { answer: readable(app, operation, saved), replayed: true }
    const result = await operation.run(work, input, prepared)
    const answer = answerOf(operation, work, result, request, reply)
    if (claim !== undefined) await keepAnswer(work.sql, claim, kept(app, operation, answer))
    return { answer, replayed: false }
  })
}

function claimOf(
  app: FastifyInstance,
  operation: { idempotencyKey?: 'required' | 'accepted'; url: string },
  request: FastifyRequest,
): IdempotencyClaim | undefined {
  const key = readIdempotencyKey(request.headers['idempotency-key'])
  if (key === undefined) {
    if (operation.idempotencyKey === 'required') throw problem(IdempotencyKeyRequired)
    return undefined
  }
  return idempotencyClaim(app.edge.answers.digest, {
    principal: request.actor.kind === 'anonymous' ? `anonymous ${request.ip}` : request.actor.id,
    method: request.method,
    route: operation.url,
    path: request.url,
    ifMatch: request.headers['if-match'],
    body: request.body,
    key,
  })
}

/** Refusals that a retry must meet again. 400, 401, 403, 429 and 5xx are not saved: the caller may mend and retry. */
const SAVED_REFUSALS = new Set([404, 409, 412, 422])
const NEVER_SAVED = new Set(['idempotency_in_progress', 'idempotency_key_reused'])

/**
 * The business transaction is gone, so the refusal is saved in one of its own. An equal request that ended between this
 * one's look and its claim may be the very reason of the refusal: then its answer is this one's too.
 */
async function settleRefusal(
  app: FastifyInstance,
  { secretAnswer }: { secretAnswer?: boolean },
  request: FastifyRequest,
  claim: IdempotencyClaim,
  error: unknown,
): Promise<SavedAnswer | null> {
  const { sql } = app.edge.database
  const refused = asProblem(error)
  const { status, code } = refused.problem
  if (!SAVED_REFUSALS.has(status) || NEVER_SAVED.has(code)) return null
  // A refusal of such a request may quote what must not lie in the database; a retry is judged anew.
  if (secretAnswer === true) return earlierAnswer(sql, claim)
  const body = JSON.stringify(problemDocument(refused, request))
  const isFirst = await insertAnswer(sql, claim, { status, body, headers: refused.headers })
  return isFirst ? null : earlierAnswer(sql, claim)
}
