import { hasRole } from '../../../kernel/actor.ts'
import { orThrow } from '../../../kernel/decision.ts'
import { fenOf, type Money, money, sumFen } from '../../../kernel/money.ts'
import type { Page } from '../../../kernel/page.ts'
import { authorize, expectVersion, type Work } from '../../../platform/work.ts'
import { bidOf, budgetFindings, categoryFlaws, isUntold, policyOfBid, untoldBidsOf } from '../../bids/index.ts'
import { cancelDeadline } from '../../deadlines/index.ts'
import { lockProject } from '../../projects/index.ts'
import { isJudgedIndependently } from '../../reviews/index.ts'
import { roundOf } from '../../rounds/index.ts'
import { CancelAward, DeclineAward, ListAwards, ReadAward, SubmitAwardBudget } from '../policy.ts'
import { type Award, type AwardBudget, givenUp, isCut, submitBudget } from '../rules/award.ts'
import { isRetractable } from '../rules/retraction.ts'
import { type AwardFilter, findAward, listAwards, lockStoredAward } from '../store/awards.ts'
import { barsOfAward } from './bars.ts'
import { endAward, save } from './lifecycle.ts'
import { AWARD_BUDGET_DUE, proposeNext } from './next.ts'

/**
 * The agency's revised budget for a cut award. All rules of the policy run again on the approved amount, which is the
 * new grant (process.md 6.5); what the bid declared as its grant counts no more.
 */
export async function submitAwardBudget(
  work: Work,
  awardId: string,
  budget: AwardBudget & { readonly grant?: Money | undefined },
): Promise<Award> {
  const before = await permitted(work, SubmitAwardBudget, await lockStoredAward(work.sql, awardId))
  expectVersion(work, before)
  const round = await roundOf(work, before.roundId)
  if (round === undefined) throw new Error(`there is no round ${before.roundId}`)
  const bid = await bidOf(work, before.bidId)
  if (bid === undefined) throw new Error(`the award ${awardId} has lost its bid`)
  const { policy } = await policyOfBid(work, bid, round.policy)
  const { grant, ...kept } = budget
  const sum = sumFen(budget.budgetLines.map(({ amount }) => fenOf(amount)))
  const declared = grant === undefined || fenOf(grant) === before.approvedFen ? sum : fenOf(grant)
  const findings = [
    ...categoryFlaws(policy, kept.budgetLines, '#/budgetLines'),
    ...budgetFindings(policy, { ...kept, grant: money(before.approvedFen) }),
  ]
  const decided = orThrow(submitBudget(before, kept, declared, findings))
  await cancelDeadline(work, AWARD_BUDGET_DUE, awardId)
  return save(work, before, 'submitBudget', decided)
}

/** The agency does not want the award: its money goes back and the next reserve bid of the need is proposed. */
export async function declineAward(work: Work, awardId: string, reason: string): Promise<Award> {
  const before = await permitted(work, DeclineAward, await findAward(work.sql, awardId))
  const declined = await endAward(work, awardId, 'decline', reason, (locked) => expectVersion(work, locked))
  await proposeNext(work, before.roundId, before.needId)
  return declined
}

/**
 * For objections, which settles what was open against it. The host waits no longer for a cut award's budget, or its bidder
 * is kept out by now or has taken the project off the list, or its review has a conflict that cannot be mended any more:
 * the money goes back and the next reserve bid of the need is proposed.
 */
export async function giveUpAward(work: Work, awardId: string, reason: string): Promise<Award> {
  const before = await permitted(work, CancelAward, await findAward(work.sql, awardId))
  const now = await work.now(before.hostId)
  const state = (await lockProject(work, before.projectId))?.state
  const isBarred = state === 'withdrawn' || (await barsOfAward(work, before)).length > 0
  const isInConflict = await hasLateConflict(work, before)
  const isRunning = state !== 'listed' && state !== 'pending_agreement' && state !== 'withdrawn'
  const cancelled = await endAward(work, awardId, 'cancel', reason, (locked) => {
    expectVersion(work, locked)
    orThrow(givenUp(locked, reason, { now, isBarred, isRunning, isInConflict }))
  })
  await proposeNext(work, before.roundId, before.needId)
  return cancelled
}

/** Was it judged by an expert who should have stood aside, now that the awards of its round are not taken back any more? */
async function hasLateConflict(work: Work, { roundId, bidId }: Award): Promise<boolean> {
  const round = await roundOf(work, roundId)
  return round !== undefined && !isRetractable(round) && !(await isJudgedIndependently(work, round, bidId))
}

export async function readAward(work: Work, awardId: string): Promise<Award> {
  return permitted(work, ReadAward, await findAward(work.sql, awardId))
}

/** Awards of the own host for its side, the own ones for an agency, as soon as it may know of them. */
export async function readAwards(
  work: Work,
  filter: Pick<AwardFilter, 'roundId' | 'projectId' | 'state'>,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Award>> {
  authorize(work, ListAwards, {})
  const { actor } = work
  if (actor.hostId !== null && hasRole(actor, 'host', 'operator', 'finance', 'auditor', 'evaluator'))
    return listAwards(work.sql, { ...filter, hostId: actor.hostId }, limit, after)
  const { organizationId } = actor
  if (organizationId === null) return { items: [], next: null }
  const untoldBidIds = await untoldBidsOf(work, organizationId)
  return listAwards(work.sql, { ...filter, organizationId, untoldBidIds }, limit, after)
}

/** Asks whether the actor may do this to the award; its agency does not know of it before it should. */
async function permitted(work: Work, action: typeof ReadAward, award: Award | undefined): Promise<Award> {
  const round = award && (await roundOf(work, award.roundId))
  const bid = award && (await bidOf(work, award.bidId))
  const isKept = bid !== undefined && round !== undefined && isUntold(bid, round)
  const isHidden = award !== undefined && isKept && !isCut(award)
  return authorize(work, action, award && { ...award, isHidden })
}
