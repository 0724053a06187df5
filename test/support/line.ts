import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Teardown } from './database.ts'

/**
 * What becomes of a commit. `stop`: it never reaches the database, nor does anything after it. `silence`: the database
 * does it, but the answer never comes back.
 */
export type Fate = 'pass' | 'stop' | 'silence'

export interface CommitWatch {
  /** A transaction with these statements is about to be committed. */
  committing(statements: string): Fate
  /** The database has done a commit whose fate was `silence`. */
  committed(): void
}

export interface Line {
  /** The address of the database on the other end. */
  readonly url: string
  /** Cuts all connections, as a server that dies or a network that fails cuts them: without a word. */
  cut(): void
}

const INDIFFERENT: CommitWatch = { committing: () => 'pass', committed: () => undefined }
/** SQL texts end with a zero byte in PostgreSQL's protocol. */
const BEGIN = 'begin\0'
const COMMIT = 'commit\0'

/** A line to the database that can be watched and cut. */
export async function lineTo(t: Teardown, databaseUrl: string, watch: CommitWatch = INDIFFERENT): Promise<Line> {
  const { hostname, port } = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname)
    for (const [near, far] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(near)
      // The other end learns of an error by its own close.
      near.on('error', () => far.destroy())
      near.on('close', () => {
        sockets.delete(near)
        far.destroy()
      })
    }
    carry(client, upstream, watch)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  t.teardown(async () => {
    cut()
    server.close()
  })
  const url = new URL(databaseUrl)
  url.port = String((server.address() as AddressInfo).port)
  return { url: url.href, cut }
}

function carry(client: Socket, upstream: Socket, watch: CommitWatch): void {
  /** Of the transaction that is open. */
  let statements: string | undefined
  let fate: Fate = 'pass'
  client.on('data', (chunk) => {
    if (fate !== 'pass') return
    const text = chunk.toString('latin1')
    if (text.includes(BEGIN)) statements = ''
    if (statements !== undefined) statements += text
    if (statements !== undefined && text.includes(COMMIT)) {
      fate = watch.committing(statements)
      if (fate === 'silence') upstream.once('data', () => watch.committed())
      statements = undefined
    }
    if (fate !== 'stop') upstream.write(chunk)
  })
  upstream.on('data', (chunk) => {
    if (fate === 'pass') client.write(chunk)
  })
}
