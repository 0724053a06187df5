import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { orThrow } from '../../../src/kernel/decision.ts'
import { formatFraction, fraction } from '../../../src/kernel/ratio.ts'
import {
  type Contender,
  keptSheets,
  outliers,
  type RankingEntry,
  type RankingTerms,
  rankBids,
  type Sheet,
  tiesForLot,
} from '../../../src/modules/reviews/rules/ranking.ts'
import { DEMO_TERMS, demoContenders, sheet } from './demoScores.ts'

const rank = (contenders: readonly Contender[], terms: RankingTerms = DEMO_TERMS, lots: string[][] = []) =>
  orThrow(
    rankBids(
      contenders,
      terms,
      lots.map((bidIds) => ({ bidIds })),
    ),
  )
const order = (entries: readonly RankingEntry[]) => entries.map(({ bidId }) => bidId)

t.test('the demo round is ranked as its page says, sums and means to the point', async (t) => {
  const entries = rank(demoContenders())
  t.same(
    entries.map(({ bidId, sumHundredths, count, decidedBy, isAboveLine }) => [
      bidId,
      `${sumHundredths / 100}/${count}`,
      formatFraction(fraction(sumHundredths, count * 100)),
      decidedBy,
      isAboveLine,
    ]),
    [
      ['B01', '272/3', '90.67', null, true],
      ['B06', '258/3', '86.00', null, true],
      ['B02', '252/3', '84.00', null, true],
      ['B03', '250/3', '83.33', 'feasibility_mean', true],
      ['B04', '250/3', '83.33', 'feasibility_mean', true],
      ['B05', '244/3', '81.33', null, true],
      ['B07', '235/3', '78.33', null, true],
      ['B10', '229/3', '76.33', null, true],
      ['B08', '208/3', '69.33', null, false],
    ],
  )
  t.same(
    entries.map((entry) => entry.rank),
    [1, 2, 3, 4, 5, 6, 7, 8, 9],
  )
  t.ok(
    entries.every((entry) => entry.droppedExpertIds.length === 0 && entry.outlierExpertIds.length === 0),
    'three sheets drop nothing, and nobody stands apart',
  )
})

/** A contender with the given totals per sheet, all of it in one criterion. */
const plain = (bidId: string, totals: readonly number[], extra: Partial<Contender> = {}): Contender => ({
  bidId,
  lot: 0,
  results: {},
  requestedFen: 100n,
  submittedAt: new Date('2026-04-01T00:00:00Z'),
  sheets: totals.map((total, index) => sheet(`E${index}`, [total], index)),
  ...extra,
})
const BY_FIT: RankingTerms = {
  ...DEMO_TERMS,
  tieBreak: ['need_fit_mean', 'lower_request', 'earlier_submission', 'lot'],
}

t.test('ties go through the chain, and the step that decided stands on all who took part', async (t) => {
  const tied = (extra: Record<string, Partial<Contender>>) =>
    Object.entries(extra).map(([bidId, more]) => plain(bidId, [80, 80, 80], more))
  const decided = (entries: readonly RankingEntry[]) => entries.map(({ bidId, decidedBy }) => [bidId, decidedBy])

  t.same(decided(rank(tied({ a: { requestedFen: 200n }, b: { requestedFen: 199n } }), BY_FIT)), [
    ['b', 'lower_request'],
    ['a', 'lower_request'],
  ])
  const later = new Date('2026-04-01T00:00:00.001Z')
  t.same(decided(rank(tied({ a: { submittedAt: later }, b: {} }), BY_FIT)), [
    ['b', 'earlier_submission'],
    ['a', 'earlier_submission'],
  ])
  t.same(
    decided(rank(tied({ a: { requestedFen: 300n }, b: { submittedAt: later }, c: {} }), BY_FIT)),
    [
      ['c', 'earlier_submission'],
      ['b', 'earlier_submission'],
      ['a', 'lower_request'],
    ],
    'in a tie of three each bid names the step that set it apart',
  )
})

t.test('where nothing else separates bids a lot is asked for, and its order counts', async (t) => {
  const contenders = ['a', 'b', 'c'].map((bidId) => plain(bidId, [80, 80, 80]))
  const refused = rankBids(contenders, BY_FIT, [])
  if (refused.accepted) throw new Error('three equal bids were ranked without a lot')
  t.equal(refused.refusal.problem.code, 'lot_required')
  t.match(refused.refusal.errors, [{ code: 'tied', detail: 'a, b, c' }])
  t.same(tiesForLot(contenders, BY_FIT, []), [['a', 'b', 'c']])

  const entries = rank(contenders, BY_FIT, [['c', 'a', 'b']])
  t.same(order(entries), ['c', 'a', 'b'])
  t.ok(entries.every(({ decidedBy }) => decidedBy === 'lot'))
  t.equal(rankBids(contenders, BY_FIT, [{ bidIds: ['c', 'a'] }]).accepted, false, 'a lot without one of them is none')
  t.equal(rankBids(contenders, BY_FIT, [{ bidIds: ['c', 'a', 'b', 'd'] }]).accepted, false, 'nor one with a stranger')
  t.same(
    tiesForLot(contenders, { ...BY_FIT, tieBreak: [] }, []),
    [['a', 'b', 'c']],
    'a chain that forgot the lot ends in a lot all the same',
  )
  const two = [...['x', 'y'].map((bidId) => plain(bidId, [70, 70, 70])), ...contenders]
  t.same(tiesForLot(two, BY_FIT, []), [
    ['a', 'b', 'c'],
    ['x', 'y'],
  ])
})

t.test('a rounded mean neither makes a tie nor breaks one', async (t) => {
  // 83.334 and 83.333 both show as 83.33; 250/3 and 500/6 are the same number.
  const hundredths = (bidId: string, totals: readonly number[]): Contender => ({
    ...plain(bidId, totals),
    sheets: totals.map((totalHundredths, index) => ({
      expertId: `E${index}`,
      items: [{ criterion: 'need_fit', hundredths: totalHundredths }],
      totalHundredths,
      signedAt: new Date(0),
      signingNumber: index,
    })),
  })
  const close = rank([hundredths('lower', [8333, 8333, 8333]), hundredths('higher', [8334, 8333, 8333])], BY_FIT)
  t.same(
    close.map(({ bidId, decidedBy }) => [bidId, decidedBy]),
    [
      ['higher', null],
      ['lower', null],
    ],
  )
  const same = [plain('three', [84, 83, 83]), plain('six', [84, 83, 83, 84, 83, 83])]
  t.equal(rankBids(same, { ...BY_FIT, tieBreak: ['lot'] }, []).accepted, false, 'different counts, equal means: a tie')
})

t.test('the pass line is met by reaching it exactly', async (t) => {
  t.equal(rank([plain('a', [70, 70, 70])])[0]?.isAboveLine, true)
  t.equal(rank([plain('a', [70, 70, 69])])[0]?.isAboveLine, false)
})

t.test('extremes go as whole sheets, and of equal ones the one signed first', async (t) => {
  const five = [70, 80, 90, 90, 70].map((total, index) => sheet(`E${index + 1}`, [total], index))
  const kept = (sheets: readonly Sheet[], min: number | null) =>
    keptSheets(sheets, min)
      .map(({ expertId }) => expertId)
      .sort()
  t.same(kept(five, 5), ['E2', 'E4', 'E5'], 'E3 was the first of the 90s, E1 the first of the 70s')
  t.same(kept(five.slice(0, 4), 5), ['E1', 'E2', 'E3', 'E4'], 'fewer than the policy’s number drop nothing')
  t.same(kept(five, null), ['E1', 'E2', 'E3', 'E4', 'E5'])
  const same = [1, 2, 3, 4, 5].map((n) => sheet(`E${n}`, [80], 6 - n))
  t.same(kept(same, 5), ['E1', 'E2', 'E3'], 'among five equals the two signed first go')
  const earlier = five.map((one, index) => (index === 3 ? { ...one, signedAt: new Date('2026-04-28T05:59:59Z') } : one))
  t.same(kept(earlier, 5), ['E2', 'E3', 'E5'], 'the instant comes before the number')

  const dropping = { ...DEMO_TERMS, dropExtremesMinSheets: 5 }
  const points = [
    [10, 20],
    [20, 20],
    [18, 16],
    [17, 19],
    [5, 15],
  ]
  const [entry] = rank(
    [{ ...plain('a', []), sheets: points.map((one, index) => sheet(`E${index + 1}`, one, index)) }],
    dropping,
  )
  t.match(
    entry,
    { sumHundredths: 10_000, count: 3, droppedExpertIds: ['E2', 'E5'] },
    '30 + 34 + 36, the 40 and the 20 dropped',
  )
})

t.test('tie-breaks look at the kept sheets alone', async (t) => {
  const terms = { ...DEMO_TERMS, dropExtremesMinSheets: 5, tieBreak: ['need_fit_mean', 'lot'] }
  const contender = (
    bidId: string,
    middle: readonly number[],
    extremes: readonly (readonly number[])[],
  ): Contender => ({
    ...plain(bidId, []),
    sheets: [...extremes, middle, middle, middle].map((points, index) => sheet(`E${index}`, points, index)),
  })
  // The dropped sheets of `b` praise its need_fit; the kept ones do not.
  const a = contender(
    'a',
    [15, 15],
    [
      [0, 40],
      [0, 1],
    ],
  )
  const b = contender(
    'b',
    [14, 16],
    [
      [20, 20],
      [1, 0],
    ],
  )
  t.same(
    rank([b, a], terms).map(({ bidId, decidedBy }) => [bidId, decidedBy]),
    [
      ['a', 'need_fit_mean'],
      ['b', 'need_fit_mean'],
    ],
  )
})

t.test('an expert is an outlier from the first hundredth beyond the gap', async (t) => {
  const sheets = [80, 80, 60].map((total, index) => sheet(`E${index + 1}`, [total], index))
  t.same(outliers(sheets, 2000), [], '20 points below the mean of the others is within')
  t.same(outliers(sheets, 1999), ['E3'])
  t.same(outliers(sheets, null), [])
  t.same(outliers(sheets.slice(0, 1), 0), [], 'one sheet has no others')
})

t.test('a tie-break that names no criterion is a mistake of the policy and says so', async (t) => {
  const contenders = ['a', 'b'].map((bidId) => plain(bidId, [80]))
  t.throws(() => rankBids(contenders, { ...DEMO_TERMS, tieBreak: ['beauty_mean'] }, []), /beauty_mean/)
})

const arbitraryContest = fc
  .array(
    fc.record({
      totals: fc.array(fc.record({ points: fc.integer({ min: 76, max: 79 }), fit: fc.integer({ min: 9, max: 11 }) }), {
        minLength: 1,
        maxLength: 6,
      }),
      requestedFen: fc.bigInt({ min: 1n, max: 3n }),
      submittedMs: fc.integer({ min: 0, max: 2 }),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((bids) =>
    bids.map(
      ({ totals, requestedFen, submittedMs }, index): Contender => ({
        bidId: `bid${index}`,
        lot: 0,
        results: {},
        requestedFen,
        submittedAt: new Date(submittedMs),
        sheets: totals.map(({ points, fit }, n) => sheet(`E${n}`, [fit, points - fit], n)),
      }),
    ),
  )
const PROPERTY_TERMS: RankingTerms = { ...BY_FIT, dropExtremesMinSheets: 5 }

t.test('whatever the order of bids and sheets on the table, the ranking is the same', async (t) => {
  fc.assert(
    fc.property(arbitraryContest, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (contest, chance) => {
      const shuffled = <Item>(items: readonly Item[]) =>
        items
          .map((item) => ({ item, key: chance.next().value as number }))
          .sort((a, b) => a.key - b.key)
          .map(({ item }) => item)
      const again = shuffled(contest).map((one) => ({ ...one, sheets: shuffled(one.sheets) }))
      const ties = tiesForLot(contest, PROPERTY_TERMS, [])
      if (!isDeepStrictEqual(tiesForLot(again, PROPERTY_TERMS, []), ties)) return false
      const lots = ties.map((bidIds) => ({ bidIds: bidIds.toReversed() }))
      return isDeepStrictEqual(rankBids(again, PROPERTY_TERMS, lots), rankBids(contest, PROPERTY_TERMS, lots))
    }),
    { numRuns: 200 },
  )
  t.pass('for 200 generated contests')
})

t.test('a better place never has a lower mean, and decidedBy stands exactly where means are equal', async (t) => {
  fc.assert(
    fc.property(arbitraryContest, (contest) => {
      const lots = tiesForLot(contest, PROPERTY_TERMS, []).map((bidIds) => ({ bidIds }))
      const entries = orThrow(rankBids(contest, PROPERTY_TERMS, lots))
      const cross = (a: RankingEntry, b: RankingEntry) => a.sumHundredths * b.count - b.sumHundredths * a.count
      for (const [index, entry] of entries.entries()) {
        const next = entries[index + 1]
        if (next !== undefined && cross(entry, next) < 0) return false
        const hasEqual = entries.some((other) => other !== entry && cross(entry, other) === 0)
        if (hasEqual !== (entry.decidedBy !== null)) return false
      }
      return entries.length === contest.length
    }),
    { numRuns: 300 },
  )
  t.pass('for 300 generated contests')
})

t.test('two bids are decided by nothing but their exact means unless these are equal', async (t) => {
  const hundredths = fc.integer({ min: 0, max: 10_000 })
  const totals = fc.array(hundredths, { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(totals, totals, (a, b) => {
      const of = (bidId: string, values: number[], requestedFen: bigint): Contender => ({
        ...plain(bidId, [], { requestedFen }),
        sheets: values.map((totalHundredths, n) => ({
          expertId: `E${n}`,
          items: [],
          totalHundredths,
          signedAt: new Date(n),
          signingNumber: n,
        })),
      })
      const terms = { ...DEMO_TERMS, tieBreak: ['lower_request'] }
      const [first] = orThrow(rankBids([of('dear', a, 2n), of('cheap', b, 1n)], terms, []))
      const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
      const order = sum(a) * b.length - sum(b) * a.length
      return order === 0
        ? first?.bidId === 'cheap' && first.decidedBy === 'lower_request'
        : first?.bidId === (order > 0 ? 'dear' : 'cheap') && first.decidedBy === null
    }),
  )
  t.pass('rounding never makes or breaks a tie')
})
