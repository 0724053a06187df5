import { cp, glob, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { is } from 'drizzle-orm'
import { getTableConfig, type PgColumn, PgTable } from 'drizzle-orm/pg-core'
import t from 'tap'
import { MIGRATIONS_DIRECTORY, migrate, readMigrations } from '../src/platform/database/migrate.ts'
import { dumpSchema } from '../src/platform/database/schemaDump.ts'
import { emptyDatabase, testDatabase } from './support/database.ts'

const ROOT = path.resolve(import.meta.dirname, '..')
const FIRST = '0001_shelves.sql'
const SECOND = '0002_books.sql'
const SHELVES = 'create table shelf (id integer primary key);\n'
const BOOKS = 'create table book (id integer primary key, shelf_id integer not null references shelf);\n'

/** A folder with these files, removed after the test. */
async function folder(
  t: { teardown(handler: () => Promise<void>): void },
  files: Readonly<Record<string, string>>,
): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'sandan-migrations-'))
  t.teardown(() => rm(directory, { recursive: true }))
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(directory, name), text)
  return directory
}

async function tableNames(pool: { query(sql: string): Promise<{ rows: { name: string }[] }> }): Promise<string[]> {
  const { rows } = await pool.query(
    `select table_name as name from information_schema.tables where table_schema = 'public' order by 1`,
  )
  return rows.map((row) => row.name)
}

t.test('the committed migrations are numbered from 1 without gaps and named in snake case', async (t) => {
  const files = (await readdir(MIGRATIONS_DIRECTORY)).filter((file) => file !== 'schema.sql')
  const names = (await readMigrations(MIGRATIONS_DIRECTORY)).map((migration) => `${migration.name}.sql`)
  t.same(names, files.sort(), 'nothing else lies in the folder')
})

t.test('the dump of a fresh database is what is committed as schema.sql', async (t) => {
  const database = await testDatabase(t)
  const committed = await readFile(path.join(MIGRATIONS_DIRECTORY, 'schema.sql'), 'utf8')
  t.equal(await dumpSchema(database.pool), committed, 'otherwise run: npm run migrate -- --dump')
})

t.test('of two runners at once one applies everything and the other finds nothing to do', async (t) => {
  const database = await emptyDatabase(t)
  const outcomes = await Promise.all([migrate(database.pool), migrate(database.pool)])
  const names = (await readMigrations(MIGRATIONS_DIRECTORY)).map((migration) => migration.name)
  t.same(
    outcomes.toSorted((a, b) => b.length - a.length),
    [names, []],
  )
})

t.test('a second run applies only what is new', async (t) => {
  const database = await emptyDatabase(t)
  const directory = await folder(t, { [FIRST]: SHELVES })
  t.same(await migrate(database.pool, { directory }), ['0001_shelves'])
  await writeFile(path.join(directory, SECOND), BOOKS)
  t.same(await migrate(database.pool, { directory }), ['0002_books'])
  t.same(await tableNames(database.pool), ['book', 'migration', 'shelf'])
})

t.test('a migration that was edited after it had been applied is refused', async (t) => {
  const database = await emptyDatabase(t)
  const directory = await folder(t, { [FIRST]: SHELVES })
  await migrate(database.pool, { directory })
  await writeFile(path.join(directory, FIRST), `${SHELVES}-- an afterthought\n`)
  await t.rejects(migrate(database.pool, { directory }), { name: 'MigrationError', message: /0001_shelves was edited/ })
})

t.test('other line ends do not make it another migration', async (t) => {
  const database = await emptyDatabase(t)
  const directory = await folder(t, { [FIRST]: SHELVES })
  await migrate(database.pool, { directory })
  await writeFile(path.join(directory, FIRST), SHELVES.replaceAll('\n', '\r\n'))
  t.same(await migrate(database.pool, { directory }), [])
})

t.test('a migration that comes after a later one was applied is refused', async (t) => {
  const database = await emptyDatabase(t)
  const directory = await folder(t, { [FIRST]: SHELVES, [SECOND]: BOOKS })
  await migrate(database.pool, { directory })
  await database.pool.query('delete from migration where number = 1')
  await t.rejects(migrate(database.pool, { directory }), { message: /0001_shelves comes too late/ })
})

t.test('a database that has seen more than the program knows is refused', async (t) => {
  const database = await emptyDatabase(t)
  const directory = await folder(t, { [FIRST]: SHELVES, [SECOND]: BOOKS })
  await migrate(database.pool, { directory })
  await rm(path.join(directory, SECOND))
  await t.rejects(migrate(database.pool, { directory }), { message: /newer than this program: it has seen 0002_books/ })
})

t.test('a migration that fails leaves nothing of itself, keeps the earlier ones and tells its line', async (t) => {
  const database = await emptyDatabase(t)
  const directory = await folder(t, { [FIRST]: SHELVES, [SECOND]: `${BOOKS}create tabel typo ();\n` })
  await t.rejects(migrate(database.pool, { directory }), { message: /0002_books failed at line 2: syntax error/ })
  t.same(await tableNames(database.pool), ['migration', 'shelf'])
})

t.test('a migration that cannot run in a transaction says so in its header', async (t) => {
  const database = await emptyDatabase(t)
  const index = 'create index concurrently shelf_again on shelf (id);\n'
  const directory = await folder(t, { [FIRST]: SHELVES, '0002_index.sql': index })
  await t.rejects(migrate(database.pool, { directory }), { message: /cannot run inside a transaction block/ })
  await writeFile(path.join(directory, '0002_index.sql'), `-- no-transaction: built while writes go on\n${index}`)
  const outcomes = await Promise.all([migrate(database.pool, { directory }), migrate(database.pool, { directory })])
  t.same(outcomes.flat(), ['0002_index'], 'a runner that waits does not hold up the index')
})

for (const [fault, file, message] of [
  ['whose number is taken', '0001_again.sql', /the number 1 is taken twice/],
  ['that leaves a gap', '0003_later.sql', /number 2 is missing/],
  ['with an unclear name', '2-books.sql', /not named NNNN_what_it_does/],
] as const) {
  t.test(`a migration ${fault} is refused before anything is applied`, async (t) => {
    const directory = await folder(t, { '0001_a_shelf.sql': SHELVES, [file]: BOOKS })
    await t.rejects(readMigrations(directory), { name: 'MigrationError', message })
  })
}

t.test('two equal databases give the same dump, and a difference of one index shows', async (t) => {
  const directory = await folder(t, {})
  await cp(MIGRATIONS_DIRECTORY, directory, { recursive: true })
  const [left, right] = [await emptyDatabase(t), await testDatabase(t)]
  await migrate(left.pool, { directory })
  const dump = await dumpSchema(right.pool)
  t.equal(await dumpSchema(left.pool), dump)
  await left.pool.query('create index one_more on sandbox_clock (instant)')
  t.not(await dumpSchema(left.pool), dump)
})

t.test('what the tables.ts files say is what the migrations have made', async (t) => {
  const database = await testDatabase(t)
  const files: string[] = []
  for await (const file of glob('src/{modules,platform}/**/tables.ts', { cwd: ROOT })) files.push(file)
  t.not(files.length, 0)
  for (const file of files.sort()) {
    const exported: Record<string, unknown> = await import(path.join(ROOT, file))
    for (const value of Object.values(exported)) {
      if (!is(value, PgTable)) continue
      const { name, schema, columns } = getTableConfig(value)
      const { rows } = await database.pool.query<DatabaseColumn>(DATABASE_COLUMNS, [
        schema === undefined ? name : `${schema}.${name}`,
      ])
      const made = Object.fromEntries(rows.map((row) => [row.name, row.says]))
      t.same(Object.fromEntries(columns.map((column) => [column.name, says(column)])), made, `${file}: ${name}`)
      const withDefault = new Set(rows.filter((row) => row.has_default).map((row) => row.name))
      const promised = columns.filter(leavesToDatabase).map((column) => column.name)
      t.same(
        promised.filter((column) => !withDefault.has(column)),
        [],
        `${file}: every default of ${name} is made by the database`,
      )
    }
  }
})

interface DatabaseColumn {
  readonly name: string
  readonly says: string
  readonly has_default: boolean
}

/** In the words of {@link says}. */
const DATABASE_COLUMNS = `
  select attname as name, atthasdef or attidentity <> '' as has_default,
    format_type(atttypid, atttypmod) || case when attnotnull then ' not null' else '' end as says
  from pg_attribute where attrelid = to_regclass($1) and attnum > 0 and not attisdropped`

function says(column: PgColumn): string {
  const type = column.getSQLType().replace(' (', '(').replace(', ', ',')
  return `${type}${column.notNull ? ' not null' : ''}`
}

/** May an insert leave the column out without drizzle filling it? */
function leavesToDatabase(column: PgColumn): boolean {
  return column.hasDefault && column.defaultFn === undefined
}
