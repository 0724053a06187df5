import { accept, type Decision, refuse } from '../../kernel/decision.ts'
import { ChainStartBeyondHead, ProofRangeInvalid, SizeBeyondCheckpoint } from './problems.ts'

/** A page of the feed as far as the question matters where to go on. */
export interface FeedPage {
  /** Where the reader was. */
  readonly after: bigint
  /** Number of the last sealed event, read before the page was. */
  readonly headSeq: bigint
  readonly limit: number
  /** Numbers of the events on the page, rising. */
  readonly seqs: readonly bigint[]
}

/**
 * Where the reader goes on. A page that is full ends with its last event. One that is not holds everything up to the head
 * that was read before it, so a reader of few types need not walk over the others again.
 */
export function nextAfter({ after, headSeq, limit, seqs }: FeedPage): bigint {
  const last = seqs.at(-1) ?? after
  if (seqs.length === limit) return last
  return headSeq > last ? headSeq : last
}

/** `bid.*,award.confirmed` as the types it names; undefined for all. */
export function typesOf(text: string | undefined): string[] | undefined {
  return text?.split(',')
}

/**
 * A verification starts within the chain, or right after its head, where there is nothing to verify yet. Beyond that only
 * a head that was noted earlier gives the question a meaning: then the chain was cut, and the verification says so.
 */
export function checkStart(from: bigint, headSeq: bigint, notedSeq: bigint | undefined): Decision<bigint> {
  if (from <= headSeq + 1n || (notedSeq !== undefined && notedSeq >= from - 1n)) return accept(from)
  return refuse(ChainStartBeyondHead, { from: from.toString(), headSeq: headSeq.toString() }, [
    { pointer: '#/from', code: ChainStartBeyondHead.code, detail: `The chain ends with ${headSeq}.` },
  ])
}

/**
 * A proof speaks of trees that a checkpoint covers, and of an event or a smaller tree within the larger one. Whether
 * anything has a number beyond the last checkpoint is not said.
 */
export function checkProofRange(
  inner: { readonly name: string; readonly value: bigint },
  outer: { readonly name: string; readonly value: bigint },
  latestSize: bigint,
): Decision<bigint> {
  for (const { name, value } of [outer, inner]) {
    if (value <= latestSize) continue
    return refuse(SizeBeyondCheckpoint, { wanted: value.toString(), latestSize: latestSize.toString() }, [
      { pointer: `#/${name}`, code: SizeBeyondCheckpoint.code, detail: `The last checkpoint has ${latestSize}.` },
    ])
  }
  if (inner.value <= outer.value) return accept(outer.value)
  return refuse(ProofRangeInvalid, { first: inner.value.toString(), second: outer.value.toString() }, [
    { pointer: `#/${inner.name}`, code: ProofRangeInvalid.code, detail: `At most ${outer.value}.` },
  ])
}
