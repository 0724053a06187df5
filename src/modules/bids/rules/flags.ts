import { accept, type Decision, refuse } from '../../../kernel/decision.ts'
import { fenOf, formatYuan, sumFen } from '../../../kernel/money.ts'
import { BidFlagDecided } from '../problems/index.ts'
import type { BidContent } from './content.ts'

/** Things about an opened bid that only the host can judge. */
export const BID_FLAG_CODES = ['double_funding_declared', 'related_party'] as const
export type BidFlagCode = (typeof BID_FLAG_CODES)[number]
export const BID_FLAG_STATES = ['open', 'cleared', 'confirmed'] as const
export type BidFlagState = (typeof BID_FLAG_STATES)[number]
/** `cleared`: nothing stands against the bid; `excluded`: the formal check rejects it for this. */
export const BID_FLAG_OUTCOMES = ['cleared', 'excluded'] as const
export type BidFlagOutcome = (typeof BID_FLAG_OUTCOMES)[number]

export interface NewBidFlag {
  readonly bidId: string
  readonly code: BidFlagCode
  /** The related bid; null where the flag is about this bid alone. */
  readonly otherBidId: string | null
  /** For people: which contacts are shared (never their values), or how much was declared. */
  readonly detail: string
}

export interface BidFlag extends NewBidFlag {
  readonly id: string
  readonly version: number
  readonly state: BidFlagState
  readonly decidedBy: string | null
  readonly decidedAt: Date | null
  readonly reason: string | null
  readonly raisedAt: Date
}

interface Party {
  readonly id: string
  readonly organizationId: string
  readonly sponsoredGroupId: string | null
}

/**
 * A flag on both of two bids whose agencies or sponsored groups share contacts. Two bids of one agency are no secret
 * to anybody: the limit of bids per organization is there for them.
 */
export function relatedPartyFlags(
  bids: readonly Party[],
  shared: readonly { readonly organizationId: string; readonly otherId: string; readonly kinds: readonly string[] }[],
): NewBidFlag[] {
  const bidsOf = Map.groupBy(
    bids.flatMap((bid) => organizationsOf(bid).map((organizationId) => ({ organizationId, bid }))),
    ({ organizationId }) => organizationId,
  )
  const kindsOf = new Map<string, { readonly one: Party; readonly other: Party; readonly kinds: Set<string> }>()
  for (const { organizationId, otherId, kinds } of shared)
    for (const { bid: one } of bidsOf.get(organizationId) ?? [])
      for (const { bid: other } of bidsOf.get(otherId) ?? []) {
        if (one.organizationId === other.organizationId) continue
        const key = [one.id, other.id].sort().join(' ')
        const pair = kindsOf.get(key) ?? { one, other, kinds: new Set<string>() }
        for (const kind of kinds) pair.kinds.add(kind)
        kindsOf.set(key, pair)
      }
  return [...kindsOf.values()].flatMap(({ one, other, kinds }) => {
    const detail = `shared: ${[...kinds].sort().join(', ')}`
    return [
      { bidId: one.id, code: 'related_party' as const, otherBidId: other.id, detail },
      { bidId: other.id, code: 'related_party' as const, otherBidId: one.id, detail },
    ]
  })
}

/** A flag on each bid that declares other public money for the same activities (process.md 6, case 13). */
export function doubleFundingFlags(
  bids: readonly { readonly id: string; readonly content: BidContent | null }[],
): NewBidFlag[] {
  return bids.flatMap(({ id, content }) => {
    const declared = content?.otherFunding ?? []
    if (declared.length === 0) return []
    const total = formatYuan(sumFen(declared.map(({ amount }) => fenOf(amount))))
    const detail = `${total} yuan declared, from ${declared.length} other ${declared.length === 1 ? 'funder' : 'funders'}`
    return [{ bidId: id, code: 'double_funding_declared' as const, otherBidId: null, detail }]
  })
}

/** A flag is decided once: who was told that it is cleared may rely on it. */
export function decideFlag(
  flag: BidFlag,
  decision: { readonly outcome: BidFlagOutcome; readonly reason: string; readonly by: string; readonly at: Date },
): Decision<BidFlag> {
  if (flag.state !== 'open') return refuse(BidFlagDecided, { state: flag.state })
  const { outcome, reason, by, at } = decision
  const state = outcome === 'excluded' ? 'confirmed' : 'cleared'
  return accept({ ...flag, state, reason, decidedBy: by, decidedAt: at })
}

function organizationsOf({ organizationId, sponsoredGroupId }: Party): string[] {
  return sponsoredGroupId === null ? [organizationId] : [organizationId, sponsoredGroupId]
}
