import { eq, sql } from 'drizzle-orm'
import type { Sql } from '../../../platform/database/database.ts'
import {
  blindIndexOf,
  type FieldKeys,
  openField,
  type SealedField,
  sealField,
} from '../../../platform/database/encrypted.ts'
import { idOfUuid, uuidOf } from '../../../platform/ids.ts'
import { type ContactField, type Contacts, normalizeContact, type SharedContactKind } from '../rules/contacts.ts'
import { contactReveal, organizationContact } from '../tables.ts'

const COLUMN_OF: Readonly<Record<ContactField, SharedContactKind>> = {
  legalRepresentative: 'legal_representative',
  address: 'address',
  phone: 'phone',
  bankAccount: 'bank_account',
}
const NOTHING: Contacts = { legalRepresentative: null, address: null, phone: null, bankAccount: null }

/** Seals and keeps all contacts of an organization in place of what was there. */
export async function saveContacts(
  handle: Sql,
  keys: FieldKeys,
  organizationId: string,
  contacts: Contacts,
  updatedAt: Date,
): Promise<void> {
  const values = {
    legalRepresentative: sealed(keys, organizationId, 'legalRepresentative', contacts),
    legalRepresentativeIndex: indexed(keys, 'legalRepresentative', contacts),
    address: sealed(keys, organizationId, 'address', contacts),
    addressIndex: indexed(keys, 'address', contacts),
    phone: sealed(keys, organizationId, 'phone', contacts),
    phoneIndex: indexed(keys, 'phone', contacts),
    bankAccount: sealed(keys, organizationId, 'bankAccount', contacts),
    bankAccountIndex: indexed(keys, 'bankAccount', contacts),
    updatedAt,
  }
  await handle
    .insert(organizationContact)
    .values({ organizationId, ...values })
    .onConflictDoUpdate({ target: organizationContact.organizationId, set: values })
}

/** The contacts in clear; all null where none were set. */
export async function findContacts(handle: Sql, keys: FieldKeys, organizationId: string): Promise<Contacts> {
  const [row] = await handle
    .select()
    .from(organizationContact)
    .where(eq(organizationContact.organizationId, organizationId))
  if (row === undefined) return NOTHING
  const open = (field: ContactField) => {
    const value = row[field]
    return value === null ? null : openField(keys, placeOf(organizationId, field), value)
  }
  return {
    legalRepresentative: open('legalRepresentative'),
    address: open('address'),
    phone: open('phone'),
    bankAccount: open('bankAccount'),
  }
}

export async function insertReveal(
  handle: Sql,
  reveal: {
    readonly id: string
    readonly organizationId: string
    readonly fields: readonly ContactField[]
    readonly reason: string
    readonly actor: string
    readonly revealedAt: Date
  },
): Promise<void> {
  await handle.insert(contactReveal).values({ ...reveal, fields: [...reveal.fields] })
}

export interface SharedContacts {
  /** The smaller identifier of the two. */
  readonly organizationId: string
  readonly otherId: string
  readonly kinds: readonly SharedContactKind[]
}

/** Which two of these organizations have equal contacts, by blind index: nothing is opened. */
export async function findSharedContacts(handle: Sql, organizationIds: readonly string[]): Promise<SharedContacts[]> {
  const ids = organizationIds.map((id) => uuidOf(id, 'org'))
  const { rows } = await handle.execute<{ one: string; other: string; kinds: SharedContactKind[] }>(sql`
    with held as (
      select organization_id, kind, index
      from organization_contact
      cross join lateral (values
        ('legal_representative', legal_representative_index), ('address', address_index),
        ('phone', phone_index), ('bank_account', bank_account_index)) as contact (kind, index)
      where organization_id = any(${sql.param(ids)}::uuid[]) and index is not null)
    select a.organization_id as one, b.organization_id as other, array_agg(a.kind order by a.kind) as kinds
    from held a
    join held b on b.kind = a.kind and b.index = a.index and b.organization_id > a.organization_id
    group by 1, 2
    order by 1, 2`)
  return rows.map(({ one, other, kinds }) => ({
    organizationId: idOfUuid(one, 'org'),
    otherId: idOfUuid(other, 'org'),
    kinds,
  }))
}

function sealed(keys: FieldKeys, organizationId: string, field: ContactField, contacts: Contacts): SealedField | null {
  const text = contacts[field]
  return text === null ? null : sealField(keys, placeOf(organizationId, field), text)
}

function indexed(keys: FieldKeys, field: ContactField, contacts: Contacts): Buffer | null {
  const text = contacts[field]
  const normalized = text === null ? null : normalizeContact(field, text)
  return normalized === null ? null : blindIndexOf(keys, COLUMN_OF[field], normalized)
}

function placeOf(organizationId: string, field: ContactField) {
  return { table: 'organization_contact', column: COLUMN_OF[field], row: organizationId }
}
