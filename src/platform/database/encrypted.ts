import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto'
import { customType } from 'drizzle-orm/pg-core'

const NONCE_BYTES = 12
const TAG_BYTES = 16
const FORMAT = /^v1\.([0-9a-f]{8})\.([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]{22,})$/

/** Personal data as the database holds it: `v1.<kid>.<nonce>.<ciphertext and tag>`. Made by {@link sealField} alone. */
export type SealedField = string & { readonly sealedField: unique symbol }

/** Where a value stands. It is bound to the ciphertext, so that nothing opens in another row or column. */
export interface FieldPlace {
  readonly table: string
  readonly column: string
  /** The identifier of the row, as TypeID. */
  readonly row: string
}

/** The keys of personal data: one encrypts, the other makes equal values findable. */
export interface FieldKeys {
  readonly fields: Buffer
  readonly blindIndex: Buffer
}

/** A column of personal data. A plain text cannot be written into it by accident: the types forbid it, and a check of the table. */
export function encrypted(name: string) {
  return customType<{ data: SealedField; driverData: string }>({
    dataType: () => 'text',
    fromDriver: (text) => text as SealedField,
  })(name)
}

/** The column beside it: 32 bytes that are equal where the normalized values are. */
export function blindIndex(name: string) {
  return customType<{ data: Buffer }>({ dataType: () => 'bytea' })(name)
}

/** AES-256-GCM under a nonce of its own; the place is associated data. */
export function sealField({ fields }: FieldKeys, place: FieldPlace, text: string): SealedField {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', fields, nonce).setAAD(associated(place))
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return `v1.${keyId(fields)}.${nonce.toString('base64url')}.${sealed.toString('base64url')}` as SealedField
}

/**
 * The value in clear.
 * @throws Error when it was sealed under another key, for another place, or was changed; the message holds no value.
 */
export function openField({ fields }: FieldKeys, place: FieldPlace, field: SealedField): string {
  const [, kid = '', nonce = '', sealed = ''] = FORMAT.exec(field) ?? []
  if (kid !== keyId(fields)) throw new Error(`the value of ${place.table}.${place.column} was sealed under another key`)
  const bytes = Buffer.from(sealed, 'base64url')
  const decipher = createDecipheriv('aes-256-gcm', fields, Buffer.from(nonce, 'base64url'))
    .setAAD(associated(place))
    .setAuthTag(bytes.subarray(-TAG_BYTES))
  return decipher.update(bytes.subarray(0, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
}

/**
 * HMAC-SHA-256 of a normalized value, told apart by what it is (`phone`): equal across rows, so that equality can be
 * asked of the database; without the key it cannot even be guessed at.
 */
export function blindIndexOf({ blindIndex: key }: FieldKeys, kind: string, normalized: string): Buffer {
  return createHmac('sha256', key).update(`${kind}\n${normalized}`).digest()
}

function associated({ table, column, row }: FieldPlace): Buffer {
  return Buffer.from(JSON.stringify([table, column, row]))
}

/** Names a key without telling anything of it. */
function keyId(key: Buffer): string {
  return createHash('sha256').update('field key ').update(key).digest('hex').slice(0, 8)
}
