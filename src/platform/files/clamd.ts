import { connect, type Socket } from 'node:net'
import { type Scanner, ScannerUnavailable, type ScanSession, type ScanVerdict } from './scanner.ts'

/** clamd answers in milliseconds, but loads new signatures for some 20 s, during which it does not answer. */
const IDLE_MS = 30_000
const SIGNATURE_LENGTH_MAX = 200
/** An answer is one line; whatever sends more is no clamd. */
const ANSWER_LENGTH_MAX = 4_096

export interface ClamdOptions {
  readonly host: string
  readonly port: number
  /** How long the connection may be silent, in milliseconds. */
  readonly idleMs?: number
}

/**
 * clamd over TCP, by its INSTREAM command: each chunk behind its length, an empty one at the end, one line as the
 * answer. clamd's `StreamMaxLength` must be at least the largest file.
 */
export function clamdScanner({ host, port, idleMs = IDLE_MS }: ClamdOptions): Scanner {
  return { isReal: true, open: () => session(connect({ host, port }), idleMs) }
}

function session(socket: Socket, idleMs: number): ScanSession {
  let answer = ''
  let failure: string | undefined
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve())
  })
  socket
    .setTimeout(idleMs, () => socket.destroy(new Error(`clamd was silent for ${idleMs} ms`)))
    .on('error', ({ message }) => {
      failure = message
    })
    .on('data', (bytes) => {
      answer += bytes.toString('latin1')
      if (answer.length > ANSWER_LENGTH_MAX) socket.destroy(new Error('clamd answered more than one line'))
    })
  socket.write('zINSTREAM\0')

  /** Writes with back pressure: returns when clamd has room again, or the connection is gone. */
  async function send(bytes: Uint8Array): Promise<void> {
    // An answer before the end is a refusal, such as of a stream longer than clamd takes.
    if (socket.destroyed || answer !== '') throw unavailable()
    if (socket.write(bytes)) return
    const drained = new Promise<void>((resolve) => {
      socket.once('drain', () => resolve())
    })
    await Promise.race([drained, closed])
    if (socket.destroyed) throw unavailable()
  }
  const unavailable = () =>
    new ScannerUnavailable(failure ?? (answer === '' ? 'clamd closed the connection' : `clamd answered: ${line()}`))
  const line = () => answer.replaceAll('\0', '').trim().slice(0, SIGNATURE_LENGTH_MAX)

  return {
    async write(chunk) {
      if (chunk.length === 0) return
      await send(lengthOf(chunk))
      await send(chunk)
    },
    async end() {
      await send(lengthOf(new Uint8Array()))
      // clamd closes the connection behind its answer.
      await closed
      const verdict = verdictOf(line())
      if (verdict === undefined) throw unavailable()
      return verdict
    },
    abort: () => void socket.destroy(),
  }
}

function lengthOf(chunk: Uint8Array): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(chunk.length)
  return length
}

function verdictOf(line: string): ScanVerdict | undefined {
  if (line === 'stream: OK') return { clean: true }
  const signature = /^stream: (.+) FOUND$/.exec(line)?.[1]
  return signature === undefined ? undefined : { clean: false, signature: signature.slice(0, SIGNATURE_LENGTH_MAX) }
}
