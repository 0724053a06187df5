import { orThrow } from '../../../kernel/decision.ts'
import type { Page } from '../../../kernel/page.ts'
import { newId } from '../../../platform/ids.ts'
import { authorize, record, type Work } from '../../../platform/work.ts'
import { advanceBid } from '../../bids/index.ts'
import { advanceNeed, needOf } from '../../needs/index.ts'
import { advanceProject, projectOf } from '../../projects/index.ts'
import { advanceRound, lockRound, type Round, roundOf } from '../../rounds/index.ts'
import { HoldMeeting, ReadMeetings } from '../policy.ts'
import { type Award, awardsToConfirm, confirmed, type DecisionMeeting, needOutcome } from '../rules/award.ts'
import { findAwardsOfRound, insertMeeting, listMeetings, lockAwardsOfRound } from '../store.ts'
import { cancelAward, save } from './lifecycle.ts'
import { proposeNext } from './next.ts'

/** A meeting with the awards it confirmed. */
export type HeldMeeting = DecisionMeeting & { readonly confirmed: readonly Award[] }

/**
 * Puts a decision meeting on record: every award whose notice has passed without an open objection is confirmed, its bid
 * awarded, its project selected; needs are matched or closed without an award. An award under objection waits for a
 * meeting of its own; one whose project was withdrawn meanwhile is cancelled.
 */
export async function holdMeeting(
  work: Work,
  roundId: string,
  wanted: Pick<DecisionMeeting, 'heldOn' | 'minutes'>,
): Promise<HeldMeeting> {
  authorize(work, HoldMeeting, await roundOf(work, roundId))
  const round = await lockRound(work, roundId)
  const now = await work.now(round.hostId)
  const ready = orThrow(awardsToConfirm(await lockAwardsOfRound(work.sql, roundId), wanted.heldOn, now))
  const meeting = await insertMeeting(work.sql, {
    ...wanted,
    id: newId('dec'),
    roundId,
    hostId: round.hostId,
    createdAt: now,
  })
  const approved: Award[] = []
  for (const award of ready) {
    if ((await projectOf(work, award.projectId))?.state !== 'listed') {
      await replaceWithdrawn(work, award)
      continue
    }
    approved.push(await save(work, award, 'confirm', orThrow(confirmed(award, meeting.id))))
    await advanceBid(work, award.bidId, 'award')
    await advanceProject(work, award.projectId, 'selectForAward')
  }
  await settleNeeds(work, round)
  await advanceRound(work, roundId, 'approve')
  await record(work, {
    type: 'round.meeting_held',
    subject: roundId,
    hostId: round.hostId,
    at: now,
    data: { meetingId: meeting.id, heldOn: meeting.heldOn, awards: approved.map(({ id }) => id) },
  })
  return { ...meeting, confirmed: approved }
}

/** An agency may take its project off the list until it is selected; whoever comes next then steps in, with a notice of its own. */
async function replaceWithdrawn(work: Work, award: Award): Promise<void> {
  await cancelAward(work, award.id, '项目已由机构撤回。/ The agency has withdrawn the project.')
  await proposeNext(work, award.roundId, award.needId)
}

export async function readMeetings(
  work: Work,
  roundId: string,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<HeldMeeting>> {
  authorize(work, ReadMeetings, await roundOf(work, roundId))
  const { items, next } = await listMeetings(work.sql, roundId, limit, after)
  const awards = Map.groupBy(await findAwardsOfRound(work.sql, roundId), ({ decisionId }) => decisionId)
  return { items: items.map((meeting) => ({ ...meeting, confirmed: awards.get(meeting.id) ?? [] })), next }
}

/** Needs that are still published: matched by a confirmed award, left open for a standing one, else closed. */
async function settleNeeds(work: Work, round: Round): Promise<void> {
  const awards = await findAwardsOfRound(work.sql, round.id)
  for (const needId of round.needIds) {
    const need = await needOf(work, needId)
    if (need?.state !== 'published') continue
    const outcome = needOutcome(needId, awards)
    if (outcome !== 'open') await advanceNeed(work, needId, outcome)
  }
}
