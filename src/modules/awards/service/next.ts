import { endOfDay, legalDateOf } from '../../../kernel/days.ts'
import { orThrow } from '../../../kernel/decision.ts'
import { formatYuan } from '../../../kernel/money.ts'
import { resolvePeriod } from '../../../kernel/workdays.ts'
import { newId } from '../../../platform/ids.ts'
import { record, type Work } from '../../../platform/work.ts'
import { advanceBid, tellBidder } from '../../bids/index.ts'
import { calendarOf } from '../../calendar/index.ts'
import { setDeadline } from '../../deadlines/index.ts'
import { projectStandingsOf } from '../../projects/index.ts'
import { type Ranking, rankingOf } from '../../reviews/index.ts'
import { drawFromPools, lockRound, type Round, releaseToPools } from '../../rounds/index.ts'
import { allocate, type Proposal, redraw } from '../rules/allocation.ts'
import { type Award, isStanding } from '../rules/award.ts'
import { findAwardsOfRound, insertAward, nextSequence, replaceSources } from '../store/awards.ts'
import { findFixedAmounts } from '../store/rounds.ts'
import {
  allocationPolicy,
  type Field,
  isSingleBid,
  poolRules,
  rankedBids,
  readField,
  requestedOf,
  required,
  standingAwards,
} from './field.ts'
import { isReserveOver } from './reserve.ts'
import { tellOnceSettled } from './telling.ts'

/** Deadline at which a cut award without a revised budget counts as declined. */
export const AWARD_BUDGET_DUE = 'award.budget_due'

/**
 * For objections and declined awards: proposes the best reserve bid of the need that reached the pass line, with the
 * money that came free, at most the amount that the host fixed for it; it needs a notice of its own. Null when nobody can step in. Where the policy reallocates, the
 * pools of all unconfirmed awards are chosen anew. Asks no permission.
 */
export async function proposeNext(work: Work, roundId: string, needId: string): Promise<Award | null> {
  const round = await lockRound(work, roundId)
  const next = await stepIn(work, round, needId)
  await tellOnceSettled(work, round)
  return next
}

async function stepIn(work: Work, round: Round, needId: string): Promise<Award | null> {
  const { id: roundId } = round
  const ranking = await rankingOf(work, roundId)
  if (ranking === undefined || (await isReserveOver(work, round))) return null
  const field = await readField(work, round)
  const fixed = await findFixedAmounts(work.sql, roundId)
  const waiting = await waitingFor(work, field, needId)
  const inLine = rankedBids(field, ranking, fixed).filter(({ bidId }) => waiting.has(bidId))
  const standing = standingAwards(field)
  const { proposals } = allocate(inLine, standing, field.pools, allocationPolicy(round), poolRules(field))
  const [proposal] = proposals
  const next = proposal === undefined ? null : await award(work, field, proposal)
  if (!round.policy.reallocateAfterNotice) return next
  await reallocate(work, round, ranking)
  return next === null ? null : ((await findAwardsOfRound(work.sql, roundId)).find(({ id }) => id === next.id) ?? next)
}

/** The bids in reserve for a need whose project is still on the list: an agency may give it up while it waits. */
async function waitingFor(work: Work, { bids }: Field, needId: string): Promise<ReadonlySet<string>> {
  const reserve = [...bids.values()].filter((bid) => bid.needId === needId && bid.state === 'reserve')
  const standings = await projectStandingsOf(
    work,
    reserve.map(({ projectId }) => projectId),
  )
  return new Set(reserve.flatMap(({ id, projectId }) => (standings.get(projectId)?.state === 'listed' ? [id] : [])))
}

/** Turns a proposal into an award: money drawn, bid proposed, the revised budget asked for where less is approved. */
export async function award(work: Work, field: Field, proposal: Proposal): Promise<Award> {
  const { round } = field
  const bid = required(field.bids.get(proposal.bidId), proposal.bidId)
  const need = required(field.needs.get(bid.needId), bid.needId)
  const requestedFen = requestedOf(bid)
  const isCut = proposal.approvedFen < requestedFen
  const now = await work.now(round.hostId)
  const budgetDue = isCut ? await resolveBudgetDue(work, round, now) : null
  const created = await insertAward(
    work.sql,
    newId('awd'),
    {
      roundId: round.id,
      hostId: round.hostId,
      bidId: bid.id,
      projectId: bid.projectId,
      needId: bid.needId,
      organizationId: bid.organizationId,
      sponsoredGroupId: bid.sponsoredGroupId,
      sequence: await nextSequence(work.sql, round.id),
      requestedFen,
      approvedFen: proposal.approvedFen,
      state: isCut ? 'awaiting_budget' : 'proposed',
      isSingleBid: isSingleBid(field, bid),
      budgetDue,
      sources: await drawFromPools(work, round.id, need, proposal.approvedFen),
    },
    now,
  )
  await advanceBid(work, bid.id, 'propose')
  // Who owes a budget is told at once.
  if (isCut) await tellBidder(work, bid.id)
  if (budgetDue !== null)
    await setDeadline(work, {
      kind: AWARD_BUDGET_DUE,
      hostId: round.hostId,
      subject: created.id,
      dueAt: endOfDay(budgetDue.effectiveOn),
      resolved: budgetDue,
    })
  await record(work, {
    type: `award.${created.state}`,
    subject: created.id,
    hostId: round.hostId,
    at: now,
    data: {
      bidId: bid.id,
      requested: formatYuan(requestedFen),
      approved: formatYuan(created.approvedFen),
      sources: created.sources.map(({ poolId, amountFen }) => ({ poolId, amount: formatYuan(amountFen) })),
    },
  })
  return created
}

async function resolveBudgetDue(work: Work, round: Round, now: Date) {
  const { awardBudget } = round.policy
  if (awardBudget === null) return null
  return orThrow(resolvePeriod(await calendarOf(work, round.hostId), legalDateOf(now), awardBudget))
}

/** Chooses the pools of all awards that no meeting has confirmed anew, best rank first. */
async function reallocate(work: Work, round: Round, ranking: Ranking): Promise<void> {
  const field = await readField(work, round)
  const rank = new Map(ranking.entries.map((entry) => [entry.bidId, entry.rank]))
  const movable = field.awards
    .filter((one) => isStanding(one) && one.state !== 'confirmed')
    .sort((a, b) => (rank.get(a.bidId) ?? 0) - (rank.get(b.bidId) ?? 0))
  const split = redraw(movable, field.pools, poolRules(field))
  if (split === undefined) return
  for (const one of movable) await releaseToPools(work, round.id, one.sources)
  for (const one of movable) {
    const need = required(field.needs.get(one.needId), one.needId)
    const sources = await drawFromPools(work, round.id, need, one.approvedFen)
    if (isSameSplit(one.sources, sources)) continue
    await replaceSources(work.sql, one, sources)
    await record(work, {
      type: 'award.sources_changed',
      subject: one.id,
      hostId: round.hostId,
      at: await work.now(round.hostId),
      data: { sources: sources.map(({ poolId, amountFen }) => ({ poolId, amount: formatYuan(amountFen) })) },
    })
  }
}

function isSameSplit(a: Award['sources'], b: Award['sources']): boolean {
  return (
    a.length === b.length && a.every((part, i) => part.poolId === b[i]?.poolId && part.amountFen === b[i].amountFen)
  )
}
