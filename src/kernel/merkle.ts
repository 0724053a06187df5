/**
 * The Merkle tree of RFC 6962 (and RFC 9162, 2.1): whoever holds a root of the first n entries can be shown with some
 * log2(n) hashes that an entry is among them, and that a later root only added entries.
 */

/** The two kinds of hash, which must never be equal for equal bytes. Handed in, because the kernel computes no hashes. */
export interface MerkleHasher<Hash extends Uint8Array> {
  /** Of an entry. */
  leaf(entry: Hash): Hash
  /** Of two subtrees. */
  node(left: Hash, right: Hash): Hash
  equals(one: Hash, other: Hash): boolean
}

/** A complete subtree: it covers 2^level entries from `index` · 2^level on, counted from 0. */
export interface SubtreePlace {
  readonly level: number
  readonly index: bigint
}

/** A hash of a proof, as the complete subtrees it is made of, from left to right; {@link foldSubtrees} joins their hashes. */
export type ProofPart = readonly SubtreePlace[]

/** The tree as it grows: nothing but the roots of its largest complete subtrees is kept. */
export interface GrowingTree<Hash extends Uint8Array> {
  size(): bigint
  /** Adds an entry and tells each subtree that it completes, the smallest first; level 0 is the entry itself. */
  add(entry: Hash, onSubtree?: (place: SubtreePlace, hash: Hash) => void): void
  /** Undefined while the tree is empty. */
  root(): Hash | undefined
}

/**
 * A tree that goes on from `size` entries.
 * @param peaks the hashes of `largestSubtrees(size)`, in that order.
 */
export function growingTree<Hash extends Uint8Array>(
  hasher: MerkleHasher<Hash>,
  size = 0n,
  peaks: readonly Hash[] = [],
): GrowingTree<Hash> {
  const places = largestSubtrees(size)
  if (places.length !== peaks.length) throw new RangeError(`${size} entries have ${places.length} peaks`)
  const stack = places.map(({ level }, position) => ({ level, hash: peaks[position] as Hash }))
  let count = size
  return {
    size: () => count,
    add(entry, onSubtree) {
      let hash = hasher.leaf(entry)
      let level = 0
      onSubtree?.({ level, index: count }, hash)
      for (let top = stack.at(-1); top?.level === level; top = stack.at(-1)) {
        stack.pop()
        hash = hasher.node(top.hash, hash)
        level += 1
        onSubtree?.({ level, index: count >> BigInt(level) }, hash)
      }
      stack.push({ level, hash })
      count += 1n
    },
    root: () =>
      stack.length === 0
        ? undefined
        : foldSubtrees(
            hasher,
            stack.map(({ hash }) => hash),
          ),
  }
}

/** The complete subtrees that together are the first `size` entries, the largest first: one for each 1 bit of the size. */
export function largestSubtrees(size: bigint): SubtreePlace[] {
  return subtreesOf(0n, size)
}

/** Joins neighbouring subtrees, each larger than all after it, into one hash: the right edge of a tree is folded leftwards. */
export function foldSubtrees<Hash extends Uint8Array>(hasher: MerkleHasher<Hash>, hashes: readonly Hash[]): Hash {
  const last = hashes.at(-1)
  if (last === undefined) throw new RangeError('no subtree has no hash')
  return hashes.slice(0, -1).reduceRight((right, left) => hasher.node(left, right), last)
}

/** What proves that the entry `index` (from 0) is among the first `size`, from the leaf up. */
export function inclusionParts(index: bigint, size: bigint): ProofPart[] {
  if (index < 0n || index >= size) throw new RangeError(`entry ${index} is not among ${size}`)
  const parts: ProofPart[] = []
  let start = 0n
  let end = size
  while (end - start > 1n) {
    const middle = start + largestPowerBelow(end - start)
    if (index < middle) {
      parts.push(subtreesOf(middle, end))
      end = middle
    } else {
      parts.push(subtreesOf(start, middle))
      start = middle
    }
  }
  return parts.reverse()
}

/** What proves that the tree of `to` entries begins with the tree of `from` entries. Empty when they are the same tree. */
export function consistencyParts(from: bigint, to: bigint): ProofPart[] {
  if (from < 1n || from > to) throw new RangeError(`${from} entries are not the beginning of ${to}`)
  const parts: ProofPart[] = []
  let start = 0n
  let end = to
  // Until the first tree ends where a subtree of the second ends.
  while (from < end) {
    const middle = start + largestPowerBelow(end - start)
    if (from <= middle) {
      parts.push(subtreesOf(middle, end))
      end = middle
    } else {
      parts.push(subtreesOf(start, middle))
      start = middle
    }
  }
  // Whoever verifies holds the first root already, so where that is the subtree it need not be sent.
  if (start > 0n) parts.push(subtreesOf(start, end))
  return parts.reverse()
}

export interface InclusionProof<Hash extends Uint8Array> {
  /** Of the entry, from 0. */
  readonly index: bigint
  readonly size: bigint
  readonly entry: Hash
  readonly path: readonly Hash[]
}

/** The root that follows from a proof, to be compared with a signed one; undefined when no tree has such a proof. */
export function rootOfInclusion<Hash extends Uint8Array>(
  hasher: MerkleHasher<Hash>,
  { index, size, entry, path }: InclusionProof<Hash>,
): Hash | undefined {
  if (index < 0n || index >= size) return undefined
  let node = index
  let last = size - 1n
  let hash = hasher.leaf(entry)
  for (const sibling of path) {
    if (last === 0n) return undefined
    if (isOdd(node) || node === last) {
      hash = hasher.node(sibling, hash)
      while (!isOdd(node) && node !== 0n) {
        node >>= 1n
        last >>= 1n
      }
    } else {
      hash = hasher.node(hash, sibling)
    }
    node >>= 1n
    last >>= 1n
  }
  return last === 0n ? hash : undefined
}

export interface ConsistencyProof<Hash extends Uint8Array> {
  readonly from: bigint
  readonly to: bigint
  readonly fromRoot: Hash
  readonly toRoot: Hash
  readonly path: readonly Hash[]
}

/** Does the tree behind `toRoot` begin with the tree behind `fromRoot`? */
export function isConsistent<Hash extends Uint8Array>(
  hasher: MerkleHasher<Hash>,
  { from, to, fromRoot, toRoot, path }: ConsistencyProof<Hash>,
): boolean {
  if (from < 1n || from > to) return false
  if (from === to) return path.length === 0 && hasher.equals(fromRoot, toRoot)
  const [first, ...rest] = isPowerOfTwo(from) ? [fromRoot, ...path] : path
  if (first === undefined) return false
  let node = from - 1n
  let last = to - 1n
  while (isOdd(node)) {
    node >>= 1n
    last >>= 1n
  }
  let older = first
  let newer = first
  for (const sibling of rest) {
    if (last === 0n) return false
    if (isOdd(node) || node === last) {
      older = hasher.node(sibling, older)
      newer = hasher.node(sibling, newer)
      while (!isOdd(node) && node !== 0n) {
        node >>= 1n
        last >>= 1n
      }
    } else {
      newer = hasher.node(newer, sibling)
    }
    node >>= 1n
    last >>= 1n
  }
  return last === 0n && hasher.equals(older, fromRoot) && hasher.equals(newer, toRoot)
}

/** The complete subtrees of a range that a split of the tree gave: its start is a multiple of its largest subtree. */
function subtreesOf(start: bigint, end: bigint): SubtreePlace[] {
  const places: SubtreePlace[] = []
  let at = start
  while (at < end) {
    const level = bitLength(end - at) - 1
    places.push({ level, index: at >> BigInt(level) })
    at += 1n << BigInt(level)
  }
  return places
}

/** The largest power of two that is smaller than `count`, which is at least 2. */
function largestPowerBelow(count: bigint): bigint {
  return 1n << BigInt(bitLength(count - 1n) - 1)
}

function bitLength(count: bigint): number {
  return count.toString(2).length
}

function isOdd(count: bigint): boolean {
  return (count & 1n) === 1n
}

function isPowerOfTwo(count: bigint): boolean {
  return (count & (count - 1n)) === 0n
}
