import type { RoundPolicy } from '../policyDocument.ts'
import { defineFindings, type Finding, type Part, repeatedIndexes, when } from './finding.ts'
import { repeatedCodes } from './sheet.ts'

const FLAW = defineFindings({
  vote_rules_missing: [
    'error',
    '评审方式为投票,但没有规定法定人数和多数;请填写 review.vote。',
    'The panel votes, but nothing says which quorum and majority; fill in review.vote.',
  ],
  vote_rules_unused: [
    'error',
    '评审方式为评分,却规定了投票规则;请删去 review.vote 或把 method 改为 vote。',
    'The panel scores, but there are rules for a vote; take review.vote out or set method to vote.',
  ],
  vote_majority_low: [
    'warning',
    '赞成票不过半即可通过({majority} 基点);过半数请填 5001。',
    'A bid passes without more than half of the votes ({majority} basis points); more than half is 5001.',
  ],
  vote_has_no_means: [
    'error',
    '投票没有分项得分,{step} 无从比较;请改用 panel_points、lower_request、earlier_submission 或 lot。',
    'A vote has no points for a criterion, so {step} cannot decide; use panel_points, lower_request, earlier_submission or lot.',
  ],
  vote_with_price: [
    'error',
    '投票与价格得分不能同时使用;请删去价格评分项。',
    'A vote and points for the price do not go together; take the price criterion out.',
  ],
  session_not_blind: [
    'error',
    '匿名评审不能当面陈述和质询;请把 review.session 设为 none 或取消匿名。',
    'Who states its case and is questioned is not unknown; set review.session to none or blindReview to false.',
  ],
  level_reviewer_repeated: [
    'error',
    '同一级有两个单位负责同一区划;请只保留一个。',
    'Two organizations review the same division at this level; keep one.',
  ],
  level_without_time: [
    'warning',
    '该级收到申报的当天即为最后一天;请在 decideWithin 中至少给一个工作日。',
    'The day on which a bid reaches this level is its last one; give at least a working day in decideWithin.',
  ],
  deduction_not_points: [
    'error',
    '扣分须按分值直接扣除;请把 normalization 设为 as_is。',
    'A deduction is points as they are; set its normalization to as_is.',
  ],
})

/** What the rules of the review can get wrong: votes, sessions, levels, deductions. */
export const hearing: Part = {
  definitions: FLAW,
  check: ({ policy }) => [...voteFindings(policy), ...sessionFindings(policy), ...deductionFindings(policy)],
}

function voteFindings({ review: { method, vote }, criteria, tieBreak }: RoundPolicy): Finding[] {
  const isVote = method === 'vote'
  const judged = criteria.filter(({ kind }) => kind !== 'price')
  const means = judged.map(({ code }) => `${code}_mean`)
  const majority = vote?.majorityBasisPoints ?? 10_000
  return [
    ...when(isVote && vote === null, '/policy/review/vote', FLAW.vote_rules_missing),
    ...when(!isVote && vote !== null, '/policy/review/vote', FLAW.vote_rules_unused),
    ...when(majority <= 5_000, '/policy/review/vote/majorityBasisPoints', FLAW.vote_majority_low, { majority }),
    ...tieBreak.flatMap((step, index) =>
      when(isVote && means.includes(step), `/policy/tieBreak/${index}`, FLAW.vote_has_no_means, { step }),
    ),
    ...when(isVote && judged.length < criteria.length, '/policy/review/method', FLAW.vote_with_price),
  ]
}

function sessionFindings({ review: { session, levels }, blindReview }: RoundPolicy): Finding[] {
  const place = '/policy/review/levels'
  return [
    ...when(blindReview && session !== 'none', '/policy/review/session', FLAW.session_not_blind),
    ...repeatedCodes(place, levels),
    ...levels.flatMap(({ decideWithin }, index) =>
      when(decideWithin?.amount === 0, `${place}/${index}/decideWithin`, FLAW.level_without_time),
    ),
    ...levels.flatMap(({ reviewers }, index) =>
      repeatedIndexes(reviewers.map(({ divisionPrefix }) => divisionPrefix)).flatMap((nth) =>
        when(true, `${place}/${index}/reviewers/${nth}`, FLAW.level_reviewer_repeated),
      ),
    ),
  ]
}

function deductionFindings({ scoring: { sources } }: RoundPolicy): Finding[] {
  return sources.flatMap(({ kind, normalization }, index) =>
    when(
      kind === 'deduction' && normalization !== 'as_is',
      `/policy/scoring/sources/${index}/normalization`,
      FLAW.deduction_not_points,
    ),
  )
}
