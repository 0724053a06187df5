import t from 'tap'
import { buildApp } from '../../../src/app.ts'
import { openDatabase } from '../../../src/platform/database/database.ts'
import { testApp } from '../../support/app.ts'
import { lineTo } from '../../support/line.ts'

const APPLICATION = 'lost connection test'

t.test('a write whose connection breaks is answered 503, and the retry does it once', async (t) => {
  const { deps, config, database, keyFor } = await testApp(t)
  const admin = await keyFor('platform_admin')
  const line = await lineTo(t, database.url)
  const own = openDatabase({ url: line.url, poolSize: 2, applicationName: APPLICATION })
  const app = await buildApp(config, { ...deps, database: own })
  t.teardown(async () => {
    await app.close()
    await own.close()
  })
  // `inject` alone begins only when somebody waits for it.
  const write = async () =>
    await app.inject({
      method: 'POST',
      url: '/v1/organizations',
      headers: { authorization: `Bearer ${admin}`, 'idempotency-key': 'one', 'accept-language': 'en' },
      payload: { name: '云汀县青禾社会工作服务中心', type: 'social_service_org', creditCode: '52990421MJ99002B77' },
    })
  const sessions = async (condition: string) =>
    (
      await database.pool.query(
        `select count(*)::int as n from pg_stat_activity where application_name = $1 and datname = current_database() and ${condition}`,
        [APPLICATION],
      )
    ).rows[0].n

  const holder = await database.pool.connect()
  await holder.query('begin')
  await holder.query('lock table organization in exclusive mode')
  const interrupted = write()
  while ((await sessions(`wait_event_type = 'Lock'`)) === 0);
  line.cut()
  const answer = await interrupted
  t.same([answer.statusCode, answer.json().code], [503, 'service_unavailable'])
  t.match(answer.headers['retry-after'], /^\d+$/)

  await holder.query('rollback')
  holder.release()
  while ((await sessions(`state <> 'idle'`)) > 0);
  t.equal((await write()).statusCode, 201)
  const { rows } = await database.pool.query(`select from organization where credit_code = '52990421MJ99002B77'`)
  t.equal(rows.length, 1)
})
