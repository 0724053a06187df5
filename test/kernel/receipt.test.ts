import { createHash } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import {
  type BidManifest,
  type BidReceipt,
  canonicalManifest,
  commitmentOf,
  manifestDifferences,
  readManifest,
  readReceipt,
} from '../../src/kernel/receipt.ts'

const manifest: BidManifest = {
  roundId: 'rnd_1',
  bidId: 'bid_1',
  organizationId: 'org_1',
  number: 2,
  previousCommitment: 'a'.repeat(64),
  ciphertextSha256: 'b'.repeat(64),
  files: [{ documentId: 'doc_1', ciphertextSha256: 'c'.repeat(64), ciphertextByteSize: 2048 }],
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
  receivedAt: '2026-05-11T01:00:00.000Z',
  eventId: 'evt_1',
}

t.test('the commitment is the SHA-256 of the canonical manifest, which anybody can write by hand', async (t) => {
  const byHand =
    '{"bidId":"bid_1",' +
    `"ciphertextSha256":"${'b'.repeat(64)}",` +
    `"files":[{"ciphertextByteSize":2048,"ciphertextSha256":"${'c'.repeat(64)}","documentId":"doc_1"}],` +
    `"number":2,"organizationId":"org_1","previousCommitment":"${'a'.repeat(64)}","roundId":"rnd_1","salt":"c2FsdA"}`
  t.equal(canonicalManifest(manifest), byHand)
  t.equal(commitmentOf(manifest), createHash('sha256').update(byHand).digest('hex'))
})

t.test('the order of the fields does not change the commitment, the order of the files does', async (t) => {
  const other = { documentId: 'doc_2', ciphertextSha256: 'd'.repeat(64), ciphertextByteSize: 0 }
  const [first] = manifest.files
  const turned = Object.fromEntries(Object.entries(manifest).reverse()) as unknown as BidManifest
  t.equal(commitmentOf(turned), commitmentOf(manifest))
  t.equal(commitmentOf({ ...manifest, more: 1 } as BidManifest), commitmentOf(manifest), 'foreign fields are no part')
  t.not(
    commitmentOf({ ...manifest, files: [first ?? other, other] }),
    commitmentOf({ ...manifest, files: [other, first ?? other] }),
  )
})

t.test('a change of any field changes the commitment', async (t) => {
  const changes: Partial<BidManifest>[] = [
    { roundId: 'rnd_2' },
    { bidId: 'bid_2' },
    { organizationId: 'org_2' },
    { number: 3 },
    { previousCommitment: null },
    { ciphertextSha256: 'd'.repeat(64) },
    { files: [] },
    { salt: 'c2FsdB' },
  ]
  t.same(new Set(changes.flatMap(Object.keys)), new Set(Object.keys(manifest)), 'every field is tried')
  const commitments = changes.map((change) => commitmentOf({ ...manifest, ...change }))
  t.equal(new Set([commitmentOf(manifest), ...commitments]).size, changes.length + 1)
})

t.test('what a receipt and its manifest have in common is compared', async (t) => {
  t.same(manifestDifferences(receipt, manifest), [])
  t.same(manifestDifferences(receipt, { ...manifest, salt: 'other' }), ['commitment'])
  t.same(manifestDifferences({ ...receipt, bidId: 'bid_2' }, manifest), ['bidId'])
  t.same(manifestDifferences(receipt, { ...manifest, roundId: 'rnd_2', number: 1 }), [
    'commitment',
    'roundId',
    'number',
  ])
})

t.test('receipts and manifests are read back as they were written', async (t) => {
  t.same(readReceipt(JSON.parse(JSON.stringify(receipt))), { readable: true, value: receipt })
  t.same(readManifest(JSON.parse(JSON.stringify(manifest))), { readable: true, value: manifest })
  t.ok(readReceipt({ ...receipt, iat: 1 }).readable, 'a later version of the service may say more')
})

t.test('what is no receipt is told by the field that is wrong', async (t) => {
  const faults: [unknown, string][] = [
    [null, 'it is no JSON object'],
    ['receipt', 'it is no JSON object'],
    [[receipt], 'it is no JSON object'],
    [{ ...receipt, kind: 'draft' }, 'its kind is not well formed'],
    [{ ...receipt, commitment: 'A'.repeat(64) }, 'its commitment is not well formed'],
    [{ ...receipt, receivedAt: '2026-05-11 09:00' }, 'its receivedAt is not well formed'],
    [{ ...receipt, receivedAt: '2026-02-30T01:00:00.000Z' }, 'its receivedAt is not well formed'],
    [{ ...receipt, number: 0 }, 'its number is not well formed'],
    [{ ...receipt, receiptId: 'rcp\n1' }, 'its receiptId is not well formed'],
  ]
  for (const [payload, fault] of faults) t.same(readReceipt(payload), { readable: false, fault })
  for (const name of Object.keys(receipt)) {
    const { [name as keyof BidReceipt]: _, ...rest } = receipt
    t.same(readReceipt(rest), { readable: false, fault: `it has no ${name}` })
  }
})

t.test('a manifest with a field of its own is refused: the commitment would not cover it', async (t) => {
  t.same(readManifest({ ...manifest, amountFen: 1 }), { readable: false, fault: 'it has a foreign field: amountFen' })
  const [file] = manifest.files
  for (const files of [[{ ...file, name: 'a.pdf' }], [{ ...file, ciphertextByteSize: -1 }], [null], 'none']) {
    t.same(readManifest({ ...manifest, files }), { readable: false, fault: 'its files is not well formed' })
  }
})

t.test('reading never throws, whatever it is given', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.anything(), (value) => {
        readReceipt(value)
        readManifest(value)
      }),
    ),
  )
})
