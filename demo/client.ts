import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'

// biome-ignore lint/suspicious/noExplicitAny: the demo reads the service's answers as any HTTP client would
type Json = any

export interface Answer {
  readonly status: number
  readonly body: Json
  readonly etag: string | null
}

/** What the service refused, and its problem document. The message is a sentence of its own. */
export class Refused extends Error {
  readonly status: number
  readonly problem: Json

  /** `request` is what was asked, such as `POST /v1/needs`. */
  constructor(status: number, problem: Json, request = '') {
    const flaw = problem?.errors?.[0]
    const place = flaw === undefined ? '' : ` (${flaw.pointer}: ${flaw.detail})`
    super(`${request === '' ? '' : `${request} with `}${status} ${problem?.code}: ${problem?.detail}${place}`)
    this.status = status
    this.problem = problem
  }
}

const ATTEMPTS_MAX = 200
const PAUSE_MS = 150
/** Together five minutes. */
const READS_MAX = 2_000

/**
 * An HTTP client as an integrator would write it: an Idempotency-Key with every write, kept on retries, so that a
 * service that dies between effect and answer is asked again without doing anything twice.
 */
export class Client {
  readonly #baseUrl: string
  requests = 0
  retries = 0
  readonly byStatus: Record<string, number> = {}

  constructor(baseUrl: string) {
    this.#baseUrl = baseUrl
  }

  /** One request; throws {@link Refused} on 4xx and an Error on what even retries did not mend. */
  async call(
    key: string | null,
    method: string,
    path: string,
    body?: unknown,
    ifMatch?: string | null,
  ): Promise<Answer> {
    const headers: Record<string, string> = { 'accept-language': 'en' }
    if (key !== null) headers.authorization = `Bearer ${key}`
    if (method !== 'GET') headers['idempotency-key'] = randomUUID()
    if (body !== undefined) headers['content-type'] = 'application/json'
    if (ifMatch != null) headers['if-match'] = ifMatch
    const payload = body === undefined ? null : JSON.stringify(body)
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#attempt(method, path, headers, payload)
      if (answer !== null && !isTransient(answer)) return settled(answer, `${method} ${path}`)
      if (attempt === ATTEMPTS_MAX) throw new Error(`${method} ${path} got no answer in ${ATTEMPTS_MAX} attempts`)
      this.retries++
      await pause(PAUSE_MS)
    }
  }

  async #attempt(
    method: string,
    path: string,
    headers: Record<string, string>,
    body: string | null,
  ): Promise<Answer | null> {
    this.requests++
    let response: Response
    let text: string
    try {
      response = await fetch(`${this.#baseUrl}${path}`, { method, headers, body })
      text = await response.text()
    } catch {
      // The connection broke: whether the write took effect is unknown, which is what the key is for.
      return null
    }
    this.byStatus[response.status] = (this.byStatus[response.status] ?? 0) + 1
    return { status: response.status, body: text === '' ? null : JSON.parse(text), etag: response.headers.get('etag') }
  }

  get(key: string | null, path: string): Promise<Answer> {
    return this.call(key, 'GET', path)
  }

  post(key: string | null, path: string, body: unknown): Promise<Answer> {
    return this.call(key, 'POST', path, body)
  }

  /** An action on something that exists: reads its ETag, then acts on that version. */
  async act(key: string, resource: string, action: string, body?: unknown): Promise<Answer> {
    const { etag } = await this.get(key, resource)
    return this.call(key, 'POST', `${resource}${action}`, body ?? {}, etag)
  }

  async patch(key: string, resource: string, body: unknown): Promise<Answer> {
    const { etag } = await this.get(key, resource)
    return this.call(key, 'PATCH', resource, body, etag)
  }

  /** Reads a resource until it has come so far; for what the service does in the background. */
  async until(key: string | null, path: string, isThere: (body: Json) => boolean): Promise<Answer> {
    for (let asked = 0; ; asked++) {
      const answer = await this.get(key, path)
      if (isThere(answer.body)) return answer
      if (asked === READS_MAX) throw new Error(`${path} has not come further in ${READS_MAX} reads`)
      await pause(PAUSE_MS)
    }
  }

  /** All items of a list, page by page. */
  async all(key: string | null, path: string): Promise<Json[]> {
    const items: Json[] = []
    let cursor: string | null = null
    do {
      const separator = path.includes('?') ? '&' : '?'
      const page: Answer = await this.get(
        key,
        `${path}${separator}limit=200${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      )
      items.push(...page.body.items)
      cursor = page.body.nextCursor
    } while (cursor !== null)
    return items
  }
}

function isTransient(answer: Answer): boolean {
  return answer.status === 503 || answer.status === 429 || answer.body?.code === 'idempotency_in_progress'
}

function settled(answer: Answer, request: string): Answer {
  if (answer.status < 400) return answer
  if (answer.status < 500) throw new Refused(answer.status, answer.body, request)
  throw new Error(`${request} failed with ${answer.status}: ${JSON.stringify(answer.body)}`)
}
