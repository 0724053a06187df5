import t from 'tap'
import { accept, orThrow, refuse } from '../../src/kernel/decision.ts'
import { defineProblem, Problem } from '../../src/kernel/problem.ts'

const TooLate = defineProblem({
  code: 'too_late',
  status: 422,
  title: { 'zh-CN': '已截止', en: 'Too late' },
  detail: { 'zh-CN': '已于 {closedAt} 截止。', en: 'It closed at {closedAt}.' },
})

t.test('an accepted decision carries its value', async (t) => {
  t.same(accept(5), { accepted: true, value: 5 })
  t.equal(orThrow(accept('value')), 'value')
  t.equal(orThrow(accept(undefined)), undefined, 'even when there is nothing to carry')
})

t.test('a refusal carries its problem, parameters and fields', async (t) => {
  t.same(refuse(TooLate), { accepted: false, refusal: { problem: TooLate, parameters: {}, errors: [] } })
  const errors = [{ pointer: '#/budget/0/amount', code: 'pattern', detail: 'not an amount' }]
  t.same(refuse(TooLate, { closedAt: '17:00' }, errors).refusal, {
    problem: TooLate,
    parameters: { closedAt: '17:00' },
    errors,
  })
})

t.test('a refusal that reaches a service is thrown as its problem', async (t) => {
  try {
    orThrow(refuse(TooLate, { closedAt: '17:00' }))
    t.fail('a refusal must not return')
  } catch (error) {
    t.ok(error instanceof Problem)
    t.match(error, { problem: TooLate, parameters: { closedAt: '17:00' }, errors: [], headers: {} })
  }
})
