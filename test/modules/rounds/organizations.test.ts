import t from 'tap'
import { testApp } from '../../support/app.ts'
import { BIDDING, CALL, county, expecting } from './fixtures.ts'

const NOBODY = 'org_01k00000000000000000000009'
const workdays = (amount: number) => ({ amount, basis: 'working' })

t.test('organizations that a policy names are looked up, with who acts for them', async (t) => {
  const app = await testApp(t)
  const { call, keyFor, newOrganization, setClock } = app
  const { hostKey, newNeed, newRound } = await county(app)
  await setClock(CALL)
  const [townId, cityId] = [await newOrganization('临溪镇人民政府'), await newOrganization('测试市民政局')]
  const review = (organizationId: string, divisionPrefix: string) => ({
    ...{ session: 'none', method: 'scores', vote: null, opinionFor: 'bidder' },
    levels: [{ code: 'town', name: '乡镇初审', reviewers: [{ organizationId, divisionPrefix }] }],
  })
  const objection = (reviewerId: string) => ({
    ...{ reply: workdays(5), anonymous: 'log_only', reviewerId },
    appeal: { window: workdays(3), decision: workdays(10) },
  })
  const need = await newNeed()
  const found = async (roundId: string): Promise<string[]> =>
    expecting(200, await call(hostKey, 'POST', `/v1/rounds/${roundId}/check`))
      .body.findings.map(({ pointer, code, severity }: Record<string, string>) => `${severity} ${pointer} ${code}`)
      .filter((one: string) => one.includes('#/policy/review') || one.includes('#/policy/objection'))
  const draft = async (policy: object) => expecting(201, await newRound([need], { policy })).body.id

  t.test('those that there are not keep the round from being published', async (t) => {
    const roundId = await draft({ review: review(NOBODY, '990422'), objection: objection(NOBODY) })
    t.same(await found(roundId), [
      'error #/policy/review/levels/0/reviewers level_without_reviewer',
      'error #/policy/review/levels/0/reviewers/0/organizationId organization_unknown',
      'error #/policy/objection/reviewerId organization_unknown',
    ])
    const published = await call(hostKey, 'POST', `/v1/rounds/${roundId}/publication`, undefined, { ifMatch: 1 })
    t.match([published.status, published.body.code], [422, 'round_not_publishable'])
  })

  t.test('those without a key of the role are doubted until one is issued', async (t) => {
    const roundId = await draft({ review: review(townId, '990421'), objection: objection(cityId) })
    const unmanned = [
      'warning #/policy/review/levels/0/reviewers/0/organizationId reviewer_unmanned',
      'warning #/policy/objection/reviewerId reviewer_unmanned',
    ]
    await keyFor('agency', { organizationId: townId })
    await keyFor('auditor', { hostId: cityId })
    t.same(await found(roundId), unmanned, 'neither an agency’s key nor an auditor’s will do')
    await keyFor('town', { organizationId: townId })
    await keyFor('host', { hostId: cityId, organizationId: cityId })
    t.same(await found(roundId), [])
  })

  t.test('an amendment may name others, as long as there are some', async (t) => {
    const roundId = await draft({ objection: objection(cityId) })
    expecting(200, await call(hostKey, 'POST', `/v1/rounds/${roundId}/publication`, undefined, { ifMatch: 1 }))
    await setClock(BIDDING)
    const amend = (reviewerId: string) =>
      call(
        hostKey,
        'POST',
        `/v1/rounds/${roundId}/amendments`,
        { reason: '更换复核单位', confirmation: 'not_required', policy: { objection: objection(reviewerId) } },
        { ifMatch: 2 },
      )
    const refused = await amend(NOBODY)
    t.match([refused.status, refused.body.errors], [422, [{ code: 'organization_unknown' }]])
    t.equal((await amend(townId)).status, 201)
  })
})
