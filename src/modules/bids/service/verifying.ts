import { SYSTEM } from '../../../kernel/actor.ts'
import { type BidReceipt, RECEIPT_TYP, readReceipt } from '../../../kernel/receipt.ts'
import type { Sql } from '../../../platform/database/database.ts'
import { readAtOneMoment, walk } from '../../../platform/database/walk.ts'
import { eventsOfSubjects, pageOfEvents } from '../../../platform/events/lookUp.ts'
import { isTypeId } from '../../../platform/ids.ts'
import type { Flaw, Verified, VerifyDeps } from '../../../platform/module.ts'
import { newWork } from '../../../platform/work.ts'
import { sealedFilesOf } from '../../documents/index.ts'
import { BID_EVENTS, type BidRecord, flawsOfBid, type KeptReceipt, type KeptVersion } from '../rules/recorded.ts'
import {
  bidsThere,
  pageOfBids,
  pageOfLostReceipts,
  pageOfLostVersions,
  receiptsOfBids,
  versionsOf,
} from '../store/kept.ts'

/** Bids in memory at a time, with their manifests and receipts; ciphertexts stay in the database. */
const PAGE = 50
/** Rows that are nothing but identifiers. */
const LONG_PAGE = 2_000
const FIRST_EVENTS = ['bid.drafted', 'bid.submitted'] as const

/**
 * Compares every bid, each of its versions and each of its receipts with what was signed and recorded, withheld events
 * included. Finds as well versions, receipts and events whose bid is not there any more.
 */
export async function* verifyBids({ database: { sql }, signer }: VerifyDeps): AsyncGenerator<Flaw, Verified> {
  const verified = { bids: 0, versions: 0, receipts: 0 }
  for await (const page of walk<Unread>((last) => readPage(sql, last?.bid.id))) {
    for (const { receipts, ...record } of page) {
      verified.bids += 1
      verified.versions += record.versions.length
      verified.receipts += receipts.length
      const signed = receipts.map(async (receipt) => ({ ...receipt, signed: await signedIn(receipt, signer) }))
      yield* flawsOfBid({ ...record, receipts: await Promise.all(signed) })
    }
  }
  yield* lostRows(sql)
  return verified
}

type Unread = Omit<BidRecord, 'receipts'> & { readonly receipts: readonly KeptReceipt[] }

/** All that belongs to some bids at one moment, so that a submission meanwhile is no difference. */
function readPage(sql: Sql, after: string | undefined): Promise<Unread[]> {
  return readAtOneMoment(sql, async (sql) => {
    const bids = await pageOfBids(sql, after, PAGE)
    const ids = bids.map(({ id }) => id)
    const versions = await versionsOf(sql, ids)
    const versionsByBid = Map.groupBy(versions, ({ bidId }) => bidId)
    const receipts = Map.groupBy(await receiptsOfBids(sql, ids), ({ bidId }) => bidId)
    const events = Map.groupBy(await eventsOfSubjects(sql, ids, BID_EVENTS), ({ subject }) => subject)
    const roundIds = [...new Set(bids.map(({ roundId }) => roundId))]
    const amendments = Map.groupBy(await eventsOfSubjects(sql, roundIds, ['round.amended']), ({ subject }) => subject)
    const files = await filesIn(sql, versions)
    return bids.map((bid) => ({
      bid,
      versions: versionsByBid.get(bid.id) ?? [],
      receipts: receipts.get(bid.id) ?? [],
      events: events.get(bid.id) ?? [],
      amendments: amendments.get(bid.roundId) ?? [],
      files,
    }))
  })
}

/** The documents that the manifests name, as far as such can be read from them: somebody may have changed them. */
async function filesIn(sql: Sql, versions: readonly KeptVersion[]): Promise<BidRecord['files']> {
  const named = versions.flatMap(({ manifest }) => {
    const { files } = (manifest ?? {}) as { files?: unknown }
    return Array.isArray(files) ? files.map((file: { documentId?: unknown } | null) => file?.documentId) : []
  })
  const ids = new Set(named.filter((id): id is string => typeof id === 'string' && isTypeId(id, 'doc')))
  const work = newWork({ sql, actor: SYSTEM, requestId: 'verifying', sandbox: false })
  return new Map((await sealedFilesOf(work, [...ids])).map((file) => [file.documentId, file]))
}

async function signedIn({ jws }: KeptReceipt, signer: VerifyDeps['signer']): Promise<BidReceipt | undefined> {
  const reading = readReceipt(await signer.verify(RECEIPT_TYP, jws))
  return reading.readable ? reading.value : undefined
}

async function* lostRows(sql: Sql): AsyncGenerator<Flaw> {
  const versions = walk<{ readonly bidId: string; readonly number: number }>((last) =>
    pageOfLostVersions(sql, last, LONG_PAGE),
  )
  for await (const page of versions)
    for (const { bidId, number } of page) yield { what: 'bid_version', id: `${bidId}/${number}`, code: 'bid_missing' }
  const receipts = walk<{ readonly id: string }>((last) => pageOfLostReceipts(sql, last, LONG_PAGE))
  for await (const page of receipts) for (const { id } of page) yield { what: 'receipt', id, code: 'bid_missing' }
  const events = walk<{ readonly id: string; readonly subject: string }>((last) =>
    pageOfEvents(sql, FIRST_EVENTS, last?.id, LONG_PAGE),
  )
  for await (const page of events) {
    const named = [...new Set(page.map(({ subject }) => subject))].filter((id) => isTypeId(id, 'bid'))
    // A bid is written together with its first event and never removed, so it may be looked for afterwards.
    const there = await bidsThere(sql, named)
    for (const id of named) if (!there.has(id)) yield { what: 'bid', id, code: 'missing' }
  }
}
