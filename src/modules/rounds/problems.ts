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
  PoolSizeZero,
  PoolExhausted,
]
