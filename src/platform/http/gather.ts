import type { FastifyInstance } from 'fastify'
import type { TObject, TSchema } from 'typebox'
import { sqlState } from '../database/database.ts'
import { BatchLane, NotTogether, type Outcome, outcomeOf } from '../lane.ts'
import { newWork, startTasks, type Work } from '../work.ts'
import { type Answered, type Asked, answerOf, kept, readable } from './answer.ts'
import { claimIdempotencyKeys, keepAnswers } from './idempotency.ts'
import type { CommandOperation, Gathering } from './operation.ts'

/** 64 commits in one cost as much as one, and the first of them waits some 20 ms for the last. */
const ITEMS_MAX = 64
/** Of bodies. What is written together is in memory together, several times over. */
const BYTES_MAX = 8_388_608
/** While the database writes one batch the next is decided; more of them only make each smaller. */
const BATCHES_MAX = 2

/** Runs a command's requests together as they come, each answered as if it were alone. */
export function gathererOf<Params extends TObject, Body extends TSchema, Answer extends TSchema, Result, Prepared>(
  app: FastifyInstance,
  operation: CommandOperation<Params, Body, Answer, Result, Prepared>,
  gathering: Gathering<Asked<Params, Body>['input'], Result>,
  alone: (asked: Asked<Params, Body>) => Promise<Answered>,
): (asked: Asked<Params, Body>) => Promise<Answered> {
  const lanes = new Map<string, BatchLane<Asked<Params, Body>, Answered>>()
  const newLane = () =>
    new BatchLane<Asked<Params, Body>, Answered>({
      itemsMax: ITEMS_MAX,
      weightMax: BYTES_MAX,
      batchesMax: BATCHES_MAX,
      weightOf: ({ request }) => Number(request.headers['content-length'] ?? BYTES_MAX),
      keyOf: ({ input }) => gathering.keyOf(input),
      together: (batch) => runTogether(app, operation, gathering, batch),
      alone,
    })
  return async (asked) => {
    const work = newWork({ ...asked.options, sql: app.edge.database.sql })
    const name = await gathering.laneOf(work, asked.input)
    if (name === undefined) return alone(asked)
    const lane = lanes.get(name) ?? newLane()
    lanes.set(name, lane)
    try {
      return await lane.run(asked)
    } finally {
      // The lane is done with this one a moment after it is told.
      setImmediate(() => {
        if (lane.isIdle && lanes.get(name) === lane) lanes.delete(name)
      })
    }
  }
}

async function runTogether<Params extends TObject, Body extends TSchema, Answer extends TSchema, Result, Prepared>(
  app: FastifyInstance,
  operation: CommandOperation<Params, Body, Answer, Result, Prepared>,
  gathering: Gathering<Asked<Params, Body>['input'], Result>,
  batch: readonly Asked<Params, Body>[],
): Promise<readonly Outcome<Answered>[]> {
  let isWritten = false
  let works: ReturnType<typeof newWork>[] = []
  try {
    const outcomes = await app.edge.database.transaction(async (sql) => {
      isWritten = false
      works = batch.map(({ options }) => newWork({ ...options, sql }))
      const outcomes = await decideAll(app, operation, gathering, batch, works)
      isWritten = true
      return outcomes
    })
    works.forEach(({ tasks, requestId }, place) => {
      const outcome = outcomes[place]
      if (outcome !== undefined && 'value' in outcome)
        startTasks(tasks, requestId, batch[place]?.request.log ?? app.log)
    })
    return outcomes
  } catch (error) {
    // An answer to the commit that got lost may have been a yes: then only a retry with the same key can tell.
    if (isWritten && !isRefusedCommit(error)) throw error
    app.log.warn({ err: error, requests: batch.length }, 'requests that were run together are run again one by one')
    throw new NotTogether(error)
  }
}

/** Integrity constraints that are checked at the commit, serialization failures and deadlocks: the database said no. */
function isRefusedCommit(error: unknown): boolean {
  return /^(23|40)/.test(sqlState(error) ?? '')
}

async function decideAll<Params extends TObject, Body extends TSchema, Answer extends TSchema, Result, Prepared>(
  app: FastifyInstance,
  operation: CommandOperation<Params, Body, Answer, Result, Prepared>,
  gathering: Gathering<Asked<Params, Body>['input'], Result>,
  batch: readonly Asked<Params, Body>[],
  works: readonly Work[],
): Promise<readonly Outcome<Answered>[]> {
  const sql = (works[0] as Work).sql
  const claimed = await claimIdempotencyKeys(
    sql,
    batch.map(({ claim }) => claim),
  )
  const outcomes = claimed.map((found): Outcome<Answered> | undefined => {
    if ('error' in found) return found
    const { value: saved } = found
    return saved === null ? undefined : outcomeOf(() => ({ answer: readable(app, operation, saved), replayed: true }))
  })
  const fresh = outcomes.flatMap((outcome, place) => (outcome === undefined ? [place] : []))
  const results =
    fresh.length === 0
      ? []
      : await gathering.run(
          fresh.map((place) => ({ input: (batch[place] as (typeof batch)[number]).input, work: works[place] as Work })),
        )
  const toKeep: Parameters<typeof keepAnswers>[1][number][] = []
  fresh.forEach((place, among) => {
    const result = results[among] as Outcome<Result>
    if ('error' in result) {
      outcomes[place] = result
      return
    }
    const { request, reply, claim } = batch[place] as (typeof batch)[number]
    const answer = answerOf(operation, works[place] as Work, result.value, request, reply)
    outcomes[place] = { value: { answer, replayed: false } }
    if (claim !== undefined) toKeep.push({ claim, answer: kept(app, operation, answer) })
  })
  await keepAnswers(sql, toKeep)
  return outcomes as Outcome<Answered>[]
}
