import { readConfig } from '../config.ts'
import { openDatabase } from '../platform/database/database.ts'

/** Health check of a process without a port: can its database be reached? Exit code 0 or 1. */
const { databaseUrl } = readConfig(process.env)
if (databaseUrl === undefined) throw new Error('DATABASE_URL is not set')
const database = openDatabase({ url: databaseUrl, poolSize: 1, applicationName: 'sandan-ping' })
try {
  await database.pool.query('select 1')
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
} finally {
  await database.close()
}
