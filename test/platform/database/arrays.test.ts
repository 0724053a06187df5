import { randomBytes, randomUUID } from 'node:crypto'
import t from 'tap'
import { bytesArray, textArray, uuidArray } from '../../../src/platform/database/arrays.ts'
import { testDatabase } from '../../support/database.ts'

t.test('what is sent as a binary array is what the database reads', async (t) => {
  const { pool } = await testDatabase(t)
  const texts = ['', null, '社区', '"quoted", {braced} \\ and\nbroken', 'NULL', '😀'.repeat(1000)]
  const bytes = [Buffer.alloc(0), randomBytes(30_000), Buffer.from([0, 255, 92])]
  const uuids = [randomUUID(), null, randomUUID()]
  const { rows } = await pool.query(
    'select $1::text[] as texts, $2::bytea[] as bytes, $3::uuid[] as uuids, $4::text[] as none, $5::text[] as nulls',
    [textArray(texts), bytesArray(bytes), uuidArray(uuids), textArray([]), textArray([null])],
  )
  t.same(rows, [{ texts, bytes, uuids, none: [], nulls: [null] }])
})
