import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import t from 'tap'
import { startEmbeddedPostgres } from '../../../src/platform/database/embedded.ts'
import { formatProcessRecord, isAlive } from '../../../src/platform/database/processes.ts'

const silent = { info: () => undefined, warn: () => undefined }
const home = await mkdtemp(path.join(tmpdir(), 'sandan-embedded-'))
// Run by root, the server has another account, which has to pass here.
await chmod(home, 0o755)
t.teardown(() => rm(home, { recursive: true, force: true }))
const directory = path.join(home, 'kept')
const start = () => startEmbeddedPostgres({ directory, persistent: true, log: silent })

async function ask(url: string, query: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<Record<string, unknown>>(query)
    return Object.values(rows[0] ?? {})[0]
  } finally {
    await client.end()
  }
}

async function serverPid(): Promise<number> {
  return Number((await readFile(path.join(directory, 'data', 'postmaster.pid'), 'utf8')).split('\n')[0])
}

/** Waits for the end of a process by looking, because it is not our child's exit that counts but the system's word. */
async function gone(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setImmediate(resolve))
}

t.test('what was committed is there after a restart', async (t) => {
  const first = await start()
  t.equal(await ask(first.url, 'show server_encoding'), 'UTF8')
  t.equal(await ask(first.url, 'show fsync'), 'on')
  t.match(await ask(first.url, 'show data_directory'), path.join('kept', 'data'))
  await ask(first.url, `create table note as select '三单'::text as words`)
  await first.stop()
  const second = await start()
  t.equal(await ask(second.url, 'select words from note'), '三单')
  await second.stop()
})

t.test('the server that a dead process left running is ended and its data is kept', async (t) => {
  const abandoned = await start()
  const pid = await serverPid()
  const dead = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
  await once(dead, 'exit')
  await writeFile(path.join(directory, 'owner'), formatProcessRecord({ pid: dead.pid ?? 0, startedAt: '1' }))
  const next = await start()
  t.notOk(isAlive(pid))
  t.not(next.url, abandoned.url)
  t.equal(await ask(next.url, 'select words from note'), '三单')
  await next.stop()
})

t.test('a server that was killed recovers at the next start', async (t) => {
  const killed = await start()
  await ask(killed.url, `insert into note values ('committed')`)
  const pid = await serverPid()
  process.kill(pid, 'SIGKILL')
  await gone(pid)
  const next = await start()
  t.equal(await ask(next.url, `select count(*) from note where words = 'committed'`), '1')
  await next.stop()
})

t.test(
  'a process number in postmaster.pid that belongs to another program by now does not hinder the start',
  async (t) => {
    const killed = await start()
    const pid = await serverPid()
    process.kill(pid, 'SIGKILL')
    await gone(pid)
    const file = path.join(directory, 'data', 'postmaster.pid')
    await writeFile(file, (await readFile(file, 'utf8')).replace(String(pid), String(process.pid)))
    const next = await start()
    t.equal(await ask(next.url, 'select 1'), 1)
    t.not(killed.url, next.url)
    await next.stop()
  },
)

t.test('the server of a living process is shared, and only its owner ends it', async (t) => {
  const owner = await start()
  const guest = await start()
  t.equal(guest.url, owner.url)
  await guest.stop()
  t.equal(await ask(owner.url, 'select 1'), 1)
  await owner.stop()
  await t.rejects(ask(owner.url, 'select 1'), { code: 'ECONNREFUSED' })
})

t.test('data of another PostgreSQL version is refused and left alone', async (t) => {
  const file = path.join(directory, 'data', 'PG_VERSION')
  const version = await readFile(file, 'utf8')
  await writeFile(file, '9\n')
  await t.rejects(start(), { message: /was made by PostgreSQL 9/ })
  await writeFile(file, version)
  const again = await start()
  t.equal(await ask(again.url, `select words from note where words = '三单'`), '三单')
  await again.stop()
})

t.test('a server for tests leaves nothing behind', async (t) => {
  const passing = path.join(home, 'passing')
  const server = await startEmbeddedPostgres({ directory: passing, persistent: false, log: silent })
  t.equal(await ask(server.url, 'show fsync'), 'off')
  await server.stop()
  t.notOk(existsSync(passing))
})
