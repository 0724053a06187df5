import { defineProblem } from '../../../kernel/problem.ts'

export const SessionNotHeld = defineProblem({
  code: 'review_session_not_held',
  status: 409,
  title: { 'zh-CN': '本轮次不设评审会', en: 'This round holds no review session' },
  detail: {
    'zh-CN': '政策 review.session 为 none,专家自评审日起直接签署评分表。',
    en: 'Its policy says review.session none: experts sign their sheets from the review day on.',
  },
})
export const SessionBidsInvalid = defineProblem({
  code: 'review_session_bids_invalid',
  status: 422,
  title: { 'zh-CN': '评审会的申报名单有误', en: 'These bids cannot be called' },
  detail: {
    'zh-CN': '名单有 {count} 处问题,逐项见 errors:每份参评申报只在一次评审会上出现一次。',
    en: 'The list has {count} flaws, see errors: each bid under review is called once, to one session.',
  },
})
export const ReviewItemNotInState = defineProblem({
  code: 'review_item_not_in_state',
  status: 409,
  title: { 'zh-CN': '评审环节不允许此操作', en: 'The hearing is not at the stage for this' },
  detail: {
    'zh-CN': '该申报处于 {state} 环节,不能执行 {command};顺序是陈述、质询、评分或投票、公布意见。',
    en: 'The hearing is at {state}; {command} is not possible then. The order is statement, cross-examination, scoring or vote, opinion.',
  },
})
export const CrossExaminationRequired = defineProblem({
  code: 'cross_examination_required',
  status: 409,
  title: { 'zh-CN': '须先交叉质询', en: 'The cross-examination comes first' },
  detail: {
    'zh-CN': '申报 {bidId} 尚未交叉质询,不能开始评分或投票;请先进入质询环节。',
    en: 'The bid {bidId} was not cross-examined; open that stage before scoring or voting.',
  },
})
export const QuestionsUnanswered = defineProblem({
  code: 'review_questions_unanswered',
  status: 409,
  title: { 'zh-CN': '尚有质询未答复', en: 'Questions wait for their answer' },
  detail: {
    'zh-CN': '第 {numbers} 个问题还没有记录答复;未作答的也请如实记录,再开始评分。',
    en: 'No answer is on record for question {numbers}; record it, also that none was given, and open the scoring then.',
  },
})
export const QuestionAnswered = defineProblem({
  code: 'review_question_answered',
  status: 409,
  title: { 'zh-CN': '该问题已有答复', en: 'The question has its answer' },
  detail: {
    'zh-CN': '第 {number} 个问题的答复已记录,不再更改。',
    en: 'The answer to question {number} is on record and does not change.',
  },
})
export const ScoringNotOpen = defineProblem({
  code: 'scoring_not_open',
  status: 409,
  title: { 'zh-CN': '尚未进入评分或投票环节', en: 'Scoring is not open' },
  detail: {
    'zh-CN': '申报 {bidId} 处于 {state} 环节;陈述和质询之后由主办单位开始评分或投票,公布意见后不再接受。',
    en: 'The hearing of {bidId} is at {state}. Sheets and votes are taken after statement and cross-examination, and before the opinion.',
  },
})
export const VotesBelowQuorum = defineProblem({
  code: 'votes_below_quorum',
  status: 409,
  title: { 'zh-CN': '投票人数不足', en: 'Too few have voted' },
  detail: {
    'zh-CN':
      '申报 {bidIds} 的投票人数未达到政策规定的比例。请缺席的专家补投,或登记其回避(POST /review-panels/{panelId}/recusals)由候补专家投票。',
    en: 'Too few of the seated experts have voted on {bidIds}. Let the absent vote still, or state their recusal (POST /review-panels/{panelId}/recusals) so that alternates vote.',
  },
})
export const VotesMissing = defineProblem({
  code: 'votes_missing',
  status: 409,
  title: { 'zh-CN': '投票尚未收齐', en: 'Votes are missing' },
  detail: {
    'zh-CN':
      '还缺 {count} 票,逐项见 errors;请等待这些专家投票,未到场的由主办单位写明理由登记缺席(POST /review-panels/{panelId}/absences)。',
    en: '{count} votes are missing, see errors; wait for these experts, or record the absence of who did not come, with the reason (POST /review-panels/{panelId}/absences).',
  },
})
export const AbsenceNotUsed = defineProblem({
  code: 'absence_not_used',
  status: 409,
  title: { 'zh-CN': '评分制不登记缺席', en: 'A panel that scores has no absence' },
  detail: {
    'zh-CN':
      '本轮次由专家评分,每位专家都须签署评分表;不能到场的请登记回避(POST /review-panels/{panelId}/recusals),由候补专家评审。',
    en: 'This panel scores, so every seated expert signs; who cannot come steps aside (POST /review-panels/{panelId}/recusals) and an alternate judges.',
  },
})
export const AbsenceRecorded = defineProblem({
  code: 'absence_recorded',
  status: 409,
  title: { 'zh-CN': '缺席已登记', en: 'The absence is on record' },
  detail: {
    'zh-CN': '专家 {expertId} 对申报 {bidId} 的缺席已登记,理由不再更改;意见公布前到场的仍可投票。',
    en: 'The absence of {expertId} from {bidId} is on record and its reason does not change; who comes before the opinion may vote still.',
  },
})
export const OpinionsMissing = defineProblem({
  code: 'review_opinions_missing',
  status: 409,
  title: { 'zh-CN': '评审意见尚未公布', en: 'Opinions are missing' },
  detail: {
    'zh-CN': '还有 {count} 份申报的评审意见未公布,逐项见 errors;公布后再排名。',
    en: 'The opinions on {count} bids are not published, see errors; rank after that.',
  },
})
export const LevelsNotUsed = defineProblem({
  code: 'review_levels_not_used',
  status: 409,
  title: { 'zh-CN': '本轮次不设多级评审', en: 'This round has no levels of review' },
  detail: {
    'zh-CN': '政策 review.levels 为空,申报直接由评审专家组评审。',
    en: 'Its policy names no review.levels: bids go to the panel at once.',
  },
})
export const LevelReviewerMissing = defineProblem({
  code: 'level_reviewer_missing',
  status: 422,
  title: { 'zh-CN': '有申报没有对应的评审单位', en: 'Nobody reviews some of the bids' },
  detail: {
    'zh-CN': '有 {count} 处没有评审单位,逐项见 errors:政策 review.levels 的每一级都须覆盖需求所在区划。',
    en: '{count} bids have no reviewer at a level, see errors: each of review.levels has to cover the divisions of the needs.',
  },
})
export const LevelReviewNotInState = defineProblem({
  code: 'level_review_not_in_state',
  status: 409,
  title: { 'zh-CN': '当前状态不能作此决定', en: 'The bid is not in a state for this decision' },
  detail: {
    'zh-CN': '该申报处于 {state} 状态,不能执行 {command}。',
    en: 'The bid is {state}; {command} is not possible then.',
  },
})
export const LevelReviewRanked = defineProblem({
  code: 'level_review_ranked',
  status: 409,
  title: { 'zh-CN': '本轮次已排名,不能再作逐级评审决定', en: 'The round is ranked' },
  detail: {
    'zh-CN':
      '本轮次已经排名,申报 {bidId} 的逐级评审不能变动;请主办单位先撤回排名(POST /rounds/{roundId}/ranking-withdrawal)。',
    en: 'The round is ranked, so nothing changes at the levels of {bidId}; the host withdraws the ranking first (POST /rounds/{roundId}/ranking-withdrawal).',
  },
})
export const ReviewItemRanked = defineProblem({
  code: 'review_item_ranked',
  status: 409,
  title: { 'zh-CN': '本轮次已排名,不能重新评分', en: 'The round is ranked, so no scoring opens again' },
  detail: {
    'zh-CN':
      '本轮次已经排名,申报 {bidId} 的评审意见不能收回;请先写明理由撤回排名(POST /rounds/{roundId}/ranking-withdrawal),或登记事后发现的回避。',
    en: 'The round is ranked, so the opinion on {bidId} is not taken back; withdraw the ranking with a reason first (POST /rounds/{roundId}/ranking-withdrawal), or void the seat of who should have stood aside.',
  },
})
export const LevelNotSilent = defineProblem({
  code: 'level_not_silent',
  status: 409,
  title: { 'zh-CN': '该级期限未满', en: 'The level has time still' },
  detail: {
    'zh-CN': '该级可在 {dueOn} 及之前作出决定;期满未决定的,次日起可登记其未答复。',
    en: 'The level may decide up to {dueOn}; its silence can be recorded from the day after.',
  },
})
export const LevelWithoutDueDay = defineProblem({
  code: 'level_without_due_day',
  status: 409,
  title: { 'zh-CN': '该级没有期限', en: 'The level has no last day' },
  detail: {
    'zh-CN': '政策未规定该级的期限(review.levels 的 decideWithin),不能登记未答复;请催办该级单位。',
    en: 'The policy sets this level no time (decideWithin in review.levels), so it cannot be silent; ask the organization to decide.',
  },
})
export const LevelReasonMissing = defineProblem({
  code: 'level_reason_missing',
  status: 422,
  title: { 'zh-CN': '须写明理由', en: 'A reason is missing' },
  detail: {
    'zh-CN': '执行 {decision} 须写明理由(reason),下一级和申报单位都会看到。',
    en: 'The decision {decision} needs a reason; the level below and the bidder read it.',
  },
})
export const BidNotForwarded = defineProblem({
  code: 'bid_not_forwarded',
  status: 409,
  title: { 'zh-CN': '申报尚未逐级上报', en: 'The bid has not come through the levels' },
  detail: {
    'zh-CN': '申报 {bidIds} 的逐级评审处于 {state} 状态;最后一级上报后专家组才评审和排名。',
    en: 'The levels of review have left {bidIds} {state}; the panel judges and ranks what the last level forwarded.',
  },
})
