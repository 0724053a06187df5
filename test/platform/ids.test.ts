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
  const ids = Array.from({ length: 10_000 }, () => newId('need'))
  t.same(ids.toSorted(), ids)
  t.equal(new Set(ids).size, ids.length)
})

t.test('a new identifier holds a UUIDv7 of this moment', async (t) => {
  const before = Date.now()
  const uuid = uuidOf(newId('need'), 'need')
  t.match(uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  const madeAt = Number.parseInt(uuid.replaceAll('-', '').slice(0, 12), 16)
  t.ok(before <= madeAt && madeAt <= Date.now())
})

t.test('two identifiers do not tell how many were made between them', async (t) => {
  const random = () => BigInt(`0x${uuidOf(newId('need'), 'need').replaceAll('-', '').slice(13)}`)
  const inAnotherMillisecond = () => {
    for (const now = Date.now(); Date.now() === now; );
    return random()
  }
  const values = Array.from({ length: 200 }, inAnotherMillisecond)
  const falls = values.filter((value, place) => place > 0 && value < (values[place - 1] as bigint)).length
  t.ok(falls > 60 && falls < 140, `the next one is as often smaller as larger: ${falls} of 199`)
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
