import { parsePoints } from '../../../kernel/points.ts'
import { defineFindings, type Part, repeatedIndexes, when } from './finding.ts'
import { SHEET_FINDINGS, sheetFindings } from './sheet.ts'

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
  grade_unknown: [
    'error',
    '整改后的最高等级必须是终期评估的等级之一。',
    'The cap after a rectification must be one of the final grades.',
  ],
})

export const evaluation: Part = {
  definitions: FLAW,
  check: ({ policy }) => {
    const { mid, final, rectification } = policy
    const minima = final.bands.map((band) => parsePoints(band.min))
    const grades = final.bands.map((band) => band.grade)
    const cap = rectification.finalGradeCap
    return [
      ...sheetFindings('/policy/mid/dimensions', mid.dimensions, mid.passLine, '/policy/mid/passLine'),
      ...sheetFindings('/policy/final/dimensions', final.dimensions, '0', '/policy/final'),
      ...minima.flatMap((min, index) =>
        when(
          index > 0 && min >= (minima[index - 1] ?? 0),
          `/policy/final/bands/${index}/min`,
          FLAW.bands_not_descending,
        ),
      ),
      ...when(minima.at(-1) !== 0, `/policy/final/bands/${minima.length - 1}/min`, FLAW.bands_incomplete),
      ...repeatedIndexes(grades).flatMap((index) =>
        when(true, `/policy/final/bands/${index}/grade`, SHEET_FINDINGS.code_repeated),
      ),
      ...when(cap !== null && !grades.includes(cap), '/policy/rectification/finalGradeCap', FLAW.grade_unknown),
    ]
  },
}
