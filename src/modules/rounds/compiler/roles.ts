import type { Role } from '../../../kernel/actor.ts'
import { defineFindings, type Part, when } from './finding.ts'

const FLAW = defineFindings({
  stage_unmanned: [
    'warning',
    '目前没有人持有 {role} 角色的有效凭证,{stage} 阶段届时将无人办理;请在此之前发放凭证。',
    'Nobody holds a live credential with the role {role}, so that {stage} would stand still; issue one by then.',
  ],
})

/** Who moves each stage on. Credentials may be issued while the round runs, therefore a warning. */
const STAGES: readonly { readonly stage: string; readonly role: Role }[] = [
  { stage: 'review', role: 'expert' },
  { stage: 'approval', role: 'host' },
  { stage: 'payment', role: 'finance' },
  { stage: 'evaluation', role: 'evaluator' },
  { stage: 'audit', role: 'auditor' },
]

export const roles: Part = {
  definitions: FLAW,
  check: ({ operatorId }, { holders }) => {
    const held = new Set(holders.filter(({ count }) => count > 0).flatMap((holder) => holder.roles))
    const stages = operatorId === null ? STAGES : [...STAGES, { stage: 'formal_check', role: 'operator' as const }]
    return stages.flatMap(({ stage, role }) =>
      when(!held.has(role), role === 'operator' ? '/operatorId' : '/hostId', FLAW.stage_unmanned, { stage, role }),
    )
  },
}
