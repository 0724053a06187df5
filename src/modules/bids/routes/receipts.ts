import type { FastifyInstance } from 'fastify'
import { commandRoute, readRoute } from '../../../platform/http/route.ts'
import type { ModuleDeps } from '../../../platform/module.ts'
import { ReadBid, ReadReceipt, VerifyReceipt } from '../policy.ts'
import { BidParams } from '../schemas/bids.ts'
import {
  CiphertextBody,
  ReceiptBody,
  ReceiptParams,
  Receipts,
  Verification,
  VerificationBody,
} from '../schemas/sealed.ts'
import { readBidReceipt, readCiphertext, readReceiptsOfBid, verifyReceipt } from '../service/receipts.ts'
import { placeBody, receiptBody } from './present.ts'

const tag = 'Bids'

export function receiptRoutes(app: FastifyInstance, deps: Pick<ModuleDeps, 'signer'>): void {
  readRoute(app, {
    url: '/bids/:bidId/receipts',
    operationId: 'listReceipts',
    summary: 'List the receipts of a bid',
    tag,
    description: 'One for each submission and one for a withdrawal, oldest first.',
    allow: ReadBid,
    params: BidParams,
    answer: Receipts,
    run: (work, { params }) => readReceiptsOfBid(work, params.bidId),
    present: (receipts) => ({ items: receipts.map(receiptBody) }),
  })
  readRoute(app, {
    url: '/receipts/:receiptId',
    operationId: 'readReceipt',
    summary: 'Read a receipt',
    tag,
    description: 'From the opening on it tells where the event stands in the audit chain.',
    allow: ReadReceipt,
    params: ReceiptParams,
    answer: ReceiptBody,
    run: (work, { params }) => readBidReceipt(work, params.receiptId),
    present: receiptBody,
  })
  readRoute(app, {
    url: '/bids/:bidId/ciphertext',
    operationId: 'readCiphertext',
    summary: 'Read the sealed content of a bid',
    tag,
    description:
      'The JWE of the version that counts, as canonical JSON has it: keep it beside the receipt. SHA-256 of its canonical form is the manifest’s `ciphertextSha256`.',
    allow: ReadBid,
    params: BidParams,
    answer: CiphertextBody,
    run: (work, { params }) => readCiphertext(work, params.bidId),
    present: (ciphertext) => ciphertext,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/receipts/verify',
    operationId: 'verifyReceipt',
    summary: 'Verify a receipt',
    tag,
    description:
      'Anybody may ask. Genuine is what this service has signed as a receipt; `npm run verify-receipt` says the same offline, with nothing but the public keys of /.well-known/jwks.json.',
    allow: VerifyReceipt,
    body: VerificationBody,
    status: 200,
    answer: Verification,
    run: (work, { body }) => verifyReceipt(work, deps.signer, body.receipt),
    present: ({ isGenuine, receipt, place }) => ({ isGenuine, receipt, place: placeBody(place) }),
  })
}
