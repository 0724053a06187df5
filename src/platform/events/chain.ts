import { hash } from 'node:crypto'
import canonicalize from 'canonicalize'

/** What the hash of an event covers: every column that its writer filled, as the database holds it. */
export interface ChainedEvent {
  readonly id: string
  /** Decimal digits. */
  readonly transactionId: string
  /** UTC with milliseconds: `2026-05-11T01:00:00.000Z`. */
  readonly at: string
  readonly recordedAt: string
  /** A plain UUID. */
  readonly hostId: string | null
  readonly type: string
  readonly subject: string
  readonly actor: string
  readonly requestId: string | null
  readonly data: Readonly<Record<string, unknown>>
  /** A plain UUID, random; absent (null) in events that were written before there was a salt. */
  readonly salt?: string | null
}

/** A place in the chain, as a checkpoint outside the database keeps it. */
export interface ChainHead {
  /** 0 for the empty chain. */
  readonly seq: bigint
  readonly hash: Buffer
}

const HASH_BYTES = 32
const SEQ_BYTES = 8

/** What event 1 has before it: no event, 32 zero bytes. */
export const GENESIS: ChainHead = Object.freeze({ seq: 0n, hash: Buffer.alloc(HASH_BYTES) })

/** The event as canonical JSON (RFC 8785), so that everybody who recomputes the hash takes the same bytes. */
export function canonicalEvent(event: ChainedEvent): string {
  const canonical = canonicalize({
    id: event.id,
    transactionId: event.transactionId,
    at: event.at,
    recordedAt: event.recordedAt,
    hostId: event.hostId,
    type: event.type,
    subject: event.subject,
    actor: event.actor,
    requestId: event.requestId,
    data: event.data,
    ...(event.salt == null ? {} : { salt: event.salt }),
  })
  if (canonical === undefined) throw new Error('an event has no canonical form')
  return canonical
}

/** SHA-256(previous hash ‖ seq as 8 bytes, big endian ‖ canonical event in UTF-8). */
export function chainHash(previous: Buffer, seq: bigint, canonical: string): Buffer {
  if (previous.length !== HASH_BYTES) throw new RangeError(`the previous hash has ${previous.length} bytes, not 32`)
  const message = Buffer.allocUnsafe(HASH_BYTES + SEQ_BYTES + Buffer.byteLength(canonical))
  previous.copy(message)
  message.writeBigUInt64BE(seq, HASH_BYTES)
  message.write(canonical, HASH_BYTES + SEQ_BYTES)
  return hash('sha256', message, 'buffer')
}

/** The chain one event further. */
export function link(head: ChainHead, event: ChainedEvent): ChainHead {
  const seq = head.seq + 1n
  return { seq, hash: chainHash(head.hash, seq, canonicalEvent(event)) }
}
