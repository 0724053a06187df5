import { Worker } from 'node:worker_threads'
import type { BinaryProgram, BinarySolution, SolveProgram } from '../../kernel/program.ts'

/** The solver's memory is WebAssembly, outside this heap. */
const MEGABYTES_MAX = 256
/** So long the solver stays ready for the next task. Starting it takes about as long as a search. */
const IDLE_MILLISECONDS = 10 * 60_000

/** What goes to the thread and comes back from it. */
export interface Question {
  readonly number: number
  readonly program: BinaryProgram
}
export interface Reply {
  readonly number: number
  readonly solution: BinarySolution | null
}

interface Waiting {
  readonly resolve: (solution: BinarySolution | null) => void
  readonly reject: (error: Error) => void
}
interface Thread {
  readonly worker: Worker
  readonly waiting: Map<number, Waiting>
  tasks: number
  rest: NodeJS.Timeout | undefined
}

let kept: Thread | undefined
let lastNumber = 0

/**
 * Lends a solver of binary programs (HiGHS) to a task. It runs in a thread of its own, one for the process: requests are
 * answered while it searches, who never asks for advice never loads it, and who asks again soon finds it ready. Tasks take
 * turns by single programs. Fails when the thread does; the next task then gets a new one.
 */
export async function withOptimizer<Result>(task: (solve: SolveProgram) => Promise<Result>): Promise<Result> {
  kept ??= startThread()
  const thread = kept
  thread.tasks++
  clearTimeout(thread.rest)
  thread.worker.ref()
  try {
    return await task((program) => ask(thread, program))
  } finally {
    thread.tasks--
    if (thread.tasks === 0) rest(thread)
  }
}

function startThread(): Thread {
  const worker = new Worker(new URL('./thread.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: MEGABYTES_MAX },
    execArgv: [],
    env: {},
  })
  const thread: Thread = { worker, waiting: new Map(), tasks: 0, rest: undefined }
  const end = (error: Error) => {
    if (kept === thread) kept = undefined
    for (const { reject } of thread.waiting.values()) reject(error)
    thread.waiting.clear()
  }
  worker.on('message', ({ number, solution }: Reply) => {
    thread.waiting.get(number)?.resolve(solution)
    thread.waiting.delete(number)
  })
  worker.on('error', end)
  worker.on('exit', (code) => end(new Error(`the solver ended with code ${code}`)))
  return thread
}

function ask({ worker, waiting }: Thread, program: BinaryProgram): Promise<BinarySolution | null> {
  const number = ++lastNumber
  return new Promise((resolve, reject) => {
    waiting.set(number, { resolve, reject })
    worker.postMessage({ number, program } satisfies Question)
  })
}

/** An idle solver keeps no process alive, and ends after a while. */
function rest(thread: Thread): void {
  thread.worker.unref()
  thread.rest = setTimeout(() => {
    if (kept === thread) kept = undefined
    void thread.worker.terminate()
  }, IDLE_MILLISECONDS).unref()
}
