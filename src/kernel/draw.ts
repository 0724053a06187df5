import { createHash, createHmac, hash } from 'node:crypto'
import canonicalize from 'canonicalize'

/**
 * The verifiable draw of experts: who sits on a panel follows from public data alone. Before: terms and candidates are
 * frozen by their digest, and one or two seeds are committed to by their SHA-256. After: the seeds are shown, and
 * everybody gets the same panel from them. No I/O, no chance: the service and `npm run verify-draw` share this file.
 */

export const DRAW_FORMAT = 'sandan-expert-draw/1'

/** Why a candidate cannot be drawn: linked with a bidder, or on as many panels lately as the policy allows. */
export const EXCLUSIONS = ['conflict', 'rotation'] as const
export type Exclusion = (typeof EXCLUSIONS)[number]

export interface DrawCandidate {
  readonly id: string
  readonly fields: readonly string[]
  readonly exclusions: readonly Exclusion[]
}

/** So many seats for experts of one field. One expert takes one seat, however many fields the expert has. */
export interface Quota {
  readonly field: string
  readonly seats: number
}

/** What is frozen before any seed is known. */
export interface DrawTerms {
  readonly drawId: string
  readonly roundId: string
  /** Seats of the panel; those beyond the quotas are open to every candidate. */
  readonly size: number
  readonly quotas: readonly Quota[]
  readonly candidates: readonly DrawCandidate[]
}

/** Two hands toss the coin: the host commits before the service draws, so neither alone knows or chooses the outcome. */
export interface Pair<Value> {
  /** Null when the host left the seed to the service. */
  readonly host: Value | null
  readonly service: Value
}

export interface DrawnSeat {
  readonly candidateId: string
  /** The field whose quota the seat fills; null for an open seat. */
  readonly field: string | null
}

/** Everything that is needed to draw again, and what came out. */
export interface DrawRecord extends DrawTerms {
  readonly format: typeof DRAW_FORMAT
  /** {@link termsDigest} as it was announced before the seeds were shown. */
  readonly termsDigest: string
  /** {@link commitmentOfSeed} of each seed as it was announced. */
  readonly commitments: Pair<string>
  readonly seeds: Pair<string>
  /** Candidates that fell out after the draw, in order. */
  readonly dropOuts: readonly string[]
  readonly seats: readonly DrawnSeat[]
}

/** SHA-256 of the seed's text as it is written (64 hex digits): `printf %s SEED | sha256sum`. */
export function commitmentOfSeed(seed: string): string {
  return hash('sha256', seed, 'hex')
}

/** SHA-256 of the canonical JSON (RFC 8785) of the terms, candidates and quotas sorted: what is frozen, in one number. */
export function termsDigest(terms: DrawTerms): string {
  const { drawId, roundId, size } = terms
  const quotas = terms.quotas.map(({ field, seats }) => ({ field, seats })).toSorted(by(({ field }) => field))
  const candidates = terms.candidates
    .map(({ id, fields, exclusions }) => ({ id, fields: fields.toSorted(), exclusions: exclusions.toSorted() }))
    .toSorted(by(({ id }) => id))
  const canonical = canonicalize({ format: DRAW_FORMAT, drawId, roundId, size, quotas, candidates })
  if (canonical === undefined) throw new Error('the terms of a draw have no canonical form')
  return hash('sha256', canonical, 'hex')
}

/** All candidates in the order of their lots: HMAC-SHA-256 of the identifier, under a key of the draw and both seeds. */
export function lotOrder(terms: Pick<DrawTerms, 'drawId' | 'candidates'>, seeds: Pair<string>): string[] {
  const key = createHash('sha256')
    .update(`${DRAW_FORMAT}\n${terms.drawId}\n${seeds.host ?? ''}\n${seeds.service}`)
    .digest()
  return terms.candidates
    .map(({ id }) => ({ id, lot: createHmac('sha256', key).update(id).digest('hex') }))
    .toSorted(by(({ lot, id }) => `${lot}${id}`))
    .map(({ id }) => id)
}

/**
 * The panel: each candidate in the order of the lots takes a seat if the seats can still all be given to those who have
 * one. Panels that fill quotas form a matroid, so this never runs into a dead end, needs no way back, and gives the
 * first panel of that order. Whoever drops out leaves one seat; the first in line that fits takes it, all others stay.
 * Null when it cannot be filled.
 */
export function drawSeats(terms: DrawTerms, order: readonly string[], dropOuts: readonly string[] = []) {
  const slots = slotsOf(terms.quotas, terms.size)
  if (slots === null) return null
  const byId = new Map(terms.candidates.map((candidate) => [candidate.id, candidate]))
  const line = order.flatMap((id) => byId.get(id) ?? []).filter(({ exclusions }) => exclusions.length === 0)
  const gone = new Set<string>()
  let seated = fill(slots, line, [])
  for (const id of dropOuts) {
    gone.add(id)
    const stay = seated.filter((candidate) => candidate.id !== id)
    const waiting = line.filter((candidate) => !gone.has(candidate.id))
    seated = fill(slots, waiting, stay)
    if (seated.length < slots.length) return null
  }
  return seated.length < slots.length ? null : seatsOf(slots, seated)
}

/** The candidates who could step in, in the order of the lots: neither seated nor excluded nor gone. */
export function reserveOf(
  terms: DrawTerms,
  order: readonly string[],
  dropOuts: readonly string[],
  seats: readonly DrawnSeat[],
): string[] {
  const out = new Set([...dropOuts, ...seats.map(({ candidateId }) => candidateId)])
  const excluded = new Set(terms.candidates.filter(({ exclusions }) => exclusions.length > 0).map(({ id }) => id))
  return order.filter((id) => !out.has(id) && !excluded.has(id))
}

/** `size`, `odd_size`, `conflict`, `rotation`, or `quota:<field>`. */
export type Constraint = string

/** All constraints of a draw, those that a host can change first in the order in which it is asked to keep them. */
function constraintsOf({ quotas }: DrawTerms): Constraint[] {
  return ['rotation', 'odd_size', 'size', 'conflict', ...new Set(quotas.map(({ field }) => `quota:${field}`))]
}

/**
 * Constraints that cannot hold together, none of which could be left out; empty when the draw is possible. Sets of one
 * and two are tried first, so those are the smallest; beyond that a deletion filter gives a set that is irreducible.
 */
export function constraintsInConflict(terms: DrawTerms, dropOuts: readonly string[] = []): Constraint[] {
  const gone = new Set(dropOuts)
  const present = { ...terms, candidates: terms.candidates.filter(({ id }) => !gone.has(id)) }
  const all = constraintsOf(terms)
  if (isPossible(present, all)) return []
  for (const one of all) if (!isPossible(present, [one])) return [one]
  for (const [index, one] of all.entries())
    for (const other of all.slice(index + 1)) if (!isPossible(present, [one, other])) return [one, other]
  return all.reduce((kept, one) => {
    const without = kept.filter((other) => other !== one)
    return isPossible(present, without) ? kept : without
  }, all)
}

/** Can these constraints hold together, the others forgotten? */
function isPossible({ candidates, quotas, size }: DrawTerms, held: readonly Constraint[]): boolean {
  const isSized = held.includes('size')
  if (isSized && held.includes('odd_size') && size % 2 === 0) return false
  const asked = quotas.filter(({ field }) => held.includes(`quota:${field}`))
  const slots = slotsOf(asked, isSized ? size : seatsAsked(asked))
  if (slots === null) return false
  const pool = candidates.filter(({ exclusions }) => !exclusions.some((exclusion) => held.includes(exclusion)))
  return fill(slots, pool, []).length === slots.length
}

function seatsAsked(quotas: readonly Quota[]): number {
  return quotas.reduce((sum, { seats }) => sum + seats, 0)
}

/** One entry per seat: the field it is for, or null. Null when the quotas ask for more than there are. */
function slotsOf(quotas: readonly Quota[], size: number): (string | null)[] | null {
  const open = size - seatsAsked(quotas)
  if (open < 0) return null
  const asked = quotas.toSorted(by(({ field }) => field)).flatMap(({ field, seats }) => Array(seats).fill(field))
  return [...asked, ...Array<null>(open).fill(null)]
}

type Slots = readonly (string | null)[]

/** Those who stay, and then whoever in line can be seated with all that are seated already. */
function fill(slots: Slots, line: readonly DrawCandidate[], stay: readonly DrawCandidate[]): DrawCandidate[] {
  const holders: (DrawCandidate | undefined)[] = slots.map(() => undefined)
  const seated: DrawCandidate[] = []
  for (const candidate of [...stay, ...line]) {
    if (seated.length === slots.length) break
    if (!seated.includes(candidate) && seat(slots, holders, candidate, new Set())) seated.push(candidate)
  }
  return seated
}

/** Takes a free seat, or one whose holder can move to another. */
function seat(
  slots: Slots,
  holders: (DrawCandidate | undefined)[],
  candidate: DrawCandidate,
  asked: Set<number>,
): boolean {
  for (const [index, field] of slots.entries()) {
    if (asked.has(index) || (field !== null && !candidate.fields.includes(field))) continue
    asked.add(index)
    const holder = holders[index]
    if (holder === undefined || seat(slots, holders, holder, asked)) {
      holders[index] = candidate
      return true
    }
  }
  return false
}

/** The seated in their order, each with the field it fills. */
function seatsOf(slots: Slots, seated: readonly DrawCandidate[]): DrawnSeat[] {
  const holders: (DrawCandidate | undefined)[] = slots.map(() => undefined)
  for (const candidate of seated) seat(slots, holders, candidate, new Set())
  return seated.map((candidate) => ({
    candidateId: candidate.id,
    field: slots[holders.indexOf(candidate)] ?? null,
  }))
}

/** What does not fit in a record; empty when the draw came out as it had to. */
export function drawFaults(record: DrawRecord): string[] {
  const faults: string[] = []
  if (termsDigest(record) !== record.termsDigest) faults.push('terms_changed')
  if (commitmentOfSeed(record.seeds.service) !== record.commitments.service) faults.push('service_seed_differs')
  const { host } = record.seeds
  if ((host === null ? null : commitmentOfSeed(host)) !== record.commitments.host) faults.push('host_seed_differs')
  const seats = drawSeats(record, lotOrder(record, record.seeds), record.dropOuts)
  const shown = (list: readonly DrawnSeat[]) =>
    JSON.stringify(list.map(({ candidateId, field }) => [candidateId, field]))
  if (seats === null || shown(seats) !== shown(record.seats)) faults.push('seats_differ')
  return faults
}

function by<Item>(keyOf: (item: Item) => string): (a: Item, b: Item) => number {
  return (a, b) => {
    const [one, other] = [keyOf(a), keyOf(b)]
    return one < other ? -1 : one > other ? 1 : 0
  }
}
