import type { FastifyInstance } from 'fastify'
import type { FieldKeys } from '../../../platform/database/encrypted.ts'
import { commandRoute, readRoute } from '../../../platform/http/route.ts'
import { ReadContacts, RevealContacts, SetContacts } from '../policy.ts'
import { OrganizationParams } from '../schemas/organizations.ts'
import { ContactsBody, ContactsInput, RevealedContacts, RevealRequest } from '../schemas/standing.ts'
import { type ContactsOf, readContacts, revealContacts, setContacts } from '../service/contacts.ts'

const tag = 'Organizations'

export function contactRoutes(app: FastifyInstance, keys: FieldKeys): void {
  commandRoute(app, {
    method: 'PUT',
    url: '/organizations/:organizationId/contacts',
    operationId: 'setContacts',
    summary: 'Set the contacts of an organization',
    tag,
    description:
      'Legal representative, address, phone and bank account, all at once. They are kept encrypted and shown behind masks; bidders that share one are pointed out to the host after the opening. `If-Match` names the version of the organization.',
    allow: SetContacts,
    params: OrganizationParams,
    body: ContactsInput,
    ifMatch: true,
    status: 200,
    answer: ContactsBody,
    run: (work, { params, body }) => setContacts(work, keys, params.organizationId, body),
    present,
  })
  readRoute(app, {
    url: '/organizations/:organizationId/contacts',
    operationId: 'readContacts',
    summary: 'Read the masked contacts of an organization',
    tag,
    allow: ReadContacts,
    params: OrganizationParams,
    answer: ContactsBody,
    run: (work, { params }) => readContacts(work, keys, params.organizationId),
    present,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/organizations/:organizationId/reveal',
    operationId: 'revealContacts',
    summary: 'See contacts in clear, with a reason',
    tag,
    description: 'Who asked, for which fields and why stays on record; each time is an event of the audit chain.',
    allow: RevealContacts,
    params: OrganizationParams,
    body: RevealRequest,
    secretAnswer: true,
    status: 200,
    answer: RevealedContacts,
    run: (work, { params, body }) => revealContacts(work, keys, params.organizationId, body),
    present: ({ revealId, contacts }) => ({ revealId, ...contacts }),
  })
}

function present({ organizationId, contacts }: ContactsOf) {
  return { organizationId, ...contacts }
}
