import type { Module } from '../../platform/module.ts'
import { DOCUMENT_ACTIONS } from './policy.ts'
import { DOCUMENT_PROBLEMS } from './problems.ts'
import { documentRoutes } from './routes.ts'
import { DOCUMENT_TRANSITIONS } from './rules/document.ts'
import { verifyDocuments } from './service/verifying.ts'

export { DocumentNameDiffers, DocumentNotUsable, DocumentSealed, RecipientInvalid, TooManyPending } from './problems.ts'
export { DOCUMENT_BYTES_MAX, type Document, type Sealing, totalBytesOf } from './rules/document.ts'
export { DocumentBody, NewDocument, presentDocument } from './schemas.ts'
export { announceDocument, requireStoredDocuments, shareDocuments } from './service/documents.ts'
export { sweepOrphanFiles } from './service/sweeping.ts'
export {
  requireSealedDocuments,
  type SealedFile,
  sealedAmong,
  sealedFilesOf,
  type UnsealDeps,
  type UnsealFailure,
  type UnsealOutcome,
  unsealDocument,
} from './service/unsealing.ts'

export const documents: Module = {
  name: 'documents',
  tag: { name: 'Documents', description: 'Files with their hashes: announced, uploaded, checked, referred to.' },
  routes: documentRoutes,
  verify: verifyDocuments,
  problems: DOCUMENT_PROBLEMS,
  actions: DOCUMENT_ACTIONS,
  machines: [{ name: 'document', initial: 'pending', table: DOCUMENT_TRANSITIONS as never }],
}
