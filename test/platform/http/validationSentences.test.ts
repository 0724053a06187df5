import t from 'tap'
import { testApp } from '../../support/app.ts'

t.test('a refusal of a field says in both languages what the field takes', async (t) => {
  const { app, keyFor, hostId } = await testApp(t)
  const admin = await keyFor('platform_admin')
  const key = { label: '审计', roles: ['auditor'], hostId, expiresAt: '2026-03-01T09:00:00Z' }
  const send = async (payload: object, language: 'zh-CN' | 'en') => {
    const headers = {
      authorization: `Bearer ${admin}`,
      'content-type': 'application/json',
      'accept-language': language,
      'idempotency-key': 'once',
    }
    return (await app.inject({ method: 'POST', url: '/v1/api-keys', headers, payload })).json()
  }
  const told = async (payload: object) => [
    (await send({ ...key, ...payload }, 'zh-CN')).errors[0].detail,
    (await send({ ...key, ...payload }, 'en')).errors[0].detail,
  ]
  t.same(await told({ label: ' \u3000' }), ['不能为空白', 'must not be blank'])
  const [words, englishWords] = await told({ roles: ['king'] })
  t.match(words, /^须为下列之一:platform_admin、/)
  t.match(englishWords, /^must be one of: platform_admin, /)
  for (const expiresAt of ['tomorrow', '2026-03-01', '0999-03-01T09:00:00Z', '2026-02-30T09:00:00Z'])
    t.same(
      await told({ expiresAt }),
      [
        '须为带时区的时刻,例如 2026-03-01T09:00:00Z 或 2026-03-01T17:00:00+08:00',
        'must be an instant with its offset such as 2026-03-01T09:00:00Z or 2026-03-01T17:00:00+08:00',
      ],
      expiresAt,
    )
})

t.test('a refusal of a day shows what a day looks like', async (t) => {
  const { app, keyFor } = await testApp(t)
  const headers = (language: string) => ({ authorization: `Bearer ${admin}`, 'accept-language': language })
  const admin = await keyFor('platform_admin')
  for (const day of ['yesterday', '2026-02-30', '0000-01-01']) {
    const told = async (language: string) =>
      (await app.inject({ url: `/v1/working-days?startOn=${day}&workdays=1`, headers: headers(language) })).json()
    t.match(await told('zh-CN'), { code: 'invalid_request', detail: /须为存在的日期\(年-月-日\),例如 2026-03-01/ })
    t.match(await told('en'), { code: 'invalid_request', detail: /must be a date \(YYYY-MM-DD\) such as 2026-03-01/ })
  }
})
