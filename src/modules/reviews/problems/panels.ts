import { defineProblem } from '../../../kernel/problem.ts'

export const ExpertCodeTaken = defineProblem({
  code: 'expert_code_taken',
  status: 409,
  title: { 'zh-CN': '专家代码已被使用', en: 'The expert code is taken' },
  detail: {
    'zh-CN': '已有代码为 {code} 的专家;请修改原有记录或换一个代码。',
    en: 'There is an expert with the code {code}; change that record or choose another code.',
  },
})

export const ExpertRelationsInvalid = defineProblem({
  code: 'expert_relations_invalid',
  status: 422,
  title: { 'zh-CN': '专家的任职或利害关系填写有误', en: 'The relations of the expert are not possible' },
  detail: {
    'zh-CN':
      '任职经历和利害关系有 {count} 处问题,逐项见 errors:机构须已登记,离职日期不得早于入职日期。这些记录决定回避,填错会使应回避的专家参加评审。',
    en: 'Employments and conflicts have {count} flaws, see errors: organizations are on record, and nobody leaves before starting. They decide who steps aside, so a mistake would let the wrong expert judge.',
  },
})

export const PanelMembersInvalid = defineProblem({
  code: 'panel_members_invalid',
  status: 422,
  title: { 'zh-CN': '评审专家名单不符合规定', en: 'The members of the panel are not possible' },
  detail: {
    'zh-CN':
      '评审专家名单有 {count} 处问题,逐项见 errors:正式成员不得超过 {size} 人,连同候补不得少于 {size} 人,每位专家只列一次,且须为本主办单位登记的专家。',
    en: 'The list of members has {count} flaws, see errors: at most {size} regular members, with alternates at least {size} experts, each expert once, all on record with this host.',
  },
})

export const PanelExists = defineProblem({
  code: 'panel_exists',
  status: 409,
  title: { 'zh-CN': '本轮次已组成评审专家组', en: 'The round has its panel already' },
  detail: {
    'zh-CN': '每个轮次只有一个评审专家组;如需增补,请登记候补专家(POST /review-panels/{panelId}/alternates)。',
    en: 'A round has one panel; add to it with POST /review-panels/{panelId}/alternates.',
  },
})

export const FormalCheckUnfinished = defineProblem({
  code: 'formal_check_unfinished',
  status: 409,
  title: { 'zh-CN': '资格审查尚未完成', en: 'The formal check is not finished' },
  detail: {
    'zh-CN': '仍有 {count} 份申报未完成资格审查或补正,逐项见 errors;完成后再组成评审专家组。',
    en: '{count} bids still wait for their formal check or correction, see errors; convene the panel after that.',
  },
})

export const ReviewDayInvalid = defineProblem({
  code: 'review_day_invalid',
  status: 422,
  title: { 'zh-CN': '评审日期无效', en: 'The day of the review is not possible' },
  detail: {
    'zh-CN': '评审日 {reviewOn} 须在开标日 {earliest} 与项目周期结束日 {latest} 之间;回避年限由该日起算。',
    en: 'The review takes place between the opening on {earliest} and the end of the project cycle on {latest}, not on {reviewOn}; recusal looks back from that day.',
  },
})

export const PanelMissing = defineProblem({
  code: 'panel_missing',
  status: 409,
  title: { 'zh-CN': '本轮次尚未组成评审专家组', en: 'The round has no panel yet' },
  detail: {
    'zh-CN': '请先组成评审专家组(POST /review-panels)。',
    en: 'Convene the panel first (POST /review-panels).',
  },
})

export const RecusalTooLate = defineProblem({
  code: 'recusal_too_late',
  status: 409,
  title: { 'zh-CN': '已拟定立项,不能直接登记回避', en: 'Too late for a recusal' },
  detail: {
    'zh-CN':
      '申报 {bidId} 已处于 {state} 状态。请先撤回公示(如已公示)和拟立项(POST /rounds/{roundId}/award-retraction),再登记回避;会议已确认的,请通过异议程序处理。',
    en: 'The bid {bidId} is {state} already. Withdraw the notice if there is one, take the awards back (POST /rounds/{roundId}/award-retraction), then state the recusal; where a meeting has confirmed, the way is an objection.',
  },
})
export const NotOnPanel = defineProblem({
  code: 'not_on_panel',
  status: 422,
  title: { 'zh-CN': '该专家不评审此申报', en: 'The expert does not judge this bid' },
  detail: {
    'zh-CN': '专家 {expertId} 未被安排评审申报 {bidId},无需登记回避。',
    en: 'The expert {expertId} has no seat for {bidId}, so there is nothing to step aside from.',
  },
})

export const RecusalRequestNotInState = defineProblem({
  code: 'recusal_request_not_in_state',
  status: 409,
  title: { 'zh-CN': '回避申请已决定', en: 'The request is decided' },
  detail: {
    'zh-CN': '回避申请处于 {state} 状态,不能再次决定。',
    en: 'The request is {state} and is not decided again.',
  },
})
