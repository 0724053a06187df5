import { compareDates, type LegalDate, monthsBetween } from '../../../kernel/days.ts'

/** What an expert may declare besides employments: a relation with an organization or with people who run it. */
export const RELATION_KINDS = ['kinship', 'ownership', 'office', 'advice', 'joint_project', 'dispute', 'other'] as const
export type RelationKind = (typeof RELATION_KINDS)[number]

/** A declared relation with an organization or, as `kinship` and the like, with somebody who runs it. */
export interface Relation {
  readonly organizationId: string
  readonly kind: RelationKind
  readonly from: LegalDate
  /** The last day; null while it lasts. */
  readonly to: LegalDate | null
}

/** One link of the graph; it holds in both directions. */
export interface Link {
  readonly one: string
  readonly other: string
  /** `employment`, a declared kind, `legal_representative`, `address`, …: what a reader is told. */
  readonly kind: string
  /** The last day of the link; null while it lasts. */
  readonly until: LegalDate | null
}

/** A chain of links from an expert to a bidder, in that order. */
export interface Conflict {
  readonly bidderId: string
  readonly path: readonly Link[]
}

export interface ConflictTerms {
  /** The day of the review. */
  readonly on: LegalDate
  /** A link that ended less than so many months before counts; exactly so many is long enough. */
  readonly lookbackMonths: number
  /** 1: only what links the expert with the bidder itself; 2: also over one organization between them. */
  readonly hopsMax: number
}

/** What the record of an expert says, as links. What begins later counts as well: who is about to start is not free. */
export function linksOfExpert(
  expertId: string,
  record: {
    readonly employments: readonly { readonly organizationId: string; readonly to: LegalDate | null }[]
    readonly relations: readonly Relation[]
    readonly conflictOrganizationIds: readonly string[]
  },
): Link[] {
  const link = (other: string, kind: string, until: LegalDate | null): Link => ({ one: expertId, other, kind, until })
  return [
    ...record.employments.map(({ organizationId, to }) => link(organizationId, 'employment', to)),
    ...record.relations.map(({ organizationId, kind, to }) => link(organizationId, kind, to)),
    ...record.conflictOrganizationIds.map((organizationId) => link(organizationId, 'declared', null)),
  ]
}

/**
 * Every chain of living links from the expert to a bidder, no longer than the terms say; the shortest first. It passes
 * through organizations only, never through another expert.
 */
export function conflictsOf(
  expertId: string,
  bidderIds: readonly string[],
  links: readonly Link[],
  terms: ConflictTerms,
): Conflict[] {
  const bidders = new Set(bidderIds)
  const living = links.filter((link) => isLiving(link, terms))
  const neighbours = Map.groupBy(living.flatMap(bothWays), ({ one }) => one)
  const found: Conflict[] = []
  const walk = (path: readonly Link[], at: string) => {
    if (path.length > 0 && bidders.has(at)) found.push({ bidderId: at, path })
    if (path.length >= terms.hopsMax) return
    for (const link of neighbours.get(at) ?? []) {
      const isBehind = [expertId, at].includes(link.other) || path.some(({ one }) => one === link.other)
      if (!isBehind) walk([...path, link], link.other)
    }
  }
  walk([], expertId)
  return found.toSorted((a, b) => a.path.length - b.path.length || (keyOf(a) < keyOf(b) ? -1 : 1))
}

/** Does the link count on the day, the look-back included? */
export function isLiving(
  { until }: Pick<Link, 'until'>,
  { on, lookbackMonths }: Pick<ConflictTerms, 'on' | 'lookbackMonths'>,
): boolean {
  return until === null || compareDates(until, on) >= 0 || monthsBetween(until, on) < lookbackMonths
}

function bothWays(link: Link): Link[] {
  return [link, { ...link, one: link.other, other: link.one }]
}

function keyOf({ path }: Conflict): string {
  return path.map(({ other, kind, until }) => `${other} ${kind} ${until ?? '9'}`).join('\n')
}
