import { addDays, endOfDay, type LegalDate, legalDateOf, startOfDay } from '../../../src/kernel/days.ts'
import { calendarFrom } from '../../../src/kernel/workdays.ts'
import type { Award } from '../../../src/modules/awards/rules/award.ts'
import type { Objection } from '../../../src/modules/objections/rules/objection.ts'
import type { FundPool } from '../../../src/modules/rounds/index.ts'
import type { PublicNotice } from './money.ts'
import { of, type RandomRound } from './round.ts'

const HOLIDAYS = ['2026-05-01', '2026-05-02', '2026-05-03', '2026-05-04', '2026-05-05', '2026-06-19']
const MAKEUP_WORKDAYS = ['2026-05-09']
const YEAR = { holidays: new Set(HOLIDAYS), makeupWorkdays: new Set(MAKEUP_WORKDAYS) }
const REST = { holidays: new Set<string>(), makeupWorkdays: new Set<string>() }
/** 2026 as far as a round of this test goes, and two years in which only weekends rest. */
export const CALENDAR = calendarFrom(
  new Map([
    [2026, YEAR],
    [2027, REST],
    [2028, REST],
  ]),
)

export interface MoneyState {
  readonly awards: readonly Award[]
  readonly pools: readonly FundPool[]
}

const ENDED: readonly string[] = ['cancelled', 'declined']

/**
 * Asked after every step: each pool holds exactly what the standing awards have from it and never more than there is,
 * each award has exactly its amount and only from pools open to its need, nobody has more than asked, nobody below the
 * pass line has any (the ranking is checked elsewhere), and all limits hold.
 */
export function requireSoundMoney(round: RandomRound, { awards, pools }: MoneyState): void {
  const standing = awards.filter(({ state }) => !ENDED.includes(state))
  for (const { id, sizeFen, allocatedFen } of pools) {
    const held = sum(
      standing.flatMap(({ sources }) =>
        sources.filter(({ poolId }) => poolId === id).map(({ amountFen }) => amountFen),
      ),
    )
    if (allocatedFen !== held) throw new Error(`${id} counts ${allocatedFen} and its awards hold ${held}`)
    if (held > sizeFen) throw new Error(`${id} is overdrawn: ${held} of ${sizeFen}`)
  }
  for (const award of standing) {
    const bid = of(
      round.bids.filter(({ id }) => id === award.bidId),
      0,
    )
    const need = of(
      round.needs.filter(({ id }) => id === bid.needId),
      0,
    )
    if (sum(award.sources.map(({ amountFen }) => amountFen)) !== award.approvedFen)
      throw new Error(`${award.bidId} has not its amount from its pools`)
    if (award.approvedFen > (bid.fixedFen ?? bid.requestedFen)) throw new Error(`${award.bidId} gets more than wanted`)
    if (award.approvedFen <= 0n) throw new Error(`${award.bidId} gets nothing`)
    for (const { poolId, amountFen } of award.sources) {
      const { purposes, fields } = of(
        round.pools.filter(({ id }) => id === poolId),
        0,
      )
      const isOpen =
        (purposes === null || (need.lotteryPurpose !== null && purposes.includes(need.lotteryPurpose))) &&
        (fields === null || fields.includes(need.serviceField))
      if (!isOpen || amountFen <= 0n) throw new Error(`${poolId} gives ${amountFen} for ${need.id}`)
    }
  }
  requireLimits(round, standing)
}

function requireLimits({ policy, needs }: RandomRound, standing: readonly Award[]): void {
  const counts = (keys: (award: Award) => readonly string[], max: number, what: string) => {
    for (const [key, held] of grouped(standing, keys))
      if (held.length > max) throw new Error(`${what} ${key} has ${held.length} of ${max} awards`)
  }
  const parties = ({ organizationId, sponsoredGroupId }: Award) =>
    sponsoredGroupId === null ? [organizationId] : [organizationId, sponsoredGroupId]
  counts(({ needId }) => [needId], policy.awardsPerNeedMax, 'need')
  counts(parties, policy.awardsPerOrganizationMax, 'organization')
  counts(({ bidId }) => [bidId], 1, 'bid')
  for (const { code, by, of: only, awardsMax, amountMaxFen } of policy.limits) {
    const keys = (award: Award) => {
      const need = needs.find(({ id }) => id === award.needId)
      const place = need?.divisionCode ?? ''
      const all =
        by === 'organization'
          ? parties(award)
          : by === 'field'
            ? [need?.serviceField ?? '']
            : [by === 'town' ? place.slice(0, 9) : place.slice(0, 6)]
      return all.filter((key) => only === null || key === only)
    }
    if (awardsMax !== null) counts(keys, awardsMax, code)
    for (const [key, held] of grouped(standing, keys)) {
      const amount = sum(held.map(({ approvedFen }) => approvedFen))
      if (amountMaxFen !== null && amount > amountMaxFen) throw new Error(`${code} ${key} has ${amount}`)
    }
  }
}

/** Asked for each award that a meeting confirms: a notice of it closed before, for long enough, and nothing is open. */
export function requireSoundNotice(
  round: RandomRound,
  notices: readonly PublicNotice[],
  objections: readonly Objection[],
  award: Award,
  heldOn: LegalDate,
  now: Date,
): void {
  const notice = notices.findLast(({ awardIds }) => awardIds.includes(award.id))
  if (notice === undefined || notice.state !== 'closed') throw new Error(`${award.id} was never announced to the end`)
  if (notice.closesAt > now || startOfDay(heldOn) < notice.closesAt) throw new Error(`${award.id} was confirmed early`)
  const days = workdaysBetween(legalDateOf(notice.publishedAt), notice.closesAt, round.policy.excludeStartDay)
  if (days !== round.policy.noticeWorkdays) throw new Error(`the notice of ${award.id} ran ${days} working days`)
  if (objections.some((one) => one.awardId === award.id && (one.state === 'filed' || one.state === 'accepted')))
    throw new Error(`${award.id} was confirmed over an open objection`)
  if (objections.some((one) => one.awardId === award.id && one.state === 'upheld'))
    throw new Error(`${award.id} was confirmed although an objection was upheld`)
}

/** Counted day by day, weekends and holidays by hand. */
function workdaysBetween(publishedOn: LegalDate, closesAt: Date, excludeStartDay: boolean): number {
  let count = 0
  for (
    let day = excludeStartDay ? addDays(publishedOn, 1) : publishedOn;
    endOfDay(day) <= closesAt;
    day = addDays(day, 1)
  ) {
    const weekday = new Date(`${day}T00:00:00Z`).getUTCDay()
    const isWeekend = weekday === 0 || weekday === 6
    if (MAKEUP_WORKDAYS.includes(day) || (!isWeekend && !HOLIDAYS.includes(day))) count += 1
  }
  return count
}

function grouped(awards: readonly Award[], keys: (award: Award) => readonly string[]): Map<string, Award[]> {
  const groups = new Map<string, Award[]>()
  for (const award of awards)
    for (const key of new Set(keys(award))) groups.set(key, [...(groups.get(key) ?? []), award])
  return groups
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n)
}
