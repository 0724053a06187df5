import { defineProblem } from '../../kernel/problem.ts'

export const EvaluationNotInState = defineProblem({
  code: 'evaluation_not_in_state',
  status: 409,
  title: { 'zh-CN': '评估当前状态不允许此操作', en: 'The evaluation is not in a state for this' },
  detail: {
    'zh-CN': '状态为 {state} 的评估不能执行 {command};请按 actions 中列出的操作进行。',
    en: 'An evaluation in state {state} cannot {command}; do one of its actions instead.',
  },
})
export const EvaluationExists = defineProblem({
  code: 'evaluation_exists',
  status: 409,
  title: { 'zh-CN': '该项目已有此类评估', en: 'The project has such an evaluation already' },
  detail: {
    'zh-CN': '项目已有 {kind} 评估 {evaluationId};中期不合格须先整改,再以 rectificationId 安排复评。',
    en: 'The project has the {kind} evaluation {evaluationId}. After a failed mid-term one comes a rectification, then a re-evaluation that names its rectificationId.',
  },
})
export const ProjectNotEvaluable = defineProblem({
  code: 'project_not_evaluable',
  status: 409,
  title: { 'zh-CN': '项目不在可评估的阶段', en: 'The project is not at a stage to be evaluated' },
  detail: {
    'zh-CN': '状态为 {state} 的项目不能安排 {kind} 评估;协议生效后的执行期项目才能评估。',
    en: 'A project in state {state} gets no {kind} evaluation; it must be under way with an effective agreement.',
  },
})
export const MidTermUnsettled = defineProblem({
  code: 'mid_term_unsettled',
  status: 409,
  title: { 'zh-CN': '中期评估尚未通过', en: 'The mid-term evaluation is not passed yet' },
  detail: {
    'zh-CN': '中期评估状态为 {standing},尚未公布合格结果;请先完成中期评估或整改复评,再安排末期评估。',
    en: 'The mid-term evaluation stands at: {standing}. Publish a pass, if need be after a rectification, before the final one.',
  },
})
export const RectificationMismatch = defineProblem({
  code: 'rectification_mismatch',
  status: 422,
  title: { 'zh-CN': '整改与评估不对应', en: 'The rectification does not fit the evaluation' },
  detail: {
    'zh-CN': '只有中期复评可以引用整改,且须是本项目的整改;请核对 {rectificationId}。',
    en: 'Only a mid-term re-evaluation names a rectification, and one of the same project; check {rectificationId}.',
  },
})
export const RectificationNotInState = defineProblem({
  code: 'rectification_not_in_state',
  status: 409,
  title: { 'zh-CN': '整改当前状态不允许此操作', en: 'The rectification is not in a state for this' },
  detail: {
    'zh-CN': '状态为 {state} 的整改不能执行 {command};提交整改报告后才能复评。',
    en: 'A rectification in state {state} cannot {command}; it is re-evaluated once its report was handed in.',
  },
})
export const EvaluatorNotIndependent = defineProblem({
  code: 'evaluator_not_independent',
  status: 422,
  title: { 'zh-CN': '评估方与项目执行方相同', en: 'The evaluator runs the project' },
  detail: {
    'zh-CN': '项目执行机构不能评估自己的项目;请由其他机构评估。',
    en: 'The agency of a project cannot evaluate it; another organization must.',
  },
})
export const SelfReportMissing = defineProblem({
  code: 'self_report_missing',
  status: 422,
  title: { 'zh-CN': '尚未收到自评报告', en: 'There is no self-assessment yet' },
  detail: {
    'zh-CN': '机构尚未提交自评(结项)报告;请先由机构提交,或在逾期后记为未提交。',
    en: 'The agency has not handed in its report; wait for it, or record it as missing once it is overdue.',
  },
})
export const SelfReportNotOverdue = defineProblem({
  code: 'self_report_not_overdue',
  status: 422,
  title: { 'zh-CN': '自评报告并未逾期', en: 'The self-assessment is not overdue' },
  detail: {
    'zh-CN': '自评报告按时提交或尚未到期,不能记为未提交;请照常考察、打分。',
    en: 'The report came in time or is not due yet, so it cannot be recorded as missing; visit and score as usual.',
  },
})
export const MissingReportTolerated = defineProblem({
  code: 'missing_report_tolerated',
  status: 422,
  title: { 'zh-CN': '本轮政策不因缺少材料判不合格', en: 'The policy of the round does not fail for missing material' },
  detail: {
    'zh-CN': '只有中期评估、且政策 mid.missingIsFail 为 true 时,缺少材料才直接判为不合格;请照常打分。',
    en: 'Missing material fails only mid-term evaluations of rounds with mid.missingIsFail; score as usual.',
  },
})
export const SiteVisitIncomplete = defineProblem({
  code: 'site_visit_incomplete',
  status: 422,
  title: { 'zh-CN': '实地考察记录不完整', en: 'The site visit is not complete' },
  detail: {
    'zh-CN': '考察须采用四种方法(听取介绍、查阅资料、实地考察、成果评估),还缺:{missing}。',
    en: 'A site visit uses all four methods (presentation, document_review, field_inspection, outcome_assessment); missing: {missing}.',
  },
})
export const SiteVisitInFuture = defineProblem({
  code: 'site_visit_in_future',
  status: 422,
  title: { 'zh-CN': '考察日期在将来', en: 'The site visit lies in the future' },
  detail: {
    'zh-CN': '考察日期 {visitedOn} 晚于今天 {today};请在考察之后登记。',
    en: 'The visit of {visitedOn} is later than today, {today}; record it once it took place.',
  },
})
export const SiteVisitTooEarly = defineProblem({
  code: 'site_visit_too_early',
  status: 422,
  title: { 'zh-CN': '考察日期早于协议生效', en: 'The site visit lies before the project' },
  detail: {
    'zh-CN': '考察日期 {visitedOn} 早于协议生效日 {effectiveOn};请核对考察日期。',
    en: 'The visit of {visitedOn} is earlier than {effectiveOn}, when the agreement took effect; check the day.',
  },
})
export const EvaluationScoresInvalid = defineProblem({
  code: 'evaluation_scores_invalid',
  status: 422,
  title: { 'zh-CN': '评分与评分表不符', en: 'The scores do not fit the sheet' },
  detail: {
    'zh-CN': '评分项须与本轮政策的评分表完全一致且不超过满分;逐项问题见 errors。',
    en: "The items must be exactly those of the round's policy, none above its maximum; see errors.",
  },
})
export const SatisfactionInvalid = defineProblem({
  code: 'satisfaction_invalid',
  status: 422,
  title: { 'zh-CN': '满意度数据有误', en: 'The satisfaction figures are wrong' },
  detail: {
    'zh-CN': '满意人数 {satisfied} 多于有效答卷 {validAnswers};请核对。',
    en: '{satisfied} satisfied answers are more than the {validAnswers} valid ones; check the figures.',
  },
})
export const EvaluationNotFailed = defineProblem({
  code: 'evaluation_not_failed',
  status: 422,
  title: { 'zh-CN': '该评估无需整改', en: 'This evaluation calls for no rectification' },
  detail: {
    'zh-CN': '只有已公布的不合格中期评估可以下达整改;请核对 {evaluationId}。',
    en: 'Only the latest mid-term evaluation, published as failed, leads to a rectification; check {evaluationId}.',
  },
})
export const RectificationExists = defineProblem({
  code: 'rectification_exists',
  status: 409,
  title: { 'zh-CN': '该评估已下达整改', en: 'The evaluation has its rectification already' },
  detail: {
    'zh-CN': '评估已有整改 {rectificationId};请在该整改上继续。',
    en: 'The evaluation has the rectification {rectificationId}; go on with that one.',
  },
})
export const RectificationUsedUp = defineProblem({
  code: 'rectification_used_up',
  status: 422,
  title: { 'zh-CN': '整改次数已用完', en: 'No rectification is left' },
  detail: {
    'zh-CN': '本轮政策允许整改 {times} 次,已用完;请终止协议并结算。',
    en: 'The policy allows {times} rectification(s) and none is left; terminate the agreement and settle.',
  },
})
export const RectificationWindowClosed = defineProblem({
  code: 'rectification_window_closed',
  status: 422,
  title: { 'zh-CN': '整改期限已过', en: 'The time for the rectification is over' },
  detail: {
    'zh-CN': '整改报告应于 {dueOn} 24:00 前提交,现已逾期,视为整改未通过。',
    en: 'The report was due by 24:00 of {dueOn}; the rectification counts as failed.',
  },
})
export const RectificationReportIncomplete = defineProblem({
  code: 'rectification_report_incomplete',
  status: 422,
  title: { 'zh-CN': '整改报告未逐条回应', en: 'The report does not answer every item' },
  detail: {
    'zh-CN': '整改通知共 {expected} 条,报告回应了 {given} 条;请按顺序逐条说明已采取的措施。',
    en: 'The rectification has {expected} items, the report answers {given}; say for each, in order, what was done.',
  },
})
export const NothingToAnnounce = defineProblem({
  code: 'nothing_to_announce',
  status: 422,
  title: { 'zh-CN': '没有可公示的评估结果', en: 'There is no result to announce' },
  detail: {
    'zh-CN': '本轮没有已公布且尚未公示的末期评估结果,或所列评估不属此类;请先公布评估结果。',
    en: 'The round has no published final result that was not announced before, or a named one is not such; publish the evaluations first.',
  },
})

export const PostponementNotInPolicy = defineProblem({
  code: 'postponement_not_in_policy',
  status: 422,
  title: { 'zh-CN': '本轮政策不允许中期延期', en: 'The policy knows no postponement' },
  detail: {
    'zh-CN': '本轮政策未规定中期评估延期(mid.postponement),或该项目没有应交的中期材料。',
    en: 'The policy of the round has no mid.postponement, or no mid-term material is owed by this project.',
  },
})
export const PostponementTooLate = defineProblem({
  code: 'postponement_too_late',
  status: 409,
  title: { 'zh-CN': '期限已过,不能再延期', en: 'The day has passed already' },
  detail: {
    'zh-CN': '中期材料的期限 {dueOn} 已过;延期须在期限届满前同意。',
    en: 'The mid-term material was due on {dueOn}; agree to a later day before that has passed.',
  },
})
export const PostponementBeyondRules = defineProblem({
  code: 'postponement_beyond_rules',
  status: 422,
  title: { 'zh-CN': '延期超出政策规定', en: 'The policy does not allow this postponement' },
  detail: {
    'zh-CN': '新期限 {dueOn} 须晚于 {postponedFrom}、不晚于 {latestOn},且延期不超过 {times} 次。',
    en: 'The new day {dueOn} must lie after {postponedFrom} and not after {latestOn}, and there are at most {times} postponements.',
  },
})

export const EVALUATION_PROBLEMS = [
  EvaluationNotInState,
  EvaluationExists,
  ProjectNotEvaluable,
  MidTermUnsettled,
  RectificationMismatch,
  RectificationNotInState,
  EvaluatorNotIndependent,
  SelfReportMissing,
  SelfReportNotOverdue,
  MissingReportTolerated,
  SiteVisitIncomplete,
  SiteVisitInFuture,
  SiteVisitTooEarly,
  EvaluationScoresInvalid,
  SatisfactionInvalid,
  EvaluationNotFailed,
  RectificationExists,
  RectificationUsedUp,
  RectificationWindowClosed,
  RectificationReportIncomplete,
  NothingToAnnounce,
  PostponementNotInPolicy,
  PostponementTooLate,
  PostponementBeyondRules,
]
