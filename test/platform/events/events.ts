import type { Database } from '../../../src/platform/database/database.ts'
import type { NewEvent } from '../../../src/platform/events/record.ts'
import { readUnsealed } from '../../../src/platform/events/rows.ts'
import { sealEvents } from '../../../src/platform/events/sealer.ts'
import { newId } from '../../../src/platform/ids.ts'

const PATIENCE_MS = 20_000

export function event(data: Record<string, unknown> = {}, rest: Partial<NewEvent> = {}): NewEvent {
  return {
    hostId: null,
    type: 'need.listed',
    subject: newId('need'),
    actor: 'system',
    requestId: 'req-1',
    at: new Date('2026-03-02T01:00:00.123Z'),
    data,
    ...rest,
  }
}

/** Other test files write into the same cluster, and their open transactions hold the sealing back for a moment. */
export async function sealAll(database: Database, options?: { batchSize: number }): Promise<void> {
  const giveUpAt = performance.now() + PATIENCE_MS
  while ((await readUnsealed(database.sql)).events > 0) {
    if (performance.now() > giveUpAt) throw new Error('events stayed unsealed')
    await sealEvents(database, options)
  }
}
