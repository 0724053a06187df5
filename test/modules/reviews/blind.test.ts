import t from 'tap'
import { testApp } from '../../support/app.ts'
import { newExpert, smallRound } from './fixtures.ts'

t.test('the panel of a blind round is told by no answer who bids', async (t) => {
  const app = await testApp(t)
  const { call } = app
  const panel = { size: 1, quorum: 1, recusalLookbackMonths: 24, dropExtremesMinSheets: null, outlierGap: null }
  const county = await smallRound(app, ['甲社工中心', '乙社工中心'], { blindReview: true, panel })
  const { hostKey, roundId, agencies, bids, convene } = county
  const [bidId, own] = [bids['甲社工中心'] as string, agencies['甲社工中心']]
  const expert = await newExpert(app, hostKey, 'E1')
  t.equal((await convene([expert])).status, 201)
  const { projectId } = (await call(hostKey, 'GET', `/v1/bids/${bidId}`)).body
  const namesBidder = (body: object) =>
    [projectId, ...Object.values(agencies).map(({ organizationId }) => organizationId)].some((id) =>
      JSON.stringify(body).includes(id),
    )

  await t.test('neither by the assigned bid nor by what else it reads', async (t) => {
    const { body } = await call(expert.key, 'GET', `/v1/assigned-bids/${bidId}`)
    t.match(body, { bidId, organizationId: null, sponsoredGroupId: null, project: { id: null } })
    t.match(body.project, { title: '暖汀守护', text: '定期探访与应急响应' }, 'it judges by the words')
    const sheet = await call(expert.key, 'POST', '/v1/score-sheets', {
      bidId,
      items: [{ criterion: 'merit', points: '80' }],
    })
    t.equal(sheet.status, 201)
    const panelId = (await call(hostKey, 'GET', `/v1/review-panels?roundId=${roundId}`)).body.items[0].id
    for (const path of [
      '/v1/assigned-bids',
      '/v1/score-sheets',
      `/v1/assigned-bids/${bidId}`,
      `/v1/score-sheets/${sheet.body.id}`,
      `/v1/review-panels/${panelId}`,
      `/v1/rounds/${roundId}`,
      `/v1/rounds/${roundId}/opening`,
      `/v1/experts/${expert.id}`,
    ]) {
      const read = await call(expert.key, 'GET', path)
      t.equal(read.status, 200, path)
      t.notOk(namesBidder(read.body), path)
    }
    for (const path of [`/v1/bids/${bidId}`, `/v1/rounds/${roundId}/ranking`])
      t.equal((await call(expert.key, 'GET', path)).status, 403, path)
  })

  await t.test('nor by the public record of the opening, which names its own bid to each bidder', async (t) => {
    const lineFor = async (key: string | null) =>
      (await call(key, 'GET', `/v1/rounds/${roundId}/opening`)).body.bids.find(
        (line: { bidId: string }) => line.bidId === bidId,
      )
    const kept = { organizationId: null, sponsoredGroupId: null, withheld: ['organizationId', 'sponsoredGroupId'] }
    t.match(await lineFor(null), kept)
    t.match(await lineFor(agencies['乙社工中心']?.key ?? null), kept)
    t.equal((await lineFor(null)).needId, county.need, 'what it is for stays public')
    t.match((await lineFor(null)).commitment, /^[0-9a-f]{64}$/)
    for (const key of [hostKey, own?.key ?? null]) {
      const line = await lineFor(key)
      t.equal(line.organizationId, own?.organizationId)
      t.notOk('withheld' in line)
    }
  })
})

t.test('where the review is not blind the panel reads who bids, and so does the public', async (t) => {
  const app = await testApp(t)
  const panel = { size: 1, quorum: 1, recusalLookbackMonths: 24, dropExtremesMinSheets: null, outlierGap: null }
  const { hostKey, roundId, agencies, bids, convene } = await smallRound(app, ['甲社工中心'], { panel })
  const expert = await newExpert(app, hostKey, 'E1')
  t.equal((await convene([expert])).status, 201)
  const organizationId = agencies['甲社工中心']?.organizationId
  const read = await app.call(expert.key, 'GET', `/v1/assigned-bids/${bids['甲社工中心']}`)
  t.match(read.body, { organizationId, project: { id: /^prj_/ } })
  const record = await app.call(null, 'GET', `/v1/rounds/${roundId}/opening`)
  t.match(record.body.bids, [{ organizationId }])
})
