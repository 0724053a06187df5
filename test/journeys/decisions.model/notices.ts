import { atHour, legalDateOf } from '../../../src/kernel/days.ts'
import { recordProbe } from '../../../src/modules/notices/service/reachability.ts'
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
  expect({ awards, meetsFirst, withdrawn }: Model): string | null {
    if (awards.some(({ state }) => state === 'awaiting_budget')) return 'award_budget_missing'
    const proposed = awards.filter(({ state }) => state === 'proposed')
    if (proposed.length === 0) return 'notice_empty'
    if (meetsFirst && proposed.some(({ isDecided }) => !isDecided)) return 'award_not_decided'
    return proposed.some(({ agency }) => withdrawn.has(agency)) ? 'award_project_withdrawn' : null
  }
  send(_: Model, { call, county }: Real): Promise<Answer> {
    return call(county.keys.host, 'POST', '/v1/notices', { roundId: county.roundId, kind: 'award' })
  }
  apply(model: Model, { body }: Answer): void {
    const awards = model.awards.flatMap(({ state }, index) => (state === 'proposed' ? [index] : []))
    for (const index of awards) {
      model.award(index).state = 'noticed'
      model.told.add(model.award(index).agency)
    }
    if (model.round === 'reviewing') model.round = 'notice'
    const agencies = awards.map((index) => model.award(index).agency)
    const former = model.notices.findLast(
      (one) =>
        one.state === 'withdrawn' &&
        !one.isSuperseded &&
        one.awards.some((index) => agencies.includes(model.award(index).agency)),
    )
    if (former !== undefined) former.isSuperseded = true
    model.notices.push({ state: 'open', closesAt: new Date(body.closesAt), awards, isSuperseded: false })
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
const DAY_MS = 24 * HOUR_MS
/** More than an hour, which is what the round tolerates, and less than two probes speak for. */
const OUTAGE_MS = 1.5 * HOUR_MS

/** On the morning after, the page of the open notice is gone for a while: the notice runs a working day longer. */
export class LoseDay extends Step {
  readonly causes = ['notice.close', 'award.decline', 'objection.default', 'objection.settle', 'award.cancel']
  #morning({ now }: Readonly<Model>): Date {
    return atHour(legalDateOf(new Date(now.getTime() + DAY_MS)), '09:00')
  }
  check(model: Readonly<Model>): boolean {
    const closing = model.openNotice()?.closesAt.getTime() ?? 0
    return this.#morning(model).getTime() + 2 * OUTAGE_MS < closing
  }
  expect(): string | null {
    return null
  }
  override remaining(): readonly string[] {
    return ['notice open extend']
  }
  async send(model: Model, { advanceTo, asSystem, read, call, county }: Real): Promise<Answer> {
    const { id } = required((await read()).notices.findLast(({ state }) => state === 'open'))
    const probe = (isReachable: boolean) =>
      asSystem((work) => recordProbe(work, id, { isReachable, via: 'own_page', status: null, durationMs: 1 }))
    const morning = this.#morning(model)
    await advanceTo(morning)
    await probe(false)
    await advanceTo(new Date(morning.getTime() + OUTAGE_MS))
    await probe(true)
    return call(county.keys.host, 'GET', `/v1/notices/${id}`)
  }
  apply(model: Model, { body }: Answer): void {
    model.advanceTo(new Date(this.#morning(model).getTime() + OUTAGE_MS))
    const notice = required(model.openNotice())
    const closesAt = new Date(body.closesAt)
    if (closesAt.getTime() - notice.closesAt.getTime() < DAY_MS) throw new Error('the notice did not grow')
    notice.closesAt = closesAt
  }
  toString(): string {
    return 'LoseDay'
  }
}

/** The clock goes on to an hour after whatever comes due next, or by so many days. */
export class Wait extends Step {
  readonly causes = ['notice.close', 'award.decline', 'objection.default', 'objection.settle', 'award.cancel']
  readonly until: 'notice' | 'budget' | 'answer' | 'statement' | number
  constructor(until: 'notice' | 'budget' | 'answer' | 'statement' | number) {
    super()
    this.until = until
  }
  #instant(model: Readonly<Model>): Date | undefined {
    if (typeof this.until === 'number') return new Date(model.now.getTime() + this.until * 24 * HOUR_MS)
    const due = {
      notice: model.openNotice()?.closesAt,
      budget: model.awards.find(({ state }) => state === 'awaiting_budget')?.budgetDueAt,
      answer: model.objections.findLast((one) => model.isOpen(one))?.answerDueAt,
      statement: model.objections.findLast((one) => model.isAdmitted(one))?.cooperationDueAt,
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
