import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startEmbeddedPostgres } from '../src/platform/database/embedded.ts'

export type Say = (line: string) => void

/** Where a run takes place: everything in it ends and goes when the run does. */
export interface Place {
  /** Of a PostgreSQL server of our own. */
  readonly databaseUrl: string
  readonly directory: string
  readonly say: Say
  /** Called at the end, the last one first, whether the run succeeded or not. */
  onEnd(stop: () => Promise<unknown>): void
}

/**
 * Runs in an empty directory with a PostgreSQL of its own, and leaves nothing behind. A `durable` server waits for the
 * disk at each commit, as a deployment does; the other one never does.
 */
export async function inPlace<Result>(
  { durable, say }: { readonly durable: boolean; readonly say: Say },
  run: (place: Place) => Promise<Result>,
): Promise<Result> {
  const began = performance.now()
  const directory = await mkdtemp(path.join(tmpdir(), 'sandan-bench-'))
  const log = { info: () => undefined, warn: (_: object, message: string) => say(message) }
  const closing: (() => Promise<unknown>)[] = [() => rm(directory, { recursive: true, force: true })]
  try {
    say('starting PostgreSQL')
    const postgres = await startEmbeddedPostgres({
      directory: path.join(directory, 'postgres'),
      persistent: durable,
      log,
    })
    closing.push(() => postgres.stop())
    const result = await run({
      databaseUrl: postgres.url,
      directory,
      say,
      onEnd: (stop) => void closing.push(stop),
    })
    say(`measured in ${Math.round((performance.now() - began) / 1000)} s`)
    return result
  } finally {
    for (const close of closing.reverse()) await close()
  }
}
