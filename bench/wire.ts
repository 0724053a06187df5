import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** An answer as it came; `body` is text, whatever the type. */
export interface WireAnswer {
  readonly status: number
  readonly etag: string | undefined
  readonly body: string
}

const HEAD_END = Buffer.from('\r\n\r\n')

/**
 * One HTTP/1.1 connection that asks one question after the other. It knows just what our service answers (a length, no
 * chunks) and costs a tenth of an HTTP client: what the load takes of a small machine, the service does not have.
 */
export class Connection {
  readonly #socket: Socket
  #received: Buffer[] = []
  #length = 0
  #waiting: { resolve: (answer: WireAnswer) => void; reject: (error: Error) => void } | undefined

  constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk) => this.#take(chunk))
    socket.on('error', (error) => this.#fail(error))
    socket.on('close', () => this.#fail(new Error('the connection was closed')))
  }

  static async open(url: string): Promise<Connection> {
    const { hostname, port } = new URL(url)
    const socket = connect({ host: hostname, port: Number(port) })
    await once(socket, 'connect')
    return new Connection(socket)
  }

  /** @throws Error when the connection breaks before the whole answer is there. */
  ask(head: string, body?: Buffer): Promise<WireAnswer> {
    if (this.#waiting !== undefined) throw new Error('one question at a time')
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#socket.cork()
      this.#socket.write(head, 'latin1')
      if (body !== undefined) this.#socket.write(body)
      this.#socket.uncork()
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(chunk: Buffer): void {
    this.#received.push(chunk)
    this.#length += chunk.length
    const all = this.#received.length === 1 ? chunk : Buffer.concat(this.#received, this.#length)
    this.#received = [all]
    const headEnd = all.indexOf(HEAD_END)
    if (headEnd === -1) return
    const head = all.toString('latin1', 0, headEnd)
    const bodyAt = headEnd + HEAD_END.length
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0)
    if (all.length < bodyAt + length) return
    this.#received = []
    this.#length = 0
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.resolve({
      status: Number(head.slice(9, 12)),
      etag: /\r\netag: *"?([^"\r]+)/i.exec(head)?.[1],
      body: all.toString('utf8', bodyAt, bodyAt + length),
    })
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error)
    this.#waiting = undefined
  }
}

/** The head of a request; a body of `bodyBytes` follows it. */
export function requestHead(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  bodyBytes?: number,
): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const length = bodyBytes === undefined ? '' : `content-length: ${bodyBytes}\r\n`
  return `${method} ${path} HTTP/1.1\r\nhost: bench\r\n${lines.join('')}${length}\r\n`
}
