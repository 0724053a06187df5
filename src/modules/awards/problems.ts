import { defineProblem } from '../../kernel/problem.ts'

export const AwardNotInState = defineProblem({
  code: 'award_not_in_state',
  status: 409,
  title: { 'zh-CN': '立项建议当前状态不允许此操作', en: 'The award is not in a state for this' },
  detail: {
    'zh-CN': '该立项建议处于 {state} 状态,不能执行 {command};可执行的操作见资源的 actions。',
    en: 'The award is {state}, so {command} is not possible; see its actions for what is.',
  },
})
export const RankingMissing = defineProblem({
  code: 'ranking_missing',
  status: 409,
  title: { 'zh-CN': '评审排名尚未形成', en: 'There is no ranking yet' },
  detail: {
    'zh-CN': '请先完成评审并形成排名(POST /rounds/{roundId}/ranking),再拟定立项。',
    en: 'Complete the review and compute the ranking first (POST /rounds/{roundId}/ranking).',
  },
})
export const AwardsExist = defineProblem({
  code: 'awards_exist',
  status: 409,
  title: { 'zh-CN': '本轮次已拟定立项', en: 'The awards of this round are proposed already' },
  detail: {
    'zh-CN': '本轮次已有 {count} 项立项建议,不能重复拟定;可在 GET /awards 中查看。',
    en: 'The round has {count} awards already; they are proposed once. See GET /awards.',
  },
})
export const ApprovedAmountInvalid = defineProblem({
  code: 'approved_amount_invalid',
  status: 422,
  title: { 'zh-CN': '核定金额不符合规定', en: 'An approved amount is not possible' },
  detail: {
    'zh-CN':
      '核定金额不得高于申请金额和政策核定方式(如专家建议中位数)得出的金额,不得低于政策规定的下限,且只能针对已评分的申报;逐项见 errors。',
    en: 'An approved amount is at most what was asked and what the method of the policy gives, at least the policy floor, and only for a ranked bid; see errors.',
  },
})
export const BudgetSumDiffers = defineProblem({
  code: 'budget_sum_differs',
  status: 422,
  title: { 'zh-CN': '预算合计与核定金额不一致', en: 'The budget does not sum to the approved amount' },
  detail: {
    'zh-CN': '预算各项合计 {sum} 元,应等于核定金额 {approved} 元。',
    en: 'The budget lines sum to {sum} yuan; they must sum to the approved {approved} yuan.',
  },
})
export const RatioRuleBroken = defineProblem({
  code: 'ratio_rule_broken',
  status: 422,
  title: { 'zh-CN': '预算不符合政策规定', en: 'The budget breaks a rule of the policy' },
  detail: {
    'zh-CN': '按核定金额重新核算后,预算有 {count} 项不符合政策,逐项列在 errors 中;请调整后重新提交。',
    en: 'Reckoned anew on the approved amount, the budget breaks {count} rules, each listed in errors; change it and submit again.',
  },
})
export const NothingToApprove = defineProblem({
  code: 'nothing_to_approve',
  status: 409,
  title: { 'zh-CN': '没有可审定的立项', en: 'There is nothing to approve' },
  detail: {
    'zh-CN': '没有公示期已满且无未决异议的立项建议。',
    en: 'No award has passed its notice without an open objection.',
  },
})
export const NoticeStillOpen = defineProblem({
  code: 'notice_still_open',
  status: 409,
  title: { 'zh-CN': '公示期未满', en: 'The notice is still running' },
  detail: {
    'zh-CN': '公示至 {closesAt} 期满;会议日期 {heldOn} 须在期满之后。',
    en: 'The notice runs until {closesAt}; a meeting on {heldOn} is too early.',
  },
})
export const MeetingInFuture = defineProblem({
  code: 'meeting_in_future',
  status: 422,
  title: { 'zh-CN': '会议日期晚于今天', en: 'The meeting lies in the future' },
  detail: {
    'zh-CN': '会议日期 {heldOn} 晚于今天;请在会议召开之后登记。',
    en: 'The meeting day {heldOn} is after today; put the meeting on record once it was held.',
  },
})
export const MeetingBeforeProposals = defineProblem({
  code: 'meeting_before_proposals',
  status: 422,
  title: { 'zh-CN': '会议早于拟立项', en: 'The meeting was held before the proposals' },
  detail: {
    'zh-CN': '会议日期 {heldOn} 早于拟立项之日 {proposedOn};当时尚无可审议的立项建议。',
    en: 'A meeting on {heldOn} cannot have decided about awards that were proposed on {proposedOn}.',
  },
})
export const BidderBarred = defineProblem({
  code: 'bidder_barred',
  status: 409,
  title: { 'zh-CN': '机构当前不符合条件', en: 'A bidder is kept out by now' },
  detail: {
    'zh-CN':
      '有 {count} 个拟立项的机构当前被禁止申报、已注销、被列入名单或有逾期退款(见 errors)。请在会议中不予立项(rejections),或取消该拟立项(POST /awards/…/cancellation),由备选递补;记录有误的,请先更正记录。',
    en: 'Banned, deregistered, listed or in debt by now: the bidders of {count} awards, see errors. Have the meeting reject them (rejections), or cancel the award (POST /awards/…/cancellation), and the reserve steps in; where the record is wrong, correct that first.',
  },
})
export const AwardProjectWithdrawn = defineProblem({
  code: 'award_project_withdrawn',
  status: 409,
  title: { 'zh-CN': '拟立项的项目已撤回', en: 'The project of an award was withdrawn' },
  detail: {
    'zh-CN':
      '有 {count} 个拟立项的项目已由机构从项目清单撤回(见 errors),不能公示。请取消该拟立项(POST /awards/…/cancellation),由备选递补,或只公示其余各项(awardIds)。',
    en: 'The agencies have taken the projects of {count} awards off the list, see errors; these cannot be announced. Cancel the award (POST /awards/…/cancellation), and the reserve steps in, or announce the others alone (awardIds).',
  },
})
export const AwardBudgetNotDue = defineProblem({
  code: 'award_budget_not_due',
  status: 409,
  title: { 'zh-CN': '修订预算尚未到期', en: 'The revised budget is not due yet' },
  detail: {
    'zh-CN': '机构可在 {effectiveOn} 24:00 前提交修订预算;逾期未交视为放弃,无需取消。',
    en: 'The agency has until {effectiveOn} 24:00; silence then counts as declining, and nobody needs to cancel.',
  },
})

export const AdviceReasonMissing = defineProblem({
  code: 'advice_reason_missing',
  status: 422,
  title: { 'zh-CN': '与分配建议不一致而未说明理由', en: 'The awards depart from the advice without a reason' },
  detail: {
    'zh-CN': '拟立项结果与最近一次分配建议在 {count} 项申报上不一致;请在 adviceReason 中说明理由。',
    en: 'The awards differ from the latest advice for {count} bids; say why in adviceReason.',
  },
})

export const NothingToRetract = defineProblem({
  code: 'nothing_to_retract',
  status: 409,
  title: { 'zh-CN': '没有可收回的立项建议', en: 'There are no awards to take back' },
  detail: {
    'zh-CN': '本轮次没有待定的立项建议;如需更改评审,直接处理评审即可。',
    en: 'No award of the round stands; the review can be changed as it is.',
  },
})
export const AwardsConfirmed = defineProblem({
  code: 'awards_confirmed',
  status: 409,
  title: { 'zh-CN': '立项已审定', en: 'Awards are confirmed' },
  detail: {
    'zh-CN': '已有 {count} 项立项经会议审定,不能整体收回;请逐项处理(异议或终止协议)。',
    en: 'A meeting has confirmed {count} awards, so they are not taken back together; treat each by an objection or by ending its agreement.',
  },
})
export const AwardsOnNotice = defineProblem({
  code: 'awards_on_notice',
  status: 409,
  title: { 'zh-CN': '立项正在公示或被异议暂停', en: 'Awards are on notice or under objection' },
  detail: {
    'zh-CN':
      '有 {count} 项立项正在公示({noticeIds})或因异议暂停;请先答复异议并撤回公示(POST /notices/{noticeId}/withdrawal),再收回。',
    en: '{count} awards are on notice ({noticeIds}) or suspended by an objection: answer the objections and withdraw the notice first (POST /notices/{noticeId}/withdrawal).',
  },
})
export const MeetingWithoutQuorum = defineProblem({
  code: 'meeting_without_quorum',
  status: 422,
  title: { 'zh-CN': '到会人数不足', en: 'Too few attended the meeting' },
  detail: {
    'zh-CN': '到会 {attendees} 人,政策要求至少 {least} 人;请在 attendees 中填写到会人数,人数不足则另行开会。',
    en: '{attendees} attended, the policy asks for {least}: say in attendees how many did, or hold another meeting.',
  },
})
export const AwardNotBeforeMeeting = defineProblem({
  code: 'award_not_before_meeting',
  status: 422,
  title: { 'zh-CN': '所列立项不在本次会议审议范围', en: 'An award is not before this meeting' },
  detail: {
    'zh-CN': '不予审定的名单中有 {count} 项不在本次会议审议范围或重复;逐项见 errors。',
    en: '{count} of the rejected awards are not before this meeting, or named twice; see errors.',
  },
})
export const AwardNotDecided = defineProblem({
  code: 'award_not_decided',
  status: 409,
  title: { 'zh-CN': '立项尚未经会议审定', en: 'No meeting has decided about the award' },
  detail: {
    'zh-CN':
      '政策规定先审定后公示;有 {count} 项尚未经会议审定,请先登记会议(POST /rounds/{roundId}/decision-meetings)。',
    en: 'The policy wants a meeting before the notice, and none has decided about {count} awards: put it on record first (POST /rounds/{roundId}/decision-meetings).',
  },
})
export const AmountsMissing = defineProblem({
  code: 'amounts_missing',
  status: 422,
  title: { 'zh-CN': '核定金额不全', en: 'Amounts are missing' },
  detail: {
    'zh-CN': '按政策的核定方式,有 {count} 项达线申报没有金额;请在 amounts 中逐项给出,见 errors。',
    en: 'By the policy’s way of fixing amounts, {count} bids above the line have none: give each in amounts; see errors.',
  },
})
export const RoundChangedMeanwhile = defineProblem({
  code: 'round_changed_meanwhile',
  status: 409,
  title: { 'zh-CN': '计算期间轮次已变化', en: 'The round changed meanwhile' },
  detail: {
    'zh-CN': '计算期间排名、金额或资金池有变化,建议未予登记;请重新请求。',
    en: 'Ranking, amounts or pools changed while the advice was computed, so it was not kept; ask again.',
  },
})
export const NotTheMeetingsDecision = defineProblem({
  code: 'meeting_decides_after_notice',
  status: 409,
  title: { 'zh-CN': '本轮次由公示后的会议审定', en: 'A meeting after the notice confirms in this round' },
  detail: {
    'zh-CN': '本轮次政策规定公示后开会审定;请登记会议(POST /rounds/{roundId}/decision-meetings)。',
    en: 'By the policy a meeting after the notice confirms: put it on record (POST /rounds/{roundId}/decision-meetings).',
  },
})
export const NeedNotCarried = defineProblem({
  code: 'need_not_carried',
  status: 422,
  title: { 'zh-CN': '需求不能转入', en: 'A need cannot be carried over' },
  detail: {
    'zh-CN':
      '有 {count} 项需求不能转入:须属于已审定、已结束或已取消的来源轮次,且未获立项、未撤回、未转入其他轮次;逐项见 errors。',
    en: '{count} needs cannot be carried over: they belong to a decided, ended or cancelled round of the host, have no award, and are neither withdrawn nor carried already; see errors.',
  },
})

export const AWARD_PROBLEMS = [
  AdviceReasonMissing,
  AwardNotInState,
  RankingMissing,
  AwardsExist,
  ApprovedAmountInvalid,
  BudgetSumDiffers,
  RatioRuleBroken,
  NothingToApprove,
  NoticeStillOpen,
  AwardBudgetNotDue,
  BidderBarred,
  AwardProjectWithdrawn,
  MeetingInFuture,
  MeetingBeforeProposals,
  NothingToRetract,
  AwardsConfirmed,
  AwardsOnNotice,
  MeetingWithoutQuorum,
  AwardNotBeforeMeeting,
  AwardNotDecided,
  AmountsMissing,
  RoundChangedMeanwhile,
  NotTheMeetingsDecision,
  NeedNotCarried,
]
