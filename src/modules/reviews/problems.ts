import { defineProblem } from '../../kernel/problem.ts'

export const ExpertCodeTaken = defineProblem({
  code: 'expert_code_taken',
  status: 409,
  title: { 'zh-CN': '专家代码已被使用', en: 'The expert code is taken' },
  detail: {
    'zh-CN': '已有代码为 {code} 的专家;请修改原有记录或换一个代码。',
    en: 'There is an expert with the code {code}; change that record or choose another code.',
  },
})
export const ExpertRelationsInvalid = defineProblem({
  code: 'expert_relations_invalid',
  status: 422,
  title: { 'zh-CN': '专家的任职或利害关系填写有误', en: 'The relations of the expert are not possible' },
  detail: {
    'zh-CN':
      '任职经历和利害关系有 {count} 处问题,逐项见 errors:机构须已登记,离职日期不得早于入职日期。这些记录决定回避,填错会使应回避的专家参加评审。',
    en: 'Employments and conflicts have {count} flaws, see errors: organizations are on record, and nobody leaves before starting. They decide who steps aside, so a mistake would let the wrong expert judge.',
  },
})
export const PanelMembersInvalid = defineProblem({
  code: 'panel_members_invalid',
  status: 422,
  title: { 'zh-CN': '评审专家名单不符合规定', en: 'The members of the panel are not possible' },
  detail: {
    'zh-CN':
      '评审专家名单有 {count} 处问题,逐项见 errors:正式成员不得超过 {size} 人,连同候补不得少于 {size} 人,每位专家只列一次,且须为本主办单位登记的专家。',
    en: 'The list of members has {count} flaws, see errors: at most {size} regular members, with alternates at least {size} experts, each expert once, all on record with this host.',
  },
})
export const PanelExists = defineProblem({
  code: 'panel_exists',
  status: 409,
  title: { 'zh-CN': '本轮次已组成评审专家组', en: 'The round has its panel already' },
  detail: {
    'zh-CN': '每个轮次只有一个评审专家组;如需增补,请登记候补专家(POST /review-panels/{panelId}/alternates)。',
    en: 'A round has one panel; add to it with POST /review-panels/{panelId}/alternates.',
  },
})
export const FormalCheckUnfinished = defineProblem({
  code: 'formal_check_unfinished',
  status: 409,
  title: { 'zh-CN': '资格审查尚未完成', en: 'The formal check is not finished' },
  detail: {
    'zh-CN': '仍有 {count} 份申报未完成资格审查或补正,逐项见 errors;完成后再组成评审专家组。',
    en: '{count} bids still wait for their formal check or correction, see errors; convene the panel after that.',
  },
})
export const ReviewDayInvalid = defineProblem({
  code: 'review_day_invalid',
  status: 422,
  title: { 'zh-CN': '评审日期无效', en: 'The day of the review is not possible' },
  detail: {
    'zh-CN': '评审日 {reviewOn} 须在开标日 {earliest} 与项目周期结束日 {latest} 之间;回避年限由该日起算。',
    en: 'The review takes place between the opening on {earliest} and the end of the project cycle on {latest}, not on {reviewOn}; recusal looks back from that day.',
  },
})
export const ReviewNotBegun = defineProblem({
  code: 'review_not_begun',
  status: 409,
  title: { 'zh-CN': '评审尚未开始', en: 'The review has not begun' },
  detail: {
    'zh-CN': '评审日是 {reviewOn};请在该日或之后签署评分表。',
    en: 'The review takes place on {reviewOn}; sign the sheet on that day or after it.',
  },
})
export const PanelMissing = defineProblem({
  code: 'panel_missing',
  status: 409,
  title: { 'zh-CN': '本轮次尚未组成评审专家组', en: 'The round has no panel yet' },
  detail: {
    'zh-CN': '请先组成评审专家组(POST /review-panels)。',
    en: 'Convene the panel first (POST /review-panels).',
  },
})
export const PanelBelowQuorum = defineProblem({
  code: 'panel_below_quorum',
  status: 409,
  title: { 'zh-CN': '评审人数不足法定人数', en: 'The panel is below its quorum' },
  detail: {
    'zh-CN':
      '申报 {bidIds} 的评审专家少于 {quorum} 人,不能评分,也没有结果;请增补候补专家,或在排名时用 leaveOut 写明不排名的申报。',
    en: 'Fewer than {quorum} experts judge {bidIds}: no scoring and no result. Add an alternate, or name the bid in leaveOut when ranking.',
  },
})
export const ExpertRecused = defineProblem({
  code: 'expert_recused',
  status: 409,
  title: { 'zh-CN': '专家已回避该申报', en: 'The expert stands aside from this bid' },
  detail: {
    'zh-CN': '该专家对申报 {bidId} 须回避({reason}),不能提交评分表。',
    en: 'The expert is recused from {bidId} ({reason}) and signs no sheet for it.',
  },
})
export const ScoreSheetSigned = defineProblem({
  code: 'score_sheet_signed',
  status: 409,
  title: { 'zh-CN': '评分表已签署', en: 'The score sheet is signed already' },
  detail: {
    'zh-CN': '该专家已签署申报 {bidId} 的评分表;评分签署后不再更改。',
    en: 'The expert has signed the sheet for {bidId}; scores lock on signature.',
  },
})
export const ScoreSheetInvalid = defineProblem({
  code: 'score_sheet_invalid',
  status: 422,
  title: { 'zh-CN': '评分表不符合评分标准', en: 'The score sheet does not fit the criteria' },
  detail: {
    'zh-CN': '评分表有 {count} 处问题,逐项见 errors:须恰好包含政策规定的全部评分项,每项不超过满分。',
    en: 'The sheet has {count} flaws, see errors: exactly the criteria of the policy, none above its maximum.',
  },
})
export const RecusalTooLate = defineProblem({
  code: 'recusal_too_late',
  status: 409,
  title: { 'zh-CN': '已拟定立项,不能再登记回避', en: 'Too late for a recusal' },
  detail: {
    'zh-CN': '申报 {bidId} 已处于 {state} 状态;请通过异议程序处理。',
    en: 'The bid {bidId} is {state} already; the way is an objection.',
  },
})
export const NotOnPanel = defineProblem({
  code: 'not_on_panel',
  status: 422,
  title: { 'zh-CN': '该专家不评审此申报', en: 'The expert does not judge this bid' },
  detail: {
    'zh-CN': '专家 {expertId} 未被安排评审申报 {bidId},无需登记回避。',
    en: 'The expert {expertId} has no seat for {bidId}, so there is nothing to step aside from.',
  },
})
export const ScoreSheetsMissing = defineProblem({
  code: 'score_sheets_missing',
  status: 409,
  title: { 'zh-CN': '评分表尚未收齐', en: 'Score sheets are missing' },
  detail: {
    'zh-CN': '还缺 {count} 份评分表,逐项见 errors;收齐后再排名。',
    en: '{count} score sheets are missing, see errors; rank when all are signed.',
  },
})
export const LeaveOutInvalid = defineProblem({
  code: 'leave_out_invalid',
  status: 422,
  title: { 'zh-CN': '不能不予排名', en: 'These bids cannot be left out' },
  detail: {
    'zh-CN': '只有评审人数不足法定人数的申报可以不予排名;{bidIds} 不属于此类。',
    en: 'Only a bid whose panel is below the quorum can be left out; {bidIds} are not.',
  },
})
export const LotRequired = defineProblem({
  code: 'lot_required',
  status: 409,
  title: { 'zh-CN': '须抽签决定名次', en: 'A lot has to decide' },
  detail: {
    'zh-CN':
      '申报 {bidIds} 在全部排序规则后仍然并列;请公开抽签并登记(POST /rounds/{roundId}/lot-drawings),然后重新排名。',
    en: 'The bids {bidIds} remain tied after every rule; draw a public lot, put it on record (POST /rounds/{roundId}/lot-drawings) and rank again.',
  },
})
export const LotNotRequired = defineProblem({
  code: 'lot_not_required',
  status: 409,
  title: { 'zh-CN': '这些申报无需抽签', en: 'These bids need no lot' },
  detail: {
    'zh-CN': '抽签须恰好包含仍然并列且未抽过签的全部申报。',
    en: 'A lot is drawn among exactly the bids that nothing else separates, and once.',
  },
})
export const LotInFuture = defineProblem({
  code: 'lot_in_future',
  status: 422,
  title: { 'zh-CN': '抽签时间晚于现在', en: 'The lot lies in the future' },
  detail: {
    'zh-CN': '抽签时间 {drawnAt} 晚于现在;请在抽签之后登记。',
    en: 'The lot is dated {drawnAt}, which is still to come; put it on record once it was drawn.',
  },
})

export const LotBeforeOpening = defineProblem({
  code: 'lot_before_opening',
  status: 422,
  title: { 'zh-CN': '抽签时间早于开标', en: 'The lot lies before the opening' },
  detail: {
    'zh-CN': '抽签时间 {drawnAt} 早于开标时间 {openedAt};并列在评审之后才会出现,请核对。',
    en: 'The lot is dated {drawnAt}, before the bids were opened at {openedAt}; a tie shows only after the review.',
  },
})
export const ScoreResultsInvalid = defineProblem({
  code: 'score_results_invalid',
  status: 422,
  title: { 'zh-CN': '得分来源的结果填写有误', en: 'These results are not possible' },
  detail: {
    'zh-CN':
      '结果有 {count} 处问题,逐项见 errors:每份参评申报恰好一条(规定可以缺项的除外),分值在上下限之内,加分须写明理由。',
    en: 'The results have {count} flaws, see errors: one for each bid under review (unless some may be left out), points within their bounds, a reason with each bonus.',
  },
})
export const ScoreResultsMissing = defineProblem({
  code: 'score_results_missing',
  status: 409,
  title: { 'zh-CN': '评审以外的得分尚未收齐', en: 'Results from outside the panel are missing' },
  detail: {
    'zh-CN': '还缺 {count} 项结果,逐项见 errors;请登记(POST /rounds/{roundId}/score-sources/{code}/results)后再排名。',
    en: '{count} results are missing, see errors; record them (POST /rounds/{roundId}/score-sources/{code}/results) and rank then.',
  },
})
export const ScoreResultsTooLate = defineProblem({
  code: 'score_results_too_late',
  status: 409,
  title: { 'zh-CN': '已拟定立项,不能再登记得分', en: 'Too late for results' },
  detail: {
    'zh-CN': '申报 {bidId} 已处于 {state} 状态;请通过异议程序处理。',
    en: 'The bid {bidId} is {state} already; the way is an objection.',
  },
})

export const DrawStands = defineProblem({
  code: 'expert_draw_stands',
  status: 409,
  title: { 'zh-CN': '本轮次已有专家抽取', en: 'The round has its draw already' },
  detail: {
    'zh-CN': '专家抽取 {drawId} 仍然有效;如须重新抽取,请先写明理由放弃(POST /expert-draws/{drawId}/abandonment)。',
    en: 'The draw {drawId} stands; give it up with a reason first (POST /expert-draws/{drawId}/abandonment).',
  },
})
export const DrawImpossible = defineProblem({
  code: 'expert_draw_impossible',
  status: 409,
  title: { 'zh-CN': '无法按条件抽取专家', en: 'No panel can meet these terms' },
  detail: {
    'zh-CN': '下列条件不能同时满足:{constraints}。请补充专家、调整名额要求,或由主办单位另行处理。',
    en: 'These constraints cannot hold together: {constraints}. Add experts to the pool or ask for other quotas.',
  },
})
export const DrawNotInState = defineProblem({
  code: 'expert_draw_not_in_state',
  status: 409,
  title: { 'zh-CN': '专家抽取的状态不允许此操作', en: 'The draw is not in a state for this' },
  detail: {
    'zh-CN': '专家抽取处于 {state} 状态,不能执行 {command};请先查看当前状态。',
    en: 'The draw is {state}; {command} is not possible then. Read it again.',
  },
})
export const DrawSeedInvalid = defineProblem({
  code: 'expert_draw_seed_invalid',
  status: 422,
  title: { 'zh-CN': '种子与承诺值不符', en: 'The seed is not the one committed to' },
  detail: {
    'zh-CN': '种子的 SHA-256 须等于抽取前公布的承诺值 {commitment};未作承诺时种子须为 null。',
    en: 'The SHA-256 of the seed has to be the announced commitment {commitment}; without a commitment the seed is null.',
  },
})
export const DrawCandidateUnknown = defineProblem({
  code: 'expert_draw_candidate_unknown',
  status: 422,
  title: { 'zh-CN': '该专家不在可抽取名单内', en: 'The expert is not free to be drawn' },
  detail: {
    'zh-CN': '专家 {expertId} 不在本次抽取的可抽取名单内,或已登记退出。',
    en: 'The expert {expertId} is no free candidate of this draw, or has dropped out already.',
  },
})
export const DrawUnrevealed = defineProblem({
  code: 'expert_draw_unrevealed',
  status: 409,
  title: { 'zh-CN': '专家抽取尚未公开种子', en: 'The seeds of the draw are not shown' },
  detail: {
    'zh-CN': '请先公开种子(POST /expert-draws/{drawId}/reveal),再组成评审专家组。',
    en: 'Show the seeds first (POST /expert-draws/{drawId}/reveal), then convene the panel.',
  },
})
export const PanelNotAsDrawn = defineProblem({
  code: 'panel_not_as_drawn',
  status: 409,
  title: { 'zh-CN': '名单与抽取结果不符', en: 'The panel is not the one that was drawn' },
  detail: {
    'zh-CN': '评审日、正式成员须与专家抽取 {drawId} 一致,候补专家须按其顺序依次递补。',
    en: 'Review day and members are those of the draw {drawId}; alternates follow in its order.',
  },
})
export const RecusalRequestNotInState = defineProblem({
  code: 'recusal_request_not_in_state',
  status: 409,
  title: { 'zh-CN': '回避申请已决定', en: 'The request is decided' },
  detail: {
    'zh-CN': '回避申请处于 {state} 状态,不能再次决定。',
    en: 'The request is {state} and is not decided again.',
  },
})

export const REVIEW_PROBLEMS = [
  ExpertCodeTaken,
  ExpertRelationsInvalid,
  PanelMembersInvalid,
  PanelExists,
  FormalCheckUnfinished,
  ReviewDayInvalid,
  ReviewNotBegun,
  PanelMissing,
  PanelBelowQuorum,
  ExpertRecused,
  ScoreSheetSigned,
  ScoreSheetInvalid,
  RecusalTooLate,
  NotOnPanel,
  ScoreSheetsMissing,
  LeaveOutInvalid,
  LotRequired,
  LotNotRequired,
  LotInFuture,
  LotBeforeOpening,
  ScoreResultsInvalid,
  ScoreResultsMissing,
  ScoreResultsTooLate,
  DrawStands,
  DrawImpossible,
  DrawNotInState,
  DrawSeedInvalid,
  DrawCandidateUnknown,
  DrawUnrevealed,
  PanelNotAsDrawn,
  RecusalRequestNotInState,
]
