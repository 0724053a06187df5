import { bigint, customType, date, timestamp } from 'drizzle-orm/pg-core'
import { idOfUuid, uuidOf } from '../ids.ts'

/**
 * An identifier column: `need_01j…` in TypeScript, `uuid` in the database.
 * Writing or comparing with an identifier of another prefix throws a TypeError.
 */
export function typeId(name: string, prefix: string) {
  return customType<{ data: string; driverData: string }>({
    dataType: () => 'uuid',
    toDriver: (id) => uuidOf(id, prefix),
    fromDriver: (uuid) => idOfUuid(uuid, prefix),
  })(name)
}

/** An amount of money in fen: `bigint` on both sides, never a float. */
export function fen(name: string) {
  return bigint(name, { mode: 'bigint' })
}

/** A moment: `Date` in TypeScript, `timestamptz(3)` in the database, so that both sides know the same milliseconds. */
export function instant(name: string) {
  return timestamp(name, { withTimezone: true, precision: 3, mode: 'date' })
}

/** A calendar day of the law (working days, notice periods): `YYYY-MM-DD`, without a time zone on either side. */
export function legalDate(name: string) {
  return date(name, { mode: 'string' })
}
