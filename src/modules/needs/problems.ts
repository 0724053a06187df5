import { defineProblem } from '../../kernel/problem.ts'

export const NeedNotInState = defineProblem({
  code: 'need_not_in_state',
  status: 409,
  title: { 'zh-CN': '需求当前状态不允许此操作', en: 'The state of the need does not allow this' },
  detail: {
    'zh-CN': '需求处于 {state} 状态,不能执行 {command};可执行的操作见 actions。',
    en: 'A need that is {state} does not take {command}; its `actions` name what it takes.',
  },
})
export const NeedCodeTaken = defineProblem({
  code: 'need_code_taken',
  status: 409,
  title: { 'zh-CN': '需求编号已被使用', en: 'This code is taken' },
  detail: {
    'zh-CN': '本主办单位已有编号为 {code} 的需求,请换一个编号。',
    en: 'The host has another need with the code {code}; choose another code.',
  },
})
export const NeedDivisionUnknown = defineProblem({
  code: 'need_division_unknown',
  status: 422,
  title: { 'zh-CN': '区划代码不存在', en: 'There is no such division' },
  detail: {
    'zh-CN': '没有区划代码 {divisionCode};请先登记该村、社区或乡镇。',
    en: 'There is no division {divisionCode}; put the village, community or town on record first.',
  },
})

export const NeedDivisionTooWide = defineProblem({
  code: 'need_division_too_wide',
  status: 422,
  title: { 'zh-CN': '需求须落到村、社区或乡镇', en: 'A need belongs to a village, community or town' },
  detail: {
    'zh-CN': '区划代码 {divisionCode} 的级别是 {level};请填写提出需求的村、社区或乡镇的代码。',
    en: 'The division {divisionCode} is a {level}; name the village, community or town that has the need.',
  },
})
export const NeedBudgetZero = defineProblem({
  code: 'need_budget_zero',
  status: 422,
  title: { 'zh-CN': '参考预算为零', en: 'The reference budget is zero' },
  detail: {
    'zh-CN': '参考预算须大于 0.00 元,供机构据此设计项目。',
    en: 'The reference budget must be above 0.00 yuan: agencies design their projects by it.',
  },
})

export const NEED_PROBLEMS = [NeedNotInState, NeedCodeTaken, NeedDivisionUnknown, NeedDivisionTooWide, NeedBudgetZero]
