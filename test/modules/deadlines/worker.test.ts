import { EventEmitter, once } from 'node:events'
import t from 'tap'
import { SYSTEM } from '../../../src/kernel/actor.ts'
import { type DeadlineHandlers, deadlinesOf, setDeadline } from '../../../src/modules/deadlines/index.ts'
import type { DueDeadline } from '../../../src/platform/module.ts'
import { openRings, type Rings } from '../../../src/platform/queue/rings.ts'
import { runCommand } from '../../../src/platform/work.ts'
import { buildWorker, handlersOf } from '../../../src/worker.ts'
import { SILENT_RINGS, type TestApp, testApp } from '../../support/app.ts'
import type { Teardown } from '../../support/database.ts'

const HOUR_MS = 3_600_000
const SWEEPS_NEVER_MS = HOUR_MS
const START = '2026-03-01T00:00:00Z'

/** A log of handled deadlines that a test can wait for. */
function diary() {
  const emitter = new EventEmitter()
  const entries: { deadline: DueDeadline; now: Date }[] = []
  return {
    entries,
    note(deadline: DueDeadline, now: Date) {
      entries.push({ deadline, now })
      emitter.emit('entry')
    },
    async until(count: number) {
      while (entries.length < count) await once(emitter, 'entry')
    },
  }
}

async function ringsFor({ database, deps }: TestApp, t: Teardown): Promise<Rings> {
  const rings = await openRings({ databaseUrl: database.url, log: deps.log })
  t.teardown(() => rings.close())
  return rings
}

/** The application with real rings; they need the database, which comes with the application. */
async function ringingApp(t: Teardown): Promise<{ test: TestApp; rings: Rings }> {
  let rings: Rings = SILENT_RINGS
  const test = await testApp(t, {
    rings: { ...SILENT_RINGS, ring: (...alarm) => rings.ring(...alarm), ringNow: (ids) => rings.ringNow(ids) },
  })
  rings = await ringsFor(test, t)
  return { test, rings }
}

async function startWorker(
  { deps, config }: TestApp,
  t: Teardown,
  rings: Rings,
  handlers: DeadlineHandlers,
  sweepIntervalMs = SWEEPS_NEVER_MS,
) {
  const worker = buildWorker({ ...config, sandbox: true, sweepIntervalMs }, { ...deps, rings }, handlers)
  await worker.start()
  t.teardown(() => worker.stop())
  return worker
}

/** Sets deadlines as a use case does: with alarms. */
function setWith({ database, deps, hostId }: TestApp, rings: Rings, subject: string, dueAt: Date, owner = hostId) {
  const options = { actor: SYSTEM, requestId: 'test', sandbox: true, rings }
  return runCommand(database, options, deps.log, (work) =>
    setDeadline(work, { kind: 'round.closes', hostId: owner, subject, dueAt }),
  )
}

/** Asks the clock until nothing is pending, as a client does. */
async function settled({ call, hostId }: TestApp, key: string): Promise<void> {
  for (;;) {
    const { body } = await call(key, 'GET', `/v1/sandbox/clock?hostId=${hostId}`)
    if (body.pendingDeadlines === 0) return
  }
}

t.test('a deadline in the next moments rings by itself, once, without any sweep', async (t) => {
  const test = await testApp(t)
  const rings = await ringsFor(test, t)
  const { note, until, entries } = diary()
  await startWorker(test, t, rings, { 'round.closes': async (work, due) => note(due, await work.now(due.hostId)) })
  const set = await setWith(test, rings, 'rnd_soon', new Date(Date.now() + 300))
  await until(1)
  t.equal(entries[0]?.deadline.subject, 'rnd_soon')
  t.ok((entries[0]?.now.getTime() ?? 0) >= set.dueAt.getTime(), 'not before its time')
})

t.test('a deadline that is rung many times is handled once', async (t) => {
  const test = await testApp(t)
  await test.setClock(START)
  const rings = await ringsFor(test, t)
  const { note, entries } = diary()
  const handlers: DeadlineHandlers = { 'round.closes': async (work, due) => note(due, await work.now(due.hostId)) }
  await startWorker(test, t, rings, handlers, 100)
  await startWorker(test, t, await ringsFor(test, t), handlers, 100)
  const host = await test.keyFor('host')
  const set = await test.asSystem((work) =>
    setDeadline(work, { kind: 'round.closes', hostId: test.hostId, subject: 'rnd_x', dueAt: new Date(START) }),
  )
  await Promise.all([rings.ringNow([set.id]), rings.ring(set.id, set.dueAt, set.dueAt), rings.ringNow([set.id])])
  await settled(test, host)
  await rings.ringNow([set.id])
  t.equal(entries.length, 1)
  const [done] = await test.asSystem((work) => deadlinesOf(work, 'rnd_x'))
  t.match(done, { state: 'done', doneAt: new Date(START), attempts: 0, version: 2 })
})

t.test('fifty deadlines due at once and two workers: each is handled once, in the order of time', async (t) => {
  const { test, rings } = await ringingApp(t)
  await test.setClock(START)
  const { note, entries } = diary()
  const handlers: DeadlineHandlers = { 'round.closes': async (work, due) => note(due, await work.now(due.hostId)) }
  const start = Date.parse(START)
  for (let index = 0; index < 50; index += 1)
    await setWith(test, SILENT_RINGS, `rnd_${index}`, new Date(start + (50 - index) * 60_000))
  await startWorker(test, t, rings, handlers)
  await startWorker(test, t, await ringsFor(test, t), handlers)
  const host = await test.keyFor('host')
  const advanceTo = new Date(start + HOUR_MS).toISOString()
  const moved = await test.call(host, 'POST', '/v1/sandbox/clock', { hostId: test.hostId, advanceTo })
  t.equal(moved.status, 200)
  await settled(test, host)
  const subjects = entries.map(({ deadline }) => deadline.subject)
  t.equal(new Set(subjects).size, 50)
  t.equal(subjects.length, 50)
  t.same(
    subjects,
    Array.from({ length: 50 }, (_, index) => `rnd_${49 - index}`),
    'soonest first',
  )
  t.ok(
    entries.every(({ now }) => now.toISOString() === advanceTo),
    'handlers see the host’s clock',
  )
})

t.test('a handler that sets the next deadline within the past is followed at once', async (t) => {
  const test = await testApp(t)
  await test.setClock(START)
  const rings = await ringsFor(test, t)
  const { note, until, entries } = diary()
  const later = new Date(Date.parse(START) - 1)
  await startWorker(test, t, rings, {
    'round.closes': async (work, due) => {
      note(due, await work.now(due.hostId))
      await setDeadline(work, { kind: 'notice.closes', hostId: due.hostId, subject: 'ntc_x', dueAt: later })
    },
    'notice.closes': async (work, due) => note(due, await work.now(due.hostId)),
  })
  await setWith(test, rings, 'rnd_x', new Date(START))
  await until(2)
  t.same(
    entries.map(({ deadline }) => deadline.kind),
    ['round.closes', 'notice.closes'],
  )
})

t.test('a handler that sets its own deadline anew goes on waiting', async (t) => {
  const test = await testApp(t)
  await test.setClock(START)
  const rings = await ringsFor(test, t)
  const next = new Date('2026-04-01T00:00:00Z')
  await startWorker(test, t, rings, {
    'round.closes': async (work, { kind, hostId, subject }) => {
      await setDeadline(work, { kind, hostId, subject, dueAt: next })
    },
  })
  await setWith(test, rings, 'rnd_x', new Date(START))
  await settled(test, await test.keyFor('host'))
  const all = await test.asSystem((work) => deadlinesOf(work, 'rnd_x'))
  t.match(all, [{ state: 'waiting', dueAt: next }])
})

t.test('one bad deadline does not stop the others and is tried again', async (t) => {
  const test = await testApp(t)
  await test.setClock(START)
  const rings = await ringsFor(test, t)
  const { note, until, entries } = diary()
  let isMended = false
  const failing = new EventEmitter()
  await startWorker(
    test,
    t,
    rings,
    {
      'round.closes': async (work, due) => {
        if (due.subject === 'rnd_bad' && !isMended) {
          failing.emit('failed')
          throw new RangeError('张三 is not to be seen in the table')
        }
        note(due, await work.now(due.hostId))
      },
    },
    100,
  )
  const failed = once(failing, 'failed')
  await setWith(test, SILENT_RINGS, 'rnd_bad', new Date(Date.parse(START) - 1000))
  await setWith(test, SILENT_RINGS, 'rnd_good', new Date(START))
  await failed
  await until(1)
  t.equal(entries[0]?.deadline.subject, 'rnd_good')
  const host = await test.keyFor('host')
  t.match((await test.call(host, 'GET', '/v1/deadlines?subject=rnd_bad')).body.items, [
    { state: 'waiting', attempts: 1, lastError: 'RangeError' },
  ])
  t.match((await test.call(host, 'GET', `/v1/sandbox/clock?hostId=${test.hostId}`)).body, {
    pendingDeadlines: 1,
    failingDeadlines: 1,
  })
  isMended = true
  await until(2)
  t.equal(entries[1]?.deadline.subject, 'rnd_bad', 'the sweep tried again after the rest')
})

t.test('a failure that only the commit finds counts as the deadline’s own and holds nobody up', async (t) => {
  const test = await testApp(t)
  await test.setClock(START)
  await test.database.pool.query('create table parent (id int primary key)')
  await test.database.pool.query('create table child (id int references parent deferrable initially deferred)')
  const { note, until } = diary()
  await startWorker(
    test,
    t,
    await ringsFor(test, t),
    {
      'round.closes': async (work, due) => {
        if (due.subject === 'rnd_bad') await work.sql.execute('insert into child values (1)')
        else note(due, await work.now(due.hostId))
      },
    },
    100,
  )
  await setWith(test, SILENT_RINGS, 'rnd_bad', new Date(Date.parse(START) - 1000))
  await setWith(test, SILENT_RINGS, 'rnd_good', new Date(START))
  await until(1)
  const [bad] = await test.asSystem((work) => deadlinesOf(work, 'rnd_bad'))
  t.match(bad, { state: 'waiting', attempts: 1, lastError: '23503' })
})

t.test('a kind that no module handles waits and says so', async (t) => {
  const test = await testApp(t)
  await test.setClock(START)
  const { note, until } = diary()
  await startWorker(
    test,
    t,
    await ringsFor(test, t),
    { 'notice.closes': async (work, due) => note(due, await work.now(due.hostId)) },
    100,
  )
  await setWith(test, SILENT_RINGS, 'rnd_x', new Date(Date.parse(START) - 1000))
  await test.asSystem((work) =>
    setDeadline(work, { kind: 'notice.closes', hostId: test.hostId, subject: 'ntc_x', dueAt: new Date(START) }),
  )
  await until(1)
  const [unknown] = await test.asSystem((work) => deadlinesOf(work, 'rnd_x'))
  t.match(unknown, { state: 'waiting', attempts: 1, lastError: 'no_handler' })
})

t.test('without rings the sweep does what is due, host by host by its own clock', async (t) => {
  const test = await testApp(t)
  const otherHostId = await test.newOrganization('别县民政局', { type: 'government' })
  await test.setClock('2026-01-01T00:00:00Z')
  const { note, until, entries } = diary()
  const due = new Date('2026-02-01T00:00:00Z')
  await setWith(test, SILENT_RINGS, 'rnd_frozen', due)
  await setWith(test, SILENT_RINGS, 'rnd_real', due, otherHostId)
  const rings = await ringsFor(test, t)
  await startWorker(test, t, rings, { 'round.closes': async (work, due) => note(due, await work.now(due.hostId)) }, 100)
  await until(1)
  t.equal(entries[0]?.deadline.subject, 'rnd_real', 'for the other host the day has passed')
  await test.setClock('2026-02-01T00:00:00Z')
  await until(2)
  t.equal(entries[1]?.deadline.subject, 'rnd_frozen')
})

t.test('the handlers of all modules form one map, and no kind is claimed twice', async (t) => {
  const handler = async () => undefined
  const one = { name: 'one', tag: { name: 'One', description: '' }, problems: [], actions: [] }
  t.same(Object.keys(handlersOf([one, { ...one, name: 'two', deadlines: { 'a.b': handler } }])), ['a.b'])
  const claims = { ...one, deadlines: { 'a.b': handler } }
  t.throws(() => handlersOf([claims, { ...claims, name: 'two' }]), /the module two handles a.b/)
})
