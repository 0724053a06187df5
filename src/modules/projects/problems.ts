import { defineProblem } from '../../kernel/problem.ts'

export const ProjectNotInState = defineProblem({
  code: 'project_not_in_state',
  status: 409,
  title: { 'zh-CN': '项目当前状态不允许此操作', en: 'The state of the project does not allow this' },
  detail: {
    'zh-CN': '项目处于 {state} 状态,不能执行 {command};可执行的操作见 actions。',
    en: 'A project that is {state} does not take {command}; its `actions` name what it takes.',
  },
})
export const ProjectNeedNotPublished = defineProblem({
  code: 'project_need_not_published',
  status: 422,
  title: { 'zh-CN': '项目须回应已发布的需求', en: 'A project answers published needs' },
  detail: {
    'zh-CN': 'errors 中的需求不在需求清单上;请只选择已发布(published)的需求。',
    en: 'The needs named in `errors` are not on the needs list; choose needs that are published.',
  },
})
export const ProjectNeedsOfSeveralHosts = defineProblem({
  code: 'project_needs_of_several_hosts',
  status: 422,
  title: { 'zh-CN': '需求属于不同的主办单位', en: 'The needs belong to several hosts' },
  detail: {
    'zh-CN': '一个项目的需求须属于同一主办单位;请为每个主办单位另建项目。',
    en: 'All needs of a project belong to one host; make a project of its own for each host.',
  },
})
export const ProjectDatesReversed = defineProblem({
  code: 'project_dates_reversed',
  status: 422,
  title: { 'zh-CN': '项目结束日早于开始日', en: 'The project ends before it starts' },
  detail: {
    'zh-CN': '结束日 {endsOn} 早于开始日 {startsOn},请更正。',
    en: 'It would start on {startsOn} and end on {endsOn}; mend the dates.',
  },
})
export const SponsoredGroupUnknown = defineProblem({
  code: 'sponsored_group_unknown',
  status: 422,
  title: { 'zh-CN': '不能为该组织代申报', en: 'The agency does not sponsor this group' },
  detail: {
    'zh-CN': '{sponsoredGroupId} 不是由本机构代申报的备案社区社会组织。',
    en: '{sponsoredGroupId} is no filed community group whose sponsor this agency is.',
  },
})
export const IndicatorTargetUnfit = defineProblem({
  code: 'indicator_target_unfit',
  status: 422,
  title: { 'zh-CN': '指标目标值与类型不符', en: 'The target does not fit the indicator' },
  detail: {
    'zh-CN': '指标"{name}":金额类(money)填 targetAmount,其他类填 target;没有数值的填 targetText。',
    en: 'Indicator "{name}": money takes targetAmount, the other kinds take target; without a number give targetText.',
  },
})

export const PROJECT_PROBLEMS = [
  ProjectNotInState,
  ProjectNeedNotPublished,
  ProjectNeedsOfSeveralHosts,
  ProjectDatesReversed,
  SponsoredGroupUnknown,
  IndicatorTargetUnfit,
]
