import type { Module } from '../../platform/module.ts'
import { PROJECT_ACTIONS } from './policy.ts'
import { PROJECT_PROBLEMS } from './problems.ts'
import { projectRoutes } from './routes.ts'
import { PROJECT_TRANSITIONS } from './rules.ts'

export { ChangeProject, seesWithheld, WithdrawProject } from './policy.ts'
export { ProjectNotInState } from './problems.ts'
export { DESIGN_PROBLEMS, designOf, present as presentProject } from './routes.ts'
export {
  INDICATOR_KINDS,
  type Indicator,
  type IndicatorKind,
  type Project,
  type ProjectAdvance,
  type ProjectState,
  type WithheldField,
} from './rules.ts'
export { ProjectBody, ProjectParams, ProjectPatch } from './schemas.ts'
export {
  advanceProject,
  changeProject,
  createProject,
  indicatorsOf,
  listProject,
  lockProject,
  type ProjectDesign,
  type ProjectStanding,
  projectOf,
  projectStandingOf,
  projectStandingsOf,
  withdrawProject,
  withheldOf,
  withholdFromPublic,
} from './service.ts'

export const projects: Module = {
  name: 'projects',
  tag: {
    name: 'Projects',
    description: 'Project list (项目清单): what agencies design in answer to needs, to its end.',
  },
  routes: projectRoutes,
  problems: PROJECT_PROBLEMS,
  actions: PROJECT_ACTIONS,
  machines: [{ name: 'project', initial: 'draft', table: PROJECT_TRANSITIONS }],
}
