import { sumFen } from '../../../kernel/money.ts'
import { type AdviceFacts, type AdvicePool, openTo } from './adviceFacts.ts'
import { drawn, type RankedBid } from './allocation.ts'
import type { AwardSource } from './award.ts'
import { shareOut } from './pooling.ts'

export type Payment =
  | { readonly isPaid: true; readonly sources: ReadonlyMap<string, readonly AwardSource[]> }
  /** `shortPoolIds`: the pools that cannot carry what depends on them alone; null where matching pools keep it unknown. */
  | { readonly isPaid: false; readonly shortPoolIds: readonly string[] | null }

/** Draws as the proposals would, best rank first; where the order of drawing is in the way, shares the pools out anew. */
export function pay<Pool extends AdvicePool>(facts: AdviceFacts<Pool>, bids: readonly RankedBid[]): Payment {
  const { rules, hasMatches } = facts
  const sources = new Map<string, readonly AwardSource[]>()
  let left = facts.pools
  for (const { bidId, needId, wantedFen } of bids) {
    const drawing = rules.draw(rules.open(left, needId), wantedFen)
    if (!drawing.accepted) return hasMatches ? { isPaid: false, shortPoolIds: null } : payByFlow(facts, bids)
    sources.set(bidId, drawing.value)
    left = drawn(left, drawing.value) as readonly Pool[]
  }
  return { isPaid: true, sources }
}

function payByFlow<Pool extends AdvicePool>(facts: AdviceFacts<Pool>, bids: readonly RankedBid[]): Payment {
  const groups = [...Map.groupBy(bids, (bid) => openTo(facts, bid).join()).values()]
  const demands = groups.map((group) => ({
    poolIds: group[0] === undefined ? [] : openTo(facts, group[0]),
    wantedFen: sumFen(group.map(({ wantedFen }) => wantedFen)),
  }))
  const supplies = facts.pools.map(({ id, sizeFen, allocatedFen }) => ({ id, leftFen: sizeFen - allocatedFen }))
  const pooling = shareOut(demands, supplies)
  if (!pooling.covered) return { isPaid: false, shortPoolIds: pooling.shortPoolIds }
  const sources = new Map<string, readonly AwardSource[]>()
  for (const [index, group] of groups.entries()) {
    const part = new Map(pooling.parts[index])
    for (const { bidId, wantedFen } of group) {
      let rest = wantedFen
      sources.set(
        bidId,
        facts.pools.flatMap(({ id, source }) => {
          const has = part.get(id) ?? 0n
          const amountFen = has < rest ? has : rest
          part.set(id, has - amountFen)
          rest -= amountFen
          return amountFen > 0n ? [{ poolId: id, source, amountFen }] : []
        }),
      )
    }
  }
  return { isPaid: true, sources }
}
