import { compareDates, legalDateOf } from '../../../kernel/days.ts'
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
  calendar_year_missing: [
    'error',
    '{year} 年的工作日历尚未载入,无法计算资格审查的期限;请先载入。',
    'The working-day calendar of {year} does not reach the end of the formal check; load it first.',
  ],
})

export const timetable: Part = {
  definitions: FLAW,
  check: ({ opensAt, closesAt, cycleStartsOn, cycleEndsOn }, { now, formalCheckDue }) => {
    const closesOn = legalDateOf(new Date(closesAt.getTime() - 1))
    return [
      ...when(closesAt <= opensAt, '/timetable/closesAt', FLAW.closes_before_opens),
      ...when(closesAt <= now, '/timetable/closesAt', FLAW.closes_in_the_past),
      ...when(compareDates(cycleStartsOn, closesOn) <= 0, '/timetable/cycleStartsOn', FLAW.cycle_before_closing),
      ...when(compareDates(cycleEndsOn, cycleStartsOn) <= 0, '/timetable/cycleEndsOn', FLAW.cycle_ends_before_start),
      ...when(!formalCheckDue.accepted, '/timetable/closesAt', FLAW.calendar_year_missing, {
        year: closesOn.slice(0, 4),
      }),
    ]
  },
}
