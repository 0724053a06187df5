import { compareDates, legalDateOf } from '../../../kernel/days.ts'
import { fenOf, formatYuan, type Money } from '../../../kernel/money.ts'
import { parsePoints } from '../../../kernel/points.ts'
import type { WorkCalendar } from '../../../kernel/workdays.ts'
import type { RoundPolicy } from '../policyDocument.ts'
import type { Round } from '../rules.ts'
import { noticeEndOf } from './deadlines.ts'
import { defineFindings, type Finding, type Part, when } from './finding.ts'
import { highestTotal } from './sheet.ts'

const FLAW = defineFindings({
  grades_missing: [
    'error',
    '核定方式为分档(graded),但没有任何档次;请填写 amounts.grades。',
    'Amounts go by grades, and there are none: fill amounts.grades.',
  ],
  grades_out_of_order: [
    'error',
    '档次须从高到低排列;本档最低分应低于上一档的 {above} 分。',
    'Grades go from best to worst: this one must start below the {above} points of the one before.',
  ],
  grades_leave_gap: [
    'error',
    '最低一档从 {min} 分起,高于及格线 {passLine} 分;达线而不入档的申报将没有金额。',
    'The lowest grade starts at {min} points, above the pass line of {passLine}: bids between them would get nothing.',
  ],
  grade_ambiguous: [
    'error',
    '每一档须在金额(amount)与申请金额比例(shareBasisPoints)中恰好填一项。',
    'A grade names either an amount or a share of what was asked.',
  ],
  grade_unreachable: [
    'error',
    '此档从 {min} 分起,高于可能的最高总分 {most},无人能够入档;请降低 min。',
    'Nobody reaches this grade: it starts at {min} points, and the highest total is {most}; lower its min.',
  ],
  grade_below_floor: [
    'error',
    '即使按上限申请,此档也只得 {amount} 元,低于资助下限 {floor} 元或为零,入档者都得不到资助;请提高比例。',
    'Even who asks for the cap gets {amount} yuan in this grade: nothing, or less than the floor of {floor}, so nobody in it is awarded; raise the share.',
  ],
  fixed_amount_missing: [
    'error',
    '核定方式为统一金额(fixed),但未填写 amounts.fixed。',
    'Amounts are the same for all, but amounts.fixed is missing.',
  ],
  amount_outside_bounds: [
    'error',
    '金额 {amount} 元不在下限 {floor} 元与上限 {cap} 元之间。',
    'The amount of {amount} yuan is not between the floor of {floor} and the cap of {cap}.',
  ],
  amounts_unused: [
    'warning',
    '核定方式为 {method},不会用到这里的内容;请删去或更换核定方式。',
    'The method {method} never reads this: leave it out, or choose another method.',
  ],
  reserve_ends_early: [
    'error',
    '候补名单在 {until} 失效,不晚于申报截止日 {closesOn}。',
    'The reserve list would end on {until}, not after the last day for bids, {closesOn}.',
  ],
  reserve_ends_before_awards: [
    'error',
    '候补名单在 {until} 失效,而按资格审查和公示的期限,公示到 {day} 才结束,届时已无人可以递补;请推迟 reserve.until。',
    'The reserve list would end on {until}, but formal check and notice last until {day}: nobody could step in; choose a later reserve.until.',
  ],
})

/** What the policy says about amounts, and until when others may step in. */
export const awards: Part = {
  definitions: FLAW,
  check: (round, { calendar }) => {
    const { policy } = round
    return [...gradeFindings(policy), ...fixedFindings(policy), ...reserveFindings(round, calendar)]
  },
}
/** A day is told at once by the closing, which needs no calendar. A year that is not loaded is told with the deadlines. */
function reserveFindings(round: Round, calendar: WorkCalendar): Finding[] {
  const { until } = round.policy.reserve
  if (until === null) return []
  const closesOn = legalDateOf(round.closesAt)
  const place = '/policy/reserve/until'
  if (compareDates(until, closesOn) <= 0) return when(true, place, FLAW.reserve_ends_early, { until, closesOn })
  const day = noticeEndOf(round, calendar)
  const isEarly = typeof day === 'string' && compareDates(until, day) <= 0
  return when(isEarly, place, FLAW.reserve_ends_before_awards, { until, day })
}

function gradeFindings(policy: RoundPolicy): Finding[] {
  const { amounts, cap, floor, passLine, scoring } = policy
  const { method, grades } = amounts
  const most = highestTotal(policy)
  const place = '/policy/amounts/grades'
  if (method !== 'graded') return when(grades.length > 0, place, FLAW.amounts_unused, { method })
  const lowest = grades.at(-1)
  const leavesGap =
    lowest !== undefined && scoring.passLineOn === 'total' && parsePoints(lowest.min) > parsePoints(passLine)
  return [
    ...when(lowest === undefined, place, FLAW.grades_missing),
    ...grades.flatMap(({ min, amount, shareBasisPoints }, index) => {
      const above = grades[index - 1]?.min
      const isOutOfOrder = above !== undefined && parsePoints(min) >= parsePoints(above)
      return [
        ...when(isOutOfOrder, `${place}/${index}/min`, FLAW.grades_out_of_order, { above: above ?? '' }),
        ...when((amount === null) === (shareBasisPoints === null), `${place}/${index}`, FLAW.grade_ambiguous),
        ...boundFindings(amount, `${place}/${index}/amount`, { cap, floor }),
        ...when(parsePoints(min) * 10_000 > most, `${place}/${index}/min`, FLAW.grade_unreachable, {
          min,
          most: most / 1_000_000,
        }),
        ...shareFindings(shareBasisPoints, `${place}/${index}/shareBasisPoints`, { cap, floor }),
      ]
    }),
    ...when(leavesGap, place, FLAW.grades_leave_gap, { min: lowest?.min ?? '', passLine }),
  ]
}

function fixedFindings({ amounts: { method, fixed }, cap, floor }: RoundPolicy): Finding[] {
  const place = '/policy/amounts/fixed'
  if (method !== 'fixed') return when(fixed !== null, place, FLAW.amounts_unused, { method })
  return [...when(fixed === null, place, FLAW.fixed_amount_missing), ...boundFindings(fixed, place, { cap, floor })]
}

/** Who gets all that was asked is never below the floor; who gets a share of it may always be. */
function shareFindings(share: number | null, place: string, { cap, floor }: Pick<RoundPolicy, 'cap' | 'floor'>) {
  if (share === null || share === 10_000) return []
  // Half a fen rounds up, as in the award.
  const most = (fenOf(cap) * BigInt(share) * 2n + 10_000n) / 20_000n
  return when(most === 0n || most < fenOf(floor), place, FLAW.grade_below_floor, {
    amount: formatYuan(most),
    floor: floor.amount,
  })
}

function boundFindings(amount: Money | null, place: string, { cap, floor }: Pick<RoundPolicy, 'cap' | 'floor'>) {
  if (amount === null) return []
  const isOutside = fenOf(amount) > fenOf(cap) || fenOf(amount) < fenOf(floor)
  return when(isOutside, place, FLAW.amount_outside_bounds, {
    amount: amount.amount,
    floor: floor.amount,
    cap: cap.amount,
  })
}
