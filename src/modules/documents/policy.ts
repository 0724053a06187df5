import { action } from '../../kernel/action.ts'
import { type Actor, hasRole, type Role } from '../../kernel/actor.ts'
import type { Audience } from './rules/document.ts'

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
/** Whose reading of a shared document each audience is. */
const AUDIENCES: Readonly<Record<Audience, readonly Role[]>> = {
  staff: ['host', 'operator', 'evaluator', 'finance', 'auditor'],
  handlers: ['host', 'operator', 'auditor'],
}

export const ReadDocument = action<{ organizationId: string; sharedWith: Audience | null }>({
  name: 'document.read',
  roles: UPLOADERS,
  because:
    'a host reads what was handed in to it: attachments of opened bids, reports, its own files; evidence only those who handle or audit the objection',
  permits: (actor, document) =>
    document.organizationId === ownerFor(actor) ||
    (document.sharedWith !== null && hasRole(actor, ...AUDIENCES[document.sharedWith])),
  knows: (actor, document) => document.organizationId === ownerFor(actor),
})

export const DOCUMENT_ACTIONS = [AnnounceDocument, UploadDocument, ReadDocument]
