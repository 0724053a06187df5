import { type SQL, sql } from 'drizzle-orm'
import t from 'tap'
import { ACCESS_TABLES, type AccessTable, READERS, SAMPLE, verdictOf } from '../src/accessTable.ts'
import { uuidOf } from '../src/platform/ids.ts'
import { ok, proposedCounty } from './modules/notices/county.ts'

const county = await proposedCounty(t)
const { call, keys, keyFor, newOrganization, agencyIds, hostId, roundId, database } = county
const [ownId = '', rivalId = ''] = agencyIds

/** Brings a row into a state by hand: what is asked here is who reads it, not how it came there. */
const set = async (statement: SQL) => {
  await database.sql.execute(statement)
}

/** Only the rows that are read; checks and triggers keep states together that a sample may tear apart. */
async function loosen(tables: readonly string[]): Promise<void> {
  for (const table of tables) {
    await set(sql.raw(`alter table ${table} disable trigger user`))
    const { rows } = await database.sql.execute<{ name: string }>(
      sql`select conname as name from pg_constraint where contype = 'c' and conrelid = ${table}::regclass`,
    )
    for (const { name } of rows) await set(sql.raw(`alter table ${table} drop constraint "${name}"`))
  }
}

/** The keys of the readers of the table, in its order; null without a credential. */
async function readerKeys(
  expertIds: Readonly<Record<string, string>>,
  otherHostId: string,
): Promise<(string | null)[]> {
  const strangerId = await newOrganization('云汀县过路社会工作服务中心')
  const organizations: Readonly<Record<string, string>> = {
    [SAMPLE.host]: hostId,
    [SAMPLE.otherHost]: otherHostId,
    [SAMPLE.agency]: ownId,
    [SAMPLE.rival]: rivalId,
    [SAMPLE.stranger]: strangerId,
  }
  const found: (string | null)[] = []
  for (const { role, actor } of READERS) {
    const organizationId = organizations[actor.organizationId ?? '']
    const standing = {
      ...(organizationId === undefined ? {} : { organizationId }),
      ...(actor.hostId === null ? {} : { hostId: organizations[actor.hostId] as string }),
      ...(actor.expertId === null ? {} : { expertId: expertIds[actor.expertId] as string }),
    }
    found.push(role === 'nobody' ? null : await keyFor(role, standing))
  }
  return found
}

/** A session in which the bid was heard, with the panel's opinion on it. */
async function hear(rows: Readonly<Record<'roundRow' | 'bidRow' | 'hostRow' | 'bidderRow', string>>): Promise<void> {
  const { roundRow, bidRow, hostRow, bidderRow } = rows
  await set(sql`insert into review_session (id, round_id, host_id, number, held_on, place)
    values (${roundRow}, ${roundRow}, ${hostRow}, 1, '2026-04-28', '民政局三楼会议室')`)
  await set(sql`insert into review_item (bid_id, session_id, round_id, host_id, organization_id, position, state,
      bidder_present, statement, stated_at)
    values (${bidRow}, ${roundRow}, ${roundRow}, ${hostRow}, ${bidderRow}, 1, 'opinion_published',
      true, '负责人介绍了服务对象。', '2026-04-28T01:00:00Z')`)
  await set(sql`insert into review_opinion (bid_id, number, opinion, published_by, published_at)
    values (${bidRow}, 1, '建议立项。', 'key_sample', '2026-04-28T02:00:00Z')`)
}

t.test('what the page says about who sees what is what the service answers, cell by cell', async (t) => {
  const notice = ok(await call(keys.host, 'POST', '/v1/notices', { roundId, kind: 'award' }))
  const award = await county.awardOf(0)
  const grounds = { noticeId: notice.id, awardId: award.id, grounds: '评分有误' }
  const objection = ok(await call(keys.agencies[1] as string, 'POST', '/v1/objections', grounds))
  const lead = ok(await call(keys.agencies[1] as string, 'POST', '/v1/objections', { ...grounds, anonymous: true }))
  const [panel] = ok(await call(keys.host, 'GET', `/v1/review-panels?roundId=${roundId}`)).items
  const sheet = ok(await call(keys.host, 'GET', `/v1/score-sheets?bidId=${award.bidId}`)).items[0]
  const newExpert = async (code: string) => ok(await call(keys.operator, 'POST', '/v1/experts', { code })).id as string
  const experts = {
    [SAMPLE.seated]: sheet.expertId as string,
    [SAMPLE.recused]: await newExpert('E2'),
    [SAMPLE.otherExpert]: await newExpert('E3'),
  }
  const otherHostId = await newOrganization('邻县民政局', { type: 'government' })
  const readers = await readerKeys(experts, otherHostId)
  await loosen(['bid', 'award', 'notice', 'objection', 'round', 'score_sheet'])
  const [panelRow, expertRow] = [uuidOf(panel.id, 'pnl'), uuidOf(experts[SAMPLE.recused] as string, 'exp')]
  const bidRow = uuidOf(award.bidId, 'bid')
  await set(sql`insert into panel_member (panel_id, expert_id, position, kind)
    values (${panelRow}, ${expertRow}, 2, 'alternate')`)
  await set(sql`insert into panel_seat (panel_id, bid_id, expert_id, position, state, reason)
    values (${panelRow}, ${bidRow}, ${expertRow}, 2, 'recused', 'own_statement')`)
  const roundRow = uuidOf(roundId, 'rnd')
  const inRound = (state: string) => set(sql`update round set state = ${state} where id = ${roundRow}`)

  const tellResult = () =>
    set(
      sql`insert into told_result (bid_id, told_at) values (${bidRow}, '2026-05-01T01:00:00Z') on conflict do nothing`,
    )
  const opinionFor = (readers: string) =>
    set(sql`update round set policy = jsonb_set(policy, '{review,opinionFor}', to_jsonb(${readers}::text))
      where id = ${roundRow}`)
  await hear({ roundRow, bidRow, hostRow: uuidOf(hostId, 'org'), bidderRow: uuidOf(ownId, 'org') })

  /** How a case of the table is made, and where it is read. */
  const samples: Readonly<Record<string, (state: string) => Promise<string>>> = {
    async 'bid.read'(label) {
      const [state = '', isSealed] = label.split(', ')
      const openedAt = isSealed === undefined ? '2026-04-20T01:00:00Z' : null
      await set(sql`update bid set state = ${state}, opened_at = ${openedAt} where id = ${bidRow}`)
      return `/v1/bids/${award.bidId}`
    },
    async 'assigned-bid.read'() {
      await inRound('reviewing')
      await set(sql`update bid set state = 'proposed', opened_at = '2026-04-20T01:00:00Z' where id = ${bidRow}`)
      return `/v1/assigned-bids/${award.bidId}`
    },
    async 'score-sheet.read'(state) {
      const voidedAt = state === 'void' ? '2026-04-29T01:00:00Z' : null
      await set(sql`update score_sheet set voided_at = ${voidedAt} where id = ${uuidOf(sheet.id, 'sht')}`)
      return `/v1/score-sheets/${sheet.id}`
    },
    'panel.read': async () => `/v1/review-panels/${panel.id}`,
    'round.read-ranking': async () => `/v1/rounds/${roundId}/ranking`,
    'review-session.list': async () => `/v1/rounds/${roundId}/review-sessions`,
    'review-item.read': async () => `/v1/review-items/${award.bidId}`,
    async 'review-item.read-opinion'(label) {
      await inRound(label === 'before the notice' ? 'reviewing' : 'notice')
      await opinionFor(label === 'then, for the bidder' ? 'bidder' : 'public')
      await tellResult()
      return `/v1/review-items/${award.bidId}/opinion`
    },
    async 'award.read'(label) {
      const [state = '', when] = label.split(', ')
      const isNoticed = when !== 'before the first notice'
      await inRound(isNoticed ? 'notice' : 'reviewing')
      const toldAt = isNoticed ? '2026-05-01T01:00:00Z' : null
      const reviewedBy = isNoticed && when !== undefined ? uuidOf(otherHostId, 'org') : null
      await set(sql`update bid set told_at = ${toldAt} where id = ${bidRow}`)
      // An award that awaits a budget was cut.
      const cutFen = state === 'awaiting_budget' ? 100 : 0
      await set(sql`update award set state = ${state}, approved_fen = requested_fen - ${cutFen},
        reviewed_by_id = ${reviewedBy} where id = ${uuidOf(award.id, 'awd')}`)
      return `/v1/awards/${award.id}`
    },
    async 'bid.read-result'(label) {
      await inRound(label.startsWith('ranked') ? 'reviewing' : 'notice')
      await set(sql`update bid set state = 'proposed', opened_at = '2026-04-20T01:00:00Z' where id = ${bidRow}`)
      await tellResult()
      return `/v1/bids/${award.bidId}/result`
    },
    async 'notice.read'(state) {
      await set(sql`update notice set state = ${state} where id = ${uuidOf(notice.id, 'ntc')}`)
      return `/v1/notices/${notice.id}`
    },
    async 'objection.read'(label) {
      const [state = '', reviewed] = label.split(', ')
      const otherRow = uuidOf(otherHostId, 'org')
      if (state === 'logged') return `/v1/objections/${lead.id}`
      const isAdmitted = !['filed', 'inadmissible', 'rejected_as_late'].includes(state)
      await set(sql`update objection set state = ${state},
        accepted_at = ${isAdmitted ? '2026-05-01T01:00:00Z' : null},
        reviewed_by_id = ${reviewed === 'reviewed by another host' ? otherRow : null},
        appealed_to_id = ${reviewed === 'its answer reviewed by another host' ? otherRow : null} where id = ${uuidOf(objection.id, 'obj')}`)
      return `/v1/objections/${objection.id}`
    },
  }

  const prove = async ({ action, cases }: AccessTable, url: (state: string) => Promise<string>) => {
    const wrong: string[] = []
    for (const one of cases) {
      const path = await url(one.state)
      for (const [index, reader] of READERS.entries()) {
        const { status } = await call(readers[index] ?? null, 'GET', path)
        const told = verdictOf(action, one, reader)
        if (status !== told)
          wrong.push(`${one.state}: ${reader.role} (${reader.relation}) gets ${status}, the page says ${told}`)
      }
    }
    return wrong
  }
  for (const table of ACCESS_TABLES) {
    const url = samples[table.action]
    if (url === undefined) t.fail(`${table.action} has no sample`)
    else t.same(await prove(table, url), [], `${table.thing}: ${table.cases.length} states, ${READERS.length} readers`)
  }

  await inRound('reviewing')
  await set(sql`update round set policy = jsonb_set(policy, '{blindReview}', 'true') where id = ${roundRow}`)
  const knowing: string[] = []
  for (const [index, { role, relation }] of READERS.entries()) {
    const { bids } = ok(await call(readers[index] ?? null, 'GET', `/v1/rounds/${roundId}/opening`))
    const line = bids.find(({ bidId }: { bidId: string }) => bidId === award.bidId)
    if (line.organizationId !== null) knowing.push(`${role} (${relation})`)
  }
  t.same(
    knowing,
    ['agency (its own)', ...['host', 'operator', 'finance', 'auditor'].map((role) => `${role} (own host)`)],
    'who reads in the record of the opening who bids, while a blind round is under review',
  )
  const seated = readers[READERS.findIndex(({ relation }) => relation === 'judges the bid')] ?? null
  const { body } = await call(seated, 'GET', `/v1/assigned-bids/${award.bidId}`)
  t.match(
    body,
    { organizationId: null, sponsoredGroupId: null, project: { id: null } },
    'nor does the assigned bid tell',
  )
})
