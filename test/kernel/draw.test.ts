import fc from 'fast-check'
import t from 'tap'
import {
  commitmentOfSeed,
  constraintsInConflict,
  DRAW_FORMAT,
  type DrawCandidate,
  type DrawRecord,
  type DrawTerms,
  drawFaults,
  drawSeats,
  EXCLUSIONS,
  lotOrder,
  reserveOf,
  termsDigest,
} from '../../src/kernel/draw.ts'

const FIELDS = ['elderly_care', 'finance', 'law'] as const
const seedOf = (number: number) => number.toString(16).padStart(64, '0')
const seeds = (number: number) => ({ host: seedOf(number), service: seedOf(number + 1_000_000) })
const candidate = (id: string, fields: readonly string[] = [], exclusions: DrawCandidate['exclusions'] = []) => ({
  id,
  fields,
  exclusions,
})
const terms = (candidates: readonly DrawCandidate[], more: Partial<DrawTerms> = {}): DrawTerms => ({
  drawId: 'edr_1',
  roundId: 'rnd_1',
  size: 3,
  quotas: [],
  candidates,
  ...more,
})
const panel = (drawn: DrawTerms, number: number, dropOuts: string[] = []) =>
  drawSeats(drawn, lotOrder(drawn, seeds(number)), dropOuts)

const anyTerms = fc
  .record({
    people: fc.array(
      fc.record({
        fields: fc.uniqueArray(fc.constantFrom(...FIELDS), { maxLength: 3 }),
        exclusions: fc.uniqueArray(fc.constantFrom(...EXCLUSIONS, 'none' as const), { maxLength: 1 }),
      }),
      { maxLength: 9 },
    ),
    size: fc.constantFrom(1, 3, 5),
    quotas: fc.uniqueArray(fc.record({ field: fc.constantFrom(...FIELDS), seats: fc.integer({ min: 1, max: 2 }) }), {
      maxLength: 3,
      selector: ({ field }) => field,
    }),
  })
  .map(({ people, size, quotas }) =>
    terms(
      people.map(({ fields, exclusions }, index) =>
        candidate(
          `exp_${index}`,
          fields,
          exclusions.filter((one) => one !== 'none'),
        ),
      ),
      { size, quotas },
    ),
  )

/** Is there any way to give each seat to another free candidate? Tries all. */
function canBeFilled({ candidates, quotas, size }: DrawTerms): boolean {
  const wanted: (string | null)[] = quotas.flatMap(({ field, seats }) => Array(seats).fill(field))
  if (wanted.length > size) return false
  while (wanted.length < size) wanted.push(null)
  const free = candidates.filter(({ exclusions }) => exclusions.length === 0)
  const give = (index: number, left: readonly DrawCandidate[]): boolean =>
    index === wanted.length ||
    left.some(
      (one) =>
        (wanted[index] === null || one.fields.includes(wanted[index] as string)) &&
        give(
          index + 1,
          left.filter((other) => other !== one),
        ),
    )
  return give(0, free)
}

t.test(
  '10,000 draws: none seats an excluded candidate, each fills its quotas, and none fails that could succeed',
  async (t) => {
    let filled = 0
    fc.assert(
      fc.property(anyTerms, fc.nat(100_000), (drawn, number) => {
        const seats = panel(drawn, number)
        const conflict = constraintsInConflict(drawn)
        if (seats === null) return !canBeFilled(drawn) && conflict.length > 0
        filled += 1
        const seated = seats.map(({ candidateId }) => drawn.candidates.find(({ id }) => id === candidateId))
        return (
          conflict.length === 0 &&
          new Set(seated).size === drawn.size &&
          seated.every((one) => one?.exclusions.length === 0) &&
          seats.every(({ field }, index) => field === null || seated[index]?.fields.includes(field)) &&
          drawn.quotas.every(({ field, seats: asked }) => seats.filter((seat) => seat.field === field).length === asked)
        )
      }),
      { numRuns: 10_000, seed: 20260428 },
    )
    t.ok(filled > 1_000, `${filled} of 10,000 could be filled`)
  },
)

t.test('the same seeds give the same panel, in whatever order the candidates are listed', async (t) => {
  fc.assert(
    fc.property(
      anyTerms.chain((drawn) =>
        fc.record({
          drawn: fc.constant(drawn),
          candidates: fc.shuffledSubarray([...drawn.candidates], { minLength: drawn.candidates.length }),
          quotas: fc.shuffledSubarray([...drawn.quotas], { minLength: drawn.quotas.length }),
        }),
      ),
      fc.nat(100_000),
      ({ drawn, candidates, quotas }, number) => {
        const other = { ...drawn, candidates, quotas }
        t.same(panel(other, number), panel(drawn, number))
        t.equal(termsDigest(other), termsDigest(drawn))
        t.same(constraintsInConflict(other).length, constraintsInConflict(drawn).length)
      },
    ),
    { numRuns: 300 },
  )
})

t.test('every candidate has the same chance', async (t) => {
  const people = Array.from({ length: 20 }, (_, index) => candidate(`exp_${index}`, ['law']))
  const drawn = terms(people, { size: 5, quotas: [{ field: 'law', seats: 2 }] })
  const RUNS = 4_000
  const counts = new Map(people.map(({ id }) => [id, 0]))
  for (let number = 0; number < RUNS; number++)
    for (const { candidateId } of panel(drawn, number) ?? [])
      counts.set(candidateId, (counts.get(candidateId) ?? 0) + 1)
  const expected = (RUNS * 5) / 20
  const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
  // 19 degrees of freedom: one fair draw in 10,000 exceeds 50.
  t.ok(chiSquare < 50, `chi-square ${chiSquare.toFixed(1)}`)
})

t.test('one expert of two fields takes one seat, and moves over for another', async (t) => {
  const drawn = terms([candidate('both', ['law', 'finance']), candidate('law', ['law'])], {
    size: 2,
    quotas: [
      { field: 'finance', seats: 1 },
      { field: 'law', seats: 1 },
    ],
  })
  for (let number = 0; number < 20; number++)
    t.same(
      panel(drawn, number)
        ?.map(({ candidateId, field }) => `${candidateId} ${field}`)
        .sort(),
      ['both finance', 'law law'],
    )
})

t.test('whoever drops out leaves one seat: the next in line that fits takes it, all others stay', async (t) => {
  let redrawn = 0
  fc.assert(
    fc.property(anyTerms, fc.nat(1_000), fc.nat(10), (drawn, number, which) => {
      const before = panel(drawn, number)
      fc.pre(before !== null)
      const gone = before?.[which % before.length]?.candidateId ?? ''
      const after = panel(drawn, number, [gone])
      const reserve = reserveOf(drawn, lotOrder(drawn, seeds(number)), [], before ?? [])
      const stayed = before?.filter(({ candidateId }) => candidateId !== gone).map(({ candidateId }) => candidateId)
      const withOne = (id: string) =>
        terms(
          drawn.candidates.filter((one) => one.id === id || stayed?.includes(one.id)),
          { size: drawn.size, quotas: drawn.quotas },
        )
      const fitting = reserve.filter((id) => canBeFilled(withOne(id)))
      if (after === null) return fitting.length === 0
      redrawn += 1
      const [joined, ...more] = after.map(({ candidateId }) => candidateId).filter((id) => !stayed?.includes(id))
      return (
        more.length === 0 &&
        joined === fitting[0] &&
        stayed?.every((id) => after.some(({ candidateId }) => candidateId === id)) === true
      )
    }),
    { numRuns: 1_000 },
  )
  t.ok(redrawn > 100, `${redrawn} seats were drawn again`)
})

t.test('an impossible draw names constraints of which none can be left out', async (t) => {
  const law = [candidate('exp_1', ['law']), candidate('exp_2', ['law'], ['conflict']), candidate('exp_3')]
  t.same(constraintsInConflict(terms([])), ['size'], 'nobody there')
  t.same(constraintsInConflict(terms(law, { size: 2 })), ['odd_size', 'size'])
  t.same(constraintsInConflict(terms(law, { size: 1, quotas: [{ field: 'finance', seats: 1 }] })), ['quota:finance'])
  t.same(constraintsInConflict(terms(law, { size: 3 })), ['size', 'conflict'])
  t.same(constraintsInConflict(terms(law, { size: 3, quotas: [{ field: 'law', seats: 2 }] })), ['size', 'conflict'])
  const two = [candidate('exp_1', ['law'], ['rotation']), candidate('exp_2', ['law'], ['conflict'])]
  t.same(constraintsInConflict(terms(two, { size: 1, quotas: [{ field: 'law', seats: 1 }] })), [
    'rotation',
    'conflict',
    'quota:law',
  ])
  const tooMany = { size: 1, quotas: [{ field: 'law', seats: 2 }] }
  t.same(constraintsInConflict(terms([candidate('a', ['law']), candidate('b', ['law'])], tooMany)), [
    'size',
    'quota:law',
  ])
})

const drawn = terms(
  Array.from({ length: 7 }, (_, index) => candidate(`exp_${index}`)),
  { size: 3 },
)
const record = (more: Partial<DrawRecord> = {}): DrawRecord => ({
  ...drawn,
  format: DRAW_FORMAT,
  termsDigest: termsDigest(drawn),
  seeds: seeds(1),
  commitments: { host: commitmentOfSeed(seeds(1).host), service: commitmentOfSeed(seeds(1).service) },
  dropOuts: [],
  seats: panel(drawn, 1) ?? [],
  ...more,
})

t.test('a record is checked against all that was announced', async (t) => {
  t.same(drawFaults(record()), [])
  const alone = { host: null, service: seedOf(7) }
  t.same(
    drawFaults(
      record({
        seeds: alone,
        commitments: { host: null, service: commitmentOfSeed(seedOf(7)) },
        seats: drawSeats(drawn, lotOrder(drawn, alone)) ?? [],
      }),
    ),
    [],
    'the service alone',
  )
  t.match(drawFaults(record({ seeds: { ...seeds(1), host: seedOf(2) } })), ['host_seed_differs'])
  t.match(drawFaults(record({ seeds: { ...seeds(1), service: seedOf(2) } })), ['service_seed_differs'])
  t.ok(drawFaults(record({ seeds: { ...seeds(1), host: null } })).includes('host_seed_differs'))
  t.ok(drawFaults(record({ candidates: drawn.candidates.slice(1) })).includes('terms_changed'))
  t.same(drawFaults(record({ seats: (panel(drawn, 1) ?? []).toReversed() })), ['seats_differ'])
  t.same(drawFaults(record({ dropOuts: [record().seats[0]?.candidateId ?? ''] })), ['seats_differ'])
})

t.test('the lots are HMAC-SHA-256 in hexadecimal order, as anybody can compute them', async (t) => {
  // Computed with Python's hmac: sha256('sandan-expert-draw/1\nedr_1\n<host>\n<service>') is the key.
  t.same(lotOrder(drawn, seeds(1)), ['exp_4', 'exp_0', 'exp_1', 'exp_3', 'exp_2', 'exp_6', 'exp_5'])
  // printf %s "$(printf '%064x' 1)" | sha256sum
  t.equal(commitmentOfSeed(seedOf(1)), 'c386d8e8d07342f2e39e189c8e6c57bb205bb373fe4e3a6f69404a8bb767b417')
})
