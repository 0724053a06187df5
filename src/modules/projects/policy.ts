import { action } from '../../kernel/action.ts'
import { type Actor, actsForAgency } from '../../kernel/actor.ts'

type Kept = { readonly organizationId: string; readonly listedAt: Date | string | null }

const isOwn = (actor: Actor, project: { organizationId: string }) => actsForAgency(actor, project.organizationId)
const maySee = (actor: Actor, project: Kept) => project.listedAt !== null || isOwn(actor, project)

/** Who reads what a notice did not tell the public: the agency, and whoever works for the host. */
export function seesWithheld(actor: Actor, project: { organizationId: string; hostId: string }): boolean {
  return actor.kind === 'system' || actor.hostId === project.hostId || isOwn(actor, project)
}

export const CreateProject = action<{ organizationId: string }>({
  name: 'project.create',
  roles: ['agency'],
  because: 'an agency designs projects of its own only',
  permits: isOwn,
  knows: () => true,
})
export const ChangeProject = action<Kept>({ name: 'project.change', roles: ['agency'], permits: isOwn, knows: maySee })
export const ListProject = action<Kept>({ name: 'project.list', roles: ['agency'], permits: isOwn, knows: maySee })
export const WithdrawProject = action<Kept>({
  name: 'project.withdraw',
  roles: ['agency'],
  permits: isOwn,
  knows: maySee,
})
export const ReadProject = action<Kept>({
  name: 'project.read',
  roles: 'anyone',
  because: 'the project list is published; a draft is shown to its agency alone',
  permits: maySee,
})
export const ReadProjects = action({
  name: 'project.readAll',
  roles: 'anyone',
  because: 'the project list is published; an agency sees its own drafts besides',
})

export const PROJECT_ACTIONS = [CreateProject, ChangeProject, ListProject, WithdrawProject, ReadProject, ReadProjects]
