import { type SQL, sql as statement } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import type { Signer } from '../signing.ts'
import { type ChainHead, GENESIS, link } from './chain.ts'
import type { CheckpointClaim } from './checkpointClaim.ts'
import { CHAINED_COLUMNS, readUnsealed, type SealedRow } from './rows.ts'
import { TreeDamaged } from './tree.ts'
import { type BrokenLink, callWitness, type Witness } from './witness.ts'

export interface VerifyOptions {
  /** Begin with this event and trust the hash of the one before; from the first event unless told. */
  readonly from?: bigint
  /**
   * A head noted earlier outside the database. Only with it can a cut tail, or a history rewritten with fresh hashes, be
   * told from a short one.
   */
  readonly expectedHead?: ChainHead
  /** Checkpoints kept outside the database, whose signatures were verified; those before `from` are not compared. */
  readonly held?: readonly CheckpointClaim[]
  /** Verifies the signatures of the checkpoints in the table. */
  readonly signer?: Pick<Signer, 'verify'>
  /** Rows in memory at a time, twice over; 2,000 unless told. */
  readonly pageSize?: number
}

export interface ChainReport {
  /** How many events were read and found whole. */
  readonly events: number
  readonly verified: boolean
  readonly firstBroken: BrokenLink | null
  /** How many checkpoints, of the table and from outside, agreed with the chain. */
  readonly checkpoints: number
  /** Events not numbered yet; they are in no chain. */
  readonly unsealed: number
  readonly headSeq: string
  /** Hash of the last whole event, in hex: note it elsewhere and hand it in next time. */
  readonly headHash: string
}

const PAGE_SIZE = 2_000

/**
 * Recomputes the chain and its Merkle tree from the rows. Finds an event that was changed, deleted, inserted or moved, a
 * node or checkpoint that does not follow from the events, and names the first place where the chain breaks. Reads page by page while the next page is under way, so memory does not grow.
 */
export async function verifyChain(database: Pick<Database, 'sql'>, options: VerifyOptions = {}): Promise<ChainReport> {
  const { expectedHead, pageSize = PAGE_SIZE } = options
  const { unsealed, start } = {
    unsealed: await readUnsealed(database.sql),
    start: await readStart(database, options.from),
  }
  let events = 0
  let witness: Witness | undefined
  const report = (head: ChainHead, firstBroken: BrokenLink | null): ChainReport => ({
    events,
    verified: firstBroken === null,
    firstBroken,
    checkpoints: witness?.agreed() ?? 0,
    unsealed: unsealed.events,
    headSeq: head.seq.toString(),
    headHash: head.hash.toString('hex'),
  })
  if (start === undefined) {
    const seq = ((options.from ?? 1n) - 1n).toString()
    return report(GENESIS, { seq, reason: 'the event is missing, so nothing after it can be linked to it' })
  }

  try {
    witness = await callWitness(database.sql, { start, held: options.held ?? [], signer: options.signer })
  } catch (error) {
    if (!(error instanceof TreeDamaged)) throw error
    return report(GENESIS, {
      seq: start.seq.toString(),
      reason: `${error.message}, so the tree cannot be taken up here`,
    })
  }

  let head = start
  for await (const page of pages(database, start.seq, pageSize)) {
    const hashes: Buffer[] = []
    for (const row of page) {
      const next = link(head, row)
      const reason = whatIsWrong(row, head, next)
      if (reason !== undefined) return report(head, { seq: brokenSeq(row, next), reason })
      if (next.seq === expectedHead?.seq && !next.hash.equals(expectedHead.hash)) {
        return report(head, {
          seq: row.seq,
          reason: `the noted hash is ${hex(expectedHead.hash)}, here it is ${hex(next.hash)}`,
        })
      }
      head = next
      hashes.push(next.hash)
      events++
    }
    const broken = await witness.examine(hashes)
    if (broken !== undefined) return report(head, broken)
  }
  if (expectedHead !== undefined && expectedHead.seq > head.seq) {
    const seq = (head.seq + 1n).toString()
    return report(head, {
      seq,
      reason: `the chain ends at ${head.seq}, but ${expectedHead.seq} was noted: its tail is cut off`,
    })
  }
  return report(head, (await witness.finish(head)) ?? null)
}

/** The head to begin from; undefined when the event before `from` does not exist. */
async function readStart(database: Pick<Database, 'sql'>, from = 1n): Promise<ChainHead | undefined> {
  if (from <= 1n) return GENESIS
  const seq = from - 1n
  const { rows } = await database.sql.execute<{ hash: Buffer }>(statement`select hash from event where seq = ${seq}`)
  return rows[0] === undefined ? undefined : { seq, hash: rows[0].hash }
}

/** By number and id: should the table have lost its unique numbers, a second event with one is not skipped. */
async function* pages(database: Pick<Database, 'sql'>, after: bigint, pageSize: number): AsyncGenerator<SealedRow[]> {
  const read = async (after: SQL) =>
    (
      await database.sql.execute<SealedRow>(statement`
        select ${CHAINED_COLUMNS}, seq, previous_hash as "previousHash", hash
        from event where ${after} order by event.seq, event.id limit ${pageSize}`)
    ).rows
  let page = await read(statement`seq > ${after.toString()}`)
  for (;;) {
    const last = page.at(-1)
    if (last === undefined) return
    const next =
      page.length < pageSize
        ? Promise.resolve([])
        : read(statement`(seq, id) > (${last.seq}::bigint, ${last.id}::uuid)`)
    // A reader that stops early leaves this query behind; its failure then concerns nobody.
    next.catch(() => {})
    yield page
    page = await next
  }
}

function whatIsWrong(row: SealedRow, head: ChainHead, next: ChainHead): string | undefined {
  const seq = BigInt(row.seq)
  if (seq > next.seq) return `the event is missing; the next one there is ${seq}`
  if (seq < next.seq) return `a second event has this number (${row.id})`
  if (row.previousHash?.equals(head.hash) !== true) {
    return `the event names ${hex(row.previousHash)} as the hash before it, which is ${hex(head.hash)}: it was moved or inserted`
  }
  if (!row.hash.equals(next.hash)) {
    return `the event's content has the hash ${hex(next.hash)}, sealed was ${hex(row.hash)}: it was changed`
  }
  return undefined
}

/** A gap is named by the missing number, everything else by the row's own. */
function brokenSeq(row: SealedRow, next: ChainHead): string {
  return BigInt(row.seq) > next.seq ? next.seq.toString() : row.seq
}

function hex(hash: Buffer | null): string {
  return hash === null ? 'nothing' : hash.toString('hex')
}
