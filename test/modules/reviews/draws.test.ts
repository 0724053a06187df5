import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import t from 'tap'
import { commitmentOfSeed, drawFaults } from '../../../src/kernel/draw.ts'
import { advanceRound } from '../../../src/modules/rounds/index.ts'
import { testApp } from '../../support/app.ts'
import { expecting } from '../rounds/fixtures.ts'
import { newExpert, REVIEW_DAY, smallRound } from './fixtures.ts'

const SEED = 'a1'.repeat(32)
const panel = { size: 3, quorum: 2, recusalLookbackMonths: 24, dropExtremesMinSheets: null, outlierGap: '20' }

t.test('a panel is drawn so that a stranger can draw it again', async (t) => {
  const app = await testApp(t)
  const { call, keyFor, newOrganization } = app
  const experts = { conflictHopsMax: 2, rotation: { panelsMax: 1, months: 12 } }
  const round = await smallRound(app, ['暖汀', '青禾'], { panel, experts })
  const { hostKey, roundId, agencies, bids } = round
  const beside = await newOrganization('隔壁服务中心')
  const admin = await keyFor('platform_admin')
  for (const [organizationId, phone] of [
    [agencies['青禾']?.organizationId, '13800001111'],
    [beside, '+86 138-0000-1111'],
  ] as const) {
    const contacts = { legalRepresentative: null, address: null, phone, bankAccount: null }
    const url = `/v1/organizations/${organizationId}/contacts`
    expecting(200, await call(admin, 'PUT', url, contacts, { ifMatch: 1 }))
  }
  const pool: Record<string, string> = {}
  for (const code of ['E1', 'E2', 'E3', 'E4', 'E5'])
    pool[code] = (await newExpert(app, hostKey, code, { fields: code < 'E3' ? ['finance'] : ['law'] })).id
  const since = { from: '2020-01-01', to: null }
  const works = { employments: [{ organizationId: beside, ...since }], fields: ['finance'] }
  pool['beside'] = (await newExpert(app, hostKey, 'E6', works)).id
  const related = { relations: [{ organizationId: agencies['暖汀']?.organizationId, kind: 'kinship', ...since }] }
  pool['related'] = (await newExpert(app, hostKey, 'E7', related)).id
  const ended = {
    organizationId: agencies['暖汀']?.organizationId,
    kind: 'advice',
    from: '2019-01-01',
    to: '2024-04-28',
  }
  pool['ended'] = (await newExpert(app, hostKey, 'E8', { relations: [ended] })).id

  const url = `/v1/rounds/${roundId}/expert-draws`
  const wanted = {
    reviewOn: REVIEW_DAY,
    quotas: [{ field: 'finance', seats: 1 }],
    commitment: commitmentOfSeed(SEED),
  }
  const agency = agencies['暖汀']?.key ?? ''
  const auditor = await keyFor('auditor')

  await t.test('terms that no panel can meet name the constraints', async (t) => {
    const refused = await call(hostKey, 'POST', url, { ...wanted, quotas: [{ field: 'finance', seats: 3 }] })
    t.match(refused.body, { code: 'expert_draw_impossible', status: 409 })
    t.same(
      refused.body.errors.map(({ detail }: { detail: string }) => detail),
      ['conflict', 'quota:finance'],
    )
    t.match((await call(hostKey, 'POST', url, { ...wanted, reviewOn: '2020-01-01' })).body, {
      code: 'review_day_invalid',
    })
    t.equal((await call(hostKey, 'POST', url, { ...wanted, commitment: 'x' })).status, 400)
    t.equal((await call(agency, 'POST', url, wanted)).status, 403)
    t.equal((await call(null, 'POST', url, wanted)).status, 401)
  })

  const announced = await call(hostKey, 'POST', url, wanted)
  t.equal(announced.status, 201, JSON.stringify(announced.body))
  const draw = `/v1/expert-draws/${announced.body.id}`
  const named = (id: string) => Object.entries(pool).find(([, expertId]) => expertId === id)?.[0]

  await t.test('before: pool and commitments are frozen, seeds unseen', async (t) => {
    t.match(announced.body, { state: 'committed', number: 1, size: 3, seeds: null, seats: [], reserve: [] })
    t.same(
      announced.body.candidates
        .filter(({ exclusions }: { exclusions: string[] }) => exclusions.length > 0)
        .map(({ id, exclusions }: { id: string; exclusions: string[] }) => [named(id), exclusions]),
      [
        ['beside', ['conflict']],
        ['related', ['conflict']],
      ],
    )
    const [over] = announced.body.conflicts.filter(({ expertId }: { expertId: string }) => named(expertId) === 'beside')
    t.match(over.path, [
      { kind: 'employment', to: beside },
      { kind: 'phone', to: agencies['青禾']?.organizationId },
    ])
    const shown = await call(null, 'GET', url)
    t.match(shown.body.items, [{ id: announced.body.id, commitments: announced.body.commitments }])
    t.notOk('candidates' in shown.body.items[0])
    t.equal((await call(hostKey, 'GET', `${draw}/record`)).status, 404)
    t.match((await call(hostKey, 'POST', url, wanted)).body, { code: 'expert_draw_stands', status: 409 })
    const members = [pool['E1'], pool['E3'], pool['E4']]
    const panelUrl = '/v1/review-panels'
    t.match((await call(hostKey, 'POST', panelUrl, { roundId, reviewOn: REVIEW_DAY, members })).body, {
      code: 'expert_draw_unrevealed',
      status: 409,
    })
    t.match(
      (await call(hostKey, 'POST', `${draw}/drop-outs`, { expertId: pool['E1'], reason: '出差' }, { ifMatch: 1 })).body,
      {
        code: 'expert_draw_not_in_state',
      },
    )
  })

  const other = await call(hostKey, 'POST', `${draw}/reveal`, { seed: 'b2'.repeat(32) }, { ifMatch: 1 })
  t.match([other.status, other.body.code], [422, 'expert_draw_seed_invalid'])
  t.equal((await call(hostKey, 'POST', `${draw}/reveal`, { seed: SEED })).status, 428)
  t.equal((await call(hostKey, 'POST', `${draw}/reveal`, { seed: SEED }, { ifMatch: 9 })).status, 412)
  t.equal((await call(agency, 'POST', `${draw}/reveal`, { seed: SEED }, { ifMatch: 1 })).status, 403)
  const revealed = await call(hostKey, 'POST', `${draw}/reveal`, { seed: SEED }, { ifMatch: 1 })
  t.equal(revealed.status, 200, JSON.stringify(revealed.body))

  await t.test('after: seats follow from the record alone, for whoever may read it', async (t) => {
    t.equal(revealed.body.seats.length, 3)
    t.equal(revealed.body.seats.filter(({ field }: { field: string | null }) => field === 'finance').length, 1)
    const record = await call(auditor, 'GET', `${draw}/record`)
    t.same(drawFaults(record.body), [])
    t.equal((await call(null, 'GET', `${draw}/record`)).status, 404, 'who judges is not public yet')
    t.equal((await call(auditor, 'GET', draw)).status, 200)
    t.equal((await call(agency, 'GET', draw)).status, 403)
    const directory = await mkdtemp(path.join(tmpdir(), 'sandan-draw-'))
    t.teardown(() => rm(directory, { recursive: true }))
    const [recordFile, headFile] = [path.join(directory, 'record.json'), path.join(directory, 'head.json')]
    await writeFile(recordFile, JSON.stringify(record.body))
    await writeFile(headFile, JSON.stringify((await call(null, 'GET', url)).body.items[0]))
    const command = path.join(import.meta.dirname, '../../../src/bin/verify-draw.ts')
    const status = await new Promise((resolve) => {
      execFile(process.execPath, [command, recordFile, '--announced', headFile], (error) =>
        resolve(error === null ? 0 : error.code),
      )
    })
    t.equal(status, 0)
  })

  const idsOf = (body: { seats: { candidateId: string }[] }) => body.seats.map(({ candidateId }) => candidateId)
  const [first = '', ...stay] = idsOf(revealed.body)
  const gone = { expertId: first, reason: '当日出差' }
  const redrawn = await call(hostKey, 'POST', `${draw}/drop-outs`, gone, { ifMatch: 2 })
  t.equal(redrawn.status, 200, JSON.stringify(redrawn.body))
  t.match((await call(hostKey, 'POST', `${draw}/drop-outs`, gone, { ifMatch: 3 })).body, {
    code: 'expert_draw_candidate_unknown',
    status: 422,
  })

  await t.test('who drops out leaves one seat to the next in the same order', async (t) => {
    const now = idsOf(redrawn.body)
    t.ok(stay.every((id) => now.includes(id)))
    t.equal(now.length, 3)
    t.notOk(now.includes(first))
    t.same(drawFaults((await call(hostKey, 'GET', `${draw}/record`)).body), [])
  })

  await t.test('the panel is convened as it was drawn, and not otherwise', async (t) => {
    const members = idsOf(redrawn.body)
    const [next, later] = redrawn.body.reserve
    const convene = (body: object) =>
      call(hostKey, 'POST', '/v1/review-panels', { roundId, reviewOn: REVIEW_DAY, ...body })
    const wrong = await convene({ members: [first, ...stay] })
    t.match([wrong.status, wrong.body.code], [409, 'panel_not_as_drawn'])
    t.match((await convene({ members, alternates: [later] })).body, { code: 'panel_not_as_drawn' })
    const convened = await convene({ members })
    t.equal(convened.status, 201, JSON.stringify(convened.body))
    t.ok(
      convened.body.seats.every(({ state }: { state: string }) => state === 'seated'),
      'nobody drawn is linked',
    )
    const add = (expertId: string) =>
      call(hostKey, 'POST', `/v1/review-panels/${convened.body.id}/alternates`, { expertId }, { ifMatch: 1 })
    t.match((await add(later)).body, { code: 'panel_not_as_drawn', status: 409 })
    t.equal((await add(next)).status, 200)
    t.match((await call(hostKey, 'POST', `${draw}/abandonment`, { reason: '重来' }, { ifMatch: 3 })).body, {
      code: 'panel_exists',
      status: 409,
    })
  })

  await t.test('an agency asks for a recusal, the host decides', async (t) => {
    const seated = redrawn.body.seats[1].candidateId
    const code = (await call(hostKey, 'GET', `/v1/experts/${seated}`)).body.code
    const asked = { bidId: bids['暖汀'], expertCode: code, reason: '曾与本机构发生劳动纠纷' }
    const made = await call(agency, 'POST', '/v1/recusal-requests', asked)
    t.equal(made.status, 201, JSON.stringify(made.body))
    t.match(made.body, { state: 'open', ...asked })
    const nobody = await call(agency, 'POST', '/v1/recusal-requests', { ...asked, expertCode: 'X99' })
    t.same(Object.keys(nobody.body).sort(), Object.keys(made.body).sort(), 'the answer tells nothing of the panel')
    const stranger = agencies['青禾']?.key ?? ''
    t.equal((await call(stranger, 'POST', '/v1/recusal-requests', asked)).status, 404)
    t.equal((await call(hostKey, 'POST', '/v1/recusal-requests', asked)).status, 403)
    const requestUrl = `/v1/recusal-requests/${made.body.id}`
    t.equal((await call(stranger, 'GET', requestUrl)).status, 404)
    t.equal((await call(agency, 'GET', requestUrl)).status, 200)
    t.equal((await call(agency, 'GET', '/v1/recusal-requests')).body.items.length, 2)
    t.same((await call(stranger, 'GET', '/v1/recusal-requests')).body.items, [])
    const decide = (key: string, id: string, isGranted: boolean, ifMatch = 1) =>
      call(key, 'POST', `/v1/recusal-requests/${id}/decision`, { isGranted, reason: '属实' }, { ifMatch })
    t.equal((await decide(agency, made.body.id, true)).status, 403)
    t.equal((await decide(hostKey, made.body.id, true, 5)).status, 412)
    t.match((await decide(hostKey, nobody.body.id, true)).body, { code: 'not_on_panel', status: 422 })
    t.match((await decide(hostKey, nobody.body.id, false)).body, { state: 'rejected', decisionReason: '属实' })
    t.match((await decide(hostKey, made.body.id, true)).body, { state: 'granted' })
    t.match((await decide(hostKey, made.body.id, true, 2)).body, { code: 'recusal_request_not_in_state', status: 409 })
    for (const one of [made, nobody]) {
      const read = await call(agency, 'GET', `/v1/recusal-requests/${one.body.id}`)
      t.same(
        [read.headers.etag, read.body],
        ['"1"', one.body],
        'granted or rejected, before the notice nothing is told',
      )
      t.match((await call(hostKey, 'GET', `/v1/recusal-requests/${one.body.id}`)).body, { decisionReason: '属实' })
    }
    t.same((await call(agency, 'GET', '/v1/recusal-requests')).body.items, [nobody.body, made.body])
    const panels = await call(hostKey, 'GET', `/v1/review-panels?roundId=${roundId}`)
    const { seats } = (await call(hostKey, 'GET', `/v1/review-panels/${panels.body.items[0].id}`)).body
    t.match(
      seats.find(
        (seat: { bidId: string; expertId: string }) => seat.bidId === bids['暖汀'] && seat.expertId === seated,
      ),
      { state: 'recused', reason: 'on_request', remark: asked.reason },
    )
    t.equal(
      seats.filter(({ bidId }: { bidId: string }) => bidId === bids['暖汀']).length,
      4,
      'the alternate stepped in',
    )
  })

  await t.test('a recusal found late voids the sheet and asks for another ranking', async (t) => {
    const panels = await call(hostKey, 'GET', `/v1/review-panels?roundId=${roundId}`)
    const panelUrl = `/v1/review-panels/${panels.body.items[0].id}`
    const found = { bidId: bids['青禾'], expertId: redrawn.body.seats[0].candidateId, remark: '查实为负责人配偶' }
    const version = Number(String((await call(hostKey, 'GET', panelUrl)).headers.etag).replaceAll('"', ''))
    t.equal((await call(agency, 'POST', `${panelUrl}/voidings`, found, { ifMatch: version })).status, 403)
    const voided = await call(hostKey, 'POST', `${panelUrl}/voidings`, found, { ifMatch: version })
    t.equal(voided.status, 200, JSON.stringify(voided.body))
    t.match(
      voided.body.seats.find(
        (seat: { bidId: string; expertId: string }) => seat.bidId === found.bidId && seat.expertId === found.expertId,
      ),
      { state: 'recused', reason: 'found_late', remark: found.remark },
    )
  })

  await t.test('from the notice on the agency reads what became of its requests', async (t) => {
    await app.asSystem((work) => advanceRound(work, roundId, 'publishNotice'))
    const { items } = (await call(agency, 'GET', '/v1/recusal-requests')).body
    t.match(items, [
      { expertCode: 'X99', state: 'rejected', decisionReason: '属实' },
      { state: 'granted', decisionReason: '属实', decidedAt: /^2026/ },
    ])
    t.same((await call(agency, 'GET', `/v1/recusal-requests/${items[1].id}`)).body, items[1])
  })
})

t.test('the service draws alone where nobody commits; a draw that is given up stays on the public list', async (t) => {
  const app = await testApp(t)
  const { call } = app
  const { hostKey, roundId } = await smallRound(app, ['暖汀'], { panel })
  for (const code of ['E1', 'E2', 'E3']) await newExpert(app, hostKey, code)
  const url = `/v1/rounds/${roundId}/expert-draws`
  const one = await call(hostKey, 'POST', url, { reviewOn: REVIEW_DAY })
  t.match([one.status, one.body.commitments], [201, { host: null }])
  const draw = `/v1/expert-draws/${one.body.id}`
  t.match((await call(hostKey, 'POST', `${draw}/reveal`, { seed: SEED }, { ifMatch: 1 })).body, {
    code: 'expert_draw_seed_invalid',
  })
  const revealed = await call(hostKey, 'POST', `${draw}/reveal`, { seed: null }, { ifMatch: 1 })
  t.equal(revealed.body.seats.length, 3)
  const short = await call(
    hostKey,
    'POST',
    `${draw}/drop-outs`,
    { expertId: revealed.body.seats[0].candidateId, reason: '病假' },
    { ifMatch: 2 },
  )
  t.match([short.status, short.body.code, short.body.errors[0].detail], [409, 'expert_draw_impossible', 'size'])
  const given = await call(
    hostKey,
    'POST',
    `${draw}/abandonment`,
    { reason: '候选专家不足,补充后重抽' },
    { ifMatch: 2 },
  )
  t.match([given.status, given.body.state], [200, 'abandoned'])
  await newExpert(app, hostKey, 'E4')
  const two = await call(hostKey, 'POST', url, { reviewOn: REVIEW_DAY })
  t.match([two.status, two.body.number], [201, 2])
  t.match((await call(null, 'GET', url)).body.items, [
    { number: 2 },
    { number: 1, state: 'abandoned', abandonmentReason: '候选专家不足,补充后重抽' },
  ])

  await app.asSystem((work) => advanceRound(work, roundId, 'startClosing'))
  const record = await call(null, 'GET', `${draw}/record`)
  t.equal(record.status, 200, 'the review has ended: anybody may draw again')
  t.same(drawFaults(record.body), [])
  t.equal((await call(null, 'GET', `/v1/expert-draws/${two.body.id}/record`)).status, 404, 'its seeds were never shown')
})

t.test('where the policy demands a draw, no panel is convened without one', async (t) => {
  const app = await testApp(t)
  const { call } = app
  const experts = { conflictHopsMax: 1, rotation: null, drawRequired: true }
  const { hostKey, roundId, convene } = await smallRound(app, ['暖汀'], { panel, experts })
  const pool = []
  for (const code of ['E1', 'E2', 'E3']) pool.push(await newExpert(app, hostKey, code))
  const named = await convene(pool)
  t.match([named.status, named.body.code], [409, 'expert_draw_required'])
  const draw = await call(hostKey, 'POST', `/v1/rounds/${roundId}/expert-draws`, { reviewOn: REVIEW_DAY })
  const url = `/v1/expert-draws/${expecting(201, draw).body.id}`
  expecting(200, await call(hostKey, 'POST', `${url}/abandonment`, { reason: '公证员未到场' }, { ifMatch: 1 }))
  t.equal((await convene(pool)).body.code, 'expert_draw_required', 'one that was given up is none')
  const again = await call(hostKey, 'POST', `/v1/rounds/${roundId}/expert-draws`, { reviewOn: REVIEW_DAY })
  const second = `/v1/expert-draws/${expecting(201, again).body.id}`
  expecting(200, await call(hostKey, 'POST', `${second}/reveal`, { seed: null }, { ifMatch: 1 }))
  t.equal((await convene(pool)).status, 201, 'all three of the pool were drawn')
})
