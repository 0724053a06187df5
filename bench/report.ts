/** The figures of one operation. */
export interface Figures {
  /** Our answers per second divided by the bare server's: the median of the rounds. */
  readonly ratio: number
  /** p95 with the grown table divided by p95 with the small one: the median of the rounds. */
  readonly growth: number
  /** The medians behind the two. */
  readonly requestsPerSecond: { readonly ours: number; readonly bare: number }
  readonly p95Ms: { readonly small: number; readonly grown: number }
}

export interface Report {
  readonly readOne: Figures
  readonly list50: Figures
}

/** What is promised; see docs/guide/performance.md. */
export const BARS = {
  readOne: { ratioMin: 0.7, growthMax: 1.5 },
  list50: { ratioMin: 0.8, growthMax: 1.5 },
} as const

/** The bars of figures that stand alone: what a figure must reach, or must not pass. */
const LIMITS: Readonly<Record<string, Readonly<Record<string, { readonly min: number } | { readonly max: number }>>>> =
  {
    rush: {
      ratio: { min: 0.5 },
      p99Ms: { max: 2_000 },
      status5xx: { max: 0 },
      misjudged: { max: 0 },
      lost: { max: 0 },
      unacknowledged: { max: 0 },
      readsFailed: { max: 0 },
    },
    opening: { seconds: { max: 120 }, openedTwice: { max: 0 }, failed: { max: 0 } },
    advice: { firstSeconds: { max: 5 }, seconds: { max: 5 } },
  }

/** One figure a line, with its bar. */
export function list(name: 'rush' | 'opening' | 'advice', figures: object): string {
  const width = Math.max(...Object.keys(figures).map((figure) => figure.length))
  return Object.entries(figures as Readonly<Record<string, number>>)
    .map(([figure, value]) => `${figure.padEnd(width)}  ${value}${barOf(value, LIMITS[name]?.[figure])}`)
    .join('\n')
}

function barOf(value: number, limit: { readonly min: number } | { readonly max: number } | undefined): string {
  if (limit === undefined) return ''
  const [isHeld, bar] = 'min' in limit ? [value >= limit.min, limit.min] : [value <= limit.max, limit.max]
  return ` (${isHeld ? 'bar' : 'MISSES'} ${bar})`
}

/** The report as a table for people. */
export function table(report: Report): string {
  const rows = (['readOne', 'list50'] as const).map((name) => {
    const { ratio, growth, requestsPerSecond, p95Ms } = report[name]
    const { ratioMin, growthMax } = BARS[name]
    return [
      name,
      String(Math.round(requestsPerSecond.ours)),
      String(Math.round(requestsPerSecond.bare)),
      `${ratio.toFixed(2)} (${ratio >= ratioMin ? 'bar' : 'MISSES'} ${ratioMin.toFixed(2)})`,
      p95Ms.small.toFixed(2),
      p95Ms.grown.toFixed(2),
      `${growth.toFixed(2)} (${growth <= growthMax ? 'bar' : 'MISSES'} ${growthMax.toFixed(2)})`,
    ]
  })
  const head = ['', 'ours/s', 'bare/s', 'ratio', 'p95 ms', 'grown ms', 'growth']
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)))
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
