import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { PROBLEMS } from '../src/modules.ts'

const tests = (readdirSync(import.meta.dirname, { recursive: true }) as string[])
  .filter((file) => file.endsWith('.test.ts') && file !== 'problems.test.ts')
  .map((file) => readFileSync(path.join(import.meta.dirname, file), 'utf8'))
  .join('\n')

/** Refusals that a test cannot provoke on purpose, with the reason. */
const NOT_PROVOKED: Readonly<Record<string, string>> = {
  internal_error: 'a 5xx is never provoked on purpose; every test call fails on one',
}

t.test(
  'a refusal has one code, a fitting status and a sentence in both languages with the same parameters',
  async (t) => {
    const codes = PROBLEMS.map(({ code }) => code)
    t.same(
      codes.filter((code, index) => codes.indexOf(code) !== index),
      [],
      'no code is declared twice',
    )
    const flaws = PROBLEMS.flatMap(({ code, status, title, detail }) => {
      const places = (text: string) =>
        [...text.matchAll(/\{(\w+)\}/g)]
          .map((match) => match[1])
          .sort()
          .join()
      const found: string[] = []
      if (!/^[a-z][a-z0-9_]{2,60}$/.test(code)) found.push(`${code}: not snake_case`)
      if (![400, 401, 403, 404, 405, 406, 409, 410, 412, 413, 415, 417, 422, 428, 429, 500, 503].includes(status))
        found.push(`${code}: status ${status}`)
      if (places(detail.en) !== places(detail['zh-CN']))
        found.push(`${code}: the two details name different parameters`)
      if (!/[一-鿿]/.test(title['zh-CN'])) found.push(`${code}: the Chinese title is not Chinese`)
      if (/[一-鿿]/.test(title.en)) found.push(`${code}: the English title is not English`)
      return found
    })
    t.same(flaws, [])
  },
)

t.test('every refusal is provoked by a test', async (t) => {
  const missing = PROBLEMS.map(({ code }) => code).filter(
    (code) => !(code in NOT_PROVOKED) && !new RegExp(`\\b${code}\\b`).test(tests),
  )
  t.same(missing, [])
})
