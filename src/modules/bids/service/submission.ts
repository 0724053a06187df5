import { createHash, randomBytes } from 'node:crypto'
import canonicalize from 'canonicalize'
import { orThrow } from '../../../kernel/decision.ts'
import { fenOf } from '../../../kernel/money.ts'
import { problem } from '../../../kernel/problem.ts'
import { expectVersion, type Work } from '../../../platform/work.ts'
import { requireStoredDocuments } from '../../documents/index.ts'
import { projectOf } from '../../projects/index.ts'
import { bidWindow, type Round } from '../../rounds/index.ts'
import { SubmitBid } from '../policy.ts'
import { BidContentInvalid, BidLimitReached, ProjectNotListed } from '../problems.ts'
import { advance, type Bid, type BidContent, requireOpenWindow } from '../rules/bid.ts'
import { contentFlaws } from '../rules/budget.ts'
import { countSubmitted, insertVersion, lockOrganizationInRound, updateBid } from '../store/bids.ts'
import { lockOwnBid, recordSealed } from './drafts.ts'

/**
 * Submits the draft, or replaces what was submitted. The clock is read under the lock of the round, which the closing
 * takes too: a submission is in time or it is refused, never half.
 */
export async function submitBid(work: Work, bidId: string): Promise<Bid> {
  const { bid: before, round } = await lockOwnBid(work, SubmitBid, bidId)
  expectVersion(work, before)
  await lockOrganizationInRound(work.sql, before.roundId, before.organizationId)
  const now = await work.now(round.hostId)
  const state = orThrow(advance(before, 'submit'))
  orThrow(requireOpenWindow(bidWindow(round, now), round))
  const content = before.draft ?? before.content
  if (content === null) throw new Error(`the bid ${bidId} has neither draft nor content`)
  await requireWhole(work, before, round, content)
  const project = await requireListedProject(work, before.projectId)
  await requireRoom(work, before, round)
  const number = before.currentVersion + 1
  const contentHash = await keepVersion(work, { bidId, number, content, projectVersion: project.version, at: now })
  const after = await updateBid(work.sql, bidId, {
    state,
    draft: null,
    currentVersion: number,
    requestedFen: fenOf(content.grant),
    submittedAt: now,
  })
  await recordSealed(work, number === 1 ? 'bid.submitted' : 'bid.replaced', bidId, now, { number, contentHash })
  return after
}

/**
 * Keeps what was submitted under a salted hash: an amount alone could be guessed from a bare one. Returns the hash.
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
  const contentHash = createHash('sha256')
    .update(salt)
    .update(canonicalize(kept.content) ?? '')
    .digest('hex')
  await insertVersion(work.sql, { ...version, salt, contentHash, submittedAt: at })
  return contentHash
}

async function requireListedProject(work: Work, projectId: string): Promise<{ readonly version: number }> {
  const project = await projectOf(work, projectId)
  if (project === undefined) throw new Error(`there is no project ${projectId}`)
  if (project.state !== 'listed') throw problem(ProjectNotListed, { state: project.state })
  return project
}

async function requireWhole(work: Work, bid: Bid, round: Round, content: BidContent): Promise<void> {
  const flaws = contentFlaws(round.policy, content)
  if (flaws.length > 0) throw problem(BidContentInvalid, {}, flaws)
  await requireDocuments(work, bid, content)
}

/** Every attachment that names a document names a stored one of the bidder. */
export async function requireDocuments(
  work: Work,
  bid: Pick<Bid, 'organizationId'>,
  content: Pick<BidContent, 'attachments'>,
): Promise<void> {
  const documentIds = content.attachments.flatMap(({ documentId }) => documentId ?? [])
  if (documentIds.length > 0) await requireStoredDocuments(work, documentIds, bid.organizationId)
}

async function requireRoom(work: Work, bid: Bid, round: Round): Promise<void> {
  const max = round.policy.bidsPerOrganizationMax
  if ((await countSubmitted(work.sql, bid)) >= max) throw problem(BidLimitReached, { max })
}
