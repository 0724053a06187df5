import { isConsistent, rootOfInclusion } from '../../kernel/merkle.ts'
import { type KeySet, verifyJws } from '../signing.ts'
import { chainHash } from './chain.ts'
import { CHECKPOINT_TYP, type CheckpointClaim, claimOf, contradictionsOf } from './checkpointClaim.ts'
import { TREE_HASHER } from './tree.ts'

/** What a proof is held against; everything but the proof itself must come from somewhere else than the proof. */
export interface ProofBasis {
  readonly keySet: KeySet
  /** The checkpoint of the size of the (larger) tree. */
  readonly checkpoint: string
  /** The older checkpoint, for a proof that the chain was only added to. */
  readonly olderCheckpoint?: string | undefined
  /** What stands readable beside the two signatures: it must say what was signed. */
  readonly readable?: Readonly<Record<string, unknown>> | undefined
  readonly olderReadable?: Readonly<Record<string, unknown>> | undefined
  /** Hash of the event in hex as it was noted elsewhere, such as in a receipt. */
  readonly eventHash?: string | undefined
}

/**
 * What is wrong with an answer of `GET /v1/events/{seq}/inclusion-proof` or `GET /v1/consistency-proof`: nothing
 * (undefined), or a sentence. Asks no service and no database.
 */
export async function whatIsWrongWithProof(proof: unknown, basis: ProofBasis): Promise<string | undefined> {
  const checkpoint = claimOf(await verifyJws(basis.keySet, CHECKPOINT_TYP, basis.checkpoint))
  if (checkpoint === undefined) return 'the checkpoint is signed by none of the keys'
  const beside = whatContradicts('checkpoint', basis.readable, checkpoint)
  if (beside !== undefined) return beside
  const fields = typeof proof === 'object' && proof !== null ? (proof as Record<string, unknown>) : {}
  const path = hashesOf(fields.path)
  if (path === undefined) return 'the proof has no path of SHA-256 hashes'
  const wrongWithOwn = () => whatIsWrongWithOwnCheckpoint(fields.checkpoint, checkpoint, basis.keySet)
  if ('seq' in fields)
    return whatIsWrongWithInclusion(fields, path, checkpoint, basis.eventHash) ?? (await wrongWithOwn())
  if ('from' in fields)
    return (await whatIsWrongWithConsistency(fields, path, checkpoint, basis)) ?? (await wrongWithOwn())
  return 'this is neither an inclusion proof nor a consistency proof'
}

function whatContradicts(
  name: string,
  readable: Readonly<Record<string, unknown>> | undefined,
  claim: CheckpointClaim,
): string | undefined {
  const names = contradictionsOf(readable ?? {}, claim)
  return names.length === 0
    ? undefined
    : `what stands beside the signature of the ${name} was not signed: ${names.join(', ')}`
}

/** The signature that the proof itself carries, if it does: over the same root, whoever made which of the two. */
async function whatIsWrongWithOwnCheckpoint(
  jws: unknown,
  checkpoint: CheckpointClaim,
  keySet: KeySet,
): Promise<string | undefined> {
  if (jws === undefined || jws === null) return undefined
  const own = typeof jws === 'string' ? claimOf(await verifyJws(keySet, CHECKPOINT_TYP, jws)) : undefined
  if (own === undefined) return 'the checkpoint inside the proof is signed by none of the keys'
  return own.size === checkpoint.size && own.root.equals(checkpoint.root)
    ? undefined
    : `the checkpoint inside the proof is about another tree of ${own.size} events`
}

/** Roots are computed, so those that the proof names prove nothing; people read them all the same. */
function whatIsWrongWithRoot(fields: Record<string, unknown>, name: string, root: Buffer): string | undefined {
  const named = fields[name]
  return named === undefined || hashOf(named)?.equals(root) === true
    ? undefined
    : `the proof names another ${name} than the one that was signed, ${root.toString('hex')}`
}

function whatIsWrongWithInclusion(
  fields: Record<string, unknown>,
  path: readonly Buffer[],
  checkpoint: CheckpointClaim,
  notedHash: string | undefined,
): string | undefined {
  const seq = countOf(fields.seq)
  const size = countOf(fields.size)
  const entry = hashOf(fields.eventHash)
  if (seq === undefined || size === undefined || entry === undefined) return 'the proof lacks seq, size or eventHash'
  if (size !== checkpoint.size) return `the proof is about ${size} events, the checkpoint about ${checkpoint.size}`
  if (notedHash !== undefined && notedHash.toLowerCase() !== entry.toString('hex'))
    return `the proof is about another event: its hash is ${entry.toString('hex')}, noted was ${notedHash}`
  const root = rootOfInclusion(TREE_HASHER, { index: seq - 1n, size, entry, path })
  if (root === undefined) return `no tree of ${size} events has a path of ${path.length} hashes for event ${seq}`
  if (!root.equals(checkpoint.root))
    return `the path leads to the root ${root.toString('hex')}, signed was ${checkpoint.root.toString('hex')}`
  return whatIsWrongWithRoot(fields, 'root', checkpoint.root)
}

async function whatIsWrongWithConsistency(
  fields: Record<string, unknown>,
  path: readonly Buffer[],
  checkpoint: CheckpointClaim,
  { keySet, olderCheckpoint, olderReadable }: ProofBasis,
): Promise<string | undefined> {
  if (olderCheckpoint === undefined) return 'a consistency proof needs the older checkpoint as well'
  const older = claimOf(await verifyJws(keySet, CHECKPOINT_TYP, olderCheckpoint))
  if (older === undefined) return 'the older checkpoint is signed by none of the keys'
  const beside = whatContradicts('older checkpoint', olderReadable, older)
  if (beside !== undefined) return beside
  const from = countOf(fields.from)
  const to = countOf(fields.to)
  if (from !== older.size || to !== checkpoint.size)
    return `the proof is about ${from} and ${to} events, the checkpoints about ${older.size} and ${checkpoint.size}`
  const roots = { fromRoot: older.root, toRoot: checkpoint.root }
  return isConsistent(TREE_HASHER, { from, to, ...roots, path })
    ? (whatIsWrongWithRoot(fields, 'fromRoot', older.root) ?? whatIsWrongWithRoot(fields, 'toRoot', checkpoint.root))
    : `the first ${from} events of the newer tree are not those of the older: history was changed`
}

/** An event as its owner got it: what is wrong with the claim that it has this hash. */
export function whatIsWrongWithEvent(event: unknown): string | undefined {
  const { seq, hash, previousHash, canonical } = (event ?? {}) as Record<string, unknown>
  const place = countOf(seq)
  const before = hashOf(previousHash)
  const claimed = hashOf(hash)
  if (place === undefined || before === undefined || claimed === undefined || typeof canonical !== 'string')
    return 'the event lacks seq, hash, previousHash or canonical'
  const computed = chainHash(before, place, canonical)
  return computed.equals(claimed)
    ? undefined
    : `the event's content has the hash ${computed.toString('hex')}, claimed is ${claimed.toString('hex')}`
}

function countOf(value: unknown): bigint | undefined {
  return typeof value === 'string' && /^[1-9]\d{0,17}$/.test(value) ? BigInt(value) : undefined
}

function hashOf(value: unknown): Buffer | undefined {
  return typeof value === 'string' && /^[0-9a-f]{64}$/i.test(value) ? Buffer.from(value, 'hex') : undefined
}

function hashesOf(value: unknown): Buffer[] | undefined {
  if (!Array.isArray(value)) return undefined
  const hashes = value.map(hashOf)
  return hashes.every((hash) => hash !== undefined) ? hashes : undefined
}
