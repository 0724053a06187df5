import { action } from '../../kernel/action.ts'
import { type Actor, actsForAgency, hasRole, type Role, worksForHost } from '../../kernel/actor.ts'

interface Parties {
  readonly hostId: string
  readonly organizationId: string
}

const HOST_SIDE: readonly Role[] = ['host', 'operator', 'evaluator', 'finance', 'auditor']

function isParty(actor: Actor, parties: Parties): boolean {
  return worksForHost(actor, parties.hostId, ...HOST_SIDE) || actsForAgency(actor, parties.organizationId)
}

/** What a list may show to this actor: all of the host it works for, or its own agency's. */
export function readerScope(actor: Actor): { hostId: string } | { organizationId: string } | undefined {
  if (actor.hostId !== null && hasRole(actor, ...HOST_SIDE)) return { hostId: actor.hostId }
  if (actor.organizationId !== null && hasRole(actor, 'agency')) return { organizationId: actor.organizationId }
  return undefined
}

export const SubmitReport = action<Parties>({
  name: 'report.submit',
  roles: ['agency'],
  permits: (actor, project) => actsForAgency(actor, project.organizationId),
  knows: isParty,
})
export const ReadReport = action<Parties>({ name: 'report.read', roles: [...HOST_SIDE, 'agency'], permits: isParty })
const lists = { roles: [...HOST_SIDE, 'agency'] as const, because: 'the list holds only what the reader may read' }
export const ListReports = action({ ...lists, name: 'report.list' })
export const ListReportDuties = action({ ...lists, name: 'report_duty.list' })
export const ListMilestones = action({ ...lists, name: 'milestone.list' })

export const DELIVERY_ACTIONS = [SubmitReport, ReadReport, ListReports, ListReportDuties, ListMilestones]
