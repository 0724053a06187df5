import type { Module } from '../../platform/module.ts'
import { noticeProber } from './jobs.ts'
import { NOTICE_ACTIONS } from './policy.ts'
import { NOTICE_PROBLEMS } from './problems.ts'
import { noticeRoutes } from './routes.ts'
import { NOTICE_TRANSITIONS } from './rules/notice.ts'
import { NOTICE_CLOSES } from './service/ending.ts'
import { closeDueNotice } from './service/reachability.ts'

export { isWithin, type Notice, type NoticeItem, type NoticeKind, type NoticeSnapshot } from './rules/notice.ts'
export { lockNoticesOfRound, withdrawNoticesOfRound } from './service/ending.ts'
export {
  type AwardNoticeToOpen,
  currentVersionOf,
  lockNotice,
  type NoticeToPublish,
  noticeOf,
  openAwardNotice,
  publishNotice,
} from './service/notices.ts'

export const notices: Module = {
  name: 'notices',
  tag: {
    name: 'Notices',
    description: '公示: what is made public for a number of working days before it takes effect, never rewritten.',
  },
  routes: noticeRoutes,
  background: noticeProber,
  deadlines: { [NOTICE_CLOSES]: closeDueNotice },
  problems: NOTICE_PROBLEMS,
  actions: NOTICE_ACTIONS,
  machines: [{ name: 'notice', initial: 'open', table: NOTICE_TRANSITIONS as never }],
}
