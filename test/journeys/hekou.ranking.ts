import { readFileSync } from 'node:fs'
import { fen, yuan } from './byHand.ts'

/** The raw inputs of demo/hekou.json that are reckoned with. */
export interface Raw {
  readonly round: {
    readonly pools: readonly { readonly source: string; readonly size: string }[]
    readonly policy: { readonly tranches: readonly { readonly basisPoints: number }[] }
  }
  readonly bids: readonly { readonly ref: string; readonly grant: string }[]
  readonly events: readonly {
    readonly do: string
    readonly at: string
    readonly sheets?: readonly Sheet[]
    readonly audits?: readonly { readonly project: string; readonly eligible: string }[]
  }[]
}
export interface Sheet {
  readonly expert: string
  readonly bid: string
  readonly items: Readonly<Record<string, string>>
}

export const raw = JSON.parse(readFileSync(new URL('../../demo/hekou.json', import.meta.url), 'utf8')) as Raw

/** Sheets that the service must refuse: a recusal, method 30.5 of 30, a second signature, a recusal through the group. */
const REFUSED_SHEETS = ['B05/X2', 'B05/X1 30.5', 'B01/X1 second', 'B07/X3']

interface Result {
  readonly bid: string
  readonly sum: number
  readonly count: number
  readonly mean: string
  readonly method: number
  readonly relevance: number
  readonly asked: bigint
}

const total = ({ items }: Sheet) => Object.values(items).reduce((points, item) => points + Number(item), 0)

function signedSheets(): Sheet[] {
  const seen = new Set<string>()
  return raw.events
    .flatMap(({ sheets = [] }) => sheets)
    .filter(({ expert, bid, items }) => {
      const name = `${bid}/${expert}`
      if (REFUSED_SHEETS.includes(name) || Number(items.method) > 30 || seen.has(name)) return false
      seen.add(name)
      return true
    })
}

/** Five sheets each: one highest and one lowest total are dropped, of equals the one signed first. */
function kept(sheets: readonly Sheet[]): Sheet[] {
  if (sheets.length !== 5) throw new Error(`five sheets are expected, not ${sheets.length}`)
  const totals = sheets.map(total)
  const highest = totals.indexOf(Math.max(...totals))
  const lowest = totals.indexOf(Math.min(...totals))
  return sheets.filter((_, index) => index !== highest && index !== lowest)
}

function results(): Result[] {
  const sheets = signedSheets()
  const asked = new Map(raw.bids.map(({ ref, grant }) => [ref, fen(grant)]))
  // B02 was replaced before the deadline.
  asked.set('B02', 11_888_888n)
  return [...new Set(sheets.map(({ bid }) => bid))].map((bid) => {
    const counted = kept(sheets.filter((sheet) => sheet.bid === bid))
    const add = (item: string) => counted.reduce((points, { items }) => points + Number(items[item]), 0)
    const points = counted.reduce((all, sheet) => all + total(sheet), 0)
    const hundredths = BigInt(Math.round(points * 100))
    return {
      bid,
      sum: points,
      count: counted.length,
      mean: yuan((2n * hundredths + 3n) / 6n),
      method: add('method'),
      relevance: add('relevance'),
      asked: asked.get(bid) ?? 0n,
    }
  })
}

/** The order drawn on 03-13. */
const LOT = ['B04', 'B03']

function compare(left: Result, right: Result): { order: number; by: string | null } {
  const steps: [string | null, number][] = [
    [null, right.sum - left.sum],
    ['method_mean', right.method - left.method],
    ['relevance_mean', right.relevance - left.relevance],
    ['lower_request', Number(left.asked - right.asked)],
    ['lot', LOT.indexOf(left.bid) - LOT.indexOf(right.bid)],
  ]
  const [by, order] = steps.find(([, difference]) => difference !== 0) ?? [null, 0]
  return { order, by }
}

/** What the ranking of demo/hekou.json must be. */
export function ranking() {
  const ranked = results().toSorted((left, right) => compare(left, right).order)
  return ranked.map((result, index) => {
    const tied = ranked.find(({ bid, sum: points }) => bid !== result.bid && points === result.sum)
    return {
      rank: index + 1,
      bid: result.bid,
      sum: result.sum,
      count: result.count,
      mean: result.mean,
      decidedBy: tied === undefined ? null : compare(result, tied).by,
    }
  })
}
