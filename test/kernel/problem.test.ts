import t from 'tap'
import { defineProblem, LANGUAGES, Problem, problem, sentence } from '../../src/kernel/problem.ts'

const RoundClosed = defineProblem({
  code: 'round_closed',
  status: 409,
  title: { 'zh-CN': '申报已截止', en: 'The round is closed' },
  detail: { 'zh-CN': '{round} 已于 {closedAt} 截止。', en: '{round} closed at {closedAt}.' },
})

t.test('a declared problem cannot be changed afterwards', async (t) => {
  t.ok(Object.isFrozen(RoundClosed))
})

t.test('a sentence is filled with its parameters, and an unfilled place stays visible', async (t) => {
  t.equal(sentence('{round} closed at {closedAt}.', { round: 'R1', closedAt: '17:00' }), 'R1 closed at 17:00.')
  t.equal(sentence('{year} and {year} again', { year: 2027 }), '2027 and 2027 again')
  const what = { 'zh-CN': '标题', en: 'the title' }
  t.equal(sentence('{what}', { what }), 'the title')
  t.equal(
    sentence('缺少{what}', { what }, 'zh-CN'),
    '缺少标题',
    'a sentence among the parameters is in the same language',
  )
  t.equal(sentence('{count} left', { count: 0 }), '0 left')
  t.equal(sentence('{round} closed', {}), '{round} closed')
  t.equal(sentence('{text}', { text: '{round} $& $1' }), '{round} $& $1', 'what is filled in is not read again')
})

t.test('a problem is an error that says its code and its English sentence', async (t) => {
  const thrown = problem(RoundClosed, { round: 'R1', closedAt: '17:00' })
  t.ok(thrown instanceof Problem)
  t.ok(thrown instanceof Error)
  t.equal(thrown.name, 'Problem')
  t.equal(thrown.message, 'round_closed: R1 closed at 17:00.')
  t.same(thrown.headers, {})
  t.same(thrown.errors, [])
})

t.test('a problem carries the headers of its answer', async (t) => {
  const refusal = { problem: RoundClosed, parameters: {}, errors: [] }
  t.same(new Problem(refusal, { etag: '"7"' }).headers, { etag: '"7"' })
})

t.test('callers are answered in Chinese and in English', async (t) => {
  t.same(LANGUAGES, ['zh-CN', 'en'])
})
