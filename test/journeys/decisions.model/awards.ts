import { legalDateOf } from '../../../src/kernel/days.ts'
import { cancelAward } from '../../../src/modules/awards/index.ts'
import { yuan } from '../../modules/notices/county.ts'
import type { Answer } from '../../support/app.ts'
import { BIDS, type Model, required } from './model.ts'
import type { Real } from './real.ts'
import { DONE, Step } from './step.ts'

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
    const wasRetracted = model.awards.some(({ state }) => state === 'retracted')
    if (model.awards.some((award) => !wasRetracted || !model.isEnded(award))) return 'awards_exist'
    return model.isUnderReview ? null : 'round_not_in_state'
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
    model.proposeAll()
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
    if (model.isHidden(model.award(this.index(model)))) return 'not_found'
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
    if (model.isHidden(model.award(this.index(model)))) return 'not_found'
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

/** What a later module may do for a reason of its own. Nobody steps in by that alone. */
export class CancelAward extends OnAward {
  readonly causes = ['award.cancel']
  override check(model: Readonly<Model>): boolean {
    return super.check(model) && ['awaiting_budget', 'proposed'].includes(this.state(model))
  }
  expect(): string | null {
    return null
  }
  async send(model: Model, real: Real): Promise<Answer> {
    const { id } = await this.found(model, real)
    await real.asSystem((work) => cancelAward(work, id, '机构注销'))
    return DONE
  }
  apply(model: Model): void {
    model.end(model.award(this.index(model)), 'cancelled', false)
  }
}

/** The agency takes its project off the list; the award ends at the meeting that would have confirmed it. */
export class WithdrawProject extends OnAward {
  readonly causes = []
  expect(model: Model): string | null {
    const agency = this.agency(model)
    return model.withdrawn.has(agency) || model.selected.has(agency) ? 'project_not_in_state' : null
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

/** The decision meeting of today. */
export class HoldMeeting extends Step {
  readonly causes = ['award.confirm', 'award.cancel']
  check(model: Readonly<Model>): boolean {
    return model.awards.length > 0
  }
  #ready(model: Readonly<Model>): number[] {
    return model.awards.flatMap(({ state }, index) => {
      const notice = model.notices[model.noticeOf(index)]
      return state === 'noticed' && notice !== undefined && notice.closesAt <= model.now ? [index] : []
    })
  }
  expect(model: Model): string | null {
    if (this.#ready(model).length > 0) return null
    return model.awards.some(({ state }) => state === 'noticed') ? 'notice_still_open' : 'nothing_to_approve'
  }
  send({ now }: Model, { act, county }: Real): Promise<Answer> {
    const minutes = { heldOn: legalDateOf(now), minutes: '会议同意' }
    return act(county.keys.host, `/v1/rounds/${county.roundId}`, '/decision-meetings', minutes)
  }
  apply(model: Model): void {
    for (const index of this.#ready(model)) {
      const award = model.award(index)
      model.isApproved = true
      if (model.withdrawn.has(award.agency)) model.end(award, 'cancelled')
      else {
        award.state = 'confirmed'
        model.selected.add(award.agency)
      }
    }
  }
  toString(): string {
    return 'HoldMeeting'
  }
}

/** All standing awards are taken back for a new review. */
export class RetractAwards extends Step {
  readonly causes = ['award.retract']
  check(model: Readonly<Model>): boolean {
    return model.awards.length > 0
  }
  expect(model: Model): string | null {
    const standing = model.awards.flatMap((award, index) => (model.isEnded(award) ? [] : [{ ...award, index }]))
    if (standing.length === 0) return 'nothing_to_retract'
    if (standing.some(({ state }) => state === 'confirmed')) return 'awards_confirmed'
    const isOpen = (index: number) => required(model.notices[model.noticeOf(index)]).closesAt > model.now
    if (standing.some(({ state, index }) => state === 'suspended' || (state === 'noticed' && isOpen(index))))
      return 'awards_on_notice'
    return model.isApproved ? 'round_not_in_state' : null
  }
  send(_: Model, { call, county }: Real): Promise<Answer> {
    const reason = { reason: '发现专家应当回避' }
    return call(county.keys.host, 'POST', `/v1/rounds/${county.roundId}/award-retraction`, reason)
  }
  apply(model: Model): void {
    for (const award of model.awards) if (!model.isEnded(award)) award.state = 'retracted'
    model.reserve.clear()
    model.isUnderReview = true
  }
  toString(): string {
    return 'RetractAwards'
  }
}

/** The meeting of a round whose policy wants it before the notice. */
export class DecideAwards extends Step {
  readonly causes = []
  check(model: Readonly<Model>): boolean {
    return model.awards.some(({ state }) => state === 'proposed')
  }
  expect(): string | null {
    return null
  }
  override remaining(): readonly string[] {
    return ['award proposed decide']
  }
  send({ now }: Model, { act, county }: Real): Promise<Answer> {
    const minutes = { heldOn: legalDateOf(now), minutes: '会议同意' }
    return act(county.keys.host, `/v1/rounds/${county.roundId}`, '/decision-meetings', minutes)
  }
  apply(): void {
    // The awards stay proposed; that they may be announced now is what the next step shows.
  }
  toString(): string {
    return 'DecideAwards'
  }
}
