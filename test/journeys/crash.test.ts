import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import t from 'tap'
import { play } from '../../demo/play.ts'
import { readScenario } from '../../demo/scenario.ts'
import type { Summary } from '../../demo/summary.ts'
import { deriveKey } from '../../src/deps.ts'
import { SYSTEM } from '../../src/kernel/actor.ts'
import { createKey } from '../../src/modules/identity/index.ts'
import type { Database } from '../../src/platform/database/database.ts'
import { type ChainReport, verifyChain } from '../../src/platform/events/verify.ts'
import { runCommand } from '../../src/platform/work.ts'
import { type Contents, contentsOf, missingFrom, unbalanced, whenSealed } from '../support/contents.ts'
import { type Teardown, testDatabase } from '../support/database.ts'
import { startDeployment } from '../support/process.ts'
import { type Acknowledgement, type Relay, startRelay } from '../support/relay.ts'
import { newSaboteur, planStrikes, randomOf, type Saboteur, type Strike } from './saboteur.ts'

const SECRET = 'a secret for tests only, 32 characters or more'
const SEED_MAX = 2 ** 31
const DAY_MS = 86_400_000
const SCENARIO = path.join(import.meta.dirname, '../../demo/yunting.json')
const WANTED_STRIKES = { under_way: 4, answer_lost: 2, deadlines_due: 2 }

// Three processes and a database that dies and comes again: a loaded machine needs its time.
t.setTimeout(600_000)

interface Played {
  readonly database: Database
  readonly summary: Summary
  readonly relay: Relay
  readonly saboteur: Saboteur
  readonly crashes: readonly string[]
  readonly errors: readonly string[]
}

/** The county's round through API and worker as processes of their own, with the saboteur on the line. */
async function playWith(t: Tap.Test, database: Database & { url: string }, strikes: readonly Strike[]): Promise<Played> {
  const directory = await mkdtemp(path.join(tmpdir(), 'sandan-crash-'))
  t.teardown(() => rm(directory, { recursive: true, force: true }))
  const deployment = await startDeployment(t, {
    DATABASE_URL: database.url,
    DATA_DIRECTORY: directory,
    SANDAN_SECRET: SECRET,
    SANDBOX: 'true',
    RATE_LIMIT_READS: '0',
    RATE_LIMIT_WRITES: '0',
    LOG_LEVEL: 'error',
  })
  const saboteur = newSaboteur(deployment, strikes, (line) => t.comment(line))
  const relay = await startRelay(t, deployment.port, saboteur)
  await deployment.ready()
  const scenario = await readScenario(SCENARIO)
  const adminKey = await administratorKey(database)
  const summary = await play(scenario, { baseUrl: relay.url, adminKey, progress: () => undefined })
  t.comment(
    `${summary.seconds} s, ${summary.http.requests} requests, ${summary.http.retries} retries, kills ${JSON.stringify(deployment.kills)}`,
  )
  return { database, summary, relay, saboteur, crashes: deployment.crashes, errors: deployment.log }
}
