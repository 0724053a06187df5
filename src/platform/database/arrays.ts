/**
 * Arrays as parameters in PostgreSQL's own binary form, for statements that write many rows with `unnest`: the driver
 * sends a Buffer as it is. As text a `bytea[]` is twice as long, and every element of a `text[]` is searched for what must
 * be escaped. The parameter needs its type in the statement: `$1::bytea[]`.
 */
const OID = { bytea: 17, text: 25, uuid: 2950 } as const
const HEADER_BYTES = 20
const LENGTH_BYTES = 4
const NULL_LENGTH = -1
const UUID_BYTES = 16

/** For `bytea[]`. */
export function bytesArray(values: readonly Buffer[]): Buffer {
  return array(
    OID.bytea,
    values,
    (value) => value.length,
    (value, to, at) => value.copy(to, at),
  )
}

/** For `text[]`, and `jsonb[]` by a cast. */
export function textArray(values: readonly (string | null)[]): Buffer {
  return array(OID.text, values, Buffer.byteLength, (value, to, at) => to.write(value, at, 'utf8'))
}

/** For `uuid[]`; each as 36 characters. */
export function uuidArray(values: readonly (string | null)[]): Buffer {
  return array(
    OID.uuid,
    values,
    () => UUID_BYTES,
    (value, to, at) => to.write(value.replaceAll('-', ''), at, 'hex'),
  )
}

/** Dimensions, whether there are nulls, type; length and lower bound; then each element behind its length. */
function array<Value>(
  oid: number,
  values: readonly (Value | null)[],
  lengthOf: (value: Value) => number,
  write: (value: Value, to: Buffer, at: number) => void,
): Buffer {
  const lengths = values.map((value) => (value === null ? NULL_LENGTH : lengthOf(value)))
  const bytes = lengths.reduce((sum, length) => sum + LENGTH_BYTES + Math.max(length, 0), HEADER_BYTES)
  const made = Buffer.allocUnsafe(bytes)
  made.writeInt32BE(1, 0)
  made.writeInt32BE(lengths.includes(NULL_LENGTH) ? 1 : 0, 4)
  made.writeInt32BE(oid, 8)
  made.writeInt32BE(values.length, 12)
  made.writeInt32BE(1, 16)
  let at = HEADER_BYTES
  values.forEach((value, place) => {
    const length = lengths[place] as number
    made.writeInt32BE(length, at)
    at += LENGTH_BYTES
    if (value === null) return
    write(value, made, at)
    at += length
  })
  return made
}
