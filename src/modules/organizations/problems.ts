import { defineProblem } from '../../kernel/problem.ts'

export const CreditCodeMissing = defineProblem({
  code: 'credit_code_missing',
  status: 422,
  title: { 'zh-CN': '缺少统一社会信用代码', en: 'The credit code is missing' },
  detail: {
    'zh-CN': '登记的组织必须填写统一社会信用代码;未登记的备案组织请用类型 filed_community_org。',
    en: 'A registered organization needs its unified social credit code; a filed, unregistered group has the type filed_community_org.',
  },
})
export const CreditCodeUnexpected = defineProblem({
  code: 'credit_code_unexpected',
  status: 422,
  title: { 'zh-CN': '备案组织没有统一社会信用代码', en: 'A filed group has no credit code' },
  detail: {
    'zh-CN': '备案的社区社会组织尚未登记,请去掉统一社会信用代码,或改用登记后的类型。',
    en: 'A filed community group is not registered: leave the credit code out, or use the type of its registration.',
  },
})
export const SponsorMissing = defineProblem({
  code: 'sponsor_missing',
  status: 422,
  title: { 'zh-CN': '缺少代申报组织', en: 'The sponsoring organization is missing' },
  detail: {
    'zh-CN': '备案组织须写明以其名义申报的登记组织(sponsorId)。',
    en: 'A filed group names the registered organization in whose name it applies (sponsorId).',
  },
})
export const SponsorUnknown = defineProblem({
  code: 'sponsor_unknown',
  status: 422,
  title: { 'zh-CN': '代申报组织不存在', en: 'There is no such sponsoring organization' },
  detail: { 'zh-CN': '没有编号为 {sponsorId} 的登记组织。', en: 'There is no registered organization {sponsorId}.' },
})
export const CreditCodeTaken = defineProblem({
  code: 'credit_code_taken',
  status: 409,
  title: { 'zh-CN': '该信用代码已登记', en: 'This credit code is already on record' },
  detail: {
    'zh-CN': '已有组织使用信用代码 {creditCode};请修改原有记录。',
    en: 'An organization with the credit code {creditCode} is on record; change that one instead.',
  },
})

export const AnnualCheckRepeated = defineProblem({
  code: 'annual_check_repeated',
  status: 422,
  title: { 'zh-CN': '同一年度有多条年检结果', en: 'A year has two annual checks' },
  detail: {
    'zh-CN': '每个年度只登记一条年检结果;重复的各项列在 errors 中,请保留一条。',
    en: 'A year has one annual check; what is repeated stands in errors, keep one of each.',
  },
})

export const ORGANIZATION_PROBLEMS = [
  CreditCodeMissing,
  CreditCodeUnexpected,
  SponsorMissing,
  SponsorUnknown,
  CreditCodeTaken,
  AnnualCheckRepeated,
]
