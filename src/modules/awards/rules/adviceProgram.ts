import type { BinaryProgram, Row } from '../../../kernel/program.ts'
import { type AdviceFacts, type AdvicePool, openTo, wanted } from './adviceFacts.ts'
import type { RankedBid } from './allocation.ts'
import type { LimitGroup } from './limits.ts'

/** Variables: one for each bid, then one for each need that may have several awards, whose weight counts once. */
export function programOf<Pool extends AdvicePool>(
  facts: AdviceFacts<Pool>,
  bids: readonly RankedBid[],
  poolSets: readonly (readonly string[])[],
  ruledOut: readonly Row[],
  coverage: number | null,
): Omit<BinaryProgram, 'nodesMax'> {
  const { needs, policy } = facts
  const weight = new Map(needs.map(({ id, weight }) => [id, weight]))
  const own = needs.filter(({ id }) => bids.some(({ needId }) => needId === id))
  const several = policy.awardsPerNeedMax > 1 ? own : []
  const covering: [number, number][] =
    several.length > 0
      ? several.map(({ weight }, index) => [bids.length + index, weight])
      : bids.map(({ needId }, index) => [index, weight.get(needId) ?? 0])
  const where = (holds: (bid: RankedBid) => boolean, coefficient: (bid: RankedBid) => number = () => 1): Row['terms'] =>
    bids.flatMap((bid, index) => (holds(bid) ? [[index, coefficient(bid)] as const] : []))
  const rows: Row[] = [
    ...own.map(({ id }) => ({ terms: where(({ needId }) => needId === id), max: policy.awardsPerNeedMax })),
    ...several.map(({ id }, index) => ({
      terms: [...where(({ needId }) => needId === id), [bids.length + index, -1] as const],
      min: 0,
    })),
    ...[...new Set(bids.flatMap(({ organizationIds }) => organizationIds))].map((id) => ({
      terms: where(({ organizationIds }) => organizationIds.includes(id)),
      max: policy.awardsPerOrganizationMax,
    })),
    ...limitRows(bids, where),
    ...poolSets.map((poolIds) => ({
      terms: where((bid) => openTo(facts, bid).every((id) => poolIds.includes(id)), wanted),
      max: Number(facts.rules.available(facts.pools.filter(({ id }) => poolIds.includes(id)))),
    })),
    ...ruledOut,
  ]
  if (coverage === null) {
    const gains = Array.from({ length: bids.length + several.length }, () => 0)
    for (const [variable, gain] of covering) gains[variable] = gain
    return { gains, rows }
  }
  const byRank = [...bids.map((_, index) => bids.length - index), ...several.map(() => 0)]
  return { gains: byRank, rows: [...rows, { terms: covering, min: coverage }] }
}

function limitRows(
  bids: readonly RankedBid[],
  where: (holds: (bid: RankedBid) => boolean, coefficient?: (bid: RankedBid) => number) => Row['terms'],
): Row[] {
  const groups = new Map<string, LimitGroup>(bids.flatMap(({ limits = [] }) => limits.map((one) => [one.key, one])))
  return [...groups.values()].flatMap(({ key, awardsMax, amountMaxFen }) => {
    const isBound = ({ limits = [] }: RankedBid) => limits.some((group) => group.key === key)
    return [
      ...(awardsMax === null ? [] : [{ terms: where(isBound), max: awardsMax }]),
      ...(amountMaxFen === null ? [] : [{ terms: where(isBound, wanted), max: Number(amountMaxFen) }]),
    ]
  })
}

/** Not exactly these once more. */
export function exclude(bids: readonly RankedBid[], chosen: readonly RankedBid[]): Row {
  return { terms: bids.map((bid, index) => [index, chosen.includes(bid) ? 1 : -1]), max: chosen.length - 1 }
}
