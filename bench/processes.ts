import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

const START_PATIENCE_MS = 120_000
const POLL_MS = 50

export interface Server {
  /** Such as `http://127.0.0.1:40123`. */
  readonly url: string
  stop(): Promise<void>
}

/**
 * Starts a server of its own process on a free port and waits until it answers at `path`. Both its outputs go to our
 * standard error.
 */
export async function startServer(script: string, path: string, environment: Record<string, string>): Promise<Server> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, HOST: '127.0.0.1', ...environment, PORT: String(port) },
    stdio: ['ignore', 2, 2],
  })
  const endWithUs = () => child.kill()
  process.once('exit', endWithUs)
  const ended = once(child, 'exit')
  const stop = async () => {
    process.off('exit', endWithUs)
    child.kill()
    await ended
  }
  for (const giveUpAt = performance.now() + START_PATIENCE_MS; !(await answers(url + path)); await pause(POLL_MS)) {
    if (child.exitCode !== null) throw new Error(`${script} ended with exit code ${child.exitCode}`)
    if (performance.now() < giveUpAt) continue
    await stop()
    throw new Error(`${script} did not answer at ${path} within ${START_PATIENCE_MS / 1000} s`)
  }
  return { url, stop }
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
