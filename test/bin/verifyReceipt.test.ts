import { execFile } from 'node:child_process'
import { createHmac, generateKeyPairSync, hash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import canonicalize from 'canonicalize'
import { CompactSign } from 'jose'
import t from 'tap'
import { type BidManifest, type BidReceipt, commitmentOf } from '../../src/kernel/receipt.ts'

const COMMAND = path.join(import.meta.dirname, '../../src/bin/verify-receipt.ts')
const directory = await mkdtemp(path.join(tmpdir(), 'sandan-receipt-'))
t.teardown(() => rm(directory, { recursive: true }))

/** A key that signs, as its holder has it and as the public sees it. */
function newKey(kid: string) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return { kid, privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: 'EdDSA', use: 'sig' } }
}
const service = newKey('key-1')
const retired = newKey('key-0')
const stranger = newKey('key-1')

const sealed = {
  protected: 'e30',
  ciphertext: 'Y2lwaGVy',
  recipients: [{ encrypted_key: 'a2V5' }],
  iv: 'aXY',
  tag: 'dGFn',
}
const file = Buffer.from('age-encryption.org/v1\nencrypted')
const manifest: BidManifest = {
  roundId: 'rnd_1',
  bidId: 'bid_1',
  organizationId: 'org_1',
  number: 2,
  previousCommitment: 'a'.repeat(64),
  ciphertextSha256: hash('sha256', canonicalize(sealed) ?? '', 'hex'),
  files: [
    { documentId: 'doc_1', ciphertextSha256: hash('sha256', file, 'hex'), ciphertextByteSize: file.length },
    { documentId: 'doc_2', ciphertextSha256: 'd'.repeat(64), ciphertextByteSize: 1 },
  ],
  salt: 'c2FsdA',
}
const receipt: BidReceipt = {
  receiptId: 'rcp_1',
  roundId: 'rnd_1',
  bidId: 'bid_1',
  organizationId: 'org_1',
  number: 2,
  kind: 'submission',
  commitment: commitmentOf(manifest),
  receivedAt: '2026-05-11T01:00:00.123Z',
  eventId: 'evt_1',
}

const sign = (payload: unknown, { key = service, header = {} }: { key?: typeof service; header?: object } = {}) =>
  new CompactSign(Buffer.from(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'EdDSA', kid: key.kid, typ: 'sandan-receipt+jwt', ...header })
    .sign(key.privateKey)

let written = 0
/** Writes what a person would have saved, and tells its path. */
async function saved(content: unknown): Promise<string> {
  const name = path.join(directory, `${++written}`)
  const isRaw = typeof content === 'string' || Buffer.isBuffer(content)
  await writeFile(name, isRaw ? content : JSON.stringify(content, null, 2))
  return name
}

const keys = await saved({ keys: [service.jwk, retired.jwk, { kty: 'RSA', kid: 'other', n: 'AQAB', e: 'AQAB' }] })
const jws = await sign(receipt)

function verify(...args: string[]): Promise<{ status: number | string | null | undefined; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [COMMAND, ...args], { env: {} }, (error, stdout, stderr) =>
      resolve({ status: error === null ? 0 : error.code, output: stdout + stderr }),
    )
  })
}
const verifyJws = async (jws: string, ...args: string[]) => verify(await saved(jws), '--keys', keys, ...args)
const notGenuine = (output: RegExp) => ({
  status: 1,
  output: new RegExp(`回执不真实[\\s\\S]*NOT genuine[\\s\\S]*${output.source}`),
})

t.test('a genuine receipt says in both languages what was received and when', async (t) => {
  const { status, output } = await verifyJws(jws)
  t.equal(status, 0, output)
  t.match(output, /回执真实。 The receipt is genuine\./)
  t.match(output, /收到申报 a bid was received/)
  t.match(output, /bid_1, 第 2 版 version 2/)
  t.match(output, /2026-05-11T01:00:00\.123Z = 北京时间 Beijing 2026-05-11 09:00:00\.123/)
  t.match(output, /以数据库时钟为准 by the clock of the database/)
  t.match(output, /未核对 not checked: 清单 manifest, 密文 ciphertext, 文件 files/)
})

t.test('manifest, ciphertext and files are compared, however the JSON was saved', async (t) => {
  const all = ['--manifest', await saved(manifest), '--ciphertext', await saved(sealed), '--file', await saved(file)]
  const whole = await verifyJws(jws, ...all)
  t.match(whole, {
    status: 0,
    output: /已核对 checked: {5}签名 signature, 清单 manifest, 密文 ciphertext, 文件 1\/2 files\n$/,
  })
  const turned = Object.fromEntries(Object.entries(sealed).reverse())
  const answer = await saved({ number: 2, manifest, sealed: turned })
  t.match(await verifyJws(jws, '--manifest', answer, '--ciphertext', answer), { status: 0 })
})

t.test('what stands readable beside the signature must be what was signed', async (t) => {
  const { receiptId: id, ...fields } = receipt
  const answer = { id, ...fields, jws, manifest, place: null }
  const submission = { number: 2, commitment: receipt.commitment, submittedAt: receipt.receivedAt, projectVersion: 1 }
  const bid = { id: 'bid_1', roundId: 'rnd_1', organizationId: 'org_1', submission }
  const check = async (content: object) => verify(await saved(content), '--keys', keys)
  t.match(await check({ receipt: answer, bid }), { status: 0 })
  t.match(await check({ ...answer, receivedAt: '2026-05-11T09:00:00.123+08:00' }), { status: 0 }, 'the same moment')
  t.match(
    await check({ ...answer, receivedAt: '2026-05-11T00:59:00.000Z', number: 3 }),
    notGenuine(/signed was number 2, receivedAt 2026-05-11T01:00:00\.123Z/),
  )
  t.match(await check({ ...answer, commitment: 'b'.repeat(64) }), notGenuine(/signed was commitment /))
  t.match(await check({ ...answer, id: 'rcp_2' }), notGenuine(/signed was receiptId rcp_1/))
  const later = { ...bid, submission: { ...submission, submittedAt: '2026-05-11T02:00:00.000Z' } }
  t.match(await check({ receipt: answer, bid: later }), notGenuine(/signed was receivedAt/))
})

t.test('the answer of the service can be given as it was saved', async (t) => {
  const answer = { id: 'rcp_1', jws, manifest, place: null }
  t.match(await verify(await saved(answer), '--keys', keys), { status: 0, output: /清单 manifest\n未核对/ })
  t.match(await verify(await saved({ bid: {}, receipt: answer }), '--keys', keys), { status: 0 })
  t.match(await verify(await saved({ ...answer, manifest: null }), '--keys', keys), {
    status: 0,
    output: /签名 signature\n/,
  })
})

t.test('a receipt of a retired key and one of a withdrawal are genuine', async (t) => {
  t.match(await verifyJws(await sign(receipt, { key: retired })), { status: 0, output: /signed by: {2}key-0/ })
  const withdrawal = await sign({ ...receipt, kind: 'withdrawal' })
  t.match(await verifyJws(withdrawal), { status: 0, output: /收到撤回 a withdrawal was received/ })
})

t.test('an altered receipt is not genuine', async (t) => {
  const [header, , signature] = jws.split('.')
  const altered = Buffer.from(JSON.stringify({ ...receipt, receivedAt: '2026-05-10T01:00:00.123Z' })).toString(
    'base64url',
  )
  t.match(await verifyJws(`${header}.${altered}.${signature}`), notGenuine(/signature does not fit/))
})

t.test('a receipt forged with another key of the same name is not genuine', async (t) => {
  t.match(await verifyJws(await sign(receipt, { key: stranger })), notGenuine(/signature does not fit/))
})

t.test('a receipt signed with a key outside the set, or bringing its own, is not genuine', async (t) => {
  t.match(
    await verifyJws(await sign(receipt, { header: { kid: 'key-9' } })),
    notGenuine(/key "key-9", which is not in the key set/),
  )
  t.match(await verifyJws(await sign(receipt, { header: { kid: undefined } })), notGenuine(/key none/))
  const own = await sign(receipt, { key: stranger, header: { kid: 'mine', jwk: stranger.jwk } })
  t.match(await verifyJws(own), notGenuine(/not in the key set/))
})

t.test('no algorithm but the one is taken', async (t) => {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const unsigned = `${encode({ alg: 'none', kid: 'key-1', typ: 'sandan-receipt+jwt' })}.${encode(receipt)}`
  t.match(await verifyJws(`${unsigned}.`), notGenuine(/(incomplete|algorithm)/))
  t.match(await verifyJws(`${unsigned}.AAAA`), notGenuine(/algorithm of the signature is not EdDSA/))
  // The public key as the secret of an HMAC: the oldest trick.
  const body = `${encode({ alg: 'HS256', kid: 'key-1', typ: 'sandan-receipt+jwt' })}.${encode(receipt)}`
  const mac = createHmac('sha256', service.jwk.x ?? '')
    .update(body)
    .digest('base64url')
  t.match(await verifyJws(`${body}.${mac}`), notGenuine(/algorithm of the signature is not EdDSA/))
})

t.test('what the service signed as something else is no receipt', async (t) => {
  t.match(
    await verifyJws(await sign(receipt, { header: { typ: 'sandan-checkpoint+jwt' } })),
    notGenuine(/no receipt .typ "sandan-checkpoint/),
  )
  t.match(await verifyJws(await sign({ ...receipt, kind: 'draft' })), notGenuine(/its kind is not well formed/))
})

t.test('a truncated receipt is not genuine, wherever it was cut', async (t) => {
  for (const length of [0, 10, jws.indexOf('.') + 5, jws.lastIndexOf('.'), jws.length - 3]) {
    t.equal((await verifyJws(jws.slice(0, length))).status, 1, `${length} characters`)
  }
})

t.test('a manifest of something else is told by what differs', async (t) => {
  const given = async (changed: object) => verifyJws(jws, '--manifest', await saved({ ...manifest, ...changed }))
  t.match(await given({ salt: 'other' }), notGenuine(/these differ: commitment\./))
  t.match(await given({ bidId: 'bid_2' }), notGenuine(/these differ: commitment, bidId\./))
  t.match(await given({ files: [] }), notGenuine(/these differ: commitment\./))
  t.match(await given({ note: 'x' }), notGenuine(/foreign field: note/))
})

t.test('another ciphertext and a changed file are told', async (t) => {
  const withManifest = ['--manifest', await saved(manifest)]
  const other = await saved({ ...sealed, ciphertext: 'b3RoZXI' })
  t.match(await verifyJws(jws, ...withManifest, '--ciphertext', other), notGenuine(/ciphertext in .* is not the one/))
  const flipped = Buffer.from(file)
  flipped.writeUInt8(flipped.readUInt8(5) ^ 1, 5)
  t.match(
    await verifyJws(jws, ...withManifest, '--file', await saved(file), '--file', await saved(flipped)),
    notGenuine(/none of those/),
  )
})

t.test('what cannot be checked ends with 2, never with a verdict', async (t) => {
  const cannotRun = (output: RegExp) => ({ status: 2, output })
  const saidReceipt = await saved(jws)
  t.match(await verify(saidReceipt), cannotRun(/--keys is missing/))
  t.match(await verify('--keys', keys), cannotRun(/One receipt is expected/))
  t.match(await verify(path.join(directory, 'nowhere'), '--keys', keys), cannotRun(/ENOENT/))
  t.match(await verify(saidReceipt, '--keys', await saved('no json')), cannotRun(/is no JSON/))
  t.match(await verify(saidReceipt, '--keys', await saved({ keys: [] })), cannotRun(/holds no Ed25519 key/))
  t.match(
    await verify(saidReceipt, '--keys', await saved({ keys: [service.jwk, stranger.jwk] })),
    cannotRun(/two keys key-1/),
  )
  t.match(
    await verify(saidReceipt, '--keys', keys, '--ciphertext', await saved(sealed)),
    cannotRun(/--manifest is missing/),
  )
  t.match(await verify(await saved({ id: 'rcp_1' }), '--keys', keys), cannotRun(/holds no receipt/))
  t.match(await verify(saidReceipt, '--keys', keys, '--nonsense'), cannotRun(/--nonsense/))
  t.match(await verify('--help'), { status: 0, output: /离线核验[\s\S]*Exit status/ })
})
