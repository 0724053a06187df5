import t from 'tap'
import { readConfig } from '../src/config.ts'
import { openLog } from '../src/deps.ts'
import { testApp } from './support/app.ts'

const config = readConfig({ SANDAN_SECRET: 'a secret for tests only, 32 characters or more', LOG_LEVEL: 'info' })

function captured() {
  const lines: string[] = []
  return { lines, log: openLog(config, { write: (line: string) => void lines.push(line) }) }
}

t.test('a logged error says what failed, never with which values or over which connection', async (t) => {
  const { lines, log } = captured()
  const cause = Object.assign(new Error('duplicate key'), {
    code: '23505',
    detail: 'Key (phone)=(13900000000)',
    client: { password: 'canary-1' },
  })
  log.error({ err: new Error('Failed query: insert into t\nparams: canary-2,13900000000', { cause }) }, 'failed')
  const line = lines.join()
  t.match(JSON.parse(line).err, {
    message: 'Failed query: insert into t',
    cause: { code: '23505', message: 'duplicate key' },
  })
  for (const canary of ['canary-1', 'canary-2', '13900000000']) t.notOk(line.includes(canary), canary)
})

t.test('no credential and no body reaches the log of a request', async (t) => {
  const { lines, log } = captured()
  const { app, keyFor } = await testApp(t, { log })
  const key = await keyFor('platform_admin')
  const send = (payload: object) =>
    app.inject({
      method: 'POST',
      url: '/v1/organizations',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      payload,
    })
  t.equal((await send({ name: '张三的电话 13911112222', type: 'social_group' })).statusCode, 422)
  t.equal((await send({ name: 13933334444 })).statusCode, 400)
  const text = lines.join('\n')
  t.match(text, /"reqId"/)
  for (const secret of [key, key.slice(-20), '13911112222', '13933334444'])
    t.notOk(text.includes(secret), secret.slice(0, 6))
})

t.test('a request is one line, found by the id of its answer', async (t) => {
  const { lines, log } = captured()
  const { app } = await testApp(t, { log })
  lines.length = 0
  const answer = await app.inject({ url: '/v1/organizations?limit=1' })
  const said = lines.map((line) => JSON.parse(line))
  t.equal(said.length, 1)
  t.match(said[0], {
    reqId: answer.headers['x-request-id'],
    req: { method: 'GET', url: '/v1/organizations?limit=1' },
    res: { statusCode: 200 },
    responseTime: Number,
  })
})
