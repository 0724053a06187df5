import { openQueues, type Queues, type QueuesOptions, type RunningWorker } from './queue.ts'

/** The queue of deadlines. A deadline is a row; the job is only its alarm clock. */
const DEADLINES = 'deadlines'

export interface Rings {
  /**
   * Sets the alarm for a deadline. Setting it twice for the same moment is one alarm; another moment is another alarm,
   * and the handler of the older one finds the row not due.
   * `now` is the clock that `dueAt` is measured by; the clock of this process unless told.
   */
  ring(deadlineId: string, dueAt: Date, now?: Date): Promise<void>
  /** Rings at once, as the sweep does for deadlines that are due and were not handled. */
  ringNow(deadlineIds: readonly string[]): Promise<void>
  /**
   * Handles the rings. The handler asks the database whether the deadline is due; if the alarm was early (clocks differ)
   * it throws `TooEarly`, and the ring comes again.
   */
  onRing(handler: (deadlineId: string) => Promise<void>, options?: { readonly concurrency?: number }): RunningWorker
  close(): Promise<void>
}

const CONCURRENCY = 4

/** Opens the queues for rings alone. */
export async function openRings(options: QueuesOptions): Promise<Rings> {
  const queues = await openQueues(options)
  return { ...ringsOn(queues), close: () => queues.close() }
}

/** Rings on queues that others use as well, and close. */
export function ringsOn(queues: Queues): Omit<Rings, 'close'> {
  const queue = queues.queue(DEADLINES)
  return {
    async ring(deadlineId, dueAt, now = new Date()) {
      const id = `${colonFree(deadlineId)}.${dueAt.getTime()}`
      await queue.add([{ id, data: { deadlineId }, delayMs: Math.max(0, dueAt.getTime() - now.getTime()) }])
    },
    async ringNow(deadlineIds) {
      if (deadlineIds.length === 0) return
      await queue.add(
        deadlineIds.map((deadlineId) => ({
          id: `${colonFree(deadlineId)}.now`,
          data: { deadlineId },
          isRepeated: true,
        })),
      )
    },
    onRing(handler, { concurrency = CONCURRENCY } = {}) {
      return queues.worker(
        DEADLINES,
        async ({ id, data: { deadlineId } }) => {
          if (deadlineId === undefined) throw new Error(`the ring ${id} names no deadline`)
          await handler(deadlineId)
        },
        { concurrency },
      )
    },
  }
}

function colonFree(id: string): string {
  return id.replaceAll(':', '-')
}
