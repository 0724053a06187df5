import { orThrow } from '../../../kernel/decision.ts'
import type { Work } from '../../../platform/work.ts'
import { awardOf, cancelAward, isStanding, proposeNext, restoreAward, suspendAward } from '../../awards/index.ts'
import { cancelDeadline } from '../../deadlines/index.ts'
import { projectOf } from '../../projects/index.ts'
import { objectionRulesOf } from '../../rounds/index.ts'
import { awardConsequence, settleObjection } from '../rules/handling.ts'
import type { Objection } from '../rules/objection.ts'
import { countOtherOpen, lockOpenObjections, lockOpenObjectionsOfRound, updateObjection } from '../store/objections.ts'
import { ANSWER_DUE, COOPERATION_DUE, recordObjection, roundOfObjection } from './shared.ts'

/** Stops the award that is objected to, and no other. One that has ended has nothing to suspend; one under objection is suspended. */
export async function suspend(work: Work, objection: Objection): Promise<void> {
  if (objection.awardId === null) return
  const award = await awardOf(work, objection.awardId)
  if (award?.state === 'noticed') await suspendAward(work, award.id)
}

/**
 * Saves an objection that has just ended, with what follows for the award: upheld, it is cancelled and the next ranked bid
 * proposed where the policy says so; else it goes on. What else was open against a cancelled award is settled. The caller
 * holds the notice's lock.
 */
export async function finish(work: Work, ended: Objection, type: string, now: Date): Promise<Objection> {
  const successorAwardId = await applyToAward(work, ended)
  const after = await updateObjection(work.sql, { ...ended, successorAwardId })
  await cancelWaits(work, after.id)
  await recordObjection(work, after, type, now)
  await settleIfEnded(work, after.awardId, now)
  return after
}

async function cancelWaits(work: Work, objectionId: string): Promise<void> {
  await cancelDeadline(work, ANSWER_DUE, objectionId)
  await cancelDeadline(work, COOPERATION_DUE, objectionId)
}

/** @returns the award proposed instead, if there is one. */
async function applyToAward(work: Work, objection: Objection): Promise<string | null> {
  if (objection.awardId === null) return null
  const award = await awardOf(work, objection.awardId)
  if (award === undefined) throw new Error(`the objection ${objection.id} has lost its award`)
  const project = await projectOf(work, award.projectId)
  const consequence = awardConsequence(objection.state === 'upheld', {
    awardState: award.state,
    otherOpenObjections: await countOtherOpen(work.sql, objection),
    isReleasable: project?.state === 'pending_agreement',
  })
  if (consequence === 'restore') await restoreAward(work, award.id)
  if (consequence !== 'cancel') return null
  await cancelAward(work, award.id, `异议 ${objection.id} 成立,取消拟立项。/ Objection ${objection.id} was upheld.`)
  const { afterUpheld } = objectionRulesOf((await roundOfObjection(work, objection)).policy.objection)
  if (afterUpheld === 'reopen_need') return null
  return (await proposeNext(work, award.roundId, award.needId))?.id ?? null
}

/** Closes what is still open against an award that is no more. The caller holds the notice's lock. */
export async function settleIfEnded(work: Work, awardId: string | null, now: Date): Promise<void> {
  const award = awardId === null ? undefined : await awardOf(work, awardId)
  if (award === undefined || isStanding(award)) return
  await settle(work, await lockOpenObjections(work.sql, award.id), now)
}

/** Closes whatever is still open in a round that was cancelled. The caller holds the locks of its open notices. */
export async function settleObjectionsOfRound(work: Work, roundId: string, now: Date): Promise<void> {
  await settle(work, await lockOpenObjectionsOfRound(work.sql, roundId), now)
}

async function settle(work: Work, objections: readonly Objection[], now: Date): Promise<void> {
  for (const open of objections) {
    const settled = await updateObjection(work.sql, orThrow(settleObjection(open, now)))
    await cancelWaits(work, settled.id)
    await recordObjection(work, settled, 'objection.settled', now)
  }
}
