import type { Document } from './document.ts'

/** What is recorded when a document changes; each tells the state that it leads to. */
export const DOCUMENT_EVENTS = [
  'document.announced',
  'document.stored',
  'document.sealed',
  'document.opened',
  'document.rejected',
  'document.quarantined',
] as const

export type RecordedChange = {
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
}

/** What of a document must be as it was recorded. */
export type KeptDocument = Pick<Document, 'state' | 'sha256' | 'ciphertextSha256'>

/**
 * In what a document differs from what was recorded of it, oldest event first: its state, and the hashes that its files
 * are compared with. Empty: in nothing.
 */
export function differencesOf(kept: KeptDocument, events: readonly RecordedChange[]): string[] {
  const last = events.at(-1)
  if (last === undefined) return ['event_missing']
  const sealed = events.findLast(({ type }) => type === 'document.sealed')
  const plain = events.findLast(({ type }) => type === 'document.stored' || type === 'document.opened')
  return [
    ...(kept.state === stateAfter(last.type) ? [] : ['state_differs']),
    ...(sealed === undefined || sealed.data['sha256'] === kept.ciphertextSha256 ? [] : ['ciphertext_hash_differs']),
    ...(plain === undefined || plain.data['sha256'] === kept.sha256 ? [] : ['hash_differs']),
  ]
}

function stateAfter(type: string): string {
  if (type === 'document.announced') return 'pending'
  return type === 'document.opened' ? 'stored' : type.slice('document.'.length)
}
