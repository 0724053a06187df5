import { compareDates, type LegalDate } from '../../../kernel/days.ts'
import { accept, type Decision, refuse } from '../../../kernel/decision.ts'
import type { FieldError } from '../../../kernel/problem.ts'
import { ExpertRelationsInvalid, PanelMembersInvalid, ReviewDayInvalid } from '../problems/index.ts'
import { isLiving, type Relation } from './conflicts.ts'
import type { RankingWithdrawal } from './withdrawal.ts'

export interface Employment {
  readonly organizationId: string
  readonly from: LegalDate
  /** The last day; null while it lasts. */
  readonly to: LegalDate | null
}

export interface ExpertContent {
  /** The expert's name in the service; who stands behind it is kept elsewhere. */
  readonly code: string
  readonly fields: readonly string[]
  readonly employments: readonly Employment[]
  /** Declared relations with their days. */
  readonly relations: readonly Relation[]
  /** Organizations with any other relation that may affect fairness, whatever the day. */
  readonly conflictOrganizationIds: readonly string[]
}

/** What decides about recusal. */
export type RecusalRecord = Pick<ExpertContent, 'employments' | 'relations' | 'conflictOrganizationIds'>

export interface Expert extends ExpertContent {
  readonly id: string
  readonly version: number
  readonly hostId: string
  readonly createdAt: Date
}

/** What an expert's record says about organizations; what is absent is not looked at. */
export type Relations = Partial<RecusalRecord>

export function relatedOrganizationIds({
  employments = [],
  relations = [],
  conflictOrganizationIds = [],
}: Relations): string[] {
  const dated = [...employments, ...relations].map(({ organizationId }) => organizationId)
  return [...new Set([...dated, ...conflictOrganizationIds])]
}

/**
 * Relations decide who steps aside: one that names no organization, or ends before it begins, would be lost without a
 * word. Names all flaws at once.
 */
export function checkRelations(record: Relations, known: ReadonlySet<string>): Decision<true> {
  const { employments = [], relations = [], conflictOrganizationIds = [] } = record
  const unknown = (id: string, pointer: string) =>
    known.has(id) ? [] : [flaw(pointer, 'organization_unknown', `There is no organization ${id}.`)]
  const dated = (list: readonly Employment[], name: string) =>
    list.flatMap(({ organizationId, from, to }, index) => [
      ...unknown(organizationId, `#/${name}/${index}/organizationId`),
      ...(to !== null && compareDates(to, from) < 0
        ? [flaw(`#/${name}/${index}/to`, 'dates_reversed', `${to} is before ${from}.`)]
        : []),
    ])
  const flaws = [
    ...dated(employments, 'employments'),
    ...dated(relations, 'relations'),
    ...conflictOrganizationIds.flatMap((id, index) => unknown(id, `#/conflictOrganizationIds/${index}`)),
  ]
  return flaws.length > 0 ? refuse(ExpertRelationsInvalid, { count: flaws.length }, flaws) : accept(true)
}

export const MEMBER_KINDS = ['regular', 'alternate'] as const
export type MemberKind = (typeof MEMBER_KINDS)[number]
export const SEAT_STATES = ['seated', 'recused'] as const
export type SeatState = (typeof SEAT_STATES)[number]
export const RECUSAL_REASONS = [
  'employment',
  'declared_conflict',
  'own_statement',
  'on_request',
  'found_late',
  'dropped_out',
] as const
export type RecusalReason = (typeof RECUSAL_REASONS)[number]

export interface Member {
  readonly expertId: string
  /** Regular members first, then the alternates in the order in which they step in. */
  readonly position: number
  readonly kind: MemberKind
}

export interface Seat {
  readonly bidId: string
  readonly expertId: string
  readonly position: number
  readonly state: SeatState
  readonly reason: RecusalReason | null
  /** What was said with a recusal that was stated. */
  readonly remark: string | null
  /** Why the vote of the expert is waited for no longer; null while it is. */
  readonly absence: string | null
}

export interface Panel {
  readonly id: string
  readonly version: number
  readonly roundId: string
  readonly hostId: string
  readonly reviewOn: LegalDate
  /** How many experts judge a bid, and the least that may. */
  readonly size: number
  readonly quorum: number
  readonly members: readonly Member[]
  readonly seats: readonly Seat[]
  /** Rankings of its round that the host took back, oldest first. */
  readonly rankingWithdrawals: readonly RankingWithdrawal[]
  readonly createdAt: Date
}

export interface PanelTerms {
  readonly size: number
  readonly quorum: number
  readonly recusalLookbackMonths: number
}

/** A member with what decides about recusal. */
export interface Candidate extends Member, RecusalRecord {}

/** A bid as seating sees it: the bidder and the filed group or sponsor behind it. */
export interface BidParties {
  readonly bidId: string
  readonly organizationIds: readonly string[]
}

/**
 * Why an expert must step aside from a bid: works there or left less than the policy's months before the review day
 * (S53), or declared a relation. Exactly that many months ago is long enough.
 */
export function recusalReason(
  expert: RecusalRecord,
  organizationIds: readonly string[],
  reviewOn: LegalDate,
  lookbackMonths: number,
): RecusalReason | null {
  const isTooClose = ({ organizationId, to }: Employment) =>
    organizationIds.includes(organizationId) && isLiving({ until: to }, { on: reviewOn, lookbackMonths })
  if (expert.employments.some(isTooClose)) return 'employment'
  const isRelated = expert.relations.some(isTooClose)
  const isDeclared = expert.conflictOrganizationIds.some((id) => organizationIds.includes(id))
  return isRelated || isDeclared ? 'declared_conflict' : null
}

/**
 * The same question on the day of signing, with what the expert's record says by then. The stricter of the two days
 * counts: a review that is held later than planned lets nobody in, nor does a day that was planned late.
 */
export function recusalAtSigning(
  expert: RecusalRecord,
  organizationIds: readonly string[],
  { reviewOn, signedOn }: { readonly reviewOn: LegalDate; readonly signedOn: LegalDate },
  lookbackMonths: number,
): RecusalReason | null {
  return (
    recusalReason(expert, organizationIds, reviewOn, lookbackMonths) ??
    recusalReason(expert, organizationIds, signedOn, lookbackMonths)
  )
}

/** The review lies between the opening of the bids and the end of the cycle in which the projects run, both included. */
export function checkReviewDay(reviewOn: LegalDate, openedOn: LegalDate, cycleEndsOn: LegalDate): Decision<LegalDate> {
  return compareDates(reviewOn, openedOn) < 0 || compareDates(reviewOn, cycleEndsOn) > 0
    ? refuse(ReviewDayInvalid, { reviewOn, earliest: openedOn, latest: cycleEndsOn })
    : accept(reviewOn)
}

/** A recusal that people stated, asked for or found, with their words; or an expert who was drawn and cannot come. */
export interface StatedRecusal {
  readonly reason: Exclude<RecusalReason, 'employment' | 'declared_conflict'>
  readonly remark: string
}

/** By {@link statedKey}. */
export type StatedRecusals = ReadonlyMap<string, StatedRecusal>
export function statedKey(bidId: string, expertId: string): string {
  return `${bidId} ${expertId}`
}

/** What a panel that sits already has to keep to. */
export interface Standing {
  /** The seats of the bid as they are: whoever has one keeps it. */
  readonly seats: readonly Seat[]
  /** Whom the draw names: they stand in line before all others. */
  readonly drawn: ReadonlySet<string>
}
const NEW_PANEL: Standing = { seats: [], drawn: new Set() }

/**
 * Who judges a bid: the regular members but for those who must step aside, then the alternates in their order until the
 * panel is complete. An alternate that is not needed has no seat. The quorum counts per bid (process.md 6.4).
 */
export function seatBid(
  candidates: readonly Candidate[],
  bid: BidParties,
  reviewOn: LegalDate,
  terms: PanelTerms,
  stated: StatedRecusals,
  { seats, drawn }: Standing = NEW_PANEL,
): Seat[] {
  const had = new Map(seats.map((seat) => [seat.expertId, seat]))
  const isLater = ({ expertId }: Candidate) => Number(!drawn.has(expertId))
  const line = candidates
    .toSorted((a, b) => isLater(a) - isLater(b) || a.position - b.position)
    .map((candidate) => seatOf(candidate, bid, reviewOn, terms, stated))
  const keeps = ({ expertId, state }: Seat) => state === 'seated' && had.get(expertId)?.state === 'seated'
  let seated = line.filter(keeps).length
  const given = line.flatMap((seat) => {
    const before = had.get(seat.expertId)
    if (keeps(seat)) return seat
    if (seat.state === 'recused' && before !== undefined)
      return before.state === 'recused' ? before : { ...seat, absence: before.absence }
    if (seated >= terms.size) return before ?? []
    if (seat.state === 'seated') seated += 1
    return seat
  })
  return given.toSorted((a, b) => a.position - b.position)
}

function seatOf(
  candidate: Candidate,
  { bidId, organizationIds }: BidParties,
  reviewOn: LegalDate,
  { recusalLookbackMonths }: PanelTerms,
  stated: StatedRecusals,
): Seat {
  const { expertId, position } = candidate
  const said = stated.get(statedKey(bidId, expertId))
  const reason = said?.reason ?? recusalReason(candidate, organizationIds, reviewOn, recusalLookbackMonths)
  const state = reason === null ? 'seated' : 'recused'
  return { bidId, expertId, position, state, reason, remark: said?.remark ?? null, absence: null }
}

/**
 * The members of a new panel. Refused, beyond what {@link checkMembers} refuses: fewer experts, alternates included, than
 * the policy seats for each bid. Whoever convenes a panel learns it then, and not when sheets are missing.
 */
export function checkPanel(
  members: readonly string[],
  alternates: readonly string[],
  known: ReadonlySet<string>,
  size: number,
): Decision<Member[]> {
  const checked = checkMembers(members, alternates, known, size)
  const missing = size - members.length - alternates.length
  if (missing <= 0) return checked
  const detail = `${missing} of ${size} seats stay empty: name more members, or alternates.`
  const flaws = [flaw('#/members', 'too_few', detail), ...(checked.accepted ? [] : checked.refusal.errors)]
  return refuse(PanelMembersInvalid, { count: flaws.length, size }, flaws)
}

/** The members in their order. Refused: too many regulars, an expert twice, one that the host does not know. */
export function checkMembers(
  members: readonly string[],
  alternates: readonly string[],
  known: ReadonlySet<string>,
  size: number,
): Decision<Member[]> {
  const all = [...members, ...alternates]
  const flaws: FieldError[] = members
    .slice(size)
    .map((id, i) => flaw(`#/members/${size + i}`, 'too_many', `${id} is more than the ${size} regular members.`))
  for (const [index, id] of all.entries()) {
    const pointer = index < members.length ? `#/members/${index}` : `#/alternates/${index - members.length}`
    if (all.indexOf(id) < index) flaws.push(flaw(pointer, 'twice', `${id} is listed twice.`))
    if (!known.has(id)) flaws.push(flaw(pointer, 'unknown', `${id} is no expert of this host.`))
  }
  if (flaws.length > 0) return refuse(PanelMembersInvalid, { count: flaws.length, size }, flaws)
  return accept(
    all.map((expertId, index) => ({
      expertId,
      position: index + 1,
      kind: index < members.length ? ('regular' as const) : ('alternate' as const),
    })),
  )
}

function flaw(pointer: string, code: string, detail: string): FieldError {
  return { pointer, code, detail }
}
