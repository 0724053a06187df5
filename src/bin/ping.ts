import { readConfig } from '../config.ts'
import { openDatabase } from '../platform/database/database.ts'
import { readOptions } from './options.ts'

const USAGE = `node src/bin/ping.ts

  Health check of a process without a port: can DATABASE_URL be reached? Exit status: 0 yes, 1 no.`

const { help } = readOptions(USAGE, { help: { type: 'boolean', default: false } })
try {
  if (help) console.log(USAGE)
  else await ping()
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}

async function ping(): Promise<void> {
  const { databaseUrl } = readConfig(process.env)
  if (databaseUrl === undefined) throw new Error('DATABASE_URL is not set')
  const database = openDatabase({ url: databaseUrl, poolSize: 1, applicationName: 'sandan-ping' })
  try {
    await database.pool.query('select 1')
  } finally {
    await database.close()
  }
}
