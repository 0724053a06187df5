import type { Module } from '../../platform/module.ts'
import { SEALING_ACTIONS } from './policy.ts'
import { SEALING_PROBLEMS } from './problems.ts'
import { sealingRoutes } from './routes.ts'

export { KeyHolderUnknown, KeyShareRepeated, KeySharesUnused, KeyShareWrong } from './problems.ts'
export { KEY_HOLDERS, type KeyHolderName, SEALING_MODES, type SealingMode } from './rules.ts'
export {
  createSealingKey,
  handInShare,
  missingShares,
  releaseSealingKey,
  type SealingKey,
  type SealingTerms,
  sealingKeyOf,
} from './service.ts'

export const sealing: Module = {
  name: 'sealing',
  tag: { name: 'Sealing', description: 'The keys under which bids lie until they are opened, and who holds them.' },
  routes: sealingRoutes,
  problems: SEALING_PROBLEMS,
  actions: SEALING_ACTIONS,
}
