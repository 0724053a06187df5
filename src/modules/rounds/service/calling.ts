import type { Work } from '../../../platform/work.ts'
import type { RoundState } from '../rules.ts'
import { findRoundForNeed } from '../store.ts'

/** For bids: a round in one of these states that calls for the need, or undefined. Asks no permission. */
export async function roundCallingFor(
  work: Work,
  needId: string,
  states: readonly RoundState[],
): Promise<string | undefined> {
  return findRoundForNeed(work.sql, needId, states)
}
