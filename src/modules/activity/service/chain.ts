import { setTimeout as pause } from 'node:timers/promises'
import { orThrow } from '../../../kernel/decision.ts'
import type { Database } from '../../../platform/database/database.ts'
import { type FeedEvent, readFeed } from '../../../platform/events/feed.ts'
import { readHead, readUnsealed } from '../../../platform/events/rows.ts'
import { type ChainReport, type VerifyOptions, verifyChain } from '../../../platform/events/verify.ts'
import { authorize, type Work } from '../../../platform/work.ts'
import { type FeedScope, feedScope, ReadChain, ReadChanges, VerifyChain } from '../policy.ts'
import { checkStart, nextAfter } from '../rules.ts'

/** How often a waiting reader looks; every look is one indexed query. */
const LOOK_EVERY_MS = 250

export interface ChangesWanted {
  /** `latest` starts at the tail: nothing of what was before. */
  readonly after: bigint | 'latest'
  readonly limit: number
  readonly types: readonly string[] | undefined
  /** How long to wait for something new. */
  readonly waitMs: number
}

export interface Changes {
  readonly items: readonly FeedEvent[]
  readonly nextAfter: bigint
}

/**
 * The next sealed events that the actor may see. With `waitMs` it answers as soon as there is something, or empty-handed
 * when the time is over or `signal` says that the service ends.
 */
export async function readChanges(work: Work, wanted: ChangesWanted, signal: AbortSignal): Promise<Changes> {
  authorize(work, ReadChanges, {})
  const scope = feedScope(work.actor)
  const until = performance.now() + wanted.waitMs
  let after = wanted.after === 'latest' ? (await readHead(work.sql)).seq : wanted.after
  for (;;) {
    const changes = await look(work, scope, { ...wanted, after })
    const restMs = until - performance.now()
    if (changes.items.length > 0 || restMs <= 0 || signal.aborted) return changes
    after = changes.nextAfter
    await pauseUnlessAborted(Math.min(LOOK_EVERY_MS, restMs), signal)
  }
}

export interface ChainState {
  readonly headSeq: bigint
  readonly headHash: Buffer
  readonly unsealedEvents: number
  readonly oldestUnsealedMs: number
}

export async function readChainState(work: Work): Promise<ChainState> {
  authorize(work, ReadChain, {})
  const head = await readHead(work.sql)
  const unsealed = await readUnsealed(work.sql)
  return {
    headSeq: head.seq,
    headHash: head.hash,
    unsealedEvents: unsealed.events,
    oldestUnsealedMs: Math.max(0, Math.round(unsealed.oldestMs)),
  }
}

/**
 * Recomputes the chain. Refused: a start beyond its head. Reads outside any transaction: a long one would hold back the sealing of new events.
 */
export async function verifyAuditChain(
  work: Work,
  database: Pick<Database, 'sql'>,
  options: VerifyOptions,
): Promise<ChainReport> {
  authorize(work, VerifyChain, {})
  const { seq: headSeq } = await readHead(database.sql)
  orThrow(checkStart(options.from ?? 1n, headSeq, options.expectedHead?.seq))
  return verifyChain(database, options)
}

async function look(
  work: Work,
  scope: FeedScope | undefined,
  { after, limit, types }: { after: bigint; limit: number; types: readonly string[] | undefined },
): Promise<Changes> {
  const { seq: headSeq } = await readHead(work.sql)
  const items =
    scope === undefined || headSeq <= after ? [] : await readFeed(work.sql, { ...scope, after, limit, types })
  return { items, nextAfter: nextAfter({ after, headSeq, limit, seqs: items.map(({ seq }) => seq) }) }
}

async function pauseUnlessAborted(durationMs: number, signal: AbortSignal): Promise<void> {
  try {
    await pause(durationMs, undefined, { signal })
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
