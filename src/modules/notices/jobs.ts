import { setTimeout as pause } from 'node:timers/promises'
import { SYSTEM } from '../../kernel/actor.ts'
import type { Background, BackgroundDeps } from '../../platform/module.ts'
import { newWork, runCommand, type Work } from '../../platform/work.ts'
import { noticePage } from './pageDocument.ts'
import type { Probe } from './rules/reachability.ts'
import { readNotice } from './service/notices.ts'
import { noticesToProbe, recordProbe } from './service/reachability.ts'

/** How often it is looked whether a probe is due; policies say how often one is, in minutes. */
const LOOK_EVERY_MS = 60_000
const PROBE_TIMEOUT_MS = 10_000
const PROBES_AT_ONCE = 5
/** A page with a thousand lines has about 400 KB; what is longer is not ours. */
const PAGE_BYTES_MAX = 10_000_000

export interface ProberOptions {
  /** Asks for an address; the platform's own unless a test brings another. */
  readonly fetch?: typeof globalThis.fetch
}

/**
 * Looks at the public page of each open notice as often as its policy says, over the public address where one is set,
 * else by rendering it as a request would. A page counts as read when it answers 200 and shows the digest of the notice.
 */
export function noticeProber(
  deps: BackgroundDeps,
  { fetch = globalThis.fetch }: ProberOptions = {},
): Background & { probeDue(): Promise<number> } {
  const { database, log, sandbox, rings, publicUrl } = deps
  const options = { actor: SYSTEM, requestId: 'notice-probes', sandbox, rings }
  const stopping = new AbortController()
  const look = (): Work => newWork({ ...options, sql: database.sql })

  async function probe(noticeId: string): Promise<void> {
    const startedAt = performance.now()
    const { isReachable, status } = publicUrl === undefined ? await ownPage(noticeId) : await publicPage(noticeId)
    const durationMs = Math.min(Math.round(performance.now() - startedAt), PROBE_TIMEOUT_MS * 2)
    if (stopping.signal.aborted) return
    const seen = {
      isReachable,
      status,
      durationMs,
      via: publicUrl === undefined ? ('own_page' as const) : ('public_address' as const),
    }
    await runCommand(database, options, log, (work) => recordProbe(work, noticeId, seen))
  }

  async function publicPage(noticeId: string): Promise<Pick<Probe, 'isReachable' | 'status'>> {
    const address = new URL(`v1/notices/${noticeId}/page`, `${publicUrl?.replace(/\/+$/, '')}/`)
    // What we compare with comes first: a database that is down is our trouble and says nothing about the page.
    const { digest } = await readNotice(look(), noticeId)
    try {
      const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(PROBE_TIMEOUT_MS)])
      const answer = await fetch(address, { signal, headers: { accept: 'text/html', 'cache-control': 'no-cache' } })
      const text = (await answer.text()).slice(0, PAGE_BYTES_MAX)
      return { isReachable: answer.status === 200 && text.includes(digest), status: answer.status }
    } catch {
      // No answer is what the probe has found out; there is nothing else to know.
      return { isReachable: false, status: null }
    }
  }

  async function ownPage(noticeId: string): Promise<Pick<Probe, 'isReachable' | 'status'>> {
    const notice = await readNotice(look(), noticeId)
    return { isReachable: noticePage(notice).includes(notice.digest), status: null }
  }

  async function probeDue(): Promise<number> {
    let probed = 0
    // One process at a time: several would ask several times.
    await database.exclusively('notice probes', async () => {
      const due = await noticesToProbe(look())
      for (let at = 0; at < due.length && !stopping.signal.aborted; at += PROBES_AT_ONCE) {
        const ended = await Promise.allSettled(due.slice(at, at + PROBES_AT_ONCE).map(probe))
        for (const one of ended) {
          if (one.status === 'fulfilled') probed += 1
          else log.error({ err: one.reason }, 'a probe could not be recorded; its time stays unknown')
        }
      }
    })
    return probed
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await pause(LOOK_EVERY_MS, undefined, { signal: stopping.signal }).catch((error: unknown) => {
        if (!stopping.signal.aborted) throw error
      })
      if (stopping.signal.aborted) return
      await probeDue().catch((error: unknown) => log.error({ err: error }, 'probing notices failed and goes on later'))
    }
  }

  let running: Promise<void> | undefined
  return {
    probeDue,
    start() {
      running = run()
    },
    async stop() {
      stopping.abort()
      await running
    },
  }
}
