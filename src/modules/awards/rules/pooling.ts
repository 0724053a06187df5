import { type Fen, minFen, sumFen } from '../../../kernel/money.ts'

/** Bids that may be paid from the same pools, together. */
export interface Demand {
  readonly poolIds: readonly string[]
  readonly wantedFen: Fen
}

export interface Supply {
  readonly id: string
  readonly leftFen: Fen
}

/** What each demand gets from each pool; or the pools that cannot carry the demands that depend on them alone. */
export type Pooling =
  | { readonly covered: true; readonly parts: readonly ReadonlyMap<string, Fen>[] }
  | { readonly covered: false; readonly shortPoolIds: readonly string[] }

/**
 * Shares pools out among demands so that each gets all it wants, if that can be done at all: a greatest flow, to the fen.
 * Each step sends money along a shortest path, which may take it back from a demand that another pool can serve.
 */
export function shareOut(demands: readonly Demand[], supplies: readonly Supply[]): Pooling {
  const parts = demands.map(() => new Map<string, Fen>())
  const got = (demand: number) => sumFen(parts[demand]?.values() ?? [])
  const left = ({ id, leftFen }: Supply) => leftFen - sumFen(parts.map((part) => part.get(id) ?? 0n))
  for (const [demand, { wantedFen }] of demands.entries()) {
    while (got(demand) < wantedFen) {
      const { path, reached } = search(demand)
      if (path === undefined) return { covered: false, shortPoolIds: reached }
      send(path, wantedFen - got(demand))
    }
  }
  return { covered: true, parts }

  /** A shortest way from the demand to a pool with money left: demand, pool, demand, pool … */
  function search(start: number): { path: Step[] | undefined; reached: string[] } {
    const reached = new Map<string, Step>()
    // By which pool a demand was reached: it could give back what it has from there.
    const givers = new Map<number, Supply>()
    const queue = [start]
    const seen = new Set(queue)
    for (let demand = queue.shift(); demand !== undefined; demand = queue.shift()) {
      for (const supply of supplies) {
        if (reached.has(supply.id) || !demands[demand]?.poolIds.includes(supply.id)) continue
        reached.set(supply.id, { demand, supply })
        if (left(supply) > 0n) return { path: pathTo(supply, start, reached, givers), reached: [] }
        for (const [other, part] of parts.entries())
          if (!seen.has(other) && (part.get(supply.id) ?? 0n) > 0n) {
            seen.add(other)
            givers.set(other, supply)
            queue.push(other)
          }
      }
    }
    return { path: undefined, reached: [...reached.keys()] }
  }

  function pathTo(
    last: Supply,
    start: number,
    reached: ReadonlyMap<string, Step>,
    givers: ReadonlyMap<number, Supply>,
  ): Step[] {
    const path: Step[] = []
    for (let step = reached.get(last.id); step !== undefined; ) {
      path.unshift(step)
      if (step.demand === start) break
      step = reached.get(givers.get(step.demand)?.id ?? '')
    }
    return path
  }

  function send(path: readonly Step[], wanted: Fen): void {
    const last = path.at(-1)
    if (last === undefined) throw new Error('a path has at least one step')
    const returned = path.slice(1).map(({ demand }, index) => parts[demand]?.get(path[index]?.supply.id ?? '') ?? 0n)
    const fen = minFen(wanted, left(last.supply), ...returned)
    for (const [index, { demand, supply }] of path.entries()) {
      add(demand, supply.id, fen)
      const before = path[index - 1]
      if (before !== undefined) add(demand, before.supply.id, -fen)
    }
  }

  function add(demand: number, poolId: string, fen: Fen): void {
    const part = parts[demand]
    part?.set(poolId, (part.get(poolId) ?? 0n) + fen)
  }
}

interface Step {
  readonly demand: number
  readonly supply: Supply
}
