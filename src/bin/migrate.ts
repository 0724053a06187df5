import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { readConfig } from '../config.ts'
import { type DatabaseLog, openDatabase } from '../platform/database/database.ts'
import { startEmbeddedPostgres } from '../platform/database/embedded.ts'
import { MIGRATIONS_DIRECTORY, migrate } from '../platform/database/migrate.ts'
import { dumpSchema } from '../platform/database/schemaDump.ts'
import { readOptions } from './options.ts'

const USAGE = `npm run migrate [-- --dump]

  Applies all pending migrations to DATABASE_URL, or to the embedded database without it.

  --dump  writes migrations/schema.sql instead, from a fresh embedded database that is thrown away afterwards`

const log: DatabaseLog = {
  info: (details, message) => console.info(message, details),
  warn: (details, message) => console.warn(message, details),
}

async function migrateConfigured(): Promise<void> {
  const config = readConfig(process.env)
  const server =
    config.databaseUrl === undefined
      ? await startEmbeddedPostgres({ directory: path.join(config.dataDirectory, 'postgres'), persistent: true, log })
      : undefined
  try {
    const applied = await withDatabase(config.databaseUrl ?? server?.url ?? '', (database) =>
      migrate(database.pool, { log }),
    )
    if (applied.length === 0) console.info('Nothing to do: the database has seen all migrations.')
  } finally {
    await server?.stop()
  }
}

async function dump(): Promise<void> {
  const directory = await mkdtemp(path.join(tmpdir(), 'sandan-dump-'))
  const server = await startEmbeddedPostgres({ directory, persistent: false, log: { ...log, info: () => undefined } })
  try {
    const schema = await withDatabase(server.url, async (database) => {
      await migrate(database.pool)
      return dumpSchema(database.pool)
    })
    const file = path.join(MIGRATIONS_DIRECTORY, 'schema.sql')
    await writeFile(file, schema)
    console.info(`${path.relative(process.cwd(), file)} is written.`)
  } finally {
    await server.stop()
  }
}

async function withDatabase<T>(
  url: string,
  run: (database: ReturnType<typeof openDatabase>) => Promise<T>,
): Promise<T> {
  const database = openDatabase({ url, poolSize: 1, applicationName: 'sandan-migrate', log })
  try {
    return await run(database)
  } finally {
    await database.close()
  }
}

const options = readOptions(USAGE, {
  dump: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
})
try {
  if (options.help) console.log(USAGE)
  else await (options.dump ? dump() : migrateConfigured())
} catch (error) {
  // What the driver says of several addresses has no sentence of its own.
  console.error(error instanceof Error && error.message !== '' ? error.message : error)
  process.exitCode = 1
}
