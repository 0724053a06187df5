import { SYSTEM } from '../../../kernel/actor.ts'
import type { FieldError } from '../../../kernel/problem.ts'
import type { Database } from '../../../platform/database/database.ts'
import type { Inspector } from '../../../platform/files/examine.ts'
import type { Outcome } from '../../../platform/lane.ts'
import type { Signer } from '../../../platform/signing.ts'
import { authorize, newWork, type Work } from '../../../platform/work.ts'
import { divisionOf } from '../../divisions/index.ts'
import { DocumentNotUsable, sealedAmong } from '../../documents/index.ts'
import { needOf } from '../../needs/index.ts'
import { organizationOf } from '../../organizations/index.ts'
import { lastDayBefore, type Round, roundOf } from '../../rounds/index.ts'
import { SubmitBid } from '../policy.ts'
import { attachmentFindings, type Bid, type BidContent } from '../rules/bid.ts'
import { findLeaks } from '../rules/blindness.ts'
import { budgetFindings, contentFlaws, type Finding } from '../rules/budget.ts'
import { classFindings } from '../rules/classes.ts'
import { eligibilityOf } from '../rules/eligibility.ts'
import type { IdentityMarks } from '../rules/identity.ts'
import { findBid } from '../store/bids.ts'
import { addDocumentFindings, findBidOfDocument, findDocumentFindings } from '../store/versions.ts'
import {
  type BidderFacts,
  type BlindnessFinding,
  blindnessFindings,
  blindnessInspector,
  marksOfBidder,
} from './blindness.ts'
import { policyByFacts } from './classes.ts'
import { factsOf } from './eligibility.ts'
import { type Submission, type Submitted, submitBid } from './submission.ts'
import { type SubmissionAmong, submitTogether } from './submittingTogether.ts'

/** Something to know before submitting. */
export interface PrecheckFinding {
  readonly code: string
  readonly where: string
  readonly detail: string
  readonly severity: 'refused' | 'rejected' | 'curable' | 'leak'
}

/**
 * What would be said of a bid, without submitting it: what the submission would refuse, what the formal check would find
 * as things stand today, and in a blind round what tells who bids. Nothing of it is kept.
 */
export async function precheckBid(
  work: Work,
  bidId: string,
  content: BidContent,
  own: BidderFacts['own'],
): Promise<PrecheckFinding[]> {
  const bid = authorize(work, SubmitBid, await findBid(work.sql, bidId))
  const round = await roundOf(work, bid.roundId)
  if (round === undefined) throw new Error(`there is no round ${bid.roundId}`)
  const day = lastDayBefore(round.closesAt)
  const facts = await factsOf(work, bid, day)
  const { classes, policy } = await policyByFacts(work, bid, round.policy, { facts, day })
  return [
    ...contentFlaws(policy, content).map(refusedFor),
    ...(await unusableFiles(work, bid, content)).map(refusedFor),
    ...[
      ...classFindings(policy, classes),
      ...budgetFindings(policy, content),
      ...eligibilityOf(facts, policy.eligibility, day),
      ...attachmentFindings(policy.requiredAttachments, content.attachments),
    ].map(foundBy),
    ...(await leaksOf(work, round, bid, content, own)),
  ]
}

/** The attachments whose file is missing, foreign, or was not sealed for this round. */
async function unusableFiles(work: Work, bid: Bid, { attachments }: BidContent): Promise<FieldError[]> {
  const named = attachments.flatMap(({ documentId }) => documentId ?? [])
  const { organizationId, roundId } = bid
  const usable = new Set(await sealedAmong(work, [...new Set(named)], { organizationId, subject: roundId }))
  return attachments.flatMap(({ documentId }, index) =>
    documentId === null || usable.has(documentId)
      ? []
      : [{ pointer: `#/content/attachments/${index}/documentId`, code: DocumentNotUsable.code, detail: documentId }],
  )
}

/** Submits, and says at once what in a blind bid tells who bids: it can be mended until the deadline. */
export async function submitAndInspect(
  work: Work,
  deps: { readonly signer: Signer },
  bidId: string,
  wanted: Submission,
): Promise<Inspected> {
  return inspected(work, wanted, await submitBid(work, deps, bidId, wanted))
}

/** {@link submitAndInspect} for several bids of one round in one transaction. */
export async function submitAndInspectTogether(
  deps: { readonly signer: Signer },
  members: readonly SubmissionAmong[],
): Promise<Outcome<Inspected>[]> {
  const outcomes = await submitTogether(deps, members)
  return Promise.all(
    outcomes.map(async (outcome, place): Promise<Outcome<Inspected>> => {
      if ('error' in outcome) return outcome
      const { work, wanted } = members[place] as SubmissionAmong
      return { value: await inspected(work, wanted, outcome.value) }
    }),
  )
}

type Inspected = Submitted & { readonly leaks: readonly PrecheckFinding[] }

async function inspected(work: Work, wanted: Submission, submitted: Submitted): Promise<Inspected> {
  const { bid, round } = submitted
  return { ...submitted, leaks: wanted.kind === 'content' ? await leaksOf(work, round, bid, wanted.content) : [] }
}

/** In a blind round: what in the content and in the files tells who bids. Empty in the others. */
export async function leaksOf(
  work: Work,
  round: Round,
  bid: Bid,
  content: BidContent,
  own: BidderFacts['own'] = {},
): Promise<PrecheckFinding[]> {
  if (!round.policy.blindReview) return []
  const marks = await marksOf(work, bid, own)
  const named = new Set(content.attachments.flatMap(({ documentId }) => documentId ?? []))
  const files = (await findDocumentFindings(work.sql, bid.id)).filter(({ documentId }) => named.has(documentId))
  return blindnessFindings(content, files as Parameters<typeof blindnessFindings>[1], marks).map(leaked)
}

/** What the name of a file gives away; looked at when it is announced, because a sealed name is not read again. */
export async function leaksOfName(work: Work, bid: Bid, fileName: string): Promise<{ code: string; where: string }[]> {
  const leaks = findLeaks([{ where: 'file-name', text: fileName }], await marksOf(work, bid, {}))
  return leaks.map(({ code, where }) => ({ code, where }))
}

/** Looks through the files of blind rounds while they are uploaded. */
export function bidInspector(database: Database, { sandbox }: { readonly sandbox: boolean }): Inspector {
  const look = () => newWork({ sql: database.sql, actor: SYSTEM, requestId: 'inspection', sandbox })
  return blindnessInspector({
    async marksOf(documentId) {
      const bid = await blindBidOf(look(), documentId)
      return bid === undefined ? null : { marks: await marksOf(look(), bid, {}), fileName: null }
    },
    keep: (documentId, findings) => addDocumentFindings(database.sql, { documentId, findings }),
  })
}

/** The bid that a file belongs to, if its round is reviewed blind. */
async function blindBidOf(work: Work, documentId: string): Promise<Bid | undefined> {
  const bidId = await findBidOfDocument(work.sql, documentId)
  const bid = bidId === undefined ? undefined : await findBid(work.sql, bidId)
  const round = bid === undefined ? undefined : await roundOf(work, bid.roundId)
  return round?.policy.blindReview === true ? bid : undefined
}

/** The bidder's names, without what the host itself has published: the county's name is no leak. */
async function marksOf(work: Work, bid: Bid, own: BidderFacts['own']): Promise<IdentityMarks> {
  const organization = await organizationOf(work, bid.organizationId)
  if (organization === undefined) throw new Error(`there is no organization ${bid.organizationId}`)
  const host = await organizationOf(work, bid.hostId)
  const need = await needOf(work, bid.needId)
  const division = need === undefined ? undefined : await divisionOf(work, need.divisionCode)
  return marksOfBidder({
    organization,
    sponsoredGroup: bid.sponsoredGroupId === null ? null : ((await organizationOf(work, bid.sponsoredGroupId)) ?? null),
    own: own ?? {},
    published: [host?.name, need?.title, division?.name].flatMap((name) => name ?? []),
  })
}

function refusedFor({ code, pointer, detail }: FieldError): PrecheckFinding {
  return { code, where: pointer, detail, severity: 'refused' }
}

function foundBy({ code, detail, isCurable, attachment }: Finding): PrecheckFinding {
  const where = attachment === null ? '#/content' : '#/content/attachments'
  return { code, where, detail, severity: isCurable ? 'curable' : 'rejected' }
}

function leaked({ code, where, excerpt }: BlindnessFinding): PrecheckFinding {
  return { code, where: where.replace(/^#/, '#/content'), detail: excerpt ?? '', severity: 'leak' }
}
