import Fastify from 'fastify'
import t from 'tap'
import { type Compiling, serializersMade } from '../../../src/platform/http/compiling.ts'
import { useStrictValidators } from '../../../src/platform/http/validator.ts'

async function appThatCompiles(compiling: Compiling, body: object, answer: object) {
  const app = Fastify({ schemaController: { compilersFactory: { buildSerializer: serializersMade(compiling) } } })
  useStrictValidators(app, compiling)
  app.post('/', { schema: { body, response: { 200: answer } } }, async () => ({ count: 1, hidden: true }))
  await app.ready()
  return app
}

const COUNT = {
  type: 'object',
  properties: { count: { type: 'integer' } },
  required: ['count'],
  additionalProperties: false,
}

t.test('requests are checked and answers written alike, whenever the functions for it are made', async (t) => {
  for (const compiling of ['when needed', 'at once'] as const) {
    const app = await appThatCompiles(compiling, COUNT, COUNT)
    t.teardown(() => app.close())
    for (const _again of [1, 2]) {
      const taken = await app.inject({ method: 'POST', url: '/', payload: { count: 1 } })
      t.same([taken.statusCode, taken.json()], [200, { count: 1 }], 'only what the schema names')
      const refused = await app.inject({ method: 'POST', url: '/', payload: { count: '1' } })
      t.equal(refused.statusCode, 400)
      t.match(refused.json().message, /count must be integer/)
    }
  }
})

t.test('a schema that cannot be compiled is found when all are made at once', async (t) => {
  await t.rejects(appThatCompiles('at once', { $ref: '#/nowhere' }, COUNT))
})
