import { integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { instant, typeId } from '../../platform/database/columns.ts'
import type { DocumentState, MediaType } from './rules.ts'

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
})

export const documentShare = pgTable(
  'document_share',
  {
    documentId: typeId('document_id', 'doc').notNull(),
    hostId: typeId('host_id', 'org').notNull(),
    sharedAt: instant('shared_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.documentId, table.hostId] })],
)
