import { createHash } from 'node:crypto'
import t from 'tap'
import { encryption } from '../../../src/platform/files/age.ts'
import { type Scanner, ScannerUnavailable } from '../../../src/platform/files/scanner.ts'
import { sealJson } from '../../../src/platform/keys/sealing.ts'
import { testApp } from '../../support/app.ts'
import { expecting } from '../rounds/fixtures.ts'
import { biddingCounty, CONTENT } from './fixtures.ts'

t.test('files that nobody has seen wait for the scanner, and the opening with them', async (t) => {
  let isThere = true
  const scanner: Scanner = {
    isReal: true,
    open() {
      if (!isThere) throw new ScannerUnavailable('the scanner is being restarted')
      return { write: async () => undefined, end: async () => ({ clean: true }), abort: () => undefined }
    },
  }
  const app = await testApp(t, { scanner })
  const { app: server, call, hostId, openWaiting } = app
  const county = await biddingCounty(app)
  const need = await county.newNeed()
  const sealing = { mode: 'client', keyHolder: 'file', openersRequired: 1, officers: [], sharesRequired: 1 }
  const roundId = await county.biddingRound([need], { policy: { sealing } })
  const key = expecting(200, await call(null, 'GET', `/v1/rounds/${roundId}/sealing-key`)).body
  const agency = await county.newAgency('暖汀社会工作服务中心')
  const bidId = (await county.draftBid(agency, roundId, need)).body.id

  const plain = Buffer.from('%PDF-1.7\n%%EOF\n')
  const chunks: Buffer[] = []
  for await (const chunk of encryption([key.ageRecipient])(singly(plain))) chunks.push(chunk)
  const file = Buffer.concat(chunks)
  const announced = await call(agency.key, 'POST', `/v1/bids/${bidId}/documents`, {
    fileName: '申报书.pdf',
    mediaType: 'application/pdf',
    byteSize: file.length,
    sha256: createHash('sha256').update(file).digest('hex'),
  })
  const documentId = expecting(201, announced).body.id
  const uploaded = await server.inject({
    method: 'PUT',
    url: `/v1/documents/${documentId}/content`,
    headers: { authorization: `Bearer ${agency.key}`, 'content-type': 'application/pdf' },
    payload: file,
  })
  t.equal(uploaded.statusCode, 200, 'a ciphertext shows nothing to a scanner')
  const content = { ...CONTENT, attachments: [...CONTENT.attachments, { kind: 'other', documentId }] }
  const header = { tenant: hostId, round: roundId, bid: bidId, ver: 1, ctype: 'sandan-bid+json' }
  const recipients = key.escrow === null ? [key] : [key, key.escrow]
  const sealed = JSON.parse(sealJson(JSON.stringify(content), header, recipients))
  const submission = { sealed, documentIds: [documentId] }
  expecting(201, await call(agency.key, 'POST', `/v1/bids/${bidId}/submission`, submission, { ifMatch: 1 }))

  isThere = false
  const waiting = await county.open(roundId)
  t.match(waiting.body, { state: 'running', bids: [] }, 'the host is told that it goes on')
  const unread = await server.inject({
    url: `/v1/documents/${documentId}`,
    headers: { authorization: `Bearer ${agency.key}` },
  })
  t.equal(unread.json().state, 'sealed')

  isThere = true
  t.equal(await openWaiting(), 1)
  const done = expecting(200, await call(county.hostKey, 'GET', `/v1/rounds/${roundId}/opening`))
  t.match(done.body, { state: 'done', bids: [{ bidId, outcome: 'opened' }] })
})

async function* singly(bytes: Buffer) {
  yield bytes
}
