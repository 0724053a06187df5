import { defineFindings, type Part, when } from './finding.ts'
import { sheetFindings } from './sheet.ts'

const FLAW = defineFindings({
  quorum_above_size: ['error', '法定人数多于评审组人数;请调低 quorum。', 'The quorum exceeds the panel; lower it.'],
  drop_extremes_too_early: [
    'error',
    '去掉最高分和最低分后须至少剩两份评分表;请把 dropExtremesMinSheets 设为 4 或以上。',
    'Extremes may be dropped from 4 sheets on, so that two experts remain.',
  ],
  tie_break_unknown: [
    'error',
    '{step} 既不是本轮评分项的 <criterion>_mean,也不是 lower_request、earlier_submission 或 lot。',
    '{step} is neither <criterion>_mean of a criterion here nor lower_request, earlier_submission or lot.',
  ],
  lot_not_last: ['error', '抽签必能决出先后,必须放在最后一步。', 'A lot always decides, so it must be the last step.'],
})

export const review: Part = {
  definitions: FLAW,
  check: ({ policy }) => {
    const { panel, criteria, tieBreak } = policy
    const steps = new Set([...criteria.map(({ code }) => `${code}_mean`), 'lower_request', 'earlier_submission', 'lot'])
    return [
      ...when(panel.quorum > panel.size, '/policy/panel/quorum', FLAW.quorum_above_size),
      // With three sheets, dropping two would leave one expert to decide alone.
      ...when(
        panel.dropExtremesMinSheets !== null && panel.dropExtremesMinSheets < 4,
        '/policy/panel/dropExtremesMinSheets',
        FLAW.drop_extremes_too_early,
      ),
      ...sheetFindings('/policy/criteria', criteria, policy.passLine, '/policy/passLine'),
      ...tieBreak.flatMap((step, index) =>
        when(!steps.has(step), `/policy/tieBreak/${index}`, FLAW.tie_break_unknown, { step }),
      ),
      ...when(tieBreak.includes('lot') && tieBreak.at(-1) !== 'lot', '/policy/tieBreak', FLAW.lot_not_last),
    ]
  },
}
