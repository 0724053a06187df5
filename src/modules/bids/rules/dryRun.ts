import type { LegalDate } from '../../../kernel/days.ts'
import { type Fen, fenOf, sumFen } from '../../../kernel/money.ts'
import type { RoundPolicy } from '../../rounds/index.ts'
import { attachmentFindings, type Bid, type BidContent, type BidState } from './bid.ts'
import { budgetFindings, categoryFlaws, type Finding, incurable } from './budget.ts'
import { classesOf, classFindings, type ProjectFacts, policyFor } from './classes.ts'
import { type EligibilityFacts, eligibilityOf } from './eligibility.ts'

/** What became of a bid at the formal check; `pending` while it waits for it. */
export const DRY_RUN_VERDICTS = ['admitted', 'returned', 'rejected', 'pending'] as const
export type DryRunVerdict = (typeof DRY_RUN_VERDICTS)[number]

/** An opened bid of the earlier round with what was known of its bidder and need. */
export interface EarlierBid {
  readonly bid: Pick<Bid, 'id' | 'organizationId' | 'needId' | 'state' | 'findings' | 'submittedAt'>
  readonly content: BidContent
  readonly facts: EligibilityFacts
  readonly project: ProjectFacts
}

export interface DryRunLine {
  readonly bidId: string
  readonly organizationId: string
  readonly needId: string
  readonly grantFen: Fen
  readonly before: { readonly verdict: DryRunVerdict; readonly findings: readonly Finding[] }
  readonly after: { readonly verdict: DryRunVerdict; readonly findings: readonly Finding[] }
}

export interface DryRunTotals {
  readonly admitted: number
  readonly returned: number
  readonly rejected: number
  readonly pending: number
  /** What the admitted bids ask for together. */
  readonly requestedFen: Fen
}

/**
 * What the formal check of another policy would find about bids of an earlier round: budget, ratio rules, categories,
 * attachments, classes, eligibility on that round's last day, and the number of bids of an organization, of which the
 * earlier ones count. Flags and what people found are not repeated: they do not follow from a policy.
 */
export function dryRun(policy: RoundPolicy, earlier: readonly EarlierBid[], day: LegalDate): DryRunLine[] {
  const counted = new Map<string, number>()
  const inOrder = earlier.toSorted(
    (a, b) =>
      (a.bid.submittedAt?.getTime() ?? 0) - (b.bid.submittedAt?.getTime() ?? 0) || (a.bid.id < b.bid.id ? -1 : 1),
  )
  return inOrder.map((one) => {
    const { bid, content } = one
    const number = (counted.get(bid.organizationId) ?? 0) + 1
    counted.set(bid.organizationId, number)
    const findings = [...bidFindings(policy, one, day), ...limitFindings(policy, number)]
    return {
      bidId: bid.id,
      organizationId: bid.organizationId,
      needId: bid.needId,
      grantFen: fenOf(content.grant),
      before: { verdict: verdictOf(bid.state), findings: bid.findings },
      after: { verdict: verdictFor(findings, policy), findings },
    }
  })
}

export function totalsOf(lines: readonly DryRunLine[], side: 'before' | 'after'): DryRunTotals {
  const count = (verdict: DryRunVerdict) => lines.filter((line) => line[side].verdict === verdict).length
  return {
    admitted: count('admitted'),
    returned: count('returned'),
    rejected: count('rejected'),
    pending: count('pending'),
    requestedFen: sumFen(lines.filter((line) => line[side].verdict === 'admitted').map(({ grantFen }) => grantFen)),
  }
}

function bidFindings(policy: RoundPolicy, { content, facts, project }: EarlierBid, day: LegalDate): Finding[] {
  const { type, registeredOn, grade } = facts.bidder
  const applicant = { organizationType: type, registeredOn, grade: grade?.level ?? null }
  const classes = classesOf(policy, applicant, project, day)
  const terms = policyFor(policy, classes)
  return [
    ...categoryFlaws(terms, content.budgetLines, '#/content/budgetLines').map(({ code, pointer }) => {
      const line = content.budgetLines[Number(pointer.split('/')[3])]
      return incurable(code, line?.category ?? pointer)
    }),
    ...budgetFindings(terms, content),
    ...classFindings(policy, classes),
    ...eligibilityOf(facts, policy.eligibility, day),
    ...attachmentFindings(terms.requiredAttachments, content.attachments),
  ]
}

function limitFindings({ bidsPerOrganizationMax }: RoundPolicy, number: number): Finding[] {
  return number > bidsPerOrganizationMax
    ? [incurable('bid_limit_reached', `bid ${number} of at most ${bidsPerOrganizationMax}`)]
    : []
}

function verdictFor(findings: readonly Finding[], { correction }: RoundPolicy): DryRunVerdict {
  if (findings.length === 0) return 'admitted'
  return correction.times > 0 && findings.every(({ isCurable }) => isCurable) ? 'returned' : 'rejected'
}

function verdictOf(state: BidState): DryRunVerdict {
  if (state === 'submitted') return 'pending'
  if (state === 'returned_for_correction') return 'returned'
  return state === 'rejected' || state === 'withdrawn' || state === 'draft' ? 'rejected' : 'admitted'
}
