import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'

export interface RedisServer {
  readonly url: string
  /** Ends the server as a crash would; everything in it is lost. Only one of our own can be ended. */
  kill(): Promise<void>
  start(): Promise<void>
}

const PATIENCE_MS = 10_000
const POLL_MS = 20

/** Is there a `redis-server` to start? */
export const hasRedisServer = spawnSync('redis-server', ['--version']).status === 0

/** A Redis of our own on a free port, which keeps its files in its own folder and ends with the test. */
export async function redisServer(t: { teardown(handler: () => Promise<void>): void }): Promise<RedisServer> {
  const directory = await mkdtemp(path.join(tmpdir(), 'sandan-redis-'))
  const port = await freePort()
  const url = `redis://127.0.0.1:${port}`
  let server: ReturnType<typeof spawn> | undefined

  async function kill(): Promise<void> {
    if (server === undefined) return
    const ended = once(server, 'exit')
    server.kill('SIGKILL')
    await ended
    server = undefined
  }

  async function start(): Promise<void> {
    const options = [
      '--bind',
      '127.0.0.1',
      '--port',
      String(port),
      '--dir',
      directory,
      '--save',
      '',
      '--appendonly',
      'no',
    ]
    server = spawn('redis-server', options, { stdio: 'ignore' })
    const giveUpAt = performance.now() + PATIENCE_MS
    while (!(await answers(url))) {
      if (performance.now() > giveUpAt || server.exitCode !== null) throw new Error('redis-server did not start')
      await pause(POLL_MS)
    }
  }

  await start()
  t.teardown(async () => {
    await kill()
    await rm(directory, { recursive: true })
  })
  return { url, kill, start }
}

async function answers(url: string): Promise<boolean> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 })
  client.on('error', () => {})
  try {
    await client.connect()
    return (await client.ping()) === 'PONG'
  } catch {
    return false
  } finally {
    client.disconnect()
  }
}

async function freePort(): Promise<number> {
  const probe = createServer()
  probe.listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
  return address.port
}
