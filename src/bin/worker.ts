import closeWithGrace from 'close-with-grace'
import { readConfig } from '../config.ts'
import { openDeps, openLog } from '../deps.ts'
import { buildWorker } from '../worker.ts'
import { readOptions } from './options.ts'

const USAGE = `npm run worker

  The background process of a deployment: seals events and does what is due. As many may run as you like. Configured by
  the environment (README, Configuration).`

const { help } = readOptions(USAGE, { help: { type: 'boolean', default: false } })
try {
  if (help) console.log(USAGE)
  else await work()
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}

async function work(): Promise<void> {
  const config = readConfig(process.env)
  const log = openLog(config)
  const deps = await openDeps(config, log)
  const worker = buildWorker(config, deps)
  closeWithGrace({ delay: 30_000 }, async ({ err }) => {
    if (err !== undefined) log.error({ err }, 'the worker ends because of an error')
    await worker.stop()
    await deps.close()
  })
  await worker.start()
  log.info({ sweepIntervalMs: config.sweepIntervalMs }, 'the worker is ready')
}
