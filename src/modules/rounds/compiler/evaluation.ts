import { parsePoints } from '../../../kernel/points.ts'
import type { RoundPolicy } from '../policyDocument.ts'
import { type CompilerFacts, defineFindings, type Finding, type Part, repeatedIndexes, when } from './finding.ts'
import { evaluationTotals, SHEET_FINDINGS, sheetFindings, wholeOf } from './sheet.ts'

const FLAW = defineFindings({
  bands_not_descending: [
    'error',
    '等级应从高到低排列:每一档的下限必须低于前一档。',
    'Bands go from best to worst: each lower bound is below the one before.',
  ],
  bands_incomplete: [
    'error',
    '最后一档的下限必须为 0,使任何得分都有等级。',
    'The last band must start at 0, so that every total has a grade.',
  ],
  band_unreachable: [
    'error',
    '此等级的下限高于可能的最高分 {most},无人能够达到;请降低下限。',
    'Nobody reaches this grade: the highest total is {most}; lower its bound.',
  ],
  bands_single: [
    'warning',
    '只有一个等级,它同时是不合格等级,所有项目都不合格。',
    'The only band is the failing one: every project fails.',
  ],
  grade_unknown: [
    'error',
    '整改后的最高等级必须是终期评估的等级之一。',
    'The cap after a rectification must be one of the final grades.',
  ],
  grade_cap_fails: [
    'error',
    '整改后的最高等级是不合格,整改便没有意义;请选择更高的等级。',
    'A rectified project could only fail: choose a better grade as its cap.',
  ],
  grade_cap_unused: [
    'warning',
    '政策不允许整改,finalGradeCap 不起作用。',
    'The policy allows no rectification, so its grade cap is never used.',
  ],
  mid_pass_line_zero: ['warning', '中期及格线为 0,任何得分都算通过。', 'With a pass line of 0 every mid-term passes.'],
  satisfaction_sample_unreachable: [
    'warning',
    '满意度样本至少 {sample} 人,多于需求 {needId} 的服务对象 {beneficiaries} 人。',
    'A satisfaction sample of {sample} is more than the {beneficiaries} beneficiaries of the need {needId}.',
  ],
})

export const evaluation: Part = {
  definitions: FLAW,
  check: ({ policy }, facts) => {
    const { mid, final } = policy
    const totals = evaluationTotals(policy)
    return [
      ...sheetFindings(
        '/policy/mid/dimensions',
        mid.dimensions,
        mid.passLine,
        '/policy/mid/passLine',
        totals,
        mid.bonusMax,
      ),
      ...when(parsePoints(mid.passLine) === 0, '/policy/mid/passLine', FLAW.mid_pass_line_zero),
      ...sheetFindings('/policy/final/dimensions', final.dimensions, '0', '/policy/final', totals),
      ...bandFindings(policy),
      ...rectificationFindings(policy),
      ...sampleFindings(policy, facts),
    ]
  },
}

function bandFindings({ final }: RoundPolicy): Finding[] {
  const minima = final.bands.map((band) => parsePoints(band.min))
  const most = wholeOf(final.dimensions) + parsePoints(final.bonusMax)
  const place = '/policy/final/bands'
  return [
    ...minima.flatMap((min, index) =>
      when(index > 0 && min >= (minima[index - 1] ?? 0), `${place}/${index}/min`, FLAW.bands_not_descending),
    ),
    ...when(minima.at(-1) !== 0, `${place}/${minima.length - 1}/min`, FLAW.bands_incomplete),
    ...minima.flatMap((min, index) =>
      when(min > most, `${place}/${index}/min`, FLAW.band_unreachable, { most: most / 100 }),
    ),
    ...when(minima.length === 1, place, FLAW.bands_single),
    ...repeatedIndexes(final.bands.map((band) => band.grade)).flatMap((index) =>
      when(true, `${place}/${index}/grade`, SHEET_FINDINGS.code_repeated),
    ),
  ]
}

function rectificationFindings({ final, rectification }: RoundPolicy): Finding[] {
  const cap = rectification.finalGradeCap
  const grades = final.bands.map((band) => band.grade)
  const place = '/policy/rectification/finalGradeCap'
  return [
    ...when(cap !== null && !grades.includes(cap), place, FLAW.grade_unknown),
    ...when(
      cap !== null && grades.length > 1 && grades.indexOf(cap) === grades.length - 1,
      place,
      FLAW.grade_cap_fails,
    ),
    ...when(cap !== null && rectification.times === 0, place, FLAW.grade_cap_unused),
  ]
}

function sampleFindings({ final }: RoundPolicy, { needs }: CompilerFacts): Finding[] {
  const sample = final.satisfactionSampleMin
  const short = needs.find(({ beneficiaryCount }) => beneficiaryCount < sample)
  return when(short !== undefined, '/policy/final/satisfactionSampleMin', FLAW.satisfaction_sample_unreachable, {
    sample,
    needId: short?.id ?? '',
    beneficiaries: short?.beneficiaryCount ?? 0,
  })
}
