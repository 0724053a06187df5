import { defineProblem } from '../../kernel/problem.ts'

export const AwardNotConfirmed = defineProblem({
  code: 'award_not_confirmed',
  status: 409,
  title: { 'zh-CN': '项目尚未审定', en: 'The award is not confirmed' },
  detail: {
    'zh-CN': '该项目当前为 {state};公示期满并经会议审定(confirmed)后才能签订协议。',
    en: 'The award is {state}; an agreement follows once its notice has passed and the meeting has confirmed it.',
  },
})
export const AgreementExists = defineProblem({
  code: 'agreement_exists',
  status: 409,
  title: { 'zh-CN': '该项目已有资助协议', en: 'The award has its agreement already' },
  detail: {
    'zh-CN': '该项目已拟定资助协议,请在原协议上签署。',
    en: 'An agreement was drawn up for this award; sign that one.',
  },
})
export const AgreementPeriodInvalid = defineProblem({
  code: 'agreement_period_invalid',
  status: 422,
  title: { 'zh-CN': '实施期限不正确', en: 'The period is not possible' },
  detail: {
    'zh-CN': '开始日 {startsOn} 不得晚于结束日 {endsOn},中期节点 {midPointOn} 须在其间。',
    en: 'The start {startsOn} must not be after the end {endsOn}, and the mid-point {midPointOn} must lie between them.',
  },
})
export const AgreementNotInState = defineProblem({
  code: 'agreement_not_in_state',
  status: 409,
  title: { 'zh-CN': '协议当前状态不允许此操作', en: 'The agreement does not allow this now' },
  detail: {
    'zh-CN': '协议当前为 {state},不能执行 {command}。',
    en: 'The agreement is {state}, so {command} is not possible.',
  },
})
export const PartyNotExpected = defineProblem({
  code: 'party_not_expected',
  status: 409,
  title: { 'zh-CN': '该方不是协议签署方', en: 'This party does not sign the agreement' },
  detail: {
    'zh-CN': '协议的签署方为 {parties},不包括 {party}。',
    en: 'The agreement is between {parties}; {party} is not one of them.',
  },
})
export const PartyHasSigned = defineProblem({
  code: 'party_has_signed',
  status: 409,
  title: { 'zh-CN': '该方已签署', en: 'This party has signed already' },
  detail: {
    'zh-CN': '{party} 已于 {signedOn} 签署。',
    en: '{party} signed on {signedOn}.',
  },
})
export const SignatureDayInvalid = defineProblem({
  code: 'signature_day_invalid',
  status: 422,
  title: { 'zh-CN': '签署日期不正确', en: 'The day of the signature is not possible' },
  detail: {
    'zh-CN': '签署日期 {signedOn} 须在审定会议日 {confirmedOn} 与今天 {today} 之间。',
    en: 'The day {signedOn} is not between {confirmedOn}, when the meeting confirmed the award, and today, {today}.',
  },
})

export const RemedyOpen = defineProblem({
  code: 'remedy_open',
  status: 409,
  title: { 'zh-CN': '异议或质疑尚未办结', en: 'An objection to the award is open' },
  detail: {
    'zh-CN': '针对该项目的异议、质疑、复核或投诉 {objectionId} 尚未办结,办结前不得签订协议。',
    en: 'The objection, query, appeal or complaint {objectionId} against the award is open; sign once it is decided.',
  },
})
export const QueryWindowOpen = defineProblem({
  code: 'query_window_open',
  status: 409,
  title: { 'zh-CN': '质疑期未满', en: 'Queries may still be filed' },
  detail: {
    'zh-CN': '依法采购的项目在 {closesAt} 前仍可提出质疑,期满后方可签订协议。',
    en: 'In procurement by law queries may be filed until {closesAt}; sign after that.',
  },
})

export const AGREEMENT_PROBLEMS = [
  RemedyOpen,
  QueryWindowOpen,
  AwardNotConfirmed,
  AgreementExists,
  AgreementPeriodInvalid,
  AgreementNotInState,
  PartyNotExpected,
  PartyHasSigned,
  SignatureDayInvalid,
]
