import { defineProblem } from '../../../kernel/problem.ts'
import { NeedInRound, ProjectBound } from './binding.ts'
import {
  BidRoundCancelled,
  BidWindowClosed,
  BidWindowNotOpen,
  ConfirmationClosed,
  CorrectionWindowClosed,
} from './windows.ts'

export {
  BidRoundCancelled,
  BidWindowClosed,
  BidWindowNotOpen,
  ConfirmationClosed,
  CorrectionWindowClosed,
  NeedInRound,
  ProjectBound,
}

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
    'zh-CN': '每个组织(含代申报)对同一需求、每个项目在同一轮次只能有一份有效申报;请在原申报上重新提交,或先撤回。',
    en: 'One live bid per organization and need, and per project, in a round (sponsored ones included); submit that bid again or withdraw it first.',
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
export const CorrectionBeyondScope = defineProblem({
  code: 'correction_beyond_scope',
  status: 422,
  title: { 'zh-CN': '补正超出通知范围', en: 'The correction goes beyond what was named' },
  detail: {
    'zh-CN': '只能补充通知中列出的材料;{kind} 不在其中。',
    en: 'Only what the notice names may be supplied; {kind} is not among it.',
  },
})

export const OpeningUnderWay = defineProblem({
  code: 'opening_under_way',
  status: 409,
  title: { 'zh-CN': '开启已在进行或已完成', en: 'The opening is under way or done' },
  detail: {
    'zh-CN': '本轮开启处于 {state} 状态,无需再次申请;进展见 GET /rounds/…/opening。',
    en: 'The opening is {state} and need not be asked for again; GET /rounds/…/opening tells how far it is.',
  },
})
export const OpeningNotRequested = defineProblem({
  code: 'opening_not_requested',
  status: 409,
  title: { 'zh-CN': '尚未申请开启', en: 'Nobody has asked for the opening' },
  detail: {
    'zh-CN': '请先由主办方或承办方 POST /rounds/…/opening 申请开启,再由保管人提交密钥份额。',
    en: 'The host or the operator first asks for the opening (POST /rounds/…/opening); then officers hand in their shares.',
  },
})
export const SealedContentExpected = defineProblem({
  code: 'sealed_content_expected',
  status: 422,
  title: { 'zh-CN': '本轮须由申报方自行加密', en: 'This round takes sealed bids only' },
  detail: {
    'zh-CN': '本轮加密方式为 {mode}:server 须提交 content,client 须提交 sealed(以轮次公钥加密)。',
    en: 'The sealing of this round is {mode}: with `server` send content, with `client` send sealed, made with the public key of the round.',
  },
})
export const SubmissionAmbiguous = defineProblem({
  code: 'submission_ambiguous',
  status: 422,
  title: { 'zh-CN': '提交内容不明确', en: 'Content and sealed exclude each other' },
  detail: {
    'zh-CN': '请只提交 content,或提交 sealed(可附 documentIds);本轮用哪一种见轮次的 policy.sealing.mode。',
    en: 'Send either content, or sealed with its documentIds; policy.sealing.mode of the round says which.',
  },
})
export const CorrectionEmpty = defineProblem({
  code: 'correction_empty',
  status: 422,
  title: { 'zh-CN': '补正没有内容', en: 'The correction supplies nothing' },
  detail: {
    'zh-CN': '补正次数有限;请附上通知列出的材料或说明后再提交。',
    en: 'Corrections are few: supply what was named, or a statement, before you send one.',
  },
})
export const SealedContentInvalid = defineProblem({
  code: 'sealed_content_invalid',
  status: 422,
  title: { 'zh-CN': '密文不符合本轮要求', en: 'The sealed content does not fit this round' },
  detail: {
    'zh-CN': '密文 {flaw};须为 JWE 通用 JSON,绑定 {header},收件方为 {kids}。',
    en: 'The sealed content {flaw}; it must be a JWE in general JSON serialization, bound to {header}, for the recipients {kids}.',
  },
})
export const SealingKeyMissing = defineProblem({
  code: 'sealing_key_missing',
  status: 409,
  title: { 'zh-CN': '本轮没有加密公钥', en: 'This round has no sealing key' },
  detail: {
    'zh-CN': '本轮发布于旧版本,没有加密公钥;请主办方取消后重新发布。',
    en: 'The round was published by an earlier version and has no sealing key; the host cancels it and publishes it again.',
  },
})
export const AttachmentsTooLarge = defineProblem({
  code: 'attachments_too_large',
  status: 422,
  title: { 'zh-CN': '附件总量过大', en: 'The attachments are too large together' },
  detail: {
    'zh-CN': '一份申报的附件合计 {bytes} 字节,上限为 {max} 字节;请压缩或删减。',
    en: 'The attachments of this bid have {bytes} bytes together; {max} are allowed. Compress or drop some.',
  },
})
export const BidConfirmationNotNeeded = defineProblem({
  code: 'bid_confirmation_not_needed',
  status: 409,
  title: { 'zh-CN': '无需确认', en: 'There is nothing to confirm' },
  detail: {
    'zh-CN': '本轮没有要求重新确认的政策变更,或本申报已确认第 {version} 版。',
    en: 'No amendment asks for a confirmation, or the bid has confirmed version {version} already.',
  },
})
export const CiphertextNotReceived = defineProblem({
  code: 'ciphertext_not_received',
  status: 422,
  title: { 'zh-CN': '与回执不符', en: 'This is not what was received' },
  detail: {
    'zh-CN': '补交的密文与回执承诺的散列不一致;请原样补交当时提交的密文。',
    en: 'The ciphertext is not the one that the receipt commits to; send the one that was submitted, unchanged.',
  },
})
export const BidNotDamaged = defineProblem({
  code: 'bid_not_damaged',
  status: 409,
  title: { 'zh-CN': '该申报无需补交密文', en: 'This bid needs no repair' },
  detail: {
    'zh-CN': '只有开启结果为 failed_platform 的申报可以补交密文;该申报的结果为 {outcome}。',
    en: 'Only a bid whose opening ended as failed_platform is repaired by its bidder; this one is {outcome}.',
  },
})

export const RecheckTooLate = defineProblem({
  code: 'recheck_too_late',
  status: 409,
  title: { 'zh-CN': '本轮已排序,不能重新审查', en: 'The round is ranked; nothing is checked again' },
  detail: {
    'zh-CN': '资格审查只能在评审排序之前重做;排序之后,当事机构可在公示期内提出异议。',
    en: 'A formal check is repeated before the ranking only; afterwards the agency may object to the notice.',
  },
})
export const RecheckReasonMissing = defineProblem({
  code: 'recheck_reason_missing',
  status: 422,
  title: { 'zh-CN': '重新审查须说明理由', en: 'Checking again needs a reason' },
  detail: {
    'zh-CN': '该申报已有审查结论;请在 remarks 中写明哪项登记信息有误、如何更正。',
    en: 'The bid has been decided; say in remarks what was wrong on record and how it was corrected.',
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

export const DryRunSourceUnfit = defineProblem({
  code: 'dry_run_source_unfit',
  status: 422,
  title: { 'zh-CN': '来源轮次不适合试算', en: 'The source does not fit a dry run' },
  detail: {
    'zh-CN': '轮次 {roundId} 的申报尚未开启,或就是本轮;请选择本单位一个已开启的往届轮次。',
    en: 'The bids of the round {roundId} are still sealed, or it is this round itself; name an earlier round that was opened.',
  },
})

export const BID_PROBLEMS = [
  ProjectBound,
  NeedInRound,
  DryRunSourceUnfit,
  RecheckTooLate,
  RecheckReasonMissing,
  BidFlagOpen,
  BidFlagDecided,
  OpeningUnderWay,
  OpeningNotRequested,
  SealedContentExpected,
  SubmissionAmbiguous,
  CorrectionEmpty,
  SealedContentInvalid,
  SealingKeyMissing,
  AttachmentsTooLarge,
  BidConfirmationNotNeeded,
  CiphertextNotReceived,
  BidNotDamaged,
  BidNotInState,
  BidRoundUnknown,
  BidWindowNotOpen,
  BidWindowClosed,
  BidRoundCancelled,
  ConfirmationClosed,
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
