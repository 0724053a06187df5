import { addDays, compareDates, type LegalDate } from '../../../kernel/days.ts'
import { resolvePeriod, type WorkCalendar } from '../../../kernel/workdays.ts'
import { noticeRulesOf, objectionRulesOf } from '../publicityDocument.ts'
import type { Round } from '../rules.ts'
import { defineFindings, type Finding, type Part, when } from './finding.ts'
import { inWords, isLonger, isShorter, MODES, type ModeRules } from './modes.ts'
import { lastDayForBids } from './timetable.ts'

const MINUTES_OF_A_DAY = 1_440

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
  redaction_contradictory: [
    'error',
    '代申报团体名称不能既省略又部分隐去;请在 notice.redactions 中只保留其一。',
    'The name of a filed group cannot be both left out and masked; keep one of the two in notice.redactions.',
  ],
  redaction_unlawful: [
    'error',
    '政府采购结果公告必须载明金额;请从 notice.redactions 中删去 amount_omitted。',
    'In procurement by law the announced result states the amount; take amount_omitted out of notice.redactions.',
  ],
  redaction_hides_amount: [
    'warning',
    '公示将不载明金额,公众无从核对;请确认是否确有必要。',
    'The notice will not tell amounts, so the public cannot check them; make sure that this is wanted.',
  ],
  notice_extension_never: [
    'error',
    '容许整天无法访问,公示期就永远不会顺延;请减少 toleranceMinutes,或关闭 extendWhenUnreachable。',
    'A tolerance of a whole day never extends a notice; lower toleranceMinutes or switch extendWhenUnreachable off.',
  ],
  probe_coarse: [
    'warning',
    '探测间隔({every} 分钟)长于容许中断时间({tolerance} 分钟),一次探测失败就会顺延公示期;请缩短探测间隔。',
    'Probes come every {every} minutes, an outage of {tolerance} is tolerated: one failed probe extends the notice; probe more often.',
  ],
  cooperation_outlasts_reply: [
    'error',
    '配合说明期限长于异议答复期限,无法在答复前认定不配合;请缩短 objection.cooperation。',
    'A statement is asked for longer than the answer may take, so nobody can fail to give it in time; shorten objection.cooperation.',
  ],
  appeal_beside_complaint: [
    'error',
    '依法采购的轮次以投诉救济,不能另设复核申请;请删去 objection.appeal。',
    'Procurement by law has the complaint; remove objection.appeal.',
  ],
  reviewer_is_host: [
    'error',
    '复核单位不能是主办单位自己;请在 objection.reviewerId 填写上级或监督单位。',
    'The host cannot review its own decisions; name the superior or supervising organization in objection.reviewerId.',
  ],
  awarded_appeal_without_appeal: [
    'error',
    '允许被取消立项的机构申请复核,但没有规定复核期限;请填写 objection.appeal,或删去 awardedMayAppeal。',
    'Whose award falls may appeal, but no time for an appeal is set; fill in objection.appeal or remove awardedMayAppeal.',
  ],
  appeal_without_reviewer: [
    'warning',
    '未指定复核单位,复核申请将由主办单位自己决定;建议填写 objection.reviewerId。',
    'No reviewer is named, so the host decides appeals against itself; name one in objection.reviewerId.',
  ],
  complaint_without_supervisor: [
    'warning',
    '未指定受理投诉的监督管理部门,系统将无法受理投诉;请填写 objection.reviewerId。',
    'No supervising organization is named, so complaints cannot be taken in; name it in objection.reviewerId.',
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
      ...redactionFlaws(round),
      ...reachabilityFlaws(round),
      ...remedyFlaws(round),
    ]
  },
}

function redactionFlaws({ policy, procurementMode }: Round): Finding[] {
  const { redactions } = noticeRulesOf(policy.notice)
  const isTwofold = redactions.includes('group_name_omitted') && redactions.includes('group_name_masked')
  const hidesAmount = redactions.includes('amount_omitted')
  const place = '/policy/notice/redactions'
  return [
    ...when(isTwofold, place, FLAW.redaction_contradictory),
    ...when(hidesAmount && procurementMode === 'gov_procurement', place, FLAW.redaction_unlawful),
    ...when(hidesAmount && procurementMode !== 'gov_procurement', place, FLAW.redaction_hides_amount),
  ]
}

function reachabilityFlaws({ policy }: Round): Finding[] {
  const { probeEveryMinutes: every, toleranceMinutes: tolerance, ...rules } = noticeRulesOf(policy.notice).reachability
  if (!rules.extendWhenUnreachable) return []
  const place = '/policy/notice/reachability'
  return tolerance >= MINUTES_OF_A_DAY
    ? when(true, `${place}/toleranceMinutes`, FLAW.notice_extension_never)
    : when(every > tolerance, `${place}/probeEveryMinutes`, FLAW.probe_coarse, { every, tolerance })
}

function remedyFlaws({ policy, hostId, procurementMode }: Round): Finding[] {
  const { appeal, awardedMayAppeal, reviewerId, cooperation, nonCooperation, reply } = objectionRulesOf(
    policy.objection,
  )
  const isStatutory = policy.statutory !== null
  const mustState = nonCooperation === 'counts_as_upheld'
  const place = '/policy/objection'
  return [
    ...when(mustState && isLonger(cooperation, reply), `${place}/cooperation`, FLAW.cooperation_outlasts_reply),
    ...when(isStatutory && appeal !== null, `${place}/appeal`, FLAW.appeal_beside_complaint),
    ...when(reviewerId === hostId, `${place}/reviewerId`, FLAW.reviewer_is_host),
    ...when(!isStatutory && appeal === null && awardedMayAppeal, place, FLAW.awarded_appeal_without_appeal),
    ...when(!isStatutory && appeal !== null && reviewerId === null, place, FLAW.appeal_without_reviewer),
    ...when(MODES[procurementMode].statutory !== null && reviewerId === null, place, FLAW.complaint_without_supervisor),
  ]
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
