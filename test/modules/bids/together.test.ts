import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { uuidOf } from '../../../src/platform/ids.ts'
import { type Answer, testApp } from '../../support/app.ts'
import { type Agency, biddingCounty, CONTENT } from './fixtures.ts'

const AGENCIES = 25
const NEEDS = 8

interface Drafted {
  readonly agency: Agency
  readonly bidId: string
}

t.test('of 200 submissions at once each is answered for itself, and nothing is half written', async (t) => {
  const app = await testApp(t)
  const { call, database, deps } = app
  const { biddingRound, draftBid, newAgency, newNeed, open } = await biddingCounty(app)
  const needs: string[] = []
  for (let index = 0; index < NEEDS; index += 1) needs.push(await newNeed())
  const roundId = await biddingRound(needs, { policy: { bidsPerOrganizationMax: NEEDS } })
  const drafts: Drafted[] = []
  for (let index = 0; index < AGENCIES; index += 1) {
    const agency = await newAgency(`机构 ${index}`)
    for (const need of needs) drafts.push({ agency, bidId: (await draftBid(agency, roundId, need)).body.id })
  }
  const send = ({ agency, bidId }: Drafted, key: string | null, version = 1, content: object = CONTENT) =>
    call(agency.key, 'POST', `/v1/bids/${bidId}/submission`, { content }, { ifMatch: version, idempotencyKey: key })

  const [wrongVersion, wrongContent, twice, oneKey, sameKey, broken, ...others] = drafts as [
    Drafted,
    Drafted,
    Drafted,
    Drafted,
    Drafted,
    Drafted,
    ...Drafted[],
  ]
  // The database refuses whatever is written of one of them; only who submits it may learn of that.
  await database.pool.query(`
    create function refuse_one() returns trigger language plpgsql as $$
      begin raise exception 'refused' using errcode = 'check_violation'; end $$;
    create trigger refuse_one before insert on bid_version for each row
      when (new.bid_id = '${uuidOf(broken.bidId, 'bid')}') execute function refuse_one()`)
  const transactions = async () =>
    (await database.pool.query<{ count: number }>('select count(distinct transaction_id)::int as count from event'))
      .rows[0]?.count ?? 0
  const before = await transactions()

  const asked = {
    others: others.map((draft, index) => send(draft, `others-${index}`)),
    wrongVersion: send(wrongVersion, 'wrong-version', 7),
    wrongContent: send(wrongContent, null, 1, { ...CONTENT, budgetLines: [] }),
    twice: [send(twice, 'first'), send(twice, 'second'), send(twice, 'first')],
    // All of the first agency, so that its key is the same key.
    sameKey: [send(oneKey, 'one-key'), send(sameKey, 'one-key')],
    broken: send(broken, 'broken').catch((error: Error) => error.message),
    foreign: send({ agency: (others.at(-1) as Drafted).agency, bidId: wrongVersion.bidId }, 'foreign'),
  }
  const done = await Promise.all(asked.others)
  t.same(new Set(done.map(({ status }) => status)), new Set([201]))
  t.same(
    done.map(({ body }) => [body.bid.id, body.receipt.bidId, body.receipt.manifest.bidId, body.bid.submission.number]),
    others.map(({ bidId }) => [bidId, bidId, bidId, 1]),
    'everybody gets the answer to what it asked',
  )
  for (const { body, headers } of done) {
    t.equal(headers['etag'], '"2"')
    const payload = await deps.signer.verify('sandan-receipt+jwt', body.receipt.jws)
    t.match(payload, { bidId: body.bid.id, commitment: body.receipt.commitment, eventId: body.receipt.eventId })
  }
  t.same(codeOf(await asked.wrongVersion), '412 precondition_failed')
  t.same(codeOf(await asked.wrongContent), '422 bid_content_invalid')
  const told = await Promise.all(asked.twice)
  const receipts = told.flatMap(({ status, body }) => (status === 201 ? [body.receipt.id] : []))
  t.equal(new Set(receipts).size, 1, 'one key of two is first, and its retry is told the same')
  t.same(new Set(told.map(codeOf)), new Set(['201', '412 precondition_failed']))
  t.match(await asked.broken, /answered 500/)
  t.same(codeOf(await asked.foreign), '404 not_found')
  const sameKeys = await Promise.all(asked.sameKey)
  t.same(sameKeys.filter(({ status }) => status === 201).length, 1, 'one of two requests with the same key is run')
  t.match(codeOf(sameKeys.find(({ status }) => status !== 201) as Answer), /idempotency_(in_progress|key_reused)$/)
  t.comment(`${(await transactions()) - before} transactions for ${drafts.length} bids`)

  // Withheld events, receipts, versions and bids: of the accepted ones exactly, and all of each.
  const winner = sameKeys.find(({ status }) => status === 201)?.body.bid.id
  const accepted = [...others.map(({ bidId }) => bidId), twice.bidId, winner].sort()
  const kept = await database.pool.query(
    `select bid.id, bid.version, bid.current_version, bid.state, confirmed_policy_version,
       bid_version.commitment = receipt.commitment and receipt.commitment = event.data ->> 'commitment' as fits,
       receipt.event_id = event.id as "isNamed", event.withheld_by, event.type, event.actor,
       bid.submitted_at = receipt.received_at and event.at = receipt.received_at as "isAtOnce"
     from bid join bid_version on bid_version.bid_id = bid.id join receipt on receipt.bid_id = bid.id
     join event on event.id = receipt.event_id
     where bid.round_id = $1`,
    [uuidOf(roundId, 'rnd')],
  )
  t.same(kept.rows.map(({ id }) => id).sort(), accepted.map((id) => uuidOf(id, 'bid')).sort())
  for (const row of kept.rows)
    t.match(row, {
      version: 2,
      current_version: 1,
      state: 'submitted',
      confirmed_policy_version: 1,
      fits: true,
      isNamed: true,
      isAtOnce: true,
      withheld_by: roundId,
      type: 'bid.submitted',
    })
  const { rows: counts } = await database.pool.query(
    `select (select count(*)::int from bid_version) as versions, (select count(*)::int from receipt) as receipts,
      (select count(*)::int from event where type = 'bid.submitted') as events`,
  )
  t.same(counts, [{ versions: accepted.length, receipts: accepted.length, events: accepted.length }])

  const again = await Promise.all(others.slice(0, 20).map((draft, index) => send(draft, `others-${index}`)))
  t.same(
    again.map(({ status, body, headers }) => [status, body, headers['idempotent-replayed']]),
    done.slice(0, 20).map(({ body }) => [201, body, 'true']),
    'replayed together as well, each its own',
  )
  const [keyOwner] = others.slice(5) as [Drafted]
  const ofOwner = others.filter(({ agency }) => agency === keyOwner.agency)
  const reused = await Promise.all(ofOwner.map((draft) => send(draft, 'others-5', 2)))
  for (const answer of reused) t.match(codeOf(answer), /idempotency_(in_progress|key_reused)$/)
  t.ok(reused.some(({ body }) => body.code === 'idempotency_key_reused'))

  await database.pool.query('drop trigger refuse_one on bid_version')
  t.equal((await send(broken, 'broken')).status, 201, 'and the one that failed may try again with its key')
  const opened = await open(roundId)
  t.equal(opened.body.bids.length, accepted.length + 1)
  t.same(new Set(opened.body.bids.map(({ outcome }: { outcome: string }) => outcome)), new Set(['opened']))
})

t.test('replacements at once each follow their own version', async (t) => {
  const app = await testApp(t)
  const { database } = app
  const { biddingRound, draftBid, newAgency, newNeed, submit } = await biddingCounty(app)
  const need = await newNeed()
  const roundId = await biddingRound([need])
  const drafts: Drafted[] = []
  for (let index = 0; index < 12; index += 1) {
    const agency = await newAgency(`机构 ${index}`)
    drafts.push({ agency, bidId: (await draftBid(agency, roundId, need)).body.id })
  }
  let previous: (string | null)[] = drafts.map(() => null)
  for (const version of [1, 2, 3]) {
    const answers = await Promise.all(drafts.map(({ agency, bidId }) => submit(agency, bidId, version)))
    t.same(
      answers.map(({ body }) => [body.receipt.number, body.receipt.manifest.previousCommitment, body.bid.id]),
      drafts.map(({ bidId }, place) => [version, previous[place], bidId]),
    )
    previous = answers.map(({ body }) => body.receipt.commitment)
  }
  const { rows } = await database.pool.query(`select type, count(*)::int as count from event
    where type in ('bid.submitted', 'bid.replaced') group by type order by type`)
  t.same(rows, [
    { type: 'bid.replaced', count: 24 },
    { type: 'bid.submitted', count: 12 },
  ])
})

t.test('submissions that wait for a bid somebody holds do not hold up those of another round', async (t) => {
  const app = await testApp(t)
  const { database } = app
  const { biddingRound, draftBid, newAgency, newNeed, submit } = await biddingCounty(app)
  const [need, otherNeed] = [await newNeed(), await newNeed()]
  const [roundId, otherRoundId] = [await biddingRound([need]), await biddingRound([otherNeed])]
  const agencies = await Promise.all([1, 2, 3, 4].map((index) => newAgency(`机构 ${index}`)))
  const draftsIn = async (round: string, needId: string) => {
    const drafts: Drafted[] = []
    for (const agency of agencies) drafts.push({ agency, bidId: (await draftBid(agency, round, needId)).body.id })
    return drafts
  }
  const [held, free] = [await draftsIn(roundId, need), await draftsIn(otherRoundId, otherNeed)]
  const holder = await database.pool.connect()
  await holder.query('begin')
  await holder.query('select from bid where id = $1 for update', [uuidOf(held[0]?.bidId ?? '', 'bid')])
  let isDone = false
  const waiting = Promise.all(held.map(({ agency, bidId }) => submit(agency, bidId, 1))).then((answers) => {
    isDone = true
    return answers
  })
  const answers = await Promise.all(free.map(({ agency, bidId }) => submit(agency, bidId, 1)))
  t.same(
    answers.map(({ status }) => status),
    [201, 201, 201, 201],
  )
  t.notOk(isDone)
  await holder.query('rollback')
  holder.release()
  t.same(
    (await waiting).map(({ status }) => status),
    [201, 201, 201, 201],
  )
})

t.test('an answer that broke off is not repeated behind the caller’s back', async (t) => {
  const app = await testApp(t)
  const { database } = app
  const { biddingRound, draftBid, newAgency, newNeed, submit } = await biddingCounty(app)
  const need = await newNeed()
  const roundId = await biddingRound([need])
  const drafts: Drafted[] = []
  for (let index = 0; index < 5; index += 1) {
    const agency = await newAgency(`机构 ${index}`)
    drafts.push({ agency, bidId: (await draftBid(agency, roundId, need)).body.id })
  }
  // The commit itself is cut off: a deferred trigger ends the session, as a server that goes down would.
  await database.pool.query(`
    create function go_down() returns trigger language plpgsql as $$
      begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$;
    create constraint trigger go_down after insert on receipt deferrable initially deferred
      for each row execute function go_down()`)
  const broken = await Promise.all(drafts.map(({ agency, bidId }) => submit(agency, bidId, 1)))
  t.same(new Set(broken.map(codeOf)), new Set(['503 service_unavailable']))
  await database.pool.query('drop trigger go_down on receipt')
  await pause(0)
  const { rows } = await database.pool.query('select count(*)::int as count from bid_version')
  t.same(rows, [{ count: 0 }])
  const answers = await Promise.all(drafts.map(({ agency, bidId }) => submit(agency, bidId, 1)))
  t.same(new Set(answers.map(({ status }) => status)), new Set([201]))
})

function codeOf({ status, body }: Answer): string {
  return status === 201 ? '201' : `${status} ${body.code}`
}
