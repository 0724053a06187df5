import { createHash } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import {
  consistencyParts,
  foldSubtrees,
  growingTree,
  inclusionParts,
  isConsistent,
  largestSubtrees,
  type MerkleHasher,
  type ProofPart,
  rootOfInclusion,
} from '../../src/kernel/merkle.ts'

const sha256 = (...parts: Uint8Array[]) => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}
const HASHER: MerkleHasher<Buffer> = {
  leaf: (entry) => sha256(Buffer.of(0), entry),
  node: (left, right) => sha256(Buffer.of(1), left, right),
  equals: (one, other) => one.equals(other),
}
/** The definition of RFC 6962, 2.1, word by word: what everything else is held against. */
function definedRoot(entries: readonly Buffer[]): Buffer {
  const [only] = entries
  if (only !== undefined && entries.length === 1) return HASHER.leaf(only)
  let split = 1
  while (split * 2 < entries.length) split *= 2
  return HASHER.node(definedRoot(entries.slice(0, split)), definedRoot(entries.slice(split)))
}
const hashOfPart = (entries: readonly Buffer[], part: ProofPart) =>
  foldSubtrees(
    HASHER,
    part.map(({ level, index }) => {
      const start = Number(index) * 2 ** level
      return definedRoot(entries.slice(start, start + 2 ** level))
    }),
  )
const entriesOf = (count: number, salt = 0) =>
  Array.from({ length: count }, (_, position) => Buffer.from(`${salt}/${position}`))
const pathOf = (entries: readonly Buffer[], parts: readonly ProofPart[]) =>
  parts.map((part) => hashOfPart(entries, part))
const flipped = (hash: Buffer, bit: number) => {
  const copy = Buffer.from(hash)
  const at = bit % (copy.length * 8)
  copy[at >> 3] = (copy[at >> 3] as number) ^ (1 << (at & 7))
  return copy
}

/** Certificate Transparency's own test vectors (RFC 6962 implementations share them). */
const KNOWN_ENTRIES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((hex) => Buffer.from(hex, 'hex'))
const KNOWN_ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

t.test('the roots are those of the published test vectors', async (t) => {
  const tree = growingTree(HASHER)
  t.equal(tree.root(), undefined, 'an empty tree has none')
  for (const [position, entry] of KNOWN_ENTRIES.entries()) {
    tree.add(entry)
    t.equal(tree.root()?.toString('hex'), KNOWN_ROOTS[position])
  }
})

t.test('a growing tree has the root of the definition at every size, wherever it goes on from', async () => {
  fc.assert(
    fc.property(fc.nat(200), fc.nat(200), (before, added) => {
      const entries = entriesOf(before + added)
      const peaks = largestSubtrees(BigInt(before)).map((place) => hashOfPart(entries, [place]))
      const tree = growingTree(HASHER, BigInt(before), peaks)
      for (const entry of entries.slice(before)) tree.add(entry)
      if (tree.size() !== BigInt(entries.length)) return false
      return entries.length === 0 ? tree.root() === undefined : tree.root()?.equals(definedRoot(entries)) === true
    }),
    { numRuns: 300 },
  )
})

t.test('a growing tree tells each complete subtree once, with its hash', async (t) => {
  const entries = entriesOf(77)
  const told = new Map<string, string>()
  const tree = growingTree(HASHER)
  for (const entry of entries) {
    tree.add(entry, ({ level, index }, hash) => {
      t.notOk(told.has(`${level}/${index}`), 'told once')
      told.set(`${level}/${index}`, hash.toString('hex'))
    })
  }
  for (let level = 0; level < 8; level++) {
    for (let index = 0; index < Math.floor(77 / 2 ** level); index++)
      t.equal(told.get(`${level}/${index}`), hashOfPart(entries, [{ level, index: BigInt(index) }]).toString('hex'))
  }
  t.equal(told.size, 77 + 38 + 19 + 9 + 4 + 2 + 1)
})

t.test('every entry of every small tree is proven, and every small tree begins the larger ones', async (t) => {
  let proofs = 0
  for (let size = 1; size <= 40; size++) {
    const entries = entriesOf(size)
    const root = definedRoot(entries)
    for (let index = 0; index < size; index++) {
      const path = pathOf(entries, inclusionParts(BigInt(index), BigInt(size)))
      const proof = { index: BigInt(index), size: BigInt(size), entry: entries[index] as Buffer, path }
      if (rootOfInclusion(HASHER, proof)?.equals(root) !== true) t.fail(`${index} of ${size}`)
      const from = index + 1
      const proven = isConsistent(HASHER, {
        from: BigInt(from),
        to: BigInt(size),
        fromRoot: definedRoot(entries.slice(0, from)),
        toRoot: root,
        path: pathOf(entries, consistencyParts(BigInt(from), BigInt(size))),
      })
      if (!proven) t.fail(`${from} begins ${size}`)
      proofs += 2
    }
  }
  t.equal(proofs, 1640)
})

const proofOf = fc.record({ size: fc.integer({ min: 1, max: 130 }), place: fc.nat(), salt: fc.nat(), bit: fc.nat() })

t.test('an inclusion proof holds, and with any bit flipped anywhere it does not', async () => {
  fc.assert(
    fc.property(proofOf, ({ size, place, salt, bit }) => {
      const entries = entriesOf(size, salt)
      const index = place % size
      const root = definedRoot(entries)
      const path = pathOf(entries, inclusionParts(BigInt(index), BigInt(size)))
      const proof = { index: BigInt(index), size: BigInt(size), entry: entries[index] as Buffer, path }
      const holds = (changed: Partial<typeof proof>) =>
        rootOfInclusion(HASHER, { ...proof, ...changed })?.equals(root) === true
      if (!holds({})) return false
      if (holds({ entry: flipped(proof.entry, bit) })) return false
      if (holds({ path: [...path, root] }) || (path.length > 0 && holds({ path: path.slice(1) }))) return false
      const wrongPlaces = [proof.index + 1n, proof.index - 1n, proof.index ^ 1n].filter(
        (index) => index !== proof.index,
      )
      if (wrongPlaces.some((index) => holds({ index }))) return false
      return path.every(
        (_, position) => !holds({ path: path.map((hash, other) => (other === position ? flipped(hash, bit) : hash)) }),
      )
    }),
    { numRuns: 2_000 },
  )
})

t.test('a consistency proof holds, and with any bit flipped anywhere it does not', async () => {
  fc.assert(
    fc.property(proofOf, ({ size, place, salt, bit }) => {
      const entries = entriesOf(size, salt)
      const from = (place % size) + 1
      const path = pathOf(entries, consistencyParts(BigInt(from), BigInt(size)))
      const proof = {
        from: BigInt(from),
        to: BigInt(size),
        fromRoot: definedRoot(entries.slice(0, from)),
        toRoot: definedRoot(entries),
        path,
      }
      const holds = (changed: Partial<typeof proof>) => isConsistent(HASHER, { ...proof, ...changed })
      if (!holds({})) return false
      if (holds({ fromRoot: flipped(proof.fromRoot, bit) }) || holds({ toRoot: flipped(proof.toRoot, bit) }))
        return false
      if (holds({ path: [...path, proof.toRoot] }) || (path.length > 0 && holds({ path: path.slice(1) }))) return false
      return path.every(
        (_, position) => !holds({ path: path.map((hash, other) => (other === position ? flipped(hash, bit) : hash)) }),
      )
    }),
    { numRuns: 2_000 },
  )
})

t.test('a tree whose history was rewritten is no continuation of the old one', async () => {
  fc.assert(
    fc.property(proofOf, fc.nat(), ({ size, place, salt }, changedAt) => {
      const entries = entriesOf(size, salt)
      const from = (place % size) + 1
      const rewritten = entries.map((entry, index) => (index === changedAt % from ? Buffer.from('other') : entry))
      return !isConsistent(HASHER, {
        from: BigInt(from),
        to: BigInt(size),
        fromRoot: definedRoot(entries.slice(0, from)),
        toRoot: definedRoot(rewritten),
        path: pathOf(rewritten, consistencyParts(BigInt(from), BigInt(size))),
      })
    }),
    { numRuns: 500 },
  )
})

t.test('a proof in a tree of millions is made of few complete subtrees', async (t) => {
  const size = 12_345_678_901n
  const places = inclusionParts(7_000_000_000n, size).flat()
  t.ok(places.length <= 2 * 34, `${places.length} subtrees`)
  t.ok(consistencyParts(7_000_000_001n, size).flat().length <= 3 * 34)
  t.ok(
    places.every(({ level, index }) => (index + 1n) << BigInt(level) <= size),
    'each of them is complete',
  )
})

t.test('what is in no tree has no proof', async (t) => {
  t.throws(() => inclusionParts(5n, 5n), RangeError)
  t.throws(() => inclusionParts(-1n, 5n), RangeError)
  t.throws(() => consistencyParts(0n, 5n), RangeError)
  t.throws(() => consistencyParts(6n, 5n), RangeError)
  t.throws(() => foldSubtrees(HASHER, []), RangeError)
  t.throws(() => growingTree(HASHER, 3n, []), RangeError)
  const entry = Buffer.from('entry')
  t.equal(rootOfInclusion(HASHER, { index: 1n, size: 1n, entry, path: [] }), undefined)
  const roots = { fromRoot: entry, toRoot: entry, path: [] }
  t.notOk(isConsistent(HASHER, { from: 0n, to: 1n, ...roots }))
  t.notOk(isConsistent(HASHER, { from: 2n, to: 1n, ...roots }))
  t.notOk(isConsistent(HASHER, { from: 3n, to: 4n, ...roots }), 'a proof without its first hash')
  t.ok(isConsistent(HASHER, { from: 2n, to: 2n, ...roots }))
})
