import { consistencyParts, inclusionParts, largestSubtrees } from '../../kernel/merkle.ts'
import type { Sql } from '../database/database.ts'
import { readEntries, readProofHashes } from './tree.ts'

/** What shows that event `seq` is among the first `size`; no tree is larger than the last checkpoint. */
export interface EventInclusion {
  readonly seq: bigint
  readonly size: bigint
  readonly eventHash: Buffer
  readonly path: readonly Buffer[]
  readonly root: Buffer
}

/** What shows that the first `to` events begin with the first `from`. */
export interface ChainConsistency {
  readonly from: bigint
  readonly to: bigint
  readonly fromRoot: Buffer
  readonly toRoot: Buffer
  readonly path: readonly Buffer[]
}

/** For 1 ≤ `seq` ≤ `size` ≤ the size of the last checkpoint; reads some dozens of rows. */
export async function inclusionOf(sql: Sql, seq: bigint, size: bigint): Promise<EventInclusion> {
  const [root, ...path] = await readProofHashes(sql, [largestSubtrees(size), ...inclusionParts(seq - 1n, size)])
  const entries = await readEntries(sql, [{ level: 0, index: seq - 1n }])
  return { seq, size, eventHash: entries.get(seq) as Buffer, path, root: root as Buffer }
}

/** For 1 ≤ `from` ≤ `to` ≤ the size of the last checkpoint; reads some dozens of rows. */
export async function consistencyOf(sql: Sql, from: bigint, to: bigint): Promise<ChainConsistency> {
  const [fromRoot, toRoot, ...path] = await readProofHashes(sql, [
    largestSubtrees(from),
    largestSubtrees(to),
    ...consistencyParts(from, to),
  ])
  return { from, to, fromRoot: fromRoot as Buffer, toRoot: toRoot as Buffer, path }
}
