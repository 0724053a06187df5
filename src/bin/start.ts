import { rmSync } from 'node:fs'
import path from 'node:path'
import closeWithGrace from 'close-with-grace'
import { demoCounty } from '../../demo/county.ts'
import { readConfig } from '../config.ts'
import { startService } from '../service.ts'

/** `npm start`: everything in one process with the demo county, nothing to install. `--fresh` begins anew. */
try {
  const config = readConfig({ ...process.env, LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn' })
  if (config.production)
    throw new Error('npm start is for trying Sandan out; in production run src/bin/server.ts and src/bin/worker.ts')
  if (process.argv.includes('--fresh')) {
    for (const part of ['postgres', 'files', 'demo-keys.json'])
      rmSync(path.join(config.dataDirectory, part), { recursive: true, force: true })
  }
  const service = await startService(config)
  closeWithGrace({ delay: 30_000 }, async () => service.stop())
  const keys = await demoCounty(service, config).catch(async (error: unknown) => {
    await service.stop()
    throw error
  })
  console.log(
    `\nSandan 三单 is ready.\n\n  API        ${service.url}/v1\n  Reference  ${service.url}/docs\n\nDemo keys (Authorization: Bearer …), one per role:\n`,
  )
  for (const [role, key] of Object.entries(keys)) console.log(`  ${role.padEnd(15)} ${key}`)
  console.log('\nEnd with Ctrl-C. Begin anew with: npm start -- --fresh\n')
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}
