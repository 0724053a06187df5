import { defineProblem } from '../../kernel/problem.ts'

export const RoundNotInState = defineProblem({
  code: 'round_not_in_state',
  status: 409,
  title: { 'zh-CN': '轮次当前状态不允许此操作', en: 'The round is not in a state for this' },
  detail: {
    'zh-CN': '轮次处于 {state} 状态,不能执行 {command};可执行的操作见资源的 actions。',
    en: 'The round is {state}, so {command} is not possible; see its actions for what is.',
  },
})
export const RoundCodeTaken = defineProblem({
  code: 'round_code_taken',
  status: 409,
  title: { 'zh-CN': '轮次编号已被使用', en: 'The round code is taken' },
  detail: {
    'zh-CN': '主办单位已有编号为 {code} 的轮次;请换一个编号。',
    en: 'The host already has a round with the code {code}; choose another one.',
  },
})
export const RoundNeedUnknown = defineProblem({
  code: 'round_need_unknown',
  status: 422,
  title: { 'zh-CN': '需求不存在', en: 'There is no such need' },
  detail: {
    'zh-CN': '主办单位没有编号为 {needId} 的需求。',
    en: 'The host has no need {needId}.',
  },
})
export const OperatorUnknown = defineProblem({
  code: 'operator_unknown',
  status: 422,
  title: { 'zh-CN': '承办单位不存在', en: 'There is no such operator' },
  detail: {
    'zh-CN': '没有编号为 {operatorId} 的组织;请先登记承办单位。',
    en: 'There is no organization {operatorId}; put the operator on record first.',
  },
})
export const RoundNotPublishable = defineProblem({
  code: 'round_not_publishable',
  status: 422,
  title: { 'zh-CN': '轮次尚不能发布', en: 'The round cannot be published yet' },
  detail: {
    'zh-CN': '发布检查发现 {count} 处问题,逐项列在 errors 中;请修改草稿后重试。',
    en: 'The check before publication found {count} flaws, each listed in errors; mend the draft and try again.',
  },
})
export const AmendmentTooLate = defineProblem({
  code: 'amendment_too_late',
  status: 409,
  title: { 'zh-CN': '申报已截止,不能再修改公告', en: 'Bids have closed: the call cannot be amended' },
  detail: {
    'zh-CN': '申报已于 {closesAt} 截止;此后规则不再改变。如规则有误,请撤销轮次后重新发布。',
    en: 'Bids closed at {closesAt} and the rules stay as they are from then on; if they are wrong, cancel the round and call again.',
  },
})
export const AmendmentFrozen = defineProblem({
  code: 'amendment_frozen',
  status: 422,
  title: { 'zh-CN': '有的内容发布后不能修改', en: 'Something that stays as it was published' },
  detail: {
    'zh-CN':
      '有 {count} 处内容在发布后不能修改,逐项列在 errors 中:封标规则已固定,资金池只能增加,申报开始后不能改变开始时间。',
    en: 'What cannot be amended is listed in errors ({count}): the sealing stays, pools only grow, and the opening time is past.',
  },
})
export const AmendmentEmpty = defineProblem({
  code: 'amendment_empty',
  status: 422,
  title: { 'zh-CN': '修改公告没有任何变化', en: 'The amendment changes nothing' },
  detail: {
    'zh-CN': '所填内容与现行版本 {version} 相同;请写明要修改的内容。',
    en: 'All that is given equals the present version {version}; say what shall change.',
  },
})
export const AmendmentTooSudden = defineProblem({
  code: 'amendment_too_sudden',
  status: 422,
  title: { 'zh-CN': '修改后剩余的申报时间太短', en: 'Too little time for bids after the amendment' },
  detail: {
    'zh-CN': '修改公告后至少须留 {days} 天申报时间;请把 timetable.closesAt 推迟到 {earliest} 或以后。',
    en: 'Bidders need {days} days after an amendment; move timetable.closesAt to {earliest} or later.',
  },
})
export const AmendmentConfirmByUnfit = defineProblem({
  code: 'amendment_confirm_by_unfit',
  status: 422,
  title: { 'zh-CN': '重新确认的期限不合适', en: 'The time for confirming does not fit' },
  detail: {
    'zh-CN': 'confirmBy 只能在 confirmation 为 required 时填写,并须晚于现在、不晚于申报截止时间 {closesAt}。',
    en: 'confirmBy goes with the confirmation required, lies in the future and not after the closing at {closesAt}.',
  },
})
export const AmendmentFlawed = defineProblem({
  code: 'amendment_flawed',
  status: 422,
  title: { 'zh-CN': '修改会使轮次自相矛盾', en: 'The amendment would make the round contradict itself' },
  detail: {
    'zh-CN': '检查发现修改后新增 {count} 处问题,逐项列在 errors 中;请更正后重试。',
    en: 'The check found {count} new flaws in the amended round, each listed in errors; mend them and try again.',
  },
})
export const PoolSizeZero = defineProblem({
  code: 'pool_size_zero',
  status: 422,
  title: { 'zh-CN': '资金池金额为零', en: 'A pool holds no money' },
  detail: {
    'zh-CN': '有 {count} 个资金池的金额为 0.00 元,逐项列在 errors 中;请填写金额,或删去该资金池。',
    en: '{count} pools are of 0.00 yuan, each listed in errors; give them an amount or leave them out.',
  },
})
export const PoolExhausted = defineProblem({
  code: 'pool_exhausted',
  status: 422,
  title: { 'zh-CN': '资金池余额不足', en: 'The pools do not hold enough' },
  detail: {
    'zh-CN': '可用于该需求的资金池余额为 {available} 元,不足 {wanted} 元。',
    en: 'The pools open to this need hold {available} yuan, less than the {wanted} yuan wanted.',
  },
})

export const ROUND_PROBLEMS = [
  RoundNotInState,
  RoundCodeTaken,
  RoundNeedUnknown,
  OperatorUnknown,
  RoundNotPublishable,
  AmendmentTooLate,
  AmendmentFrozen,
  AmendmentEmpty,
  AmendmentTooSudden,
  AmendmentConfirmByUnfit,
  AmendmentFlawed,
  PoolSizeZero,
  PoolExhausted,
]
