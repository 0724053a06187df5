import { defineProblem } from '../../kernel/problem.ts'

export const NoticeNotInState = defineProblem({
  code: 'notice_not_in_state',
  status: 409,
  title: { 'zh-CN': '公示当前状态不允许此操作', en: 'The notice does not allow this now' },
  detail: {
    'zh-CN': '公示处于 {state} 状态,不能执行 {command};只有公示中的公告可以撤回。',
    en: 'The notice is {state}, so {command} is not possible; only an open notice can be withdrawn.',
  },
})
export const NoticeEmpty = defineProblem({
  code: 'notice_empty',
  status: 422,
  title: { 'zh-CN': '没有可公示的内容', en: 'There is nothing to announce' },
  detail: {
    'zh-CN': '本轮没有待公示的拟立项项目;请先核定资助额并提出拟立项名单。',
    en: 'No award of the round waits for its notice; propose awards first.',
  },
})
export const AwardBudgetMissing = defineProblem({
  code: 'award_budget_missing',
  status: 409,
  title: { 'zh-CN': '有项目尚未提交调整后的预算', en: 'A revised budget is still missing' },
  detail: {
    'zh-CN': '{count} 个核减项目的机构尚未提交与核定额一致的预算;请等待提交后再公示,或用 awardIds 先公示其余项目。',
    en: '{count} award(s) below the amount asked wait for the agency’s revised budget; wait for it, or announce the others by naming them in awardIds.',
  },
})
export const AwardNotProposed = defineProblem({
  code: 'award_not_proposed',
  status: 409,
  title: { 'zh-CN': '该项目不在拟立项状态', en: 'The award is not waiting for a notice' },
  detail: {
    'zh-CN': '{count} 个指定项目不是本轮的拟立项项目,或已公示、已取消;请只列出状态为 proposed 的项目。',
    en: '{count} of the named awards belong to another round, were announced before or are cancelled; name only awards in the state proposed.',
  },
})
export const NoticeNotSuperseded = defineProblem({
  code: 'notice_not_superseded',
  status: 422,
  title: { 'zh-CN': '不能替代该公示', en: 'That notice cannot be superseded' },
  detail: {
    'zh-CN': '只能替代同一轮次、同一类型、已撤回且尚未被替代的公示;请先撤回 {noticeId}。',
    en: 'A notice supersedes a withdrawn one of the same round and kind that has no successor yet; withdraw {noticeId} first.',
  },
})
export const NoticeUnderObjection = defineProblem({
  code: 'notice_under_objection',
  status: 409,
  title: { 'zh-CN': '公示有未处理的异议', en: 'The notice is under objection' },
  detail: {
    'zh-CN': '{count} 个项目因异议中止;请先对异议作出决定,再撤回公示。',
    en: '{count} award(s) are suspended by objections; decide those first, then withdraw the notice.',
  },
})

export const NOTICE_PROBLEMS = [
  NoticeNotInState,
  NoticeEmpty,
  AwardBudgetMissing,
  AwardNotProposed,
  NoticeNotSuperseded,
  NoticeUnderObjection,
]
