import type { Module } from '../../platform/module.ts'
import { DOCUMENT_ACTIONS } from './policy.ts'
import { DOCUMENT_PROBLEMS } from './problems.ts'
import { documentRoutes } from './routes.ts'
import { DOCUMENT_TRANSITIONS } from './rules.ts'

export { DocumentNotUsable } from './problems.ts'
export type { Document } from './rules.ts'
export { documentOf, requireStoredDocuments, shareDocuments } from './service.ts'

export const documents: Module = {
  name: 'documents',
  tag: { name: 'Documents', description: 'Files with their hashes: announced, uploaded, checked, referred to.' },
  routes: documentRoutes,
  problems: DOCUMENT_PROBLEMS,
  actions: DOCUMENT_ACTIONS,
  machines: [{ name: 'document', initial: 'pending', table: DOCUMENT_TRANSITIONS as never }],
}
