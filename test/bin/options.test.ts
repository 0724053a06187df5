import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'

const root = path.join(import.meta.dirname, '../..')
const { NODE_OPTIONS: _, ...env } = process.env
const cache = path.join(root, 'src/platform/quickImports.mjs')
const programs = readdirSync(path.join(root, 'src/bin')).filter((name) => name !== 'options.ts')

function run(program: string, option: string): Promise<{ status: unknown; said: string; complained: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', cache, path.join(root, program), option],
      { env },
      (error, said, complained) => resolve({ status: error === null ? 0 : error.code, said, complained }),
    )
  })
}

for (const program of [...programs.map((name) => `src/bin/${name}`), 'demo/main.ts', 'bench/main.ts'])
  t.test(`${program} explains itself, and refuses what it does not know in a sentence`, async (t) => {
    const [helped, refused] = await Promise.all([run(program, '--help'), run(program, '--bogus')])
    t.match(helped, { status: 0, said: /(npm (run|start)|node src\/bin)/, complained: '' })
    t.match(refused, { status: 2, said: '', complained: /Unknown option '--bogus'/ })
    t.notMatch(refused.complained, /\n {4}at /, 'without a stack')
  })

t.test('a word that is no option is refused as well', async (t) => {
  t.match(await run('src/bin/migrate.ts', 'dump'), { status: 2, complained: /^Unexpected argument 'dump'/ })
})
