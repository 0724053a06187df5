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
