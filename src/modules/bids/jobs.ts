import { hash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { SYSTEM } from '../../kernel/actor.ts'
import { RECEIPT_TYP } from '../../kernel/receipt.ts'
import { ScannerUnavailable } from '../../platform/files/scanner.ts'
import { strictCheck } from '../../platform/http/validator.ts'
import { HolderAbsent } from '../../platform/keys/holders.ts'
import { NotOpened, openJson, type SealingPrivateKey } from '../../platform/keys/sealing.ts'
import type { Background, BackgroundDeps } from '../../platform/module.ts'
import { newWork, runCommand, type Work } from '../../platform/work.ts'
import { type UnsealFailure, unsealDocument } from '../documents/index.ts'
import { type Round, requiredPolicyVersionOf, roundOf } from '../rounds/index.ts'
import { releaseSealingKey } from '../sealing/index.ts'
import type { BidContent } from './rules/bid.ts'
import { contentFlaws } from './rules/budget.ts'
import { contentFrom } from './rules/content.ts'
import { damageOf, type Opened, sealedHeader, standingAfterAmendments } from './rules/opening.ts'
import { BidContentInput } from './schemas/bids.ts'
import {
  abandonOpening,
  finishOpening,
  keepOutcome,
  pauseOpening,
  runningOpenings,
  type Waiting,
  waitingBids,
} from './service/opening.ts'

/** Bids read at once: ten of 1 MB each are little beside the rest of the process. */
const BATCH = 10
const LOOK_EVERY_MS = 250
const FILES_AT_ONCE = 5
/** clamd loads new signatures for some 20 s. */
const SCANNER_RETRY_MS = 5_000

/**
 * Opens bids in the background. Each has a transaction of its own, so a process that dies in the middle loses nothing:
 * the next one goes on with the bids that have no outcome yet, and none is opened twice.
 */
export function bidOpener(deps: BackgroundDeps): Background & { openWaiting(): Promise<number> } {
  const { database, log, sandbox, rings } = deps
  const options = { actor: SYSTEM, requestId: 'opening', sandbox, rings }
  const follows = strictCheck(BidContentInput)
  const stopping = new AbortController()
  const pausedUntil = new Map<string, number>()
  const look = (): Work => newWork({ ...options, sql: database.sql })
  const command = <Result>(run: (work: Work) => Promise<Result>) => runCommand(database, options, log, run)

  async function openRound(roundId: string): Promise<number> {
    const round = await roundOf(look(), roundId)
    if (round === undefined) throw new Error(`there is no round ${roundId}`)
    if (round.state === 'cancelled') {
      await command((work) => abandonOpening(work, roundId))
      return 0
    }
    const key = await keyOf(round)
    if (key === undefined) return 0
    let opened = 0
    let after: Waiting | undefined
    while (!stopping.signal.aborted) {
      const bids = await waitingBids(look(), roundId, after, BATCH)
      for (const bid of bids) {
        if (stopping.signal.aborted) return opened
        const outcome = await scanned(roundId, () => judge(round, bid, key))
        if (outcome === undefined) return opened
        await command((work) => keepOutcome(work, bid, outcome))
        opened += 1
      }
      after = bids.at(-1)
      if (after === undefined) {
        await command((work) => finishOpening(work, roundId))
        break
      }
    }
    return opened
  }

  /** Undefined while the holder is not to be had: the opening waits, and this is tried again. */
  async function keyOf({ id, hostId }: Round): Promise<SealingPrivateKey | undefined> {
    try {
      return await command(async (work) => releaseSealingKey(work.sql, deps.sealing, id, await work.now(hostId)))
    } catch (error) {
      if (!(error instanceof HolderAbsent || error instanceof NotOpened)) throw error
      log.error({ err: error, round: id }, 'the opening of a round waits for its key')
      await command((work) => pauseOpening(work, id))
      return undefined
    }
  }

  /** Undefined while the scanner is not to be had: nothing may be read unseen, so the opening waits for it. */
  async function scanned<Result>(roundId: string, run: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await run()
    } catch (error) {
      if (!(error instanceof ScannerUnavailable)) throw error
      log.error({ err: error, round: roundId }, 'the opening of a round waits for the scanner')
      pausedUntil.set(roundId, performance.now() + SCANNER_RETRY_MS)
      return undefined
    }
  }

  async function judge(round: Round, bid: Waiting, key: SealingPrivateKey): Promise<Opened> {
    const { lapses, reason } = standingAfterAmendments(
      { inRow: bid.confirmedPolicyVersion, recorded: bid.recordedPolicyVersions },
      requiredPolicyVersionOf(round),
    )
    if (reason === 'confirmation_not_recorded')
      log.error({ bid: bid.id, round: round.id }, 'a bid says that it stands under a policy that nobody confirmed')
    if (lapses) return { outcome: 'lapsed', reason, content: null }
    // A version from before sealing lies open already.
    if (bid.content !== null) return { outcome: 'opened', reason, content: bid.content }
    const damage = await damageTo(bid)
    if (damage !== null) return { outcome: 'failed_platform', reason: damage, content: null }
    const isOwn = round.policy.sealing.mode === 'client'
    const failed = (reason: string): Opened => ({
      outcome: isOwn ? 'failed_bidder' : 'failed_platform',
      reason,
      content: null,
    })
    const text = await textOf(bid, key)
    if (text instanceof NotOpened) return failed(text.reason)
    const content = read(text, round)
    if (content === null) return failed('content_invalid')
    const listed = new Set(bid.manifest?.files.map(({ documentId }) => documentId))
    const isForeign = content.attachments.some(({ documentId }) => documentId !== null && !listed.has(documentId))
    if (isForeign) return failed('file_not_submitted')
    const fault = await openFiles(bid, key)
    if (fault === 'ciphertext_changed') return { outcome: 'failed_platform', reason: 'file_changed', content: null }
    return fault === null ? { outcome: 'opened', reason, content } : failed(`file_${fault}`)
  }

  /** A few files at a time, because each waits for the disk. Returns what is wrong with the first bad one. */
  async function openFiles({ manifest }: Waiting, { ageIdentity }: SealingPrivateKey): Promise<UnsealFailure | null> {
    const files = manifest?.files ?? []
    for (let at = 0; at < files.length; at += FILES_AT_ONCE) {
      const some = files.slice(at, at + FILES_AT_ONCE)
      // All of them end before anything is said, so that none is still under way when it is tried again.
      const ended = await Promise.allSettled(
        some.map(({ documentId }) => unsealDocument(deps, documentId, ageIdentity)),
      )
      for (const one of ended) {
        if (one.status === 'rejected') throw one.reason
        if (one.value.outcome === 'failed') return one.value.reason
      }
    }
    return null
  }

  /** What was inside a seal; null when it does not follow the schema or does not add up. */
  function read(text: string, { policy }: Round): BidContent | null {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      return null
    }
    // What the service sealed itself has the statement of a correction, which is always null in a submission.
    const { statement: _, ...input } = (value ?? {}) as Record<string, unknown>
    if (!follows(input)) return null
    const content = contentFrom(input as unknown as Parameters<typeof contentFrom>[0])
    return contentFlaws(policy, content).length === 0 ? content : null
  }

  async function damageTo(bid: Waiting): Promise<string | null> {
    const { id, number, commitment, manifest, sealed, jws, lastVersion, lastReceipt } = bid
    if (manifest === null || sealed === null || commitment === null) return 'ciphertext_missing'
    return damageOf({
      lastVersion,
      lastReceipt,
      bidId: id,
      number,
      commitment,
      manifest,
      ciphertextSha256: hash('sha256', sealed, 'hex'),
      receipt: await deps.signer.verify(RECEIPT_TYP, jws ?? ''),
    })
  }

  async function openWaiting(): Promise<number> {
    let opened = 0
    for (const { roundId } of await runningOpenings(look())) {
      if ((pausedUntil.get(roundId) ?? 0) > performance.now()) continue
      // One process at a time opens a round; the others look again later.
      await database.exclusively(`opening ${roundId}`, async () => {
        opened += await openRound(roundId)
      })
    }
    return opened
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await openWaiting().catch((error: unknown) => log.error({ err: error }, 'an opening failed and goes on later'))
      await pause(LOOK_EVERY_MS, undefined, { signal: stopping.signal }).catch((error: unknown) => {
        if (!stopping.signal.aborted) throw error
      })
    }
  }

  let running: Promise<void> | undefined
  return {
    openWaiting,
    start() {
      running = run()
    },
    async stop() {
      stopping.abort()
      await running
    },
  }
}

async function textOf({ id, roundId, hostId, number, sealed }: Waiting, key: SealingPrivateKey) {
  try {
    return await openJson(sealed?.toString('utf8') ?? '', sealedHeader({ id, roundId, hostId }, number), key.jwk)
  } catch (error) {
    if (error instanceof NotOpened) return error
    throw error
  }
}
