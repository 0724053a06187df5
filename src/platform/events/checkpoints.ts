import { desc, eq, lt, sql as statement } from 'drizzle-orm'
import type { Database, Sql } from '../database/database.ts'
import type { Signer } from '../signing.ts'
import { GENESIS } from './chain.ts'
import { CHECKPOINT_TYP, type CheckpointClaim, payloadOf } from './checkpointClaim.ts'
import { readHead } from './rows.ts'
import { checkpointTable } from './tables.ts'
import { insertNodes, type NewNode, readTree, STORED_FROM_LEVEL } from './tree.ts'

/** A signed state of the chain, as the table holds it. */
export interface Checkpoint extends CheckpointClaim {
  /** Compact JWS over the four claims. */
  readonly jws: string
}

export interface CheckpointPace {
  /** A checkpoint is due when the chain has grown by so many events since the last one… */
  readonly everyEvents: number
  /** …or has grown at all and the last one is so old. */
  readonly everyMs: number
}

export const CHECKPOINT_PACE: CheckpointPace = { everyEvents: 1_000, everyMs: 60_000 }
/** Any constant does, as long as nothing else in the database locks it. */
const CHECKPOINT_LOCK = 0x5ea1_c4ec
/** The most events between two checkpoints: after an outage the backlog is signed in steps of one short transaction each. */
const EVENTS_MAX = 10_000

export async function latestCheckpoint(sql: Sql): Promise<Checkpoint | undefined> {
  const [checkpoint] = await sql.select().from(checkpointTable).orderBy(desc(checkpointTable.size)).limit(1)
  return checkpoint
}

export async function checkpointOfSize(sql: Sql, size: bigint): Promise<Checkpoint | undefined> {
  const [checkpoint] = await sql.select().from(checkpointTable).where(eq(checkpointTable.size, size))
  return checkpoint
}

/** The newest first; `below` is the smallest size of the page before. */
export function listCheckpoints(sql: Sql, { below, limit }: { below: bigint | undefined; limit: number }) {
  return sql
    .select()
    .from(checkpointTable)
    .where(below === undefined ? undefined : lt(checkpointTable.size, below))
    .orderBy(desc(checkpointTable.size))
    .limit(limit)
}

/**
 * Signs the state of the chain when that is due, one maker at a time over all processes, and stores the nodes that the
 * tree gained. Withheld events have no number yet, so neither a size nor the moment tells of them.
 * @returns undefined when none is due or another process is making it.
 */
export async function makeCheckpoint(
  database: Database,
  signer: Signer,
  pace: CheckpointPace = CHECKPOINT_PACE,
): Promise<Checkpoint | undefined> {
  return database.transaction(async (sql) => {
    const lock = await sql.execute<{ taken: boolean; now: Date }>(
      statement`select pg_try_advisory_xact_lock(${CHECKPOINT_LOCK}) as taken, clock_timestamp()::timestamptz(3) as now`,
    )
    const { taken, now } = lock.rows[0] ?? { taken: false, now: new Date(0) }
    if (!taken) return undefined
    const last = await latestCheckpoint(sql)
    const { seq: headSeq } = await readHead(sql)
    if (!isDue(last, headSeq, new Date(now), pace)) return undefined
    const state = await growTree(sql, last ?? { size: 0n, hash: GENESIS.hash })
    const claim = { ...state, at: new Date(now) }
    const checkpoint = { ...claim, jws: await signer.sign(CHECKPOINT_TYP, payloadOf(claim)) }
    await sql.insert(checkpointTable).values(checkpoint)
    return checkpoint
  })
}

function isDue(last: CheckpointClaim | undefined, headSeq: bigint, now: Date, pace: CheckpointPace): boolean {
  const grown = headSeq - (last?.size ?? 0n)
  if (grown <= 0n) return false
  return last === undefined || grown >= BigInt(pace.everyEvents) || now.getTime() - last.at.getTime() >= pace.everyMs
}

/** @throws Error when an event is not linked to the one before: what is broken is not signed. */
async function growTree(
  sql: Sql,
  last: { readonly size: bigint; readonly hash: Buffer },
): Promise<{ size: bigint; root: Buffer; hash: Buffer }> {
  const { rows } = await sql.execute<{ seq: string; hash: Buffer; previousHash: Buffer }>(statement`
    select seq, hash, previous_hash as "previousHash" from event
    where seq > ${last.size.toString()}::bigint order by seq limit ${EVENTS_MAX}`)
  const tree = await readTree(sql, last.size)
  const nodes: NewNode[] = []
  let head = last.hash
  for (const { seq, hash, previousHash } of rows) {
    if (BigInt(seq) !== tree.size() + 1n || !previousHash.equals(head))
      throw new Error(`event ${seq} is not linked to the one before; run npm run audit:verify`)
    tree.add(hash, (place, hash) => {
      if (place.level >= STORED_FROM_LEVEL) nodes.push({ ...place, hash })
    })
    head = hash
  }
  await insertNodes(sql, nodes)
  return { size: tree.size(), root: tree.root() as Buffer, hash: head }
}
