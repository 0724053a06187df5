import { createProject, listProject } from '../../../src/modules/projects/index.ts'
import type { Answer, TestApp } from '../../support/app.ts'
import { BIDDING, county, expecting, money } from '../rounds/fixtures.ts'

/** A sound budget: 80,000 asked, 20,000 of one's own, staff 27.50 %, overhead 5 %. */
export const CONTENT = {
  grant: money('80000.00'),
  matchingCash: money('20000.00'),
  budgetLines: [
    { category: 'staff_cost', amount: money('22000.00') },
    { category: 'service_activity', amount: money('54000.00') },
    { category: 'overhead', amount: money('4000.00') },
  ],
  attachments: [{ kind: 'application_form' }, { kind: 'commitment_letter' }],
}
const GOOD_STANDING = { annualChecks: [{ year: 2025, result: 'passed' }], registeredOn: '2019-05-20' }

export interface Agency {
  readonly key: string
  readonly organizationId: string
}

/** A county whose agencies bid. */
export async function biddingCounty(app: TestApp) {
  const { asSystem, call, keyFor, newOrganization, openWaiting, setClock } = app
  /** What each drafted bid will submit: drafts themselves have no content. */
  const contents = new Map<string, object>()
  const base = await county(app)

  async function newAgency(name: string, extra: object = {}): Promise<Agency> {
    const organizationId = await newOrganization(name, { ...GOOD_STANDING, ...extra })
    return { organizationId, key: await keyFor('agency', { organizationId }) }
  }

  async function newProject(
    { organizationId }: Pick<Agency, 'organizationId'>,
    needIds: readonly string[],
    more: { isListed?: boolean; sponsoredGroupId?: string } = {},
  ): Promise<string> {
    return asSystem(async (work) => {
      const { id } = await createProject(work, {
        organizationId,
        sponsoredGroupId: more.sponsoredGroupId ?? null,
        title: '暖汀守护',
        summary: '定期探访与应急响应',
        startsOn: '2026-06-01',
        endsOn: '2026-11-30',
        needIds: [...needIds],
        indicators: [],
      })
      if (more.isListed !== false) await listProject(work, id)
      return id
    })
  }

  async function draftBid(
    agency: Agency,
    roundId: string,
    needId: string,
    content: object = {},
    projectId?: string,
  ): Promise<Answer> {
    const project = projectId ?? (await newProject(agency, [needId]))
    const drafted = expecting(201, await call(agency.key, 'POST', '/v1/bids', { roundId, needId, projectId: project }))
    contents.set(drafted.body.id, { ...CONTENT, ...content })
    return drafted
  }

  const submit = (agency: Agency, bidId: string, version: number, content = contents.get(bidId)) =>
    call(agency.key, 'POST', `/v1/bids/${bidId}/submission`, { content }, { ifMatch: version })

  /** Answers with the bid as submitted. */
  async function submittedBid(agency: Agency, roundId: string, needId: string, content: object = {}): Promise<Answer> {
    const draft = await draftBid(agency, roundId, needId, content)
    const submitted = expecting(201, await submit(agency, draft.body.id, 1))
    return { ...submitted, body: submitted.body.bid }
  }

  /** A published round with the clock in the time for bids. */
  async function biddingRound(needIds: readonly string[], more: object = {}): Promise<string> {
    const { body } = await base.publishedRound(needIds, more)
    await setClock(BIDDING)
    return body.id
  }

  async function versionOf(path: string, key: string): Promise<number> {
    const { headers } = expecting(200, await call(key, 'GET', path))
    return Number(String(headers['etag']).replaceAll('"', ''))
  }

  /** Moves the clock past the deadline and opens the bids. */
  async function open(roundId: string, at = '2026-04-17T01:00:00.000Z'): Promise<Answer> {
    await setClock(at)
    const ifMatch = await versionOf(`/v1/rounds/${roundId}`, base.hostKey)
    expecting(200, await call(base.hostKey, 'POST', `/v1/rounds/${roundId}/opening`, undefined, { ifMatch }))
    await openWaiting()
    return expecting(200, await call(base.hostKey, 'GET', `/v1/rounds/${roundId}/opening`))
  }

  async function formalCheck(bidId: string, body: object = {}): Promise<Answer> {
    const ifMatch = await versionOf(`/v1/bids/${bidId}`, base.hostKey)
    return expecting(200, await call(base.hostKey, 'POST', `/v1/bids/${bidId}/formal-check`, body, { ifMatch }))
  }

  return { ...base, newAgency, newProject, draftBid, submit, submittedBid, biddingRound, versionOf, open, formalCheck }
}

/** 25 agencies that may each bid for two needs: fifty bids to come. */
export async function fiftyBidders({ newAgency, newNeed, newProject }: County) {
  const needs = [await newNeed(), await newNeed()]
  const bidders: { readonly agency: Agency; readonly need: string; readonly projectId: string }[] = []
  for (let index = 0; index < 25; index += 1) {
    const agency = await newAgency(`机构 ${index}`)
    for (const need of needs) bidders.push({ agency, need, projectId: await newProject(agency, [need]) })
  }
  return { needs, bidders }
}
type County = Awaited<ReturnType<typeof biddingCounty>>
