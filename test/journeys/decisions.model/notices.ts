import type { Answer } from '../../support/app.ts'
import { type Model, required } from './model.ts'
import type { Real } from './real.ts'
import { DONE, Step } from './step.ts'

/** All proposed awards are announced. */
export class PublishNotice extends Step {
  readonly causes = ['award.notice']
  check(model: Readonly<Model>): boolean {
    return model.awards.length > 0
  }
  expect({ awards }: Model): string | null {
    if (awards.some(({ state }) => state === 'awaiting_budget')) return 'award_budget_missing'
    return awards.some(({ state }) => state === 'proposed') ? null : 'notice_empty'
  }
  send(_: Model, { call, county }: Real): Promise<Answer> {
    return call(county.keys.host, 'POST', '/v1/notices', { roundId: county.roundId, kind: 'award' })
  }
  apply(model: Model, { body }: Answer): void {
    const awards = model.awards.flatMap(({ state }, index) => (state === 'proposed' ? [index] : []))
    for (const index of awards) model.award(index).state = 'noticed'
    model.isUnderReview = false
    model.notices.push({ state: 'open', closesAt: new Date(body.closesAt), awards })
  }
  toString(): string {
    return 'PublishNotice'
  }
}

/** The latest notice is withdrawn. */
export class WithdrawNotice extends Step {
  readonly causes = ['notice.withdraw', 'award.withdrawNotice']
  check(model: Readonly<Model>): boolean {
    return model.notices.length > 0
  }
  expect(model: Model): string | null {
    const { state, awards } = required(model.notices.at(-1))
    if (state !== 'open') return 'notice_not_in_state'
    return awards.some((index) => model.award(index).state === 'suspended') ? 'notice_under_objection' : null
  }
  async send(_: Model, real: Real): Promise<Answer> {
    const { id } = required((await real.read()).notices.at(-1))
    return real.act(real.county.keys.host, `/v1/notices/${id}`, '/withdrawal', { reason: '金额有误' })
  }
  apply(model: Model): void {
    const notice = required(model.notices.at(-1))
    notice.state = 'withdrawn'
    for (const index of notice.awards) {
      const award = model.award(index)
      if (award.state === 'noticed') award.state = 'proposed'
    }
  }
  toString(): string {
    return 'WithdrawNotice'
  }
}

const HOUR_MS = 3_600_000

/** The clock goes on to an hour after whatever comes due next, or by so many days. */
export class Wait extends Step {
  readonly causes = ['notice.close', 'award.decline', 'objection.settle']
  readonly until: 'notice' | 'budget' | 'answer' | number
  constructor(until: 'notice' | 'budget' | 'answer' | number) {
    super()
    this.until = until
  }
  #instant(model: Readonly<Model>): Date | undefined {
    if (typeof this.until === 'number') return new Date(model.now.getTime() + this.until * 24 * HOUR_MS)
    const due = {
      notice: model.openNotice()?.closesAt,
      budget: model.awards.find(({ state }) => state === 'awaiting_budget')?.budgetDueAt,
      answer: model.objections.findLast((one) => model.isOpen(one))?.answerDueAt,
    }[this.until]
    return due == null ? undefined : new Date(Math.max(due.getTime(), model.now.getTime()) + HOUR_MS)
  }
  check(model: Readonly<Model>): boolean {
    return this.#instant(model) !== undefined
  }
  expect(): string | null {
    return null
  }
  async send(model: Model, { advanceTo }: Real): Promise<Answer> {
    await advanceTo(required(this.#instant(model)))
    return DONE
  }
  apply(model: Model): void {
    model.advanceTo(required(this.#instant(model)))
  }
  toString(): string {
    return `Wait(${this.until})`
  }
}
