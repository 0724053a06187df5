import t from 'tap'
import { type TestApp, testApp } from '../../support/app.ts'
import { expecting } from '../rounds/fixtures.ts'
import { type Expert, newExpert, REVIEW_DAY, smallRound } from './fixtures.ts'

const PANEL = { size: 3, quorum: 2, recusalLookbackMonths: 24, dropExtremesMinSheets: null, outlierGap: null }

interface SeatShown {
  readonly bidId: string
  readonly expertId: string
  readonly state: string
  readonly reason: string | null
  readonly remark: string | null
}

/** A round whose panel was drawn from seven experts and is convened, with so many alternates. */
async function drawnPanel(app: TestApp, alternates: number) {
  const { call } = app
  const round = await smallRound(app, ['暖汀', '青禾'], { panel: PANEL })
  const { hostKey, roundId } = round
  const pool = new Map<string, Expert>()
  for (const code of ['E1', 'E2', 'E3', 'E4', 'E5', 'E6', 'E7']) {
    const expert = await newExpert(app, hostKey, code)
    pool.set(expert.id, expert)
  }
  const announced = await call(hostKey, 'POST', `/v1/rounds/${roundId}/expert-draws`, { reviewOn: REVIEW_DAY })
  const url = `/v1/expert-draws/${expecting(201, announced).body.id}`
  const { body } = expecting(200, await call(hostKey, 'POST', `${url}/reveal`, { seed: null }, { ifMatch: 1 }))
  const members: string[] = body.seats.map(({ candidateId }: { candidateId: string }) => candidateId)
  const reserve: string[] = body.reserve
  const wanted = { roundId, reviewOn: REVIEW_DAY, members, alternates: reserve.slice(0, alternates) }
  const panel = expecting(201, await call(hostKey, 'POST', '/v1/review-panels', wanted)).body
  const panelUrl = `/v1/review-panels/${panel.id}`
  const expertOf = (id: string | undefined) => pool.get(id ?? '') as Expert
  const dropOut = async (expertId: string | undefined) => {
    const { headers } = await call(hostKey, 'GET', url)
    return call(
      hostKey,
      'POST',
      `${url}/drop-outs`,
      { expertId, reason: '突发疾病' },
      { ifMatch: String(headers.etag) },
    )
  }
  const seatsFor = async (name: string): Promise<SeatShown[]> =>
    (await call(hostKey, 'GET', panelUrl)).body.seats.filter(({ bidId }: SeatShown) => bidId === round.bids[name])
  const seatedFor = async (name: string) =>
    (await seatsFor(name)).filter(({ state }) => state === 'seated').map(({ expertId }) => expertId)
  return { ...round, members, reserve, panelUrl, expertOf, dropOut, seatsFor, seatedFor }
}

t.test('who drops out of a convened panel judges no more, and the successor judges in the same step', async (t) => {
  const app = await testApp(t)
  const { call } = app
  const round = await drawnPanel(app, 1)
  const { hostKey, roundId, bids, members, reserve, expertOf, sign, rank, dropOut, seatsFor, seatedFor } = round
  const [goneId = '', ...stay] = members
  const gone = expertOf(goneId)
  for (const name of ['暖汀', '青禾'])
    for (const id of members) expecting(201, await sign(expertOf(id), name, name === '暖汀' ? '80' : '70'))
  expecting(200, await rank())

  t.equal((await dropOut(goneId)).status, 200)
  const successor = expertOf(reserve[0])
  for (const name of ['暖汀', '青禾']) {
    t.match(
      (await seatsFor(name)).find(({ expertId }) => expertId === goneId),
      { state: 'recused', reason: 'dropped_out', remark: '突发疾病' },
    )
    t.same(await seatedFor(name), [...stay, successor.id], `${name}: the alternate whom the draw names`)
  }
  t.equal((await call(gone.key, 'GET', `/v1/assigned-bids/${bids['暖汀']}`)).status, 404, 'reads the bid no more')
  t.match((await sign(gone, '暖汀', '99')).body, { code: 'expert_recused', status: 409 })
  const sheets = (await call(gone.key, 'GET', '/v1/score-sheets')).body.items
  t.ok(
    sheets.every(({ voidedAt }: { voidedAt: string | null }) => voidedAt !== null),
    'the sheets are void and kept',
  )
  t.equal((await call(hostKey, 'GET', `/v1/rounds/${roundId}/ranking`)).status, 404)
  t.match((await rank()).body, { code: 'score_sheets_missing', errors: [{}, {}] })
  for (const name of ['暖汀', '青禾']) t.equal((await sign(successor, name, '90')).status, 201)

  await t.test('a successor who was not on the panel joins it, and the one after that as well', async (t) => {
    const [nextGone, , last] = [successor.id, stay[0], stay[1]]
    t.equal((await dropOut(nextGone)).status, 200)
    t.same(await seatedFor('暖汀'), [...stay, reserve[1]])
    t.equal((await sign(expertOf(reserve[1]), '暖汀', '85')).status, 201)
    t.equal((await dropOut(last)).status, 200)
    t.same(await seatedFor('青禾'), [stay[0], reserve[1], reserve[2]])
  })

  await t.test('once awards are proposed they are taken back first', async (t) => {
    for (const [name, id] of [
      ['暖汀', reserve[2]],
      ['青禾', reserve[1]],
      ['青禾', reserve[2]],
    ] as const)
      expecting(201, await sign(expertOf(id), name, '85'))
    expecting(200, await rank())
    expecting(201, await call(hostKey, 'POST', `/v1/rounds/${roundId}/award-proposals`, {}))
    const late = await dropOut(stay[0])
    t.match([late.status, late.body.code], [409, 'review_settled'])
    t.same(await seatedFor('青禾'), [stay[0], reserve[1], reserve[2]], 'and nothing of it is written')
  })
})

t.test('a successor with a conflict steps aside from that bid, and nobody who judges loses a seat to it', async (t) => {
  const app = await testApp(t)
  const round = await drawnPanel(app, 2)
  const { call } = app
  const { hostKey, agencies, bids, members, reserve, panelUrl, expertOf, sign, dropOut, seatsFor, seatedFor } = round
  const [first = '', second = '', third = ''] = members
  const [one = '', two = ''] = reserve
  const stated = { bidId: bids['青禾'], expertId: first, remark: '与负责人相识' }
  expecting(200, await call(hostKey, 'POST', `${panelUrl}/recusals`, stated, { ifMatch: 1 }))
  t.same(await seatedFor('青禾'), [second, third, one])
  expecting(201, await sign(expertOf(one), '青禾', '77'))

  const conflict = { conflictOrganizationIds: [agencies['暖汀']?.organizationId] }
  expecting(200, await call(hostKey, 'PATCH', `/v1/experts/${one}`, conflict, { ifMatch: 1 }))
  t.equal((await dropOut(first)).status, 200)
  t.match(
    (await seatsFor('暖汀')).find(({ expertId }) => expertId === one),
    { state: 'recused', reason: 'declared_conflict' },
    'the successor may not judge the bid of an organization it is tied to',
  )
  t.same(await seatedFor('暖汀'), [second, third, two], 'the next one does')
  t.same(await seatedFor('青禾'), [second, third, one], 'who stepped in earlier stays')
  t.match(
    (await seatsFor('青禾')).find(({ expertId }) => expertId === first),
    { reason: 'own_statement', remark: '与负责人相识' },
    'what was stated first stays on record',
  )
  t.equal((await sign(expertOf(one), '青禾', '77')).body.code, 'score_sheet_signed', 'the sheet counts still')
  t.equal((await sign(expertOf(two), '暖汀', '66')).status, 201)
})
