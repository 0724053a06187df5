import { parsePoints } from '../../../kernel/points.ts'
import type { RoundPolicy } from '../policyDocument.ts'
import { defineFindings, type Finding, type Part, when } from './finding.ts'
import { panelTotals, sheetFindings, wholeOf } from './sheet.ts'

const FLAW = defineFindings({
  quorum_above_size: ['error', '法定人数多于评审组人数;请调低 quorum。', 'The quorum exceeds the panel; lower it.'],
  quorum_below_majority: [
    'warning',
    '法定人数 {quorum} 不到评审组 {size} 人的半数以上。',
    'A quorum of {quorum} is no majority of a panel of {size}.',
  ],
  drop_extremes_too_early: [
    'error',
    '去掉最高分和最低分后须至少剩两份评分表;请把 dropExtremesMinSheets 设为 4 或以上。',
    'Extremes may be dropped from 4 sheets on, so that two experts remain.',
  ],
  drop_extremes_never: [
    'warning',
    '评审组只有 {size} 人,不会有 {sheets} 份评分表,因此从不去掉最高分和最低分。',
    'A panel of {size} never gives {sheets} sheets, so extremes are never dropped.',
  ],
  outlier_gap_never: [
    'warning',
    '离群差距不低于满分 {whole} 分,永远不会触发。',
    'No two sheets lie that far apart: the whole is {whole} points.',
  ],
  weights_not_whole: [
    'error',
    '评审组与各得分来源(奖励分和扣分除外)的权重之和为 {sum} 基点,应为 10000。',
    'The weights of panel and sources (bonuses and deductions apart) add up to {sum} basis points instead of 10000.',
  ],
  pass_line_zero: ['warning', '及格线为 0,任何得分都算通过。', 'With a pass line of 0 every total passes.'],
  tie_break_unknown: [
    'error',
    '{step} 既不是本轮评分项的 <criterion>_mean、panel_points 或得分来源的 <source>_points,也不是 lower_request、earlier_submission 或 lot。',
    '{step} is neither <criterion>_mean of a criterion here, panel_points or <source>_points of a source, nor lower_request, earlier_submission or lot.',
  ],
  tie_break_never_decides: [
    'warning',
    '只有一个评分项时,总分相同则该项也相同,{step} 不起作用。',
    'With one criterion, bids of equal totals are equal in it too: {step} never decides.',
  ],
  tie_break_may_not_decide: [
    'warning',
    '并列处理没有以抽签(lot)结尾,可能分不出先后。',
    'Bids may stay tied: end the tie-break with lot.',
  ],
  lot_not_last: ['error', '抽签必能决出先后,必须放在最后一步。', 'A lot always decides, so it must be the last step.'],
  awards_above_bids: [
    'warning',
    '每个机构最多 {awards} 个资助,但只能申报 {bids} 个,上限不会达到。',
    'An organization may win {awards} awards but bid only {bids} times: the limit is never reached.',
  ],
})

export const review: Part = {
  definitions: FLAW,
  check: ({ policy }) => [
    ...panelFindings(policy),
    ...sheetFindings(
      '/policy/criteria',
      policy.criteria,
      passLineOfPanel(policy),
      '/policy/passLine',
      panelTotals(policy),
    ),
    ...weightFindings(policy),
    ...when(parsePoints(policy.passLine) === 0, '/policy/passLine', FLAW.pass_line_zero),
    ...tieBreakFindings(policy),
    ...limitFindings(policy),
  ],
}

/** A total of several parts has a whole of its own; the sheet then has no pass line to reach. */
function passLineOfPanel({ scoring, passLine }: RoundPolicy): string {
  const isComposed = scoring.sources.length > 0 || scoring.panelWeightBasisPoints < 10_000
  return isComposed && scoring.passLineOn === 'total' ? '0' : passLine
}

/** Where the panel has a part of the total alone, all parts make up the whole; else sources come on top of it. */
function weightFindings({ scoring: { panelWeightBasisPoints, sources } }: RoundPolicy): Finding[] {
  const parts = sources.filter(({ kind }) => kind !== 'bonus' && kind !== 'deduction')
  const sum = parts.reduce((total, { weightBasisPoints }) => total + weightBasisPoints, panelWeightBasisPoints)
  const isFlawed = panelWeightBasisPoints < 10_000 && sum !== 10_000
  return when(isFlawed, '/policy/scoring', FLAW.weights_not_whole, { sum })
}

function panelFindings({ panel, criteria }: RoundPolicy): Finding[] {
  const { size, quorum, dropExtremesMinSheets: sheets, outlierGap } = panel
  const place = '/policy/panel/dropExtremesMinSheets'
  const whole = wholeOf(criteria)
  return [
    ...when(quorum > size, '/policy/panel/quorum', FLAW.quorum_above_size),
    ...when(quorum * 2 <= size, '/policy/panel/quorum', FLAW.quorum_below_majority, { quorum, size }),
    // With three sheets, dropping two would leave one expert to decide alone.
    ...when(sheets !== null && sheets < 4, place, FLAW.drop_extremes_too_early),
    ...when(sheets !== null && sheets >= 4 && sheets > size, place, FLAW.drop_extremes_never, {
      size,
      sheets: sheets ?? 0,
    }),
    ...when(
      outlierGap !== null && whole > 0 && parsePoints(outlierGap) >= whole,
      '/policy/panel/outlierGap',
      FLAW.outlier_gap_never,
      { whole: whole / 100 },
    ),
  ]
}

function tieBreakFindings({ criteria, tieBreak, scoring }: RoundPolicy): Finding[] {
  const means = criteria.map(({ code }) => `${code}_mean`)
  const parts = ['panel', ...scoring.sources.map(({ code }) => code)].map((code) => `${code}_points`)
  const steps = new Set([...means, ...parts, 'lower_request', 'earlier_submission', 'lot'])
  return [
    ...tieBreak.flatMap((step, index) =>
      when(!steps.has(step), `/policy/tieBreak/${index}`, FLAW.tie_break_unknown, { step }),
    ),
    ...tieBreak.flatMap((step, index) =>
      when(criteria.length === 1 && step === means[0], `/policy/tieBreak/${index}`, FLAW.tie_break_never_decides, {
        step,
      }),
    ),
    ...when(!tieBreak.includes('lot'), '/policy/tieBreak', FLAW.tie_break_may_not_decide),
    ...when(tieBreak.includes('lot') && tieBreak.at(-1) !== 'lot', '/policy/tieBreak', FLAW.lot_not_last),
  ]
}

function limitFindings({ awardsPerOrganizationMax: awards, bidsPerOrganizationMax: bids }: RoundPolicy): Finding[] {
  return when(awards > bids, '/policy/awardsPerOrganizationMax', FLAW.awards_above_bids, { awards, bids })
}
