import { defineProblem } from '../../kernel/problem.ts'

export const ReportNotDue = defineProblem({
  code: 'report_not_due',
  status: 409,
  title: { 'zh-CN': '该项目不需要提交此报告', en: 'The project owes no such report' },
  detail: {
    'zh-CN': '该项目没有待提交的 {kind} 报告;请先查看 /v1/report-duties 中的报告任务。',
    en: 'The project owes no {kind} report (of this month); look at its duties under /v1/report-duties.',
  },
})
export const ReportClosed = defineProblem({
  code: 'report_closed',
  status: 409,
  title: { 'zh-CN': '报告已提交且期限已过', en: 'The report was handed in and its day has passed' },
  detail: {
    'zh-CN': '该报告已按期提交,期限 {dueOn} 已过,不能再替换。',
    en: 'The report was handed in on time; after {dueOn} it can no longer be replaced.',
  },
})
export const ReportDutyNotInState = defineProblem({
  code: 'report_duty_not_in_state',
  status: 409,
  title: { 'zh-CN': '报告任务当前状态不允许此操作', en: 'The duty does not allow this now' },
  detail: {
    'zh-CN': '报告任务当前为 {state},不能执行 {command}。',
    en: 'The duty is {state}, so {command} is not possible.',
  },
})
export const ProjectNotUnderWay = defineProblem({
  code: 'project_not_under_way',
  status: 409,
  title: { 'zh-CN': '项目不在实施期', en: 'The project is not under way' },
  detail: {
    'zh-CN': '项目当前为 {state};只有实施中、暂停或结项中的项目可以提交报告。',
    en: 'The project is {state}; reports are taken while it is active, suspended or closing.',
  },
})
export const IndicatorUnknown = defineProblem({
  code: 'indicator_unknown',
  status: 422,
  title: { 'zh-CN': '指标与项目不符', en: 'An indicator does not fit the project' },
  detail: {
    'zh-CN': '请只填写本项目的指标,每项一次;金额类指标填 amount,其他填 value。详见 errors。',
    en: 'Report indicators of this project, each once: money as amount, everything else as value. See errors.',
  },
})
export const SatisfactionImpossible = defineProblem({
  code: 'satisfaction_impossible',
  status: 422,
  title: { 'zh-CN': '满意度数据不合理', en: 'The satisfaction count is not possible' },
  detail: {
    'zh-CN': '满意份数 {satisfied} 超过有效份数 {validAnswers};请核对问卷统计。',
    en: '{satisfied} satisfied of {validAnswers} valid answers is not possible; check the count.',
  },
})

export const DELIVERY_PROBLEMS = [
  ReportNotDue,
  ReportClosed,
  ReportDutyNotInState,
  ProjectNotUnderWay,
  IndicatorUnknown,
  SatisfactionImpossible,
]
