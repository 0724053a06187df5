import fc from 'fast-check'
import t from 'tap'
import { addMonths } from '../../../src/kernel/days.ts'
import {
  type ConflictTerms,
  conflictsOf,
  type Link,
  linksOfExpert,
  RELATION_KINDS,
} from '../../../src/modules/reviews/rules/conflicts.ts'
import { recusalReason } from '../../../src/modules/reviews/rules/seating.ts'

const ON = '2026-04-28'
const terms = (hopsMax: number, lookbackMonths = 24): ConflictTerms => ({ on: ON, lookbackMonths, hopsMax })
const link = (one: string, other: string, kind: string, until: string | null = null): Link => ({
  one,
  other,
  kind,
  until,
})
const told = (conflicts: ReturnType<typeof conflictsOf>) =>
  conflicts.map(
    ({ bidderId, path }) => `${bidderId}: ${path.map(({ one, kind, other }) => `${one}-${kind}-${other}`).join(', ')}`,
  )

t.test('a link with the bidder itself is a conflict, and the path says which', async (t) => {
  const links = linksOfExpert('E', {
    employments: [{ organizationId: 'A', to: '2025-02-28' }],
    relations: [{ organizationId: 'B', kind: 'kinship', from: '2020-01-01', to: null }],
    conflictOrganizationIds: ['C'],
  })
  t.same(told(conflictsOf('E', ['A', 'B', 'C', 'D'], links, terms(1))), [
    'A: E-employment-A',
    'B: E-kinship-B',
    'C: E-declared-C',
  ])
})

t.test(
  'over a shared representative the conflict reaches one organization further, if the policy looks that far',
  async (t) => {
    const links = [link('E', 'A', 'employment'), link('B', 'A', 'legal_representative'), link('B', 'C', 'address')]
    t.same(told(conflictsOf('E', ['B', 'C'], links, terms(2))), ['B: E-employment-A, A-legal_representative-B'])
    t.same(conflictsOf('E', ['B', 'C'], links, terms(1)), [])
  },
)

t.test('nobody is linked through a colleague’s record or back through the own', async (t) => {
  const links = [link('E', 'A', 'employment'), link('F', 'A', 'employment'), link('E', 'A', 'kinship')]
  t.same(conflictsOf('E', ['B'], links, terms(2)), [])
  t.equal(conflictsOf('E', ['A'], links, terms(2)).length, 2, 'two links, two paths, no detour over F')
})

t.test('the look-back ends with the month, for each link of a path', async (t) => {
  const of = (until: string | null, lookbackMonths = 24) =>
    conflictsOf('E', ['A'], [link('E', 'A', 'advice', until)], terms(1, lookbackMonths)).length
  t.same(
    [of('2024-04-28'), of('2024-04-29'), of(null), of('2026-05-01', 0), of(ON, 0), of('2026-04-27', 0)],
    [0, 1, 1, 1, 1, 0],
  )
})

t.test('a declared relation keeps an expert from the seat, and from signing, as long as the look-back', async (t) => {
  const reason = (to: string | null) =>
    recusalReason(
      {
        employments: [],
        relations: [{ organizationId: 'A', kind: 'advice', from: '2019-01-01', to }],
        conflictOrganizationIds: [],
      },
      ['A'],
      ON,
      24,
    )
  t.same([reason(null), reason('2024-04-29'), reason('2024-04-28')], ['declared_conflict', 'declared_conflict', null])
})

const NODES = ['A', 'B', 'C', 'D'] as const
const anyLink = fc.record({
  one: fc.constantFrom('E', ...NODES),
  other: fc.constantFrom(...NODES),
  kind: fc.constantFrom('employment', 'address', ...RELATION_KINDS),
  until: fc.option(
    fc.integer({ min: 0, max: 60 }).map((months) => addMonths(ON, -months)),
    { nil: null },
  ),
})

/** All sequences of at most two living links, tried one by one. */
function naive(links: readonly Link[], bidders: readonly string[], hopsMax: number): string[] {
  const isAlive = ({ until }: Link) => until === null || until > addMonths(ON, -24)
  const found: string[] = []
  for (const first of links.filter(isAlive)) {
    if (first.one === first.other || (first.one !== 'E' && first.other !== 'E')) continue
    const middle = first.one === 'E' ? first.other : first.one
    if (bidders.includes(middle)) found.push(`${middle} ${first.kind}`)
    if (hopsMax < 2) continue
    for (const second of links.filter(isAlive)) {
      if (second.one !== middle && second.other !== middle) continue
      const end = second.one === middle ? second.other : second.one
      if (end !== 'E' && end !== middle && bidders.includes(end)) found.push(`${end} ${first.kind} ${second.kind}`)
    }
  }
  return found.sort()
}

t.test('the graph finds what a naive search finds', async (t) => {
  fc.assert(
    fc.property(
      fc.array(anyLink, { maxLength: 12 }),
      fc.uniqueArray(fc.constantFrom(...NODES), { maxLength: 3 }),
      fc.constantFrom(1, 2),
      (links, bidders, hopsMax) => {
        const conflicts = conflictsOf('E', bidders, links, terms(hopsMax))
        t.same(
          conflicts.map(({ bidderId, path }) => [bidderId, ...path.map(({ kind }) => kind)].join(' ')).sort(),
          naive(links, bidders, hopsMax),
        )
      },
    ),
    { numRuns: 2_000 },
  )
})

t.test('planted links are all found, and none beyond the look-back', async (t) => {
  let planted = 0
  fc.assert(
    fc.property(
      fc.array(anyLink, { maxLength: 8 }),
      fc.boolean(),
      fc.integer({ min: 0, max: 47 }),
      (noise, isLong, months) => {
        planted += 1
        const until = addMonths(ON, -months)
        const chain = isLong
          ? [link('E', 'X', 'employment', until), link('Z', 'X', 'phone')]
          : [link('E', 'Z', 'employment', until)]
        const found = conflictsOf('E', ['Z'], [...noise, ...chain], terms(2))
        return found.length === (months < 24 ? 1 : 0)
      },
    ),
    { numRuns: 2_000 },
  )
  t.equal(planted, 2_000)
})
