import { defineProblem } from '../../kernel/problem.ts'

export const ProviderOrganizationUnfit = defineProblem({
  code: 'provider_organization_unfit',
  status: 422,
  title: { 'zh-CN': '资源供给方与组织不符', en: 'The organization does not fit the provider' },
  detail: {
    'zh-CN': '个人供给方不填 organizationId;组织供给方填写的 organizationId 须是已登记的组织。',
    en: 'A person has no organizationId; that of an organization must be on record here.',
  },
})
export const ProviderTaken = defineProblem({
  code: 'provider_taken',
  status: 409,
  title: { 'zh-CN': '该组织已是资源供给方', en: 'This organization is a provider already' },
  detail: {
    'zh-CN': '本主办单位的资源清单中已有该组织,请直接为其登记资源。',
    en: 'The host has this organization as a provider; put its offers under that one.',
  },
})
export const OfferUnmeasured = defineProblem({
  code: 'offer_unmeasured',
  status: 422,
  title: { 'zh-CN': '资源没有数量或金额', en: 'The offer has no measure' },
  detail: {
    'zh-CN': '资金(money)只填 amount;物资、场地、志愿者和服务填 quantity 和 unit,可另填折价 amount。',
    en: 'Money takes an amount alone; goods, venues, volunteers and services take quantity and unit, and may name their worth as amount.',
  },
})
export const OfferNotInState = defineProblem({
  code: 'offer_not_in_state',
  status: 409,
  title: { 'zh-CN': '资源当前状态不允许此操作', en: 'The state of the offer does not allow this' },
  detail: {
    'zh-CN': '资源处于 {state} 状态,不能执行 {command};请选择其他资源。',
    en: 'An offer that is {state} does not take {command}; choose another offer.',
  },
})
export const ProviderIsUndertaker = defineProblem({
  code: 'provider_is_undertaker',
  status: 422,
  title: { 'zh-CN': '供给方与承接方不能相同', en: 'Provider and undertaker are the same' },
  detail: {
    'zh-CN': '资源清单是"供给方 + 承接方"的对接;请选择另一个服务承接方。',
    en: 'A match brings a provider and another organization together; choose another undertaker.',
  },
})
export const UndertakerUnknown = defineProblem({
  code: 'undertaker_unknown',
  status: 422,
  title: { 'zh-CN': '服务承接方不存在', en: 'There is no such undertaker' },
  detail: { 'zh-CN': '没有编号为 {undertakerId} 的组织。', en: 'There is no organization {undertakerId}.' },
})
export const ProjectNotMatchable = defineProblem({
  code: 'project_not_matchable',
  status: 422,
  title: { 'zh-CN': '该项目不能对接资源', en: 'The project takes no resources' },
  detail: {
    'zh-CN': '{projectId} 不在同一主办单位的项目清单上,或已撤回、已结束。',
    en: '{projectId} is not on the project list of the same host, or it is withdrawn or over.',
  },
})
export const MatchExists = defineProblem({
  code: 'match_exists',
  status: 409,
  title: { 'zh-CN': '该对接已存在', en: 'This match exists' },
  detail: {
    'zh-CN': '这项资源与该项目、该承接方的对接已提出或已确认。',
    en: 'A match of this offer with this project and undertaker is proposed or confirmed already.',
  },
})
export const MatchNotInState = defineProblem({
  code: 'match_not_in_state',
  status: 409,
  title: { 'zh-CN': '对接当前状态不允许此操作', en: 'The state of the match does not allow this' },
  detail: {
    'zh-CN': '对接处于 {state} 状态,不能执行 {command};可执行的操作见 actions。',
    en: 'A match that is {state} does not take {command}; its `actions` name what it takes.',
  },
})

export const RESOURCE_PROBLEMS = [
  ProviderOrganizationUnfit,
  ProviderTaken,
  OfferUnmeasured,
  OfferNotInState,
  ProviderIsUndertaker,
  UndertakerUnknown,
  ProjectNotMatchable,
  MatchExists,
  MatchNotInState,
]
