import { addDays, compareDates, daysBetween, type LegalDate } from '../../../kernel/days.ts'
import { type Period, resolvePeriod, type WorkCalendar } from '../../../kernel/workdays.ts'
import type { RoundPolicy } from '../policyDocument.ts'
import { objectionRulesOf } from '../publicityDocument.ts'
import type { Round } from '../rules.ts'
import { defineFindings, type Finding, type Part, when } from './finding.ts'
import { lastDayForBids } from './timetable.ts'

const FLAW = defineFindings({
  calendar_year_missing: [
    'error',
    '{year} 年的工作日历尚未载入,无法计算项目周期开始之前的期限;请先载入。',
    'The working-day calendar of {year} does not reach the deadlines before the cycle; load it first.',
  ],
  calendar_year_missing_later: [
    'warning',
    '{year} 年的工作日历尚未载入,项目周期内和结项时的期限要等载入后才能计算。',
    'Deadlines of the cycle or of its end fall into {year}, whose working-day calendar must be loaded by then.',
  ],
  formal_check_after_cycle_start: [
    'error',
    '资格审查到 {day} 才结束,而项目周期此前已经开始;请缩短审查期限或推迟 cycleStartsOn。',
    'The formal check lasts until {day}, when the cycle has started; shorten it or choose a later cycleStartsOn.',
  ],
  notice_after_cycle_start: [
    'error',
    '资格审查之后的公示到 {day} 才结束,而项目周期此前已经开始;请缩短期限或推迟 cycleStartsOn。',
    'Formal check and notice last until {day}, when the cycle has started; shorten them or choose a later cycleStartsOn.',
  ],
  correction_after_cycle_start: [
    'warning',
    '如有补正,公示要到 {day} 才结束,晚于项目周期的开始。',
    'With corrections the notice lasts until {day}, when the cycle has started.',
  ],
  objection_reply_after_cycle_start: [
    'warning',
    '公示最后一天提出的异议要到 {day} 才答复,晚于项目周期的开始。',
    'An objection of the last day is answered until {day}, when the cycle has started.',
  ],
  mid_term_after_cycle_end: [
    'error',
    '中期自评要到 {day} 才提交,晚于项目周期的结束;请缩短 selfReport 或延长周期。',
    'The mid-term self-report is due on {day}, after the cycle; shorten selfReport or lengthen the cycle.',
  ],
  rectification_after_cycle_end: [
    'warning',
    '中期整改到 {day} 才结束,晚于项目周期的结束。',
    'A rectification after the mid-term lasts until {day}, after the cycle.',
  ],
  period_zero: ['error', '期限为零,谁也来不及;请给出天数。', 'Nobody can act in no time; give the period some days.'],
  extension_never: [
    'warning',
    'extensionMaxDays 和 extensionTimes 之一为零,因此不能延期;请同时填写或同时设为零。',
    'No extension is possible while one of extensionMaxDays and extensionTimes is zero; set both or none.',
  ],
  extension_longer_than_cycle: [
    'warning',
    '延期最多 {extension} 天,比整个项目周期({cycle} 天)还长。',
    'An extension of up to {extension} days is longer than the whole cycle of {cycle} days.',
  ],
  postponement_never: [
    'warning',
    '延期次数为零,中期评估不能延期;请填写次数或删去 postponement。',
    'No postponement is possible zero times; say how often or leave postponement out.',
  ],
  postponement_after_cycle_end: [
    'warning',
    '中期评估最迟可延到 {day},晚于项目周期的结束。',
    'The mid-term may be postponed until {day}, after the cycle.',
  ],
  monthly_report_day_missing: [
    'warning',
    '不是每个月都有 {day} 日;月报请定在 28 日或之前。',
    'Not every month has a day {day}; take the 28th or earlier for monthly reports.',
  ],
})

/** Whether the periods of the policy fit into the timetable and the calendar. */
export const deadlines: Part = {
  definitions: FLAW,
  check: (round, { calendar }) => {
    const isOrdered =
      compareDates(lastDayForBids(round), round.cycleStartsOn) < 0 &&
      compareDates(round.cycleStartsOn, round.cycleEndsOn) < 0
    return [
      ...periodFindings(round.policy),
      ...extensionFindings(round),
      ...(isOrdered ? [...beforeCycle(round, calendar), ...withinCycle(round, calendar)] : []),
    ]
  },
}

/** The stages from the closing to the cycle; each starts with the end of the one before. */
function beforeCycle(round: Round, calendar: WorkCalendar): Finding[] {
  const { policy, cycleStartsOn } = round
  const check = endOf(calendar, lastDayForBids(round), [policy.formalCheck])
  if (typeof check === 'number') return when(true, '/timetable/closesAt', FLAW.calendar_year_missing, { year: check })
  const notice = noticeEndOf(round, calendar)
  const correction = policy.correction.times > 0 ? [policy.correction.period] : []
  const corrected = endOf(calendar, check, [...correction, policy.notice.window])
  const replied = endOf(calendar, check, [policy.notice.window, policy.objection.reply])
  const missing = [notice, corrected, replied].find((end) => typeof end === 'number')
  const isLate = (end: LegalDate | number): end is LegalDate =>
    typeof end === 'string' && compareDates(end, cycleStartsOn) >= 0
  if (isLate(check)) return when(true, '/policy/formalCheck', FLAW.formal_check_after_cycle_start, { day: check })
  if (isLate(notice)) return when(true, '/policy/notice/window', FLAW.notice_after_cycle_start, { day: notice })
  return [
    ...when(missing !== undefined, '/timetable/closesAt', FLAW.calendar_year_missing, { year: missing ?? '' }),
    ...when(isLate(corrected), '/policy/correction/period', FLAW.correction_after_cycle_start, { day: corrected }),
    ...when(isLate(replied), '/policy/objection/reply', FLAW.objection_reply_after_cycle_start, { day: replied }),
  ]
}

/** The last day of the notice if the formal check takes its time, or the year whose calendar is missing on the way. */
export function noticeEndOf(round: Round, calendar: WorkCalendar): LegalDate | number {
  return endOf(calendar, lastDayForBids(round), [round.policy.formalCheck, round.policy.notice.window])
}

/** Mid-term, closing and refund. Their calendar may be published only while the projects run. */
function withinCycle({ policy, cycleStartsOn, cycleEndsOn }: Round, calendar: WorkCalendar): Finding[] {
  const cycle = daysBetween(cycleStartsOn, cycleEndsOn)
  const middle = addDays(cycleStartsOn, Math.floor(cycle / 2))
  const reported = endOf(calendar, middle, [policy.selfReport])
  const rectified = endOf(calendar, middle, [policy.selfReport, policy.rectification.period])
  const closed = endOf(calendar, cycleEndsOn, [policy.closingReport])
  const settled = endOf(calendar, cycleEndsOn, [policy.closingReport, longest(policy), policy.refund])
  const isLate = (end: LegalDate | number) => typeof end === 'string' && compareDates(end, cycleEndsOn) > 0
  const { postponement } = policy.mid
  const latest = typeof reported === 'string' ? addDays(reported, postponement?.maxDays ?? 0) : reported
  const years = [reported, rectified, closed, settled].filter((end) => typeof end === 'number')
  return [
    ...when(isLate(reported), '/policy/selfReport', FLAW.mid_term_after_cycle_end, { day: reported }),
    ...when(
      policy.rectification.times > 0 && !isLate(reported) && isLate(rectified),
      '/policy/rectification/period',
      FLAW.rectification_after_cycle_end,
      { day: rectified },
    ),
    ...when(
      (postponement?.times ?? 0) > 0 && !isLate(reported) && isLate(latest),
      '/policy/mid/postponement/maxDays',
      FLAW.postponement_after_cycle_end,
      { day: latest },
    ),
    ...[...new Set(years)].flatMap((year) =>
      when(true, '/timetable/cycleEndsOn', FLAW.calendar_year_missing_later, { year }),
    ),
    ...when(
      policy.change.extensionMaxDays > cycle,
      '/policy/change/extensionMaxDays',
      FLAW.extension_longer_than_cycle,
      { extension: policy.change.extensionMaxDays, cycle },
    ),
  ]
}

/** The longest time that a tranche may take. */
function longest({ tranches }: RoundPolicy): Period {
  return tranches.map(({ due }) => due).reduce((most, due) => (due.amount > most.amount ? due : most))
}

/** The last day of periods that follow one another, or the year whose calendar is missing on the way. */
function endOf(calendar: WorkCalendar, startOn: LegalDate, periods: readonly Period[]): LegalDate | number {
  let day = startOn
  for (const period of periods) {
    const resolved = resolvePeriod(calendar, day, period)
    if (!resolved.accepted) return Number(resolved.refusal.parameters['year'])
    day = resolved.value.effectiveOn
  }
  return day
}

function periodFindings(policy: RoundPolicy): Finding[] {
  const { correction, rectification, awardBudget, statutory, tranches, reserve } = policy
  const { appeal, cooperation, nonCooperation } = objectionRulesOf(policy.objection)
  const periods: readonly (readonly [string, Period | null])[] = [
    ['/policy/formalCheck', policy.formalCheck],
    ['/policy/correction/period', correction.times > 0 ? correction.period : null],
    ['/policy/objection/reply', policy.objection.reply],
    ['/policy/objection/cooperation', nonCooperation === 'counts_as_upheld' ? cooperation : null],
    ['/policy/objection/appeal/window', appeal?.window ?? null],
    ['/policy/objection/appeal/decision', appeal?.decision ?? null],
    ['/policy/reserve/validFor', reserve.validFor],
    ['/policy/awardBudget', awardBudget],
    ['/policy/selfReport', policy.selfReport],
    ['/policy/rectification/period', rectification.times > 0 ? rectification.period : null],
    ['/policy/closingReport', policy.closingReport],
    ['/policy/refund', policy.refund],
    ['/policy/statutory/reply', statutory?.reply ?? null],
    ['/policy/statutory/decision', statutory?.decision ?? null],
    ...tranches.map(({ due }, index) => [`/policy/tranches/${index}/due`, due] as const),
  ]
  return periods.flatMap(([place, period]) => when(period?.amount === 0, place, FLAW.period_zero))
}

function extensionFindings({ policy: { change, mid, monthlyReportDay } }: Round): Finding[] {
  return [
    ...when((change.extensionMaxDays === 0) !== (change.extensionTimes === 0), '/policy/change', FLAW.extension_never),
    ...when(mid.postponement?.times === 0, '/policy/mid/postponement/times', FLAW.postponement_never),
    ...when(
      monthlyReportDay !== null && monthlyReportDay > 28,
      '/policy/monthlyReportDay',
      FLAW.monthly_report_day_missing,
      { day: monthlyReportDay ?? 0 },
    ),
  ]
}
