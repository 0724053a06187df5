import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import fc from 'fast-check'
import t from 'tap'
import { type ChainedEvent, canonicalEvent, chainHash, GENESIS, link } from '../../../src/platform/events/chain.ts'

const PUBLISHED: ChainedEvent = {
  id: '019a1b2c-0000-7000-8000-000000000001',
  transactionId: '812',
  at: '2026-03-02T01:00:00.000Z',
  recordedAt: '2026-03-02T01:00:00.004Z',
  hostId: '019a1b2c-0000-7000-8000-0000000000aa',
  type: 'round.published',
  subject: 'rnd_01k8dhr000e00800000000002a',
  actor: 'key_01k8dhr000e00800000000002b',
  requestId: 'req-1',
  data: { state: 'published', amountFen: '60000000', lots: [1, 2] },
}

t.test('an event has one canonical form, with its names in order', async (t) => {
  t.equal(
    canonicalEvent(PUBLISHED),
    '{"actor":"key_01k8dhr000e00800000000002b","at":"2026-03-02T01:00:00.000Z",' +
      '"data":{"amountFen":"60000000","lots":[1,2],"state":"published"},' +
      '"hostId":"019a1b2c-0000-7000-8000-0000000000aa","id":"019a1b2c-0000-7000-8000-000000000001",' +
      '"recordedAt":"2026-03-02T01:00:00.004Z","requestId":"req-1","subject":"rnd_01k8dhr000e00800000000002a",' +
      '"transactionId":"812","type":"round.published"}',
  )
})

t.test('the hash is SHA-256 over the previous hash, the number in 8 bytes and the canonical event', async (t) => {
  const previous = Buffer.alloc(32, 7)
  const expected = createHash('sha256')
    .update(previous)
    .update(Buffer.from([0, 0, 0, 0, 0, 1, 0, 2]))
    .update('{"名":"需求"}', 'utf8')
    .digest()
  t.same(chainHash(previous, 65_538n, '{"名":"需求"}'), expected)
})

t.test('a previous hash of another length is a mistake of the program', async (t) => {
  t.throws(() => chainHash(Buffer.alloc(31), 1n, '{}'), RangeError)
})

t.test('the first event is linked to 32 zero bytes and gets number 1', async (t) => {
  t.same(link(GENESIS, PUBLISHED), { seq: 1n, hash: chainHash(Buffer.alloc(32), 1n, canonicalEvent(PUBLISHED)) })
})

t.test('the order in which data was written does not change the hash', async () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()), (data) => {
      const reversed = Object.fromEntries(Object.entries(data).reverse())
      return canonicalEvent({ ...PUBLISHED, data }) === canonicalEvent({ ...PUBLISHED, data: reversed })
    }),
  )
})

t.test('the canonical form is the one that the package of RFC 8785 makes', async (t) => {
  const text = fc.string({ unit: 'binary', minLength: 1 })
  fc.assert(
    fc.property(
      fc.dictionary(text, fc.jsonValue({ stringUnit: 'binary' })),
      text,
      fc.option(fc.uuid()),
      (data, actor, salt) => {
        const event = { ...PUBLISHED, data, actor, salt }
        return canonicalEvent(event) === canonicalize(salt === null ? { ...PUBLISHED, data, actor } : event)
      },
    ),
    { numRuns: 1_000 },
  )
  const escapes = { ...PUBLISHED, data: { '\\\\ud800': '\\ud800', '\\': 1e21, '\u2028': -0, '😀': '\ud83d\ude00' } }
  t.equal(canonicalEvent(escapes), canonicalize(escapes))
})

t.test('a text without a UTF-8 form has no canonical form', async (t) => {
  t.throws(() => canonicalEvent({ ...PUBLISHED, actor: '\ud800' }), /no canonical form/)
  t.throws(() => canonicalEvent({ ...PUBLISHED, data: { '\udfff': 1 } }), /no canonical form/)
  t.throws(() => canonicalEvent({ ...PUBLISHED, data: { note: '\\\ud800' } }), /no canonical form/)
})

t.test('whatever field changes, the hash changes', async (t) => {
  const text = fc.string({ minLength: 1 })
  const changed = fc.record<Partial<ChainedEvent>>(
    {
      id: fc.uuid(),
      transactionId: fc.bigInt({ min: 0n }).map(String),
      at: text,
      recordedAt: text,
      hostId: fc.option(fc.uuid()),
      type: text,
      subject: text,
      actor: text,
      requestId: fc.option(text),
      salt: fc.uuid(),
      data: fc.dictionary(text, fc.jsonValue()),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(changed, (change) => {
      const other: ChainedEvent = { ...PUBLISHED, ...change }
      const isSame = canonicalEvent(other) === canonicalEvent(PUBLISHED)
      return link(GENESIS, other).hash.equals(link(GENESIS, PUBLISHED).hash) === isSame
    }),
  )
  for (const name of [...Object.keys(PUBLISHED), 'salt']) {
    const other = { ...PUBLISHED, [name]: name === 'data' ? {} : 'other' }
    t.notSame(link(GENESIS, other).hash, link(GENESIS, PUBLISHED).hash, name)
  }
})
