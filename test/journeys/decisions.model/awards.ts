import { legalDateOf } from '../../../src/kernel/days.ts'
import { yuan } from '../../modules/notices/county.ts'
import type { Answer } from '../../support/app.ts'
import { BIDS, type Model, required } from './model.ts'
import type { Real } from './real.ts'
import { Step } from './step.ts'

/** The awards along the ranking; the host may fix less than was asked for the second and the third bid. */
export class ProposeAwards extends Step {
  readonly causes = []
  readonly isCut: boolean
  constructor(isCut: boolean) {
    super()
    this.isCut = isCut
  }
  check(): boolean {
    return true
  }
  expect(model: Model): string | null {
    const isAnew = model.awards.some(({ state }) => state === 'retracted')
    const counted = model.awards.filter((award) => !isAnew || !model.isEnded(award))
    if (counted.length > 0) return 'awards_exist'
    return model.round === 'reviewing' ? null : 'round_not_in_state'
  }
  async send(_: Model, { call, act, county }: Real): Promise<Answer> {
    const { keys, roundId, agencyIds } = county
    const { body } = await call(keys.host, 'GET', `/v1/bids?roundId=${roundId}`)
    const bids: { id: string; organizationId: string }[] = body.items
    const amounts = BIDS.flatMap(({ asked, cut }, agency) => {
      const bid = bids.find(({ organizationId }) => organizationId === agencyIds[agency])
      return this.isCut && cut < asked ? [{ bidId: bid?.id, approved: yuan(`${cut}.00`) }] : []
    })
    return act(keys.host, `/v1/rounds/${roundId}`, '/award-proposals', { amounts })
  }
  apply(model: Model): void {
    model.isCut = this.isCut
    // What was declined or cancelled before a retraction takes no part any more.
    const isOut = (agency: number) =>
      model.awards.some(
        (award) => award.agency === agency && (award.state === 'declined' || award.state === 'cancelled'),
      )
    const [best, ...rest] = [0, 1].filter((agency) => !isOut(agency))
    for (const agency of rest) model.reserve.add(agency)
    if (best !== undefined) model.propose(best)
    if (!isOut(2)) model.propose(2)
  }
  toString(): string {
    return `ProposeAwards(${this.isCut})`
  }
}

/** Something that concerns one award, by its position. */
abstract class OnAward extends Step {
  readonly position: number
  constructor(position: number) {
    super()
    this.position = position
  }
  check(model: Readonly<Model>): boolean {
    return model.awards.length > 0
  }
  protected index(model: Readonly<Model>): number {
    return this.position % model.awards.length
  }
  protected state(model: Readonly<Model>): string {
    return model.award(this.index(model)).state
  }
  protected agency(model: Readonly<Model>): number {
    return model.award(this.index(model)).agency
  }
  protected async found(model: Model, real: Real) {
    return required((await real.read()).awards[this.index(model)])
  }
  toString(): string {
    return `${this.constructor.name}(${this.position})`
  }
}

export class SubmitBudget extends OnAward {
  readonly causes = ['award.submitBudget']
  expect(model: Model): string | null {
    if (model.isVeiled(model.award(this.index(model)))) return 'not_found'
    return this.state(model) === 'awaiting_budget' ? null : 'award_not_in_state'
  }
  async send(model: Model, real: Real): Promise<Answer> {
    const { id } = await this.found(model, real)
    const { cut, asked } = required(BIDS[this.agency(model)])
    const amount = yuan(`${model.isCut ? cut : asked}.00`)
    const budget = { matchingCash: yuan('25000.00'), budgetLines: [{ category: 'service_activity', amount }] }
    return real.act(required(real.county.keys.agencies[this.agency(model)]), `/v1/awards/${id}`, '/budget', budget)
  }
  apply(model: Model): void {
    model.award(this.index(model)).state = 'proposed'
  }
}

export class DeclineAward extends OnAward {
  readonly causes = ['award.decline', 'objection.settle']
  expect(model: Model): string | null {
    if (model.isVeiled(model.award(this.index(model)))) return 'not_found'
    const isEnded = ['confirmed', 'cancelled', 'declined', 'retracted'].includes(this.state(model))
    return isEnded ? 'award_not_in_state' : null
  }
  async send(model: Model, real: Real): Promise<Answer> {
    const { id } = await this.found(model, real)
    const agency = required(real.county.keys.agencies[this.agency(model)])
    return real.act(agency, `/v1/awards/${id}`, '/decline', { reason: '人手不足' })
  }
  apply(model: Model): void {
    const index = this.index(model)
    model.end(model.award(index), 'declined')
    model.settle(index)
  }
}

/** The host waits no longer for a budget for which the policy names no day, or for a project that is off the list. */
export class CancelAward extends OnAward {
  readonly causes = ['award.cancel']
  expect(model: Model): string | null {
    const isGone = this.state(model) === 'proposed' && model.withdrawn.has(this.agency(model))
    return this.state(model) === 'awaiting_budget' || isGone ? null : 'award_not_in_state'
  }
  async send(model: Model, real: Real): Promise<Answer> {
    const { id } = await this.found(model, real)
    return real.act(real.county.keys.host, `/v1/awards/${id}`, '/cancellation', { reason: '机构无回应' })
  }
  apply(model: Model): void {
    model.end(model.award(this.index(model)), 'cancelled')
  }
}

/** The agency takes its project off the list: not while it is judged, and not instead of declining its award. */
export class WithdrawProject extends OnAward {
  readonly causes = []
  expect(model: Model): string | null {
    const agency = this.agency(model)
    if (model.withdrawn.has(agency) || model.selected.has(agency)) return 'project_not_in_state'
    return model.isBound(agency) ? 'project_bound' : null
  }
  async send(model: Model, real: Real): Promise<Answer> {
    const { projectId } = await this.found(model, real)
    return real.act(required(real.county.keys.agencies[this.agency(model)]), `/v1/projects/${projectId}`, '/withdrawal')
  }
  apply(model: Model): void {
    model.withdrawn.add(this.agency(model))
  }
}

/** An agreement that ends before it binds takes its award with it; the need is offered anew, and nobody steps in. */
export class EndAgreement extends OnAward {
  readonly causes = ['award.cancel']
  expect(model: Model): string | null {
    return this.state(model) === 'confirmed' ? null : 'award_not_confirmed'
  }
  async send(model: Model, real: Real): Promise<Answer> {
    const { id } = await this.found(model, real)
    const { host } = real.county.keys
    const agreement = await real.call(host, 'POST', '/v1/agreements', { awardId: id })
    if (agreement.status >= 300) return agreement
    const reason = { kind: 'mutual', reason: '双方协商一致' }
    return real.act(host, `/v1/agreements/${agreement.body.id}`, '/termination', reason)
  }
  apply(model: Model): void {
    model.end(model.award(this.index(model)), 'cancelled', false)
  }
}

/** All standing awards are taken back, for the review to be mended. */
export class RetractAwards extends Step {
  readonly causes = ['award.retract']
  check(model: Readonly<Model>): boolean {
    return model.awards.length > 0
  }
  expect(model: Model): string | null {
    const standing = model.awards.filter((award) => !model.isEnded(award))
    if (standing.length === 0) return 'nothing_to_retract'
    if (standing.some(({ state }) => state === 'confirmed')) return 'awards_confirmed'
    const isAnnounced = model.awards.some(({ state }, index) => {
      const notice = model.notices[model.noticeOf(index)]
      return state === 'suspended' || (state === 'noticed' && notice !== undefined && notice.closesAt > model.now)
    })
    if (isAnnounced) return 'awards_on_notice'
    return model.round === 'approved' ? 'round_not_in_state' : null
  }
  send(_: Model, { call, county }: Real): Promise<Answer> {
    const reason = { reason: '发现专家应回避' }
    return call(county.keys.host, 'POST', `/v1/rounds/${county.roundId}/award-retraction`, reason)
  }
  apply(model: Model): void {
    const taken = model.awards.filter((award) => !model.isEnded(award))
    for (const award of taken) {
      award.state = 'retracted'
      model.told.delete(award.agency)
    }
    model.reserve.clear()
    model.round = 'reviewing'
  }
  toString(): string {
    return 'RetractAwards'
  }
}

/** The whole round is called off; nothing follows, so it stands at the end of a tour only. */
export class CancelRound extends Step {
  readonly causes = ['award.cancel', 'notice.withdraw', 'objection.settle']
  check(): boolean {
    return true
  }
  expect(): null {
    return null
  }
  send(_: Model, { act, county }: Real): Promise<Answer> {
    return act(county.keys.host, `/v1/rounds/${county.roundId}`, '/cancellation', { reason: '资金未到位' })
  }
  apply(model: Model): void {
    for (const award of model.awards) if (!model.isEnded(award)) award.state = 'cancelled'
    for (const notice of model.notices) if (notice.state === 'open') notice.state = 'withdrawn'
    model.reserve.clear()
    for (const index of model.awards.keys()) model.settle(index)
  }
  toString(): string {
    return 'CancelRound'
  }
}

/** The decision meeting of today. Before the notice it decides about what is proposed, after it about what was announced. */
export class HoldMeeting extends Step {
  readonly causes = ['award.confirm', 'award.cancel']
  /** The first award before the meeting is rejected. */
  readonly isStern: boolean
  constructor(isStern = false) {
    super()
    this.isStern = isStern
  }
  check(model: Readonly<Model>): boolean {
    return model.awards.length > 0
  }
  override remaining(model: Model): readonly string[] {
    const isDecided = model.meetsFirst && before(model).length > (this.isStern ? 1 : 0)
    return isDecided ? ['award proposed decide'] : []
  }
  expect(model: Model): string | null {
    if (before(model).length > 0) return null
    const isWaiting = !model.meetsFirst && model.awards.some(({ state }) => state === 'noticed')
    return isWaiting ? 'notice_still_open' : 'nothing_to_approve'
  }
  async send(model: Model, { act, read, county }: Real): Promise<Answer> {
    const { awards } = await read()
    const rejected = before(model).slice(0, this.isStern ? 1 : 0)
    return act(county.keys.host, `/v1/rounds/${county.roundId}`, '/decision-meetings', {
      heldOn: legalDateOf(model.now),
      minutes: '会议同意',
      rejections: rejected.map((index) => ({ awardId: required(awards[index]).id, reason: '不宜立项' })),
    })
  }
  apply(model: Model): void {
    const [first, ...others] = before(model)
    const approved = this.isStern ? others : [required(first), ...others]
    if (model.meetsFirst) for (const index of approved) model.award(index).isDecided = true
    else for (const index of approved) confirm(model, index)
    if (this.isStern) model.end(model.award(required(first)), 'cancelled')
    if (!model.meetsFirst) model.round = 'approved'
  }
  toString(): string {
    return `HoldMeeting(${this.isStern})`
  }
}

/** Where the meeting came first, what it decided takes effect once its notice has passed. */
export class ConfirmDecided extends Step {
  readonly causes = ['award.confirm', 'award.cancel']
  check(model: Readonly<Model>): boolean {
    return model.awards.length > 0
  }
  expect(model: Model): string | null {
    if (!model.meetsFirst) return 'meeting_decides_after_notice'
    if (announced(model).length > 0) return null
    return model.awards.some(({ state }) => state === 'noticed') ? 'notice_still_open' : 'nothing_to_approve'
  }
  send(_: Model, { call, county }: Real): Promise<Answer> {
    return call(county.keys.host, 'POST', `/v1/rounds/${county.roundId}/award-confirmation`)
  }
  apply(model: Model): void {
    for (const index of announced(model)) confirm(model, index)
    model.round = 'approved'
  }
  toString(): string {
    return 'ConfirmDecided'
  }
}

/** Awards whose notice has passed and that nothing suspends. */
function announced(model: Readonly<Model>): number[] {
  return model.awards.flatMap(({ state }, index) => {
    const notice = model.notices[model.noticeOf(index)]
    return state === 'noticed' && notice !== undefined && notice.closesAt <= model.now ? [index] : []
  })
}

/** What a meeting of today has before it. */
function before(model: Readonly<Model>): number[] {
  if (!model.meetsFirst) return announced(model)
  return model.awards.flatMap(({ state, isDecided }, index) => (state === 'proposed' && !isDecided ? [index] : []))
}

function confirm(model: Model, index: number): void {
  const award = model.award(index)
  if (model.withdrawn.has(award.agency)) model.end(award, 'cancelled')
  else {
    award.state = 'confirmed'
    model.selected.add(award.agency)
  }
}
