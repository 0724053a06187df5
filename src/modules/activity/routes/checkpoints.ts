import type { FastifyInstance } from 'fastify'
import { payloadOf } from '../../../platform/events/checkpointClaim.ts'
import type { Checkpoint } from '../../../platform/events/checkpoints.ts'
import { listRoute, readRoute } from '../../../platform/http/route.ts'
import { ReadCheckpoints, ReadProofs } from '../policy.ts'
import { NoCheckpointYet, ProofRangeInvalid, SizeBeyondCheckpoint } from '../problems.ts'
import {
  CheckpointBody,
  ConsistencyBody,
  ConsistencyQuery,
  EventParams,
  InclusionBody,
  InclusionQuery,
} from '../schemas/checkpoints.ts'
import { proveConsistency, proveInclusion, readCheckpoints, readLatestCheckpoint } from '../service/checkpoints.ts'

const tag = 'Activity'

export function checkpointRoutes(app: FastifyInstance): void {
  readRoute(app, {
    url: '/checkpoints/latest',
    operationId: 'readLatestCheckpoint',
    summary: 'Read the latest checkpoint',
    tag,
    description:
      'The signed state of the audit chain, at most about a minute old while the chain grows. Whoever keeps copies can prove later that nothing was cut or rewritten.',
    allow: ReadCheckpoints,
    answer: CheckpointBody,
    problems: [NoCheckpointYet],
    run: (work) => readLatestCheckpoint(work),
    present: presentCheckpoint,
  })
  listRoute(app, {
    url: '/checkpoints',
    operationId: 'listCheckpoints',
    summary: 'List the checkpoints, newest first',
    tag,
    allow: ReadCheckpoints,
    item: CheckpointBody,
    pageTitle: 'CheckpointPage',
    run: (work, { limit, after }) => readCheckpoints(work, limit, after),
    present: presentCheckpoint,
  })
  readRoute(app, {
    url: '/events/:seq/inclusion-proof',
    operationId: 'readInclusionProof',
    summary: 'Prove that an event is in the chain',
    tag,
    description:
      'The hashes that lead from the event to the root of a checkpoint. Without `size`: the latest. `npm run verify-proof` checks the answer offline.',
    allow: ReadProofs,
    params: EventParams,
    query: InclusionQuery,
    answer: InclusionBody,
    problems: [NoCheckpointYet, SizeBeyondCheckpoint, ProofRangeInvalid],
    run: (work, { params, query }) =>
      proveInclusion(work, BigInt(params.seq), query.size === undefined ? undefined : BigInt(query.size)),
    present: ({ seq, size, eventHash, path, root, checkpoint }) => ({
      seq: seq.toString(),
      size: size.toString(),
      eventHash: hex(eventHash),
      path: path.map(hex),
      root: hex(root),
      checkpoint,
    }),
  })
  readRoute(app, {
    url: '/consistency-proof',
    operationId: 'readConsistencyProof',
    summary: 'Prove that the chain was only added to',
    tag,
    description:
      'The hashes that show that the tree of `to` events begins with the tree of `from` events. Without `to`: the latest checkpoint.',
    allow: ReadProofs,
    query: ConsistencyQuery,
    answer: ConsistencyBody,
    problems: [NoCheckpointYet, SizeBeyondCheckpoint, ProofRangeInvalid],
    run: (work, { query }) =>
      proveConsistency(work, BigInt(query.from), query.to === undefined ? undefined : BigInt(query.to)),
    present: ({ from, to, fromRoot, toRoot, path, checkpoint }) => ({
      from: from.toString(),
      to: to.toString(),
      fromRoot: hex(fromRoot),
      toRoot: hex(toRoot),
      path: path.map(hex),
      checkpoint,
    }),
  })
}

function presentCheckpoint(checkpoint: Checkpoint) {
  const { size, root, hash, at } = payloadOf(checkpoint)
  return { size, root, hash, at, jws: checkpoint.jws }
}

function hex(bytes: Buffer): string {
  return bytes.toString('hex')
}
