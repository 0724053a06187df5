import path from 'node:path'
import closeWithGrace from 'close-with-grace'
import { readOptions } from '../src/bin/options.ts'
import { readConfig, readPlaces } from '../src/config.ts'
import { PortTaken, requireFreePort, startService } from '../src/service.ts'
import { Refused } from './client.ts'
import { COUNTY_SCENARIO, platformKey } from './county.ts'
import { DirectoryInUse, emptyDirectory, occupy } from './dataDirectory.ts'
import { play } from './play.ts'
import { printSummary } from './print.ts'
import { readScenario, ScenarioError } from './scenario.ts'

const USAGE = `npm run demo -- [--scenario FILE] [--once] [--json]

  --scenario FILE  plays another file (format: demo/scenario.schema.json, docs/guide/scenarios.md)
  --once           ends when the play has ended; otherwise the service keeps running for a look around
  --json           one JSON document with the summary on standard output, everything else on standard error`

/** Plays a scenario through HTTP against a fresh database. Exit codes: 0 played, 1 failed, 2 wrong use or scenario. */
async function main(): Promise<void> {
  const values = readOptions(USAGE, {
    scenario: { type: 'string' },
    once: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  })
  if (values.help) return console.log(USAGE)
  const scenario = await readScenario(values.scenario === undefined ? COUNTY_SCENARIO : path.resolve(values.scenario))
  const say = values.json ? (line: string) => console.error(line) : (line: string) => console.log(line)
  const config = await demoConfig()
  const service = await startService(config)
  try {
    const adminKey = await platformKey(service, config)
    const summary = await play(scenario, { baseUrl: service.url, adminKey, progress: say })
    if (values.json) console.log(JSON.stringify(summary, null, 2))
    else printSummary(summary, say)
    if (values.once) return await service.stop()
    say(
      `\nStill serving at ${service.url} (reference: ${service.url}/docs). Platform key: ${adminKey}\nEnd with Ctrl-C.`,
    )
    closeWithGrace({ delay: 30_000 }, async () => service.stop())
  } catch (error) {
    await service.stop()
    throw error
  }
}

/** A database of the demo's own, emptied first; a free port unless PORT says otherwise; no quotas for the one player. */
async function demoConfig() {
  const base = process.env.DATA_DIRECTORY ?? '.sandan'
  const directory = path.resolve(base, 'demo')
  const env = {
    ...process.env,
    DATA_DIRECTORY: directory,
    PORT: process.env.PORT ?? '0',
    SANDBOX: 'true',
    RATE_LIMIT_READS: '0',
    RATE_LIMIT_WRITES: '0',
    RATE_LIMIT_FAILURES: '0',
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn',
  }
  await requireFreePort(readPlaces(env))
  await occupy(directory)
  await emptyDirectory(directory)
  return readConfig(env)
}

try {
  await main()
} catch (error) {
  console.error(wordsFor(error))
  process.exitCode = error instanceof ScenarioError ? 2 : 1
}

/** One sentence for what a reader can mend; for anything else all there is, with its stack. */
function wordsFor(error: unknown): unknown {
  if (error instanceof ScenarioError) return `The scenario is not valid. ${error.message}`
  if (error instanceof Refused) return `The play ended, because the service refused ${error.message}`
  if (error instanceof DirectoryInUse || error instanceof PortTaken) return error.message
  return error
}
