import { addDays, endOfDay, legalDateOf } from '../../../src/kernel/days.ts'
import { orThrow } from '../../../src/kernel/decision.ts'
import { resolvePeriod } from '../../../src/kernel/workdays.ts'
import {
  allocate,
  drawn,
  isReserve,
  type PoolRules,
  type RankedBid,
  redraw,
  released,
  type Standing,
} from '../../../src/modules/awards/rules/allocation.ts'
import {
  type Award,
  type AwardCommand,
  advance,
  ended,
  isStanding,
  noticed,
  submitBudget,
  unnoticed,
} from '../../../src/modules/awards/rules/award.ts'
import { limitGroups } from '../../../src/modules/awards/rules/limits.ts'
import { awardsToConfirm, checkMeeting, confirmed } from '../../../src/modules/awards/rules/meeting.ts'
import {
  awardsToAnnounce,
  closeNotice,
  type Notice,
  noticeWindow,
  withdrawNotice,
} from '../../../src/modules/notices/rules/notice.ts'
import { type Filing, fileObjection } from '../../../src/modules/objections/rules/filing.ts'
import {
  acceptObjection,
  awardConsequence,
  decideObjection,
  settleObjection,
} from '../../../src/modules/objections/rules/handling.ts'
import { isOpen, type Objection } from '../../../src/modules/objections/rules/objection.ts'
import type { RankingEntry } from '../../../src/modules/reviews/rules/ranking.ts'
import { availableFen, drawPools, eligiblePools, type FundPool } from '../../../src/modules/rounds/index.ts'
import { CALENDAR, requireSoundMoney, requireSoundNotice } from './invariants.ts'
import { AGENCIES, of, type RandomBid, type RandomRound, type RandomStep } from './round.ts'

const BUDGET_WORKDAYS = 5
const REPLY = { amount: 5, basis: 'working' as const }

/** A notice as it was out, with the awards on it. */
export interface PublicNotice extends Notice {
  readonly awardIds: readonly string[]
}

/** The decisions about money in one round, composed of the pure rules as the services compose them. */
export class Decisions {
  awards: Award[] = []
  notices: PublicNotice[] = []
  objections: Objection[] = []
  pools: readonly FundPool[]
  now: Date
  readonly seen: Record<string, number> = {}
  readonly #round: RandomRound
  readonly #ranked: readonly RankedBid[]
  readonly #reserve = new Set<string>()
  readonly #rules: PoolRules<FundPool>
  #count = 0

  constructor(round: RandomRound, entries: readonly RankingEntry[], start: Date) {
    this.#round = round
    this.now = start
    this.pools = round.pools
    const { poolMatches } = round.policy
    const need = (needId: string) => this.#need(needId)
    this.#rules = {
      open: (pools, needId) => eligiblePools(pools, { poolOrder: null }, need(needId)),
      available: (pools) => availableFen(pools, poolMatches),
      draw: (pools, amountFen) => drawPools(pools, amountFen, poolMatches),
    }
    this.#ranked = entries.map(({ bidId, isAboveLine }) => {
      const bid = this.#bid(bidId)
      const validBids = round.bids.filter(({ needId }) => needId === bid.needId).length
      return {
        bidId,
        needId: bid.needId,
        organizationIds: this.#parties(bid),
        wantedFen: bid.fixedFen ?? bid.requestedFen,
        isAboveLine,
        isSingleBid: validBids === 1,
        validBids,
        limits: this.#limits(bid),
      }
    })
    const { proposals, passedOver } = allocate(this.#ranked, [], this.pools, round.policy, this.#rules)
    for (const { bidId, approvedFen } of proposals) this.#award(bidId, approvedFen)
    for (const { bidId, reason } of passedOver) {
      if (isReserve(reason)) this.#reserve.add(bidId)
      this.#see(reason)
    }
    this.check()
  }

  check(): void {
    requireSoundMoney(this.#round, this)
  }

  /** One step at its time; what has come due before is done first. */
  play(step: RandomStep): void {
    this.#advanceTo(new Date(this.now.getTime() + step.days * 86_400_000 + 3_600_000))
    if (step.kind === 'announce') this.#announce()
    if (step.kind === 'publish') this.#publish(step.isYes ? undefined : this.#pick(this.awards, step.target)?.id)
    if (step.kind === 'object') this.#object(step)
    if (step.kind === 'answer') this.#answer(step)
    if (step.kind === 'decline') this.#decline(this.#pick(this.awards, step.target))
    if (step.kind === 'budget') this.#submit(this.#pick(this.awards, step.target), step.isYes)
    if (step.kind === 'withdraw') this.#withdraw(this.#pick(this.notices, step.target))
    if (step.kind === 'meet') this.#meet(addDays(legalDateOf(this.now), step.isYes ? 0 : -(step.target % 4)))
    this.check()
  }

  /** The host finishes what was begun. @throws when that takes no end. */
  finish(): void {
    for (let turns = 0; !this.isFinished(); turns++) {
      if (turns > 60) throw new Error(`no end: ${JSON.stringify(this.awards.map(({ state }) => state))}`)
      for (const objection of this.objections) this.#decide(objection, false)
      if (!this.notices.some(({ state }) => state === 'open')) this.#announce()
      const closing = this.notices.find(({ state }) => state === 'open')?.closesAt
      if (closing !== undefined) this.#advanceTo(new Date(closing.getTime() + 3_600_000))
      this.#meet(legalDateOf(this.now))
      this.check()
    }
  }

  isFinished(): boolean {
    return (
      this.awards.every(({ state }) => ['confirmed', 'cancelled', 'declined'].includes(state)) &&
      this.objections.every((one) => !isOpen(one))
    )
  }

  /** Everything that was decided, in an order of its own. */
  outcome() {
    return {
      awards: this.awards.map(({ bidId, state, approvedFen, sources, sequence }) => ({
        ...{ bidId, state, sequence, approved: String(approvedFen) },
        sources: sources.map(({ poolId, amountFen }) => `${poolId} ${amountFen}`),
      })),
      pools: this.pools.map(({ id, allocatedFen }) => `${id} ${allocatedFen}`).sort(),
      objections: this.objections.map(({ subject, state }) => `${subject} ${state}`),
      notices: this.notices.map(({ id, state, awardIds }) => `${id} ${state} ${awardIds.toSorted().join()}`),
    }
  }

  #award(bidId: string, approvedFen: bigint): Award {
    const bid = this.#bid(bidId)
    const sources = orThrow(this.#rules.draw(this.#rules.open(this.pools, bid.needId), approvedFen))
    this.pools = drawn(this.pools, sources)
    const isCut = approvedFen < bid.requestedFen
    const budgetDue = orThrow(
      resolvePeriod(CALENDAR, legalDateOf(this.now), { amount: BUDGET_WORKDAYS, basis: 'working' }),
    )
    const award = {
      id: `W${++this.#count}`,
      ...{ bidId, needId: bid.needId, organizationId: bid.organizationId, sponsoredGroupId: bid.sponsoredGroupId },
      ...{ sequence: this.awards.length + 1, requestedFen: bid.requestedFen, approvedFen, sources },
      state: isCut ? 'awaiting_budget' : 'proposed',
      budgetDue: isCut ? budgetDue : null,
      ...{
        noticeClosesAt: null,
        decisionId: null,
        endReason: null,
        reviewedById: null,
        revisedBudget: null,
        isSingleBid: false,
      },
    } as Partial<Award> as Award
    this.awards.push(award)
    this.#reserve.delete(bidId)
    this.#see(isCut ? 'cut' : 'whole')
    return award
  }

  #proposeNext(needId: string): Award | null {
    const inLine = this.#ranked.filter((bid) => bid.needId === needId && this.#reserve.has(bid.bidId))
    const standing = this.awards.filter(isStanding).map(
      (award): Standing => ({
        needId: award.needId,
        organizationIds: this.#parties(award),
        approvedFen: award.approvedFen,
        limits: this.#limits(award),
      }),
    )
    const [proposal] = allocate(inLine, standing, this.pools, this.#round.policy, this.#rules).proposals
    const next = proposal === undefined ? null : this.#award(proposal.bidId, proposal.approvedFen)
    if (next !== null) this.#see('successor')
    if (this.#round.policy.reallocateAfterNotice) this.#reallocate()
    return next
  }

  #reallocate(): void {
    const rank = (award: Award) => this.#ranked.findIndex(({ bidId }) => bidId === award.bidId)
    const movable = this.awards
      .filter((award) => isStanding(award) && award.state !== 'confirmed')
      .sort((a, b) => rank(a) - rank(b))
    const split = redraw(movable, this.pools, this.#rules)
    if (split === undefined) return
    for (const { sources } of movable) this.pools = released(this.pools, sources)
    for (const award of movable) {
      const sources = split.get(award.id) ?? []
      this.pools = drawn(this.pools, sources)
      if (JSON.stringify(sources.map(written)) !== JSON.stringify(award.sources.map(written))) this.#see('moved')
      this.#keep({ ...award, sources })
    }
  }

  #end(award: Award, command: 'cancel' | 'decline'): boolean {
    const decided = ended(award, command, 'because')
    if (!decided.accepted) return false
    this.#keep(decided.value)
    this.pools = released(this.pools, decided.value.sources)
    this.#see(command)
    this.#settle(award.id)
    return true
  }

  #decline(award: Award | undefined): void {
    if (award !== undefined && this.#end(award, 'decline')) this.#proposeNext(award.needId)
  }

  #submit(award: Award | undefined, isRight: boolean): void {
    if (award === undefined) return
    const budget = { matchingCash: yuan, matchingInKind: yuan, budgetLines: [] }
    const decided = submitBudget(award, budget, award.approvedFen + (isRight ? 0n : 1n), [])
    if (decided.accepted) this.#keep(decided.value)
    this.#see(decided.accepted ? 'budget' : decided.refusal.problem.code)
  }

  /** The revised budgets that are missing come in, and all that is proposed is made public. */
  #announce(): void {
    for (const award of this.awards) if (award.state === 'awaiting_budget') this.#submit(award, true)
    this.#publish(undefined)
  }

  #publish(awardId: string | undefined): void {
    const wanted = awardsToAnnounce(this.awards, awardId === undefined ? undefined : [awardId])
    if (!wanted.accepted) {
      this.#see(wanted.refusal.problem.code)
      return
    }
    const { noticeWorkdays, excludeStartDay } = this.#round.policy
    const terms = { window: { amount: noticeWorkdays, basis: 'working' as const }, excludeStartDay }
    const window = orThrow(noticeWindow(terms, CALENDAR, this.now))
    const notice = {
      id: `O${this.notices.length + 1}`,
      ...{ kind: 'award', state: 'open', number: this.notices.length + 1, publishedAt: this.now },
      ...{ window: window.resolved, closesAt: window.closesAt, awardIds: wanted.value.map(({ id }) => id) },
    } as Partial<PublicNotice> as PublicNotice
    this.notices.push(notice)
    for (const award of wanted.value) this.#keep(orThrow(noticed(award, notice.closesAt)))
    this.#see('published')
  }

  #withdraw(notice: PublicNotice | undefined): void {
    if (notice === undefined) return
    const listed = this.awards.filter(({ id }) => notice.awardIds.includes(id))
    if (listed.some(({ state }) => state === 'suspended')) {
      this.#see('notice_under_objection')
      return
    }
    const decided = withdrawNotice(notice, 'a mistake', this.now)
    if (!decided.accepted) {
      this.#see(decided.refusal.problem.code)
      return
    }
    this.notices = this.notices.map((one) => (one.id === notice.id ? { ...one, ...decided.value } : one))
    for (const award of listed) if (award.state === 'noticed') this.#keep(orThrow(unnoticed(award)))
    this.#see('withdrawn')
  }

  #object({ target, actor, isYes }: RandomStep): void {
    const announced = this.awards.filter(({ state }) => state === 'noticed' || state === 'suspended')
    const award = this.#pick(isYes && announced.length > 0 ? announced : this.awards, target)
    const notice = this.notices.findLast(({ awardIds }) => award !== undefined && awardIds.includes(award.id))
    if (award === undefined || notice === undefined) return
    const organizationId = of(AGENCIES, actor)
    const open = this.objections.find(
      (one) => one.subject === award.id && one.filedByOrganizationId === organizationId && isOpen(one),
    )
    const filing = {
      ...{ grounds: 'a wrong sum', requestedRemedy: null, organizationId, subject: award.id },
      ...{ groundCodes: ['scoring_error'], noticeDigest: null, evidenceCount: 0 },
      isAnonymous: target % 5 === 0 && isYes,
      awardedOrganizationIds: this.#parties(award),
      openObjectionId: open?.id ?? null,
      ...{ isOfHost: false, withdrawnObjectionId: null, repeatedObjectionId: null, isStanding: isStanding(award) },
    } as Partial<Filing> as Filing
    const { id, state, closesAt, awardIds: subjects } = notice
    const facts = { id, state, closesAt, subjects, digest: '', current: null }
    const filed = fileObjection(filing, facts, { kind: 'objection', reply: REPLY }, CALENDAR, this.now)
    if (!filed.accepted) {
      this.#see(filed.refusal.problem.code)
      return
    }
    this.#see(filed.value.state)
    const objection = { ...filed.value, id: `J${this.objections.length + 1}`, subject: award.id, awardId: award.id }
    this.objections.push(objection as Partial<Objection> as Objection)
    if (filed.value.state === 'filed' && award.state === 'noticed') this.#move(award, 'suspend')
  }

  #answer({ target, isYes }: RandomStep): void {
    const open = this.objections.filter(isOpen)
    const objection = this.#pick(open, target)
    if (objection !== undefined) this.#decide(objection, isYes)
  }

  #decide(objection: Objection, isUpheld: boolean): void {
    const accepted = acceptObjection(objection, this.now)
    const decision = { outcome: isUpheld ? ('upheld' as const) : ('dismissed' as const), reasons: 'checked' }
    const decided = decideObjection(accepted.accepted ? accepted.value : objection, decision, this.now)
    if (!decided.accepted) return
    this.objections = this.objections.map((one) => (one.id === objection.id ? decided.value : one))
    this.#see(decided.value.state)
    const award = this.awards.find(({ id }) => id === objection.awardId)
    if (award === undefined) return
    const others = this.objections.filter((one) => one.awardId === award.id && isOpen(one)).length
    const consequence = awardConsequence(isUpheld, {
      awardState: award.state,
      otherOpenObjections: others,
      isReleasable: true,
    })
    if (consequence === 'restore') this.#move(award, 'restore')
    if (consequence === 'cancel' && this.#end(award, 'cancel')) this.#proposeNext(award.needId)
  }

  #settle(awardId: string): void {
    this.objections = this.objections.map((one) =>
      one.awardId === awardId && isOpen(one) ? orThrow(settleObjection(one, this.now)) : one,
    )
  }

  #meet(heldOn: string): void {
    const held = checkMeeting({ heldOn, attendees: null }, { beforeNotice: false, attendeesMin: 0 }, this.now)
    const ready = held.accepted ? awardsToConfirm(this.awards, heldOn, this.now) : held
    if (!ready.accepted) {
      this.#see(ready.refusal.problem.code)
      return
    }
    for (const award of ready.value) {
      requireSoundNotice(this.#round, this.notices, this.objections, award, heldOn, this.now)
      this.#keep(orThrow(confirmed(award, 'D')))
      this.#see('confirmed')
    }
  }

  /** Rings what comes due on the way: windows that pass, budgets that were not sent. */
  #advanceTo(instant: Date): void {
    this.now = instant
    for (const notice of this.notices)
      if (notice.state === 'open' && notice.closesAt <= instant)
        this.notices = this.notices.map((one) =>
          one.id === notice.id ? { ...one, ...orThrow(closeNotice(one)) } : one,
        )
    for (const { id } of this.awards) {
      const award = this.awards.find((one) => one.id === id)
      if (award?.state !== 'awaiting_budget' || award.budgetDue === null) continue
      if (endOfDay(award.budgetDue.effectiveOn) > instant) continue
      this.#see('budget_expired')
      this.#decline(award)
    }
  }

  #move(award: Award, command: AwardCommand): void {
    this.#keep({ ...award, state: orThrow(advance(award, command)) })
  }

  #keep(award: Award): void {
    this.awards = this.awards.map((one) => (one.id === award.id ? award : one))
  }

  #pick<Item>(list: readonly Item[], target: number): Item | undefined {
    return list.length === 0 ? undefined : list[target % list.length]
  }

  #see(what: string): void {
    this.seen[what] = (this.seen[what] ?? 0) + 1
  }

  #bid(bidId: string): RandomBid {
    return of(
      this.#round.bids.filter(({ id }) => id === bidId),
      0,
    )
  }

  #need(needId: string) {
    return of(
      this.#round.needs.filter(({ id }) => id === needId),
      0,
    )
  }

  #parties(one: Pick<RandomBid, 'organizationId' | 'sponsoredGroupId'>): string[] {
    return one.sponsoredGroupId === null ? [one.organizationId] : [one.organizationId, one.sponsoredGroupId]
  }

  #limits(one: Pick<RandomBid, 'needId' | 'organizationId' | 'sponsoredGroupId'>) {
    const { divisionCode, serviceField } = this.#need(one.needId)
    return limitGroups(this.#round.policy.limits, { organizationIds: this.#parties(one), divisionCode, serviceField })
  }
}

const yuan = { amount: '0.00', currency: 'CNY' as const }

function written({ poolId, amountFen }: { readonly poolId: string; readonly amountFen: bigint }): string {
  return `${poolId} ${amountFen}`
}
