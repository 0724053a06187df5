import { legalDateOf } from '../../../kernel/days.ts'
import { orThrow } from '../../../kernel/decision.ts'
import { resolvePeriod } from '../../../kernel/workdays.ts'
import type { DueDeadline } from '../../../platform/module.ts'
import type { Work } from '../../../platform/work.ts'
import {
  type Award,
  awardOf,
  cancelAward,
  isStanding,
  proposeNext,
  restoreAward,
  suspendAward,
} from '../../awards/index.ts'
import { calendarOf } from '../../calendar/index.ts'
import { cancelDeadline, setDeadline } from '../../deadlines/index.ts'
import { projectOf } from '../../projects/index.ts'
import { objectionRulesOf } from '../../rounds/index.ts'
import { type AwardConsequence, awardConsequence, settleObjection } from '../rules/handling.ts'
import { type Objection, overdueFrom } from '../rules/objection.ts'
import {
  countOtherOpen,
  findObjection,
  findReviewOf,
  findUpheld,
  lockOpenObjections,
  lockOpenObjectionsOfRound,
  updateObjection,
} from '../store/objections.ts'
import { reviewerOf, reviewRules, waitsForAppeal } from './reviewing.ts'
import {
  ANSWER_DUE,
  COOPERATION_DUE,
  EFFECT_DUE,
  lockWithNotice,
  PAUSE_ENDS,
  recordObjection,
  roundOfObjection,
} from './shared.ts'

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
  await cancelDeadline(work, PAUSE_ENDS, objectionId)
}

/** @returns the award proposed instead, if there is one. */
async function applyToAward(work: Work, objection: Objection): Promise<string | null> {
  const award = await awardUnder(work, objection)
  if (award === null) return null
  const contested = await contestedBy(work, objection)
  if (contested !== undefined) {
    await cancelDeadline(work, EFFECT_DUE, contested.id)
    if (objection.state !== 'upheld') await takeEffect(work, contested, objection.decidedAt ?? award.createdAt)
    else if (award.state === 'suspended' && (await countHolding(work, objection)) === 0)
      await restoreAward(work, award.id)
    return null
  }
  const consequence = await consequenceOf(work, objection, award)
  if (consequence === 'restore') await restoreAward(work, award.id)
  if (consequence !== 'cancel' || (await waitForAppeal(work, objection))) return null
  return cancelFor(work, objection, award)
}

async function awardUnder(work: Work, { id, awardId }: Objection): Promise<Award | null> {
  if (awardId === null) return null
  const award = await awardOf(work, awardId)
  if (award === undefined) throw new Error(`the objection ${id} has lost its award`)
  return award
}

async function consequenceOf(work: Work, objection: Objection, award: Award): Promise<AwardConsequence> {
  const project = await projectOf(work, award.projectId)
  return awardConsequence(objection.state === 'upheld', {
    awardState: award.state,
    otherOpenObjections: await countHolding(work, objection),
    isReleasable: project?.state === 'pending_agreement',
  })
}

/** Other objections that hold the award: still open, or upheld and waiting for an appeal. */
async function countHolding(work: Work, objection: Objection): Promise<number> {
  let waiting = 0
  for (const id of await findUpheld(work.sql, objection.subject))
    if (id !== objection.id && (await waitsForAppeal(work, id))) waiting += 1
  return waiting + (await countOtherOpen(work.sql, objection))
}

async function cancelFor(work: Work, objection: Objection, award: Award): Promise<string | null> {
  await cancelAward(work, award.id, `异议 ${objection.id} 成立,取消拟立项。/ Objection ${objection.id} was upheld.`)
  const { afterUpheld } = objectionRulesOf((await roundOfObjection(work, objection)).policy.objection)
  if (afterUpheld === 'reopen_need') return null
  return (await proposeNext(work, award.roundId, award.needId))?.id ?? null
}

/** The upheld objection against whose effect the awarded organization has filed this one. */
async function contestedBy(work: Work, review: Objection): Promise<Objection | undefined> {
  const { appealsId, filedByOrganizationId } = review
  const original = appealsId === null ? undefined : await findObjection(work.sql, appealsId)
  const isContested = original?.state === 'upheld' && original.awardedOrganizationId === filedByOrganizationId
  return isContested ? original : undefined
}

/**
 * Where the policy lets the awarded organization appeal, an upheld objection waits for that: nothing is taken back that
 * might have to be given again.
 * @returns whether it waits.
 */
async function waitForAppeal(work: Work, objection: Objection): Promise<boolean> {
  const { id: subject, hostId, appealsId, decidedAt, awardedOrganizationId } = objection
  const round = await roundOfObjection(work, objection)
  const rules = reviewRules(round, await reviewerOf(work, round))
  const { awardedMayAppeal } = objectionRulesOf(round.policy.objection)
  if (!awardedMayAppeal || rules === null || appealsId !== null || awardedOrganizationId === null) return false
  const from = legalDateOf(decidedAt ?? (await work.now(hostId)))
  const resolved = orThrow(resolvePeriod(await calendarOf(work, hostId), from, rules.window))
  await setDeadline(work, { kind: EFFECT_DUE, hostId, subject, dueAt: overdueFrom(resolved), resolved })
  return true
}

/** The deadline: nobody has appealed, so the upheld objection takes effect. An appeal that is open decides itself. */
export async function takeEffectWhenDue(work: Work, { subject, dueAt }: DueDeadline): Promise<void> {
  const upheld = await lockWithNotice(work, subject)
  if (upheld === undefined || upheld.state !== 'upheld') return
  if ((await findReviewOf(work.sql, upheld.id)) === undefined) await takeEffect(work, upheld, dueAt)
}

async function takeEffect(work: Work, upheld: Objection, now: Date): Promise<void> {
  const award = await awardUnder(work, upheld)
  if (award === null || (await consequenceOf(work, upheld, award)) !== 'cancel') return
  const successorAwardId = await cancelFor(work, upheld, award)
  const after = await updateObjection(work.sql, { ...upheld, successorAwardId })
  await recordObjection(work, after, 'objection.took_effect', now)
  await settleIfEnded(work, award.id, now)
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
