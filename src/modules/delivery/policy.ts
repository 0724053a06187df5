import { action } from '../../kernel/action.ts'
import { actsForAgency } from '../../kernel/actor.ts'
import { HOST_SIDE, isParty, type Parties } from '../../kernel/parties.ts'

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
