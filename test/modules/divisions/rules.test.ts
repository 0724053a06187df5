import fc from 'fast-check'
import t from 'tap'
import { checkDivision, placeOf, premisesOf, yearlyWorkFund } from '../../../src/modules/divisions/rules.ts'

const BLANK = { name: '望溪社区', communityKind: null, households: null, premisesSquareMetres: null }

t.test('level and parent follow from the code', async (t) => {
  const place = (code: string) => {
    const decision = placeOf(code)
    return decision.accepted ? [decision.value.level, decision.value.parentCode] : decision.refusal.problem.code
  }
  t.same(place('990000000000'), ['province', null])
  t.same(place('990400000000'), ['prefecture', '990000000000'])
  t.same(place('990421000000'), ['county', '990400000000'])
  t.same(place('990421101000'), ['town', '990421000000'])
  t.same(place('990421101001'), ['community', '990421101000'])
  t.same(place('441900003000'), ['town', '441900000000'], 'Dongguan has towns and no counties')
  for (const code of ['000000000000', '000421000000', '990021000000', '990421000001', '99042110100', '99042110100x'])
    t.equal(place(code), 'division_code_invalid', code)
})

t.test('walking up from any division ends at its province', async () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 89 }),
      fc.integer({ min: 1, max: 99 }),
      fc.integer({ min: 1, max: 99 }),
      fc.integer({ min: 1, max: 999 }),
      fc.integer({ min: 1, max: 999 }),
      (province, prefecture, county, town, community) => {
        const part = (value: number, digits: number) => String(value).padStart(digits, '0')
        const start = `${province + 10}${part(prefecture, 2)}${part(county, 2)}${part(town, 3)}${part(community, 3)}`
        const path: string[] = []
        for (let code: string | null = start; code !== null; ) {
          const decision = placeOf(code)
          if (!decision.accepted) return false
          path.push(decision.value.level)
          code = decision.value.parentCode
        }
        return path.join() === 'community,town,county,prefecture,province'
      },
    ),
  )
})

t.test('the code tells villages from residents’ committees, and others must say what they are', async (t) => {
  const kind = (code: string, communityKind: 'urban' | 'village' | null = null) => {
    const decision = checkDivision({ ...BLANK, code, communityKind })
    return decision.accepted ? decision.value.communityKind : decision.refusal.problem.code
  }
  t.equal(kind('990421101001'), 'urban')
  t.equal(kind('990421101199'), 'urban')
  t.equal(kind('990421101200'), 'village')
  t.equal(kind('990421101399'), 'village')
  t.equal(kind('990421101201', 'urban'), 'community_kind_wrong')
  t.equal(kind('990421101400'), 'community_kind_wrong')
  t.equal(kind('990421101400', 'urban'), 'urban')
  t.equal(kind('990421101000'), null)
  t.equal(kind('990421101000', 'village'), 'community_kind_wrong')
})

t.test('only communities have households and premises', async (t) => {
  for (const figures of [{ households: 1 }, { premisesSquareMetres: 1 }]) {
    t.match(checkDivision({ ...BLANK, code: '990421101000', ...figures }), {
      refusal: { problem: { code: 'community_figures_unexpected' } },
    })
    t.match(checkDivision({ ...BLANK, code: '990421101001', ...figures }), { accepted: true })
  }
})

t.test('D0-11: 30 m² per 100 households, at least 600 m² below 2500 households', async (t) => {
  const required = (households: number | null) =>
    premisesOf({ communityKind: 'urban', households, premisesSquareMetres: 600 })
  t.same(required(2499), { squareMetres: 600, requiredSquareMetres: 600, isSufficient: true })
  t.same(required(2500), { squareMetres: 600, requiredSquareMetres: 750, isSufficient: false })
  t.equal(required(4000)?.requiredSquareMetres, 1200)
  t.equal(required(2501)?.requiredSquareMetres, 751, 'a part of a square metre takes a whole one')
  t.same(required(null), { squareMetres: 600, requiredSquareMetres: null, isSufficient: null })
})

t.test('D0-12: a village needs 500 m² whatever its size', async (t) => {
  const village = (premisesSquareMetres: number | null) =>
    premisesOf({ communityKind: 'village', households: null, premisesSquareMetres })?.isSufficient
  t.equal(village(499), false)
  t.equal(village(500), true)
  t.equal(village(null), null)
  t.equal(premisesOf({ communityKind: null, households: null, premisesSquareMetres: null }), null)
})

t.test('D4-05: an urban community gets 10,000 yuan a year per 100 households, pro rata', async (t) => {
  t.equal(yearlyWorkFund({ communityKind: 'urban', households: 2350 }), 23_500_000n)
  t.equal(yearlyWorkFund({ communityKind: 'urban', households: 1 }), 10_000n)
  t.equal(yearlyWorkFund({ communityKind: 'urban', households: null }), null)
  t.equal(yearlyWorkFund({ communityKind: 'village', households: 610 }), null)
})
