import Fastify from 'fastify'
import t from 'tap'
import { useStrictValidators } from '../../../src/platform/http/validator.ts'

t.test('lengths are counted in characters of Unicode, and told before the pattern', async (t) => {
  const app = Fastify()
  useStrictValidators(app, 'when needed')
  const name = { type: 'string', minLength: 2, maxLength: 4, pattern: '^[^!]*$' }
  app.post('/', { schema: { body: { type: 'object', properties: { name } } } }, async () => 'taken')
  const answerTo = async (text: string) => {
    const { statusCode, body } = await app.inject({ method: 'POST', url: '/', payload: { name: text } })
    return statusCode === 200 ? body : JSON.parse(body).message
  }
  for (const text of ['ab', 'abcd', '社区', '😀😀', '😀😀😀😀', 'a😀', 'ab😀😀'])
    t.equal(await answerTo(text), 'taken', text)
  for (const text of ['', 'a', '社', '😀'])
    t.equal(await answerTo(text), 'body/name must NOT have fewer than 2 characters', text)
  for (const text of ['abcde', '😀😀😀😀😀', 'abc😀!', '!!!!!!!!!'])
    t.equal(await answerTo(text), 'body/name must NOT have more than 4 characters', text)
  t.match(await answerTo('ab!'), /must match pattern/)
})
