import fc from 'fast-check'
import t from 'tap'
import { idempotencyClaim } from '../../../src/platform/http/idempotency.ts'
import { answerSeal } from '../../../src/platform/http/sealedAnswer.ts'

const { digest } = answerSeal(Buffer.alloc(32, 1))
const claimFor = (body: unknown, more: object = {}) =>
  idempotencyClaim(digest, {
    principal: 'key_1',
    method: 'POST',
    route: '/v1/bids/:bidId/submission',
    path: '/v1/bids/bid_1/submission',
    ifMatch: '"1"',
    key: 'one',
    body,
    ...more,
  })
const printOf = (body: unknown) => claimFor(body).fingerprint.toString('hex')
const long = 'x'.repeat(300)

t.test('equal content is the same request, in whatever order its names stand', async (t) => {
  t.equal(printOf({ a: 1, b: { c: [1, 2], d: long } }), printOf({ b: { d: long, c: [1, 2] }, a: 1 }))
  const upsideDown = (value: unknown): unknown =>
    typeof value !== 'object' || value === null
      ? value
      : Array.isArray(value)
        ? value.map(upsideDown)
        : Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([name, item]) => [name, upsideDown(item)]),
          )
  fc.assert(fc.property(fc.jsonValue(), (value) => printOf(value) === printOf(upsideDown(value))))
})

t.test('other content is another request, where texts are long as well', async (t) => {
  const escaped = '"'.repeat(200)
  const different = [
    null,
    {},
    [],
    [[]],
    [long],
    [long, ''],
    ['', long],
    [`${long}#300:`, long],
    { a: long },
    { [long]: 'a' },
    [escaped],
    [JSON.stringify(escaped)],
    [`#${long.length}:${long}`],
    { a: '1' },
    { a: 1 },
    ['{', '}'],
    [{}],
    [1, 2],
    [12],
    ['1,2'],
  ]
  t.equal(new Set(different.map(printOf)).size, different.length)
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      fc.pre(JSON.stringify(one) !== JSON.stringify(other))
      return JSON.stringify(one) === JSON.stringify(other) || printOf(one) !== printOf(other) || sameValue(one, other)
    }),
  )
})

t.test('who, where and under which key make the scope; path and version the request', async (t) => {
  const first = claimFor({})
  for (const more of [{ principal: 'key_2' }, { method: 'PUT' }, { route: '/v1/bids' }, { key: 'two' }])
    t.notSame(claimFor({}, more).scopeHash, first.scopeHash)
  for (const more of [{ path: '/v1/bids/bid_2/submission' }, { ifMatch: '"2"' }, { ifMatch: undefined }])
    t.notSame(claimFor({}, more).fingerprint, first.fingerprint)
  t.same(claimFor({}), first)
})

/** Equal but for the order of names. */
function sameValue(one: unknown, other: unknown): boolean {
  const sorted = (value: unknown): unknown =>
    typeof value !== 'object' || value === null
      ? value
      : Array.isArray(value)
        ? value.map(sorted)
        : Object.entries(value)
            .sort(([left], [right]) => (left < right ? -1 : 1))
            .map(([name, item]) => [name, sorted(item)])
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other))
}
