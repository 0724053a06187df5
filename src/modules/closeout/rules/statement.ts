import { type Fen, sumFen } from '../../../kernel/money.ts'
import { formatPercent } from '../../../kernel/ratio.ts'

/** One project's money from one pool. */
export interface SourceFigures {
  readonly poolId: string
  readonly approvedFen: Fen
  readonly paidFen: Fen
  /** What must come back by the settlement, whether or not it has. */
  readonly refundFen: Fen
  /** What has come back. */
  readonly receivedFen: Fen
}

export interface ProjectFigures {
  readonly projectId: string
  readonly sources: readonly SourceFigures[]
  /** Granted by the settlement and not paid yet (已评未拨). */
  readonly assessedUnpaidFen: Fen
}

export interface PoolFigures {
  readonly poolId: string
  readonly source: string
  readonly name: string
  readonly sizeFen: Fen
  readonly allocatedFen: Fen
}

export interface Totals {
  readonly approvedFen: Fen
  readonly paidFen: Fen
  readonly refundFen: Fen
  readonly receivedFen: Fen
  /** Paid less what must come back. */
  readonly netFen: Fen
}

export interface Statement {
  readonly sources: readonly (Totals & PoolFigures & { readonly unallocatedFen: Fen })[]
  readonly projects: readonly (Totals & { readonly projectId: string; readonly assessedUnpaidFen: Fen })[]
  readonly totals: Totals & { readonly sizeFen: Fen; readonly unallocatedFen: Fen; readonly assessedUnpaidFen: Fen }
  /** Net of approved in per cent, two decimals; `n/a` while nothing is approved. */
  readonly executionRate: string
}

/** The account of a round: every figure is the sum of its projects' figures by pool. */
export function statementOf(pools: readonly PoolFigures[], projects: readonly ProjectFigures[]): Statement {
  const figures = projects.flatMap((project) => project.sources)
  const sources = pools.map((pool) => ({
    ...pool,
    ...totalsOf(figures.filter(({ poolId }) => poolId === pool.poolId)),
    unallocatedFen: pool.sizeFen - pool.allocatedFen,
  }))
  const totals = totalsOf(figures)
  return {
    sources,
    projects: projects.map(({ projectId, assessedUnpaidFen, sources: own }) => ({
      projectId,
      assessedUnpaidFen,
      ...totalsOf(own),
    })),
    totals: {
      ...totals,
      sizeFen: sumFen(pools.map((pool) => pool.sizeFen)),
      unallocatedFen: sumFen(sources.map((source) => source.unallocatedFen)),
      assessedUnpaidFen: sumFen(projects.map((project) => project.assessedUnpaidFen)),
    },
    executionRate: formatPercent(totals.netFen, totals.approvedFen),
  }
}

function totalsOf(figures: readonly SourceFigures[]): Totals {
  const paidFen = sumFen(figures.map((one) => one.paidFen))
  const refundFen = sumFen(figures.map((one) => one.refundFen))
  return {
    approvedFen: sumFen(figures.map((one) => one.approvedFen)),
    paidFen,
    refundFen,
    receivedFen: sumFen(figures.map((one) => one.receivedFen)),
    netFen: paidFen - refundFen,
  }
}
