/** Personal data of an organization (classes P2 and P3): sealed in the database, masked on the wire. */
export const CONTACT_FIELDS = ['legalRepresentative', 'address', 'phone', 'bankAccount'] as const
export type ContactField = (typeof CONTACT_FIELDS)[number]
export type Contacts = Readonly<Record<ContactField, string | null>>

/** How a shared contact is called where two organizations are compared. */
export const SHARED_CONTACT_KINDS = ['legal_representative', 'address', 'phone', 'bank_account'] as const
export type SharedContactKind = (typeof SHARED_CONTACT_KINDS)[number]

const BLANKS_AND_MARKS = /[\p{C}\p{Z}\p{P}\p{S}]/gu

/**
 * The form in which two values are compared: full width as half width, without blanks and punctuation; a phone without
 * the country code. Null when nothing is left to compare.
 */
export function normalizeContact(field: ContactField, text: string): string | null {
  const plain = text.normalize('NFKC').replace(BLANKS_AND_MARKS, '').toUpperCase()
  const compared = field === 'phone' ? plain.replace(/\D/g, '').replace(/^(?:00)?86(?=1\d{10}$)/, '') : plain
  return compared === '' ? null : compared
}

/** Enough to recognize a value one knows and too little to learn one that one does not: `张**`, `139****5678`. */
export function maskContact(field: ContactField, text: string): string {
  const characters = [...text]
  const [head, tail] = SHOWN[field]
  // At least a third stays hidden, however short the value is.
  const most = Math.floor((characters.length * 2) / 3)
  const shownHead = Math.min(head, most)
  const shownTail = Math.min(tail, most - shownHead)
  const hidden = characters.length - shownHead - shownTail
  return [
    ...characters.slice(0, shownHead),
    '*'.repeat(Math.max(hidden, 1)),
    ...characters.slice(characters.length - shownTail),
  ].join('')
}

/** How many characters a mask shows at the head and at the tail. */
const SHOWN: Readonly<Record<ContactField, readonly [number, number]>> = {
  legalRepresentative: [1, 0],
  address: [6, 0],
  phone: [3, 4],
  bankAccount: [0, 4],
}
