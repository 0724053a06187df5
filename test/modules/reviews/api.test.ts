import t from 'tap'
import { testApp } from '../../support/app.ts'
import { SCORES } from './demoScores.ts'
import { demoCounty, itemsOf, newExpert, REVIEW } from './fixtures.ts'

const UNKNOWN_ORGANIZATION = 'org_00000000000000000000000000'
const UNKNOWN_ROUND = 'rnd_00000000000000000000000000'

t.test('the demo round is judged by its panel and ranked', async (t) => {
  const app = await testApp(t)
  const { call, keyFor, newOrganization, setClock } = app
  const county = await demoCounty(app, { isChecked: false })
  const { hostKey, roundId, agencies, bids, formalCheck, nameOf, idOf, expertOf, convene, sign, rank } = county
  const operator = await keyFor('operator')
  const auditor = await keyFor('auditor')
  const agency = agencies['A1']?.key ?? null
  const strangers = await newOrganization('邻县民政局', { type: 'government' })
  const otherHost = await keyFor('host', { hostId: strangers, organizationId: strangers })

  await t.test('createExpert puts an expert on record under a code of its own', async (t) => {
    const created = await call(operator, 'POST', '/v1/experts', { code: 'E9', fields: ['accounting'] })
    t.equal(created.status, 201)
    t.equal(created.headers['location'], `/v1/experts/${created.body.id}`)
    t.match(created.body, { code: 'E9', fields: ['accounting'], employments: [], conflictOrganizationIds: [] })
    t.match((await call(operator, 'POST', '/v1/experts', { code: 'E9' })).body, {
      code: 'expert_code_taken',
      status: 409,
    })
    t.equal((await call(otherHost, 'POST', '/v1/experts', { code: 'E9' })).status, 201, 'codes are a host’s own')
    const lost = await call(operator, 'POST', '/v1/experts', {
      code: 'E8',
      employments: [
        { organizationId: UNKNOWN_ORGANIZATION, from: '2020-01-01', to: null },
        { organizationId: strangers, from: '2025-03-01', to: '2020-01-01' },
      ],
      conflictOrganizationIds: [strangers, UNKNOWN_ORGANIZATION],
    })
    t.match([lost.status, lost.body.code], [422, 'expert_relations_invalid'])
    t.same(
      lost.body.errors.map(({ pointer, code }: { pointer: string; code: string }) => [pointer, code]),
      [
        ['#/employments/0/organizationId', 'organization_unknown'],
        ['#/employments/1/to', 'dates_reversed'],
        ['#/conflictOrganizationIds/1', 'organization_unknown'],
      ],
      'a recusal must not be lost without a word',
    )
    t.equal((await call(operator, 'POST', '/v1/experts', { code: 'E8', name: '张三' })).status, 400, 'no names here')
    t.equal((await call(agency, 'POST', '/v1/experts', { code: 'E8' })).status, 403)
    t.equal((await call(null, 'POST', '/v1/experts', { code: 'E8' })).status, 401)
  })

  await t.test('changeExpert, readExpert and listExperts keep to the host and the expert itself', async (t) => {
    const url = `/v1/experts/${expertOf('E4').id}`
    const patch = { fields: ['elderly_care'], conflictOrganizationIds: [strangers] }
    t.equal((await call(operator, 'PATCH', url, patch)).status, 428)
    t.equal((await call(operator, 'PATCH', url, patch, { ifMatch: 9 })).status, 412)
    t.match(await call(operator, 'PATCH', url, patch, { ifMatch: 1 }), { status: 200, body: patch })
    const nobody = { conflictOrganizationIds: [UNKNOWN_ORGANIZATION] }
    t.match((await call(operator, 'PATCH', url, nobody, { ifMatch: 2 })).body, {
      code: 'expert_relations_invalid',
      errors: [{ pointer: '#/conflictOrganizationIds/0' }],
    })
    t.match((await call(operator, 'PATCH', url, { code: 'E1' }, { ifMatch: 2 })).body, { code: 'expert_code_taken' })
    t.equal((await call(auditor, 'PATCH', url, patch, { ifMatch: 2 })).status, 403)
    t.equal((await call(otherHost, 'PATCH', url, patch, { ifMatch: 2 })).status, 404)
    t.equal((await call(expertOf('E4').key, 'GET', url)).body.code, 'E4')
    t.equal((await call(expertOf('E1').key, 'GET', url)).status, 404)
    t.equal((await call(otherHost, 'GET', url)).status, 404)
    t.equal((await call(agency, 'GET', url)).status, 403)
    const seen: string[] = []
    for (let next = '/v1/experts?limit=2'; ; ) {
      const { body } = await call(auditor, 'GET', next)
      seen.push(...body.items.map(({ code }: { code: string }) => code))
      if (body.nextCursor === null) break
      next = `/v1/experts?limit=2&cursor=${encodeURIComponent(body.nextCursor)}`
    }
    t.same(seen, ['E9', 'E4', 'E3', 'E2', 'E1'])
  })

  await t.test('convenePanel waits for the formal check', async (t) => {
    const refused = await convene()
    t.match([refused.status, refused.body.code], [409, 'formal_check_unfinished'])
    t.equal(refused.body.errors.length, 10)
    for (const bidId of Object.values(bids)) await formalCheck(bidId)
    t.match((await rank()).body, { code: 'panel_missing', status: 409 })
  })

  await t.test('convenePanel seats the members, and an alternate where one must step aside', async (t) => {
    const wrong = await convene(['E1', 'E2', 'E3', 'E4'], ['E1'])
    t.match([wrong.status, wrong.body.code], [422, 'panel_members_invalid'])
    t.same(
      wrong.body.errors.map(({ pointer, code }: { pointer: string; code: string }) => [pointer, code]),
      [
        ['#/members/3', 'too_many'],
        ['#/alternates/0', 'twice'],
      ],
    )
    const short = await convene(['E1'], ['E4'])
    t.match([short.status, short.body.code], [422, 'panel_members_invalid'])
    t.match(short.body.errors, [{ pointer: '#/members', code: 'too_few', detail: /^1 of 3 seats/ }])
    const body = { roundId, reviewOn: '2026-04-28', members: [expertOf('E1').id] }
    const members = ['E1', 'E2', 'E3'].map((code) => expertOf(code).id)
    const early = await call(hostKey, 'POST', '/v1/review-panels', { roundId, reviewOn: '2026-04-01', members })
    t.match([early.status, early.body.code], [422, 'review_day_invalid'])
    t.equal((await call(agency, 'POST', '/v1/review-panels', body)).status, 403)
    t.equal(
      (await call(otherHost, 'POST', '/v1/review-panels', body)).status,
      403,
      'the round is public, its panel not theirs',
    )
    t.equal((await call(hostKey, 'POST', '/v1/review-panels', { ...body, roundId: UNKNOWN_ROUND })).status, 404)

    const [first, second] = await Promise.all([convene(), convene()])
    const [won, lost] = first.status === 201 ? [first, second] : [second, first]
    t.match([lost.status, lost.body.code], [409, 'panel_exists'], 'of two at once one convenes')
    t.equal(won.status, 201)
    const seats = new Map<string, string[]>()
    for (const { bidId, expertId, reason } of won.body.seats) {
      const code = ['E1', 'E2', 'E3', 'E4'].find((one) => expertOf(one).id === expertId)
      const name = nameOf(bidId)
      seats.set(name, [...(seats.get(name) ?? []), reason === null ? `${code}` : `${code} ${reason}`])
    }
    t.same(seats.get('B05'), ['E1', 'E2 employment', 'E3', 'E4'])
    t.same(seats.get('B10'), ['E1', 'E2 employment', 'E3', 'E4'])
    t.same(seats.get('B01'), ['E1', 'E2', 'E3'])
    t.equal(seats.size, 9, 'B09 was rejected and is not judged')
    t.same(won.body.belowQuorum, [])

    const url = `/v1/review-panels/${won.body.id}`
    t.equal((await call(auditor, 'GET', url)).status, 200)
    t.equal((await call(expertOf('E4').key, 'GET', url)).status, 200)
    t.equal((await call(agency, 'GET', url)).status, 403)
    t.equal((await call(otherHost, 'GET', url)).status, 404)
    const stranger = await newExpert(app, otherHost, 'X1')
    t.equal((await call(stranger.key, 'GET', url)).status, 404)
    t.match((await call(operator, 'GET', `/v1/review-panels?roundId=${roundId}`)).body.items, [{ id: won.body.id }])
    t.same((await call(otherHost, 'GET', '/v1/review-panels')).body.items, [])
  })

  await t.test('an expert reads the bids assigned to it, and no others', async (t) => {
    const { body } = await call(expertOf('E4').key, 'GET', `/v1/assigned-bids?roundId=${roundId}`)
    t.same(body.items.map(({ bidId }: { bidId: string }) => nameOf(bidId)).sort(), ['B05', 'B10'])
    const paged = await call(expertOf('E4').key, 'GET', '/v1/assigned-bids?limit=1')
    const rest = await call(
      expertOf('E4').key,
      'GET',
      `/v1/assigned-bids?limit=1&cursor=${encodeURIComponent(paged.body.nextCursor)}`,
    )
    t.same([paged.body.items[0].bidId, rest.body.items[0].bidId].map(nameOf), ['B10', 'B05'])
    const read = await call(expertOf('E4').key, 'GET', `/v1/assigned-bids/${idOf('B05')}`)
    t.match(read.body, { bidId: idOf('B05'), content: { grant: { amount: '90000.00' } }, need: {}, project: {} })
    t.equal(read.body.criteria.length, 6)
    t.equal((await call(expertOf('E4').key, 'GET', `/v1/assigned-bids/${idOf('B01')}`)).status, 404)
    t.equal((await call(expertOf('E2').key, 'GET', `/v1/assigned-bids/${idOf('B05')}`)).status, 404, 'stepped aside')
    t.equal((await call(hostKey, 'GET', `/v1/assigned-bids/${idOf('B05')}`)).status, 403)
  })

  await t.test('signScoreSheet takes a whole sheet from a seated expert, once', async (t) => {
    const first = '19/23/13/18/8/9'
    await setClock('2026-04-27T06:00:00.000Z')
    t.match((await sign('E1', 'B01', first)).body, { code: 'review_not_begun', status: 409 })
    await setClock(REVIEW)
    t.match((await sign('E2', 'B05', first)).body, { code: 'expert_recused', status: 409 })
    t.equal((await sign('E4', 'B01', first)).status, 404, 'no seat, no bid')
    const invalid = await sign('E1', 'B01', '20.01/23/13/18/8')
    t.match([invalid.status, invalid.body.code], [422, 'score_sheet_invalid'])
    t.same(
      invalid.body.errors.map(({ code }: { code: string }) => code),
      ['points_above_max', 'criterion_missing'],
    )
    const body = { bidId: idOf('B01'), items: itemsOf(first) }
    t.equal((await call(hostKey, 'POST', '/v1/score-sheets', body)).status, 403, 'nobody signs for an expert')
    t.equal((await call(expertOf('E1').key, 'POST', '/v1/score-sheets', { ...body, total: '90' })).status, 400)

    const twice = await Promise.all([sign('E1', 'B01', first), sign('E1', 'B01', '20/25/15/20/10/10')])
    t.same(twice.map(({ status }) => status).sort(), [201, 409], 'the same expert twice at once: one wins')
    const winner = twice.find(({ status }) => status === 201)
    t.match(twice.find(({ status }) => status === 409)?.body, { code: 'score_sheet_signed' })
    t.equal(winner?.headers['location'], `/v1/score-sheets/${winner?.body.id}`)

    const url = `/v1/score-sheets/${winner?.body.id}`
    t.equal((await call(auditor, 'GET', url)).status, 200)
    t.equal((await call(expertOf('E1').key, 'GET', url)).status, 200)
    t.equal((await call(expertOf('E2').key, 'GET', url)).status, 404, 'experts judge independently')
    t.equal((await call(agency, 'GET', url)).status, 403)
    t.equal((await call(otherHost, 'GET', url)).status, 404)
  })

  await t.test('two experts sign at the same moment, and both sheets count', async (t) => {
    const both = await Promise.all([sign('E2', 'B01', '18/23/14/19/9/9'), sign('E3', 'B01', '19/22/13/18/9/9')])
    t.same(
      both.map(({ status, body }) => [status, body.total]),
      [
        [201, '92.00'],
        [201, '90.00'],
      ],
    )
    const list = async (key: string) => (await call(key, 'GET', `/v1/score-sheets?bidId=${idOf('B01')}`)).body.items
    t.equal((await list(operator)).length, 3)
    t.equal((await list(expertOf('E2').key)).length, 1)
    t.equal((await list(otherHost)).length, 0)
  })

  await t.test('rankBids waits for every sheet and comes out as the demo says', async (t) => {
    const missing = await rank()
    t.match([missing.status, missing.body.code], [409, 'score_sheets_missing'])
    t.equal(missing.body.errors.length, 24)
    t.equal((await call(operator, 'GET', `/v1/rounds/${roundId}/ranking`)).status, 404, 'no ranking yet')
    for (const [bid, sheets] of Object.entries(SCORES)) {
      if (bid === 'B01') continue
      for (const part of sheets.split('; ')) {
        const [code = '', points = ''] = part.split(' ')
        t.equal((await sign(code, bid, points)).status, 201)
      }
    }
    t.match((await rank({ leaveOut: [idOf('B08')] })).body, { code: 'leave_out_invalid', status: 422 })
    t.equal((await call(agency, 'POST', `/v1/rounds/${roundId}/ranking`, {})).status, 403)
    t.equal((await call(otherHost, 'POST', `/v1/rounds/${roundId}/ranking`, {})).status, 403)
    t.equal((await call(hostKey, 'POST', `/v1/rounds/${UNKNOWN_ROUND}/ranking`, {})).status, 404)
    const ranked = await rank()
    t.equal(ranked.status, 200)
    const lines = ranked.body.entries
      .slice(1)
      .map((entry: Record<string, unknown>) => [
        nameOf(String(entry['bidId'])),
        entry['sum'],
        entry['mean'],
        entry['decidedBy'],
      ])
    t.same(lines, [
      ['B06', '258.00', '86.00', null],
      ['B02', '252.00', '84.00', null],
      ['B03', '250.00', '83.33', 'feasibility_mean'],
      ['B04', '250.00', '83.33', 'feasibility_mean'],
      ['B05', '244.00', '81.33', null],
      ['B07', '235.00', '78.33', null],
      ['B10', '229.00', '76.33', null],
      ['B08', '208.00', '69.33', null],
    ])
    t.match(ranked.body.entries[8], { rank: 9, count: 3, isAboveLine: false })
    t.equal((await rank()).headers['etag'], '"2"', 'ranking again is the next version')
    const read = await call(auditor, 'GET', `/v1/rounds/${roundId}/ranking`)
    t.same(read.body.entries, ranked.body.entries)
    t.equal((await call(agency, 'GET', `/v1/rounds/${roundId}/ranking`)).status, 403)
    t.equal((await call(hostKey, 'GET', `/v1/bids/${idOf('B08')}`)).body.state, 'scored')
  })
})
