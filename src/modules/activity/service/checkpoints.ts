import { orThrow } from '../../../kernel/decision.ts'
import { type Page, pageOf } from '../../../kernel/page.ts'
import { problem } from '../../../kernel/problem.ts'
import {
  type Checkpoint,
  checkpointOfSize,
  latestCheckpoint,
  listCheckpoints,
} from '../../../platform/events/checkpoints.ts'
import {
  type ChainConsistency,
  consistencyOf,
  type EventInclusion,
  inclusionOf,
} from '../../../platform/events/proofs.ts'
import { authorize, type Work } from '../../../platform/work.ts'
import { ReadCheckpoints, ReadProofs } from '../policy.ts'
import { NoCheckpointYet } from '../problems.ts'
import { checkProofRange } from '../rules.ts'

/** The newest checkpoint. Refused while there is none. */
export async function readLatestCheckpoint(work: Work): Promise<Checkpoint> {
  authorize(work, ReadCheckpoints, {})
  const latest = await latestCheckpoint(work.sql)
  if (latest === undefined) throw problem(NoCheckpointYet)
  return latest
}

/** All checkpoints, the newest first. */
export async function readCheckpoints(
  work: Work,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Checkpoint>> {
  authorize(work, ReadCheckpoints, {})
  const below = after === undefined ? undefined : BigInt(String(after[0]))
  return pageOf(await listCheckpoints(work.sql, { below, limit: limit + 1 }), limit, ({ size }) => [size.toString()])
}

/** A proof with the signature over its (larger) root, when a checkpoint has exactly that size. */
type Signed<Proof> = Proof & { readonly checkpoint: string | null }

/**
 * Proves that an event is among the first `wantedSize`, or among those of the last checkpoint. Refused: what no checkpoint
 * covers yet, an event that comes after the wanted size.
 */
export async function proveInclusion(
  work: Work,
  seq: bigint,
  wantedSize: bigint | undefined,
): Promise<Signed<EventInclusion>> {
  authorize(work, ReadProofs, {})
  const latest = await latestCheckpoint(work.sql)
  if (latest === undefined) throw problem(NoCheckpointYet)
  const size = wantedSize ?? latest.size
  orThrow(checkProofRange({ name: 'seq', value: seq }, { name: 'size', value: size }, latest.size))
  const signed = await checkpointOfSize(work.sql, size)
  return { ...(await inclusionOf(work.sql, seq, size)), checkpoint: signed?.jws ?? null }
}

/**
 * Proves that the first `wantedTo` events, or those of the last checkpoint, begin with the first `from`. Refused: what no
 * checkpoint covers yet, a beginning that is larger than the whole.
 */
export async function proveConsistency(
  work: Work,
  from: bigint,
  wantedTo: bigint | undefined,
): Promise<Signed<ChainConsistency>> {
  authorize(work, ReadProofs, {})
  const latest = await latestCheckpoint(work.sql)
  if (latest === undefined) throw problem(NoCheckpointYet)
  const to = wantedTo ?? latest.size
  orThrow(checkProofRange({ name: 'from', value: from }, { name: 'to', value: to }, latest.size))
  const signed = await checkpointOfSize(work.sql, to)
  return { ...(await consistencyOf(work.sql, from, to)), checkpoint: signed?.jws ?? null }
}
