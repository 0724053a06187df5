import type { Work } from '../../../platform/work.ts'
import { deadlinesOf } from '../../deadlines/index.ts'
import { organizationOf } from '../../organizations/index.ts'
import { objectionRulesOf, type Round } from '../../rounds/index.ts'
import type { ReviewRules } from '../rules/filing.ts'
import { EFFECT_DUE } from './shared.ts'

/** Who reviews; null when the policy names nobody, or somebody who is not here. */
export async function reviewerOf(work: Work, { policy }: Round): Promise<string | null> {
  const { reviewerId } = objectionRulesOf(policy.objection)
  const known = reviewerId === null ? undefined : await organizationOf(work, reviewerId)
  return known?.id ?? null
}

/** A complaint goes to the supervising organization or nowhere; an appeal may go to the host again. */
export function reviewRules({ policy }: Round, reviewer: string | null): ReviewRules | null {
  const { statutory } = policy
  if (statutory !== null)
    return reviewer === null ? null : { kind: 'complaint', window: statutory.complaint, decision: statutory.decision }
  const { appeal } = objectionRulesOf(policy.objection)
  return appeal === null ? null : { kind: 'appeal', ...appeal }
}

/** Is an objection upheld whose effect waits, because the awarded organization may appeal? */
export async function waitsForAppeal(work: Work, objectionId: string): Promise<boolean> {
  return (await deadlinesOf(work, objectionId)).some(({ kind, state }) => kind === EFFECT_DUE && state === 'waiting')
}
