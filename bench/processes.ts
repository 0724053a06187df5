import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

const START_PATIENCE_MS = 120_000
const POLL_MS = 50

/** A process of ours that ends with us at the latest. */
export interface Running {
  /** Ends it in good order, or at once with `SIGKILL`. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

export interface Server extends Running {
  /** Such as `http://127.0.0.1:40123`. */
  readonly url: string
}

/**
 * Starts a server of its own process on a free port and waits until it answers at `path`. Both its outputs go to our
 * standard error.
 */
export async function startServer(script: string, path: string, environment: Record<string, string>): Promise<Server> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const { child, stop } = startChild(script, { HOST: '127.0.0.1', ...environment, PORT: String(port) })
  for (const giveUpAt = performance.now() + START_PATIENCE_MS; !(await answers(url + path)); await pause(POLL_MS)) {
    if (child.exitCode !== null) throw new Error(`${script} ended with exit code ${child.exitCode}`)
    if (performance.now() < giveUpAt) continue
    await stop()
    throw new Error(`${script} did not answer at ${path} within ${START_PATIENCE_MS / 1000} s`)
  }
  return { url, stop }
}

/** Starts a process that nobody asks anything, such as a worker. */
export function startProcess(script: string, environment: Record<string, string>): Running {
  return startChild(script, environment)
}

/** As in the image. */
const QUICK_IMPORTS = path.join(import.meta.dirname, '../src/platform/quickImports.mjs')

function startChild(script: string, environment: Record<string, string>): Running & { readonly child: ChildProcess } {
  const flags = (process.env['BENCH_NODE_FLAGS'] ?? '').split(' ').filter((flag) => flag !== '')
  const child = spawn(process.execPath, ['--import', QUICK_IMPORTS, ...flags, script], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 2, 2],
  })
  const endWithUs = () => child.kill()
  process.once('exit', endWithUs)
  const ended = once(child, 'exit')
  return {
    child,
    async stop(signal = 'SIGTERM') {
      process.off('exit', endWithUs)
      child.kill(signal)
      await ended
    },
  }
}

/** Nobody listens yet, or not to this: both are asked again. */
async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    async (answer) => {
      await answer.arrayBuffer()
      return answer.ok
    },
    () => false,
  )
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('the system gave no free port')
  return address.port
}
