import { customType, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { instant, typeId } from '../../platform/database/columns.ts'
import type { Audience, DocumentState, MediaType, ScanResult, SealedMode } from './rules/document.ts'

const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' })

export const document = pgTable('document', {
  id: typeId('id', 'doc').primaryKey(),
  version: integer('version').notNull(),
  organizationId: typeId('organization_id', 'org').notNull(),
  createdBy: text('created_by').notNull(),
  fileName: text('file_name').notNull(),
  mediaType: text('media_type').$type<MediaType>().notNull(),
  byteSize: integer('byte_size').notNull(),
  sha256: text('sha256').notNull(),
  state: text('state').$type<DocumentState>().notNull(),
  storedAs: text('stored_as'),
  createdAt: instant('created_at').notNull(),
  scan: text('scan').$type<ScanResult>(),
  scanSignature: text('scan_signature'),
  refusedFor: text('refused_for'),
  sealedSubject: text('sealed_subject'),
  sealedMode: text('sealed_mode').$type<SealedMode>(),
  sealedRecipients: text('sealed_recipients').array(),
  sealedName: bytes('sealed_name'),
  sealedAs: text('sealed_as'),
  ciphertextSha256: text('ciphertext_sha256'),
  ciphertextByteSize: integer('ciphertext_byte_size'),
})

export const documentShare = pgTable(
  'document_share',
  {
    documentId: typeId('document_id', 'doc').notNull(),
    hostId: typeId('host_id', 'org').notNull(),
    sharedAt: instant('shared_at').notNull(),
    audience: text('audience').$type<Audience>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.documentId, table.hostId] })],
)
