/** The part of autocannon 9 that the benchmark uses; the package brings no types. */
declare module 'autocannon' {
  import type { EventEmitter } from 'node:events'

  export interface Request {
    readonly method: 'GET'
    readonly path: string
    readonly headers: Record<string, string>
  }
  export interface Client {
    /** What this connection asks, one after the other, over and over. */
    setRequests(requests: Request[]): void
  }
  export interface Options {
    readonly url: string
    readonly connections: number
    /** Seconds. */
    readonly duration: number
    /** Milliseconds between two looks at the clock; a run ends at such a look. */
    readonly sampleInt: number
    /** Requests per second of all connections together. */
    readonly overallRate?: number
    readonly setupClient: (client: Client) => void
  }
  export interface Result {
    readonly errors: number
    readonly non2xx: number
    readonly '2xx': number
    /** Seconds that the run really took. */
    readonly duration: number
  }
  /** Emits `response` (client, status, bytes, milliseconds) and resolves when the run has ended. */
  export default function autocannon(options: Options): EventEmitter & Promise<Result>
}
