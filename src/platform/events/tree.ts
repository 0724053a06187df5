import { hash } from 'node:crypto'
import { sql as statement } from 'drizzle-orm'
import {
  foldSubtrees,
  type GrowingTree,
  growingTree,
  largestSubtrees,
  type MerkleHasher,
  type ProofPart,
  type SubtreePlace,
} from '../../kernel/merkle.ts'
import type { Sql } from '../database/database.ts'

/**
 * Subtrees of 16 events and more are stored, an eighth of a row for each event; smaller ones are computed from at most 8
 * hashes of events, so a proof over millions of events still reads some dozens of rows.
 */
export const STORED_FROM_LEVEL = 4
const HASH_BYTES = 32
const LEAF = 0
const NODE = 1

const leafMessage = Buffer.alloc(1 + HASH_BYTES, LEAF)
const nodeMessage = Buffer.alloc(1 + 2 * HASH_BYTES, NODE)

/** SHA-256(0x00 ‖ entry) and SHA-256(0x01 ‖ left ‖ right), as RFC 6962 has it; an entry is the hash of an event. */
export const TREE_HASHER: MerkleHasher<Buffer> = {
  leaf(entry) {
    if (entry.length !== HASH_BYTES) throw new RangeError(`an entry has ${entry.length} bytes, not 32`)
    leafMessage.set(entry, 1)
    return hash('sha256', leafMessage, 'buffer')
  },
  node(left, right) {
    nodeMessage.set(left, 1)
    nodeMessage.set(right, 1 + HASH_BYTES)
    return hash('sha256', nodeMessage, 'buffer')
  },
  equals: (one, other) => one.equals(other),
}

/** The hashes of a proof's parts, for a tree no larger than the last checkpoint. */
export async function readProofHashes(sql: Sql, parts: readonly ProofPart[]): Promise<Buffer[]> {
  const known = await readSubtrees(sql, parts.flat())
  return parts.map((part) =>
    foldSubtrees(
      TREE_HASHER,
      part.map((place) => known.get(keyOf(place)) as Buffer),
    ),
  )
}

/** The tree over the first `size` events, ready to go on; `size` is the size of a checkpoint or smaller. @throws TreeDamaged */
export async function readTree(sql: Sql, size: bigint): Promise<GrowingTree<Buffer>> {
  const peaks = largestSubtrees(size)
  const known = await readSubtrees(sql, peaks)
  return growingTree(
    TREE_HASHER,
    size,
    peaks.map((place) => known.get(keyOf(place)) as Buffer),
  )
}

/** A node or an event is not where it must be: `npm run audit:verify` says what happened. */
export class TreeDamaged extends Error {
  override readonly name = 'TreeDamaged'
}

/** A name for a subtree that is the same for the same place. */
export function keyOf({ level, index }: SubtreePlace): string {
  return `${level}/${index}`
}

/** @throws TreeDamaged when a node or an event is missing. */
async function readSubtrees(sql: Sql, places: readonly SubtreePlace[]): Promise<Map<string, Buffer>> {
  const stored = places.filter(({ level }) => level >= STORED_FROM_LEVEL)
  const small = places.filter(({ level }) => level < STORED_FROM_LEVEL)
  const known = stored.length === 0 ? new Map<string, Buffer>() : await readStoredNodes(sql, stored)
  const entries = small.length === 0 ? new Map<bigint, Buffer>() : await readEntries(sql, small)
  for (const place of small) {
    const tree = growingTree(TREE_HASHER)
    for (const seq of seqsOf(place)) tree.add(entries.get(seq) as Buffer)
    known.set(keyOf(place), tree.root() as Buffer)
  }
  for (const place of stored) there(known.get(keyOf(place)), `Merkle node ${keyOf(place)}`)
  return known
}

/** Stored hashes by {@link keyOf}; what is not stored is not in the map. */
export async function readStoredNodes(sql: Sql, places: readonly SubtreePlace[]): Promise<Map<string, Buffer>> {
  const levels = places.map(({ level }) => level)
  const indexes = places.map(({ index }) => index.toString())
  const { rows } = await sql.execute<{ level: number; index: string; hash: Buffer }>(statement`
    select level, index, hash from merkle_node
    join unnest(${statement.param(levels)}::smallint[], ${statement.param(indexes)}::bigint[]) as wanted (level, index)
    using (level, index)`)
  return new Map(rows.map(({ level, index, hash }) => [`${level}/${index}`, hash]))
}

/** The hashes of the events in some subtrees, by their numbers. @throws TreeDamaged when one is missing. */
export async function readEntries(sql: Sql, places: readonly SubtreePlace[]): Promise<Map<bigint, Buffer>> {
  const seqs = places.flatMap((place) => seqsOf(place).map(String))
  const { rows } = await sql.execute<{ seq: string; hash: Buffer }>(
    statement`select seq, hash from event where seq = any(${statement.param(seqs)}::bigint[])`,
  )
  const entries = new Map(rows.map(({ seq, hash }) => [BigInt(seq), hash]))
  for (const seq of seqs) there(entries.get(BigInt(seq)), `event ${seq}`)
  return entries
}

/** Entry 0 of the tree is event 1. */
function seqsOf({ level, index }: SubtreePlace): bigint[] {
  const first = (index << BigInt(level)) + 1n
  return Array.from({ length: 2 ** level }, (_, offset) => first + BigInt(offset))
}

function there(hash: Buffer | undefined, what: string): Buffer {
  if (hash === undefined) throw new TreeDamaged(`${what} is missing`)
  return hash
}

/** What the tree gained: the subtrees that are stored. */
export interface NewNode extends SubtreePlace {
  readonly hash: Buffer
}

export async function insertNodes(sql: Sql, nodes: readonly NewNode[]): Promise<void> {
  if (nodes.length === 0) return
  const levels = nodes.map(({ level }) => level)
  const indexes = nodes.map(({ index }) => index.toString())
  const hashes = nodes.map(({ hash }) => hash)
  await sql.execute(statement`
    insert into merkle_node (level, index, hash)
    select * from unnest(
      ${statement.param(levels)}::smallint[], ${statement.param(indexes)}::bigint[], ${statement.param(hashes)}::bytea[])`)
}
