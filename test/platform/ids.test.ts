import fc from 'fast-check'
import t from 'tap'
import { TypeID } from 'typeid-js'
import { idOfUuid, isTypeId, newId, typeIdPattern, uuidOf } from '../../src/platform/ids.ts'

t.test('an identifier and the UUID inside it lead to each other', async () => {
  fc.assert(fc.property(fc.uuid(), (uuid) => uuidOf(idOfUuid(uuid, 'need'), 'need') === uuid))
})

t.test('identifiers are written as the TypeID specification says', async () => {
  fc.assert(fc.property(fc.uuid(), (uuid) => idOfUuid(uuid, 'need') === TypeID.fromUUID('need', uuid).toString()))
})

t.test('a new identifier fits its own pattern and no other', async (t) => {
  const id = newId('need')
  t.ok(isTypeId(id, 'need'))
  t.notOk(isTypeId(id, 'bid'))
  t.match(id, new RegExp(typeIdPattern('need')))
})

t.test('identifiers sort in the order of their making', async (t) => {
  const ids = Array.from({ length: 100 }, () => newId('need'))
  t.same(ids.toSorted(), ids)
})

t.test('every other spelling of an identifier is refused', async (t) => {
  const id = newId('need')
  const suffix = id.slice('need_'.length)
  for (const text of [
    id.toUpperCase(),
    suffix,
    `need_${suffix}0`,
    `need_8${suffix.slice(1)}`,
    `need_${suffix.slice(1)}u`,
    `${id}\n`,
  ]) {
    t.notOk(isTypeId(text, 'need'), text)
    t.throws(() => uuidOf(text, 'need'), TypeError)
  }
})
