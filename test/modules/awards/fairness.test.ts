import { hash } from 'node:crypto'
import canonicalize from 'canonicalize'
import t from 'tap'
import { testApp } from '../../support/app.ts'
import { demoCounty } from '../reviews/fixtures.ts'
import { money } from '../rounds/fixtures.ts'

// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
type Body = any

t.test('the demo county reads how firm its ranking is, asks for advice and says why it departs from it', async (t) => {
  const app = await testApp(t)
  const { call, keyFor, database } = app
  const county = await demoCounty(app, {
    policy: {
      allocation: {
        limits: [{ code: 'elderly', by: 'field', of: 'elderly_care', awardsMax: 2, amountMax: null }],
        needWeight: 'beneficiaries',
      },
      robustness: { changeMin: '0.50', leaveOneOutCrossingsMax: 1, severityMax: '5' },
    },
  })
  const { hostKey, roundId, agencies, expertOf, idOf, nameOf, review } = county
  const robustness = `/v1/rounds/${roundId}/robustness`
  const advice = `/v1/rounds/${roundId}/allocation-advice`
  const proposals = `/v1/rounds/${roundId}/award-proposals`
  const operator = await keyFor('operator')
  const unknown = (url: string) => url.replace(roundId, 'rnd_00000000000000000000000000')

  await t.test('before the ranking there is nothing to tell', async (t) => {
    t.equal((await call(hostKey, 'GET', robustness)).status, 404)
    t.match((await call(hostKey, 'POST', advice, {})).body, { code: 'ranking_missing', status: 409 })
    await review()
  })

  await t.test('the robustness report names what the lines hang on', async (t) => {
    const { status, body } = await call(hostKey, 'GET', robustness)
    t.equal(status, 200)
    t.match(body.passLineChange, { bidId: idOf('B08'), points: '2.00', isComplete: true })
    t.match(body.awardLineChange, { points: /^-?0.01$/, isComplete: true }, 'of two tied bids either may be the one')
    t.same(
      [body.isFragile, body.fragilities.includes('small_change'), body.fragilities.includes('severe_expert')],
      [true, true, false],
    )
    t.same(
      body.ties.map(({ bidIds, steps, separatesAwards }: Body) => [bidIds.map(nameOf), steps, separatesAwards]),
      [[['B03', 'B04'], ['feasibility_mean'], true]],
      'B03 and B04 are for one need: the tie-break decided which of them is funded',
    )
    t.equal(body.reviewers.length, 4)
    for (const { severity } of body.reviewers) t.match(severity.exact, /^-?[0-9]+(\/[0-9]+)?$/)
    t.equal((await call(operator, 'GET', robustness)).status, 200)
    t.equal((await call(expertOf('E1').key, 'GET', robustness)).status, 403, 'experts do not read of each other')
    t.equal((await call(agencies['A1']?.key ?? null, 'GET', robustness)).status, 403)
    t.equal((await call(null, 'GET', robustness)).status, 401)
    t.equal((await call(hostKey, 'GET', unknown(robustness))).status, 404)
  })

  await t.test('advice is put on record with its digest, and the same facts give the same advice', async (t) => {
    const first = await call(operator, 'POST', advice, {
      amounts: [{ bidId: idOf('B07'), approved: money('85000.00') }],
      prices: true,
    })
    t.equal(first.status, 201)
    const { document } = first.body
    t.equal(first.body.digest, hash('sha256', canonicalize(document) ?? '', 'hex'))
    t.ok(document.isProven && document.coverage >= document.rankingCoverage)
    t.ok(document.coverage <= document.wholeWeight)
    t.same(
      document.prices.map(({ kind }: Body) => kind),
      ['pool', 'pool', 'organization_max', 'limit'],
    )
    const again = await call(operator, 'POST', advice, {
      amounts: [{ bidId: idOf('B07'), approved: money('85000.00') }],
      prices: true,
    })
    t.same([again.body.number, again.body.digest], [2, first.body.digest])
    const listed = (await call(hostKey, 'GET', advice)).body.items
    t.same(listed, [again.body, first.body])
    const unpriced = await call(operator, 'POST', advice, {
      amounts: [{ bidId: idOf('B07'), approved: money('85000.00') }],
    })
    t.equal(unpriced.body.document.prices, null, 'prices are searched on request')
    t.match(
      (await call(hostKey, 'POST', advice, { amounts: [{ bidId: idOf('B09'), approved: money('50000.00') }] })).body,
      {
        code: 'approved_amount_invalid',
        status: 422,
      },
    )
    t.equal((await call(agencies['A1']?.key ?? null, 'POST', advice, {})).status, 403)
    t.equal((await call(null, 'POST', advice, {})).status, 401)
    t.equal((await call(hostKey, 'POST', unknown(advice), {})).status, 404)
    await t.rejects(database.pool.query(`update allocation_advice set digest = repeat('0', 64)`), { code: '23514' })
  })

  await t.test('proposals that depart from the latest advice say why', async (t) => {
    t.match((await call(hostKey, 'POST', proposals, {})).body, { code: 'advice_reason_missing', status: 422 })
    const body = { adviceReason: '按专家评审排名执行。' }
    const made = await call(hostKey, 'POST', proposals, body)
    t.equal(made.status, 201)
    t.ok(made.body.departures.length > 0)
    for (const { advised, proposed } of made.body.departures) t.not(advised?.amount, proposed?.amount)
    const { rows } = await database.pool.query('select departures, reason from advice_departure')
    t.same(rows, [{ departures: made.body.departures, reason: body.adviceReason }])
    t.match((await call(hostKey, 'POST', advice, {})).body, { code: 'awards_exist', status: 409 })
    t.match(
      (await call(hostKey, 'GET', robustness)).body.ties[0].separatesAwards,
      true,
      'the report is there after the awards as well',
    )
  })
})
