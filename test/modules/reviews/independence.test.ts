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

/** 甲 is proposed and 乙 in reserve; a kinship of an expert to either may come on record then. */
async function proposed(t: Parameters<typeof testApp>[0], policy: object = {}) {
  const app = await testApp(t)
  const { call } = app
  const round = await smallRound(app, ['甲', '乙'], { panel: PANEL, ...policy })
  const { hostKey, roundId, agencies } = round
  const experts = [await newExpert(app, hostKey, 'E1'), await newExpert(app, hostKey, 'E2')] as const
  expecting(201, await round.convene(experts))
  for (const expert of experts) {
    expecting(201, await round.sign(expert, '甲', '90'))
    expecting(201, await round.sign(expert, '乙', '80'))
  }
  expecting(200, await round.rank())
  const path = `/v1/rounds/${roundId}`
  const post = (url: string, body: object = {}) => call(hostKey, 'POST', url, body)
  expecting(201, await post(`${path}/award-proposals`))
  const act = async (resource: string, command: string, body: object) => {
    const ifMatch = String((await call(hostKey, 'GET', resource)).headers['etag'])
    return call(hostKey, 'POST', `${resource}/${command}`, body, { ifMatch })
  }
  const say = async (relations: object[]) => {
    const expert = `/v1/experts/${experts[1].id}`
    const ifMatch = String((await call(hostKey, 'GET', expert)).headers['etag'])
    expecting(200, await call(hostKey, 'PATCH', expert, { relations }, { ifMatch }))
  }
  return {
    ...app,
    act,
    /** The awards of the round, the first one first. */
    awards: async () => (await call(hostKey, 'GET', `/v1/awards?roundId=${roundId}`)).body.items.reverse(),
    announce: () => post('/v1/notices', { roundId, kind: 'award' }),
    meet: (heldOn: string, rejections: object[] = []) =>
      post(`${path}/decision-meetings`, { heldOn, minutes: '局长办公会审定。', rejections }),
    confirm: () => post(`${path}/award-confirmation`),
    kinTo: (name: string) => say([{ organizationId: agencies[name]?.organizationId, kind: 'kinship', ...SINCE }]),
    mendRecord: () => say([]),
  }
}

const IN_CONFLICT = { status: 409, body: { code: 'score_sheets_in_conflict' } }
const MEETING = '2026-05-18T01:00:00.000Z'

t.test('a conflict that comes on record after the proposals stops the notice and the meeting', async (t) => {
  const county = await proposed(t)
  await county.kinTo('甲')
  const refused = await county.announce()
  t.match(refused, IN_CONFLICT)
  t.match(refused.body.detail, 'POST /rounds/{roundId}/award-retraction', 'and says what to do')
  await county.kinTo('乙')
  expecting(201, await county.announce())
  await county.kinTo('甲')
  await county.setClock(MEETING)
  t.match(await county.meet('2026-05-18'), IN_CONFLICT)
  const [{ id }] = await county.awards()
  const early = await county.act(`/v1/awards/${id}`, 'cancellation', { reason: '专家应当回避。' })
  t.match(early.body, { code: 'award_not_in_state' }, 'it can be taken back and judged anew still')

  await t.test(
    'whoever steps in is held at the notice by the same question, and the host may give it up',
    async (t) => {
      expecting(201, await county.meet('2026-05-18', [{ awardId: id, reason: '专家应当回避。' }]))
      await county.kinTo('乙')
      t.match(await county.announce(), IN_CONFLICT)
      const [, next] = await county.awards()
      t.match(next, { state: 'proposed' }, 'not passed over in silence')
      const given = await county.act(`/v1/awards/${next.id}`, 'cancellation', { reason: '专家应当回避,已无法重评。' })
      t.match(given, { status: 200, body: { state: 'cancelled' } })
    },
  )
})

t.test('so it does where the meeting comes before the notice: at the meeting and at the confirmation', async (t) => {
  const county = await proposed(t, { decision: { beforeNotice: true, attendeesMin: 0 } })
  await county.kinTo('甲')
  t.match(await county.meet('2026-04-28'), IN_CONFLICT)
  await county.mendRecord()
  expecting(201, await county.meet('2026-04-28'))
  expecting(201, await county.announce())
  await county.setClock(MEETING)
  await county.kinTo('甲')
  t.match(await county.confirm(), IN_CONFLICT)
  await county.mendRecord()
  t.match(await county.confirm(), { status: 200, body: { awards: [{ state: 'confirmed' }] } }, 'a wrong record')
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
