import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { clamdScanner } from '../../../src/platform/files/clamd.ts'
import { type Scanner, ScannerUnavailable, type ScanVerdict } from '../../../src/platform/files/scanner.ts'
import { NO_SCANNER, openScanner, TEST_SIGNATURE, testScanner } from '../../../src/platform/files/scanners.ts'

const CLAMD = { host: '127.0.0.1', port: 3310 }

async function scan(scanner: Scanner, ...chunks: (Buffer | string)[]): Promise<ScanVerdict> {
  const session = scanner.open()
  for (const chunk of chunks) await session.write(Buffer.from(chunk))
  return session.end()
}

/** Speaks INSTREAM as clamd does and answers what it is told to; keeps what it was sent. */
async function fakeClamd(t: Test, answer: (content: Buffer) => string | null) {
  const received: Buffer[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    let bytes = Buffer.alloc(0)
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk])
      const content = contentOf(bytes)
      if (content === undefined) return
      received.push(content)
      const said = answer(content)
      if (said !== null) socket.end(said)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { received, sockets, port: (server.address() as AddressInfo).port }
}

/** The content of a whole INSTREAM command, or undefined while it is not whole. */
function contentOf(bytes: Buffer): Buffer | undefined {
  const command = 'zINSTREAM\0'
  if (bytes.length < command.length) return undefined
  if (bytes.toString('latin1', 0, command.length) !== command) throw new Error('no INSTREAM')
  const chunks: Buffer[] = []
  let at = command.length
  while (at + 4 <= bytes.length) {
    const length = bytes.readUInt32BE(at)
    if (length === 0) return Buffer.concat(chunks)
    chunks.push(bytes.subarray(at + 4, at + 4 + length))
    at += 4 + length
  }
  return undefined
}

t.test('the scanner is chosen by name', async (t) => {
  t.equal(openScanner('none', CLAMD), NO_SCANNER)
  t.equal(openScanner('test', CLAMD).isReal, true)
  t.equal(openScanner('clamd', CLAMD).isReal, true)
})

t.test('without a scanner everything is clean, and nobody calls it scanned', async (t) => {
  t.same(await scan(NO_SCANNER, TEST_SIGNATURE), { clean: true })
  t.equal(NO_SCANNER.isReal, false)
})

t.test('the test scanner finds its signature wherever the chunks are cut', async (t) => {
  const found = { clean: false, signature: 'Sandan.Test.Signature' }
  t.same(await scan(testScanner()), { clean: true })
  t.same(await scan(testScanner(), 'nothing', ' to see'), { clean: true })
  const content = `before ${TEST_SIGNATURE} after`
  for (let cut = 0; cut <= content.length; cut++)
    t.same(await scan(testScanner(), content.slice(0, cut), content.slice(cut)), found, `cut at ${cut}`)
  t.same(await scan(testScanner(), ...content), found, 'letter by letter')
  t.same(await scan(testScanner(), TEST_SIGNATURE.slice(1)), { clean: true })
})

t.test('clamd is sent every byte and its verdict is taken', async (t) => {
  const clamd = await fakeClamd(t, (content) =>
    content.includes('X5O!') ? 'stream: Eicar-Test-Signature FOUND\0' : 'stream: OK\0',
  )
  const scanner = clamdScanner({ host: '127.0.0.1', port: clamd.port })
  const large = Buffer.alloc(3_000_000, 'abc')
  t.same(await scan(scanner, large, '', 'end'), { clean: true })
  t.ok(clamd.received[0]?.equals(Buffer.concat([large, Buffer.from('end')])), 'also what had to wait for room')
  t.same(await scan(scanner, 'X5O!'), { clean: false, signature: 'Eicar-Test-Signature' })
  t.same(await scan(scanner), { clean: true })
})

t.test('a scanner that gives no verdict is not available', async (t) => {
  const { port: closed } = await fakeClamd(t, () => null)
  const answers = {
    'INSTREAM size limit exceeded. ERROR\0': /size limit exceeded/,
    'stream: something else\0': /something else/,
    '': /closed the connection/,
    [`${'x'.repeat(5_000)}`]: /more than one line/,
  }
  for (const [answer, message] of Object.entries(answers)) {
    const { port } = await fakeClamd(t, () => answer)
    const error = await scan(clamdScanner({ host: '127.0.0.1', port }), 'x').catch((thrown: unknown) => thrown)
    t.type(error, ScannerUnavailable)
    t.match((error as Error).message, message)
  }
  const silent = clamdScanner({ host: '127.0.0.1', port: closed, idleMs: 50 })
  await t.rejects(scan(silent, 'x'), { message: 'clamd was silent for 50 ms' })
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  await t.rejects(scan(clamdScanner({ host: '127.0.0.1', port }), 'x'), { message: /ECONNREFUSED/ })
})

t.test('a clamd that goes away in the middle ends the scan; a scan that is given up ends the connection', async (t) => {
  const clamd = await fakeClamd(t, () => null)
  const session = clamdScanner({ host: '127.0.0.1', port: clamd.port }).open()
  await session.write(Buffer.from('x'))
  while (clamd.sockets.size === 0) await new Promise((resolve) => setImmediate(resolve))
  for (const socket of clamd.sockets) socket.destroy()
  const rest = async () => {
    for (;;) await session.write(Buffer.alloc(100_000))
  }
  await t.rejects(rest(), { message: /closed|EPIPE|ECONNRESET/ })
  const second = clamdScanner({ host: '127.0.0.1', port: clamd.port }).open()
  await second.write(Buffer.from('x'))
  while (clamd.sockets.size < 2) await new Promise((resolve) => setImmediate(resolve))
  const [, socket] = clamd.sockets
  const closed = socket === undefined ? Promise.reject(new Error('no connection')) : once(socket, 'close')
  second.abort()
  await t.resolves(closed)
})
