import fc from 'fast-check'
import t from 'tap'
import { orThrow } from '../../../src/kernel/decision.ts'
import { compareFractions, formatFraction, fraction, sumFractions } from '../../../src/kernel/ratio.ts'
import { type Contender, type RankingTerms, rankBids } from '../../../src/modules/reviews/rules/ranking.ts'
import {
  checkResults,
  parseQuantity,
  type ResultTerms,
  resultsByBid,
} from '../../../src/modules/reviews/rules/results.ts'
import {
  type Candidate,
  type Normalization,
  PANEL_ALONE,
  type ScoringTerms,
  type SourceTerms,
  scoreOf,
} from '../../../src/modules/reviews/rules/scoring.ts'
import { DEMO_TERMS, sheet } from './demoScores.ts'

const source = (code: string, normalization: Normalization, max: number, weightBasisPoints = 10_000): SourceTerms => ({
  code,
  normalization,
  maxHundredths: max * 100,
  weightBasisPoints,
})
const candidate = (requested: bigint, results: Record<string, bigint> = {}, lot = 0): Candidate => ({
  lot,
  requestedFen: requested,
  results,
})
const points = (bids: readonly Candidate[], terms: Partial<ScoringTerms>, mean = 80) =>
  bids.map((bid) => {
    const { components, total } = scoreOf(bid, fraction(mean * 100, 1), bids, { ...PANEL_ALONE, ...terms })
    return [...components.map(({ hundredths }) => hundredths), total].map(({ numerator, denominator }) =>
      formatFraction(fraction(numerator, denominator * 100n)),
    )
  })

t.test('60 % review, 20 % donations and 20 % votes make a total as Dongguan counts it', async (t) => {
  const bids = [
    candidate(1n, { donation: 5_000_000n, vote: 30_000n }),
    candidate(1n, { donation: 2_000_000n, vote: 90_000n }),
    candidate(1n, { donation: 0n, vote: 0n }),
  ]
  const sources = [source('donation', 'share_of_highest', 100, 2000), source('vote', 'share_of_highest', 100, 2000)]
  t.same(points(bids, { panelWeightBasisPoints: 6000, sources }), [
    ['48.00', '20.00', '6.67', '74.67'],
    ['48.00', '8.00', '20.00', '76.00'],
    ['48.00', '0.00', '0.00', '48.00'],
  ])
})

t.test('the lowest price for a need gets all points of the price, others in exact proportion', async (t) => {
  const prices = [{ code: 'price', maxHundredths: 3000 }]
  const bids = [candidate(9_000n), candidate(10_000n), candidate(27_000n), candidate(1n, {}, 1)]
  t.same(
    points(bids, { prices }).map(([, price]) => price),
    ['30.00', '27.00', '10.00', '30.00'],
    'the cheap bid for another need is no rival',
  )
  t.same(points([candidate(0n), candidate(5n)], { prices })[0]?.[1], '30.00', 'nothing asked is the lowest price')
})

t.test('ranks, shares of the request and points as they are', async (t) => {
  const values = [7n, 7n, 3n, 1n].map((value) => candidate(10_000n, { vote: value * 100n }))
  t.same(
    points(values, { sources: [source('vote', 'rank', 20)] }).map(([, vote]) => vote),
    ['20.00', '20.00', '10.00', '5.00'],
    'equals share the better place',
  )
  const raised = [0n, 2_500n, 10_000n, 12_000n].map((value) => candidate(10_000n, { raised: value }))
  t.same(
    points(raised, { sources: [source('raised', 'share_of_request', 50)] }).map(([, part]) => part),
    ['0.00', '12.50', '50.00', '50.00'],
    'more than was asked brings no more than the maximum',
  )
  t.same(
    points([candidate(1n, { special: 1_550n }), candidate(1n)], { sources: [source('special', 'as_is', 20)] }),
    [
      ['80.00', '15.50', '95.50'],
      ['80.00', '0.00', '80.00'],
    ],
    'who has no bonus gets none',
  )
})

t.test('a deduction is taken off, in full, and a total may fall below zero', async (t) => {
  const sources = [source('special', 'as_is', 20), { ...source('late', 'as_is', 100, 5000), isDeduction: true }]
  const bids = [candidate(1n, { special: 500n, late: 750n }), candidate(1n, { late: 10_000n }), candidate(1n)]
  t.same(points(bids, { sources }, 40), [
    ['40.00', '5.00', '-3.75', '41.25'],
    ['40.00', '0.00', '-50.00', '-10.00'],
    ['40.00', '0.00', '0.00', '40.00'],
  ])
})

const contender = (bidId: string, total: number, more: Partial<Contender> = {}): Contender => ({
  bidId,
  lot: 0,
  results: {},
  requestedFen: 100n,
  submittedAt: new Date('2026-04-01T00:00:00Z'),
  sheets: [sheet('E1', [total], 1)],
  ...more,
})
const ranked = (bids: readonly Contender[], terms: Partial<RankingTerms>) =>
  orThrow(rankBids(bids, { ...DEMO_TERMS, tieBreak: ['lot'], ...terms }, []))

t.test('where each need is a lot, equals of different lots are not tied and lots stand in their order', async (t) => {
  const bids = [contender('a', 80, { lot: 1 }), contender('b', 80), contender('c', 90, { lot: 1 })]
  const entries = ranked(bids, { scoring: { ...PANEL_ALONE, scope: 'need' } })
  t.same(
    entries.map(({ bidId, rank }) => [bidId, rank]),
    [
      ['b', 1],
      ['c', 2],
      ['a', 3],
    ],
  )
  t.equal(rankBids(bids, { ...DEMO_TERMS, tieBreak: ['lot'] }, []).accepted, false, 'in one order a and b are tied')
})

t.test('the pass line is held against the total or against the panel, as the policy says', async (t) => {
  const bids = [contender('lifted', 65, { results: { special: 1_000n } })]
  const sources = [source('special', 'as_is', 20)]
  const isAbove = (passLineOn: 'total' | 'panel') =>
    ranked(bids, { scoring: { ...PANEL_ALONE, sources, passLineOn } })[0]?.isAboveLine
  t.equal(isAbove('total'), true, '65 and 10 reach 70')
  t.equal(isAbove('panel'), false)
})

t.test('ties may be broken by one part of the total', async (t) => {
  const sources = [source('vote', 'as_is', 20)]
  const bids = [
    contender('voted', 80, { results: { vote: 1_000n } }),
    contender('judged', 85, { results: { vote: 500n } }),
  ]
  const scoring = { ...PANEL_ALONE, sources }
  const first = (step: string) => ranked(bids, { scoring, tieBreak: [step] })[0]
  t.match(first('panel_points'), { bidId: 'judged', decidedBy: 'panel_points' })
  t.match(first('vote_points'), { bidId: 'voted', decidedBy: 'vote_points' })
  t.throws(() => first('beauty_points'), /beauty_points/)
  const priced = [contender('dear', 80, { requestedFen: 200n }), contender('cheap', 80)]
  const prices = [{ code: 'price', maxHundredths: 1000 }]
  t.equal(ranked(priced, { scoring: { ...PANEL_ALONE, prices }, tieBreak: ['price_mean'] })[0]?.bidId, 'cheap')
})

const arbitraryField = fc.array(
  fc.record({
    lot: fc.integer({ min: 0, max: 2 }),
    requestedFen: fc.bigInt({ min: 1n, max: 50n }),
    results: fc.record({ s: fc.bigInt({ min: 0n, max: 60n }) }, { requiredKeys: [] }),
  }),
  { minLength: 1, maxLength: 7 },
)

t.test('points come out as the plain definition says, and never above the maximum', async (t) => {
  const max = 700
  /** The definitions, one by one, in floating point. */
  const naive = (bid: Candidate, field: readonly Candidate[], normalization: Normalization): number => {
    const value = bid.results['s']
    if (value === undefined) return 0
    const all = field.flatMap(({ results }) => (results['s'] === undefined ? [] : [Number(results['s'])]))
    if (normalization === 'as_is') return Number(value)
    if (normalization === 'rank') return (max * all.filter((other) => other <= Number(value)).length) / all.length
    if (normalization === 'share_of_request') return max * Math.min(1, Number(value) / Number(bid.requestedFen))
    return Math.max(...all) === 0 ? 0 : (max * Number(value)) / Math.max(...all)
  }
  fc.assert(
    fc.property(
      arbitraryField,
      fc.constantFrom<Normalization>('as_is', 'share_of_highest', 'share_of_request', 'rank'),
      fc.constantFrom<'round' | 'need'>('round', 'need'),
      fc.integer({ min: 0, max: 10_000 }),
      (field, normalization, scope, weightBasisPoints) => {
        const sources = [{ code: 's', normalization, maxHundredths: max, weightBasisPoints }]
        return field.every((bid) => {
          const rivals = scope === 'need' ? field.filter(({ lot }) => lot === bid.lot) : field
          const { components, total } = scoreOf(bid, fraction(0, 1), field, { ...PANEL_ALONE, scope, sources })
          const part = components[1]?.hundredths ?? fraction(0, 1)
          const expected = (naive(bid, rivals, normalization) * weightBasisPoints) / 10_000
          const isClose = Math.abs(Number(part.numerator) / Number(part.denominator) - expected) < 1e-9
          return isClose && compareFractions(total, sumFractions(components.map((one) => one.hundredths))) === 0
        })
      },
    ),
  )
  t.pass('for every field, scope and weight')
})

t.test('bids stand in the order of their totals, compared over one common denominator', async (t) => {
  const arbitraryBids = fc.array(
    fc.record({
      points: fc.integer({ min: 0, max: 100 }),
      lot: fc.integer({ min: 0, max: 2 }),
      requestedFen: fc.bigInt({ min: 1n, max: 9n }),
      vote: fc.bigInt({ min: 0n, max: 9n }),
    }),
    { minLength: 1, maxLength: 6 },
  )
  fc.assert(
    fc.property(
      arbitraryBids,
      fc.constantFrom<'round' | 'need'>('round', 'need'),
      fc.integer({ min: 0, max: 10_000 }),
      (bids, scope, panelWeightBasisPoints) => {
        const named = bids.map((bid, index) => ({ ...bid, bidId: `b${index}` }))
        const scoring: ScoringTerms = {
          scope,
          panelWeightBasisPoints,
          passLineOn: 'total',
          prices: [{ code: 'price', maxHundredths: 700 }],
          sources: [source('vote', 'share_of_highest', 11, 10_000 - panelWeightBasisPoints)],
        }
        const contenders = named.map(({ bidId, points: total, vote, ...rest }) =>
          contender(bidId, total, { ...rest, results: { vote } }),
        )
        // All prices and votes divide 2520 (the least multiple of 1 … 9), so totals are whole in these units.
        const unit = 2520n
        const totalOf = (bid: (typeof named)[number]): bigint => {
          const rivals = scope === 'need' ? named.filter(({ lot }) => lot === bid.lot) : named
          const prices = named.filter(({ lot }) => lot === bid.lot).map(({ requestedFen }) => requestedFen)
          const lowest = prices.reduce((low, one) => (one < low ? one : low))
          const highest = rivals.map(({ vote }) => vote).reduce((high, one) => (one > high ? one : high))
          const panel = BigInt(bid.points) * 100n * unit + (700n * lowest * unit) / bid.requestedFen
          const votes = highest === 0n ? 0n : (1100n * bid.vote * unit) / highest
          return panel * BigInt(panelWeightBasisPoints) + votes * BigInt(10_000 - panelWeightBasisPoints)
        }
        const ranked = rankBids(contenders, { ...DEMO_TERMS, tieBreak: ['lot'], scoring }, [])
        const isTie = named.some((a) =>
          named.some((b) => a !== b && (scope === 'round' || a.lot === b.lot) && totalOf(a) === totalOf(b)),
        )
        if (!ranked.accepted) return isTie
        const expected = named.toSorted((a, b) => {
          const byLot = scope === 'need' ? a.lot - b.lot : 0
          return byLot || (totalOf(a) < totalOf(b) ? 1 : -1)
        })
        return !isTie && ranked.value.every(({ bidId }, index) => bidId === expected[index]?.bidId)
      },
    ),
    { numRuns: 500 },
  )
  t.pass('for 500 generated rounds')
})

const BONUS: ResultTerms = {
  ...source('special', 'as_is', 20),
  minHundredths: 500,
  coverage: 'some',
  kind: 'bonus',
}
const VOTE: ResultTerms = {
  ...source('vote', 'share_of_highest', 100),
  minHundredths: 0,
  coverage: 'all',
  kind: 'vote',
}
const errors = (terms: ResultTerms, results: readonly [string, string, string?][]) => {
  const checked = checkResults(
    terms,
    ['a', 'b'],
    results.map(([bidId, value, reason = null]) => ({ bidId, value, reason })),
  )
  return checked.accepted ? [] : checked.refusal.errors.map(({ pointer, code }) => `${pointer} ${code}`)
}

t.test('results are taken whole: known bids, each once, within the bounds, a reason with each bonus', async (t) => {
  t.same(errors(BONUS, [['a', '5', 'best volunteers']]), [])
  t.same(errors(BONUS, [['b', '20', 'media prize']]), [])
  t.same(errors(BONUS, [['a', '4.99', 'too little']]), ['#/results/0/value points_below_min'])
  t.same(errors(BONUS, [['a', '20.01']]), ['#/results/0/reason reason_missing', '#/results/0/value points_above_max'])
  const late = { ...BONUS, kind: 'deduction', isDeduction: true }
  t.same(errors(late, [['a', '20', 'report a month late']]), [])
  t.same(errors(late, [['a', '20']]), ['#/results/0/reason reason_missing'], 'nor is anything taken off without one')
  t.same(
    errors(VOTE, [
      ['a', '12'],
      ['a', '13'],
      ['c', '1'],
    ]),
    ['#/results/1 twice', '#/results/2 bid_not_judged', '#/results result_missing'],
  )
})

t.test('the latest batch counts; a source for everybody leaves nobody out', async (t) => {
  const batch = (number: number, votes: Record<string, string>) => ({
    source: 'vote',
    number,
    results: Object.entries(votes).map(([bidId, value]) => ({ bidId, value, reason: null })),
  })
  const found = orThrow(
    resultsByBid([VOTE], [batch(2, { a: '7', b: '8.5' }), batch(1, { a: '1', b: '2' })], ['a', 'b']),
  )
  t.same(Object.fromEntries(found), { a: { vote: 700n }, b: { vote: 850n } })
  const missing = resultsByBid([VOTE, BONUS], [batch(1, { a: '1' })], ['a', 'b'])
  t.match(missing, { accepted: false, refusal: { errors: [{ code: 'result_missing', detail: 'vote: b' }] } })
  t.equal(parseQuantity('9999999999999.99'), 999_999_999_999_999n)
  for (const text of ['-1', '1.234', '01', '', '1e3']) t.throws(() => parseQuantity(text), RangeError, text)
})
