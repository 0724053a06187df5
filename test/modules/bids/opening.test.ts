import { GeneralEncrypt, importJWK } from 'jose'
import t from 'tap'
import { bidOpener } from '../../../src/modules/bids/jobs.ts'
import { fileHolder, kmsHolder } from '../../../src/platform/keys/holders.ts'
import { newHolderKey } from '../../../src/platform/keys/keyFiles.ts'
import { makeSealingKey, openFor, publicPart, type SealingKeyPair } from '../../../src/platform/keys/sealing.ts'
import { type Answer, type TestApp, testApp } from '../../support/app.ts'
import { expecting, TIMETABLE } from '../rounds/fixtures.ts'
import { type Agency, biddingCounty, CONTENT } from './fixtures.ts'

const AFTER = '2026-04-17T01:00:00.000Z'

/** Changes rows behind the service's back; its triggers would refuse that. */
async function tamper(app: TestApp, statement: string, values: unknown[]): Promise<void> {
  const client = await app.database.pool.connect()
  try {
    await client.query("set session_replication_role = 'replica'")
    const { rowCount } = await client.query(statement, values)
    if (rowCount === 0) throw new Error('nothing was tampered with')
  } finally {
    await client.query("set session_replication_role = 'origin'")
    client.release()
  }
}

/** A round with one need and as many bidders as told, each with one submitted bid. */
async function roundOfBids(app: TestApp, count: number, policy: object = {}) {
  const county = await biddingCounty(app)
  const need = await county.newNeed()
  const roundId = await county.biddingRound([need], { policy })
  const bids: { agency: Agency; id: string; receipt: Answer['body'] }[] = []
  for (let index = 0; index < count; index += 1) {
    const agency = await county.newAgency(`机构 ${index}`)
    const draft = await county.draftBid(agency, roundId, need)
    const { body } = expecting(201, await county.submit(agency, draft.body.id, 1))
    bids.push({ agency, id: draft.body.id, receipt: body.receipt })
  }
  return { ...county, need, roundId, bids }
}

const outcomesOf = (record: Answer) =>
  Object.fromEntries(
    record.body.bids.map((line: { bidId: string; outcome: string; reason: string | null }) => [
      line.bidId,
      line.reason === null ? line.outcome : `${line.outcome} ${line.reason}`,
    ]),
  )

t.test('nobody opens early, whoever asks', async (t) => {
  const app = await testApp(t)
  const { call, keyFor, setClock } = app
  const { bids, hostKey, roundId } = await roundOfBids(app, 1)
  const url = `/v1/rounds/${roundId}/opening`
  await setClock('2026-04-16T08:59:59.999Z')
  for (const key of [hostKey, await keyFor('operator')]) {
    const early = await call(key, 'POST', url, undefined, { ifMatch: 2 })
    t.match([early.status, early.body.code], [409, 'bids_still_open'])
  }
  for (const role of ['finance', 'auditor', 'evaluator', 'town', 'agency', 'platform_admin'] as const)
    t.match((await call(await keyFor(role), 'POST', url, undefined, { ifMatch: 2 })).status, 403, role)
  t.equal((await call(null, 'POST', url, undefined, { ifMatch: 2 })).status, 401)
  t.equal(await app.openWaiting(), 0)
  t.equal((await call(bids[0]?.agency.key ?? null, 'GET', `/v1/bids/${bids[0]?.id}`)).body.content, null)
  t.equal((await call(hostKey, 'GET', url)).status, 404, 'there is no opening yet')
})

t.test('what was damaged here is found and named, and holds up no other bid', async (t) => {
  const app = await testApp(t)
  const { call } = app
  const { bids, hostKey, open, roundId, submit } = await roundOfBids(app, 8)
  const [flipped, moved, source, altered, forged, whole, lowered, lost] = bids as [
    never,
    never,
    never,
    never,
    never,
    never,
    never,
    never,
  ] &
    typeof bids
  const kept = (
    await call(
      (flipped as (typeof bids)[0]).agency.key,
      'GET',
      `/v1/bids/${(flipped as (typeof bids)[0]).id}/ciphertext`,
    )
  ).body
  const at = (bid: (typeof bids)[0]) => bid.receipt.commitment
  await tamper(
    app,
    'update bid_version set sealed = set_byte(sealed, 200, get_byte(sealed, 200) # 1) where commitment = $1',
    [at(flipped)],
  )
  await tamper(
    app,
    'update bid_version set sealed = (select sealed from bid_version where commitment = $2) where commitment = $1',
    [at(moved), at(source)],
  )
  await tamper(
    app,
    `update bid_version set manifest = jsonb_set(manifest, '{salt}', '"another"') where commitment = $1`,
    [at(altered)],
  )
  await tamper(app, 'update receipt set jws = (select jws from receipt where commitment = $2) where commitment = $1', [
    at(forged),
    at(source),
  ])
  const { agency, id } = lowered as (typeof bids)[0]
  expecting(201, await submit(agency, id, 2))
  await tamper(
    app,
    'update bid set current_version = 1 where id = (select bid_id from bid_version where commitment = $1)',
    [at(lowered)],
  )
  await tamper(app, 'delete from bid_version where commitment = $1', [at(lost)])
  const record = await open(roundId)
  const idOf = (bid: (typeof bids)[0]) => bid.id
  t.same(outcomesOf(record), {
    [idOf(flipped)]: 'failed_platform ciphertext_changed',
    [idOf(moved)]: 'failed_platform ciphertext_changed',
    [idOf(source)]: 'opened',
    [idOf(altered)]: 'failed_platform manifest_changed',
    [idOf(forged)]: 'failed_platform receipt_differs',
    [idOf(whole)]: 'opened',
    [idOf(lowered)]: 'failed_platform not_the_last_version',
    [idOf(lost)]: 'failed_platform ciphertext_missing',
  })
  t.equal((await call(hostKey, 'GET', `/v1/rounds/${roundId}`)).body.state, 'reviewing')

  t.test('the bidder’s own copy repairs it, and only that', async (t) => {
    const { agency, id } = flipped as (typeof bids)[0]
    const url = `/v1/bids/${id}/repair`
    const { headers } = await call(agency.key, 'GET', `/v1/bids/${id}`)
    const ifMatch = String(headers['etag'])
    const { ciphertext } = kept.sealed
    const other = { ...kept.sealed, ciphertext: `${ciphertext.startsWith('A') ? 'B' : 'A'}${ciphertext.slice(1)}` }
    const refused = await call(agency.key, 'POST', url, { sealed: other }, { ifMatch })
    t.match([refused.status, refused.body.code], [422, 'ciphertext_not_received'])
    t.equal((await call(hostKey, 'POST', url, { sealed: kept.sealed }, { ifMatch })).status, 403)
    expecting(200, await call(agency.key, 'POST', url, { sealed: kept.sealed }, { ifMatch }))
    t.equal(await app.openWaiting(), 1)
    t.match((await call(hostKey, 'GET', `/v1/bids/${id}`)).body.content, { grant: CONTENT.grant })
    const undamaged = bids[5] as (typeof bids)[0]
    const again = await call(
      undamaged.agency.key,
      'POST',
      `/v1/bids/${undamaged.id}/repair`,
      { sealed: kept.sealed },
      {
        ifMatch: 3,
      },
    )
    t.match([again.status, again.body.code], [409, 'bid_not_damaged'])
  })
})

t.test('an opening that is cut off goes on, and opens nothing twice', async (t) => {
  const app = await testApp(t)
  const { bids, hostKey, roundId, versionOf } = await roundOfBids(app, 12)
  await app.setClock(AFTER)
  const ifMatch = await versionOf(`/v1/rounds/${roundId}`, hostKey)
  expecting(200, await app.call(hostKey, 'POST', `/v1/rounds/${roundId}/opening`, undefined, { ifMatch }))
  const opener = bidOpener({ ...app.deps, sandbox: true })
  // Stopped while it works: whatever it has done by then is committed bid by bid.
  const working = opener.openWaiting()
  await opener.stop()
  const before = await working
  t.match((await app.call(hostKey, 'GET', `/v1/rounds/${roundId}/opening`)).body, { state: 'running', bids: [] })
  // Two go on at once, as two processes would.
  const counts = await Promise.all([app.openWaiting(), app.openWaiting()])
  t.equal(before + counts.reduce((sum, count) => sum + count, 0), bids.length)
  const record = await app.call(null, 'GET', `/v1/rounds/${roundId}/opening`)
  t.match(record.body, { state: 'done' })
  t.equal(record.body.bids.length, bids.length)
  const { rows } = await app.database.pool.query(`select count(*)::int as events from event where type = 'bid.opened'`)
  t.equal(rows[0].events, bids.length)
})

t.test('a round that is cancelled is not opened', async (t) => {
  const app = await testApp(t)
  const { bids, hostKey, roundId, versionOf } = await roundOfBids(app, 2)
  const path = `/v1/rounds/${roundId}`
  const act = async (action: string, body?: object) =>
    app.call(hostKey, 'POST', `${path}${action}`, body, { ifMatch: await versionOf(path, hostKey) })
  await app.setClock(AFTER)
  expecting(200, await act('/opening'))
  expecting(200, await act('/cancellation', { reason: '资金未到位' }))
  t.equal(await app.openWaiting(), 0)
  t.equal((await app.call(hostKey, 'GET', `/v1/bids/${bids[0]?.id}`)).status, 404)
  const again = await act('/opening')
  t.match([again.status, again.body.code], [409, 'opening_under_way'])

  t.test('nor is one asked to be opened afterwards', async (t) => {
    const other = await testApp(t)
    const cancelled = await roundOfBids(other, 1)
    const url = `/v1/rounds/${cancelled.roundId}`
    const ifMatch = await cancelled.versionOf(url, cancelled.hostKey)
    expecting(200, await other.call(cancelled.hostKey, 'POST', `${url}/cancellation`, { reason: '取消' }, { ifMatch }))
    await other.setClock(AFTER)
    const refused = await other.call(cancelled.hostKey, 'POST', `${url}/opening`, undefined, { ifMatch: ifMatch + 1 })
    t.match([refused.status, refused.body.code], [409, 'round_not_in_state'])
  })
})

t.test('officers restore the key together, and not with one share less', async (t) => {
  const app = await testApp(t)
  const { call, keyFor } = app
  const operatorKey = await keyFor('operator')
  const officers = await Promise.all(
    ['甲', '乙', '丙', '丁', '戊'].map(async (name) => ({ name, keys: await makeSealingKey() })),
  )
  const policy = {
    sealing: {
      mode: 'server',
      keyHolder: 'officers',
      openersRequired: 2,
      officers: officers.map(({ name, keys }) => ({ name, publicKey: keys.publicKey.jwk })),
      sharesRequired: 3,
    },
  }
  const { bids, hostKey, roundId, versionOf } = await roundOfBids(app, 2, policy)
  const shareOf = async (index: number) => {
    const { body } = expecting(200, await call(hostKey, 'GET', `/v1/rounds/${roundId}/key-shares`))
    return openFor(body.items[index].sealedShare, (officers[index] as { keys: SealingKeyPair }).keys.privateKey.jwk)
  }
  const handIn = (share: string) => call(operatorKey, 'POST', `/v1/rounds/${roundId}/key-shares`, { share })
  const early = await handIn(await shareOf(0))
  t.match([early.status, early.body.code], [409, 'bids_still_open'])
  await app.setClock(AFTER)
  const soon = await handIn(await shareOf(0))
  t.match([soon.status, soon.body.code], [409, 'opening_not_requested'])

  const ask = async (key: string) =>
    expecting(
      200,
      await call(key, 'POST', `/v1/rounds/${roundId}/opening`, undefined, {
        ifMatch: await versionOf(`/v1/rounds/${roundId}`, hostKey),
      }),
    )
  t.match((await ask(hostKey)).body, { state: 'awaiting_openers', openers: 1, openersRequired: 2 })
  t.match((await ask(hostKey)).body, { state: 'awaiting_openers', openers: 1 }, 'the same person twice is one')
  t.match((await ask(operatorKey)).body, { state: 'awaiting_shares', openers: 2, sharesMissing: 3 })
  t.match((await handIn(await shareOf(0))).body, { state: 'awaiting_shares', sharesMissing: 2 })
  const repeated = await handIn(await shareOf(0))
  t.match([repeated.status, repeated.body.code], [409, 'key_share_repeated'])
  const wrong = await handIn(Buffer.alloc(33, 7).toString('base64url'))
  t.match([wrong.status, wrong.body.code], [422, 'key_share_wrong'])
  t.match((await handIn(await shareOf(2))).body, { state: 'awaiting_shares', sharesMissing: 1 })
  t.equal(await app.openWaiting(), 0, 'two of three open nothing')
  t.match((await handIn(await shareOf(4))).body, { state: 'running', sharesMissing: 0 })
  t.equal(await app.openWaiting(), bids.length)
  const late = await handIn(await shareOf(1))
  t.match([late.status, late.body.code], [409, 'key_shares_unused'])
  const { rows } = await app.database.pool.query('select count(handed_in)::int as kept from key_share')
  t.equal(rows[0].kept, 0, 'what was handed in is forgotten')
})

t.test('without its holder an opening waits, shows nothing, and goes on when the holder is there', async (t) => {
  const key = newHolderKey()
  const sealing = { holders: { file: fileHolder(publicPart(key)) }, escrow: null, serviceKey: Buffer.alloc(32, 1) }
  const app = await testApp(t, { sealing })
  const { bids, hostKey, roundId, versionOf } = await roundOfBids(app, 2)
  await app.setClock(AFTER)
  const ifMatch = await versionOf(`/v1/rounds/${roundId}`, hostKey)
  expecting(200, await app.call(hostKey, 'POST', `/v1/rounds/${roundId}/opening`, undefined, { ifMatch }))
  t.equal(await app.openWaiting(), 0, 'this process has the public half alone')
  t.match((await app.call(hostKey, 'GET', `/v1/rounds/${roundId}/opening`)).body, { state: 'awaiting_key', bids: [] })
  t.equal((await app.call(hostKey, 'GET', `/v1/bids/${bids[0]?.id}`)).status, 404)
  const withKey = { ...app.deps, sealing: { ...sealing, holders: { file: fileHolder(key) } }, sandbox: true }
  t.equal(await bidOpener(withKey).openWaiting(), 2)
})

t.test('a key management service may hold the key', async (t) => {
  const secrets = new Map<string, Buffer>()
  const kms = kmsHolder({
    async wrap(secret, context) {
      secrets.set(context, secret)
      return context
    },
    async unwrap(wrapped) {
      return secrets.get(wrapped) as Buffer
    },
  })
  const app = await testApp(t, { sealing: { holders: { kms }, escrow: null, serviceKey: Buffer.alloc(32, 1) } })
  const policy = { sealing: { mode: 'server', keyHolder: 'kms', openersRequired: 1, officers: [], sharesRequired: 1 } }
  const { open, roundId } = await roundOfBids(app, 1, policy)
  t.match((await open(roundId)).body.bids, [{ outcome: 'opened' }])
})

t.test('where bidders seal themselves the service never sees what they bid', async (t) => {
  const archive = await makeSealingKey()
  const app = await testApp(t, {
    env: { SEALING_ESCROW_KEY: JSON.stringify(archive.publicKey) },
  })
  const { call } = app
  const policy = { sealing: { mode: 'client', keyHolder: 'file', openersRequired: 1, officers: [], sharesRequired: 1 } }
  const county = await biddingCounty(app)
  const need = await county.newNeed()
  const roundId = await county.biddingRound([need], { policy })
  const key = expecting(200, await call(null, 'GET', `/v1/rounds/${roundId}/sealing-key`)).body
  t.match(key, { keyHolder: 'file', escrow: { kid: archive.publicKey.kid } })
  const sealedBid = async (
    name: string,
    content: unknown,
    change: Record<string, unknown> = {},
    recipients = [key, key.escrow],
    bytes: Uint8Array = Buffer.from(JSON.stringify(content)),
  ) => {
    const agency = await county.newAgency(name)
    const { body } = await county.draftBid(agency, roundId, need)
    const header = { tenant: app.hostId, round: roundId, bid: body.id, ver: 1, ctype: 'sandan-bid+json', ...change }
    // As a client would, with a library of its own choice.
    const sealing = new GeneralEncrypt(bytes).setProtectedHeader({ ...header, enc: 'A256GCM' })
    for (const { kid, jwk } of recipients)
      sealing.addRecipient(await importJWK(jwk, 'ECDH-ES+A256KW')).setUnprotectedHeader({ alg: 'ECDH-ES+A256KW', kid })
    const sealed: Record<string, unknown> & { ciphertext: string } = { ...(await sealing.encrypt()) } as never
    const send = (given: object) => call(agency.key, 'POST', `/v1/bids/${body.id}/submission`, given, { ifMatch: 1 })
    return { id: body.id as string, sealed, send }
  }
  const good = await sealedBid('暖汀社', CONTENT)
  t.equal((await good.send({ sealed: good.sealed })).status, 201)
  const broken = await sealedBid('乱码社', { grant: 'a lot' })
  t.equal((await broken.send({ sealed: broken.sealed })).status, 201, 'nobody can look inside')
  const refusals = {
    'another bid': await sealedBid('挪用社', CONTENT, { bid: good.id }),
    'another version': await sealedBid('旧版社', CONTENT, { ver: 2 }),
    'the archive left out': await sealedBid('漏档社', CONTENT, {}, [key]),
  }
  for (const [name, { sealed, send }] of Object.entries(refusals)) {
    const refused = await send({ sealed })
    t.match([refused.status, refused.body.code], [422, 'sealed_content_invalid'], name)
  }
  const plain = await refusals['another bid'].send({ content: CONTENT })
  t.match([plain.status, plain.body.code], [422, 'sealed_content_expected'])
  const both = await refusals['another bid'].send({ content: CONTENT, sealed: good.sealed })
  t.match([both.status, both.body.code], [422, 'submission_ambiguous'])
  const wrongKey = await sealedBid('错钥社', CONTENT, {}, [
    { ...(await makeSealingKey()).publicKey, kid: key.kid },
    key.escrow,
  ])
  t.equal((await wrongKey.send({ sealed: wrongKey.sealed })).status, 201)
  const foreign = await sealedBid('借件社', {
    ...CONTENT,
    attachments: [{ kind: 'application_form', documentId: 'doc_00000000000000000000000000' }],
  })
  t.equal((await foreign.send({ sealed: foreign.sealed })).status, 201)
  const short = await foreign.send({ sealed: { ...foreign.sealed, iv: 'AA' } })
  t.equal(short.status, 400, 'what no key could open is no seal')
  const binary = await sealedBid('非文社', CONTENT, {}, [key, key.escrow], Buffer.from([0xff, 0xfe, 0xfd]))
  t.equal((await binary.send({ sealed: binary.sealed })).status, 201)
  const record = await county.open(roundId)
  t.same(outcomesOf(record), {
    [good.id]: 'opened',
    [broken.id]: 'failed_bidder content_invalid',
    [wrongKey.id]: 'failed_bidder undecryptable',
    [binary.id]: 'failed_bidder malformed',
    [foreign.id]: 'failed_bidder file_not_submitted',
  })
  t.match((await call(county.hostKey, 'GET', `/v1/bids/${good.id}`)).body, { content: { grant: CONTENT.grant } })
  t.ok(TIMETABLE.closesAt < AFTER)
})
