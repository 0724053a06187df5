import { endOfDay } from '../../../src/kernel/days.ts'
import type { Answer } from '../../support/app.ts'
import { type Model, type ModelObjection, required } from './model.ts'
import type { Real } from './real.ts'
import { Step } from './step.ts'

/** Something is filed against the latest notice of an award. */
export class FileObjection extends Step {
  readonly causes = ['award.suspend']
  readonly award: number
  readonly filer: number
  readonly isAnonymous: boolean
  constructor(award: number, filer: number, isAnonymous = false) {
    super()
    this.award = award
    this.filer = filer
    this.isAnonymous = isAnonymous
  }
  #award(model: Readonly<Model>): number {
    return this.award % model.awards.length
  }
  check(model: Readonly<Model>): boolean {
    return model.awards.length > 0 && model.noticeOf(this.#award(model)) >= 0
  }
  expect(model: Model): string | null {
    const award = this.#award(model)
    const notice = required(model.notices[model.noticeOf(award)])
    if (notice.state === 'withdrawn') return notice.isSuperseded ? 'notice_superseded' : 'notice_withdrawn'
    if (this.isAnonymous) return null
    if (model.award(award).agency === this.filer) return 'objection_to_own_award'
    if (notice.closesAt <= model.now) return null
    if (model.isEnded(model.award(award))) return 'objection_target_ended'
    const isTwice = model.objections.some((one) => one.award === award && one.filer === this.filer && model.isOpen(one))
    if (isTwice) return 'objection_exists'
    const isTakenBack = model.objections.some(
      ({ filer, state, ...one }) =>
        one.award === award && one.notice === model.noticeOf(award) && filer === this.filer && state === 'withdrawn',
    )
    return isTakenBack ? 'objection_taken_back' : null
  }
  async send(model: Model, real: Real): Promise<Answer> {
    const { awards, notices } = await real.read()
    const award = this.#award(model)
    return real.call(required(real.county.keys.agencies[this.filer]), 'POST', '/v1/objections', {
      noticeId: required(notices[model.noticeOf(award)]).id,
      awardId: required(awards[award]).id,
      grounds: '评分有误',
      anonymous: this.isAnonymous,
    })
  }
  apply(model: Model, { body }: Answer): void {
    const award = this.#award(model)
    const isLate = required(model.notices[model.noticeOf(award)]).closesAt <= model.now
    const state = this.isAnonymous ? 'logged' : isLate ? 'rejected_as_late' : 'filed'
    const answerDueAt = state === 'filed' ? endOfDay(body.answerDue.effectiveOn) : null
    model.objections.push({
      award,
      notice: model.noticeOf(award),
      filer: this.isAnonymous ? null : this.filer,
      state,
      answerDueAt,
      cooperationDueAt: null,
      isAsked: false,
    })
    const objectedTo = model.award(award)
    if (state === 'filed' && objectedTo.state === 'noticed') objectedTo.state = 'suspended'
  }
  toString(): string {
    return `FileObjection(${this.award}, ${this.filer}, ${this.isAnonymous})`
  }
}

/** Something that concerns one objection, by its position. */
abstract class OnObjection extends Step {
  readonly position: number
  constructor(position: number) {
    super()
    this.position = position
  }
  check(model: Readonly<Model>): boolean {
    return model.objections.length > 0
  }
  protected one(model: Readonly<Model>): ModelObjection {
    return required(model.objections[this.position % model.objections.length])
  }
  protected async path(model: Model, real: Real): Promise<string> {
    const { objections } = await real.read()
    return `/v1/objections/${required(objections[this.position % model.objections.length]).id}`
  }
  toString(): string {
    return `${this.constructor.name}(${this.position})`
  }
}

export class AcceptObjection extends OnObjection {
  readonly causes = ['objection.accept']
  expect(model: Model): string | null {
    return this.one(model).state === 'filed' ? null : 'objection_not_in_state'
  }
  async send(model: Model, real: Real): Promise<Answer> {
    return real.act(real.county.keys.operator, await this.path(model, real), '/acceptance')
  }
  apply(model: Model): void {
    this.one(model).state = 'accepted'
  }
}

abstract class Decide extends OnObjection {
  abstract readonly outcome: string
  expect(model: Model): string | null {
    return this.one(model).state === 'accepted' ? null : 'objection_not_in_state'
  }
  async send(model: Model, real: Real): Promise<Answer> {
    const decision = { outcome: this.outcome, reasons: '经复核' }
    return real.act(real.county.keys.host, await this.path(model, real), '/decision', decision)
  }
}

export class UpholdObjection extends Decide {
  readonly causes = ['objection.uphold', 'objection.settle', 'award.cancel']
  readonly outcome = 'upheld'
  apply(model: Model): void {
    model.uphold(this.one(model))
  }
}

export class DismissObjection extends Decide {
  readonly causes = ['objection.dismiss', 'objection.settle', 'award.restore']
  readonly outcome: string = 'dismissed'
  apply(model: Model): void {
    model.release(this.one(model), this.outcome)
  }
}

export class UpholdPartly extends DismissObjection {
  override readonly causes = ['objection.upholdPartly', 'objection.settle', 'award.restore']
  override readonly outcome = 'partly_upheld'
}

export class RejectObjection extends OnObjection {
  readonly causes = ['objection.reject', 'objection.settle', 'award.restore']
  expect(model: Model): string | null {
    return this.one(model).state === 'filed' ? null : 'objection_not_in_state'
  }
  async send(model: Model, real: Real): Promise<Answer> {
    const rejection = { because: 'no_facts', reasons: '无事实依据' }
    return real.act(real.county.keys.operator, await this.path(model, real), '/rejection', rejection)
  }
  apply(model: Model): void {
    model.release(this.one(model), 'inadmissible')
  }
}

/** By who has filed it; a lead has nobody who could. */
export class WithdrawObjection extends OnObjection {
  readonly causes = ['objection.withdraw', 'objection.settle', 'award.restore']
  override check(model: Readonly<Model>): boolean {
    return super.check(model) && this.one(model).filer !== null
  }
  expect(model: Model): string | null {
    return model.isOpen(this.one(model)) ? null : 'objection_not_in_state'
  }
  async send(model: Model, real: Real): Promise<Answer> {
    const filer = required(real.county.keys.agencies[this.one(model).filer ?? -1])
    return real.act(filer, await this.path(model, real), '/withdrawal', { reason: '已核实' })
  }
  apply(model: Model): void {
    model.release(this.one(model), 'withdrawn')
  }
}

export class PauseObjection extends OnObjection {
  readonly causes = ['objection.pause']
  expect(model: Model): string | null {
    const { state, answerDueAt } = this.one(model)
    if (state !== 'accepted') return 'objection_not_in_state'
    return answerDueAt !== null && answerDueAt <= model.now ? 'objection_answer_overdue' : null
  }
  async send(model: Model, real: Real): Promise<Answer> {
    const pause = { reasonCode: 'hearing', reason: '等待听证' }
    return real.act(real.county.keys.operator, await this.path(model, real), '/pause', pause)
  }
  apply(model: Model): void {
    const one = this.one(model)
    one.state = 'paused'
    one.answerDueAt = null
    one.cooperationDueAt = null
  }
}

export class ResumeObjection extends OnObjection {
  readonly causes = ['objection.resume']
  expect(model: Model): string | null {
    return this.one(model).state === 'paused' ? null : 'objection_not_in_state'
  }
  async send(model: Model, real: Real): Promise<Answer> {
    return real.act(real.county.keys.operator, await this.path(model, real), '/resumption')
  }
  apply(model: Model, { body }: Answer): void {
    const one = this.one(model)
    one.state = 'accepted'
    one.answerDueAt = endOfDay(body.answerDue.effectiveOn)
    if (one.isAsked) one.cooperationDueAt = endOfDay(body.cooperation.due.effectiveOn)
  }
}

/** The awarded agency is asked for a statement, once; it gives none. */
export class AskCooperation extends OnObjection {
  readonly causes = []
  expect(model: Model): string | null {
    const one = this.one(model)
    return model.isAdmitted(one) && !one.isAsked ? null : 'cooperation_not_possible'
  }
  async send(model: Model, real: Real): Promise<Answer> {
    const request = { request: '请就异议作出说明' }
    return real.act(real.county.keys.operator, await this.path(model, real), '/cooperation-request', request)
  }
  apply(model: Model, { body }: Answer): void {
    const one = this.one(model)
    one.isAsked = true
    if (one.state === 'accepted') one.cooperationDueAt = endOfDay(body.cooperation.due.effectiveOn)
  }
}
