import type { Work } from '../../../platform/work.ts'
import { roundOffers } from '../policy.ts'
import type { FundPool, Round } from '../rules.ts'
import { findPools } from '../store.ts'

/** A round as a single read shows it to its reader. */
export type RoundWithPools = Round & { readonly pools: readonly FundPool[]; readonly actions: readonly string[] }

export async function withPools(work: Work, found: Round): Promise<RoundWithPools> {
  return { ...found, pools: await findPools(work.sql, found.id), actions: roundOffers(work.actor, found) }
}
