import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { uuidOf } from '../src/platform/ids.ts'
import { type Bidder, type Bidding, prepareBidding } from './bidding.ts'
import { inPlace, type Place, type Say } from './place.ts'
import { BODY_BYTES, inLanes, openConnections, submissionBody, submit } from './submissions.ts'
import { type Connection, requestHead, type WireAnswer } from './wire.ts'

/** The opening of a large round (L4 of the reliability scenarios). */
export interface OpeningOptions {
  readonly json: boolean
  readonly bids: number
  readonly filesPerBid: number
  /** Bytes of each file. */
  readonly fileBytes: number
}

export interface OpeningReport {
  /** From the request for the opening to its end, the kill of the worker in the middle included. */
  readonly seconds: number
  readonly bids: number
  readonly files: number
  /** Bids with more than one opening event, and documents with more than one of their own. */
  readonly openedTwice: number
  /** Bids that had an outcome when the worker was killed. */
  readonly openedBeforeKill: number
  /** Bids that did not open. */
  readonly failed: number
}

const CONNECTIONS = 20
const POLL_MS = 50
const PATIENCE_MS = 1_200_000
const PAPER = [{ kind: 'application_form' }, { kind: 'commitment_letter' }]

export function runOpening(options: OpeningOptions, say: Say): Promise<OpeningReport> {
  return inPlace({ durable: true, say }, (place) => measure(options, place))
}

async function measure(options: OpeningOptions, place: Place): Promise<OpeningReport> {
  const bidding = await prepareBidding(place, options.bids)
  const { roundId, bidders } = await bidding.holdRound(new Date(Date.now() + 86_400_000))
  const connections = await openConnections(bidding.api.url, CONNECTIONS)
  await inLanes(connections, bidders, (connection, bidder) => handIn(connection, bidder, options))
  place.say(`${options.bids} bids with ${options.filesPerBid} files each are in`)
  await bidding.moveClosing(roundId, new Date(Date.now() - 1_000))
  const began = performance.now()
  await requestOpening(bidding, connections[0] as Connection, roundId)
  for (const connection of connections) connection.close()

  const doomed = bidding.startWorker()
  const openedBeforeKill = await when(() => openedBids(bidding, roundId), Math.ceil(options.bids / 2))
  await doomed.stop('SIGKILL')
  place.say(`the worker was killed when ${openedBeforeKill} bids were open`)
  const worker = bidding.startWorker()
  place.onEnd(() => worker.stop())
  await when(() => finishedOpenings(bidding, roundId), 1)
  const seconds = (performance.now() - began) / 1000
  return {
    seconds: Math.round(seconds * 10) / 10,
    bids: options.bids,
    openedBeforeKill,
    ...(await found(bidding, roundId)),
  }
}

/** Announces and uploads the files of a bid, and submits it with them. */
async function handIn(
  connection: Connection,
  bidder: Bidder,
  { filesPerBid, fileBytes }: OpeningOptions,
): Promise<void> {
  const authorization = `Bearer ${bidder.secret}`
  const attachments: { kind: string; documentId?: string }[] = [...PAPER]
  for (let number = 1; number <= filesPerBid; number++) {
    const content = pdf(`${bidder.bidId} ${number}`, fileBytes)
    const sha256 = createHash('sha256').update(content).digest('hex')
    const announced = Buffer.from(
      JSON.stringify({ fileName: `附件${number}.pdf`, mediaType: 'application/pdf', byteSize: content.length, sha256 }),
    )
    const headers = { authorization, 'content-type': 'application/json' }
    const head = requestHead('POST', `/v1/bids/${bidder.bidId}/documents`, headers, announced.length)
    const { id: documentId } = JSON.parse(expect(201, await connection.ask(head, announced)).body)
    const upload = { authorization, 'content-type': 'application/pdf' }
    const put = requestHead('PUT', `/v1/documents/${documentId}/content`, upload, content.length)
    expect(200, await connection.ask(put, content))
    attachments.push({ kind: 'other', documentId })
  }
  expect(201, await submit(connection, bidder, submissionBody(BODY_BYTES, attachments)))
  bidder.version += 1
}

/** No two alike, and a PDF by its first bytes, which is all that an upload is asked. */
function pdf(mark: string, bytes: number): Buffer {
  const content = Buffer.alloc(bytes, 'Sandan ')
  content.write(`%PDF-1.7\n% ${mark}\n`, 'latin1')
  content.write('%%EOF\n', bytes - 6, 'latin1')
  return content
}

async function requestOpening({ hostSecret }: Bidding, connection: Connection, roundId: string): Promise<void> {
  const authorization = `Bearer ${hostSecret}`
  const { etag } = expect(200, await connection.ask(requestHead('GET', `/v1/rounds/${roundId}`, { authorization })))
  const headers = { authorization, 'if-match': `"${etag}"` }
  expect(200, await connection.ask(requestHead('POST', `/v1/rounds/${roundId}/opening`, headers, 0)))
}

function expect(status: number, answer: WireAnswer): WireAnswer {
  if (answer.status !== status) throw new Error(`${answer.status} instead of ${status}: ${answer.body}`)
  return answer
}

/** Waits until a count has come so far, and returns it. */
async function when(count: () => Promise<number>, wanted: number): Promise<number> {
  const giveUpAt = performance.now() + PATIENCE_MS
  for (;;) {
    const counted = await count()
    if (counted >= wanted) return counted
    if (performance.now() > giveUpAt) throw new Error(`the opening did not come so far in ${PATIENCE_MS / 1000} s`)
    await pause(POLL_MS)
  }
}

async function counted({ database }: Bidding, text: string, values: readonly unknown[]): Promise<number> {
  const { rows } = await database.pool.query<{ count: number }>(`select count(*)::int as count ${text}`, [...values])
  return rows[0]?.count ?? 0
}

function openedBids(bidding: Bidding, roundId: string): Promise<number> {
  return counted(bidding, 'from bid where round_id = $1 and opening_outcome is not null', [uuidOf(roundId, 'rnd')])
}

function finishedOpenings(bidding: Bidding, roundId: string): Promise<number> {
  return counted(bidding, "from bid_opening where round_id = $1 and state = 'done'", [uuidOf(roundId, 'rnd')])
}

async function found(bidding: Bidding, roundId: string) {
  const round = [uuidOf(roundId, 'rnd')]
  return {
    files: await counted(bidding, "from document where sealed_subject = $1 and state = 'stored'", [roundId]),
    openedTwice: await counted(
      bidding,
      `from (select subject from event where type in ('bid.opened', 'document.opened')
         group by subject, type having count(*) > 1) as repeated`,
      [],
    ),
    failed: await counted(bidding, "from bid where round_id = $1 and opening_outcome is distinct from 'opened'", round),
  }
}
