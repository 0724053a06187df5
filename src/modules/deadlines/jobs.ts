import { SYSTEM } from '../../kernel/actor.ts'
import type { Database } from '../../platform/database/database.ts'
import { TooEarly } from '../../platform/queue/queue.ts'
import type { Rings } from '../../platform/queue/rings.ts'
import { newWork, runCommand, type Work, type WorkOptions } from '../../platform/work.ts'
import { busyHosts, type DeadlineHandlers, doDeadline, nextDeadline, restDeadline, waitingDeadline } from './service.ts'

export interface DeadlineRunnerOptions {
  readonly database: Database
  /** Where handlers set the alarms of the deadlines that they create. */
  readonly rings: Pick<Rings, 'ring' | 'ringNow'>
  readonly handlers: DeadlineHandlers
  readonly sandbox: boolean
  readonly log: { error(details: object, message: string): void }
}

export interface DeadlineRunner {
  /**
   * Handles one ring: does whatever is due for the host of this deadline, in the order of time.
   * @throws TooEarly when the alarm was early or another worker is busy for this host; the ring comes again.
   */
  ring(deadlineId: string): Promise<void>
  /** Does whatever is due anywhere and was not rung, and what has failed and rested. */
  sweep(): Promise<void>
  /** Lets the deadline under way finish and begins no other. */
  stop(): void
}

type Next = Awaited<ReturnType<typeof nextDeadline>>

/** While another process works for the host, the ring looks again after this time. */
const BUSY_MS = 50
/** Hosts that one sweep works for at the same time. */
const SWEEP_CONCURRENCY = 4

export function deadlineRunner(options: DeadlineRunnerOptions): DeadlineRunner {
  const { database, handlers, log, sandbox } = options
  /** Hosts that this process works for just now. */
  const running = new Map<string, Promise<'done' | 'busy'>>()
  let isStopped = false

  const workOptions = (requestId: string): Omit<WorkOptions, 'sql'> => ({
    actor: SYSTEM,
    requestId,
    sandbox,
    rings: options.rings,
  })
  const look = (): Work => newWork({ ...workOptions('deadlines'), sql: database.sql })

  async function workFor(hostId: string): Promise<'done' | 'busy'> {
    while (!isStopped) {
      const outcome = await doOne(hostId)
      if (outcome === 'busy') return 'busy'
      if (outcome === 'none') break
    }
    return 'done'
  }

  /**
   * A failure rests, so that the host's other deadlines get their turn. It may come as late as the commit, where
   * constraints over sums are checked.
   */
  async function doOne(hostId: string): Promise<Next> {
    let next: Next = 'none'
    try {
      await runCommand(database, workOptions(`deadlines.${hostId}`), log, async (work) => {
        next = 'none'
        next = await nextDeadline(work, hostId)
        if (typeof next !== 'string') await doDeadline(work, next, handlers)
      })
    } catch (error) {
      const failed = next as Next
      if (typeof failed === 'string') throw error
      const { id, kind, attempts } = failed
      log.error({ err: error, deadline: id, kind, attempt: attempts + 1 }, 'a deadline failed and is tried again')
      await restDeadline(look(), failed, error)
    }
    return next
  }

  function startFor(hostId: string): Promise<'done' | 'busy'> {
    const work = workFor(hostId).finally(() => running.delete(hostId))
    running.set(hostId, work)
    return work
  }

  return {
    async ring(deadlineId) {
      while (!isStopped) {
        const waiting = await waitingDeadline(look(), deadlineId)
        if (waiting === undefined) return
        if (!waiting.isDue) {
          if (waiting.againInMs === null) return
          throw new TooEarly(waiting.againInMs)
        }
        const underWay = running.get(waiting.hostId)
        if (underWay === undefined) {
          if ((await startFor(waiting.hostId)) === 'busy') throw new TooEarly(BUSY_MS)
          return
        }
        // It may have looked for the last time before this deadline came due, so look again afterwards.
        await Promise.allSettled([underWay])
      }
    },
    async sweep() {
      const hosts = await busyHosts(look(), sandbox)
      const work = async () => {
        for (let hostId = hosts.shift(); hostId !== undefined && !isStopped; hostId = hosts.shift()) {
          await (running.get(hostId) ?? startFor(hostId))
        }
      }
      await Promise.all(Array.from({ length: SWEEP_CONCURRENCY }, work))
    },
    stop() {
      isStopped = true
    },
  }
}
