import { and, asc, gt, lte, sql as statement } from 'drizzle-orm'
import type { Sql } from '../database/database.ts'
import type { Signer } from '../signing.ts'
import type { ChainHead } from './chain.ts'
import { CHECKPOINT_TYP, type CheckpointClaim, claimOf, payloadOf } from './checkpointClaim.ts'
import { latestCheckpoint } from './checkpoints.ts'
import { checkpointTable } from './tables.ts'
import { keyOf, type NewNode, readStoredNodes, readTree, STORED_FROM_LEVEL } from './tree.ts'

/** The first place where something is wrong, and what. */
export interface BrokenLink {
  readonly seq: string
  readonly reason: string
}

export interface WitnessOptions {
  /** The event before the first that is examined; its hash is trusted. */
  readonly start: ChainHead
  /** Checkpoints held outside the database, whose signatures were verified. */
  readonly held: readonly CheckpointClaim[]
  /** Verifies the signatures of the checkpoints in the table; without it only what they say is compared. */
  readonly signer: Pick<Signer, 'verify'> | undefined
}

/**
 * Holds the chain, while it is walked, against everything that was derived from it: the nodes of the Merkle tree, the
 * checkpoints of the table, and those that somebody kept outside.
 */
export interface Witness {
  /** The next events, whose links were found whole. */
  examine(hashes: readonly Buffer[]): Promise<BrokenLink | undefined>
  /** After the last event. */
  finish(head: ChainHead): Promise<BrokenLink | undefined>
  /** How many checkpoints agreed so far. */
  agreed(): number
}

/** A checkpoint to be compared at its size, and where it comes from. */
interface Mark {
  readonly claim: CheckpointClaim
  readonly whose: string
  /** Undefined where the signature was verified before. */
  readonly jws: string | undefined
}

/** @throws TreeDamaged when the tree cannot be taken up at `start`. */
export async function callWitness(sql: Sql, { start, held, signer }: WitnessOptions): Promise<Witness> {
  const storedSize = (await latestCheckpoint(sql))?.size ?? 0n
  // Beyond the last checkpoint the nodes before `start` are not stored yet, so there only hashes are compared.
  const tree = start.seq <= storedSize ? await readTree(sql, start.seq) : undefined
  const heldInOrder = held
    .filter(({ size }) => size > start.seq)
    .toSorted((one, other) => Number(one.size - other.size))
  let at = start.seq
  let nextHeld = 0
  let agreed = 0

  async function marksUntil(size: bigint): Promise<Mark[]> {
    const rows = await sql
      .select()
      .from(checkpointTable)
      .where(and(gt(checkpointTable.size, at), lte(checkpointTable.size, size)))
      .orderBy(asc(checkpointTable.size))
    const marks: Mark[] = rows.map((claim) => ({ claim, whose: 'the checkpoint in the table', jws: claim.jws }))
    for (let claim = heldInOrder[nextHeld]; claim !== undefined && claim.size <= size; claim = heldInOrder[nextHeld]) {
      marks.push({ claim, whose: 'the checkpoint held outside', jws: undefined })
      nextHeld += 1
    }
    return marks.sort((one, other) => Number(one.claim.size - other.claim.size))
  }

  async function compareMark({ claim, whose, jws }: Mark, hash: Buffer): Promise<BrokenLink | undefined> {
    const broken = (reason: string) => ({ seq: claim.size.toString(), reason: `${whose} ${reason}` })
    if (!claim.hash.equals(hash))
      return broken(`names ${hex(claim.hash)} as this event's hash, here it is ${hex(hash)}`)
    const root = tree?.root()
    if (root !== undefined && !claim.root.equals(root))
      return broken(`names ${hex(claim.root)} as the root of the tree, here it is ${hex(root)}`)
    if (jws !== undefined && signer !== undefined) {
      const signed = claimOf(await signer.verify(CHECKPOINT_TYP, jws))
      if (signed === undefined) return broken('has no valid signature of this service')
      if (JSON.stringify(payloadOf(signed)) !== JSON.stringify(payloadOf(claim)))
        return broken('says something else than what was signed')
    }
    agreed += 1
    return undefined
  }

  return {
    async examine(hashes) {
      const marks = await marksUntil(at + BigInt(hashes.length))
      const nodes: NewNode[] = []
      let nextMark = 0
      for (const hash of hashes) {
        at += 1n
        tree?.add(hash, (place, hash) => {
          if (place.level >= STORED_FROM_LEVEL && at <= storedSize) nodes.push({ ...place, hash })
        })
        for (let mark = marks[nextMark]; mark?.claim.size === at; mark = marks[nextMark]) {
          const broken = await compareMark(mark, hash)
          if (broken !== undefined) return broken
          nextMark += 1
        }
      }
      return compareNodes(sql, nodes)
    },
    async finish(head) {
      const latest = await latestCheckpoint(sql)
      const beyond = [...(latest === undefined ? [] : [latest]), ...heldInOrder].find(({ size }) => size > head.seq)
      if (beyond !== undefined) {
        const seq = (head.seq + 1n).toString()
        const where = beyond === latest ? 'in the table' : 'held outside'
        return {
          seq,
          reason: `the chain ends at ${head.seq}, but a checkpoint ${where} covers ${beyond.size}: its tail is cut off`,
        }
      }
      return findStrayNode(sql)
    },
    agreed: () => agreed,
  }
}

async function compareNodes(sql: Sql, nodes: readonly NewNode[]): Promise<BrokenLink | undefined> {
  if (nodes.length === 0) return undefined
  const stored = await readStoredNodes(sql, nodes)
  for (const node of nodes) {
    const hash = stored.get(keyOf(node))
    if (hash?.equals(node.hash) === true) continue
    const seq = ((node.index + 1n) << BigInt(node.level)).toString()
    const what = hash === undefined ? 'is missing' : `is ${hex(hash)}, computed it is ${hex(node.hash)}: it was changed`
    return { seq, reason: `the Merkle node ${keyOf(node)}, which ends with this event, ${what}` }
  }
  return undefined
}

/** Nodes are written with the checkpoint that completes them, so none can reach beyond the last. */
async function findStrayNode(sql: Sql): Promise<BrokenLink | undefined> {
  const { rows } = await sql.execute<{ level: number; index: string; seq: string }>(statement`
    select level, index, (index + 1) << level as seq from merkle_node
    where (index + 1) << level > (select coalesce(max(size), 0) from checkpoint) order by seq limit 1`)
  const stray = rows[0]
  if (stray === undefined) return undefined
  const key = `${stray.level}/${stray.index}`
  return { seq: stray.seq, reason: `the Merkle node ${key} reaches beyond the last checkpoint: it was inserted` }
}

function hex(hash: Buffer): string {
  return hash.toString('hex')
}
