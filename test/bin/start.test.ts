import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, watch, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { DirectoryInUse, emptyDirectory, occupy } from '../../demo/dataDirectory.ts'
import { formatProcessRecord, thisProcess } from '../../src/platform/database/processes.ts'

const NO_DATABASE = 'postgres://nobody@127.0.0.1:1/nothing'
const root = path.join(import.meta.dirname, '../..')
const cache = path.join(root, 'src/platform/quickImports.mjs')
// Options of the test runner's own are not for them.
const { NODE_OPTIONS: _, ...inherited } = process.env
const run = (program: string, options: string[], env: Record<string, string> = {}) =>
  promisify(execFile)(process.execPath, ['--import', cache, path.join(root, program), ...options], {
    env: { ...inherited, ...env },
  })

/** Another living process, with the record that tells it from others. */
async function neighbour(t: Test): Promise<{ child: ChildProcess; record: string }> {
  const code = `import(process.argv[1]).then(({ formatProcessRecord, thisProcess }) => {
    process.stdout.write(formatProcessRecord(thisProcess())); process.stdin.resume() })`
  const child = spawn(process.execPath, ['-e', code, path.join(root, 'src/platform/database/processes.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  const [record] = await once(child.stdout, 'data')
  return { child, record: String(record) }
}

/** A data directory with something in it that must not be lost. */
async function directoryWith(t: Test, files: Record<string, string>): Promise<string> {
  const directory = t.testdir({ postgres: { kept: 'data' }, files: { kept: 'file' }, 'demo-keys.json': '{}' })
  for (const [name, content] of Object.entries(files)) await writeFile(path.join(directory, name), content)
  return directory
}

t.test('a data directory in use is refused before anything in it is thrown away', async (t) => {
  const { child, record } = await neighbour(t)
  const said = { code: 1, stdout: '', stderr: new RegExp(`in use by process ${child.pid}; stop it or choose another`) }
  for (const [file, options] of [
    ['in-use', ['--fresh']],
    ['postgres/owner', []],
  ] as const) {
    const directory = await directoryWith(t, { [file]: record })
    await t.rejects(run('src/bin/start.ts', [...options], { DATA_DIRECTORY: directory, PORT: '0' }), said)
    for (const kept of ['postgres/kept', 'files/kept', 'demo-keys.json']) t.ok(existsSync(path.join(directory, kept)))
    t.equal(await readFile(path.join(directory, file), 'utf8'), record, 'and the record is still the other’s')
  }
})

t.test('the demo does not empty a directory in which another demo plays', async (t) => {
  const { child, record } = await neighbour(t)
  const directory = await directoryWith(t, { 'in-use': record })
  const base = path.join(t.testdirName, 'base')
  await mkdir(path.join(base, 'demo/postgres'), { recursive: true })
  await writeFile(path.join(base, 'demo/in-use'), record)
  await t.rejects(run('demo/main.ts', ['--once', '--json'], { DATA_DIRECTORY: base }), {
    code: 1,
    stdout: '',
    stderr: new RegExp(`^.*/demo is in use by process ${child.pid}; stop it or choose another DATA_DIRECTORY.\n$`),
  })
  t.ok(existsSync(path.join(base, 'demo/postgres')))
  await t.rejects(occupy(directory), DirectoryInUse)
})

t.test('what a dead process left behind does not keep a directory', async (t) => {
  const { child, record } = await neighbour(t)
  child.kill('SIGKILL')
  await once(child, 'exit')
  const directory = await directoryWith(t, { 'in-use': record, 'postgres/owner': record })
  await occupy(directory)
  const ours = formatProcessRecord(thisProcess())
  t.equal(await readFile(path.join(directory, 'in-use'), 'utf8'), ours)
  await emptyDirectory(directory)
  for (const gone of ['postgres', 'files', 'demo-keys.json']) t.notOk(existsSync(path.join(directory, gone)), gone)
  t.equal(await readFile(path.join(directory, 'in-use'), 'utf8'), ours, 'an emptied directory is still taken')

  const reused = await directoryWith(t, { 'in-use': `${process.ppid} 1\n` })
  await occupy(reused)
  t.equal(await readFile(path.join(reused, 'in-use'), 'utf8'), ours, 'a number that another process has now')
})

t.test('--fresh does not pretend to empty a database that it does not own', async (t) => {
  const directory = await directoryWith(t, {})
  const env = { DATA_DIRECTORY: directory, DATABASE_URL: NO_DATABASE }
  await t.rejects(run('src/bin/start.ts', ['--fresh'], env), { code: 1, stderr: /DATABASE_URL/ })
  t.ok(existsSync(path.join(directory, 'postgres/kept')))
})

t.test('a first start that was interrupted is begun anew', async (t) => {
  const directory = await mkdtemp(path.join(tmpdir(), 'sandan-start-'))
  t.teardown(() => rm(directory, { recursive: true, force: true }))
  const env = { ...inherited, DATA_DIRECTORY: directory, PORT: '0' }
  const start = () => {
    const child = spawn(process.execPath, ['--import', cache, path.join(root, 'src/bin/start.ts')], { env })
    t.teardown(() => child.kill('SIGKILL'))
    return child
  }
  const mark = path.join(directory, 'demo-county-unfinished')
  const first = start()
  const ended = once(first, 'exit')
  for await (const { filename } of watch(directory)) if (filename === path.basename(mark)) break
  first.kill('SIGINT')
  await ended
  t.ok(existsSync(mark))
  t.notOk(existsSync(path.join(directory, 'demo-keys.json')))
  const refused = { code: 1, stderr: /Give it an empty one/ }
  await t.rejects(run('src/bin/start.ts', [], { DATA_DIRECTORY: directory, DATABASE_URL: NO_DATABASE }), refused)
  const second = start()
  for await (const line of createInterface({ input: second.stdout })) if (line.includes('is ready')) break
  t.notOk(existsSync(mark))
  t.ok(existsSync(path.join(directory, 'demo-keys.json')))
  second.kill('SIGINT')
  await once(second, 'exit')
})

t.test('a program that is called wrongly says how it is called', async (t) => {
  const data = path.join(t.testdirName, 'none')
  for (const [program, options, reason] of [
    ['src/bin/start.ts', ['--bogus'], "Unknown option '--bogus'\n\nnpm start"],
    ['demo/main.ts', ['--bogus'], "Unknown option '--bogus'\n\nnpm run demo"],
    ['src/bin/create-key.ts', ['--role', 'town'], '--role town cannot be made here.\n\nnpm run create-key'],
    ['src/bin/create-key.ts', ['--days', '1e2'], '--days 1e2 is not a number'],
  ] as const) {
    const failed = await run(program, [...options], { DATA_DIRECTORY: data }).catch((error) => error)
    t.match(failed, { code: 2, stdout: '' }, `${program} ${options.join(' ')}`)
    t.ok(String(failed.stderr).startsWith(reason), failed.stderr)
    t.notMatch(failed.stderr, /\n {4}at /, 'no stack trace')
  }
  t.notOk(existsSync(data), 'nothing was made')
})

t.test('a wrong variable is named, and a taken port is noticed, before anything is made', async (t) => {
  const data = path.join(t.testdirName, 'never')
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  t.teardown(() => taken.close())
  const { port } = taken.address() as AddressInfo
  for (const [name, value, reason] of [
    ['PORT', String(port), `Port ${port} on 127.0.0.1 is taken`],
    ['LOG_LEVEL', 'loud', 'LOG_LEVEL'],
    ['NODE_ENV', 'staging', 'NODE_ENV'],
    ['DATABASE_URL', 'mysql://root@localhost/x', 'DATABASE_URL must be an address that begins with postgres://'],
    ['REDIS_URL', 'localhost:6379', 'REDIS_URL'],
    ['PUBLIC_URL', 'sandan.example', 'PUBLIC_URL'],
    ['CORS_ORIGINS', 'https://portal.example/', 'CORS_ORIGINS'],
    ['TRUST_PROXY', '10.0.0.0/33', 'TRUST_PROXY'],
  ] as const) {
    const failed = await run('src/bin/start.ts', [], { DATA_DIRECTORY: data, PORT: '0', [name]: value }).catch((e) => e)
    t.match(failed, { code: 1, stdout: '' }, name)
    t.ok(String(failed.stderr).includes(reason), failed.stderr)
    t.notMatch(failed.stderr, /\n {4}at /, 'no stack trace')
  }
  t.notOk(existsSync(data), 'nothing was made')
})
