import { compareDates, type LegalDate } from '../../kernel/days.ts'
import { accept, type Decision, refuse } from '../../kernel/decision.ts'
import type { Fen } from '../../kernel/money.ts'
import { type Transitions, transition } from '../../kernel/transitions.ts'
import {
  AgreementNotInState,
  AgreementPeriodInvalid,
  PartyHasSigned,
  PartyNotExpected,
  QueryWindowOpen,
  RemedyOpen,
  SignatureDayInvalid,
} from './problems.ts'

/** Who signs: always the host and the agency, often the operator as a third party. */
export const PARTIES = ['host', 'agency', 'operator'] as const
export type Party = (typeof PARTIES)[number]

export const AGREEMENT_STATES = ['draft', 'partly_signed', 'effective', 'terminated', 'completed'] as const
export type AgreementState = (typeof AGREEMENT_STATES)[number]
export type AgreementCommand = 'sign' | 'signLast' | 'terminate' | 'complete'

export const AGREEMENT_TRANSITIONS: Transitions<AgreementState, AgreementCommand> = {
  draft: { sign: 'partly_signed', terminate: 'terminated' },
  partly_signed: { sign: 'partly_signed', signLast: 'effective', terminate: 'terminated' },
  effective: { terminate: 'terminated', complete: 'completed' },
  terminated: {},
  completed: {},
}

/** Why parties end an agreement … */
export const TERMINATION_CHOICES = ['mutual', 'breach', 'force_majeure', 'dissolution'] as const
/** … and why one that does not bind yet ends by itself: the award it is about was cancelled. */
export const TERMINATION_KINDS = [...TERMINATION_CHOICES, 'award_cancelled'] as const
export type TerminationKind = (typeof TERMINATION_KINDS)[number]

/** Nobody signs about an award against which something is open, or in procurement by law while a query may come. */
export function checkRemedies(remedies: {
  readonly openId: string | null
  readonly windowClosesAt: Date | null
}): Decision<true> {
  const { openId, windowClosesAt } = remedies
  if (openId !== null) return refuse(RemedyOpen, { objectionId: openId })
  return windowClosesAt === null ? accept(true) : refuse(QueryWindowOpen, { closesAt: windowClosesAt.toISOString() })
}

/** Its award has fallen: an agreement that does not bind yet ends with it; any other stays what it is. */
export function endWithAward(agreement: Agreement, reason: string, on: LegalDate): Agreement {
  const isOpen = agreement.state === 'draft' || agreement.state === 'partly_signed'
  if (!isOpen) return agreement
  const ended = terminateAgreement(agreement, { kind: 'award_cancelled', reason, on })
  return ended.accepted ? ended.value : agreement
}

export interface Signature {
  readonly party: Party
  /** TypeID of the credential that recorded it. */
  readonly actorId: string
  readonly signedOn: LegalDate
}

export interface AgreementTerm {
  readonly startsOn: LegalDate
  /** The last day of the project. */
  readonly endsOn: LegalDate
  readonly midPointOn: LegalDate
}

export interface Agreement extends AgreementTerm {
  readonly id: string
  readonly version: number
  readonly awardId: string
  readonly projectId: string
  readonly roundId: string
  readonly hostId: string
  readonly organizationId: string
  readonly approvedFen: Fen
  readonly parties: readonly Party[]
  readonly signatures: readonly Signature[]
  readonly state: AgreementState
  /** The day of the last signature, from which the agreement binds. */
  readonly effectiveOn: LegalDate | null
  readonly terminatedOn: LegalDate | null
  readonly terminationKind: TerminationKind | null
  readonly terminationReason: string | null
  readonly createdAt: Date
}

export function checkTerm(term: AgreementTerm): Decision<AgreementTerm> {
  const { startsOn, endsOn, midPointOn } = term
  const isPossible =
    compareDates(startsOn, endsOn) <= 0 &&
    compareDates(startsOn, midPointOn) <= 0 &&
    compareDates(midPointOn, endsOn) <= 0
  return isPossible ? accept(term) : refuse(AgreementPeriodInvalid, { startsOn, endsOn, midPointOn })
}

/** One party signs, not before the meeting that confirmed the award; the last signature makes the agreement effective, from the latest of the days of signing. */
export function signAgreement(
  agreement: Agreement,
  signature: Signature,
  { confirmedOn, today }: { readonly confirmedOn: LegalDate; readonly today: LegalDate },
): Decision<Agreement> {
  const { party, signedOn } = signature
  const isLast = agreement.parties.every(
    (wanted) => wanted === party || agreement.signatures.some((made) => made.party === wanted),
  )
  const state = transition(AGREEMENT_TRANSITIONS, agreement.state, isLast ? 'signLast' : 'sign', AgreementNotInState)
  if (!state.accepted) return state
  const earlier = agreement.signatures.find((made) => made.party === party)
  if (earlier !== undefined) return refuse(PartyHasSigned, { party, signedOn: earlier.signedOn })
  if (!agreement.parties.includes(party))
    return refuse(PartyNotExpected, { party, parties: agreement.parties.join(', ') })
  if (compareDates(signedOn, confirmedOn) < 0 || compareDates(signedOn, today) > 0)
    return refuse(SignatureDayInvalid, { signedOn, confirmedOn, today })
  const signatures = [...agreement.signatures, signature]
  const lastDay = signatures.map((made) => made.signedOn).reduce((a, b) => (compareDates(a, b) >= 0 ? a : b))
  return accept({ ...agreement, signatures, state: state.value, effectiveOn: isLast ? lastDay : null })
}

export function terminateAgreement(
  agreement: Agreement,
  termination: { readonly kind: TerminationKind; readonly reason: string; readonly on: LegalDate },
): Decision<Agreement> {
  const state = transition(AGREEMENT_TRANSITIONS, agreement.state, 'terminate', AgreementNotInState)
  if (!state.accepted) return state
  const { kind, reason, on } = termination
  return accept({
    ...agreement,
    state: state.value,
    terminatedOn: on,
    terminationKind: kind,
    terminationReason: reason,
  })
}

export function completeAgreement(agreement: Agreement): Decision<Agreement> {
  const state = transition(AGREEMENT_TRANSITIONS, agreement.state, 'complete', AgreementNotInState)
  return state.accepted ? accept({ ...agreement, state: state.value }) : state
}

/** What a client may do now; completion follows from the settlement. */
export function agreementActions(agreement: Pick<Agreement, 'state'>): ('sign' | 'terminate')[] {
  const lawful = AGREEMENT_TRANSITIONS[agreement.state]
  return [
    ...(lawful.sign === undefined ? [] : (['sign'] as const)),
    ...(lawful.terminate === undefined ? [] : (['terminate'] as const)),
  ]
}
