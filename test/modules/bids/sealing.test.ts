import t from 'tap'
import { testApp } from '../../support/app.ts'
import { biddingCounty } from './fixtures.ts'

t.test('a bid is sealed at submission and opened after the deadline', async (t) => {
  const app = await testApp(t)
  const { biddingRound, newAgency, newNeed, submittedBid, open, hostKey } = await biddingCounty(app)
  const need = await newNeed()
  const roundId = await biddingRound([need])
  const agency = await newAgency('暖汀社会工作服务中心')
  const bid = await submittedBid(agency, roundId, need)
  const record = await open(roundId)
  t.match(record.body, { state: 'done', bids: [{ bidId: bid.body.id, outcome: 'opened', reason: null }] })
  const read = await app.call(hostKey, 'GET', `/v1/bids/${bid.body.id}`)
  t.equal(read.status, 200)
})
