import { and, asc, count, desc, eq, inArray } from 'drizzle-orm'
import { type Page, pageOf } from '../../../kernel/page.ts'
import type { Sql } from '../../../platform/database/database.ts'
import { keysetBefore } from '../../../platform/database/keyset.ts'
import type { DecisionMeeting, MeetingCorrection } from '../rules/meeting.ts'
import { award, decisionMeeting, meetingCorrection } from '../tables.ts'

export async function insertMeeting(handle: Sql, meeting: DecisionMeeting): Promise<DecisionMeeting> {
  const [row] = await handle.insert(decisionMeeting).values(meeting).returning()
  return row as DecisionMeeting
}

export async function findMeeting(handle: Sql, id: string): Promise<DecisionMeeting | undefined> {
  const [row] = await handle.select().from(decisionMeeting).where(eq(decisionMeeting.id, id))
  return row
}

/**
 * The meeting that decided about an award, and when the notice of the award ended.
 */
export async function findConfirmation(
  handle: Sql,
  awardId: string,
): Promise<{ readonly heldOn: string; readonly noticeClosesAt: Date | null } | undefined> {
  const [row] = await handle
    .select({ heldOn: decisionMeeting.heldOn, noticeClosesAt: award.noticeClosesAt })
    .from(award)
    .innerJoin(decisionMeeting, eq(decisionMeeting.id, award.decisionId))
    .where(eq(award.id, awardId))
  return row
}

/** Newest first. */
export async function listMeetings(
  handle: Sql,
  roundId: string,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<DecisionMeeting>> {
  const rows = await handle
    .select()
    .from(decisionMeeting)
    .where(
      and(eq(decisionMeeting.roundId, roundId), keysetBefore(decisionMeeting.createdAt, decisionMeeting.id, after)),
    )
    .orderBy(desc(decisionMeeting.createdAt), desc(decisionMeeting.id))
    .limit(limit + 1)
  return pageOf(rows, limit, (item) => [item.createdAt.toISOString(), item.id])
}

/** Under the lock of the round, so that numbers follow each other. */
export async function insertCorrection(
  handle: Sql,
  correction: Omit<MeetingCorrection, 'number'>,
): Promise<MeetingCorrection> {
  const [earlier] = await handle
    .select({ count: count() })
    .from(meetingCorrection)
    .where(eq(meetingCorrection.meetingId, correction.meetingId))
  const [row] = await handle
    .insert(meetingCorrection)
    .values({ ...correction, number: (earlier?.count ?? 0) + 1 })
    .returning()
  return row as MeetingCorrection
}

/** Of these meetings, in the order in which they were made. */
export async function findCorrections(handle: Sql, meetingIds: readonly string[]): Promise<MeetingCorrection[]> {
  if (meetingIds.length === 0) return []
  return handle
    .select()
    .from(meetingCorrection)
    .where(inArray(meetingCorrection.meetingId, [...meetingIds]))
    .orderBy(asc(meetingCorrection.number))
}
