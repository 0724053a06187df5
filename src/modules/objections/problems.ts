import { defineProblem } from '../../kernel/problem.ts'

export const ObjectionNotInState = defineProblem({
  code: 'objection_not_in_state',
  status: 409,
  title: { 'zh-CN': '异议当前状态不允许此操作', en: 'The objection does not allow this now' },
  detail: {
    'zh-CN': '异议处于 {state} 状态,不能执行 {command};须先受理,再作决定,且只能决定一次。',
    en: 'The objection is {state}, so {command} is not possible; it is accepted first, then decided once.',
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

export const OBJECTION_PROBLEMS = [
  ObjectionExists,
  ObjectionNotInState,
  ObjectionTargetUnknown,
  ObjectionFilerMissing,
  ObjectionToOwnAward,
  NoticeWithdrawn,
]
