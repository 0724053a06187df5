import { Type } from 'typebox'
import { closed, Instant, ListOf, Nullable, Sha256 } from '../../../platform/http/schemas.ts'

const Size = Type.String({
  pattern: '^[1-9][0-9]{0,17}$',
  maxLength: 18,
  description: 'How many events a tree covers, which is the number of the last one.',
})
const Jws = Type.String({
  maxLength: 4000,
  description:
    'Compact JWS (`alg: EdDSA`, `typ: sandan-checkpoint+jwt`) over `{size, root, hash, at}`; the keys are at `/.well-known/jwks.json`.',
})
/** A path holds at most one hash for each level of the tree, and a consistency proof one more. */
const Path = ListOf(Sha256, 64, { description: 'Hashes of subtrees, from the leaf up (RFC 9162, 2.1).' })

export const CheckpointBody = closed(
  {
    size: Size,
    root: Sha256,
    hash: Sha256,
    at: Instant,
    jws: Jws,
  },
  {
    title: 'Checkpoint',
    description:
      'A signed state of the audit chain: the root of the Merkle tree over the first `size` events and the hash of the last of them. Keep copies: they show a cut or rewritten history.',
  },
)

export const EventParams = closed({ seq: Size })
export const InclusionQuery = closed({
  size: Type.Optional(Size),
})
export const InclusionBody = closed(
  {
    seq: Size,
    size: Size,
    eventHash: Sha256,
    path: Path,
    root: Sha256,
    checkpoint: Nullable(Jws),
  },
  {
    title: 'InclusionProof',
    description:
      'Proves that event `seq` is among the first `size`: leaf = SHA-256(0x00 ‖ eventHash), node = SHA-256(0x01 ‖ left ‖ right). `checkpoint` is the signature over `root`, null when none has exactly this size.',
  },
)

export const ConsistencyQuery = closed({ from: Size, to: Type.Optional(Size) })
export const ConsistencyBody = closed(
  {
    from: Size,
    to: Size,
    fromRoot: Sha256,
    toRoot: Sha256,
    path: Path,
    checkpoint: Nullable(Jws),
  },
  {
    title: 'ConsistencyProof',
    description:
      'Proves that the tree of `to` events begins with the tree of `from` events: nothing was changed, only added. `checkpoint` is the signature over `toRoot`.',
  },
)
