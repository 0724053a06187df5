import { legalDateOf } from '../../../kernel/days.ts'
import { orThrow } from '../../../kernel/decision.ts'
import type { Page } from '../../../kernel/page.ts'
import { problem } from '../../../kernel/problem.ts'
import { newId } from '../../../platform/ids.ts'
import { NotFound } from '../../../platform/problems.ts'
import { authorize, record, type Work } from '../../../platform/work.ts'
import { advanceBid } from '../../bids/index.ts'
import { advanceNeed, needOf } from '../../needs/index.ts'
import { advanceProject, projectOf } from '../../projects/index.ts'
import { advanceRound, lockRound, type Round, roundOf } from '../../rounds/index.ts'
import { ConfirmAwards, HoldMeeting, ReadMeetings } from '../policy.ts'
import { AwardNotDecided, NotTheMeetingsDecision } from '../problems.ts'
import type { Award } from '../rules/award.ts'
import {
  awardsBefore,
  awardsToConfirm,
  checkMeeting,
  checkRejections,
  confirmed,
  type DecisionMeeting,
  decided,
  type MeetingCorrection,
  needOutcome,
} from '../rules/meeting.ts'
import { findAwardsOfRound, lockAwardsOfRound } from '../store/awards.ts'
import { findCorrections, findMeeting, insertCorrection, insertMeeting, listMeetings } from '../store/meetings.ts'
import { requireIndependentAwards, requireUnbarred } from './bars.ts'
import { cancelAward, save } from './lifecycle.ts'
import { proposeNext } from './next.ts'
import { tellRest } from './telling.ts'

/** A meeting with the awards it decided about, and the corrections of its minutes. */
export type HeldMeeting = DecisionMeeting & {
  readonly decided: readonly Award[]
  readonly corrections: readonly MeetingCorrection[]
}

/**
 * Puts a decision meeting on record. By default it confirms every award whose notice has passed without an open
 * objection; where the policy wants the meeting before the notice, it decides about proposed awards, which may then be
 * announced. What it rejects is cancelled, and the next bid steps in. An award under objection, or whose budget is
 * missing, waits for a meeting of its own; one whose project is not on the list any more is cancelled.
 */
export async function holdMeeting(
  work: Work,
  roundId: string,
  wanted: Pick<DecisionMeeting, 'heldOn' | 'minutes' | 'attendees' | 'rejections'>,
): Promise<HeldMeeting> {
  authorize(work, HoldMeeting, await roundOf(work, roundId))
  const round = await lockRound(work, roundId)
  const terms = round.policy.decision
  const now = await work.now(round.hostId)
  orThrow(checkMeeting(wanted, terms, now))
  const ready = orThrow(awardsBefore(await lockAwardsOfRound(work.sql, roundId), wanted.heldOn, terms, now))
  const rejected = orThrow(checkRejections(ready, wanted.rejections))
  const { id: meetingId, ...meeting } = await insertMeeting(work.sql, {
    ...wanted,
    id: newId('dec'),
    roundId,
    hostId: round.hostId,
    createdAt: now,
  })
  const approved = ready.filter(({ id }) => !rejected.has(id))
  await requireUnbarred(work, approved)
  await requireIndependentAwards(work, round, approved)
  const standing = terms.beforeNotice
    ? await decideEach(work, approved, meetingId)
    : await confirmEach(work, approved, meetingId)
  for (const award of ready) {
    const reason = rejected.get(award.id)
    if (reason !== undefined) await replace(work, award, reason)
  }
  if (!terms.beforeNotice) {
    await tellRest(work, round)
    await settleNeeds(work, round)
    await advanceRound(work, roundId, 'approve')
  }
  await record(work, {
    type: 'round.meeting_held',
    subject: roundId,
    hostId: round.hostId,
    at: now,
    data: {
      meetingId,
      heldOn: meeting.heldOn,
      awards: standing.map(({ id }) => id),
      rejected: [...rejected.keys()],
    },
  })
  return { ...meeting, id: meetingId, decided: standing, corrections: [] }
}

/** What a round's confirmation made final. */
export interface Confirmation {
  readonly roundId: string
  readonly awards: readonly Award[]
}

/**
 * Where a meeting decided before the notice: confirms every award whose notice has passed and that no objection
 * suspends. Nobody decides again; what was decided takes effect.
 */
export async function confirmDecided(work: Work, roundId: string): Promise<Confirmation> {
  authorize(work, ConfirmAwards, await roundOf(work, roundId))
  const round = await lockRound(work, roundId)
  if (!round.policy.decision.beforeNotice) throw problem(NotTheMeetingsDecision)
  const now = await work.now(round.hostId)
  const ready = orThrow(awardsToConfirm(await lockAwardsOfRound(work.sql, roundId), legalDateOf(now), now))
  await requireUnbarred(work, ready)
  await requireIndependentAwards(work, round, ready)
  const awards: Award[] = []
  for (const award of ready) awards.push(...(await confirmEach(work, [award], decisionOf(award))))
  await tellRest(work, round)
  await settleNeeds(work, round)
  await advanceRound(work, roundId, 'approve')
  await record(work, {
    type: 'round.awards_confirmed',
    subject: roundId,
    hostId: round.hostId,
    at: now,
    data: { awards: awards.map(({ id }) => id) },
  })
  return { roundId, awards }
}

/** For notices: refuses awards that must be decided about before they are announced and are not. */
export function requireDecided({ policy }: Pick<Round, 'policy'>, awards: readonly Award[]): void {
  if (!policy.decision.beforeNotice) return
  const open = awards.filter(({ decisionId }) => decisionId === null)
  if (open.length === 0) return
  const errors = open.map(({ id }) => ({ pointer: '#/awardIds', code: AwardNotDecided.code, detail: id }))
  throw problem(AwardNotDecided, { count: open.length }, errors)
}

/** Puts corrected minutes beside those of a meeting, which stay. What it decided does not change by them. */
export async function correctMinutes(
  work: Work,
  { roundId, meetingId }: { readonly roundId: string; readonly meetingId: string },
  { minutes, reason }: Pick<MeetingCorrection, 'minutes' | 'reason'>,
): Promise<HeldMeeting> {
  authorize(work, HoldMeeting, await roundOf(work, roundId))
  const round = await lockRound(work, roundId)
  const meeting = await findMeeting(work.sql, meetingId)
  if (meeting?.roundId !== roundId) throw problem(NotFound)
  const correctedAt = await work.now(round.hostId)
  const { number } = await insertCorrection(work.sql, { id: newId('dmc'), meetingId, minutes, reason, correctedAt })
  await record(work, {
    type: 'round.minutes_corrected',
    subject: roundId,
    hostId: round.hostId,
    at: correctedAt,
    data: { meetingId, number },
  })
  return present(work, roundId, meeting)
}

export async function readMeetings(
  work: Work,
  roundId: string,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<HeldMeeting>> {
  authorize(work, ReadMeetings, await roundOf(work, roundId))
  const { items, next } = await listMeetings(work.sql, roundId, limit, after)
  return { items: await withDecisions(work, roundId, items), next }
}

async function present(work: Work, roundId: string, meeting: DecisionMeeting): Promise<HeldMeeting> {
  const [held] = await withDecisions(work, roundId, [meeting])
  if (held === undefined) throw new Error(`the meeting ${meeting.id} is gone`)
  return held
}

async function withDecisions(
  work: Work,
  roundId: string,
  meetings: readonly DecisionMeeting[],
): Promise<HeldMeeting[]> {
  const awards = Map.groupBy(await findAwardsOfRound(work.sql, roundId), ({ decisionId }) => decisionId)
  const corrections = Map.groupBy(
    await findCorrections(
      work.sql,
      meetings.map(({ id }) => id),
    ),
    ({ meetingId }) => meetingId,
  )
  return meetings.map((meeting) => ({
    ...meeting,
    decided: awards.get(meeting.id) ?? [],
    corrections: corrections.get(meeting.id) ?? [],
  }))
}

async function decideEach(work: Work, awards: readonly Award[], meetingId: string): Promise<Award[]> {
  const standing: Award[] = []
  for (const award of awards) standing.push(await save(work, award, 'decide', orThrow(decided(award, meetingId))))
  return standing
}

/** Makes awards final: their bids are awarded and their projects selected. */
async function confirmEach(work: Work, awards: readonly Award[], meetingId: string): Promise<Award[]> {
  const standing: Award[] = []
  for (const award of awards) {
    if ((await projectOf(work, award.projectId))?.state !== 'listed') {
      await replace(work, award, '项目已不在项目清单上。/ The project is no longer on the list.')
      continue
    }
    standing.push(await save(work, award, 'confirm', orThrow(confirmed(award, meetingId))))
    await advanceBid(work, award.bidId, 'award')
    await advanceProject(work, award.projectId, 'selectForAward')
  }
  return standing
}

/** Whoever comes next steps in, with a notice of its own. */
async function replace(work: Work, award: Award, reason: string): Promise<void> {
  await cancelAward(work, award.id, reason)
  await proposeNext(work, award.roundId, award.needId)
}

function decisionOf({ id, decisionId }: Award): string {
  if (decisionId === null) throw new Error(`the award ${id} was announced before any meeting decided about it`)
  return decisionId
}

/** Needs that are still published: matched by a confirmed award, left open for a standing one, else closed. */
export async function settleNeeds(work: Work, round: Round): Promise<void> {
  const awards = await findAwardsOfRound(work.sql, round.id)
  for (const needId of round.needIds) {
    const need = await needOf(work, needId)
    if (need?.state !== 'published') continue
    const outcome = needOutcome(needId, awards)
    if (outcome !== 'open') await advanceNeed(work, needId, outcome)
  }
}
