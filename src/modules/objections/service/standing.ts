import { legalDateOf } from '../../../kernel/days.ts'
import { orThrow } from '../../../kernel/decision.ts'
import type { Work } from '../../../platform/work.ts'
import type { Award } from '../../awards/index.ts'
import { calendarOf } from '../../calendar/index.ts'
import { roundOf } from '../../rounds/index.ts'
import { queryClosesAt } from '../rules/filing.ts'
import { findUpheld, lockOpenObjections } from '../store/objections.ts'
import { waitsForAppeal } from './reviewing.ts'

/** What stands in the way of an agreement about an award. */
export interface Remedies {
  /** The first objection, query, appeal or complaint that is open against it, or upheld and without effect yet; null: none. */
  readonly openId: string | null
  /** In procurement by law, the first moment at which a query is late, while that is to come; else null. */
  readonly windowClosesAt: Date | null
}

/** For agreements: what is open against an award, and whether somebody may still file. Asks no permission. */
export async function remediesOf(
  work: Work,
  { id, roundId, hostId, noticeClosesAt }: Pick<Award, 'id' | 'roundId' | 'hostId' | 'noticeClosesAt'>,
): Promise<Remedies> {
  const openId = (await lockOpenObjections(work.sql, id))[0]?.id ?? (await waitingFor(work, id))
  const round = await roundOf(work, roundId)
  if (round === undefined) throw new Error(`there is no round ${roundId}`)
  const { statutory } = round.policy
  if (statutory === null || noticeClosesAt === null) return { openId, windowClosesAt: null }
  const lastOn = legalDateOf(new Date(noticeClosesAt.getTime() - 1))
  const closesAt = orThrow(queryClosesAt(await calendarOf(work, hostId), lastOn, statutory.query))
  const isOver = (await work.now(hostId)) >= closesAt
  return { openId, windowClosesAt: isOver ? null : closesAt }
}

async function waitingFor(work: Work, awardId: string): Promise<string | null> {
  for (const id of await findUpheld(work.sql, awardId)) if (await waitsForAppeal(work, id)) return id
  return null
}
