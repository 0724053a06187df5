import type { LotteryPurpose, ServiceField } from '../../src/modules/needs/index.ts'
import { type Agency, biddingCounty } from '../modules/bids/fixtures.ts'
import { type Expert, newExpert } from '../modules/reviews/fixtures.ts'
import { expecting, money } from '../modules/rounds/fixtures.ts'
import type { Answer, TestApp } from '../support/app.ts'
import type { CityPolicy } from './policies/common.ts'

const REVIEW_DAY = '2026-04-28'
const REVIEW = '2026-04-28T06:00:00.000Z'
const EXPERTS = ['E1', 'E2', 'E3', 'E4', 'E5']

/** One bid of a small round: whole yuan, and the points that each expert gives (the last one's serve for the rest). */
export interface CityBid {
  readonly agency: string
  readonly need: string
  readonly grant: number
  readonly cash?: number
  /** Lines of the grant; all of it is `service_activity` unless told. */
  readonly lines?: Readonly<Record<string, number>>
  readonly attachments?: readonly string[]
  readonly points?: readonly string[]
  /** What people found at the formal check. */
  readonly found?: readonly object[]
}

export interface CityRound {
  readonly policy: CityPolicy
  readonly mode?: string
  readonly pools?: readonly object[]
  readonly needs: Readonly<Record<string, readonly [LotteryPurpose | null, ServiceField]>>
  /** Organizations by name, with what is on record of them beyond good standing. */
  readonly agencies: Readonly<Record<string, object>>
  readonly bids: Readonly<Record<string, CityBid>>
}

const POOL = { source: 'fiscal', name: '财政资金', size: money('20000000.00') }

/** A county in which cities play their rounds one after the other, each from its call on. */
export async function cityStage(app: TestApp) {
  const county = await biddingCounty(app)
  const { call, setClock } = app
  const { hostKey } = county
  const experts: Expert[] = []
  for (const code of EXPERTS) experts.push(await newExpert(app, hostKey, code))
  let rounds = 0

  /** Calls, takes the bids and opens them. Agencies may be prepared before the bids close. */
  async function bidding(
    city: CityRound,
    prepare: (agencies: Record<string, Agency>) => Promise<void> = async () => {},
  ) {
    const serial = ++rounds
    const needs: Record<string, string> = {}
    for (const [name, facts] of Object.entries(city.needs)) needs[name] = await county.newNeed(...facts)
    const agencies: Record<string, Agency> = {}
    for (const [name, extra] of Object.entries(city.agencies))
      agencies[name] = await county.newAgency(`${name} ${serial}`, extra)
    const roundId = await county.biddingRound(Object.values(needs), {
      policy: city.policy,
      procurementMode: city.mode ?? 'grant',
      pools: city.pools ?? [POOL],
    })
    await prepare(agencies)
    const bids: Record<string, string> = {}
    for (const [name, bid] of Object.entries(city.bids)) {
      const agency = agencies[bid.agency] as Agency
      const submitted = await county.submittedBid(agency, roundId, needs[bid.need] as string, contentOf(bid))
      bids[name] = submitted.body.id
    }
    await county.open(roundId)
    return {
      agencies,
      bids,
      needs,
      roundId,
      nameOf: (id: string) => nameIn(bids, id),
      lotOf: (id: string) => nameIn(needs, id),
    }
  }
  type Opened = Awaited<ReturnType<typeof bidding>>

  /** Runs the formal check of every bid: `accepted`, or the codes of what was found. */
  async function check({ bids }: Opened, city: CityRound): Promise<Record<string, string>> {
    const outcomes: Record<string, string> = {}
    for (const [name, bidId] of Object.entries(bids)) {
      const manualFindings = city.bids[name]?.found ?? []
      const { body } = await county.formalCheck(bidId, { manualFindings })
      const codes = body.formalCheck.findings.map((finding: { code: string }) => finding.code).join(', ')
      outcomes[name] = codes === '' ? body.state : `${body.state}: ${codes}`
    }
    return outcomes
  }

  /** The classes that the host reads of each bid, one by one and in the list. */
  async function classes({ bids, roundId }: Opened): Promise<Record<string, unknown>> {
    const listed = expecting(200, await call(hostKey, 'GET', `/v1/bids?roundId=${roundId}&limit=200`)).body.items
    const found: Record<string, unknown> = {}
    for (const [name, bidId] of Object.entries(bids)) {
      const { body } = expecting(200, await call(hostKey, 'GET', `/v1/bids/${bidId}`))
      const inList = listed.find(({ id }: { id: string }) => id === bidId)?.classes
      if (JSON.stringify(inList) !== JSON.stringify(body.classes)) throw new Error(`${name} differs in the list`)
      found[name] = body.classes
    }
    return found
  }

  /** Convenes the panel and signs all sheets of the accepted bids. */
  async function judge({ bids, roundId }: Opened, city: CityRound): Promise<void> {
    await setClock(REVIEW)
    const panel = experts.slice(0, city.policy.panel?.size ?? 3)
    const body = { roundId, reviewOn: REVIEW_DAY, members: panel.map(({ id }) => id) }
    const { seats } = expecting(201, await call(hostKey, 'POST', '/v1/review-panels', body)).body
    const criteria = (city.policy.criteria ?? []).filter(({ kind }) => kind !== 'price')
    for (const [name, bidId] of Object.entries(bids)) {
      if (!seats.some((seat: { bidId: string }) => seat.bidId === bidId)) continue
      const given = city.bids[name]?.points ?? []
      for (const [index, { key }] of panel.entries()) {
        const points = (given[index] ?? given.at(-1) ?? '').split('/')
        const items = criteria.map(({ code }, nth) => ({ criterion: code, points: points[nth] }))
        expecting(201, await call(key, 'POST', '/v1/score-sheets', { bidId, items }))
      }
    }
  }

  /** Puts the results of a source on record; a bonus names its reason. */
  function recordResults(
    { bids, roundId }: Opened,
    source: string,
    values: Readonly<Record<string, string>>,
    reason: string | null = null,
  ): Promise<Answer> {
    const results = Object.entries(values).map(([name, value]) => ({ bidId: bids[name] ?? name, value, reason }))
    const body = { results, statement: '公证处监督计票' }
    return call(hostKey, 'POST', `/v1/rounds/${roundId}/score-sources/${source}/results`, body)
  }

  const rank = ({ roundId }: Opened) => call(hostKey, 'POST', `/v1/rounds/${roundId}/ranking`, {})

  /** Each bid of a ranking with its total and the parts of it: `B1 76.00 = panel 48.00 + vote 28.00`. */
  function totals(opened: Opened, ranking: Answer): string[] {
    return expecting(200, ranking).body.entries.map(
      (entry: { bidId: string; total: Part; components: (Part & { code: string })[]; isAboveLine: boolean }) => {
        const parts = entry.components.map(({ code, points }) => `${code} ${points}`).join(' + ')
        return `${opened.nameOf(entry.bidId)} ${entry.total.points} = ${parts}${entry.isAboveLine ? '' : ', below the line'}`
      },
    )
  }

  /** Proposes the awards: who gets what from which source, and why the others do not. */
  async function propose(opened: Opened): Promise<string[]> {
    const path = `/v1/rounds/${opened.roundId}/award-proposals`
    const { body } = expecting(201, await call(hostKey, 'POST', path, {}))
    return [
      ...body.awards.map(
        (award: { bidId: string; sources: { source: string; amount: { amount: string } }[]; isSingleBid: boolean }) =>
          `${opened.nameOf(award.bidId)}: ${award.sources.map(({ source, amount }) => `${source} ${amount.amount}`).join(' + ')}${award.isSingleBid ? ' (single bid)' : ''}`,
      ),
      ...body.passedOver.map(
        ({ bidId, reason }: { bidId: string; reason: string }) => `${opened.nameOf(bidId)}: ${reason}`,
      ),
    ]
  }

  return { ...county, bidding, check, classes, judge, recordResults, rank, totals, propose }
}

interface Part {
  readonly points: string
  readonly exact: string
}

function contentOf({ grant, cash = 0, lines = { service_activity: grant }, attachments = [] }: CityBid) {
  return {
    grant: money(`${grant}.00`),
    matchingCash: money(`${cash}.00`),
    budgetLines: Object.entries(lines).map(([category, amount]) => ({ category, amount: money(`${amount}.00`) })),
    attachments: attachments.map((kind) => ({ kind })),
  }
}

function nameIn(ids: Readonly<Record<string, string>>, id: string): string {
  return Object.entries(ids).find(([, one]) => one === id)?.[0] ?? id
}
