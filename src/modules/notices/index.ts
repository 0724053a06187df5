import type { Module } from '../../platform/module.ts'
import { NOTICE_ACTIONS } from './policy.ts'
import { NOTICE_PROBLEMS } from './problems.ts'
import { noticeRoutes } from './routes.ts'
import { NOTICE_TRANSITIONS } from './rules.ts'
import { closeDueNotice, NOTICE_CLOSES } from './service.ts'

export { isWithin, type Notice, type NoticeItem, type NoticeKind, type NoticeSnapshot } from './rules.ts'
export {
  type AwardNoticeToOpen,
  lockNotice,
  type NoticeToPublish,
  noticeOf,
  openAwardNotice,
  publishNotice,
} from './service.ts'

export const notices: Module = {
  name: 'notices',
  tag: {
    name: 'Notices',
    description: '公示: what is made public for a number of working days before it takes effect, never rewritten.',
  },
  routes: noticeRoutes,
  deadlines: { [NOTICE_CLOSES]: closeDueNotice },
  problems: NOTICE_PROBLEMS,
  actions: NOTICE_ACTIONS,
  machines: [{ name: 'notice', initial: 'open', table: NOTICE_TRANSITIONS as never }],
}
