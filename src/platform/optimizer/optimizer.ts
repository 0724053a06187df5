import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { BinarySolution, SolveProgram } from '../../kernel/program.ts'

/** The solver's memory is WebAssembly, outside this heap. */
const MEGABYTES_MAX = 256

/**
 * Lends a solver of binary programs (HiGHS) to a task. It runs in a thread of its own, which is started for the task and
 * ends with it: requests are answered while it searches, and who never asks for advice never loads it. Fails when the
 * thread does.
 */
export async function withOptimizer<Result>(task: (solve: SolveProgram) => Promise<Result>): Promise<Result> {
  const thread = new Worker(new URL('./thread.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: MEGABYTES_MAX },
    execArgv: [],
    env: {},
  })
  try {
    return await task(async (program) => {
      thread.postMessage(program)
      const [solution] = (await once(thread, 'message')) as [BinarySolution | null]
      return solution
    })
  } finally {
    await thread.terminate()
  }
}
