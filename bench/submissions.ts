import { randomUUID } from 'node:crypto'
import type { Bidder } from './bidding.ts'
import { Connection, requestHead, type WireAnswer } from './wire.ts'

const SENTENCE =
  '项目面向辖区内独居、空巢和失能老人,由社工与志愿者结对上门,每周至少探访一次并建立服务档案,及时掌握身体与生活状况。'
const money = (amount: string) => ({ amount, currency: 'CNY' })
const ATTACHMENTS = [{ kind: 'application_form' }, { kind: 'commitment_letter' }]

/** Of the rush and of the opening: the application of an agency, as JSON. */
export const BODY_BYTES = 20_480

/** What an agency hands in, with a narrative that makes the body as long as wanted, in bytes. */
export function submissionBody(
  bytes: number,
  attachments: readonly { readonly kind: string; readonly documentId?: string }[] = ATTACHMENTS,
): Buffer {
  const bodyWith = (narrative: string) =>
    Buffer.from(
      JSON.stringify({
        content: {
          grant: money('80000.00'),
          matchingCash: money('20000.00'),
          budgetLines: [
            { category: 'staff_cost', amount: money('22000.00') },
            { category: 'service_activity', amount: money('54000.00') },
            { category: 'overhead', amount: money('4000.00') },
          ],
          attachments,
          narrative,
        },
      }),
    )
  const room = bytes - bodyWith('').length
  const characters = Math.floor(room / Buffer.byteLength('字'))
  const narrative = SENTENCE.repeat(Math.ceil(characters / SENTENCE.length)).slice(0, characters)
  return bodyWith(narrative + 'x'.repeat(room - Buffer.byteLength(narrative)))
}

/** One submission, as the bidder would send it: naming the version that it counts, under a key of its own. */
export function submit(connection: Connection, bidder: Bidder, body: Buffer): Promise<WireAnswer> {
  const headers = {
    authorization: `Bearer ${bidder.secret}`,
    'content-type': 'application/json',
    'if-match': `"${bidder.version}"`,
    'idempotency-key': randomUUID(),
  }
  return connection.ask(requestHead('POST', `/v1/bids/${bidder.bidId}/submission`, headers, body.length), body)
}

export async function openConnections(url: string, count: number): Promise<Connection[]> {
  const connections: Connection[] = []
  // A few at a time: the queue of a listening socket is not made for hundreds at once.
  for (let at = 0; at < count; at += 20) {
    const batch = Array.from({ length: Math.min(20, count - at) }, () => Connection.open(url))
    connections.push(...(await Promise.all(batch)))
  }
  return connections
}

/** The work of many, each doing the next thing as soon as its last is done. */
export async function inLanes<Lane, Item>(
  lanes: readonly Lane[],
  items: Iterable<Item>,
  run: (lane: Lane, item: Item) => Promise<void>,
): Promise<void> {
  const shared = items[Symbol.iterator]()
  await Promise.all(
    lanes.map(async (lane) => {
      for (let next = shared.next(); next.done !== true; next = shared.next()) await run(lane, next.value)
    }),
  )
}
