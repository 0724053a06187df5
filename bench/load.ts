import autocannon, { type Client, type Result } from 'autocannon'

/** What to ask of which server. */
export interface Target {
  readonly url: string
  /** Asked in random order, each connection in its own. */
  readonly paths: readonly string[]
  readonly headers: Readonly<Record<string, string>>
}

/** Distinct requests that a connection keeps ready, so that the load generator builds none while it measures. */
const REQUESTS_PER_CONNECTION = 500
/** A run ends at a look at the clock, so looks are frequent. */
const SAMPLE_MS = 100
/**
 * Connections at a fixed rate. autocannon sends a second's share of each connection one after the other at the start of
 * the second, so this many requests are under way at once: few, so that the time of an answer is not waiting in line.
 */
const PACED_CONNECTIONS = 2

/** Answers per second when every connection asks again as soon as it is answered. */
export async function throughput(target: Target, connections: number, seconds: number): Promise<number> {
  const result = await autocannon({ ...optionsFor(target, seconds), connections })
  return checked(result)['2xx'] / result.duration
}

/** Milliseconds in which 95 of 100 answers come, at a fixed rate of requests per second far from saturation. */
export async function p95(target: Target, rate: number, seconds: number): Promise<number> {
  const times: number[] = []
  const run = autocannon({ ...optionsFor(target, seconds), connections: PACED_CONNECTIONS, overallRate: rate })
  // autocannon's own histogram knows no 95 and rounds to milliseconds.
  run.on('response', (_client: unknown, _status: number, _bytes: number, milliseconds: number) => {
    times.push(milliseconds)
  })
  checked(await run)
  return percentile(times, 0.95)
}

function optionsFor({ url, paths, headers }: Target, seconds: number) {
  const setupClient = (client: Client) =>
    client.setRequests(
      Array.from({ length: Math.min(REQUESTS_PER_CONNECTION, paths.length) }, () => ({
        method: 'GET' as const,
        path: paths[Math.floor(Math.random() * paths.length)] as string,
        headers: { ...headers },
      })),
    )
  return { url, duration: seconds, sampleInt: SAMPLE_MS, setupClient }
}

function checked(result: Result): Result {
  if (result.errors > 0 || result.non2xx > 0 || result['2xx'] === 0)
    throw new Error(`${result.errors} requests failed, ${result.non2xx} were refused, ${result['2xx']} were answered`)
  return result
}

/** The smallest value that at least this share of all values does not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

export function median(values: readonly number[]): number {
  return (
    (percentile(values, 0.5) +
      -percentile(
        values.map((value) => -value),
        0.5,
      )) /
    2
  )
}
