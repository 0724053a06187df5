import { accept, type Decision, refuse } from '../../../kernel/decision.ts'
import { type BidManifest, commitmentOf } from '../../../kernel/receipt.ts'
import { OpeningUnderWay } from '../problems/index.ts'
import type { BidContent } from './content.ts'

/**
 * How the opening ended for one bid (电子招标投标办法 26–31): what its bidder sealed so that it does not open counts as
 * withdrawn, what the platform has damaged waits for the bidder's own copy, and a bid that was not confirmed after an
 * amendment lapses. None of them holds up the others.
 */
export const OPENING_OUTCOMES = ['opened', 'failed_bidder', 'failed_platform', 'lapsed'] as const
export type OpeningOutcome = (typeof OPENING_OUTCOMES)[number]

export const OPENING_STATES = ['awaiting_openers', 'awaiting_shares', 'running', 'awaiting_key', 'done'] as const
export type OpeningState = (typeof OPENING_STATES)[number]

/** The opening of a round's bids as it goes on. */
export interface Opening {
  readonly roundId: string
  readonly hostId: string
  readonly state: OpeningState
  /** Credentials of the different people who asked for it. */
  readonly openers: readonly string[]
  readonly requestedAt: Date
  readonly finishedAt: Date | null
}

export interface OpeningTerms {
  readonly keyHolder: 'file' | 'officers' | 'kms'
  readonly openersRequired: number
}

/**
 * One more person asks for the opening. It runs once enough have asked and the key can be had; asking again while it
 * waits changes nothing, so that a repeated request is harmless. Refused (`opening_under_way`) once it runs.
 */
export function joinOpening(
  before: Opening | undefined,
  opener: string,
  terms: OpeningTerms,
  sharesMissing: number,
): Decision<Pick<Opening, 'state' | 'openers'>> {
  if (before !== undefined && before.state !== 'awaiting_openers' && before.state !== 'awaiting_shares')
    return refuse(OpeningUnderWay, { state: before.state })
  const openers = [...new Set([...(before?.openers ?? []), opener])]
  return accept({ openers, state: stateOfOpening(openers.length, terms, sharesMissing) })
}

export function stateOfOpening(openers: number, terms: OpeningTerms, sharesMissing: number): OpeningState {
  if (openers < terms.openersRequired) return 'awaiting_openers'
  return terms.keyHolder === 'officers' && sharesMissing > 0 ? 'awaiting_shares' : 'running'
}

/** The words to which the ciphertext of a bid is bound (authenticated, not secret). */
export function sealedHeader(
  bid: { readonly id: string; readonly roundId: string; readonly hostId: string },
  number: number,
): Readonly<Record<string, string | number>> {
  return { tenant: bid.hostId, round: bid.roundId, bid: bid.id, ver: number, ctype: 'sandan-bid+json' }
}

/** What the opening found in one bid. */
export interface Opened {
  readonly outcome: OpeningOutcome
  readonly reason: string | null
  /** Null unless it opened. */
  readonly content: BidContent | null
}

/** Under which version of the policy a bid stands, by its row and by the record. */
export interface Confirmed {
  /** Null where nothing was ever submitted or confirmed. */
  readonly inRow: number | null
  /** As {@link confirmedVersions} tells it. */
  readonly recorded: readonly number[] | null
}

/**
 * Does a bid stand under the version that an amendment asks for? The record decides, because a row can be changed by
 * whoever writes the database; a row that says something else is named, whichever way it was changed.
 */
export function standingAfterAmendments(
  { inRow, recorded }: Confirmed,
  required: number,
): { readonly lapses: boolean; readonly reason: string | null } {
  const known = recorded ?? [1]
  const isForged = !known.includes(inRow ?? 1)
  const lapses = Math.max(...known) < required
  if (isForged) return { lapses, reason: 'confirmation_not_recorded' }
  return { lapses, reason: lapses ? 'amendment_not_confirmed' : null }
}

/** What is kept of a submission, and the receipt that was given for it. */
export interface KeptSubmission {
  readonly bidId: string
  readonly number: number
  readonly commitment: string
  readonly manifest: BidManifest
  /** Of the ciphertext as it lies in the database now; hex. */
  readonly ciphertextSha256: string
  /** The highest version that is kept of the bid, and the highest that a receipt was given for. */
  readonly lastVersion: number | null
  readonly lastReceipt: number | null
  /** Payload of the receipt, if its signature is the service's own; undefined if it is not. */
  readonly receipt: { readonly bidId?: unknown; readonly number?: unknown; readonly commitment?: unknown } | undefined
}

/**
 * Is what lies here what was received? Checked before anything is decrypted, from the ciphertext over the manifest up to
 * the signed receipt, so that a ciphertext that was changed, or moved here from another bid, is found and named. Null: whole.
 */
export function damageOf(kept: KeptSubmission): string | null {
  const { manifest, receipt } = kept
  if (kept.lastVersion !== kept.number || kept.lastReceipt !== kept.number) return 'not_the_last_version'
  if (manifest.bidId !== kept.bidId || manifest.number !== kept.number) return 'manifest_of_another_bid'
  if (kept.ciphertextSha256 !== manifest.ciphertextSha256) return 'ciphertext_changed'
  if (commitmentOf(manifest) !== kept.commitment) return 'manifest_changed'
  if (receipt === undefined) return 'receipt_not_genuine'
  const isSame =
    receipt.bidId === kept.bidId && receipt.number === kept.number && receipt.commitment === kept.commitment
  return isSame ? null : 'receipt_differs'
}
