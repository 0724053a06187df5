import { accept, type Decision, refuse } from '../../../kernel/decision.ts'
import type { RoundState } from '../../rounds/index.ts'
import { AwardsConfirmed, AwardsOnNotice, NothingToRetract } from '../problems.ts'
import { type Award, isStanding } from './award.ts'

/**
 * All standing awards of a round, to be taken back together for a new review. Refused once one of them is confirmed, while
 * one is announced and open to objections, or suspended by one; and where there is nothing to take back.
 */
export function awardsToRetract(awards: readonly Award[], now: Date): Decision<Award[]> {
  const standing = awards.filter(isStanding)
  if (standing.length === 0) return refuse(NothingToRetract)
  const isFinal = standing.filter(({ state }) => state === 'confirmed')
  if (isFinal.length > 0) return refuse(AwardsConfirmed, { count: isFinal.length })
  const announced = standing.filter((award) => award.state === 'suspended' || isOnNotice(award, now))
  if (announced.length === 0) return accept(standing)
  const noticeIds = [...new Set(announced.flatMap(({ noticeId }) => noticeId ?? []))]
  return refuse(
    AwardsOnNotice,
    { count: announced.length, noticeIds: noticeIds.join(', ') },
    announced.map(({ id, state, noticeId }) => ({
      pointer: '#',
      code: state,
      detail: `${id} ${noticeId ?? ''}`.trim(),
    })),
  )
}

/** Are the awards of a round in this state taken back together? Later each is treated by itself. */
export function isRetractable({ state }: { readonly state: RoundState }): boolean {
  return state === 'reviewing' || state === 'notice'
}

function isOnNotice({ state, noticeClosesAt }: Award, now: Date): boolean {
  return state === 'noticed' && noticeClosesAt !== null && now.getTime() < noticeClosesAt.getTime()
}
