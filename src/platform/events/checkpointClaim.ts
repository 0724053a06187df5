/** `typ` in the header of a checkpoint's signature. */
export const CHECKPOINT_TYP = 'sandan-checkpoint+jwt'

/** What a checkpoint says: the chain had `size` events, the tree over them this root, the last of them this hash. */
export interface CheckpointClaim {
  readonly size: bigint
  readonly root: Buffer
  readonly hash: Buffer
  readonly at: Date
}

/** The claim as it is signed: the size in decimal digits, hashes in hex, the time in RFC 3339. */
export interface SignedClaim {
  readonly size: string
  readonly root: string
  readonly hash: string
  readonly at: string
}

export function payloadOf({ size, root, hash, at }: CheckpointClaim): SignedClaim {
  return { size: size.toString(), root: root.toString('hex'), hash: hash.toString('hex'), at: at.toISOString() }
}

/** The claim in a signed payload; undefined when it is none. */
export function claimOf(payload: Record<string, unknown> | undefined): CheckpointClaim | undefined {
  const { size, root, hash, at } = payload ?? {}
  if (typeof size !== 'string' || !/^[1-9]\d{0,17}$/.test(size)) return undefined
  if (typeof root !== 'string' || !HEX_32.test(root) || typeof hash !== 'string' || !HEX_32.test(hash)) return undefined
  if (typeof at !== 'string' || Number.isNaN(Date.parse(at))) return undefined
  return { size: BigInt(size), root: Buffer.from(root, 'hex'), hash: Buffer.from(hash, 'hex'), at: new Date(at) }
}

const HEX_32 = /^[0-9a-f]{64}$/

/**
 * The names of the fields in which what stands readable beside a signature is not what was signed; empty if in none. A
 * field that is not there contradicts nothing.
 */
export function contradictionsOf(readable: Readonly<Record<string, unknown>>, claim: CheckpointClaim): string[] {
  const signed = payloadOf(claim)
  return (Object.keys(signed) as (keyof SignedClaim)[]).filter(
    (name) => readable[name] !== undefined && !saysTheSame(name, readable[name], signed[name]),
  )
}

/** Digits may be a JSON number, hexadecimal digits capitals, and a moment may be spelled in another time zone. */
function saysTheSame(name: keyof SignedClaim, found: unknown, signed: string): boolean {
  if (name === 'at') return typeof found === 'string' && Date.parse(found) === Date.parse(signed)
  return String(found).toLowerCase() === signed
}

/** A signature as somebody keeps it, with what stands readable beside it: nothing, for a bare one. */
export interface KeptSignature {
  readonly jws: string
  readonly readable: Readonly<Record<string, unknown>>
}

/** What stands readable beside the last signature in a text; empty for a bare one. */
export function readableIn(text: string): KeptSignature['readable'] {
  return keptIn(text).at(-1)?.readable ?? {}
}

/**
 * The signatures in a text: a bare JWS, the answer of `GET /v1/checkpoints/latest`, or the lines of the worker's file, of
 * which the last may be torn by a crash and is then passed over.
 * @throws Error when there is none in it.
 */
export function signaturesIn(text: string): string[] {
  return keptIn(text).map(({ jws }) => jws)
}

/** As {@link signaturesIn}, each with what stands beside it. */
export function keptIn(text: string): KeptSignature[] {
  const whole = keptOf(text)
  const found = whole === undefined ? text.split('\n').map(keptOf) : [whole]
  const kept = found.filter((one) => one !== undefined)
  if (kept.length === 0) throw new Error('there is no checkpoint in it')
  return kept
}

const COMPACT_JWS = /^[\w-]+\.[\w-]+\.[\w-]+$/

function keptOf(text: string): KeptSignature | undefined {
  const trimmed = text.trim()
  if (COMPACT_JWS.test(trimmed)) return { jws: trimmed, readable: {} }
  if (!trimmed.startsWith('{')) return undefined
  try {
    const readable = JSON.parse(trimmed) as Record<string, unknown>
    const { jws } = readable
    return typeof jws === 'string' && COMPACT_JWS.test(jws) ? { jws, readable } : undefined
  } catch (error) {
    // Several lines, or a torn one: no single document.
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
