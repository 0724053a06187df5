import t from 'tap'
import { readEnvironment } from '../src/environment.ts'

t.test('a variable that cannot be used is named, with what it takes', async (t) => {
  const cases: [Record<string, string>, string | RegExp][] = [
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL must be one of: trace, debug, info, warn, error, fatal, silent'],
    [{ SCANNER: 'norton' }, 'SCANNER must be one of: none, clamd, test'],
    [{ NODE_ENV: 'prod' }, 'NODE_ENV must be one of: development, test, production'],
    [{ PORT: 'http' }, 'PORT must be integer'],
    [{ PORT: '70000', SCANNER: 'x' }, /^PORT must be <= 65535; SCANNER must be one of/],
    [{ SANDAN_SECRET: 'short' }, /^SANDAN_SECRET must NOT have fewer than 32 characters$/],
    [
      { SANDAN_SECRET_FILE: '/no/such/secret' },
      /^SANDAN_SECRET_FILE must name a file that can be read: ENOENT.*\/no\/such\/secret/,
    ],
  ]
  for (const [env, message] of cases) t.throws(() => readEnvironment(env), { message }, JSON.stringify(env))
})

t.test('what is wrong with a secret is told without the secret', async (t) => {
  t.throws(() => readEnvironment({ METRICS_TOKEN: 'canary' }), { message: /^METRICS_TOKEN must (?!.*canary)/ })
  const token = `${'canary '.repeat(6)}中`
  t.throws(() => readEnvironment({ METRICS_TOKEN: token }), { message: /^METRICS_TOKEN must (?!.*canary)/ })
})
