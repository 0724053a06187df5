import { action } from '../../kernel/action.ts'
import { type Actor, hasRole, type Role } from '../../kernel/actor.ts'

/** Everybody who acts for an organization or a host; experts read what they review there. */
const UPLOADERS: readonly Role[] = ['host', 'operator', 'town', 'agency', 'provider', 'evaluator', 'finance', 'auditor']

/** Whose documents an actor's uploads are: the own organization's, else those of the host it works for. */
export function ownerFor(actor: Actor): string | null {
  return actor.organizationId ?? actor.hostId
}

export const AnnounceDocument = action<{ organizationId: string | null }>({
  name: 'document.announce',
  roles: UPLOADERS,
  because: 'a document belongs to an organization',
  permits: (actor, { organizationId }) => organizationId !== null && organizationId === ownerFor(actor),
})
export const UploadDocument = action<{ organizationId: string }>({
  name: 'document.upload',
  roles: UPLOADERS,
  because: 'only the owner fills what it has announced',
  permits: (actor, document) => document.organizationId === ownerFor(actor),
  knows: (actor, document) => document.organizationId === ownerFor(actor),
})
export const ReadDocument = action<{ organizationId: string; isShared: boolean }>({
  name: 'document.read',
  roles: UPLOADERS,
  because: 'a host reads what was handed in to it: attachments of opened bids, reports, its own files',
  permits: (actor, document) =>
    document.organizationId === ownerFor(actor) ||
    (document.isShared && hasRole(actor, 'host', 'operator', 'evaluator', 'finance', 'auditor')),
  knows: (actor, document) => document.organizationId === ownerFor(actor),
})

export const DOCUMENT_ACTIONS = [AnnounceDocument, UploadDocument, ReadDocument]
