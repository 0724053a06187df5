import t from 'tap'
import { advanceBid, bidOf, bids, bidsOfRound, contentOf, lockBid } from '../../../src/modules/bids/index.ts'
import { advanceRound, rounds } from '../../../src/modules/rounds/index.ts'
import { testApp } from '../../support/app.ts'
import { BIDDING, CALL, money, TIMETABLE } from '../rounds/fixtures.ts'
import { biddingCounty, CONTENT } from './fixtures.ts'

t.test('an agency drafts a bid of its own project', async (t) => {
  const app = await testApp(t)
  const { call, keyFor, newOrganization, setClock } = app
  const { biddingRound, draftBid, hostKey, newAgency, newNeed, newProject, newRound } = await biddingCounty(app)
  const need = await newNeed()
  const other = await newNeed('disabled', 'disability')
  const roundId = await biddingRound([need, other])
  const agency = await newAgency('暖汀社会工作服务中心')
  const project = await newProject(agency, [need])
  const body = { roundId, needId: need, projectId: project }

  t.test('for a need that round and project name', async (t) => {
    const stray = await call(agency.key, 'POST', '/v1/bids', { ...body, needId: other })
    t.match([stray.status, stray.body.code], [422, 'project_lacks_need'])
    const outside = await newNeed()
    const projectId = await newProject(agency, [outside])
    const refused = await call(agency.key, 'POST', '/v1/bids', { ...body, needId: outside, projectId })
    t.match([refused.status, refused.body.code], [422, 'need_not_in_round'])
  })

  t.test('in a round that is published', async (t) => {
    const draft = await newRound([need])
    for (const unknown of [draft.body.id, 'rnd_00000000000000000000000000']) {
      const refused = await call(agency.key, 'POST', '/v1/bids', { ...body, roundId: unknown })
      t.match([refused.status, refused.body.code], [422, 'bid_round_unknown'])
    }
  })

  t.test('with a repeatable request', async (t) => {
    const missing = await call(agency.key, 'POST', '/v1/bids', body, { idempotencyKey: null })
    t.match([missing.status, missing.body.code], [400, 'idempotency_key_required'])
    const created = await call(agency.key, 'POST', '/v1/bids', body, { idempotencyKey: 'bid-1' })
    t.equal(created.status, 201, JSON.stringify(created.body))
    t.equal(created.headers['location'], `/v1/bids/${created.body.id}`)
    t.match(created.body, { state: 'draft', content: null, submission: null, opening: null, formalCheck: null })
    t.same(created.body.actions, ['submit', 'withdraw'])
    const replayed = await call(agency.key, 'POST', '/v1/bids', body, { idempotencyKey: 'bid-1' })
    t.same([replayed.body.id, replayed.headers['idempotent-replayed']], [created.body.id, 'true'])
  })

  t.test('once per need and once per project', async (t) => {
    const again = await call(agency.key, 'POST', '/v1/bids', body)
    t.match([again.status, again.body.code], [409, 'bid_exists'])
    const second = await newProject(agency, [need])
    t.equal((await call(agency.key, 'POST', '/v1/bids', { ...body, projectId: second })).status, 409)
    const both = await newProject(agency, [need, other])
    await draftBid(agency, roundId, other, {}, both)
    const sameProject = await newAgency('青禾社会工作服务中心')
    t.equal((await call(sameProject.key, 'POST', '/v1/bids', body)).status, 404, 'the project of another agency')
  })

  t.test('also for a filed group that it sponsors, under its own name', async (t) => {
    const sponsor = await newAgency('和邻社区服务社')
    const group = await newOrganization('邻里互助队', {
      type: 'filed_community_org',
      creditCode: null,
      sponsorId: sponsor.organizationId,
    })
    const projectId = await newProject(sponsor, [need], { sponsoredGroupId: group })
    const sponsored = await draftBid(sponsor, roundId, need, {}, projectId)
    t.match(sponsored.body, { organizationId: sponsor.organizationId, sponsoredGroupId: group })
  })

  t.test('and nobody else does', async (t) => {
    t.equal((await call(hostKey, 'POST', '/v1/bids', body)).status, 403)
    t.equal((await call(await keyFor('provider'), 'POST', '/v1/bids', body)).status, 403)
    t.equal((await call(null, 'POST', '/v1/bids', body)).status, 401)
  })

  t.test('in the form that the service reads', async (t) => {
    const early = await call(agency.key, 'POST', '/v1/bids', { ...body, content: CONTENT })
    t.equal(early.status, 400, 'content comes with the submission')
    t.equal((await call(agency.key, 'POST', '/v1/bids', { ...body, needId: project })).status, 400)
  })

  t.test('until the round closes', async (t) => {
    await setClock(TIMETABLE.closesAt)
    const late = await call((await newAgency('迟到社')).key, 'POST', '/v1/bids', body)
    t.equal(late.status, 404, 'hidden things stay hidden')
    const project = await newProject(agency, [need])
    const refused = await call(agency.key, 'POST', '/v1/bids', { ...body, projectId: project })
    t.match([refused.status, refused.body.code], [422, 'bid_window_closed'])
  })
})

t.test('a bid is submitted, replaced and withdrawn before the deadline', async (t) => {
  const app = await testApp(t)
  const { call, setClock } = app
  const { biddingRound, draftBid, newAgency, newNeed, newProject, publishedRound, submit, submittedBid } =
    await biddingCounty(app)
  const need = await newNeed()
  const roundId = await biddingRound([need])
  const agency = await newAgency('暖汀社会工作服务中心')
  const draft = await draftBid(agency, roundId, need)
  const path = `/v1/bids/${draft.body.id}`

  t.test('the answer tells what was received, and when', async (t) => {
    const submitted = await submit(agency, draft.body.id, 1)
    t.equal(submitted.status, 201, JSON.stringify(submitted.body))
    t.match(submitted.body.bid, {
      state: 'submitted',
      content: null,
      submission: { number: 1, submittedAt: BIDDING, commitment: /^[0-9a-f]{64}$/ },
      actions: ['submit', 'withdraw'],
    })
    t.equal(submitted.headers['location'], `/v1/receipts/${submitted.body.receipt.id}`)
    t.match(submitted.body.receipt, { number: 1, kind: 'submission', receivedAt: BIDDING, place: null })
  })

  t.test('what does not add up is refused, and the earlier version counts', async (t) => {
    const unsound = await submit(agency, draft.body.id, 2, { ...CONTENT, grant: money('79000.00') })
    t.match([unsound.status, unsound.body.code], [422, 'bid_content_invalid'])
    t.match(unsound.body.errors, [{ pointer: '#/content/budgetLines', code: 'budget_sum_differs' }])
    const empty = await submit(agency, draft.body.id, 2, { ...CONTENT, grant: money('0.00'), budgetLines: [] })
    t.match(empty.body, { code: 'bid_content_invalid', errors: [{ pointer: '#/content/grant', code: 'grant_zero' }] })
    const float = { ...CONTENT, grant: { amount: 80000, currency: 'CNY' } }
    t.equal((await submit(agency, draft.body.id, 2, float)).status, 400)
    t.match((await call(agency.key, 'GET', path)).body.submission, { number: 1 })
    const replaced = await submit(agency, draft.body.id, 2, {
      ...CONTENT,
      grant: money('79000.00'),
      budgetLines: [{ category: 'service_activity', amount: money('79000.00') }],
    })
    t.match(replaced.body.bid, { content: null, submission: { number: 2 } })
  })

  t.test('a stale version is refused', async (t) => {
    t.equal((await submit(agency, draft.body.id, 1)).status, 412)
    t.equal((await call(agency.key, 'POST', `${path}/submission`, { content: CONTENT })).status, 428)
  })

  t.test('a withdrawn bid leaves room for another', async (t) => {
    const withdrawn = await call(agency.key, 'POST', `${path}/withdrawal`, undefined, { ifMatch: 3 })
    t.match([withdrawn.body.state, withdrawn.body.actions], ['withdrawn', []])
    const again = await submit(agency, draft.body.id, 4)
    t.match([again.status, again.body.code], [409, 'bid_not_in_state'])
    t.equal((await submittedBid(agency, roundId, need)).status, 201)
  })

  t.test('a document that is not the bidder’s own and stored is refused', async (t) => {
    const other = await newAgency('青禾社会工作服务中心')
    const documentId = 'doc_00000000000000000000000000'
    const bid = await draftBid(other, roundId, need, { attachments: [{ kind: 'application_form', documentId }] })
    const refused = await submit(other, bid.body.id, 1)
    t.match([refused.status, refused.body.code], [422, 'document_not_usable'])
  })

  t.test('a project that is not listed is not submitted', async (t) => {
    const other = await newAgency('同行助残服务中心')
    const projectId = await newProject(other, [need], { isListed: false })
    const bid = await draftBid(other, roundId, need, {}, projectId)
    const refused = await submit(other, bid.body.id, 1)
    t.match([refused.status, refused.body.code], [409, 'project_not_listed'])
  })

  t.test('nothing is submitted before the round opens', async (t) => {
    const { body } = await publishedRound([need])
    const early = await draftBid(agency, body.id, need)
    const refused = await submit(agency, early.body.id, 1)
    t.match([refused.status, refused.body.code], [422, 'bid_window_not_open'])
    await setClock(TIMETABLE.opensAt)
    t.equal((await submit(agency, early.body.id, 1)).status, 201)
  })
})

t.test('the deadline is the clock’s, not the job’s', async (t) => {
  const app = await testApp(t)
  const { call, setClock } = app
  const { biddingRound, draftBid, newAgency, newNeed, submit, submittedBid } = await biddingCounty(app)
  const need = await newNeed()
  const roundId = await biddingRound([need])
  const [first, second] = [await newAgency('暖汀社会工作服务中心'), await newAgency('青禾社会工作服务中心')]
  const early = await submittedBid(first, roundId, need)
  const late = await draftBid(second, roundId, need)

  await setClock('2026-04-16T08:59:59.999Z')
  t.equal((await submit(first, early.body.id, 2)).status, 201, 'a replacement in the last millisecond')
  for (const instant of [TIMETABLE.closesAt, '2026-04-16T09:00:01.000Z']) {
    await setClock(instant)
    const refused = await submit(second, late.body.id, 1)
    t.match([refused.status, refused.body.code], [422, 'bid_window_closed'], `late at ${instant}`)
    t.match(refused.body.detail, TIMETABLE.closesAt)
  }
  t.equal((await call(null, 'GET', `/v1/rounds/${roundId}`)).body.state, 'published', 'no job has run')
  const replaced = await submit(first, early.body.id, 3)
  t.match([replaced.status, replaced.body.code], [422, 'bid_window_closed'])
  const withdrawn = await call(first.key, 'POST', `/v1/bids/${early.body.id}/withdrawal`, undefined, { ifMatch: 3 })
  t.match([withdrawn.status, withdrawn.body.code], [422, 'bid_window_closed'], 'nor is it taken back any more')
})

t.test('an organization submits at most as many bids as the policy says', async (t) => {
  const app = await testApp(t)
  const { call } = app
  const { biddingRound, draftBid, newAgency, newNeed, submit, submittedBid } = await biddingCounty(app)
  const needs = [await newNeed(), await newNeed(), await newNeed()] as [string, string, string]
  const roundId = await biddingRound(needs, { policy: { bidsPerOrganizationMax: 2 } })
  const agency = await newAgency('暖汀社会工作服务中心')
  const first = await submittedBid(agency, roundId, needs[0])
  await submittedBid(agency, roundId, needs[1])
  const third = await draftBid(agency, roundId, needs[2])
  const refused = await submit(agency, third.body.id, 1)
  t.match([refused.status, refused.body.code], [409, 'bid_limit_reached'])
  t.equal((await submit(agency, first.body.id, 2)).status, 201, 'a replacement takes no more room')
  await call(agency.key, 'POST', `/v1/bids/${first.body.id}/withdrawal`, undefined, { ifMatch: 3 })
  t.equal((await submit(agency, third.body.id, 1)).status, 201, 'a withdrawal makes room')
})

t.test('before the opening nobody but the bidder sees that a bid exists', async (t) => {
  const app = await testApp(t)
  const { asSystem, call, keyFor, setClock } = app
  const { biddingRound, draftBid, hostKey, newAgency, newNeed, open, submittedBid } = await biddingCounty(app)
  const need = await newNeed()
  const roundId = await biddingRound([need])
  const bidder = await newAgency('暖汀社会工作服务中心')
  const rival = await newAgency('青禾社会工作服务中心')
  const roundBefore = await call(hostKey, 'GET', `/v1/rounds/${roundId}`)
  const { body } = await submittedBid(bidder, roundId, need)
  await draftBid(rival, roundId, need)
  const others = [hostKey, rival.key, await keyFor('operator'), await keyFor('auditor'), await keyFor('finance')]

  t.test('neither by its id nor in a list', async (t) => {
    for (const key of others) {
      const hidden = await call(key, 'GET', `/v1/bids/${body.id}`)
      const missing = await call(key, 'GET', '/v1/bids/bid_00000000000000000000000000')
      t.same([hidden.status, hidden.body.code], [404, 'not_found'])
      t.same(hidden.body.detail, missing.body.detail, 'hidden and missing look the same')
    }
    for (const key of [hostKey, await keyFor('operator'), await keyFor('auditor')])
      t.same((await call(key, 'GET', `/v1/bids?roundId=${roundId}`)).body, { items: [], nextCursor: null })
    t.same((await call(rival.key, 'GET', `/v1/bids?needId=${need}`)).body.items.length, 1, 'its own draft alone')
    t.equal((await call(await keyFor('town'), 'GET', '/v1/bids')).status, 403)
    t.equal((await call(null, 'GET', `/v1/bids/${body.id}`)).status, 401)
  })

  t.test('nor by touching it', async (t) => {
    for (const [action, sent] of [
      ['submission', { content: CONTENT }],
      ['withdrawal', undefined],
      ['correction', { attachments: [] }],
    ] as const)
      t.equal((await call(rival.key, 'POST', `/v1/bids/${body.id}/${action}`, sent, { ifMatch: 2 })).status, 404)
    t.equal((await call(hostKey, 'POST', `/v1/bids/${body.id}/formal-check`, {}, { ifMatch: 2 })).status, 404)
    for (const known of ['receipts', 'ciphertext'])
      t.equal((await call(hostKey, 'GET', `/v1/bids/${body.id}/${known}`)).status, 404)
  })

  t.test('nor by counting the versions of the round or the host’s events', async (t) => {
    const roundNow = await call(hostKey, 'GET', `/v1/rounds/${roundId}`)
    t.same([roundNow.headers['etag'], roundNow.body], [roundBefore.headers['etag'], roundBefore.body])
    const { rows } = await app.database.pool.query(
      `select type from event where host_id is not null and type like 'bid.%'`,
    )
    t.same(rows, [])
  })

  t.test('not even to later modules', async (t) => {
    t.same(await asSystem((work) => bidsOfRound(work, roundId)), [])
  })

  t.test('and nobody opens early', async (t) => {
    const path = `/v1/rounds/${roundId}/opening`
    await setClock('2026-04-16T08:59:59.999Z')
    const early = await call(hostKey, 'POST', path, undefined, { ifMatch: 2 })
    t.match([early.status, early.body.code], [409, 'bids_still_open'])
    t.equal((await call(rival.key, 'POST', path, undefined, { ifMatch: 2 })).status, 403)
    t.equal((await call(hostKey, 'POST', path, undefined, { ifMatch: 1 })).status, 412)
  })

  t.test('after the opening the host side reads it, and a rival still does not', async (t) => {
    const opened = await open(roundId)
    t.match(opened.body.bids, [{ bidId: body.id, needId: need, commitment: body.submission.commitment }])
    t.match(opened.body, { roundId, state: 'done', finishedAt: '2026-04-17T01:00:00.000Z' })
    for (const key of [hostKey, await keyFor('operator'), await keyFor('auditor'), await keyFor('finance')]) {
      const read = await call(key, 'GET', `/v1/bids/${body.id}`)
      t.match([read.status, read.body.content?.grant], [200, CONTENT.grant])
      const list = await call(
        key,
        'GET',
        `/v1/bids?roundId=${roundId}&state=submitted&organizationId=${bidder.organizationId}`,
      )
      t.equal(list.body.items.length, 1)
    }
    t.equal((await call(rival.key, 'GET', `/v1/bids/${body.id}`)).status, 404)
    t.equal((await call(hostKey, 'GET', '/v1/bids')).body.items.length, 1, 'the rival’s draft was never submitted')
    const again = await call(hostKey, 'POST', `/v1/rounds/${roundId}/opening`, undefined, { ifMatch: 4 })
    t.match([again.status, again.body.code], [409, 'opening_under_way'])
  })
})

t.test('the formal check accepts, rejects or sends back', async (t) => {
  const app = await testApp(t)
  const { asSystem, call, keyFor, setClock } = app
  const { biddingRound, formalCheck, hostKey, newAgency, newNeed, open, ring, submittedBid, versionOf } =
    await biddingCounty(app)
  const need = await newNeed()
  const roundId = await biddingRound([need])
  const sound = await newAgency('暖汀社会工作服务中心')
  const poor = await newAgency('众苗志愿服务协会')
  const hasty = await newAgency('同行助残服务中心')
  const unchecked = await newAgency('无年检服务中心', { annualChecks: [] })
  const good = await submittedBid(sound, roundId, need)
  const broken = await submittedBid(poor, roundId, need, {
    grant: money('85000.00'),
    matchingCash: money('15000.00'),
    budgetLines: [{ category: 'service_activity', amount: money('85000.00') }],
  })
  const incomplete = await submittedBid(hasty, roundId, need, { attachments: [{ kind: 'application_form' }] })
  const ineligible = await submittedBid(unchecked, roundId, need)
  await open(roundId)

  t.test('a sound bid is accepted, once', async (t) => {
    const path = `/v1/bids/${good.body.id}/formal-check`
    const refused = await call(sound.key, 'POST', path, {}, { ifMatch: 3 })
    t.equal(refused.status, 403, 'not by the bidder')
    t.equal((await call(await keyFor('auditor'), 'POST', path, {}, { ifMatch: 3 })).status, 403)
    const checked = await formalCheck(good.body.id, { remarks: '材料齐全' })
    t.match(checked.body, {
      state: 'accepted',
      formalCheck: { findings: [], remarks: '材料齐全', correctionDue: null },
    })
    const again = await call(hostKey, 'POST', path, {}, { ifMatch: 4 })
    t.match([again.status, again.body.code], [409, 'bid_not_in_state'])
    const late = await call(sound.key, 'POST', `/v1/bids/${good.body.id}/withdrawal`, undefined, { ifMatch: 4 })
    t.match([late.status, late.body.code], [409, 'bid_not_in_state'], 'an accepted bid stays')
  })

  t.test('B09 is rejected for its matching share, and the finding says by how much', async (t) => {
    const checked = await formalCheck(broken.body.id)
    t.match(checked.body, {
      state: 'rejected',
      formalCheck: { findings: [{ code: 'matching_min', detail: '15.00 % < 20.00 %', isCurable: false }] },
    })
  })

  t.test('an agency without its annual check is rejected', async (t) => {
    const checked = await formalCheck(ineligible.body.id)
    t.match(checked.body, { state: 'rejected', formalCheck: { findings: [{ code: 'annual_check_missing' }] } })
  })

  t.test('the due day of the check reminds of what is unchecked', async (t) => {
    const reminders = async () => {
      const { rows } = await app.database.pool.query(
        `select data from event where type = 'round.formal_check_overdue' order by recorded_at`,
      )
      return rows
    }
    await ring(bids, roundId, 'round.formal_check_due')
    t.same(await reminders(), [{ data: { bids: [incomplete.body.id] } }])
  })

  t.test('B06 lacks a letter, supplies it in time and is accepted', async (t) => {
    await setClock('2026-04-20T02:00:00.000Z')
    const path = `/v1/bids/${incomplete.body.id}`
    const returned = await formalCheck(incomplete.body.id)
    t.match(returned.body, {
      state: 'returned_for_correction',
      formalCheck: {
        findings: [{ code: 'attachment_missing', detail: 'commitment_letter', isCurable: true }],
        correctionDue: { startOn: '2026-04-20', effectiveOn: '2026-04-23' },
      },
      actions: ['correct'],
    })
    await setClock('2026-04-22T02:00:00.000Z')
    const letter = { kind: 'commitment_letter' }
    const beyond = { attachments: [letter, { kind: 'budget_table' }] }
    const refused = await call(hasty.key, 'POST', `${path}/correction`, beyond, { ifMatch: 4 })
    t.match([refused.status, refused.body.code], [422, 'correction_beyond_scope'])
    t.equal((await call(hostKey, 'POST', `${path}/correction`, { attachments: [letter] }, { ifMatch: 4 })).status, 403)
    const wanted = { attachments: [letter], statement: '补交承诺书' }
    const empty = await call(hasty.key, 'POST', `${path}/correction`, { attachments: [] }, { ifMatch: 4 })
    t.match([empty.status, empty.body.code], [422, 'correction_empty'], 'the only correction is not wasted')
    const corrected = await call(hasty.key, 'POST', `${path}/correction`, wanted, { ifMatch: 4 })
    t.match(corrected.body, {
      state: 'submitted',
      content: { attachments: [{ kind: 'application_form' }, letter], statement: '补交承诺书' },
      submission: { number: 2, submittedAt: BIDDING },
      formalCheck: { correctionsUsed: 1, correctionDue: null },
    })
    await setClock('2026-04-23T16:00:00.000Z')
    await ring(bids, incomplete.body.id, 'bid.correction_due')
    t.equal((await formalCheck(incomplete.body.id)).body.state, 'accepted', 'the rung deadline changed nothing')
  })

  t.test('reviews and awards move it on, and its version tells no step that its bidder may not know', async (t) => {
    const before = await versionOf(`/v1/bids/${good.body.id}`, hostKey)
    const raised: number[] = []
    for (const command of ['score', 'reserve', 'propose', 'award', 'cancel'] as const) {
      const { version } = await asSystem((work) => advanceBid(work, good.body.id, command))
      raised.push(version - before)
    }
    t.same(raised, [0, 0, 0, 1, 2], 'of a round under review its bidder reads `accepted`, and `awarded` when it is')
    t.equal((await asSystem((work) => lockBid(work, good.body.id))).state, 'cancelled')
    await t.rejects(
      asSystem((work) => advanceBid(work, good.body.id, 'propose')),
      /bid_not_in_state/,
    )
    t.match(await asSystem((work) => contentOf(work, good.body.id)), { grant: CONTENT.grant })
    t.equal((await asSystem((work) => bidOf(work, good.body.id)))?.requestedFen, 8_000_000n)
    const opened = await asSystem((work) => bidsOfRound(work, roundId, ['accepted', 'rejected']))
    t.equal(opened.length, 3)
  })

  t.test('outside the review nothing is checked', async (t) => {
    await asSystem((work) => advanceRound(work, roundId, 'publishNotice'))
    const ifMatch = await versionOf(`/v1/bids/${broken.body.id}`, hostKey)
    const refused = await call(hostKey, 'POST', `/v1/bids/${broken.body.id}/formal-check`, {}, { ifMatch })
    t.match([refused.status, refused.body.code], [409, 'round_not_in_state'])
    const stale = await call(hostKey, 'POST', `/v1/bids/${broken.body.id}/formal-check`, {}, { ifMatch: ifMatch - 1 })
    t.equal(stale.status, 412, 'whoever has read an earlier version is told that first')
  })
})

t.test('a correction that comes late, or never, ends the bid', async (t) => {
  const app = await testApp(t)
  const { call, setClock } = app
  const { biddingRound, formalCheck, newAgency, newNeed, open, ring, submittedBid } = await biddingCounty(app)
  const need = await newNeed()
  const roundId = await biddingRound([need])
  const agency = await newAgency('暖汀社会工作服务中心')
  const { body } = await submittedBid(agency, roundId, need)
  await open(roundId, '2026-04-20T02:00:00.000Z')
  const manualFindings = [
    { code: 'scan_unreadable', detail: '登记证书扫描件不清', isCurable: true, attachment: 'certificate' },
  ]
  const returned = await formalCheck(body.id, { manualFindings })
  t.match(returned.body, { state: 'returned_for_correction', formalCheck: { findings: manualFindings } })

  await setClock('2026-04-23T15:59:59.999Z')
  await ring(bids, body.id, 'bid.correction_due')
  t.equal((await call(agency.key, 'GET', `/v1/bids/${body.id}`)).body.state, 'returned_for_correction')
  await setClock('2026-04-23T16:00:00.000Z')
  const wanted = { attachments: [{ kind: 'certificate' }] }
  const late = await call(agency.key, 'POST', `/v1/bids/${body.id}/correction`, wanted, { ifMatch: 4 })
  t.match([late.status, late.body.code], [422, 'correction_window_closed'])
  await ring(bids, body.id, 'bid.correction_due')
  const ended = await call(agency.key, 'GET', `/v1/bids/${body.id}`)
  t.match(ended.body, {
    state: 'rejected',
    formalCheck: { findings: [{ code: 'scan_unreadable' }, { code: 'correction_not_supplied' }] },
  })
})

t.test('the closing job and the opening find their way in either order', async (t) => {
  const app = await testApp(t)
  const { call, setClock } = app
  const { biddingRound, hostKey, newNeed, open, ring } = await biddingCounty(app)
  const need = await newNeed()
  const closedByJob = await biddingRound([need])
  await setClock(TIMETABLE.closesAt)
  await ring(rounds, closedByJob, 'round.closes')
  t.equal((await call(null, 'GET', `/v1/rounds/${closedByJob}`)).body.state, 'bids_closed')
  t.same((await open(closedByJob)).body.bids, [], 'a round without bids opens too')

  await setClock(CALL)
  const closedByOpening = await biddingRound([need])
  await open(closedByOpening)
  await ring(rounds, closedByOpening, 'round.closes')
  t.equal((await call(hostKey, 'GET', `/v1/rounds/${closedByOpening}`)).body.state, 'reviewing')
})
