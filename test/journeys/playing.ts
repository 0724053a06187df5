import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { platformKey } from '../../demo/platformKey.ts'
import { play } from '../../demo/play.ts'
import { readScenario } from '../../demo/scenario.ts'
import type { Summary } from '../../demo/summary.ts'
import { readConfig } from '../../src/config.ts'
import { startService } from '../../src/service.ts'
import { type Teardown, testDatabase } from '../support/database.ts'

/** Plays a scenario file of demo/ through the running service, API and worker, on a database of its own. */
export async function playScenario(t: Teardown, file: string): Promise<Summary> {
  const scenario = await readScenario(path.join(import.meta.dirname, '../../demo', file))
  const database = await testDatabase(t)
  const directory = await mkdtemp(path.join(tmpdir(), 'sandan-journey-'))
  const config = readConfig({
    ...redis(),
    DATABASE_URL: database.url,
    DATA_DIRECTORY: directory,
    PORT: '0',
    SANDBOX: 'true',
    RATE_LIMIT_READS: '0',
    RATE_LIMIT_WRITES: '0',
    RATE_LIMIT_FAILURES: '0',
    LOG_LEVEL: 'error',
  })
  const service = await startService(config)
  try {
    const adminKey = await platformKey(service, config)
    return (await play(scenario, { baseUrl: service.url, adminKey, progress: () => undefined })).summary
  } finally {
    await service.stop()
    await rm(directory, { recursive: true, force: true })
  }
}

/** Where a Redis is named, the deadlines ring through it, as they do in a deployment. */
function redis(): Record<string, string> {
  const url = process.env.REDIS_URL
  return url === undefined || url === '' ? {} : { REDIS_URL: url }
}

/** `subject code rule`, as many of the three words as the expectation has. */
export function refusalsLike(summary: Summary, expected: readonly string[]): string[] {
  return summary.refusals.map(({ subject, code, rule }, index) =>
    [subject, code, rule ?? ''].slice(0, expected[index]?.split(' ').length ?? 2).join(' '),
  )
}
