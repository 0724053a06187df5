import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Config } from './config.ts'
import type { Deps } from './deps.ts'
import { type DeadlineHandlers, deadlineRunner } from './modules/deadlines/index.ts'
import { sweepOrphanFiles } from './modules/documents/index.ts'
import { MODULES } from './modules.ts'
import { type CheckpointMaker, startCheckpointMaker } from './platform/events/checkpointMaker.ts'
import { type Sealer, startSealer } from './platform/events/sealer.ts'
import { pruneIdempotencyKeys } from './platform/http/idempotency.ts'
import type { Module } from './platform/module.ts'
import type { RunningWorker } from './platform/queue/queue.ts'

export interface Worker {
  start(): Promise<void>
  /** Lets what is under way finish. */
  stop(): Promise<void>
}

const SEAL_EVERY_MS = 50
const PRUNE_EVERY_MS = 3_600_000

/**
 * The background application: seals events, signs checkpoints, does deadlines when they are rung, and sweeps for those that were not. Any
 * number may run beside each other.
 */
export function buildWorker(
  config: Pick<Config, 'sandbox' | 'sweepIntervalMs' | 'dataDirectory' | 'publicUrl'>,
  deps: Pick<Deps, 'database' | 'rings' | 'log' | 'signer' | 'files' | 'scanner' | 'sealing'>,
  handlers: DeadlineHandlers = handlersOf(MODULES),
): Worker {
  const { database, rings, log, signer } = deps
  const runner = deadlineRunner({ database, rings, handlers, sandbox: config.sandbox, log })
  const { sandbox, publicUrl } = config
  const background = MODULES.flatMap((module) => module.background?.({ ...deps, sandbox, publicUrl }) ?? [])
  const stopping = new AbortController()
  let sealer: Sealer | undefined
  let checkpoints: CheckpointMaker | undefined
  let ringing: RunningWorker | undefined
  let sweeping: Promise<void> | undefined

  async function sweepForEver(): Promise<void> {
    let pruneAt = performance.now()
    while (!stopping.signal.aborted) {
      try {
        await runner.sweep()
        if (performance.now() >= pruneAt) {
          await pruneIdempotencyKeys(database.sql)
          await sweepOrphanFiles(deps.files, database.sql)
          pruneAt = performance.now() + PRUNE_EVERY_MS
        }
      } catch (error) {
        log.error({ err: error }, 'the sweep failed and is repeated')
      }
      await rest(config.sweepIntervalMs, stopping.signal)
    }
  }

  return {
    async start() {
      sealer = startSealer(database, { intervalMs: SEAL_EVERY_MS, log })
      checkpoints = startCheckpointMaker(database, {
        signer,
        file: path.join(config.dataDirectory, 'checkpoints.jsonl'),
        log,
      })
      // Not waited for until it is ready: while the queue is down, the sweep does all the work.
      ringing = rings.onRing((deadlineId) => runner.ring(deadlineId))
      for (const work of background) work.start()
      sweeping = sweepForEver()
    },
    async stop() {
      stopping.abort()
      runner.stop()
      await Promise.all([...background.map((work) => work.stop()), ringing?.close(), sweeping])
      await Promise.all([sealer?.stop(), checkpoints?.stop()])
    },
  }
}

/** The deadline handlers of all modules in one map; a kind that two modules claim refuses to start. */
export function handlersOf(modules: readonly Module[]): DeadlineHandlers {
  const all = new Map<string, DeadlineHandlers[string]>()
  for (const { name, deadlines = {} } of modules) {
    for (const [kind, handler] of Object.entries(deadlines)) {
      if (all.has(kind)) throw new Error(`the module ${name} handles ${kind}, which another module handles already`)
      all.set(kind, handler)
    }
  }
  return Object.fromEntries(all)
}

async function rest(durationMs: number, signal: AbortSignal): Promise<void> {
  await pause(durationMs, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
}
