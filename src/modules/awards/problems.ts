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
    'zh-CN': '核定金额不得高于申请金额,不得低于政策规定的下限,且只能针对已评分的申报;逐项见 errors。',
    en: 'An approved amount is at most what was asked, at least the policy floor, and only for a ranked bid; see errors.',
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

export const AdviceReasonMissing = defineProblem({
  code: 'advice_reason_missing',
  status: 422,
  title: { 'zh-CN': '与分配建议不一致而未说明理由', en: 'The awards depart from the advice without a reason' },
  detail: {
    'zh-CN': '拟立项结果与最近一次分配建议在 {count} 项申报上不一致;请在 adviceReason 中说明理由。',
    en: 'The awards differ from the latest advice for {count} bids; say why in adviceReason.',
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
  MeetingInFuture,
]
