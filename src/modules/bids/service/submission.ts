import { createHash, hash, randomBytes } from 'node:crypto'
import canonicalize from 'canonicalize'
import { orThrow } from '../../../kernel/decision.ts'
import { problem } from '../../../kernel/problem.ts'
import { type BidManifest, commitmentOf, type ManifestFile } from '../../../kernel/receipt.ts'
import { inOneTrip } from '../../../platform/database/prepared.ts'
import { newId } from '../../../platform/ids.ts'
import { NotOpened, readSealed, sameHeader, sealJson } from '../../../platform/keys/sealing.ts'
import type { Signer } from '../../../platform/signing.ts'
import { expectVersion, type Work } from '../../../platform/work.ts'
import { requireSealedDocuments, requireStoredDocuments } from '../../documents/index.ts'
import { type ProjectStanding, projectStandingOf } from '../../projects/index.ts'
import { bidWindow, type Round } from '../../rounds/index.ts'
import { type SealingKey, sealingKeyOf } from '../../sealing/index.ts'
import { SubmitBid } from '../policy.ts'
import {
  AttachmentsTooLarge,
  BidContentInvalid,
  BidLimitReached,
  ProjectNotListed,
  SealedContentExpected,
  SealedContentInvalid,
  SealingKeyMissing,
} from '../problems.ts'
import { advance, type Bid, type BidContent, requireOpenWindow } from '../rules/bid.ts'
import { contentFlaws } from '../rules/budget.ts'
import { sealedHeader } from '../rules/opening.ts'
import { lockAndCountSubmitted } from '../store/bids.ts'
import { insertSubmission, insertVersion, type Receipt } from '../store/versions.ts'
import { lockPlacedBid, placeOfOwnBid, recordWithheld } from './drafts.ts'
import { signReceipt } from './receipts.ts'

/** Files of one bid together; each may have 50 MB. */
export const ATTACHMENT_BYTES_MAX = 200 * 1024 * 1024

/** What the bidder hands in: content for the service to check and seal, or a JWE that it made itself, with its files. */
export type Submission =
  | { readonly kind: 'content'; readonly content: BidContent }
  | { readonly kind: 'sealed'; readonly sealed: object; readonly documentIds: readonly string[] }

export interface Submitted {
  readonly version: number
  readonly bid: Bid
  readonly round: Round
  readonly receipt: Receipt
  readonly manifest: BidManifest
}

/**
 * Submits a bid, or replaces what was submitted. The clock is read under the lock of the round, which the closing takes
 * too: a submission is in time or it is refused, never half. What is kept is ciphertext; the content is forgotten with
 * the request.
 */
export async function submitBid(
  work: Work,
  { signer }: { readonly signer: Signer },
  bidId: string,
  wanted: Submission,
): Promise<Submitted> {
  const place = await placeOfOwnBid(work, SubmitBid, bidId)
  // One trip to the database, in this order: the clock is read when the locks are had.
  const [{ bid: before, round }, now, project] = await inOneTrip(
    lockPlacedBid(work, SubmitBid, place),
    work.now(place.hostId),
    projectStandingOf(work, place.projectId),
  )
  expectVersion(work, before)
  const state = orThrow(advance(before, 'submit'))
  orThrow(requireOpenWindow(bidWindow(round, now), round))
  const key = await sealingKeyOf(work.sql, round.id)
  if (key === undefined) throw problem(SealingKeyMissing)
  const number = before.currentVersion + 1
  const { sealed, documentIds } = await sealedFrom(round, before, number, key, wanted)
  const { version: projectVersion } = requireListed(project, before)
  if (before.state === 'draft') await requireRoom(work, before, round)
  const manifest: BidManifest = {
    roundId: round.id,
    bidId,
    organizationId: before.organizationId,
    number,
    previousCommitment: before.commitment,
    ciphertextSha256: hash('sha256', sealed, 'hex'),
    files: await requireSealedFiles(work, before, documentIds),
    salt: randomBytes(16).toString('base64url'),
  }
  const commitment = commitmentOf(manifest)
  const type = number === 1 ? 'bid.submitted' : 'bid.replaced'
  const eventId = newId('evt')
  const given = { kind: 'submission', number, commitment, receivedAt: now, eventId } as const
  const receipt = await signReceipt(signer, before, given)
  const kept = {
    bidId,
    number,
    sealed: Buffer.from(sealed, 'utf8'),
    manifest,
    salt: Buffer.from(manifest.salt, 'base64url'),
    commitment,
    projectVersion,
    submittedAt: now,
  }
  const changed = { state, confirmedPolicyVersion: round.policyVersion }
  const [version] = await inOneTrip(
    insertSubmission(work.sql, kept, receipt, changed),
    recordWithheld(work, before, type, now, { number, commitment, policyVersion: round.policyVersion }, eventId),
  )
  const after: Bid = {
    ...before,
    ...changed,
    version,
    currentVersion: number,
    content: null,
    commitment,
    projectVersion,
    submittedAt: now,
  }
  return { version, bid: after, round, receipt, manifest }
}

/** The ciphertext as canonical JSON (RFC 8785), and the files that belong to it. */
async function sealedFrom(
  round: Round,
  bid: Bid,
  number: number,
  key: SealingKey,
  wanted: Submission,
): Promise<{ readonly sealed: string; readonly documentIds: readonly string[] }> {
  const { mode } = round.policy.sealing
  const header = sealedHeader(bid, number)
  const recipients = key.escrow === null ? [key] : [key, key.escrow]
  if (wanted.kind === 'content') {
    if (mode !== 'server') throw problem(SealedContentExpected, { mode })
    const flaws = contentFlaws(round.policy, wanted.content)
    if (flaws.length > 0) throw problem(BidContentInvalid, {}, flaws)
    const documentIds = wanted.content.attachments.flatMap(({ documentId }) => documentId ?? [])
    return { sealed: sealJson(JSON.stringify(wanted.content), header, recipients), documentIds }
  }
  if (mode !== 'client') throw problem(SealedContentExpected, { mode })
  const sealed = canonicalize(wanted.sealed) ?? ''
  const flaw = flawOfSealed(sealed, header, recipients)
  if (flaw !== null) {
    const kids = recipients.map(({ kid }) => kid).join(', ')
    throw problem(SealedContentInvalid, { flaw, header: JSON.stringify(header), kids })
  }
  return { sealed, documentIds: wanted.documentIds }
}

/** What can be told of a JWE without opening it: to what it is bound and for whom it was made. */
function flawOfSealed(
  sealed: string,
  header: Readonly<Record<string, string | number>>,
  recipients: readonly { readonly kid: string }[],
): string | null {
  try {
    const found = readSealed(sealed)
    if (!sameHeader(found.header, header)) return 'is bound to something else'
    return recipients.every(({ kid }) => found.kids.includes(kid)) ? null : 'lacks a recipient'
  } catch (error) {
    if (error instanceof NotOpened) return 'is no such JWE'
    throw error
  }
}

function requireListed(project: ProjectStanding | undefined, { projectId }: Bid): ProjectStanding {
  if (project === undefined) throw new Error(`there is no project ${projectId}`)
  if (project.state !== 'listed') throw problem(ProjectNotListed, { state: project.state })
  return project
}

/** Every file of a bid is the bidder's own, whole, and was sealed for this round while it came in. */
async function requireSealedFiles(work: Work, bid: Bid, documentIds: readonly string[]): Promise<ManifestFile[]> {
  if (documentIds.length === 0) return []
  const { organizationId, roundId } = bid
  const files = await requireSealedDocuments(work, [...new Set(documentIds)], { organizationId, subject: roundId })
  const bytes = files.reduce((sum, { byteSize }) => sum + byteSize, 0)
  if (bytes > ATTACHMENT_BYTES_MAX) throw problem(AttachmentsTooLarge, { bytes, max: ATTACHMENT_BYTES_MAX })
  return files.map(({ documentId, ciphertextSha256, ciphertextByteSize }) => ({
    documentId,
    ciphertextSha256,
    ciphertextByteSize,
  }))
}

/** Two first submissions of one organization decide one after the other, so that the limit holds. */
async function requireRoom(work: Work, bid: Bid, round: Round): Promise<void> {
  const max = round.policy.bidsPerOrganizationMax
  if ((await lockAndCountSubmitted(work.sql, bid)) >= max) throw problem(BidLimitReached, { max })
}

/**
 * For corrections, which come after the opening and are read at once: keeps the content under a salted hash, because an
 * amount alone could be guessed from a bare one. Returns the hash.
 */
export async function keepVersion(
  work: Work,
  kept: {
    readonly bidId: string
    readonly number: number
    readonly content: BidContent
    readonly projectVersion: number
    readonly at: Date
  },
): Promise<string> {
  const { at, ...version } = kept
  const salt = randomBytes(16)
  const commitment = createHash('sha256')
    .update(salt)
    .update(canonicalize(kept.content) ?? '')
    .digest('hex')
  await insertVersion(work.sql, { ...version, sealed: null, manifest: null, salt, commitment, submittedAt: at })
  return commitment
}

/** Every attachment of a correction that names a document names a stored one of the bidder. */
export async function requireDocuments(
  work: Work,
  bid: Pick<Bid, 'organizationId'>,
  content: Pick<BidContent, 'attachments'>,
): Promise<void> {
  const documentIds = content.attachments.flatMap(({ documentId }) => documentId ?? [])
  if (documentIds.length > 0) await requireStoredDocuments(work, documentIds, bid.organizationId)
}
