import { defineProblem } from '../../../kernel/problem.ts'

export const BidWindowNotOpen = defineProblem({
  code: 'bid_window_not_open',
  status: 422,
  title: { 'zh-CN': '申报尚未开始', en: 'Bids are not taken yet' },
  detail: {
    'zh-CN': '本轮申报自 {opensAt} 开始;可先登记申报。',
    en: 'The round takes bids from {opensAt} on; until then a draft can be made.',
  },
})
export const BidWindowClosed = defineProblem({
  code: 'bid_window_closed',
  status: 422,
  title: { 'zh-CN': '申报截止时间已过', en: 'The time for bids is over' },
  detail: {
    'zh-CN': '本轮申报已于 {closesAt} 截止,不再接收提交或修改。',
    en: 'The round closed at {closesAt}; nothing is submitted or changed after that.',
  },
})
export const CorrectionWindowClosed = defineProblem({
  code: 'correction_window_closed',
  status: 422,
  title: { 'zh-CN': '补正期限已过', en: 'The time for the correction is over' },
  detail: {
    'zh-CN': '补正截止日为 {dueOn},已不再接收。',
    en: 'The correction was due on {dueOn}; it is not taken any more.',
  },
})
export const BidRoundCancelled = defineProblem({
  code: 'bid_round_cancelled',
  status: 409,
  title: { 'zh-CN': '本轮已取消', en: 'The round was cancelled' },
  detail: {
    'zh-CN': '主办方已取消本轮征集,不再登记、提交、修改或撤回申报;已提交的申报不会开启。',
    en: 'The host cancelled the round: nothing is drafted, submitted, changed or withdrawn any more, and no bid is opened.',
  },
})
export const ConfirmationClosed = defineProblem({
  code: 'confirmation_closed',
  status: 422,
  title: { 'zh-CN': '确认期限已过', en: 'The time to confirm is over' },
  detail: {
    'zh-CN': '政策变更后的确认已于 {confirmBy} 截止;本轮申报于 {closesAt} 截止,此前重新提交同样有效。',
    en: 'Confirmations ended at {confirmBy}; submitting again counts as well, until the round closes at {closesAt}.',
  },
})
