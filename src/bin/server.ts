import closeWithGrace from 'close-with-grace'
import { readConfig, readPlaces } from '../config.ts'
import { requireFreePort, startService } from '../service.ts'

/** The API process of a deployment; the worker runs beside it (src/bin/worker.ts). */
try {
  await requireFreePort(readPlaces(process.env))
  const service = await startService(readConfig(process.env), { worker: false })
  closeWithGrace({ delay: 30_000 }, async () => service.stop())
  service.deps.log.info({ url: service.url }, 'the API is ready')
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}
