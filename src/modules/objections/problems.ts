import { defineProblem } from '../../kernel/problem.ts'

export const ObjectionNotInState = defineProblem({
  code: 'objection_not_in_state',
  status: 409,
  title: { 'zh-CN': '异议当前状态不允许此操作', en: 'The objection does not allow this now' },
  detail: {
    'zh-CN': '异议处于 {state} 状态,不能执行 {command};须先受理,再作决定,且只能决定一次;中止期间须先恢复。',
    en: 'The objection is {state}, so {command} is not possible; it is accepted first, then decided once, and resumed first while it is paused.',
  },
})
export const ObjectionTargetUnknown = defineProblem({
  code: 'objection_target_unknown',
  status: 422,
  title: { 'zh-CN': '公示中没有该项目', en: 'The notice does not announce that' },
  detail: {
    'zh-CN': '公示 {noticeId} 中没有 {subject};请填写该公示所列项目的编号。',
    en: 'Notice {noticeId} does not list {subject}; name one of its items.',
  },
})
export const ObjectionFilerMissing = defineProblem({
  code: 'objection_filer_missing',
  status: 422,
  title: { 'zh-CN': '缺少异议人', en: 'The filer is missing' },
  detail: {
    'zh-CN': '您的凭证不代表任何组织,无法署名提出异议;请用所在组织的凭证,或选择匿名(仅作线索登记)。',
    en: 'Your credential stands for no organization, so the objection would have no name; use an organization’s credential, or file anonymously (logged as a lead).',
  },
})
export const NoticeWithdrawn = defineProblem({
  code: 'notice_withdrawn',
  status: 409,
  title: { 'zh-CN': '公示已撤回', en: 'The notice was withdrawn' },
  detail: {
    'zh-CN': '公示 {noticeId} 已撤回,请对重新发布的公示提出异议。',
    en: 'Notice {noticeId} was withdrawn; object to the one that takes its place.',
  },
})

export const ObjectionToOwnAward = defineProblem({
  code: 'objection_to_own_award',
  status: 422,
  title: { 'zh-CN': '不能对本单位的拟立项提出异议', en: 'An award of one’s own cannot be objected to' },
  detail: {
    'zh-CN':
      '{subject} 是贵单位(或由贵单位代申报、为贵单位申报)的拟立项;如不接受立项,请放弃(POST /awards/{subject}/decline)。',
    en: '{subject} is proposed for your own organization, or for one that bids with it; to give it up, decline it (POST /awards/{subject}/decline).',
  },
})

export const ObjectionExists = defineProblem({
  code: 'objection_exists',
  status: 409,
  title: { 'zh-CN': '同一异议正在处理', en: 'There is an open objection of yours' },
  detail: {
    'zh-CN': '贵单位对 {subject} 的异议 {objectionId} 尚未答复;新的理由请补充到该异议,或待答复后再提出。',
    en: 'Your objection {objectionId} to {subject} has no answer yet; add to that one, or wait for its answer.',
  },
})

export const ObjectionFromHost = defineProblem({
  code: 'objection_from_host',
  status: 422,
  title: { 'zh-CN': '主办单位一方不能提出异议', en: 'Who works for the host cannot object' },
  detail: {
    'zh-CN':
      '您的凭证属于作出本决定的主办单位一方(街道乡镇、评估、审计等);如发现问题,请直接向主办单位反映,由其撤回公示,或匿名提供线索。',
    en: 'Your credential works for the host that answers this objection (town, evaluator, auditor); tell the host, which can withdraw the notice, or send a lead (anonymous).',
  },
})
export const ObjectionTargetEnded = defineProblem({
  code: 'objection_target_ended',
  status: 409,
  title: { 'zh-CN': '所涉拟立项已终止', en: 'The award has ended' },
  detail: {
    'zh-CN':
      '{subject} 已放弃或取消,对其提出异议不再产生任何结果;如有递补,请在递补公示后对递补的拟立项提出;其他线索可匿名提供。',
    en: '{subject} has been declined or cancelled, so an objection to it would change nothing; object to the award that takes its place, if there is one, once its notice is out; what you know can be sent as a lead (anonymous).',
  },
})
export const ObjectionRepeated = defineProblem({
  code: 'objection_repeated',
  status: 409,
  title: { 'zh-CN': '重复提出的异议', en: 'You have objected to this before' },
  detail: {
    'zh-CN':
      '贵单位对本公示中 {subject} 的异议 {objectionId} 已被认定为重复提出而不予受理,不能再次提出;对该决定不服的,可在规定期限内申请复核(如本轮设有);新发现的问题可匿名提供线索,或对重新发布的公示提出。',
    en: 'Objection {objectionId} to {subject} of this notice was found to repeat an earlier one of yours, and cannot be filed again; where the round has an appeal, appeal against that in time. What you found since can be sent as a lead (anonymous), or filed against a notice that takes its place.',
  },
})
export const ObjectionTakenBack = defineProblem({
  code: 'objection_taken_back',
  status: 409,
  title: { 'zh-CN': '贵单位已撤回过同一异议', en: 'You have taken back this objection' },
  detail: {
    'zh-CN':
      '贵单位已撤回对本公示中 {subject} 的异议 {objectionId},不能再次提出;新发现的问题可匿名提供线索,或对重新发布的公示提出。',
    en: 'You have withdrawn objection {objectionId} to {subject} of this notice and cannot file it again; what you found since can be sent as a lead (anonymous), or filed against a notice that takes its place.',
  },
})
export const NoticeSuperseded = defineProblem({
  code: 'notice_superseded',
  status: 409,
  title: { 'zh-CN': '公示已有新版本', en: 'The notice has a newer version' },
  detail: {
    'zh-CN': '公示 {noticeId} 已撤回并重新发布;请对现行的第 {versionNumber} 版 {currentId} 提出异议。',
    en: 'Notice {noticeId} was withdrawn and published anew; object to version {versionNumber}, {currentId}.',
  },
})
export const ObjectionNoticeDiffers = defineProblem({
  code: 'objection_notice_differs',
  status: 422,
  title: { 'zh-CN': '所异议的文本与公示不符', en: 'Other words than those published' },
  detail: {
    'zh-CN': '您填写的摘要不是公示 {noticeId} 的摘要({digest});请核对您所看到的公示版本。',
    en: 'The digest you sent is not that of notice {noticeId} ({digest}); check which version you have read.',
  },
})
export const EvidenceNamesFiler = defineProblem({
  code: 'evidence_names_filer',
  status: 422,
  title: { 'zh-CN': '匿名线索不能附本单位文件', en: 'Evidence would name who files' },
  detail: {
    'zh-CN': '上传的文件属于贵单位,附上即失去匿名;请署名提出,或去掉 evidenceIds。',
    en: 'Uploaded documents belong to your organization and would name it; file with your name, or leave evidenceIds out.',
  },
})
export const AnswerOverdue = defineProblem({
  code: 'objection_answer_overdue',
  status: 409,
  title: { 'zh-CN': '答复已逾期', en: 'The answer is overdue' },
  detail: {
    'zh-CN': '答复期限已于 {effectiveOn} 届满,不能再中止计时;请尽快作出决定。',
    en: 'The answer was due on {effectiveOn}, so its clock can no longer be stopped; decide it.',
  },
})
export const PauseUsedUp = defineProblem({
  code: 'objection_pause_used_up',
  status: 409,
  title: { 'zh-CN': '中止时间已用完', en: 'The time for pauses is used up' },
  detail: {
    'zh-CN': '本轮规则(objection.pauseMax)允许答复计时中止的时间已用完;请在答复期限内作出决定。',
    en: 'The time for which the policy lets the clock of an answer stand still (objection.pauseMax) is used up; decide the objection by its day of answer.',
  },
})
export const CooperationNotPossible = defineProblem({
  code: 'cooperation_not_possible',
  status: 409,
  title: { 'zh-CN': '现在不能要求说明', en: 'A statement cannot be asked for now' },
  detail: {
    'zh-CN': '异议处于 {state} 状态;只能在受理后、决定前,就拟立项要求被异议机构说明一次。',
    en: 'The objection is {state}; a statement is asked for once, about an award, after admission and before the decision.',
  },
})
export const StatementNotPossible = defineProblem({
  code: 'statement_not_possible',
  status: 409,
  title: { 'zh-CN': '现在不能提交说明', en: 'A statement cannot be given now' },
  detail: {
    'zh-CN': '异议处于 {state} 状态,或贵单位已提交过说明;说明只能在决定前提交一次。',
    en: 'The objection is {state}, or your statement is on record already; one is given before the decision.',
  },
})
export const AppealNotProvided = defineProblem({
  code: 'appeal_not_provided',
  status: 409,
  title: { 'zh-CN': '本轮未设复核', en: 'The round has no second instance' },
  detail: {
    'zh-CN': '本轮规则没有规定复核或投诉的期限,或未指定受理单位;请向主办单位询问其他渠道。',
    en: 'The policy of the round sets no time for an appeal or complaint, or names nobody to decide it; ask the host for other ways.',
  },
})
export const AppealNotOpen = defineProblem({
  code: 'appeal_not_open',
  status: 409,
  title: { 'zh-CN': '该异议不能申请复核', en: 'There is nothing to review' },
  detail: {
    'zh-CN': '异议处于 {state} 状态,或所涉拟立项已终止,或本身就是复核;只有未获(完全)支持的答复可以申请一次复核。',
    en: 'The objection is {state}, or its award has ended, or it is a review itself; an answer that did not grant what was asked is reviewed once.',
  },
})
export const AppealExists = defineProblem({
  code: 'appeal_exists',
  status: 409,
  title: { 'zh-CN': '已经申请过复核', en: 'A review was asked for already' },
  detail: {
    'zh-CN': '对该异议的复核或投诉 {objectionId} 已在案;其决定为最终决定。',
    en: 'The review {objectionId} is on record; its decision is the last one.',
  },
})

export const OBJECTION_PROBLEMS = [
  ObjectionExists,
  ObjectionRepeated,
  ObjectionTakenBack,
  ObjectionTargetEnded,
  ObjectionNotInState,
  ObjectionTargetUnknown,
  ObjectionFilerMissing,
  ObjectionFromHost,
  ObjectionToOwnAward,
  ObjectionNoticeDiffers,
  NoticeWithdrawn,
  NoticeSuperseded,
  EvidenceNamesFiler,
  AnswerOverdue,
  PauseUsedUp,
  CooperationNotPossible,
  StatementNotPossible,
  AppealNotProvided,
  AppealNotOpen,
  AppealExists,
]
