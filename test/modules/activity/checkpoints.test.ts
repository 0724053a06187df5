import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { makeCheckpoint } from '../../../src/platform/events/checkpoints.ts'
import { whatIsWrongWithEvent, whatIsWrongWithProof } from '../../../src/platform/events/proofCheck.ts'
import { insertEvent, releaseEvents } from '../../../src/platform/events/record.ts'
import { preimageOfEvent, readHead } from '../../../src/platform/events/rows.ts'
import { newId } from '../../../src/platform/ids.ts'
import { createSigner, newSigningKey, readSigningKeys, verifyJws } from '../../../src/platform/signing.ts'
import { event, sealAll } from '../../platform/events/events.ts'
import { testApp } from '../../support/app.ts'

const { call, keyFor, hostId, database, deps } = await testApp(t)
const directory = await mkdtemp(path.join(tmpdir(), 'sandan-proofs-'))
t.teardown(() => rm(directory, { recursive: true }))
const AT_ONCE = { everyEvents: 1, everyMs: 0 }
const get = (url: string) => call(null, 'GET', url)

/** Events happen, are sealed and signed; the answer of the latest checkpoint. */
async function grow(count: number) {
  await database.transaction(async (sql) => {
    for (let n = 0; n < count; n++) await insertEvent(sql, event({ n }, { hostId }))
  })
  await sealAll(database)
  await makeCheckpoint(database, deps.signer, AT_ONCE)
  return (await get('/v1/checkpoints/latest')).body
}

t.test('before the first checkpoint there is nothing to prove', async (t) => {
  for (const url of ['/v1/checkpoints/latest', '/v1/events/1/inclusion-proof', '/v1/consistency-proof?from=1'])
    t.match(await get(url), { status: 404, body: { code: 'no_checkpoint_yet' } }, url)
  t.match(await get('/v1/checkpoints'), { status: 200, body: { items: [], nextCursor: null } })
})

t.test('everybody reads the public keys, the latest checkpoint and the list of all', async (t) => {
  const first = await grow(5)
  const keys = await get('/.well-known/jwks.json')
  t.equal(keys.status, 200)
  t.same(keys.body, deps.signer.jwks())
  const { jws, ...claim } = first
  t.same(await verifyJws(keys.body, 'sandan-checkpoint+jwt', jws), claim, 'the answer says what is signed')
  t.equal(claim.hash, (await readHead(database.sql)).hash.toString('hex'))
  const second = await grow(40)
  const third = await grow(1)
  const page = await get('/v1/checkpoints?limit=2')
  t.same(page.body.items, [third, second], 'the newest first')
  const rest = await get(`/v1/checkpoints?limit=2&cursor=${encodeURIComponent(page.body.nextCursor)}`)
  t.same(rest.body, { items: [first], nextCursor: null })
})

t.test('a proof is checked with nothing but public keys, and with anything changed it fails', async (t) => {
  const older = (await get('/v1/checkpoints')).body.items.at(-1)
  const newer = await grow(30)
  const keySet = (await get('/.well-known/jwks.json')).body
  const basis = { keySet, checkpoint: newer.jws as string, olderCheckpoint: older.jws as string }
  const inclusion = (await get('/v1/events/7/inclusion-proof')).body
  const consistency = (await get(`/v1/consistency-proof?from=${older.size}`)).body
  t.equal(inclusion.checkpoint, newer.jws)
  t.equal(consistency.checkpoint, newer.jws)
  t.same([consistency.fromRoot, consistency.toRoot], [older.root, newer.root])
  t.equal(await whatIsWrongWithProof(inclusion, { ...basis, eventHash: inclusion.eventHash }), undefined)
  t.equal(await whatIsWrongWithProof(consistency, basis), undefined)
  const readable = { readable: newer, olderReadable: { ...older, at: older.at.replace('Z', '+00:00') } }
  t.equal(await whatIsWrongWithProof(consistency, { ...basis, ...readable }), undefined)

  const changedDigit = (hex: string, at: number) =>
    `${hex.slice(0, at)}${hex[at] === '0' ? '1' : '0'}${hex.slice(at + 1)}`
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.nat({ max: 63 }), async (place, digit) => {
      const change = (path: string[]) =>
        path.map((hash, index) => (index === place % path.length ? changedDigit(hash, digit) : hash))
      const broken = { ...inclusion, path: change(inclusion.path) }
      const rewritten = { ...consistency, path: change(consistency.path) }
      return (
        (await whatIsWrongWithProof(broken, basis)) !== undefined &&
        (await whatIsWrongWithProof(rewritten, basis)) !== undefined
      )
    }),
    { numRuns: 50 },
  )
  const stranger = createSigner(readSigningKeys(newSigningKey(), undefined)).jwks()
  for (const [proof, changes, reason] of [
    [inclusion, { keySet: stranger }, /checkpoint is signed by none/],
    [consistency, { olderCheckpoint: 'aa.bb.cc' }, /older checkpoint is signed by none/],
    [consistency, { olderCheckpoint: undefined }, /needs the older checkpoint/],
    [inclusion, { checkpoint: older.jws }, /the checkpoint about 5|about .* events, the checkpoint about/],
    [inclusion, { eventHash: '0'.repeat(64) }, /about another event/],
    [{ ...inclusion, root: '0'.repeat(64) }, {}, /names another root than/],
    [{ ...consistency, fromRoot: '0'.repeat(64) }, {}, /names another fromRoot/],
    [{ ...consistency, toRoot: '0'.repeat(64) }, {}, /names another toRoot/],
    [{ ...inclusion, checkpoint: older.jws }, {}, /inside the proof is about another tree/],
    [{ ...inclusion, checkpoint: 'aa.bb.cc' }, {}, /inside the proof is signed by none/],
    [inclusion, { readable: { ...newer, root: older.root, hash: older.hash } }, /was not signed: root, hash/],
    [inclusion, { readable: { ...newer, size: '7', at: '2020-01-01T00:00:00.000Z' } }, /was not signed: size, at/],
    [consistency, { olderReadable: { ...older, size: '4' } }, /older checkpoint was not signed: size/],
    [{ ...inclusion, seq: '8' }, {}, /the path leads to the root/],
    [{ ...inclusion, path: [] }, {}, /no tree of/],
    [{ ...inclusion, eventHash: 'x' }, {}, /lacks/],
    [{ ...consistency, from: '6' }, {}, /is about 6 and/],
    [{ path: [] }, {}, /neither/],
    [null, {}, /no path/],
  ] as const)
    t.match(await whatIsWrongWithProof(proof, { ...basis, ...changes }), reason)
})

t.test('a proof of what no checkpoint covers, or of what runs backwards, is refused', async (t) => {
  const { size } = (await get('/v1/checkpoints/latest')).body
  const beyond = (BigInt(size) + 1n).toString()
  for (const url of [
    `/v1/events/${beyond}/inclusion-proof`,
    `/v1/events/1/inclusion-proof?size=${beyond}`,
    `/v1/consistency-proof?from=${beyond}`,
    `/v1/consistency-proof?from=1&to=${beyond}`,
  ])
    t.match(await get(url), { status: 409, body: { code: 'size_beyond_checkpoint' } }, url)
  for (const url of ['/v1/events/9/inclusion-proof?size=8', '/v1/consistency-proof?from=9&to=8'])
    t.match(await get(url), { status: 422, body: { code: 'proof_range_invalid' } }, url)
  for (const url of ['/v1/events/0/inclusion-proof', '/v1/events/1/inclusion-proof?size=x', '/v1/consistency-proof'])
    t.equal((await get(url)).status, 400, url)
  t.match(await get('/v1/events/3/inclusion-proof?size=4'), { status: 200, body: { size: '4', checkpoint: null } })
})

/** Everything in which a number or a hash could move, as each reader gets it. */
async function allThatIsShown(keys: readonly string[]): Promise<string> {
  const { size } = (await get('/v1/checkpoints/latest')).body
  const answers: unknown[] = []
  const note = async (key: string | null, url: string) => {
    const { status, body, headers } = await call(key, 'GET', url)
    answers.push({ url, status, body, length: headers['content-length'], etag: headers.etag })
  }
  for (const key of keys) {
    for (const url of [
      '/v1/changes',
      '/v1/changes?after=latest',
      '/v1/changes?after=0&limit=3&types=bid.*',
      '/v1/audit-chain',
    ])
      await note(key, url)
    const verified = await call(key, 'POST', '/v1/audit-chain/verifications', {})
    answers.push({ status: verified.status, body: verified.body })
  }
  for (const url of [
    '/v1/checkpoints/latest',
    '/v1/checkpoints',
    `/v1/events/${size}/inclusion-proof`,
    `/v1/events/${BigInt(size) + 1n}/inclusion-proof`,
    '/v1/consistency-proof?from=1',
    `/v1/consistency-proof?from=${BigInt(size) + 1n}`,
  ])
    await note(null, url)
  return JSON.stringify(answers)
    .replaceAll(/"requestId":"[^"]*"/g, '')
    .replaceAll(/"instance":"[^"]*"/g, '')
}

t.test('with 0, 1 and 50 bids in an unopened round every answer is the same to the byte', async (t) => {
  const round = newId('rnd')
  const readers = await Promise.all(
    (['platform_admin', 'host', 'auditor', 'operator', 'finance'] as const).map((role) => keyFor(role)),
  )
  await grow(1)
  const none = await allThatIsShown(readers)
  for (const [before, after] of [
    [0, 1],
    [1, 50],
  ] as const) {
    for (let n = before; n < after; n++)
      await insertEvent(database.sql, event({ n }, { type: 'bid.submitted', hostId, withheldBy: round }))
    await sealAll(database)
    t.equal(await makeCheckpoint(database, deps.signer, AT_ONCE), undefined, 'nothing is due')
    t.equal(await allThatIsShown(readers), none, `${after} bids`)
  }
  await releaseEvents(database.sql, round)
  await sealAll(database)
  await makeCheckpoint(database, deps.signer, AT_ONCE)
  t.not(await allThatIsShown(readers), none, 'after the opening they are there')
  const opened = await call(readers[1] ?? null, 'GET', '/v1/changes?types=bid.*&limit=1000')
  t.equal(opened.body.items.length, 50)
})

function verifyProof(args: readonly string[]): Promise<{ status: unknown; output: string }> {
  const command = path.join(import.meta.dirname, '../../../src/bin/verify-proof.ts')
  return new Promise((resolve) => {
    execFile(process.execPath, [command, ...args], (error, stdout, stderr) =>
      resolve({ status: error === null ? 0 : error.code, output: stdout + stderr }),
    )
  })
}

t.test('the command checks saved answers offline and ends with 0, 1 or 2', async (t) => {
  const bid = await insertEvent(database.sql, event({ commitment: 'ab' }, { type: 'bid.submitted' }))
  const checkpoint = await grow(3)
  const preimage = await preimageOfEvent(database.sql, bid)
  if (preimage === null) throw new Error('the event is sealed')
  const shown = {
    seq: preimage.seq.toString(),
    hash: preimage.hash.toString('hex'),
    previousHash: preimage.previousHash.toString('hex'),
    canonical: preimage.canonical,
  }
  t.equal(whatIsWrongWithEvent(shown), undefined)
  t.match(
    whatIsWrongWithEvent({ ...shown, canonical: shown.canonical.replace('"ab"', '"ac"') }),
    /content has the hash/,
  )
  t.match(whatIsWrongWithEvent({}), /lacks/)
  const save = async (name: string, content: unknown) => {
    const file = path.join(directory, name)
    await writeFile(file, JSON.stringify(content))
    return file
  }
  const { body: proof } = await get(`/v1/events/${shown.seq}/inclusion-proof`)
  const basis = [
    '--keys',
    await save('jwks.json', deps.signer.jwks()),
    '--checkpoint',
    await save('checkpoint.json', checkpoint),
    '--event',
    await save('event.json', shown),
  ]
  const whole = await save('proof.json', proof)
  const broken = await save('broken.json', { ...proof, path: proof.path.toReversed() })
  t.same(await verifyProof([...basis, '--proof', whole]), { status: 0, output: 'The proof holds.\n' })
  t.match(await verifyProof([...basis, '--proof', broken]), { status: 1, output: /FAILS: the path leads to the root/ })
  t.match(await verifyProof([...basis, '--proof', path.join(directory, 'none')]), { status: 2 })
})
