import path from 'node:path'
import closeWithGrace from 'close-with-grace'
import { readOptions } from '../src/bin/options.ts'
import { readConfig, readPlaces } from '../src/config.ts'
import { PortTaken, requireFreePort, startService } from '../src/service.ts'
import { type ClientProcess, startClient } from './clientProcess.ts'
import { type DemoKeys, keyLines } from './county.ts'
import { DirectoryInUse, emptyDirectory, occupy } from './dataDirectory.ts'
import { platformKey } from './platformKey.ts'

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
  const player = await startClient<DemoKeys>('player.ts', [values.scenario ?? '', values.json ? 'json' : 'text'])
  if (player === undefined) return
  try {
    await serve(player, values)
  } finally {
    player.stop()
  }
}

async function serve(
  player: ClientProcess<DemoKeys>,
  options: { readonly once: boolean; readonly json: boolean },
): Promise<void> {
  const config = await demoConfig()
  const service = await startService(config)
  try {
    const adminKey = await platformKey(service, config)
    const keys = await player.run({ baseUrl: service.url, adminKey })
    if (options.once || keys === undefined) return await service.stop()
    const say = options.json ? console.error : console.log
    say(
      `\nStill serving at ${service.url} (reference: ${service.url}/docs).\n${keyLines({ platform_admin: adminKey, ...keys })}`,
    )
    say('End with Ctrl-C.')
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
  // One sentence for what a reader can mend; for anything else all there is, with its stack.
  console.error(error instanceof DirectoryInUse || error instanceof PortTaken ? error.message : error)
  process.exitCode = 1
}
