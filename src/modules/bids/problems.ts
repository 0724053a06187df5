import { defineProblem } from '../../kernel/problem.ts'

export const BidNotInState = defineProblem({
  code: 'bid_not_in_state',
  status: 409,
  title: { 'zh-CN': '申报当前状态不允许此操作', en: 'The bid is not in a state for this' },
  detail: {
    'zh-CN': '申报处于 {state} 状态,不能执行 {command};可执行的操作见资源的 actions。',
    en: 'The bid is {state}, so {command} is not possible; see its actions for what is.',
  },
})
export const BidRoundUnknown = defineProblem({
  code: 'bid_round_unknown',
  status: 422,
  title: { 'zh-CN': '轮次不存在', en: 'There is no such round' },
  detail: {
    'zh-CN': '没有已发布的轮次 {roundId};请在轮次列表中选择。',
    en: 'There is no published round {roundId}; choose one from the list of rounds.',
  },
})
export const BidWindowNotOpen = defineProblem({
  code: 'bid_window_not_open',
  status: 422,
  title: { 'zh-CN': '申报尚未开始', en: 'Bids are not taken yet' },
  detail: {
    'zh-CN': '本轮申报自 {opensAt} 开始;可先保存草稿。',
    en: 'The round takes bids from {opensAt} on; until then a draft can be kept.',
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
export const NeedNotInRound = defineProblem({
  code: 'need_not_in_round',
  status: 422,
  title: { 'zh-CN': '该需求不在本轮征集范围', en: 'The round does not call for this need' },
  detail: {
    'zh-CN': '轮次的 needIds 中没有 {needId};请从中选择一项需求。',
    en: 'The need {needId} is not among the needIds of the round; choose one of those.',
  },
})
export const ProjectLacksNeed = defineProblem({
  code: 'project_lacks_need',
  status: 422,
  title: { 'zh-CN': '项目未对应该需求', en: 'The project does not serve this need' },
  detail: {
    'zh-CN': '项目 {projectId} 没有对应需求 {needId};请先在项目中加入该需求,或换一个项目。',
    en: 'The project {projectId} does not name the need {needId}; add it to the project or take another project.',
  },
})
export const ProjectNotListed = defineProblem({
  code: 'project_not_listed',
  status: 409,
  title: { 'zh-CN': '项目尚未列入项目清单', en: 'The project is not on the list' },
  detail: {
    'zh-CN': '项目处于 {state} 状态;列入项目清单 (listed) 后才能提交申报。',
    en: 'The project is {state}; list it first, then submit the bid.',
  },
})
export const BidExists = defineProblem({
  code: 'bid_exists',
  status: 409,
  title: { 'zh-CN': '已有申报', en: 'There is a bid already' },
  detail: {
    'zh-CN': '每个组织(含代申报)对同一需求、每个项目在同一轮次只能有一份有效申报;请修改原申报,或先撤回。',
    en: 'One live bid per organization and need, and per project, in a round (sponsored ones included); change that bid or withdraw it first.',
  },
})
export const BidLimitReached = defineProblem({
  code: 'bid_limit_reached',
  status: 409,
  title: { 'zh-CN': '已达申报数量上限', en: 'The limit of bids is reached' },
  detail: {
    'zh-CN': '本轮每个组织(含代申报)最多提交 {max} 份申报;撤回一份后可再提交。',
    en: 'An organization, with those it sponsors, submits at most {max} bids in this round; withdraw one to submit another.',
  },
})
export const BidContentInvalid = defineProblem({
  code: 'bid_content_invalid',
  status: 422,
  title: { 'zh-CN': '申报内容不自洽', en: 'The content of the bid does not add up' },
  detail: {
    'zh-CN': '申请资助额须大于零,预算明细合计须等于申请资助额,科目须为本轮政策所列;逐项说明见 errors。',
    en: 'The grant must be above zero, the budget lines must sum to it and use the categories of the policy; each flaw stands in errors.',
  },
})
export const BidsStillOpen = defineProblem({
  code: 'bids_still_open',
  status: 409,
  title: { 'zh-CN': '申报尚未截止', en: 'Bids are still being taken' },
  detail: {
    'zh-CN': '本轮申报于 {closesAt} 截止,截止前任何人不得开启。',
    en: 'The round takes bids until {closesAt}; nobody opens them before.',
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
export const CorrectionBeyondScope = defineProblem({
  code: 'correction_beyond_scope',
  status: 422,
  title: { 'zh-CN': '补正超出通知范围', en: 'The correction goes beyond what was named' },
  detail: {
    'zh-CN': '只能补充通知中列出的材料;{kind} 不在其中。',
    en: 'Only what the notice names may be supplied; {kind} is not among it.',
  },
})

export const BidFlagOpen = defineProblem({
  code: 'bid_flag_open',
  status: 409,
  title: { 'zh-CN': '有待裁定的提示', en: 'A flag waits for a decision' },
  detail: {
    'zh-CN': '该申报有 {count} 项提示尚未裁定 ({codes});请先逐项裁定,再作资格审查通过。',
    en: 'The bid has {count} open flags ({codes}); decide each of them before the formal check accepts the bid.',
  },
})
export const BidFlagDecided = defineProblem({
  code: 'bid_flag_decided',
  status: 409,
  title: { 'zh-CN': '该提示已裁定', en: 'The flag has been decided' },
  detail: {
    'zh-CN': '该提示已裁定为 {state},不能再次裁定。',
    en: 'The flag was decided as {state}; it is decided once.',
  },
})

export const BID_PROBLEMS = [
  BidFlagOpen,
  BidFlagDecided,
  BidNotInState,
  BidRoundUnknown,
  BidWindowNotOpen,
  BidWindowClosed,
  NeedNotInRound,
  ProjectLacksNeed,
  ProjectNotListed,
  BidExists,
  BidLimitReached,
  BidContentInvalid,
  BidsStillOpen,
  CorrectionWindowClosed,
  CorrectionBeyondScope,
]
