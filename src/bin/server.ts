import closeWithGrace from 'close-with-grace'
import { readConfig, readPlaces } from '../config.ts'
import { requireFreePort, startService } from '../service.ts'
import { readOptions } from './options.ts'

const USAGE = `npm run server

  The API process of a deployment; the worker runs beside it. Configured by the environment (README, Configuration).`

const { help } = readOptions(USAGE, { help: { type: 'boolean', default: false } })
try {
  if (help) console.log(USAGE)
  else await serve()
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}

async function serve(): Promise<void> {
  await requireFreePort(readPlaces(process.env))
  const service = await startService(readConfig(process.env), { worker: false })
  closeWithGrace({ delay: 30_000 }, async () => service.stop())
  service.deps.log.info({ url: service.url }, 'the API is ready')
}
