import t from 'tap'
import { parseYuan } from '../../../src/kernel/money.ts'
import { deadlinesOf } from '../../../src/modules/deadlines/index.ts'
import { DEFAULT_POLICY } from '../../../src/modules/rounds/defaultPolicy.ts'
import {
  advanceRound,
  drawFromPools,
  lockRound,
  poolsOf,
  releaseToPools,
  rounds,
} from '../../../src/modules/rounds/index.ts'
import { testApp } from '../../support/app.ts'
import { CALL, county, money, TIMETABLE } from './fixtures.ts'

t.test('a host drafts a round', async (t) => {
  const app = await testApp(t)
  const { call, keyFor, newOrganization, hostId } = app
  const { draftOf, hostKey, newNeed } = await county(app)
  const need = await newNeed()

  t.test('with the default policy where it says nothing else', async (t) => {
    const operatorId = await newOrganization('云汀县社会组织服务中心')
    const draft = draftOf([need], { operatorId, policy: { passLine: '65', poolOrder: [2, 1] } })
    const created = await call(hostKey, 'POST', '/v1/rounds', draft)
    t.equal(created.status, 201, JSON.stringify(created.body))
    t.equal(created.headers['etag'], '"1"')
    t.equal(created.headers['location'], `/v1/rounds/${created.body.id}`)
    t.same(created.body.policy, { ...DEFAULT_POLICY, passLine: '65', poolOrder: [2, 1] })
    t.match(created.body, { hostId, operatorId, state: 'draft', procurementMode: 'grant', timetable: TIMETABLE })
    t.same(created.body.actions, ['change', 'publish', 'cancel'])
    t.match(created.body.pools, [
      { position: 1, source: 'welfare_lottery', size: money('420000.00'), fields: null },
      { position: 2, source: 'fiscal', size: money('180000.00'), purposes: null },
    ])
  })

  t.test('whose code no other round of the host has', async (t) => {
    const draft = draftOf([need])
    t.equal((await call(hostKey, 'POST', '/v1/rounds', draft)).status, 201)
    const again = await call(hostKey, 'POST', '/v1/rounds', draft)
    t.match([again.status, again.body.code], [409, 'round_code_taken'])
  })

  t.test('for needs of its own and with an operator on record', async (t) => {
    const strange = await call(hostKey, 'POST', '/v1/rounds', draftOf([need.replace(/.$/, '0')]))
    t.match([strange.status, strange.body.code], [422, 'round_need_unknown'])
    const operatorId = 'org_00000000000000000000000000'
    const nobody = await call(hostKey, 'POST', '/v1/rounds', draftOf([need], { operatorId }))
    t.match([nobody.status, nobody.body.code], [422, 'operator_unknown'])
  })

  t.test('with money in every pool that it names', async (t) => {
    const pools = [
      { source: 'fiscal', name: '财政资金', size: money('1.00') },
      { source: 'foundation', name: '基金会', size: money('0.00') },
    ]
    const before = (await call(hostKey, 'GET', '/v1/rounds')).body.items.length
    const empty = await call(hostKey, 'POST', '/v1/rounds', draftOf([need], { pools }))
    t.match([empty.status, empty.body.code], [422, 'pool_size_zero'], JSON.stringify(empty.body))
    t.match(empty.body.errors, [{ pointer: '#/pools/1/size', code: 'pool_size_zero' }])
    t.equal((await call(hostKey, 'GET', '/v1/rounds')).body.items.length, before, 'nothing is written')
  })

  t.test('and neither an agency nor a stranger does', async (t) => {
    t.equal((await call(await keyFor('agency'), 'POST', '/v1/rounds', draftOf([need]))).status, 403)
    t.equal((await call(null, 'POST', '/v1/rounds', draftOf([need]))).status, 401)
  })

  t.test('in words that the policy knows', async (t) => {
    const unknown = draftOf([need], { policy: { capp: money('1.00') } })
    t.equal((await call(hostKey, 'POST', '/v1/rounds', unknown)).status, 400)
    const typo = { source: 'fiscal', name: '财政资金', size: money('1.00'), purposes: ['eldery'] }
    t.equal((await call(hostKey, 'POST', '/v1/rounds', draftOf([need], { pools: [typo] }))).status, 400)
  })
})

t.test('a draft is changed, read and listed by its host alone', async (t) => {
  const app = await testApp(t)
  const { call, keyFor, newOrganization } = app
  const { hostKey, newNeed, newRound } = await county(app)
  const need = await newNeed()
  const draft = await newRound([need])
  const path = `/v1/rounds/${draft.body.id}`
  const operator = await keyFor('operator')

  t.test('a change replaces lists and top-level policy fields', async (t) => {
    const second = await newNeed('disabled', 'disability')
    const patch = {
      title: '第一届',
      needIds: [second, need],
      pools: [{ source: 'foundation', name: '基金会', size: money('5.00'), fields: ['disability'] }],
      policy: { passLine: '60', bidsPerOrganizationMax: 1 },
      timetable: { ...TIMETABLE, closesAt: '2026-04-17T09:00:00.000Z' },
    }
    const changed = await call(operator, 'PATCH', path, patch, { ifMatch: 1 })
    t.equal(changed.status, 200, JSON.stringify(changed.body))
    t.equal(changed.headers['etag'], '"2"')
    t.same(changed.body.needIds, [second, need], 'in the order given')
    t.match(changed.body, {
      title: '第一届',
      timetable: patch.timetable,
      policy: { passLine: '60', cap: DEFAULT_POLICY.cap },
    })
    t.same(
      changed.body.pools.map(({ source }: { source: string }) => source),
      ['foundation'],
    )
  })

  t.test('a stale or missing version is refused', async (t) => {
    t.equal((await call(hostKey, 'PATCH', path, { title: 'x' }, { ifMatch: 1 })).status, 412)
    t.equal((await call(hostKey, 'PATCH', path, { title: 'x' })).status, 428)
    t.equal((await call(hostKey, 'PATCH', path, {}, { ifMatch: 2 })).status, 400)
  })

  t.test('a pool without money is refused and changes nothing', async (t) => {
    const pools = [{ source: 'fiscal', name: '财政资金', size: money('0.00') }]
    const empty = await call(hostKey, 'PATCH', path, { title: '第二届', pools }, { ifMatch: 2 })
    t.match([empty.status, empty.body.code, empty.body.errors?.[0].pointer], [422, 'pool_size_zero', '#/pools/0/size'])
    const kept = await call(hostKey, 'GET', path)
    t.match(kept.body, { title: '第一届', pools: [{ source: 'foundation' }] })
  })

  t.test('a code that is taken is refused', async (t) => {
    const other = await newRound([need])
    const taken = await call(hostKey, 'PATCH', path, { code: other.body.code }, { ifMatch: 2 })
    t.match([taken.status, taken.body.code], [409, 'round_code_taken'])
  })

  t.test('others are answered as if it did not exist', async (t) => {
    const stranger = await keyFor('host', { hostId: await newOrganization('邻县民政局') })
    for (const key of [await keyFor('agency'), stranger, null]) {
      t.equal((await call(key, 'GET', path)).status, 404)
      t.same((await call(key, 'GET', '/v1/rounds')).body.items, [])
    }
    t.equal((await call(stranger, 'PATCH', path, { title: 'x' }, { ifMatch: 2 })).status, 404)
  })

  t.test('its host reads it, with an entity tag', async (t) => {
    const read = await call(operator, 'GET', path)
    t.equal(read.status, 200)
    const again = await call(operator, 'GET', path, undefined, { headers: { 'if-none-match': '"2"' } })
    t.equal(again.status, 304)
    t.equal((await call(hostKey, 'GET', '/v1/rounds?state=draft')).body.items.length, 2)
  })
})

t.test('publication checks the whole draft and freezes the policy', async (t) => {
  const app = await testApp(t)
  const { asSystem, call, keyFor, setClock } = app
  const { hostKey, newNeed, newRound, publishedRound } = await county(app)
  await setClock(CALL)
  const need = await newNeed()

  t.test('all flaws come at once, each with its place', async (t) => {
    const unpublished = await newNeed('elderly', 'elderly_care', false)
    const draft = await newRound([need, unpublished], {
      pools: [],
      policy: { passLine: '101', tranches: [] },
    }).catch((error: Error) => error)
    t.match(draft, /400/, 'a policy without tranches is no policy')
    const flawed = await newRound([need, unpublished], { pools: [], policy: { passLine: '101' } })
    const refused = await call(hostKey, 'POST', `/v1/rounds/${flawed.body.id}/publication`, undefined, { ifMatch: 1 })
    t.match([refused.status, refused.body.code], [422, 'round_not_publishable'])
    t.same(
      refused.body.errors.map(({ pointer, code }: { pointer: string; code: string }) => `${pointer} ${code}`),
      ['#/pools pools_missing', '#/needIds/1 need_not_published', '#/policy/passLine pass_line_unreachable'],
    )
  })

  t.test('the operator prepares and the host publishes', async (t) => {
    const draft = await newRound([need])
    const path = `/v1/rounds/${draft.body.id}/publication`
    const refused = await call(await keyFor('operator'), 'POST', path, undefined, { ifMatch: 1 })
    t.equal(refused.status, 403)
  })

  t.test('a published round is public, cannot be changed, and has its deadlines', async (t) => {
    const published = await publishedRound([need])
    const { id } = published.body
    t.match(published.body, {
      state: 'published',
      publishedAt: CALL,
      formalCheckDue: { startOn: '2026-04-16', effectiveOn: '2026-04-23', rolledBecause: null },
      actions: ['amend', 'cancel'],
    })
    t.match(
      await call(null, 'GET', `/v1/rounds/${id}`),
      { status: 200, body: { actions: [] } },
      'nobody else is offered',
    )
    t.same((await call(await keyFor('operator'), 'GET', `/v1/rounds/${id}`)).body.actions, [], 'the host decides')
    t.match((await call(null, 'GET', '/v1/rounds')).body.items, [{ id }])
    const late = await call(hostKey, 'PATCH', `/v1/rounds/${id}`, { title: 'x' }, { ifMatch: 2 })
    t.match([late.status, late.body.code], [409, 'round_not_in_state'])
    const deadlines = await asSystem((work) => deadlinesOf(work, id))
    t.same(
      deadlines.map(({ kind, dueAt }) => [kind, dueAt.toISOString()]),
      [
        ['round.opens', TIMETABLE.opensAt],
        ['round.closes', TIMETABLE.closesAt],
        ['round.formal_check_due', '2026-04-23T16:00:00.000Z'],
      ],
    )
  })

  t.test('not even the database lets the policy of a published round be changed', async (t) => {
    const { body } = await publishedRound([need])
    const change = app.database.pool.query(`update round set policy = '{}' where code = $1`, [body.code])
    await t.rejects(change, /the policy of a published round never changes/)
  })
})

t.test('a round goes on by the clock, and never backwards', async (t) => {
  const app = await testApp(t)
  const { asSystem, call, keyFor, setClock } = app
  const { hostKey, newNeed, publishedRound, ring } = await county(app)
  const need = await newNeed()
  const { body } = await publishedRound([need])
  const state = async () => (await call(null, 'GET', `/v1/rounds/${body.id}`)).body.state

  await ring(rounds, body.id, 'round.opens')
  t.equal(await state(), 'published', 'a deadline rung too early does nothing')
  await setClock(TIMETABLE.opensAt)
  await ring(rounds, body.id, 'round.opens')
  t.equal(await state(), 'receiving')
  await ring(rounds, body.id, 'round.opens')
  await setClock('2026-04-16T08:59:59.999Z')
  await ring(rounds, body.id, 'round.closes')
  t.equal(await state(), 'receiving', 'not a millisecond early')
  await setClock(TIMETABLE.closesAt)
  await ring(rounds, body.id, 'round.closes')
  t.equal(await state(), 'bids_closed')
  await ring(rounds, body.id, 'round.closes')
  t.equal(await state(), 'bids_closed', 'a deadline rung twice does nothing more')

  for (const command of ['startReview', 'publishNotice', 'approve', 'implement'] as const)
    await asSystem((work) => advanceRound(work, body.id, command))
  const before = await asSystem((work) => lockRound(work, body.id))
  t.equal(before.state, 'implementing')
  const after = await asSystem((work) => advanceRound(work, body.id, 'publishNotice'))
  t.same([after.state, after.version], ['implementing', before.version], 'a fresh notice leaves a running round alone')

  const path = `/v1/rounds/${body.id}/cancellation`
  const late = await call(hostKey, 'POST', path, { reason: '无' }, { ifMatch: before.version })
  t.match([late.status, late.body.code], [409, 'round_not_in_state'])
  t.equal((await call(await keyFor('operator'), 'POST', path, { reason: '无' }, { ifMatch: 1 })).status, 403)
})

t.test('a cancelled round rings no more and says why', async (t) => {
  const app = await testApp(t)
  const { asSystem, call } = app
  const { hostKey, newNeed, publishedRound } = await county(app)
  const { body } = await publishedRound([await newNeed()])
  const path = `/v1/rounds/${body.id}/cancellation`
  const cancelled = await call(hostKey, 'POST', path, { reason: '预算调整' }, { ifMatch: 2 })
  t.match(cancelled.body, { state: 'cancelled', cancelReason: '预算调整', actions: [] })
  const deadlines = await asSystem((work) => deadlinesOf(work, body.id))
  t.same(new Set(deadlines.map(({ state }) => state)), new Set(['cancelled']))
})

t.test('pools are drawn and given back, and only the host side sees what is left', async (t) => {
  const app = await testApp(t)
  const { asSystem, call, keyFor } = app
  const { hostKey, newNeed, publishedRound } = await county(app)
  const { body } = await publishedRound([await newNeed()])
  const elderly = { lotteryPurpose: 'elderly', serviceField: 'elderly_care' }
  const path = `/v1/rounds/${body.id}/pools`

  const shares = await asSystem((work) => drawFromPools(work, body.id, elderly, parseYuan('500000.00')))
  t.same(
    shares.map(({ source, amountFen }) => [source, amountFen]),
    [
      ['welfare_lottery', parseYuan('420000.00')],
      ['fiscal', parseYuan('80000.00')],
    ],
  )
  t.match((await call(hostKey, 'GET', path)).body.items, [
    { position: 1, allocated: money('420000.00'), available: money('0.00') },
    { position: 2, allocated: money('80000.00'), available: money('100000.00') },
  ])
  await t.rejects(
    asSystem((work) => drawFromPools(work, body.id, elderly, parseYuan('100000.01'))),
    /pool_exhausted/,
  )
  await asSystem((work) => releaseToPools(work, body.id, shares))
  t.same(
    (await asSystem((work) => poolsOf(work, body.id))).map(({ allocatedFen }) => allocatedFen),
    [0n, 0n],
  )
  t.equal((await call(await keyFor('agency'), 'GET', path)).status, 403)
  t.equal((await call(null, 'GET', path)).status, 401)
})

t.test('two draws at once never take more than a pool holds', async (t) => {
  const app = await testApp(t)
  const { asSystem } = app
  const { newNeed, publishedRound } = await county(app)
  const { body } = await publishedRound([await newNeed()])
  const governance = { lotteryPurpose: null, serviceField: 'governance' }
  const draws = await Promise.allSettled(
    Array.from({ length: 8 }, () =>
      asSystem((work) => drawFromPools(work, body.id, governance, parseYuan('50000.00'))),
    ),
  )
  t.equal(draws.filter(({ status }) => status === 'fulfilled').length, 3, '3 × 50,000 fit into 180,000')
  const [, fiscal] = await asSystem((work) => poolsOf(work, body.id))
  t.equal(fiscal?.allocatedFen, parseYuan('150000.00'))
})
