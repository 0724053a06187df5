import t from 'tap'
import { defineProblem } from '../../src/kernel/problem.ts'
import {
  finalStates,
  lawfulCommands,
  stateDiagram,
  type Transitions,
  transition,
} from '../../src/kernel/transitions.ts'

type State = 'draft' | 'published' | 'withdrawn'
type Command = 'publish' | 'withdraw'

const NEEDS: Transitions<State, Command> = {
  draft: { publish: 'published', withdraw: 'withdrawn' },
  published: { withdraw: 'withdrawn' },
  withdrawn: {},
}
const NeedNotInState = defineProblem({
  code: 'need_not_in_state',
  status: 409,
  title: { 'zh-CN': '需求当前状态不允许该操作', en: 'The need is in another state' },
  detail: { 'zh-CN': '状态 {state} 不允许 {command}。', en: 'A {state} need does not allow {command}.' },
})

t.test('a lawful command leads to its state', async (t) => {
  t.same(transition(NEEDS, 'draft', 'publish', NeedNotInState), { accepted: true, value: 'published' })
})

t.test('an unlawful command is refused with the state and the command', async (t) => {
  t.same(transition(NEEDS, 'withdrawn', 'publish', NeedNotInState), {
    accepted: false,
    refusal: { problem: NeedNotInState, parameters: { state: 'withdrawn', command: 'publish' }, errors: [] },
  })
})

t.test('the lawful commands are offered in the order of the table', async (t) => {
  t.same(lawfulCommands(NEEDS, 'draft'), ['publish', 'withdraw'])
  t.same(lawfulCommands(NEEDS, 'withdrawn'), [])
})

t.test('a state that nothing leaves is final', async (t) => {
  t.same(finalStates(NEEDS), ['withdrawn'])
})

t.test('the diagram shows each transition, the beginning and the ends', async (t) => {
  t.same(stateDiagram(NEEDS, 'draft').split('\n'), [
    'stateDiagram-v2',
    '  [*] --> draft',
    '  draft --> published : publish',
    '  draft --> withdrawn : withdraw',
    '  published --> withdrawn : withdraw',
    '  withdrawn --> [*]',
  ])
})
