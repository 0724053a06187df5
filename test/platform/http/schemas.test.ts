import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import { Text } from '../../../src/platform/http/schemas.ts'
import { testApp } from '../../support/app.ts'

const isText = new Ajv2020().compile(Text(10))

t.test('a text shows at least one character', async (t) => {
  for (const text of ['需', 'é', '1', '。', '€', '\u{20BB7}', ' 探访 ', '\u200b访', '👵🏽', 'ا\u0651'])
    t.ok(isText(text), JSON.stringify(text))
  const invisible = [
    '',
    ' \t\n',
    '\u00a0\u3000',
    '\u200b\u200b',
    '\u200d\u2060\ufeff',
    '\u00ad',
    '\u202e\u2066',
    '\u0301\ufe0f',
    '\u3164',
    '\u115f\u1160\uffa0',
    '\u2800',
    '\u{e0041}',
  ]
  for (const text of invisible) t.notOk(isText(text), JSON.stringify(text))
})

t.test('a name that nobody can see is refused over HTTP', async (t) => {
  const { call, keyFor } = await testApp(t)
  const admin = await keyFor('platform_admin')
  const named = (name: string) => call(admin, 'POST', '/v1/divisions', { code: '990421101002', name })
  const refused = await named('\u200b\u200b')
  t.match(refused, { status: 400, body: { code: 'invalid_request', errors: [{ pointer: '#/name' }] } })
  t.equal((await named('望溪\u200b社区')).status, 201, 'a joiner between letters is nobody’s harm')
})
