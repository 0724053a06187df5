import { createHash, hash, randomBytes } from 'node:crypto'
import canonicalize from 'canonicalize'
import { orThrow } from '../../../kernel/decision.ts'
import { problem } from '../../../kernel/problem.ts'
import { type BidManifest, commitmentOf, type ManifestFile } from '../../../kernel/receipt.ts'
import { inOneTrip } from '../../../platform/database/prepared.ts'
import { newId } from '../../../platform/ids.ts'
import { NotOpened, readSealed, sameHeader, sealJsonBytes } from '../../../platform/keys/sealing.ts'
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
} from '../problems/index.ts'
import { advance, type Bid, type BidContent, type BidState, requireOpenWindow } from '../rules/bid.ts'
import { contentFlaws } from '../rules/budget.ts'
import { sealedHeader } from '../rules/opening.ts'
import { insertSubmission, lockAndCountSubmitted, type NewSubmission } from '../store/submissions.ts'
import { insertVersion, type Receipt } from '../store/versions.ts'
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
 * the request. Many of one round at once go through `submitTogether`, which decides each by the same two steps.
 */
export async function submitBid(
  work: Work,
  { signer }: { readonly signer: Signer },
  bidId: string,
  wanted: Submission,
): Promise<Submitted> {
  const place = await placeOfOwnBid(work, SubmitBid, bidId)
  // One trip to the database, in this order: the clock is read when the locks are had.
  const [{ bid, round }, now, project] = await inOneTrip(
    lockPlacedBid(work, SubmitBid, place),
    work.now(place.hostId),
    projectStandingOf(work, place.projectId),
  )
  const key = await sealingKeyOf(work.sql, round.id)
  const judged = judgeSubmission(work, { bid, round, now, project, key }, wanted)
  if (judged.isFirst) requireRoom(round, await lockAndCountSubmitted(work.sql, bid))
  const files = await requireSealedFiles(work, bid, judged.documentIds)
  const made = await makeSubmission(signer, judged, files)
  await inOneTrip(insertSubmission(work.sql, made.row), recordWithheld(work, bid, ...made.event))
  return made.submitted
}

/** What a submission is judged by, read under the locks of round and bid. */
export interface SubmissionFacts {
  readonly bid: Bid
  readonly round: Round
  readonly now: Date
  readonly project: ProjectStanding | undefined
  readonly key: SealingKey | undefined
}

/** A submission that nothing speaks against, but for the room that the round leaves and the files. */
export interface JudgedSubmission extends Pick<SubmissionFacts, 'bid' | 'round' | 'now'> {
  readonly state: BidState
  /** The first one takes up room in the round. */
  readonly isFirst: boolean
  readonly projectVersion: number
  readonly documentIds: readonly string[]
  /** The ciphertext as canonical JSON (RFC 8785). */
  readonly seal: () => Buffer
}

/** Everything that can be said of a submission without asking anybody further. */
export function judgeSubmission(
  work: Work,
  { bid, round, now, project, key }: SubmissionFacts,
  wanted: Submission,
): JudgedSubmission {
  expectVersion(work, bid)
  const state = orThrow(advance(bid, 'submit'))
  orThrow(requireOpenWindow(bidWindow(round, now), round))
  if (key === undefined) throw problem(SealingKeyMissing)
  const { seal, documentIds } = readSubmission(round, sealedHeader(bid, bid.currentVersion + 1), key, wanted)
  const { version: projectVersion } = requireListed(project, bid)
  return { bid, round, now, state, isFirst: bid.state === 'draft', projectVersion, documentIds, seal }
}

/** Two first submissions of one organization decide one after the other, so that the limit holds. */
export function requireRoom(round: Round, submitted: number): void {
  const max = round.policy.bidsPerOrganizationMax
  if (submitted >= max) throw problem(BidLimitReached, { max })
}

/** A submission as it is to be written, and as it will be once it is. */
export interface MadeSubmission {
  readonly row: NewSubmission
  /** Type, instant, data and identifier of the event that is to be recorded. */
  readonly event: readonly [type: string, at: Date, data: Record<string, unknown>, id: string]
  readonly submitted: Submitted
}

/** Seals, commits to what was sealed, and signs for it. */
export async function makeSubmission(
  signer: Signer,
  { bid: before, round, now, state, projectVersion, seal }: JudgedSubmission,
  files: readonly ManifestFile[],
): Promise<MadeSubmission> {
  const sealed = seal()
  const number = before.currentVersion + 1
  const salt = randomBytes(16)
  const manifest: BidManifest = {
    roundId: round.id,
    bidId: before.id,
    organizationId: before.organizationId,
    number,
    previousCommitment: before.commitment,
    ciphertextSha256: hash('sha256', sealed, 'hex'),
    files,
    salt: salt.toString('base64url'),
  }
  const commitment = commitmentOf(manifest)
  const eventId = newId('evt')
  const given = { kind: 'submission', number, commitment, receivedAt: now, eventId } as const
  const receipt = await signReceipt(signer, before, given)
  const changed = { state, confirmedPolicyVersion: round.policyVersion }
  const bid: Bid = {
    ...before,
    ...changed,
    version: before.version + 1,
    currentVersion: number,
    content: null,
    commitment,
    projectVersion,
    submittedAt: now,
  }
  return {
    row: { bid, sealed, manifest, salt, receipt },
    event: [
      number === 1 ? 'bid.submitted' : 'bid.replaced',
      now,
      { number, commitment, policyVersion: round.policyVersion },
      eventId,
    ],
    submitted: { version: bid.version, bid, round, receipt, manifest },
  }
}

/** What was handed in, found sound: how to get the ciphertext, and the files that belong to it. */
function readSubmission(
  round: Round,
  header: Readonly<Record<string, string | number>>,
  key: SealingKey,
  wanted: Submission,
): { readonly seal: () => Buffer; readonly documentIds: readonly string[] } {
  const { mode } = round.policy.sealing
  const recipients = key.escrow === null ? [key] : [key, key.escrow]
  if (wanted.kind === 'content') {
    if (mode !== 'server') throw problem(SealedContentExpected, { mode })
    const { content } = wanted
    const flaws = contentFlaws(round.policy, content)
    if (flaws.length > 0) throw problem(BidContentInvalid, {}, flaws)
    const documentIds = content.attachments.flatMap(({ documentId }) => documentId ?? [])
    return { seal: () => sealJsonBytes(JSON.stringify(content), header, recipients), documentIds }
  }
  if (mode !== 'client') throw problem(SealedContentExpected, { mode })
  const sealed = canonicalize(wanted.sealed) ?? ''
  const flaw = flawOfSealed(sealed, header, recipients)
  if (flaw !== null) {
    const kids = recipients.map(({ kid }) => kid).join(', ')
    throw problem(SealedContentInvalid, { flaw, header: JSON.stringify(header), kids })
  }
  return { seal: () => Buffer.from(sealed, 'utf8'), documentIds: wanted.documentIds }
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
export async function requireSealedFiles(
  work: Work,
  bid: Bid,
  documentIds: readonly string[],
): Promise<ManifestFile[]> {
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
