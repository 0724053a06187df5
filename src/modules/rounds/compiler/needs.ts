import { defineFindings, type Part, when } from './finding.ts'

const FLAW = defineFindings({
  needs_missing: ['error', '轮次没有需求;请至少添加一个。', 'A round calls for needs: add at least one.'],
  need_not_published: [
    'error',
    '需求 {needId} 处于 {state} 状态;请先发布,或从轮次中移除。',
    'The need {needId} is {state}; publish it first or take it out.',
  ],
})

export const needs: Part = {
  definitions: FLAW,
  check: (_round, facts) => [
    ...when(facts.needs.length === 0, '/needIds', FLAW.needs_missing),
    ...facts.needs.flatMap(({ id, state }, index) =>
      when(state !== 'published', `/needIds/${index}`, FLAW.need_not_published, { needId: id, state }),
    ),
  ],
}
