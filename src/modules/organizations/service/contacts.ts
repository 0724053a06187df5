import type { FieldKeys } from '../../../platform/database/encrypted.ts'
import { newId } from '../../../platform/ids.ts'
import { authorize, expectVersion, record, type Work } from '../../../platform/work.ts'
import { ReadContacts, RevealContacts, SetContacts } from '../policy.ts'
import { CONTACT_FIELDS, type ContactField, type Contacts, maskContact } from '../rules/contacts.ts'
import { findContacts, findSharedContacts, insertReveal, type SharedContacts, saveContacts } from '../store/contacts.ts'
import { findOrganization, lockOrganization, raiseVersion } from '../store/organizations.ts'

/** Contacts with the version of the organization that they belong to. */
export interface ContactsOf {
  readonly organizationId: string
  readonly version: number
  readonly contacts: Contacts
}

/** Replaces all contacts. The answer and the event tell which there are, never what they are. */
export async function setContacts(
  work: Work,
  keys: FieldKeys,
  organizationId: string,
  contacts: Contacts,
): Promise<ContactsOf> {
  const organization = authorize(work, SetContacts, await lockOrganization(work.sql, organizationId))
  expectVersion(work, organization)
  const at = await work.now(null)
  await saveContacts(work.sql, keys, organizationId, contacts, at)
  const version = await raiseVersion(work.sql, organizationId)
  const fields = CONTACT_FIELDS.filter((field) => contacts[field] !== null)
  await record(work, {
    type: 'organization.contacts_set',
    subject: organizationId,
    hostId: null,
    at,
    data: { fields },
  })
  return { organizationId, version, contacts: masked(contacts) }
}

/** The contacts behind their masks. */
export async function readContacts(work: Work, keys: FieldKeys, organizationId: string): Promise<ContactsOf> {
  const { version } = authorize(work, ReadContacts, await findOrganization(work.sql, organizationId))
  return { organizationId, version, contacts: masked(await findContacts(work.sql, keys, organizationId)) }
}

/** The wanted contacts in clear. Who asked, for what and why stays on record; the event names the record, no value. */
export async function revealContacts(
  work: Work,
  keys: FieldKeys,
  organizationId: string,
  wanted: { readonly fields: readonly ContactField[]; readonly reason: string },
): Promise<{ readonly revealId: string; readonly contacts: Partial<Contacts> }> {
  authorize(work, RevealContacts, await findOrganization(work.sql, organizationId))
  const { hostId } = work.actor
  const at = await work.now(hostId)
  const contacts = await findContacts(work.sql, keys, organizationId)
  const { fields, reason } = wanted
  const revealId = newId('rvl')
  await insertReveal(work.sql, {
    ...{ id: revealId, organizationId, fields, reason, actor: work.actor.id, revealedAt: at },
  })
  await record(work, {
    type: 'organization.contacts_revealed',
    subject: organizationId,
    hostId,
    at,
    data: { revealId, fields },
  })
  return { revealId, contacts: Object.fromEntries(fields.map((field) => [field, contacts[field]])) }
}

/**
 * For later modules: which two of these organizations share a representative, address, phone or bank account; told by
 * blind index, so nothing is opened and no value is known. Asks no permission.
 */
export async function sharedContactsAmong(work: Work, organizationIds: readonly string[]): Promise<SharedContacts[]> {
  return findSharedContacts(work.sql, organizationIds)
}

function masked(contacts: Contacts): Contacts {
  const mask = (field: ContactField) => {
    const text = contacts[field]
    return text === null ? null : maskContact(field, text)
  }
  return {
    legalRepresentative: mask('legalRepresentative'),
    address: mask('address'),
    phone: mask('phone'),
    bankAccount: mask('bankAccount'),
  }
}
