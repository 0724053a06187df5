import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Config } from '../src/config.ts'
import type { RunningService } from '../src/service.ts'
import { Client } from './client.ts'
import { platformKey } from './platformKey.ts'
import { COUNTY_SCENARIO, readScenario } from './scenario.ts'
import { setUp } from './setup.ts'
import { listSteps } from './steps/lists.ts'
import { newWorld } from './world.ts'

/** Role → key, printed by `npm start`. */
export type DemoKeys = Readonly<Record<string, string>>

/**
 * The demo county for looking around: divisions, organizations, experts and a published needs list, on the real clock.
 * Made at the first start; later starts find the keys in the data directory (a sandbox's keys, readable by its owner).
 */
export async function demoCounty(service: RunningService, config: Config): Promise<DemoKeys> {
  const file = path.join(config.dataDirectory, 'demo-keys.json')
  const known = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (known !== null) return JSON.parse(known)
  const adminKey = await platformKey(service, config)
  const scenario = await readScenario(COUNTY_SCENARIO)
  const world = newWorld(scenario, new Client(service.url), adminKey)
  await setUp(world, { testClock: false })
  const at = new Date().toISOString()
  await listSteps.verify_needs(world, { at, do: 'verify_needs' })
  await listSteps.publish_needs(world, { at, do: 'publish_needs' })
  const keys = {
    platform_admin: adminKey,
    ...Object.fromEntries(
      ['host', 'operator', 'town', 'finance', 'auditor', 'evaluator'].map((role) => [role, world.key(role)]),
    ),
    agency: world.key('A1'),
    provider: world.key('R1'),
    expert: world.key('E1'),
  }
  await writeFile(file, JSON.stringify(keys, null, 2), { mode: 0o600 })
  return keys
}
