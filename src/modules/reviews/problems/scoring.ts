import { defineProblem } from '../../../kernel/problem.ts'

export const ReviewNotBegun = defineProblem({
  code: 'review_not_begun',
  status: 409,
  title: { 'zh-CN': '评审尚未开始', en: 'The review has not begun' },
  detail: {
    'zh-CN': '评审日是 {reviewOn};请在该日或之后签署评分表。',
    en: 'The review takes place on {reviewOn}; sign the sheet on that day or after it.',
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
    'zh-CN':
      '该专家对申报 {bidId} 须回避({reason}),不能提交评分表。席位仍在的,请由专家本人或主办单位登记回避(POST /review-panels/{panelId}/recusals),候补专家即递补;专家记录有误的,请先更正。',
    en: 'The expert is recused from {bidId} ({reason}) and signs no sheet for it. If the seat is taken still, the expert or the host states the recusal (POST /review-panels/{panelId}/recusals) and the next alternate steps in; a wrong record is mended first.',
  },
})

export const ScoreSheetSigned = defineProblem({
  code: 'score_sheet_signed',
  status: 409,
  title: { 'zh-CN': '评分表已签署', en: 'The score sheet is signed already' },
  detail: {
    'zh-CN':
      '该专家已签署申报 {bidId} 的评分表;评分签署后锁定,排名之前可写明理由更正(POST /score-sheets/…/correction)。',
    en: 'The expert has signed the sheet for {bidId}; scores lock on signature. Before the ranking it may be corrected with a reason (POST /score-sheets/…/correction).',
  },
})

export const ScoreSheetInvalid = defineProblem({
  code: 'score_sheet_invalid',
  status: 422,
  title: { 'zh-CN': '评分表不符合评分标准', en: 'The score sheet does not fit the criteria' },
  detail: {
    'zh-CN': '评分表有 {count} 处问题,逐项见 errors:须恰好包含政策规定的全部评分项,每项不超过满分;投票制只填 vote。',
    en: 'The sheet has {count} flaws, see errors: exactly the criteria of the policy, none above its maximum; a vote alone where the panel votes.',
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

export const ScoreSheetsInConflict = defineProblem({
  code: 'score_sheets_in_conflict',
  status: 409,
  title: { 'zh-CN': '有评分表出自应当回避的专家', en: 'Sheets of experts who may not judge these bids' },
  detail: {
    'zh-CN':
      '按专家现有记录,有 {count} 份评分表的专家应当回避该申报,逐项见 errors(申报、专家)。请登记事后发现的回避(POST /review-panels/{panelId}/voidings),由候补专家评审后重新排名;已拟立项的,先撤回公示、收回拟立项(POST /rounds/{roundId}/award-retraction),本轮次已有审定的,由会议不予审定(rejections)或取消该拟立项(POST /awards/…/cancellation);专家记录有误的,请更正记录(PATCH /experts/{expertId})。',
    en: 'By what the record says now, {count} sheets are of experts who may not judge that bid, see errors (bid, expert). Void the seat (POST /review-panels/{panelId}/voidings), let the alternate judge and rank again. Where awards are proposed, withdraw the notice and take them back first (POST /rounds/{roundId}/award-retraction); where the round is decided, have the meeting reject the award (rejections) or cancel it (POST /awards/…/cancellation). If the record is wrong, mend it (PATCH /experts/{expertId}).',
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
      '结果有 {count} 处问题,逐项见 errors:每份参评申报恰好一条(规定可以缺项的除外),分值在上下限之内,加分和扣分须写明理由。',
    en: 'The results have {count} flaws, see errors: one for each bid under review (unless some may be left out), points within their bounds, a reason with each bonus and deduction.',
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

export const ScoreSheetVoid = defineProblem({
  code: 'score_sheet_void',
  status: 409,
  title: { 'zh-CN': '评分表已作废', en: 'The score sheet is void' },
  detail: {
    'zh-CN': '评分表 {sheetId} 已作废(已更正或专家已回避),只供查阅。',
    en: 'The sheet {sheetId} is void, by a correction or a recusal, and stays for reading only.',
  },
})
export const ScoreSheetCorrectionTooLate = defineProblem({
  code: 'score_sheet_correction_too_late',
  status: 409,
  title: { 'zh-CN': '已经排名,不能更正评分表', en: 'Too late to correct the sheet' },
  detail: {
    'zh-CN':
      '本轮次已经排名,评分表 {sheetId} 不再更正;确有差错的,由主办单位先撤回排名(POST /rounds/{roundId}/ranking-withdrawal)。',
    en: 'The round is ranked, so {sheetId} is corrected no more. If there is an error the host withdraws the ranking first (POST /rounds/{roundId}/ranking-withdrawal).',
  },
})
export const ScoreSheetUnchanged = defineProblem({
  code: 'score_sheet_unchanged',
  status: 422,
  title: { 'zh-CN': '更正内容与原评分表相同', en: 'The correction changes nothing' },
  detail: {
    'zh-CN': '更正后的内容与评分表 {sheetId} 完全相同;没有差错的,原表继续有效,不必更正。',
    en: 'What you sent is what {sheetId} says already; that sheet stands, and there is nothing to correct.',
  },
})
export const OutlierReasonsMissing = defineProblem({
  code: 'outlier_reasons_missing',
  status: 409,
  title: { 'zh-CN': '评分差距过大,须书面说明', en: 'Sheets far from the others need a reason' },
  detail: {
    'zh-CN':
      '有 {count} 份评分表与其他专家均值相差超过政策规定,逐项见 errors;请相关专家书面说明(POST /score-sheets/{sheetId}/outlier-reason),评分照常有效。',
    en: '{count} sheets are further from the mean of the others than the policy allows, see errors. Their experts say why (POST /score-sheets/{sheetId}/outlier-reason); the sheets count all the same.',
  },
})
export const OutlierReasonNotNeeded = defineProblem({
  code: 'outlier_reason_not_needed',
  status: 409,
  title: { 'zh-CN': '无需说明', en: 'No reason is needed' },
  detail: {
    'zh-CN': '评分表 {sheetId} 与其他专家均值相差未超过政策规定,或已作说明。',
    en: 'The sheet {sheetId} is not further from the others than the policy allows, or has its reason.',
  },
})

export const TooManyScores = defineProblem({
  code: 'too_many_scores',
  status: 422,
  title: { 'zh-CN': '一次提交的评分过多', en: 'Too many scores at once' },
  detail: {
    'zh-CN': '本次共有 {count} 个评分,一次最多 {max} 个;请分批提交。',
    en: 'These are {count} scores and one request takes {max}; send them in several.',
  },
})

export const ReviewSettled = defineProblem({
  code: 'review_settled',
  status: 409,
  title: { 'zh-CN': '已拟定立项,评审结果不能变动', en: 'Awards rest on this review' },
  detail: {
    'zh-CN': '申报 {bidId} 已处于 {state} 状态;请先撤回拟立项(POST /rounds/{roundId}/award-retraction),再重新评审。',
    en: 'The bid {bidId} is {state}; take the awards back first (POST /rounds/{roundId}/award-retraction), then review again.',
  },
})
export const NothingToWithdraw = defineProblem({
  code: 'nothing_to_withdraw',
  status: 409,
  title: { 'zh-CN': '本轮次尚未排名', en: 'The round is not ranked' },
  detail: {
    'zh-CN': '没有可以撤回的排名;评分表现在即可更正。',
    en: 'There is no ranking to withdraw; sheets can be corrected now.',
  },
})
