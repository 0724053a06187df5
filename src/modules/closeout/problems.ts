import { defineProblem } from '../../kernel/problem.ts'

export const AuditInFuture = defineProblem({
  code: 'audit_in_future',
  status: 422,
  title: { 'zh-CN': '审计日期在将来', en: 'The audit lies in the future' },
  detail: {
    'zh-CN': '审计日期 {auditedOn} 晚于今天 {today};请在审计报告出具之后登记。',
    en: 'The audit of {auditedOn} is later than today, {today}; record it once the report is there.',
  },
})
export const AuditTooEarly = defineProblem({
  code: 'audit_too_early',
  status: 422,
  title: { 'zh-CN': '审计日期早于协议生效', en: 'The audit lies before the project' },
  detail: {
    'zh-CN': '审计日期 {auditedOn} 早于协议生效日 {effectiveOn};请核对审计报告的日期。',
    en: 'The audit of {auditedOn} is earlier than {effectiveOn}, when the agreement took effect; check the day of the report.',
  },
})
export const AuditorNotIndependent = defineProblem({
  code: 'auditor_not_independent',
  status: 422,
  title: { 'zh-CN': '审计方与项目执行方相同', en: 'The auditor runs the project' },
  detail: {
    'zh-CN': '项目执行机构不能审计自己的项目;请填写出具报告的会计师事务所。',
    en: 'The agency of a project cannot audit it; name the firm that made the report.',
  },
})
export const AuditorUnknown = defineProblem({
  code: 'auditor_unknown',
  status: 422,
  title: { 'zh-CN': '审计机构不存在', en: 'There is no such auditing organization' },
  detail: {
    'zh-CN': '没有编号为 {organizationId} 的组织;请先登记审计机构。',
    en: 'There is no organization {organizationId}; put the auditing firm on record first.',
  },
})
export const AuditCategoryUnknown = defineProblem({
  code: 'audit_category_unknown',
  status: 422,
  title: { 'zh-CN': '核减科目不在预算科目中', en: 'A disallowed category is not in the budget' },
  detail: {
    'zh-CN': '核减支出的科目须是本轮政策的预算科目或禁止科目;逐项问题见 errors。',
    en: "Disallowed amounts name budget or forbidden categories of the round's policy; see errors.",
  },
})
export const OwnMatchingMissing = defineProblem({
  code: 'own_matching_missing',
  status: 422,
  title: { 'zh-CN': '缺少实际自筹金额', en: 'The real own funds are missing' },
  detail: {
    'zh-CN': '本轮政策在结项时核查配套比例,请填写 ownMatching(实际投入的自筹资金)。',
    en: 'The policy enforces the matching share at the close; send ownMatching, the own funds really spent.',
  },
})
export const AuditAlreadyUsed = defineProblem({
  code: 'audit_already_used',
  status: 409,
  title: { 'zh-CN': '项目已结算', en: 'The project is settled already' },
  detail: {
    'zh-CN': '项目已按审计 {auditId} 结算,不能再登记审计。',
    en: 'The project was settled on the audit {auditId}; no other audit can be recorded.',
  },
})
export const ProjectNotAuditable = defineProblem({
  code: 'project_not_auditable',
  status: 409,
  title: { 'zh-CN': '项目不在可审计的阶段', en: 'The project is not at a stage to be audited' },
  detail: {
    'zh-CN': '状态为 {state} 的项目不能审计;协议生效后执行、结项或终止的项目才能审计。',
    en: 'A project in state {state} cannot be audited; it must be under way, closing or terminated.',
  },
})
export const SettlementExists = defineProblem({
  code: 'settlement_exists',
  status: 409,
  title: { 'zh-CN': '项目已结算', en: 'The project is settled already' },
  detail: {
    'zh-CN': '项目已有结算 {settlementId}。',
    en: 'The project has the settlement {settlementId}.',
  },
})
export const ProjectNotSettleable = defineProblem({
  code: 'project_not_settleable',
  status: 409,
  title: { 'zh-CN': '项目不在可结算的阶段', en: 'The project is not at a stage to be settled' },
  detail: {
    'zh-CN': '状态为 {state} 的项目不能结算;执行完毕并通过末期评估,或已终止的项目才能结算。',
    en: 'A project in state {state} cannot be settled; it must be finally evaluated or terminated.',
  },
})
export const FinalEvaluationMissing = defineProblem({
  code: 'final_evaluation_missing',
  status: 422,
  title: { 'zh-CN': '末期评估结果尚未公布', en: 'The final result is not published yet' },
  detail: {
    'zh-CN': '结算前须公布末期评估结果;请先完成并公布末期评估。',
    en: 'A settlement needs the published final evaluation; finish and publish it first.',
  },
})
export const AuditMissing = defineProblem({
  code: 'audit_missing',
  status: 422,
  title: { 'zh-CN': '缺少审计', en: 'The audit is missing' },
  detail: {
    'zh-CN': '结算前须登记审计核定的合格支出;请先登记审计。',
    en: 'A settlement needs the audited eligible expenses; record the audit first.',
  },
})
export const RoundNotSettled = defineProblem({
  code: 'round_not_settled',
  status: 409,
  title: { 'zh-CN': '本轮尚有项目未结算', en: 'Projects of the round are not settled yet' },
  detail: {
    'zh-CN': '本轮还有 {count} 个项目未结算,逐项见 errors;请先结算或终止。',
    en: '{count} project(s) of the round are not settled, see errors; settle or terminate them first.',
  },
})

export const CLOSEOUT_PROBLEMS = [
  AuditInFuture,
  AuditTooEarly,
  AuditorNotIndependent,
  AuditorUnknown,
  AuditCategoryUnknown,
  OwnMatchingMissing,
  AuditAlreadyUsed,
  ProjectNotAuditable,
  SettlementExists,
  ProjectNotSettleable,
  FinalEvaluationMissing,
  AuditMissing,
  RoundNotSettled,
]
