import { mkdir, open } from 'node:fs/promises'
import path from 'node:path'
import { asc, gt } from 'drizzle-orm'
import type { Sql } from '../database/database.ts'
import { payloadOf } from './checkpointClaim.ts'
import { type Checkpoint, checkpointOfSize, latestCheckpoint } from './checkpoints.ts'
import type { SealerLog } from './sealer.ts'
import { checkpointTable } from './tables.ts'

/**
 * One checkpoint a line, only ever appended to: what stays when somebody cuts the database. Put it on a volume that the
 * database's administrator cannot write, or copy it away.
 */
export interface CheckpointFile {
  /** Appends what the table has and the file has not. */
  catchUp(sql: Sql): Promise<void>
}

const PAGE_SIZE = 1_000
/** A line has some 700 characters. */
const TAIL_BYTES = 8_192

export function checkpointFile(file: string, log: SealerLog): CheckpointFile {
  let last: FileTail | undefined
  return {
    async catchUp(sql) {
      last ??= await readTail(file, sql, log)
      for (;;) {
        const page = await sql
          .select()
          .from(checkpointTable)
          .where(gt(checkpointTable.size, last.size))
          .orderBy(asc(checkpointTable.size))
          .limit(PAGE_SIZE)
        const newest = page.at(-1)
        if (newest === undefined) return
        await append(file, `${last.isTorn ? '\n' : ''}${page.map(lineOf).join('')}`)
        last = { size: newest.size, isTorn: false }
      }
    },
  }
}

interface FileTail {
  /** Size of the last checkpoint in the file; 0 when there is none. */
  readonly size: bigint
  /** The last line has no end: the process died while it was written. */
  readonly isTorn: boolean
}

function lineOf(checkpoint: Checkpoint): string {
  return `${JSON.stringify({ ...payloadOf(checkpoint), jws: checkpoint.jws })}\n`
}

async function append(file: string, text: string): Promise<void> {
  const handle = await open(file, 'a', 0o644)
  try {
    await handle.appendFile(text)
    await handle.datasync()
  } finally {
    await handle.close()
  }
}

/** What the file ends with. Says so when the database contradicts it: then the database was set back or rewritten. */
async function readTail(file: string, sql: Sql, log: SealerLog): Promise<FileTail> {
  await mkdir(path.dirname(file), { recursive: true })
  const text = await readEnd(file)
  const isTorn = text !== '' && !text.endsWith('\n')
  const line = text
    .split('\n')
    .slice(0, -1)
    .findLast((line) => line.startsWith('{') && line.endsWith('}'))
  if (line === undefined) return { size: 0n, isTorn }
  const noted = JSON.parse(line) as { size: string; jws: string }
  const size = BigInt(noted.size)
  const stored = await checkpointOfSize(sql, size)
  if (stored?.jws !== noted.jws) {
    const latest = await latestCheckpoint(sql)
    log.error(
      { file, notedSize: noted.size, latestSize: latest?.size.toString() ?? '0' },
      'the file holds a checkpoint that the database does not: run npm run audit:verify with --checkpoint',
    )
  }
  return { size, isTorn }
}

async function readEnd(file: string): Promise<string> {
  const handle = await open(file, 'a+', 0o644)
  try {
    const { size } = await handle.stat()
    const start = Math.max(0, size - TAIL_BYTES)
    const { buffer } = await handle.read(Buffer.alloc(size - start), 0, size - start, start)
    return buffer.toString('utf8')
  } finally {
    await handle.close()
  }
}
