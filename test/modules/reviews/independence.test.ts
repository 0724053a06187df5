import t from 'tap'
import { orThrow } from '../../../src/kernel/decision.ts'
import { independentSheets } from '../../../src/modules/reviews/rules/rankable.ts'
import { testApp } from '../../support/app.ts'
import { expecting } from '../rounds/fixtures.ts'
import { newExpert, REVIEW_DAY, smallRound } from './fixtures.ts'

const PANEL = { size: 2, quorum: 2, recusalLookbackMonths: 24, dropExtremesMinSheets: null, outlierGap: null }
const SINCE = { from: '2020-01-01', to: null }

t.test('a sheet counts only while the record says nothing against its expert, on either day', async (t) => {
  const sheet = (bidId: string, signedAt = '2026-04-28T06:00:00Z') => ({
    ...{ bidId, expertId: 'E1', signedAt: new Date(signedAt) },
  })
  const check = (to: string | null, sheets = [sheet('a'), sheet('b')]) =>
    independentSheets(
      sheets,
      [
        { bidId: 'a', organizationIds: ['A'] },
        { bidId: 'b', organizationIds: ['B'] },
      ],
      new Map([
        [
          'E1',
          {
            employments: [{ organizationId: 'A', from: '2019-01-01', to }],
            relations: [],
            conflictOrganizationIds: [],
          },
        ],
      ]),
      { id: 'pnl', reviewOn: REVIEW_DAY },
      24,
    )
  t.match(check(null), {
    refusal: { problem: { code: 'score_sheets_in_conflict' }, errors: [{ code: 'employment', detail: 'a E1' }] },
  })
  t.equal(orThrow(check('2024-04-28')), true, 'exactly so many months ago is long enough')
  t.equal(check('2024-04-29').accepted, false)
  t.equal(check('2024-04-29', [sheet('a', '2026-06-01T06:00:00Z')]).accepted, false, 'the review day counts as well')
  t.equal(orThrow(check(null, [sheet('b')])), true, 'the sheet for another bid is not concerned')
})

t.test('a conflict that comes on record after the signature stops the ranking and the awards', async (t) => {
  const app = await testApp(t)
  const { call } = app
  const round = await smallRound(app, ['甲', '乙'], { panel: PANEL })
  const { hostKey, roundId, agencies, bids, sign, rank } = round
  const [one, two, three] = [
    await newExpert(app, hostKey, 'E1'),
    await newExpert(app, hostKey, 'E2'),
    await newExpert(app, hostKey, 'E3'),
  ]
  const panel = expecting(201, await round.convene([one, two], [three])).body
  for (const expert of [one, two]) for (const name of ['甲', '乙']) expecting(201, await sign(expert, name, '80'))
  const patch = (id: string, body: object, ifMatch: number) =>
    call(hostKey, 'PATCH', `/v1/experts/${id}`, body, { ifMatch })
  const works = { employments: [{ organizationId: agencies['甲']?.organizationId, ...SINCE }] }
  expecting(200, await patch(one.id, works, 1))

  const refused = await rank()
  t.match([refused.status, refused.body.code], [409, 'score_sheets_in_conflict'])
  t.same(
    refused.body.errors.map(({ code, detail }: { code: string; detail: string }) => [code, detail]),
    [['employment', `${bids['甲']} ${one.id}`]],
    'the seat and the bid',
  )
  t.match(refused.body.detail, `POST /review-panels/${panel.id}/voidings`)
  t.equal((await call(hostKey, 'GET', `/v1/rounds/${roundId}/ranking`)).status, 404, 'nothing is written')

  await t.test('the recusal found late is the way out', async (t) => {
    const found = { bidId: bids['甲'], expertId: one.id, remark: '查实为该机构专职人员' }
    expecting(200, await call(hostKey, 'POST', `/v1/review-panels/${panel.id}/voidings`, found, { ifMatch: 1 }))
    expecting(201, await sign(three, '甲', '75'))
    t.same((await rank()).body.entries.length, 2)
  })

  await t.test('a ranking that was made before is no better', async (t) => {
    const kin = { relations: [{ organizationId: agencies['乙']?.organizationId, kind: 'kinship', ...SINCE }] }
    expecting(200, await patch(two.id, kin, 1))
    const proposals = await call(hostKey, 'POST', `/v1/rounds/${roundId}/award-proposals`, {})
    t.match([proposals.status, proposals.body.code], [409, 'score_sheets_in_conflict'])
    t.match(proposals.body.errors, [{ code: 'declared_conflict', detail: `${bids['乙']} ${two.id}` }])
    t.same((await call(hostKey, 'GET', `/v1/awards?roundId=${roundId}`)).body.items, [], 'nothing is written')
    expecting(200, await patch(two.id, { relations: [] }, 2))
    t.equal((await call(hostKey, 'POST', `/v1/rounds/${roundId}/award-proposals`, {})).status, 201, 'a wrong record')
  })
})

t.test('an expert whose conflict shows at the signature states the recusal, and the alternate judges', async (t) => {
  const app = await testApp(t)
  const { call } = app
  const { hostKey, agencies, bids, convene, sign } = await smallRound(app, ['甲'], { panel: PANEL })
  const [one, two, three] = [
    await newExpert(app, hostKey, 'E1'),
    await newExpert(app, hostKey, 'E2'),
    await newExpert(app, hostKey, 'E3'),
  ]
  const panel = expecting(201, await convene([one, two], [three])).body
  const tied = { conflictOrganizationIds: [agencies['甲']?.organizationId] }
  expecting(200, await call(hostKey, 'PATCH', `/v1/experts/${one.id}`, tied, { ifMatch: 1 }))
  const refused = await sign(one, '甲', '80')
  t.match([refused.status, refused.body.code], [409, 'expert_recused'])
  t.match(refused.body.detail, 'POST /review-panels/{panelId}/recusals', 'and says what to do')
  const stated = { bidId: bids['甲'], expertId: one.id, remark: '现与该机构有合作' }
  const url = `/v1/review-panels/${panel.id}/recusals`
  t.match((await call(one.key, 'POST', url, stated, { ifMatch: 1 })).body.seats, [
    { expertId: one.id, state: 'recused', reason: 'own_statement' },
    { expertId: two.id, state: 'seated' },
    { expertId: three.id, state: 'seated' },
  ])
  t.equal((await sign(three, '甲', '80')).status, 201)
})
