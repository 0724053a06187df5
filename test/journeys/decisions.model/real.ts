import { sql } from 'drizzle-orm'
import { verifyChain } from '../../../src/platform/events/verify.ts'
import { type County, ok, rankedCounty } from '../../modules/notices/county.ts'
import { sealAll } from '../../platform/events/events.ts'
import { type Answer, appOn } from '../../support/app.ts'
import { copyOf, type Teardown, type TestDatabase } from '../../support/database.ts'
import { runnerOf } from '../../support/deadlines.ts'
import type { Walked } from './walked.ts'

/** Silence of an awarded agency upholds an objection, and a lost day lengthens a notice: every command can come. */
const POLICY = {
  objection: {
    ...{ reply: { amount: 5, basis: 'working' }, anonymous: 'log_only' },
    ...{ cooperation: { amount: 2, basis: 'working' }, nonCooperation: 'counts_as_upheld' },
  },
  notice: {
    ...{ window: { amount: 5, basis: 'working' }, excludeStartDay: true },
    reachability: {
      ...{ probeEveryMinutes: 60, toleranceMinutes: 60, extendWhenUnreachable: true },
      ...{ extensionWorkdaysMax: 60, unknownCountsAsDown: false },
    },
  },
}
/** What a refusal may leave behind: the answer that is given again to the same key. */
const KEPT_ANSWERS = 'idempotency_key'

export interface AwardRead {
  readonly id: string
  readonly agency: number
  readonly projectId: string
  readonly state: string
  readonly budgetDue: { readonly effectiveOn: string } | null
}

/** What the service says that there is. */
export interface Reading {
  /** In the order of allocation. */
  readonly awards: readonly AwardRead[]
  /** In the order of filing or publication. */
  readonly notices: readonly { readonly id: string; readonly state: string }[]
  readonly objections: readonly { readonly id: string; readonly state: string }[]
  /** By source: yuan that awards hold. */
  readonly pools: Readonly<Record<string, string>>
  /** How many rows each table has. */
  readonly rows: Readonly<Record<string, number>>
}

/** The real application, on a copy of a county whose bids are ranked. */
export interface Real {
  readonly county: Pick<County, 'keys' | 'roundId' | 'agencyIds' | 'needIds' | 'hostId'>
  readonly walked: Walked
  call(key: string, method: 'GET' | 'POST', url: string, body?: unknown): Promise<Answer>
  /** Reads the resource's version and gives the command with it. */
  act(key: string, resource: string, command: string, body?: unknown): Promise<Answer>
  /** Moves the host's clock and does what has come due. */
  advanceTo(instant: Date): Promise<void>
  asSystem: County['asSystem']
  read(): Promise<Reading>
  /** @throws when the audit chain does not follow from what was recorded. */
  verify(): Promise<void>
}

export interface CountyToCopy {
  readonly county: County
  readonly database: TestDatabase
}

/** A county to be copied: its application has ended, its database stays. */
export async function countyToCopy(t: Teardown, meetsFirst = false): Promise<CountyToCopy> {
  const decision = { beforeNotice: meetsFirst, attendeesMin: 0 }
  const county = await rankedCounty(t, { ...POLICY, decision })
  await county.app.close()
  await county.database.close()
  return { county, database: county.database }
}

export async function realOf(t: Teardown, { county, database: source }: CountyToCopy, walked: Walked): Promise<Real> {
  const database = await copyOf(t, source)
  const { call: callAny, asSystem, setClock, deps, config } = await appOn(t, database)
  const runner = runnerOf({ config, database, deps })
  const { keys, roundId, agencyIds, hostId } = county
  const tables = (
    await database.sql.execute<{ name: string }>(sql`
      select tablename as name from pg_tables where schemaname = 'public' and tablename <> ${KEPT_ANSWERS}`)
  ).rows.map(({ name }) => name)
  const counting = tables.map((name) => `select '${name}' as name, count(*)::int as count from "${name}"`)
  const listed = async (url: string) => ok(await callAny(keys.host, 'GET', url)).items
  return {
    county,
    walked,
    asSystem,
    call: (key, method, url, body) => callAny(key, method, url, body),
    async act(key, resource, command, body) {
      const { headers } = await callAny(keys.host, 'GET', resource)
      return callAny(key, 'POST', `${resource}${command}`, body, { ifMatch: String(headers.etag) })
    },
    async advanceTo(instant) {
      await setClock(instant.toISOString(), hostId)
      await runner.sweep()
    },
    async read() {
      const awards: (AwardRead & { organizationId: string; sequence: number })[] = await listed(
        `/v1/awards?roundId=${roundId}&limit=100`,
      )
      const notices: Reading['notices'] = await listed(`/v1/notices?roundId=${roundId}&limit=100`)
      const objections: Reading['objections'] = await listed('/v1/objections?limit=100')
      const pools: { source: string; allocated: { amount: string } }[] = await listed(`/v1/rounds/${roundId}/pools`)
      const rows = await database.sql.execute<{ name: string; count: number }>(sql.raw(counting.join(' union all ')))
      return {
        awards: awards
          .toSorted((a, b) => a.sequence - b.sequence)
          .map(({ id, organizationId, projectId, state, budgetDue }) => {
            return { id, agency: agencyIds.indexOf(organizationId), projectId, state, budgetDue }
          }),
        notices: oldestFirst(notices),
        objections: oldestFirst(objections),
        pools: Object.fromEntries(pools.map(({ source, allocated }) => [source, allocated.amount])),
        rows: Object.fromEntries(rows.rows.map(({ name, count }) => [name, count])),
      }
    },
    async verify() {
      await sealAll(database)
      const { verified, firstBroken, unsealed } = await verifyChain(database)
      if (!verified || unsealed > 0) throw new Error(`the chain is broken: ${JSON.stringify(firstBroken)}`)
    },
  }
}

/** Identifiers grow with time. */
function oldestFirst<One extends { readonly id: string; readonly state: string }>(list: readonly One[]) {
  return list.map(({ id, state }) => ({ id, state })).sort((a, b) => (a.id < b.id ? -1 : 1))
}
