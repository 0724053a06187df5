import t from 'tap'
import { testApp } from '../../support/app.ts'
import { expecting } from '../rounds/fixtures.ts'
import { type Expert, newExpert, smallRound } from './fixtures.ts'

const PANEL = { size: 2, quorum: 2, recusalLookbackMonths: 24, dropExtremesMinSheets: null, outlierGap: null }
/** What comes of another ranking, of a lot, and the ranking that there is. */
const KEPT = [
  [409, 'review_settled'],
  [409, 'review_settled'],
  ['甲', '乙'],
]

/** 甲 and 乙 are judged and ranked, 甲 first. */
async function ranked(t: Parameters<typeof testApp>[0], policy: object = {}) {
  const app = await testApp(t)
  const round = await smallRound(app, ['甲', '乙'], { panel: PANEL, ...policy })
  const experts: Expert[] = []
  for (const code of ['E1', 'E2', 'E3']) experts.push(await newExpert(app, round.hostKey, code))
  const [one, two, three] = experts as [Expert, Expert, Expert]
  expecting(201, await round.convene([one, two], [three]))
  for (const expert of [one, two]) {
    expecting(201, await round.sign(expert, '甲', '90'))
    expecting(201, await round.sign(expert, '乙', '80'))
  }
  expecting(200, await round.rank())
  const path = `/v1/rounds/${round.roundId}`
  const post = (url: string, body: object) => app.call(round.hostKey, 'POST', `${path}/${url}`, body)
  const places = async () => {
    const { entries } = (await app.call(round.hostKey, 'GET', `${path}/ranking`)).body
    return entries.map(({ bidId }: { bidId: string }) => Object.entries(round.bids).find(([, id]) => id === bidId)?.[0])
  }
  const lot = {
    ...{ bidIds: [round.bids['甲'], round.bids['乙']], place: '三楼会议室' },
    ...{ witnesses: ['王某'], drawnAt: '2026-04-28T05:00:00Z' },
  }
  const settled = async () => {
    const answers = [await round.rank(), await post('lot-drawings', lot)]
    return [...answers.map(({ status, body }) => [status, body.code]), await places()]
  }
  return { app, ...round, experts: { one, two, three }, path, post, settled }
}

t.test('once awards are proposed the ranking they rest on stays as it is', async (t) => {
  const county = await ranked(t)
  expecting(200, await county.rank())
  expecting(201, await county.post('award-proposals', {}))
  t.same(await county.settled(), KEPT)

  await t.test('until the awards are taken back', async (t) => {
    expecting(200, await county.post('award-retraction', { reason: '评审须重做。' }))
    t.equal((await county.rank()).body.entries.length, 2)
  })
})

t.test('after the meeting that comes before the notice it stays as well', async (t) => {
  const county = await ranked(t, { decision: { beforeNotice: true, attendeesMin: 0 } })
  expecting(201, await county.post('award-proposals', {}))
  expecting(201, await county.post('decision-meetings', { heldOn: '2026-04-28', minutes: '局长办公会审定。' }))
  t.same(await county.settled(), KEPT)
})

t.test('it stays also where nobody got an award, and where the meeting rejected all', async (t) => {
  const without = await ranked(t, { passLine: '95' })
  t.same(expecting(201, await without.post('award-proposals', {})).body.awards, [])
  t.same(await without.settled(), KEPT)

  const rejected = await ranked(t, { awardsPerNeedMax: 2, decision: { beforeNotice: true, attendeesMin: 0 } })
  const { awards } = expecting(201, await rejected.post('award-proposals', {})).body
  const rejections = awards.map(({ id }: { id: string }) => ({ awardId: id, reason: '重复资助。' }))
  t.equal(rejections.length, 2)
  const meeting = { heldOn: '2026-04-28', minutes: '局长办公会审定。', rejections }
  expecting(201, await rejected.post('decision-meetings', meeting))
  t.same(await rejected.settled(), KEPT)
})

t.test('who was absent from the vote votes no more once awards are proposed', async (t) => {
  const app = await testApp(t)
  const vote = { quorumBasisPoints: 5_000, majorityBasisPoints: 5_001, majorityOf: 'cast' }
  const round = await smallRound(app, ['甲'], {
    panel: PANEL,
    review: { session: 'none', method: 'vote', vote, opinionFor: 'bidder', levels: [] },
    tieBreak: ['panel_points', 'lower_request', 'earlier_submission', 'lot'],
  })
  const { hostKey, bids, convene, rank, roundId } = round
  const [one, two] = [await newExpert(app, hostKey, 'E1'), await newExpert(app, hostKey, 'E2')]
  const panel = expecting(201, await convene([one, two])).body
  const cast = ({ key }: Expert) => app.call(key, 'POST', '/v1/score-sheets', { bidId: bids['甲'], vote: 'yes' })
  expecting(201, await cast(one))
  const absence = { bidId: bids['甲'], expertId: two.id, reason: '因病未到场。' }
  const url = `/v1/review-panels/${panel.id}/absences`
  expecting(200, await app.call(hostKey, 'POST', url, absence, { ifMatch: 1 }))
  expecting(200, await rank())
  expecting(201, await app.call(hostKey, 'POST', `/v1/rounds/${roundId}/award-proposals`, {}))
  t.match(await cast(two), { status: 409, body: { code: 'review_settled' } })
})
