import { endOfDay } from '../../../src/kernel/days.ts'
import type { Reading } from './real.ts'

/** Who bids for what: the first agency and then the second for the visits, the third alone for the mediation. */
export const BIDS = [
  { need: 'visits', source: 'welfare_lottery', asked: 95_000, cut: 95_000 },
  { need: 'visits', source: 'welfare_lottery', asked: 88_000, cut: 80_000 },
  { need: 'mediation', source: 'fiscal', asked: 85_000, cut: 80_000 },
] as const

export interface ModelAward {
  readonly agency: number
  /** Less is approved than was asked. */
  readonly isCut: boolean
  state: string
  budgetDueAt: Date | null
  /** A meeting has decided about it before its notice. */
  isDecided: boolean
}
export interface ModelNotice {
  closesAt: Date
  /** Positions of the awards that it announces. */
  readonly awards: readonly number[]
  state: string
  /** Withdrawn, and another notice has come in its place. */
  isSuperseded: boolean
}
export interface ModelObjection {
  readonly award: number
  /** Position of the notice that it was filed against. */
  readonly notice: number
  /** Null: a lead that nobody signed. */
  readonly filer: number | null
  /** Null: no answer is due, or its clock stands still. */
  answerDueAt: Date | null
  /** By when the awarded agency was asked for its statement, which never comes here; null also while the clock stands still. */
  cooperationDueAt: Date | null
  isAsked: boolean
  state: string
}

/** What there should be, kept by hand. Nothing of it is told by the rules of the service. */
export class Model {
  now = new Date('2026-04-29T01:00:00Z')
  /** The meeting comes before the notice. */
  readonly meetsFirst: boolean
  round: 'reviewing' | 'notice' | 'approved' = 'reviewing'
  /** The host fixes less than was asked for the second and the third bid. */
  isCut = false
  readonly awards: ModelAward[] = []
  readonly notices: ModelNotice[] = []
  readonly objections: ModelObjection[] = []
  /** Agencies whose bid may still step in. */
  readonly reserve = new Set<number>()
  /** Agencies that know of an award: a notice has told of it, or they owe a budget. */
  readonly told = new Set<number>()
  /** Agencies that have taken their project off the list, or whose project an award has selected. */
  readonly withdrawn = new Set<number>()
  readonly selected = new Set<number>()

  constructor(meetsFirst = false) {
    this.meetsFirst = meetsFirst
  }

  award(index: number): ModelAward {
    return required(this.awards[index])
  }

  /** A bid is proposed; where less is approved than asked, its revised budget comes first. */
  propose(agency: number): void {
    const { asked, cut } = required(BIDS[agency])
    const isCut = this.isCut && cut < asked
    this.reserve.delete(agency)
    const state = isCut ? 'awaiting_budget' : 'proposed'
    if (isCut) this.told.add(agency)
    this.awards.push({ agency, isCut, state, budgetDueAt: null, isDecided: false })
  }

  /** The award ends, and what comes after it: the next bid for its need, unless the way it ended brings nobody. */
  end(award: ModelAward, state: string, hasSuccessor = true): void {
    award.state = state
    this.selected.delete(award.agency)
    const { need } = required(BIDS[award.agency])
    const isNext = (agency: number) => BIDS[agency]?.need === need && !this.withdrawn.has(agency)
    const next = [...this.reserve].sort().find(isNext)
    if (hasSuccessor && next !== undefined) this.propose(next)
  }

  /** The project of an agency is judged, or an award for it waits to be confirmed. */
  isBound(agency: number): boolean {
    const own = this.awards.filter((award) => award.agency === agency)
    if (own.some(({ state }) => state === 'declined')) return false
    if (this.round === 'reviewing') return true
    const isFunded = own.some((award) => !this.isEnded(award) && !this.isVeiled(award))
    const isOut = own.some((award) => award.state === 'cancelled' && !this.isVeiled(award))
    return isFunded || (this.round === 'notice' && !isOut)
  }

  isEnded({ state }: ModelAward): boolean {
    return state === 'cancelled' || state === 'declined' || state === 'retracted'
  }

  /** Before its notice an agency knows of its award only where it was cut, because it owes a budget then. */
  isVeiled({ agency, isCut }: ModelAward): boolean {
    return !this.told.has(agency) && !isCut
  }

  isOpen({ state }: ModelObjection): boolean {
    return state === 'filed' || state === 'accepted' || state === 'paused'
  }

  openNotice(): ModelNotice | undefined {
    return this.notices.findLast(({ state }) => state === 'open')
  }

  /** The latest notice that lists an award. */
  noticeOf(award: number): number {
    return this.notices.findLastIndex(({ awards }) => awards.includes(award))
  }

  /** Open objections against an award that is no more are closed. */
  settle(award: number): void {
    if (!this.isEnded(this.award(award))) return
    for (const one of this.objections) if (one.award === award && this.isOpen(one)) one.state = 'dismissed'
  }

  /** What comes due on the way to an instant happens. */
  advanceTo(instant: Date): void {
    this.now = instant
    for (const notice of this.notices)
      if (notice.state === 'open' && notice.closesAt <= instant) notice.state = 'closed'
    for (const award of [...this.awards])
      if (award.state === 'awaiting_budget' && award.budgetDueAt !== null && award.budgetDueAt <= instant)
        this.end(award, 'declined')
    for (const one of this.#asked()) {
      if (!this.isAdmitted(one) || (one.cooperationDueAt ?? instant) > instant) continue
      one.cooperationDueAt = null
      this.uphold(one)
    }
    for (const one of [...this.objections])
      if (one.answerDueAt !== null && one.answerDueAt <= instant && this.isOpen(one)) this.settle(one.award)
  }

  /** Objections with a request for a statement, in the order in which it is due. */
  #asked(): ModelObjection[] {
    return this.objections
      .filter(({ cooperationDueAt }) => cooperationDueAt !== null)
      .sort((a, b) => (a.cooperationDueAt?.getTime() ?? 0) - (b.cooperationDueAt?.getTime() ?? 0))
  }

  isAdmitted({ state }: ModelObjection): boolean {
    return state === 'accepted' || state === 'paused'
  }

  uphold(one: ModelObjection): void {
    one.state = 'upheld'
    const award = this.award(one.award)
    if (award.state === 'suspended') this.end(award, 'cancelled')
    this.settle(one.award)
  }

  /** The objection ends without its award: that goes on unless another one holds it. */
  release(one: ModelObjection, state: string): void {
    one.state = state
    const award = this.award(one.award)
    const isHeld = this.objections.some((other) => other.award === one.award && this.isOpen(other))
    if (award.state === 'suspended' && !isHeld) award.state = 'noticed'
    this.settle(one.award)
  }

  /** @throws where the service has something else; takes over the days that the service has resolved. */
  compare({ awards, notices, objections, pools }: Reading): void {
    same(
      'awards',
      awards.map(({ agency, state }) => `${agency} ${state}`),
      this.awards.map(({ agency, state }) => `${agency} ${state}`),
    )
    same(
      'notices',
      notices.map(({ state }) => state),
      this.notices.map(({ state }) => state),
    )
    same(
      'objections',
      objections.map(({ state }) => state),
      this.objections.map(({ state }) => state),
    )
    for (const source of ['welfare_lottery', 'fiscal'] as const) {
      const held = this.awards
        .filter((award) => !this.isEnded(award))
        .map(({ agency }) => required(BIDS[agency]))
        .filter((bid) => bid.source === source)
        .reduce((sum, { asked, cut }) => sum + (this.isCut ? cut : asked), 0)
      same(source, pools[source], `${held}.00`)
    }
    for (const [index, { budgetDue }] of awards.entries())
      this.award(index).budgetDueAt = budgetDue === null ? null : endOfDay(budgetDue.effectiveOn)
  }
}

function same(what: string, found: unknown, wanted: unknown): void {
  if (JSON.stringify(found) !== JSON.stringify(wanted))
    throw new Error(`${what}: the service has ${JSON.stringify(found)}, the model ${JSON.stringify(wanted)}`)
}

/** @throws where a list has not what the model counts on. */
export function required<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('the model is wrong')
  return value
}
