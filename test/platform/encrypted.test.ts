import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { blindIndexOf, openField, type SealedField, sealField } from '../../src/platform/database/encrypted.ts'

const KEYS = { fields: randomBytes(32), blindIndex: randomBytes(32) }
const PLACE = { table: 'organization_contact', column: 'phone', row: 'org_00000000000000000000000001' }

t.test('whatever is sealed opens again in its place, and never looks the same twice', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      const sealed = sealField(KEYS, PLACE, text)
      return (
        /^v1\.[0-9a-f]{8}\./.test(sealed) &&
        openField(KEYS, PLACE, sealed) === Buffer.from(text, 'utf8').toString('utf8') &&
        sealField(KEYS, PLACE, text) !== sealed
      )
    }),
  )
})

t.test('nothing opens in another table, column or row, under another key, or after a change', async (t) => {
  const sealed = sealField(KEYS, PLACE, '13912345678')
  for (const moved of [
    { ...PLACE, table: 'expert' },
    { ...PLACE, column: 'bank_account' },
    { ...PLACE, row: 'org_00000000000000000000000002' },
  ])
    t.throws(() => openField(KEYS, moved, sealed))
  t.throws(() => openField({ ...KEYS, fields: randomBytes(32) }, PLACE, sealed), /sealed under another key/)
  const at = sealed.lastIndexOf('.') + 3
  const other = sealed[at] === 'A' ? 'B' : 'A'
  t.throws(() => openField(KEYS, PLACE, (sealed.slice(0, at) + other + sealed.slice(at + 1)) as SealedField))
  t.throws(() => openField(KEYS, PLACE, '13912345678' as SealedField))
})

t.test('a blind index is equal for equal values of one kind under one key, and for nothing else', async (t) => {
  const index = blindIndexOf(KEYS, 'phone', '13912345678')
  t.equal(index.length, 32)
  t.ok(index.equals(blindIndexOf(KEYS, 'phone', '13912345678')))
  t.notOk(index.equals(blindIndexOf(KEYS, 'phone', '13912345679')))
  t.notOk(index.equals(blindIndexOf(KEYS, 'bank_account', '13912345678')))
  t.notOk(index.equals(blindIndexOf({ ...KEYS, blindIndex: randomBytes(32) }, 'phone', '13912345678')))
})
