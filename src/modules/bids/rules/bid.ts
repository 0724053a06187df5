import type { LegalDate } from '../../../kernel/days.ts'
import { accept, type Decision, refuse } from '../../../kernel/decision.ts'
import { type Transitions, transition } from '../../../kernel/transitions.ts'
import type { ResolvedDate } from '../../../kernel/workdays.ts'
import {
  BidFlagOpen,
  BidNotInState,
  BidRoundCancelled,
  BidWindowClosed,
  BidWindowNotOpen,
  CorrectionBeyondScope,
  CorrectionEmpty,
  CorrectionWindowClosed,
  RecheckReasonMissing,
  RecheckTooLate,
} from '../problems/index.ts'
import { type BudgetTerms, budgetFindings, type Finding, incurable } from './budget.ts'
import type { Attachment, BidContent } from './content.ts'
import type { BidFlag } from './flags.ts'
import type { OpeningOutcome } from './opening.ts'

export const BID_STATES = [
  'draft',
  'submitted',
  'returned_for_correction',
  'accepted',
  'rejected',
  'scored',
  'proposed',
  'reserve',
  'not_funded',
  'awarded',
  'cancelled',
  'declined',
  'withdrawn',
] as const
export type BidState = (typeof BID_STATES)[number]
export type BidCommand =
  | 'submit'
  | 'withdraw'
  | 'lapse'
  | 'accept'
  | 'reject'
  | 'returnForCorrection'
  | 'recheck'
  | 'correct'
  | 'score'
  | 'propose'
  | 'reserve'
  | 'passOver'
  | 'award'
  | 'cancel'
  | 'decline'
  | 'retract'
  | 'reopenReview'

/** Submitting again before the deadline replaces; what its bidder sealed so that it does not open lapses; ranking again (after a lot, or a voided sheet) scores again; awards that are retracted lead back to the review. A decided bid is checked again where the record of its bidder was wrong. */
export const BID_TRANSITIONS: Transitions<BidState, BidCommand> = {
  draft: { submit: 'submitted', withdraw: 'withdrawn' },
  submitted: {
    submit: 'submitted',
    withdraw: 'withdrawn',
    lapse: 'withdrawn',
    accept: 'accepted',
    reject: 'rejected',
    returnForCorrection: 'returned_for_correction',
  },
  returned_for_correction: { correct: 'submitted', reject: 'rejected' },
  accepted: { score: 'scored', passOver: 'not_funded', recheck: 'submitted' },
  rejected: { recheck: 'submitted' },
  scored: { score: 'scored', propose: 'proposed', reserve: 'reserve', passOver: 'not_funded' },
  proposed: { award: 'awarded', cancel: 'cancelled', decline: 'declined', retract: 'scored', reopenReview: 'accepted' },
  reserve: { propose: 'proposed', passOver: 'not_funded', retract: 'scored', reopenReview: 'accepted' },
  not_funded: { retract: 'scored', reopenReview: 'accepted' },
  awarded: { cancel: 'cancelled' },
  cancelled: {},
  declined: {},
  withdrawn: {},
}

/** A bid in one of these shows that its round is ranked. */
export const RANKED: readonly BidState[] = ['scored', 'proposed', 'reserve', 'not_funded', 'awarded']

/** What the bidder itself may do, as `actions` shows it. */
export const BIDDER_OFFERS: readonly BidCommand[] = ['submit', 'withdraw', 'correct']

export type { Attachment, BidContent } from './content.ts'

export interface Bid {
  readonly id: string
  readonly version: number
  readonly roundId: string
  readonly hostId: string
  readonly needId: string
  readonly projectId: string
  /** The agency that bids; for a sponsored group, its sponsor. */
  readonly organizationId: string
  readonly sponsoredGroupId: string | null
  readonly state: BidState
  /** Number of the version that counts; 0 before the first submission. */
  readonly currentVersion: number
  /** What was submitted; sealed, and null here, until the opening. */
  readonly content: BidContent | null
  /** Fixes the version that counts without telling what it says; null before the first submission. */
  readonly commitment: string | null
  /** The version of the project that was submitted. */
  readonly projectVersion: number | null
  /** The grant asked, of the version that counts; null before the opening. */
  readonly requestedFen: bigint | null
  /** The last submission before the deadline; a correction does not move it. The tie-break `earlier_submission` reads it. */
  readonly submittedAt: Date | null
  /** The latest policy version that the bidder has seen, by submitting or confirming; null before. */
  readonly confirmedPolicyVersion: number | null
  /** When it was opened with the round; before, nobody but the bidder knows of the bid. */
  readonly openedAt: Date | null
  /** How the opening ended for this bid; null before. */
  readonly openingOutcome: OpeningOutcome | null
  /** The version that was in at the deadline; null before the opening. */
  readonly openingVersion: number | null
  /** Why it did not open, as a word; null when it did. */
  readonly openingReason: string | null
  /** The last formal check; null before the first. */
  readonly checkedAt: Date | null
  readonly findings: readonly Finding[]
  readonly remarks: string | null
  readonly correctionsUsed: number
  readonly correctionDue: ResolvedDate | null
  /** When its bidder was told of an award for it; null before, and once the awards of the round are retracted. */
  readonly toldAt: Date | null
  readonly createdAt: Date
}

export function advance(bid: Pick<Bid, 'state'>, command: BidCommand): Decision<BidState> {
  return transition(BID_TRANSITIONS, bid.state, command, BidNotInState)
}

type Window = 'not_open' | 'open' | 'closed'
interface WindowOfRound {
  readonly state: string
  readonly opensAt: Date
  readonly closesAt: Date
}

/** Refuses by the round's window; the round must be locked, so that it cannot close meanwhile. */
export function requireOpenWindow(window: Window, round: WindowOfRound): Decision<Window> {
  if (window === 'not_open') return refuse(BidWindowNotOpen, { opensAt: round.opensAt.toISOString() })
  return requireBeforeClose(window, round)
}

/** As {@link requireOpenWindow}, for what may be done before the window opens as well. */
export function requireBeforeClose(window: Window, { state, closesAt }: WindowOfRound): Decision<Window> {
  if (window !== 'closed') return accept(window)
  if (state === 'cancelled') return refuse(BidRoundCancelled)
  return refuse(BidWindowClosed, { closesAt: closesAt.toISOString() })
}

/** What the formal check asks of a bid beyond its budget. */
export interface FormalTerms extends BudgetTerms {
  readonly requiredAttachments: readonly string[]
  readonly correction: { readonly times: number }
}

export function attachmentFindings(required: readonly string[], attachments: readonly Attachment[]): Finding[] {
  const given = new Set(attachments.map(({ kind }) => kind))
  return required
    .filter((kind) => !given.has(kind))
    .map((kind) => ({ code: 'attachment_missing', detail: kind, isCurable: true, attachment: kind }))
}

export interface FormalCheck {
  readonly command: 'accept' | 'reject' | 'returnForCorrection'
  readonly state: BidState
  readonly findings: readonly Finding[]
}

/**
 * The formal check (资格审查): what the service finds and what people found. A rule that is broken rejects; what is
 * merely missing goes back for correction, as often as the policy allows, and rejects after that. A flag that the host
 * confirmed rejects; while one is open, nothing is accepted.
 */
export function formalCheck(
  bid: Pick<Bid, 'state' | 'content' | 'correctionsUsed'>,
  terms: FormalTerms,
  facts: {
    /** What the policy has against the bidder on the last day for bids. */
    readonly eligibility: readonly Finding[]
    readonly flags: readonly Pick<BidFlag, 'code' | 'detail' | 'state'>[]
    readonly manual: readonly Finding[]
  },
): Decision<FormalCheck> {
  const { content } = bid
  if (bid.state !== 'submitted' || content === null)
    return refuse(BidNotInState, { state: bid.state, command: 'formalCheck' })
  const findings = [
    ...budgetFindings(terms, content),
    ...facts.eligibility,
    ...attachmentFindings(terms.requiredAttachments, content.attachments),
    ...flagFindings(facts.flags),
    ...facts.manual,
  ]
  const command = formalOutcome(findings, bid.correctionsUsed < terms.correction.times)
  const open = facts.flags.filter((flag) => flag.state === 'open')
  if (command === 'accept' && open.length > 0)
    return refuse(BidFlagOpen, { count: open.length, codes: [...new Set(open.map(({ code }) => code))].join(', ') })
  const state = advance(bid, command)
  return state.accepted ? accept({ command, state: state.value, findings }) : state
}

function flagFindings(flags: readonly Pick<BidFlag, 'code' | 'detail' | 'state'>[]): Finding[] {
  return flags.filter(({ state }) => state === 'confirmed').map(({ code, detail }) => incurable(code, detail))
}

function formalOutcome(findings: readonly Finding[], mayCorrect: boolean): FormalCheck['command'] {
  if (findings.length === 0) return 'accept'
  return findings.every((finding) => finding.isCurable) && mayCorrect ? 'returnForCorrection' : 'reject'
}

/**
 * A correction supplies what the check named and nothing else: money, need and project stay as submitted. `dueAt` is
 * the end of the last day.
 */
export function correct(
  bid: Pick<Bid, 'state' | 'content' | 'findings' | 'correctionDue'>,
  correction: { readonly attachments: readonly Attachment[]; readonly statement: string | null },
  { now, dueAt }: { readonly now: Date; readonly dueAt: Date },
): Decision<{ readonly state: BidState; readonly content: BidContent }> {
  const state = advance(bid, 'correct')
  if (!state.accepted) return state
  if (correction.attachments.length === 0 && correction.statement === null) return refuse(CorrectionEmpty)
  if (now >= dueAt) return refuse(CorrectionWindowClosed, { dueOn: bid.correctionDue?.effectiveOn ?? '' })
  const named = new Set(bid.findings.flatMap(({ attachment }) => attachment ?? []))
  const beyond = correction.attachments.find(({ kind }) => !named.has(kind))
  if (beyond !== undefined) return refuse(CorrectionBeyondScope, { kind: beyond.kind })
  const { content } = bid
  if (content === null) return refuse(BidNotInState, { state: bid.state, command: 'correct' })
  const replaced = new Set(correction.attachments.map(({ kind }) => kind))
  const kept = content.attachments.filter(({ kind }) => !replaced.has(kind))
  return accept({
    state: state.value,
    content: {
      ...content,
      attachments: [...kept, ...correction.attachments],
      statement: correction.statement ?? content.statement,
    },
  })
}

const CORRECTION_MISSED = 'correction_not_supplied'

/** The finding that ends a bid whose correction never came. */
export function correctionMissed(dueOn: LegalDate): Finding {
  return incurable(CORRECTION_MISSED, `due on ${dueOn}`)
}

/**
 * A bid that was accepted or rejected waits for its formal check again, because what was on record of its bidder was
 * wrong: with a reason, and until the round is ranked. A correction that never came stays found.
 */
export function recheck(
  bid: Pick<Bid, 'state' | 'findings'>,
  { reason, isRanked }: { readonly reason: string | null; readonly isRanked: boolean },
): Decision<{ readonly state: BidState; readonly lasting: readonly Finding[] }> {
  const state = advance(bid, 'recheck')
  if (!state.accepted) return state
  if (isRanked) return refuse(RecheckTooLate)
  if (reason === null) return refuse(RecheckReasonMissing)
  return accept({ state: state.value, lasting: bid.findings.filter(({ code }) => code === CORRECTION_MISSED) })
}
