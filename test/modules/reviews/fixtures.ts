import type { LotteryPurpose, ServiceField } from '../../../src/modules/needs/index.ts'
import type { Answer, TestApp } from '../../support/app.ts'
import { type Agency, biddingCounty } from '../bids/fixtures.ts'
import { expecting, money } from '../rounds/fixtures.ts'
import { CRITERIA, SCORES } from './demoScores.ts'

export const REVIEW_DAY = '2026-04-28'
/** 14:00 of the review day in Shanghai. */
export const REVIEW = '2026-04-28T06:00:00.000Z'

const NEEDS: Record<string, [LotteryPurpose | null, ServiceField]> = {
  N1: ['elderly', 'elderly_care'],
  N2: ['orphans', 'child_youth'],
  N3: ['disabled', 'disability'],
  N4: ['poverty', 'relief'],
  N5: [null, 'governance'],
  N6: ['elderly', 'elderly_care'],
  N7: [null, 'negotiation'],
  N8: ['disabled', 'disability'],
}
const CATEGORIES = [
  'staff_cost',
  'service_activity',
  'supervision_training',
  'volunteer_subsidy',
  'publicity',
  'overhead',
  'tax_audit',
]
/** demo-round.md 5.5: agency, need, matching, and the lines of the grant, in yuan. */
const BIDS: Record<string, [string, string, number, number[]]> = {
  B01: ['A1', 'N1', 25_000, [28_000, 42_000, 8_000, 7_500, 3_000, 4_500, 2_000]],
  B02: ['A2', 'N1', 22_000, [26_400, 37_000, 8_000, 7_000, 3_000, 5_000, 1_600]],
  B03: ['A2', 'N2', 20_000, [22_000, 36_000, 7_000, 8_000, 2_000, 4_000, 1_000]],
  B04: ['A5', 'N2', 20_000, [20_000, 36_000, 6_000, 9_000, 2_500, 3_500, 1_000]],
  B05: ['A3', 'N3', 28_000, [27_000, 40_000, 9_000, 5_000, 2_000, 5_000, 2_000]],
  B06: ['A1', 'N4', 20_000, [19_000, 33_000, 6_000, 6_000, 1_500, 3_500, 1_000]],
  B07: ['A4', 'N5', 25_000, [26_000, 44_000, 7_000, 8_000, 5_000, 4_000, 1_000]],
  B08: ['A4', 'N7', 20_000, [22_000, 36_000, 6_000, 8_000, 3_000, 4_000, 1_000]],
  B09: ['A5', 'N4', 15_000, [25_000, 38_000, 7_000, 8_000, 2_500, 3_500, 1_000]],
  B10: ['A3', 'N6', 26_000, [30_000, 45_000, 6_000, 10_000, 2_000, 5_000, 2_000]],
}

export const linesOf = (amounts: readonly number[]) =>
  amounts.map((amount, index) => ({ category: CATEGORIES[index], amount: money(`${amount}.00`) }))

/** `19/23/13/18/8/9` as the items of a sheet. */
export const itemsOf = (points: string) =>
  points.split('/').map((value, index) => ({ criterion: CRITERIA[index], points: value }))

export interface Expert {
  readonly id: string
  readonly key: string
}

/** Experts of the test host. */
export async function newExpert(app: TestApp, hostKey: string, code: string, more: object = {}): Promise<Expert> {
  const { body } = expecting(201, await app.call(hostKey, 'POST', '/v1/experts', { code, ...more }))
  return { id: body.id, key: await app.keyFor('expert', { expertId: body.id }) }
}

/** The demo county with its bids opened; `isChecked: false` leaves the formal check to the test. */
export async function demoCounty(app: TestApp, { isChecked = true, policy = {} } = {}) {
  const county = await biddingCounty(app)
  const { call, newOrganization, setClock } = app
  const { hostKey, newAgency, newNeed, newProject, biddingRound, draftBid, submit, open, formalCheck } = county
  const needs: Record<string, string> = {}
  for (const [name, facts] of Object.entries(NEEDS)) needs[name] = await newNeed(...facts)
  const agencies: Record<string, Agency> = {}
  for (const name of ['A1', 'A2', 'A3', 'A4', 'A5']) agencies[name] = await newAgency(name)
  const groupId = await newOrganization('松坪社区邻里互助队', {
    type: 'filed_community_org',
    creditCode: null,
    sponsorId: agencies['A4']?.organizationId,
  })
  const roundId = await biddingRound(Object.values(needs), { policy })
  const bids: Record<string, string> = {}
  for (const [index, [name, [agencyName, needName, matching, amounts]]] of Object.entries(BIDS).entries()) {
    const agency = agencies[agencyName] as Agency
    const needId = needs[needName] as string
    await setClock(`2026-04-${String(6 + index).padStart(2, '0')}T02:00:00.000Z`)
    const sponsored = name === 'B07' ? { sponsoredGroupId: groupId } : {}
    const draft = await draftBid(
      agency,
      roundId,
      needId,
      {
        grant: money(`${amounts.reduce((sum, amount) => sum + amount, 0)}.00`),
        matchingCash: money(`${matching}.00`),
        budgetLines: linesOf(amounts),
      },
      await newProject(agency, [needId], sponsored),
    )
    expecting(201, await submit(agency, draft.body.id, 1))
    bids[name] = draft.body.id
  }
  await open(roundId)
  if (isChecked) for (const bidId of Object.values(bids)) await formalCheck(bidId)
  const nameOf = (bidId: string) => Object.entries(bids).find(([, id]) => id === bidId)?.[0] ?? bidId
  const idOf = (name: string) => bids[name] ?? name

  const experts: Record<string, Expert> = {}
  for (const code of ['E1', 'E2', 'E3', 'E4']) {
    const left = { organizationId: agencies['A3']?.organizationId, from: '2019-04-01', to: '2025-02-28' }
    experts[code] = await newExpert(app, hostKey, code, code === 'E2' ? { employments: [left] } : {})
  }
  const expertOf = (code: string) => experts[code] as Expert

  const convene = (members = ['E1', 'E2', 'E3'], alternates = ['E4']): Promise<Answer> =>
    call(hostKey, 'POST', '/v1/review-panels', {
      roundId,
      reviewOn: REVIEW_DAY,
      members: members.map((code) => expertOf(code).id),
      alternates: alternates.map((code) => expertOf(code).id),
    })
  const sign = (code: string, bid: string, points: string): Promise<Answer> =>
    call(expertOf(code).key, 'POST', '/v1/score-sheets', { bidId: idOf(bid), items: itemsOf(points) })
  const rank = (body: object = {}) => call(hostKey, 'POST', `/v1/rounds/${roundId}/ranking`, body)

  return {
    ...county,
    roundId,
    needs,
    agencies,
    bids,
    experts,
    nameOf,
    idOf,
    expertOf,
    convene,
    sign,
    rank,
    /** Panel convened, all sheets of the demo signed; ranked. */
    async review() {
      expecting(201, await convene())
      await setClock(REVIEW)
      for (const [bid, sheets] of Object.entries(SCORES)) {
        for (const part of sheets.split('; ')) {
          const [code = '', points = ''] = part.split(' ')
          expecting(201, await sign(code, bid, points))
        }
      }
      return expecting(200, await rank())
    },
  }
}

/** A round with as many equal bids for one need as named, accepted; the policy judges by one criterion. */
export async function smallRound(app: TestApp, names: readonly string[], policy: object = {}, bid: object = {}) {
  const county = await biddingCounty(app)
  const { newAgency, newNeed, biddingRound, submittedBid, open, formalCheck, hostKey } = county
  const need = await newNeed()
  const roundId = await biddingRound([need], {
    policy: {
      criteria: [{ code: 'merit', max: '100' }],
      tieBreak: ['merit_mean', 'lower_request', 'earlier_submission', 'lot'],
      panel: { size: 2, quorum: 2, recusalLookbackMonths: 24, dropExtremesMinSheets: null, outlierGap: '20' },
      ...policy,
    },
  })
  const agencies: Record<string, Agency> = {}
  const bids: Record<string, string> = {}
  for (const name of names) {
    const agency = await newAgency(name)
    agencies[name] = agency
    bids[name] = (await submittedBid(agency, roundId, need, bid)).body.id
  }
  await open(roundId)
  for (const bidId of Object.values(bids)) await formalCheck(bidId)
  await app.setClock(REVIEW)
  const sign = (expert: Expert, name: string, points: string) =>
    app.call(expert.key, 'POST', '/v1/score-sheets', {
      bidId: bids[name],
      items: [{ criterion: 'merit', points }],
    })
  const convene = (members: readonly Expert[], alternates: readonly Expert[] = []) =>
    app.call(hostKey, 'POST', '/v1/review-panels', {
      roundId,
      reviewOn: REVIEW_DAY,
      members: members.map(({ id }) => id),
      alternates: alternates.map(({ id }) => id),
    })
  const rank = (body: object = {}) => app.call(hostKey, 'POST', `/v1/rounds/${roundId}/ranking`, body)
  return { ...county, need, roundId, agencies, bids, sign, convene, rank }
}
