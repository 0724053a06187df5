import { addDays, compareDates, type LegalDate } from '../../../kernel/days.ts'
import { resolvePeriod, type WorkCalendar } from '../../../kernel/workdays.ts'
import type { Round } from '../rules.ts'
import { defineFindings, type Part, when } from './finding.ts'
import { inWords, isLonger, isShorter, MODES, type ModeRules } from './modes.ts'
import { lastDayForBids } from './timetable.ts'

const FLAW = defineFindings({
  notice_too_short: [
    'error',
    '公示期短于 {mode} 方式的最低期限({leastZh});请延长 notice.window。',
    'The notice, in which objections are taken, is shorter than {mode} allows ({leastEn}); lengthen notice.window.',
  ],
  notice_too_short_over_holidays: [
    'warning',
    '公示若在 {day} 发布,因节假日到 {end} 就结束,而 {leastZh} 要到 {leastEnd};请避开这几天发布,或延长 notice.window、按工作日计算。',
    'A notice of {day} ends on {end} already, but {leastEn} last until {leastEnd} because of holidays; publish it on another day, lengthen notice.window, or count it in working days.',
  ],
  notice_short: [
    'warning',
    '公示期短于 {mode} 方式通常的期限({customaryZh})。',
    'The notice is shorter than is customary for {mode} ({customaryEn}).',
  ],
  reply_too_long: [
    'error',
    '异议答复期限长于 {mode} 方式允许的 {mostZh};请缩短 objection.reply。',
    'The reply to an objection may take no longer than {mostEn} in {mode}; shorten objection.reply.',
  ],
})

/** Whether the public notice leaves the time to object that the mode demands, and the answer comes in time. */
export const notice: Part = {
  definitions: FLAW,
  check: (round, { calendar }) => {
    const { policy, procurementMode } = round
    const { notice: demand, replyMost } = MODES[procurementMode]
    const { window } = policy.notice
    const isTooShort = isShorter(window, demand.least)
    const shortened = isTooShort ? undefined : shortenedByHolidays(round, demand, calendar)
    const parameters = {
      mode: procurementMode,
      ...inWords('least', demand.least),
      ...inWords('customary', demand.customary),
      ...(replyMost === null ? {} : inWords('most', replyMost)),
    }
    const place = '/policy/notice/window'
    return [
      ...when(isTooShort, place, FLAW.notice_too_short, parameters),
      ...when(shortened !== undefined, place, FLAW.notice_too_short_over_holidays, { ...parameters, ...shortened }),
      ...when(!isTooShort && isShorter(window, demand.customary), place, FLAW.notice_short, parameters),
      ...when(
        replyMost !== null && isLonger(policy.objection.reply, replyMost),
        '/policy/objection/reply',
        FLAW.reply_too_long,
        parameters,
      ),
    ]
  },
}

/**
 * The first day, from the end of the formal check until the cycle starts, on which the notice would end before the
 * mode's least time does: holidays shorten calendar days. On which day it will start is not known yet, and no source asks
 * for more where a length is fixed in calendar days, so this is advice. A year that is not loaded says nothing here.
 */
function shortenedByHolidays(
  round: Round,
  { least }: ModeRules['notice'],
  calendar: WorkCalendar,
): { readonly day: LegalDate; readonly end: LegalDate; readonly leastEnd: LegalDate } | undefined {
  const { window, excludeStartDay } = round.policy.notice
  if (window.basis === least.basis) return undefined
  const checked = resolvePeriod(calendar, lastDayForBids(round), round.policy.formalCheck)
  if (!checked.accepted) return undefined
  for (let day = checked.value.effectiveOn; compareDates(day, round.cycleStartsOn) < 0; day = addDays(day, 1)) {
    const startOn = excludeStartDay ? day : addDays(day, -1)
    const given = resolvePeriod(calendar, startOn, window)
    const wanted = resolvePeriod(calendar, startOn, least)
    if (!given.accepted || !wanted.accepted) return undefined
    const [end, leastEnd] = [given.value.effectiveOn, wanted.value.effectiveOn]
    if (compareDates(end, leastEnd) < 0) return { day, end, leastEnd }
  }
  return undefined
}
