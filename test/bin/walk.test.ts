import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { demoCounty } from '../../demo/county.ts'
import { readConfig } from '../../src/config.ts'
import { startService } from '../../src/service.ts'
import { testDatabase } from '../support/database.ts'

t.test('the walk of the README works as it is printed', async (t) => {
  const readme = await readFile(path.join(import.meta.dirname, '../../README.md'), 'utf8')
  const [, variables = '', , walk = ''] =
    /## A walk with curl.*?```sh\n(.*?)```(.*?)```sh\n(.*?)```/s.exec(readme) ?? []
  const shown = /## A walk with curl.*?```json\n(.*?)```/s.exec(readme)?.[1] ?? '{}'
  const directory = await mkdtemp(path.join(tmpdir(), 'sandan-walk-'))
  t.teardown(() => rm(directory, { recursive: true, force: true }))
  const config = readConfig({
    DATABASE_URL: (await testDatabase(t)).url,
    DATA_DIRECTORY: directory,
    PORT: '0',
    LOG_LEVEL: 'error',
  })
  const service = await startService(config, { worker: false })
  t.teardown(() => service.stop())
  const keys = await demoCounty(service, config)
  const set = variables.trim().split('; ')
  t.same(
    set.map((variable) => variable.split('=')[0]),
    ['API', 'TOWN', 'HOST_KEY', 'AGENCY'],
  )
  const { NODE_OPTIONS: _, ...inherited } = process.env
  const { stdout, stderr } = await promisify(execFile)('bash', ['-c', walk], {
    env: {
      ...inherited,
      API: `${service.url}/v1`,
      TOWN: keys.town,
      HOST_KEY: keys.host,
      AGENCY: keys.agency,
    },
  })
  t.equal(stderr, '')
  const [verified, published, read, listed, refused, ...rest] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  t.equal(verified.state, 'verified')
  t.equal(published.state, 'published')
  t.same(read, { ...published, actions: read.actions })
  t.match(listed, { state: 'listed', needIds: [published.id] })
  t.same(rest, [])
  const example = JSON.parse(shown)
  t.same(Object.keys(refused), Object.keys(example))
  const changing = { instance: '', requestId: '' }
  t.same({ ...refused, ...changing }, { ...example, ...changing }, 'and ends with the refusal that is printed')
})
