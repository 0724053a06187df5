import { readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { Environment } from '../src/environment.ts'

const readme = readFileSync(path.join(import.meta.dirname, '../README.md'), 'utf8')

t.test('the configuration table of the README is what config.ts reads', async (t) => {
  const rows = Object.entries(Environment.properties).map(([name, schema]) => {
    const { default: preset, description } = schema as unknown as { default?: unknown; description: string }
    return `| \`${name}\` | ${preset === undefined || preset === '' ? '—' : `\`${preset}\``} | ${description} |`
  })
  for (const row of rows) t.ok(readme.includes(row), row)
})
