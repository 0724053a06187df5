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

export const GradePeriodInvalid = defineProblem({
  code: 'grade_period_invalid',
  status: 422,
  title: { 'zh-CN': '评估等级有效期无效', en: 'The period of the grade is not valid' },
  detail: {
    'zh-CN': '评估等级的起始日 (validFrom) 不能晚于终止日 (validTo)。',
    en: 'A grade cannot begin (validFrom) after it has ended (validTo).',
  },
})
export const StandingDayInvalid = defineProblem({
  code: 'standing_day_invalid',
  status: 422,
  title: { 'zh-CN': '日期不在允许范围内', en: 'The day is out of range' },
  detail: {
    'zh-CN': '{day} 不在 {from} 至 {to} 之间:列入和移出按已发生之日登记,禁入自当日或之后开始。',
    en: '{day} is not within {from} to {to}: listings and removals are recorded once they have happened, a ban starts today or later.',
  },
})
export const CreditListingExists = defineProblem({
  code: 'credit_listing_exists',
  status: 409,
  title: { 'zh-CN': '该列入记录已登记', en: 'This listing is on record' },
  detail: {
    'zh-CN': '该组织于 {listedOn} 的同类列入已有记录;请查看已有记录。',
    en: 'A listing of this kind on {listedOn} is on record for the organization; see that one.',
  },
})
export const CreditListingRemoved = defineProblem({
  code: 'credit_listing_removed',
  status: 409,
  title: { 'zh-CN': '该记录已移出', en: 'The listing has been removed' },
  detail: {
    'zh-CN': '该记录已于 {removedOn} 移出名录;再次列入请另行登记。',
    en: 'It was removed on {removedOn}; record a new listing if the organization was listed again.',
  },
})
export const BanNotInForce = defineProblem({
  code: 'ban_not_in_force',
  status: 409,
  title: { 'zh-CN': '禁入已结束或已解除', en: 'The ban is over or lifted' },
  detail: {
    'zh-CN': '只有尚未期满且未解除的禁入可以解除。',
    en: 'Only a ban whose last day is not over and that was not lifted can be lifted.',
  },
})

export const ORGANIZATION_PROBLEMS = [
  GradePeriodInvalid,
  StandingDayInvalid,
  CreditListingExists,
  CreditListingRemoved,
  BanNotInForce,
  CreditCodeMissing,
  CreditCodeUnexpected,
  SponsorMissing,
  SponsorUnknown,
  CreditCodeTaken,
  AnnualCheckRepeated,
]
