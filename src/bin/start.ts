import closeWithGrace from 'close-with-grace'
import { demoCounty, isHalfMade, keyLines, prepareCounty } from '../../demo/county.ts'
import { emptyDirectory, occupy } from '../../demo/dataDirectory.ts'
import { type Config, readConfig, readPlaces } from '../config.ts'
import { requireFreePort, startService } from '../service.ts'
import { readOptions } from './options.ts'

const USAGE = `npm start [-- --fresh]

  --fresh  throws the trial data in DATA_DIRECTORY away and begins anew`

/** `npm start`: everything in one process with the demo county, nothing to install. */
const options = readOptions(USAGE, {
  fresh: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
})
try {
  if (options.help) console.log(USAGE)
  else await start(options.fresh)
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}

async function start(fresh: boolean): Promise<void> {
  const env = { ...process.env, LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn' }
  await requireFreePort(readPlaces(env))
  const config = readConfig(env)
  if (config.production)
    throw new Error('npm start is for trying Sandan out; in production run src/bin/server.ts and src/bin/worker.ts')
  if (fresh && config.databaseUrl !== undefined)
    throw new Error(
      '--fresh throws away the embedded database only; DATABASE_URL names one of yours, empty it yourself',
    )
  await occupy(config.dataDirectory)
  if (fresh || (await mustBeginAnew(config))) await emptyDirectory(config.dataDirectory)
  const seeding = prepareCounty(config)
  const service = await startService(config).catch(async (error: unknown) => {
    ;(await seeding)?.stop()
    throw error
  })
  closeWithGrace({ delay: 30_000 }, async () => service.stop())
  const keys = await demoCounty(service, config, seeding).catch(async (error: unknown) => {
    await service.stop()
    throw error
  })
  console.log(
    `\nSandan 三单 is ready.\n\n  API        ${service.url}/v1\n  Reference  ${service.url}/docs\n${keyLines(keys)}`,
  )
  console.log('End with Ctrl-C. Begin anew with: npm start -- --fresh\n')
}

/** A first start that was interrupted left a part of the county behind, and nothing else can be there yet. */
async function mustBeginAnew({ dataDirectory, databaseUrl }: Config): Promise<boolean> {
  if (!(await isHalfMade(dataDirectory))) return false
  if (databaseUrl === undefined) return true
  throw new Error(
    'The first start was interrupted, and a part of the demo county stands in the database that DATABASE_URL names. Give it an empty one and remove DATA_DIRECTORY.',
  )
}
