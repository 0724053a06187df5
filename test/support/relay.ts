import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { Teardown } from './database.ts'

/** A write on its way; a retry with the same Idempotency-Key is the same write. */
export interface Write {
  /** 1 for the first write of all. */
  readonly number: number
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface WriteAnswer {
  readonly status: number
  readonly etag: string | null
  readonly isReplayed: boolean
  readonly body: string
}

/** What the client has got to see: from now on it relies on it. */
export interface Acknowledgement {
  readonly write: Write
  readonly answer: WriteAnswer
}

export interface RelayHooks {
  /** The write has just been sent on to the service, for the first time or again. */
  sent(write: Write): void
  /** The service has answered. `lose` cuts the client's connection instead of handing the answer over. */
  answered(write: Write, answer: WriteAnswer): 'pass' | 'lose'
}

export interface Relay {
  readonly url: string
  /** Every answer to a write that has reached the client, in order. */
  readonly acknowledged: readonly Acknowledgement[]
}

const START_PATIENCE_MS = 120_000
const POLL_MS = 50
const KEPT_HEADERS = ['authorization', 'idempotency-key', 'if-match', 'content-type', 'accept-language'] as const

/** The line between client and service: it counts the writes, notes what was acknowledged, and can lose an answer. */
export async function startRelay(t: Teardown, targetPort: number, hooks: RelayHooks): Promise<Relay> {
  const agent = new Agent({ keepAlive: true })
  const writes = new Map<string, Write>()
  const acknowledged: Acknowledgement[] = []

  function writeOf(request: IncomingMessage, body: string): Write {
    const key = String(request.headers['idempotency-key'])
    const known = writes.get(key)
    if (known !== undefined) return known
    const headers: Record<string, string> = {}
    for (const name of KEPT_HEADERS) {
      const value = request.headers[name]
      if (typeof value === 'string') headers[name] = value
    }
    const write = { number: writes.size + 1, method: request.method ?? '', path: request.url ?? '', headers, body }
    writes.set(key, write)
    return write
  }

  async function relay(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const body = await read(request)
    const write = request.method === 'GET' ? undefined : writeOf(request, body)
    if (write !== undefined) hooks.sent(write)
    const response = await forward(request, body)
    const text = await read(response)
    if (write !== undefined) {
      const answer = answerOf(response, text)
      if (hooks.answered(write, answer) === 'lose') return void reply.destroy()
      acknowledged.push({ write, answer })
    }
    reply.writeHead(response.statusCode ?? 502, response.headers)
    reply.end(text)
  }

  /** While nobody listens the request waits, as it does in front of a service that is just being started again. */
  async function forward({ method, url, headers }: IncomingMessage, body: string): Promise<IncomingMessage> {
    const giveUpAt = performance.now() + START_PATIENCE_MS
    for (;;) {
      const sending = send({ host: '127.0.0.1', port: targetPort, agent, method, path: url, headers })
      // What breaks later than the head of the answer is noticed where the answer is read.
      sending.on('error', () => undefined)
      sending.end(body)
      try {
        const [response] = (await once(sending, 'response')) as [IncomingMessage]
        return response
      } catch (error) {
        const isRefused = (error as NodeJS.ErrnoException).code === 'ECONNREFUSED'
        if (!isRefused || performance.now() > giveUpAt) throw error
        await pause(POLL_MS)
      }
    }
  }

  const server = createServer((request, reply) => {
    // A service that dies under the request looks to the client as it would without us: the connection breaks.
    relay(request, reply).catch(() => reply.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(async () => {
    server.closeAllConnections()
    server.close()
    agent.destroy()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    acknowledged,
  }
}

async function read(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

function answerOf(response: IncomingMessage, body: string): WriteAnswer {
  return {
    status: response.statusCode ?? 0,
    etag: response.headers.etag ?? null,
    isReplayed: response.headers['idempotent-replayed'] === 'true',
    body,
  }
}
