import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { Environment } from '../src/environment.ts'

const root = path.resolve(import.meta.dirname, '..')
const read = (file: string) => readFileSync(path.join(root, file), 'utf8')
const compose = parse(read('docker-compose.yml'), { merge: true })
const OURS = ['api', 'worker', 'migrate']

t.test('every variable that the compose file sets is one that config.ts reads', async (t) => {
  const known = new Set(Object.keys(Environment.properties).flatMap((name) => [name, `${name}_FILE`]))
  for (const service of OURS) {
    const unknown = Object.keys(compose.services[service].environment).filter((name) => !known.has(name))
    t.same(unknown, [], `${service} sets nothing that nobody reads`)
  }
})

t.test('secrets reach the containers as files, never as plain variables', async (t) => {
  for (const service of OURS) {
    const environment = compose.services[service].environment
    for (const name of ['DATABASE_URL', 'SANDAN_SECRET', 'SIGNING_KEY']) {
      t.notOk(name in environment, `${service} does not carry ${name} in clear`)
      const file = environment[`${name}_FILE`]
      t.equal(file, `/run/secrets/${name.toLowerCase()}`)
      t.ok(compose.services[service].secrets.includes(name.toLowerCase()))
    }
  }
  t.equal(compose.services.postgres.environment.POSTGRES_PASSWORD_FILE, '/run/secrets/postgres_password')
})

t.test('PostgreSQL 18, Redis 8, API and worker are watched and keep their data', async (t) => {
  t.equal(compose.services.postgres.image, 'postgres:18')
  t.equal(compose.services.redis.image, 'redis:8')
  for (const service of ['postgres', 'redis', 'api', 'worker']) {
    t.ok(compose.services[service].healthcheck, `${service} has a health check`)
    t.ok(compose.services[service].volumes.length > 0, `${service} keeps its data in a volume`)
  }
  t.ok(compose.services.redis.command.includes('noeviction'))
})

t.test('the image runs the official Node as an unprivileged user, without development dependencies', async (t) => {
  const dockerfile = read('Dockerfile')
  t.ok(dockerfile.match(/^FROM node:\d+/gm)?.length === 2, 'two stages on the official image')
  t.match(dockerfile, /^USER node$/m)
  t.match(dockerfile, /npm ci --omit=dev --ignore-scripts/)
  const ignored = read('.dockerignore').split('\n')
  t.equal(ignored[0], '*', 'nothing reaches the build but what is named')
})

const composeCommand = spawnSync('docker-compose', ['version'])
const mustCompose = process.env['SANDAN_REQUIRE_COMPOSE'] !== undefined
t.test(
  'docker-compose accepts the file',
  { skip: composeCommand.status !== 0 && !mustCompose && 'docker-compose is not installed' },
  async (t) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'sandan-compose-'))
    t.teardown(() => rmSync(folder, { recursive: true }))
    cpSync(path.join(root, 'docker-compose.yml'), path.join(folder, 'docker-compose.yml'))
    mkdirSync(path.join(folder, 'secrets'))
    for (const name of Object.keys(compose.secrets)) writeFileSync(path.join(folder, 'secrets', name), 'x')
    const checked = spawnSync('docker-compose', ['config', '--quiet'], { cwd: folder, encoding: 'utf8' })
    t.equal(checked.status, 0, checked.stderr)
  },
)
