import { compareDates, legalDateOf } from '../../../kernel/days.ts'
import type { Round } from '../rules.ts'
import { defineFindings, type Part, when } from './finding.ts'

const FLAW = defineFindings({
  closes_before_opens: [
    'error',
    '申报截止时间不晚于开始时间;请推迟 closesAt。',
    'Bids must close after they open; choose a later closesAt.',
  ],
  closes_in_the_past: [
    'error',
    '申报截止时间已经过去;请推迟 closesAt。',
    'The closing time has passed already; choose a later closesAt.',
  ],
  cycle_before_closing: [
    'error',
    '项目周期在申报截止之前开始;请推迟 cycleStartsOn。',
    'Projects cannot start before bids have closed; choose a later cycleStartsOn.',
  ],
  cycle_ends_before_start: [
    'error',
    '项目周期的结束日不晚于开始日;请推迟 cycleEndsOn。',
    'The cycle must end after it starts; choose a later cycleEndsOn.',
  ],
})

/** The order of opening, closing and cycle. */
export const timetable: Part = {
  definitions: FLAW,
  check: (round, { now }) => {
    const { opensAt, closesAt, cycleStartsOn, cycleEndsOn } = round
    return [
      ...when(closesAt <= opensAt, '/timetable/closesAt', FLAW.closes_before_opens),
      ...when(closesAt <= now, '/timetable/closesAt', FLAW.closes_in_the_past),
      ...when(
        compareDates(cycleStartsOn, lastDayForBids(round)) <= 0,
        '/timetable/cycleStartsOn',
        FLAW.cycle_before_closing,
      ),
      ...when(compareDates(cycleEndsOn, cycleStartsOn) <= 0, '/timetable/cycleEndsOn', FLAW.cycle_ends_before_start),
    ]
  },
}

/** The day whose last moments lie before the closing: a round that closes at 24:00 closes on the day that ends. */
export function lastDayForBids({ closesAt }: Pick<Round, 'closesAt'>): string {
  return legalDateOf(new Date(closesAt.getTime() - 1))
}
