import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import type { Teardown } from './database.ts'

/** The programs of a deployment: src/bin/server.ts and src/bin/worker.ts. */
export const PROGRAMS = ['server', 'worker'] as const
export type Program = (typeof PROGRAMS)[number]

type Environment = Readonly<Record<string, string>>

export interface Deployment {
  readonly port: number
  /** SIGKILL: no handler runs and nothing is flushed. The program is started again at once. */
  kill(program: Program): void
  /** Waits until the API can do its work. */
  ready(): Promise<void>
  /** How often a program was killed by {@link kill}. */
  readonly kills: Readonly<Record<Program, number>>
  /** Programs that ended without having been killed, with the last they said. */
  readonly crashes: readonly string[]
  /** What both have written to their log, line by line. */
  readonly log: readonly string[]
}

const SOURCE = path.join(import.meta.dirname, '../../src/bin')
/** As in the image: see src/platform/quickImports.mjs. */
const QUICK_IMPORTS = path.join(SOURCE, '../platform/quickImports.mjs')
const READY_PATIENCE_MS = 120_000
const END_PATIENCE_MS = 30_000
const POLL_MS = 50
/** Something that ends again and again is not started for ever. */
const CRASHES_MAX = 5
/** A test that is itself killed leaves nothing running: the child ends when the channel to its parent breaks. */
const END_WITH_PARENT = `data:text/javascript,process.on('disconnect', () => process.exit(1))`

/**
 * API and worker as two processes on a fixed port, kept running as an init system would: whichever ends is started
 * again. Both end with the test.
 */
export async function startDeployment(
  t: Teardown,
  settings: Readonly<Record<Program, Environment>>,
): Promise<Deployment> {
  const port = await freePort()
  const running = new Map<Program, { readonly child: ChildProcess; isMeantToEnd: boolean }>()
  const kills = { server: 0, worker: 0 }
  const crashes: string[] = []
  const log: string[] = []
  let isStopping = false

  function start(program: Program): void {
    const child = spawnProgram(program, { ...settings[program], HOST: '127.0.0.1', PORT: String(port) })
    const entry = { child, isMeantToEnd: false }
    running.set(program, entry)
    const said: string[] = []
    if (child.stderr !== null) {
      createInterface({ input: child.stderr }).on('line', (line) => {
        said.push(line)
        log.push(line)
      })
    }
    // `close` and not `exit`: by then everything it has said has arrived.
    child.once('close', (code, signal) => {
      if (!entry.isMeantToEnd && !isStopping)
        crashes.push(`${program} ended with ${signal ?? code}: ${said.slice(-20).join('\n')}`)
      if (!isStopping && crashes.length < CRASHES_MAX) start(program)
    })
  }

  t.teardown(async () => {
    isStopping = true
    await Promise.all(
      [...running.values()].map(async ({ child }) => {
        if (child.exitCode !== null || child.signalCode !== null) return
        const closed = once(child, 'close')
        child.kill('SIGTERM')
        const patience = setTimeout(() => child.kill('SIGKILL'), END_PATIENCE_MS)
        await closed
        clearTimeout(patience)
      }),
    )
  })
  for (const program of PROGRAMS) start(program)
  return {
    port,
    kills,
    crashes,
    log,
    kill(program) {
      const entry = running.get(program)
      if (entry === undefined) return
      entry.isMeantToEnd = true
      if (entry.child.kill('SIGKILL')) kills[program]++
    },
    async ready() {
      const giveUpAt = performance.now() + READY_PATIENCE_MS
      while (!(await isReady(port))) {
        if (crashes.length > 0 || performance.now() > giveUpAt)
          throw new Error(`The service does not become ready. ${crashes.join('\n')}`)
        await pause(POLL_MS)
      }
    },
  }
}

function spawnProgram(program: Program, env: Environment): ChildProcess {
  // Options of the test runner's own are not for them.
  const { NODE_OPTIONS: _, ...inherited } = process.env
  const imports = ['--import', END_WITH_PARENT, '--import', QUICK_IMPORTS]
  return spawn(process.execPath, [...imports, path.join(SOURCE, `${program}.ts`)], {
    env: { ...inherited, ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
}

async function isReady(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/health/ready`)).ok
  } catch {
    // Not listening yet, which is what we wait for.
    return false
  }
}

/** A port that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('The system gave no free port.')
  return address.port
}
