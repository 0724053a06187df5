import { type County, ok, proposedCounty } from '../notices/county.ts'

export interface Approved extends County {
  /** The award of the first agency: 95,000 of lottery money. */
  readonly awardId: string
  readonly projectId: string
}

/** A county whose awards were confirmed by the meeting of 18 May; it is the day of signing, 27 May at 10:00. */
export async function approvedCounty(
  t: { teardown(handler: () => Promise<void>): void },
  signingAt = '2026-05-27T02:00:00Z',
): Promise<Approved> {
  const county = await proposedCounty(t)
  const { call, keys, roundId, act, advanceTo } = county
  ok(await call(keys.host, 'POST', '/v1/notices', { roundId, kind: 'award' }))
  await advanceTo('2026-05-18T02:00:00Z')
  const minutes = { heldOn: '2026-05-18', minutes: '同意立项' }
  ok(await act(keys.host, `/v1/rounds/${roundId}`, '/decision-meetings', minutes))
  await advanceTo(signingAt)
  const { id: awardId } = await county.awardOf(0)
  const { projectId } = ok(await call(keys.host, 'GET', `/v1/awards/${awardId}`))
  return { ...county, awardId, projectId }
}

/** The agreement of the first agency, signed by host and agency. */
export async function signedAgreement(county: Approved, body: object = {}): Promise<string> {
  const { call, keys, act, awardId } = county
  const { id } = ok(await call(keys.host, 'POST', '/v1/agreements', { awardId, ...body }))
  const path = `/v1/agreements/${id}`
  ok(await act(keys.host, path, '/signatures', { party: 'host' }))
  ok(await act(keys.agencies[0] as string, path, '/signatures', { party: 'agency' }))
  return id
}
