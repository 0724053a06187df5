import { randomBytes } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import pg from 'pg'
import t, { type Test } from 'tap'
import { newId } from '../../../src/platform/ids.ts'
import { openQueues, type Queues, type QueuesOptions, TooEarly } from '../../../src/platform/queue/queue.ts'
import { openRings, ringsOn } from '../../../src/platform/queue/rings.ts'
import { testDatabase } from '../../support/database.ts'
import { hasRedisServer, redisServer } from './redisServer.ts'

const SILENT = { warn: () => {}, error: () => {} }
const QUICK = { lockMs: 400, stalledMs: 200 }
const database = await testDatabase(t)

type Settings = Partial<Pick<QueuesOptions, 'log' | 'lockMs' | 'stalledMs' | 'redisUrl'>>

/** Names of their own keep the tests apart on a Redis that others use as well. */
async function open(t: Test, settings: Settings = {}): Promise<Queues> {
  const prefix = `{test-${randomBytes(4).toString('hex')}}`
  const queues = await openQueues({ databaseUrl: database.url, prefix, log: SILENT, ...settings })
  t.teardown(() => queues.close())
  return queues
}

const newName = () => `test-${randomBytes(4).toString('hex')}`

/** Collects what handlers were given and lets a test wait for a number of calls. */
class Calls extends EventEmitter {
  readonly made: string[] = []

  note(call: string): void {
    this.made.push(call)
    this.emit('call')
  }

  async reach(count: number): Promise<void> {
    while (this.made.length < count) await once(this, 'call')
  }
}

function bothBackends(kind: 'postgres' | 'redis', redisUrl: string | undefined): void {
  t.test(`on ${kind}`, async (t) => {
    t.test('a queued job reaches its handler with its ids', async (t) => {
      const queues = await open(t, { redisUrl })
      t.equal(queues.kind, kind)
      const name = newName()
      const calls = new Calls()
      queues.worker(name, async ({ id, data, attempt }) => calls.note(`${id} ${data.needId} ${attempt}`), {
        concurrency: 2,
      })
      t.equal(await queues.queue(name).add([{ id: 'job_1', data: { needId: 'need_1' } }]), true)
      await calls.reach(1)
      t.same(calls.made, ['job_1 need_1 1'])
    })

    t.test('a job queued many times under one id is handled once', async (t) => {
      const queues = await open(t, { redisUrl })
      const name = newName()
      const calls = new Calls()
      const job = { id: 'job_1', data: {} }
      await queues.queue(name).add([job])
      await queues.queue(name).add([job, job])
      const worker = queues.worker(name, async ({ id }) => calls.note(id), { concurrency: 1 })
      await worker.ready()
      await calls.reach(1)
      await queues.queue(name).add([job])
      await queues.queue(name).add([{ id: 'job_2', data: {} }])
      await calls.reach(2)
      t.same(calls.made, ['job_1', 'job_2'], 'also when it is queued again after it was done')
    })

    t.test('more jobs than go into one statement are all handled', async (t) => {
      const queues = await open(t, { redisUrl })
      const name = newName()
      const handled = new Set<string>()
      const calls = new EventEmitter()
      const ids = Array.from({ length: 1_001 }, (_, n) => `job_${n}`)
      const all = once(calls, 'all')
      queues.worker(
        name,
        async ({ id }) => {
          handled.add(id)
          if (handled.size === ids.length) calls.emit('all')
        },
        { concurrency: 20 },
      )
      t.equal(await queues.queue(name).add(ids.map((id) => ({ id, data: {} }))), true)
      await all
      t.same(handled, new Set(ids))
    })

    t.test('a job that fails is tried again', async (t) => {
      const queues = await open(t, { redisUrl })
      const name = newName()
      const calls = new Calls()
      queues.worker(
        name,
        async ({ attempt }) => {
          calls.note(String(attempt))
          if (attempt === 1) throw new Error('the first try fails')
        },
        { concurrency: 1 },
      )
      await queues.queue(name).add([{ id: 'job_1', data: {} }])
      await calls.reach(2)
      t.same(calls.made, ['1', '2'])
    })

    t.test('a handler that is called too early is called again, and no attempt is counted', async (t) => {
      const queues = await open(t, { redisUrl })
      const name = newName()
      const calls = new Calls()
      queues.worker(
        name,
        async ({ attempt }) => {
          calls.note(String(attempt))
          if (calls.made.length === 1) throw new TooEarly(30)
        },
        { concurrency: 1 },
      )
      await queues.queue(name).add([{ id: 'job_1', data: {} }])
      await calls.reach(2)
      t.same(calls.made, ['1', '1'])
    })

    t.test('the job of a worker that died is given to another, however often workers die', async (t) => {
      const queues = await open(t, { redisUrl, ...QUICK })
      const name = newName()
      const calls = new Calls()
      await queues.queue(name).add([{ id: 'job_1', data: {} }])
      for (let death = 1; death <= 3; death++) {
        const dying = queues.worker(
          name,
          async () => {
            calls.note(`died ${death}`)
            await new Promise(() => {})
          },
          { concurrency: 1 },
        )
        await calls.reach(death)
        await dying.close(true)
      }
      queues.worker(name, async () => calls.note('done'), { concurrency: 1 })
      await calls.reach(4)
      t.same(calls.made, ['died 1', 'died 2', 'died 3', 'done'])
    })

    t.test('closing waits for the job under way', async (t) => {
      const queues = await open(t, { redisUrl })
      const name = newName()
      const calls = new Calls()
      const worker = queues.worker(
        name,
        async () => {
          calls.note('begun')
          await new Promise((resolve) => setImmediate(resolve))
          calls.note('done')
        },
        { concurrency: 1 },
      )
      await queues.queue(name).add([{ id: 'job_1', data: {} }])
      await calls.reach(1)
      await worker.close()
      t.same(calls.made, ['begun', 'done'])
    })

    t.test('an id with a colon is a mistake of the program', async (t) => {
      const queues = await open(t, { redisUrl })
      await t.rejects(queues.queue(newName()).add([{ id: 'a:b', data: {} }]), TypeError)
    })

    t.test('deadlines', async (t) => {
      const queues = await open(t, { redisUrl })
      const rings = ringsOn(queues)
      const calls = new Calls()
      const [soon, later, distant] = [newId('deadline'), newId('deadline'), newId('deadline')]
      const now = new Date('2026-05-11T09:00:00.000Z')
      const after = (ms: number) => new Date(now.getTime() + ms)
      rings.onRing(async (deadlineId) => calls.note(deadlineId))

      await t.test('ring when they are due, in their order, and once', async (t) => {
        await rings.ring(distant, after(30 * 86_400_000), now)
        const begun = performance.now()
        await rings.ring(later, after(900), now)
        await rings.ring(soon, after(150), now)
        await rings.ring(soon, after(150), now)
        await calls.reach(2)
        // Counted from before it was set: never early, however slow the machine. The queue counts whole milliseconds.
        t.ok(performance.now() - begun > 890)
        t.same(calls.made, [soon, later])
      })

      await t.test('that were moved ring for their new moment as well', async (t) => {
        await rings.ring(soon, after(160), now)
        await calls.reach(3)
        t.same(calls.made.slice(2), [soon])
      })

      await t.test('that are overdue ring at once', async (t) => {
        await rings.ring(later, after(-1), now)
        await calls.reach(4)
        t.same(calls.made.slice(3), [later])
      })

      await t.test('that the sweep found ring at once, as often as the sweep finds them', async (t) => {
        await rings.ringNow([])
        await rings.ringNow([soon, later])
        await calls.reach(6)
        t.same(calls.made.slice(4).sort(), [soon, later].sort())
      })
    })
  })
}

bothBackends('postgres', undefined)

const sharedRedis = process.env.REDIS_URL
if (sharedRedis !== undefined || hasRedisServer) {
  const redis = sharedRedis === undefined ? await redisServer(t) : { url: sharedRedis }
  bothBackends('redis', redis.url)
}

t.test('a ring that was handled and forgotten can be swept again', async (t) => {
  const rings = await openRings({ databaseUrl: database.url, log: SILENT })
  t.teardown(() => rings.close())
  const calls = new Calls()
  rings.onRing(async (deadlineId) => calls.note(deadlineId))
  const deadlineId = newId('deadline')
  // As the sweep does: again and again, for a ring that comes while the first is being forgotten is lost.
  while (calls.made.length < 2) {
    await rings.ringNow([deadlineId])
    await calls.reach(1)
  }
  t.same(calls.made.slice(0, 2), [deadlineId, deadlineId])
})

t.test('the queue has its tables in a schema of its own', async (t) => {
  await open(t)
  const { rows } = await database.pool.query(`select table_schema as schema from information_schema.tables
    where table_name in ('job', 'job_log') group by 1`)
  t.same(rows, [{ schema: 'bullmq' }])
})

t.test('a worker survives the loss of its connections', async (t) => {
  const queues = await open(t)
  const name = newName()
  const calls = new Calls()
  const worker = queues.worker(name, async ({ id }) => calls.note(id), { concurrency: 1 })
  await worker.ready()
  await queues.queue(name).add([{ id: 'before', data: {} }])
  await calls.reach(1)
  await database.pool.query(`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and application_name <> current_setting('application_name')`)
  t.equal(await queues.queue(name).add([{ id: 'after', data: {} }]), true)
  await calls.reach(2)
  t.same(calls.made, ['before', 'after'])
})

t.test('a database that does not answer costs a caller two seconds once, and never an error', async (t) => {
  const queues = await open(t)
  const queue = queues.queue(newName())
  t.equal(await queue.add([{ id: 'job_1', data: {} }]), true)
  const blocker = new pg.Client({ connectionString: database.url })
  await blocker.connect()
  await blocker.query('begin')
  await blocker.query('lock table bullmq.job in access exclusive mode')
  const begun = performance.now()
  t.equal(await queue.add([{ id: 'job_2', data: {} }]), false)
  t.ok(performance.now() - begun < 2_500)
  const again = performance.now()
  t.equal(await queue.add([{ id: 'job_3', data: {} }]), false, 'nobody waits for it again at once')
  t.ok(performance.now() - again < 100)
  await blocker.end()
})

t.test('without Redis a ring is refused within two seconds, and the queue works once Redis is back', async (t) => {
  if (!hasRedisServer) {
    t.comment('there is no redis-server to end and start')
    return
  }
  const redis = await redisServer(t)
  const warnings: string[] = []
  const log = { ...SILENT, warn: (_: object, message: string) => warnings.push(message) }
  await redis.kill()
  const queues = await open(t, { redisUrl: redis.url, log })
  const name = newName()
  const calls = new Calls()
  queues.worker(name, async ({ id }) => calls.note(id), { concurrency: 1 })
  const begun = performance.now()
  t.equal(await queues.queue(name).add([{ id: 'job_1', data: {} }]), false)
  t.ok(performance.now() - begun < 2_500)
  t.ok(warnings.includes('jobs were not queued; the sweep will find them'))
  await redis.start()
  await calls.reach(1)
  t.same(calls.made, ['job_1'], 'even the job that was given up arrives, so handlers must expect it')
})

t.test('a process whose Redis is down ends within seconds', async (t) => {
  // Nobody listens on port 1.
  const queues = await openQueues({ databaseUrl: database.url, redisUrl: 'redis://127.0.0.1:1', log: SILENT })
  const worker = queues.worker(newName(), async () => undefined, { concurrency: 1 })
  await queues.queue(newName()).add([{ id: 'job_1', data: {} }])
  const startedAt = performance.now()
  await worker.close()
  await queues.close()
  t.ok(performance.now() - startedAt < 4_000, `${Math.round(performance.now() - startedAt)} ms`)
})
