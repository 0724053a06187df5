import { readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Config } from '../src/config.ts'
import type { RunningService } from '../src/service.ts'
import { type ClientProcess, startClient } from './clientProcess.ts'
import { platformKey } from './platformKey.ts'

/** Role → key, printed by `npm start`. */
export type DemoKeys = Readonly<Record<string, string>>

const KEYS = 'demo-keys.json'
/** Stands in the data directory from before the first thing of the county is made until all of it is there. */
const UNFINISHED = 'demo-county-unfinished'

/** The county was not finished, and what is there of it stands in the way of the next one. */
export async function isHalfMade(directory: string): Promise<boolean> {
  return (await textOf(path.join(directory, UNFINISHED))) !== null
}

type Seeding = Promise<ClientProcess<DemoKeys> | undefined>

/** Where there is no county yet, whoever makes it gets ready while the service starts. */
export async function prepareCounty({ dataDirectory }: Pick<Config, 'dataDirectory'>): Seeding {
  return (await textOf(path.join(dataDirectory, KEYS))) === null ? startClient<DemoKeys>('seeder.ts') : undefined
}

/**
 * The demo county for looking around: divisions, organizations, experts and a published needs list, on the real clock.
 * Made at the first start; later starts find the keys in the data directory (a sandbox's keys, readable by its owner).
 */
export async function demoCounty(
  service: RunningService,
  config: Config,
  seeding: Seeding = prepareCounty(config),
): Promise<DemoKeys> {
  const file = path.join(config.dataDirectory, KEYS)
  const known = await textOf(file)
  if (known !== null) return JSON.parse(known)
  const mark = path.join(config.dataDirectory, UNFINISHED)
  await writeFile(mark, '')
  const adminKey = await platformKey(service, config)
  const seeder = await seeding
  const made = await seeder?.run({ baseUrl: service.url, adminKey })
  if (made === undefined) throw new Error('The demo county could not be made; the next start begins anew.')
  const keys = { platform_admin: adminKey, ...made }
  await writeFile(file, JSON.stringify(keys, null, 2), { mode: 0o600 })
  await rm(mark)
  return keys
}

/** The keys as a reader takes them from the terminal. */
export function keyLines(keys: DemoKeys): string {
  const lines = Object.entries(keys).map(([role, key]) => `  ${role.padEnd(15)} ${key}`)
  return `\nDemo keys (Authorization: Bearer …), one per role:\n\n${lines.join('\n')}\n`
}

async function textOf(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
}
