import { setTimeout as pause } from 'node:timers/promises'
import type { Database } from '../database/database.ts'
import type { Signer } from '../signing.ts'
import { type CheckpointFile, checkpointFile } from './checkpointFile.ts'
import { CHECKPOINT_PACE, type CheckpointPace, makeCheckpoint } from './checkpoints.ts'
import type { SealerLog } from './sealer.ts'

export interface CheckpointMakerOptions {
  readonly signer: Signer
  /** The append-only file of this worker. */
  readonly file: string
  readonly log: SealerLog
  readonly pace?: CheckpointPace
  /** The pause between two looks, in milliseconds; 1,000 unless told. */
  readonly intervalMs?: number
}

export interface CheckpointMaker {
  /** Finishes what is under way. */
  stop(): Promise<void>
}

/** Makes checkpoints until stopped and keeps the file up to date, whichever process made them. */
export function startCheckpointMaker(database: Database, options: CheckpointMakerOptions): CheckpointMaker {
  const { signer, log, pace = CHECKPOINT_PACE, intervalMs = 1_000 } = options
  const stopping = new AbortController()
  const file: CheckpointFile = checkpointFile(options.file, log)

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        let made = await makeCheckpoint(database, signer, pace)
        while (made !== undefined && !stopping.signal.aborted) made = await makeCheckpoint(database, signer, pace)
        await file.catchUp(database.sql)
      } catch (error) {
        log.error({ err: error }, 'making a checkpoint failed and is tried again')
      }
      await rest(intervalMs, stopping.signal)
    }
  }

  const running = run()
  return {
    async stop() {
      stopping.abort()
      await running
    },
  }
}

async function rest(durationMs: number, signal: AbortSignal): Promise<void> {
  await pause(durationMs, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
}
