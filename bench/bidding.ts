import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { deriveKey } from '../src/deps.ts'
import type { Actor } from '../src/kernel/actor.ts'
import { issueSecret } from '../src/modules/identity/credentials.ts'
import { createRound, publishRound } from '../src/modules/rounds/service/rounds.ts'
import { type Database, openDatabase } from '../src/platform/database/database.ts'
import { migrate } from '../src/platform/database/migrate.ts'
import { idOfUuid, newId, uuidOf } from '../src/platform/ids.ts'
import { fileHolder, type KeyHolding } from '../src/platform/keys/holders.ts'
import { makeSealingKey, type PrivateJwk } from '../src/platform/keys/sealing.ts'
import { newSigningKey } from '../src/platform/signing.ts'
import { runCommand } from '../src/platform/work.ts'
import type { Place } from './place.ts'
import { type Running, type Server, startProcess, startServer } from './processes.ts'

/** Connections of the service, and of whatever is held against it: the service's default. */
export const POOL_SIZE = 20
const COMMUNITY = '330199001001'
/** A round is published as if this were today, for which the calendar is known; its times are then moved to ours. */
const PUBLISHED_ON = new Date('2026-03-26T01:00:00.000Z')
const TIMETABLE = {
  opensAt: new Date('2026-03-27T00:00:00.000Z'),
  closesAt: new Date('2026-04-16T09:00:00.000Z'),
  cycleStartsOn: '2026-06-01',
  cycleEndsOn: '2026-11-30',
}

export interface Agency {
  readonly organizationUuid: string
  readonly projectUuid: string
  /** For the Authorization header. */
  readonly secret: string
}

/** A drafted bid of an agency, with what its next submission must name. */
export interface Bidder {
  readonly bidId: string
  readonly secret: string
  version: number
}

/** A county with its agencies, an API and a worker in processes of their own, and the means to hold rounds. */
export interface Bidding {
  readonly database: Database
  readonly api: Server
  readonly hostSecret: string
  startWorker(): Running
  /** A published round that takes bids from a minute ago until `closesAt`, each agency with a draft in it. */
  holdRound(closesAt: Date): Promise<{ readonly roundId: string; readonly bidders: Bidder[] }>
  /** Moves the end of a round's time for bids. */
  moveClosing(roundId: string, closesAt: Date): Promise<void>
}

/** Everything up to the moment in which agencies could bid. */
export async function prepareBidding(place: Place, agencyCount: number): Promise<Bidding> {
  const { directory, databaseUrl, onEnd, say } = place
  const database = openDatabase({ url: databaseUrl, poolSize: 4, applicationName: 'bench', statementTimeoutMs: 0 })
  onEnd(() => database.close())
  await migrate(database.pool)
  const secret = randomBytes(32).toString('base64url')
  const holderKey = (await makeSealingKey()).privateKey.jwk
  const environment = {
    NODE_ENV: 'production',
    DATABASE_URL: databaseUrl,
    DATABASE_POOL_SIZE: String(POOL_SIZE),
    DATA_DIRECTORY: path.join(directory, 'data'),
    SANDAN_SECRET: secret,
    SIGNING_KEY: newSigningKey(),
    SWEEP_INTERVAL_MS: '500',
    RATE_LIMIT_READS: '0',
    RATE_LIMIT_WRITES: '0',
    RATE_LIMIT_FAILURES: '0',
    LOG_LEVEL: 'warn',
  }
  const pepper = deriveKey(secret, 'api-key-pepper')
  const host = await seedHost(database, pepper)
  const agencies = await seedAgencies(database, pepper, host.uuid, agencyCount)
  say(`${agencyCount} agencies have a project each`)
  const api = await startServer(script('server.ts'), '/health/ready', {
    ...environment,
    SEALING_HOLDER_KEY: JSON.stringify(publicHalf(holderKey)),
  })
  onEnd(() => api.stop())
  const sealing: KeyHolding = {
    holders: { file: fileHolder(publicHalf(holderKey)) },
    escrow: null,
    serviceKey: deriveKey(secret, 'released-sealing-keys'),
  }
  return {
    database,
    api,
    hostSecret: host.secret,
    startWorker: () =>
      startProcess(script('worker.ts'), { ...environment, SEALING_HOLDER_KEY: JSON.stringify(holderKey) }),
    async holdRound(closesAt) {
      const needUuid = await seedNeed(database, host.uuid)
      const roundId = await publish(database, sealing, host.uuid, needUuid)
      await setTimes(database, roundId, closesAt)
      return { roundId, bidders: await draftBids(database, roundId, needUuid, agencies) }
    },
    moveClosing: (roundId, closesAt) => setTimes(database, roundId, closesAt),
  }
}

function script(name: string): string {
  return path.join(import.meta.dirname, '../src/bin', name)
}

function publicHalf({ kty, crv, x }: PrivateJwk) {
  return { kty, crv, x }
}

async function seedHost({ pool }: Database, pepper: Buffer) {
  const credential = issueSecret(pepper, false)
  await pool.query(`
    insert into division (code, name, level, parent_code, community_kind, households, premises_square_metres)
    values ('${COMMUNITY}', '望溪社区', 'community', '330199001000', 'urban', 1200, 600)`)
  const { rows } = await pool.query<{ uuid: string }>(`
    insert into organization (id, name, type, credit_code)
    values (uuidv7(), '云亭县民政局', 'government', '113301990000000000') returning id as uuid`)
  const uuid = rows[0]?.uuid as string
  await pool.query(
    `insert into api_key (id, public_part, secret_hash, label, roles, organization_id, host_id, expires_at)
     values (uuidv7(), $1, $2, 'benchmark', '{host}', $3, $3, now() + interval '1 day')`,
    [credential.publicPart, credential.secretHash, uuid],
  )
  return { uuid, secret: credential.secret }
}

async function seedAgencies(database: Database, pepper: Buffer, hostUuid: string, count: number): Promise<Agency[]> {
  const { pool } = database
  const needUuid = await seedNeed(database, hostUuid)
  const credentials = Array.from({ length: count }, () => issueSecret(pepper, false))
  const { rows } = await pool.query<{ organizationUuid: string; projectUuid: string; number: number }>(
    `with agency as (
       insert into organization (id, name, type, credit_code)
       select uuidv7(), '社会工作服务中心' || n, 'social_service_org', '5233019900000' || lpad(n::text, 5, '0')
       from generate_series(1, $1::int) n
       returning id, right(credit_code, 5)::int as number),
     made as (
       insert into project (id, version, host_id, organization_id, title, summary, starts_on, ends_on, state, listed_at,
         created_at)
       select uuidv7(), 2, $2, id, '暖汀守护', '独居高龄老人定期探访与应急响应', '2026-06-01', '2026-11-30', 'listed', now(),
         now()
       from agency returning id, organization_id),
     answering as (insert into project_need (project_id, position, need_id) select id, 1, $5 from made),
     promising as (
       insert into project_indicator (id, project_id, position, name, kind, unit, target)
       select uuidv7(), id, 1, '直接服务对象人数', 'persons', '人', 60 from made),
     credential as (
       insert into api_key (id, public_part, secret_hash, label, roles, organization_id, expires_at)
       select uuidv7(), ($3::text[])[number], ($4::bytea[])[number], 'benchmark', '{agency}', id,
         now() + interval '1 day'
       from agency)
     select agency.id as "organizationUuid", made.id as "projectUuid", number
     from agency join made on made.organization_id = agency.id`,
    [
      count,
      hostUuid,
      credentials.map(({ publicPart }) => publicPart),
      credentials.map(({ secretHash }) => secretHash),
      needUuid,
    ],
  )
  return rows.map(({ number, ...agency }) => ({ ...agency, secret: credentials[number - 1]?.secret ?? '' }))
}

async function seedNeed({ pool }: Database, hostUuid: string): Promise<string> {
  const { rows } = await pool.query<{ uuid: string }>(
    `insert into need (id, version, host_id, division_code, title, description, beneficiary_group, beneficiary_count,
       beneficiary_unit, service_field, reference_budget_fen, state, published_at, created_at)
     values (uuidv7(), 3, $1, '${COMMUNITY}', '独居高龄老人定期探访', '定期探访与应急响应', 'empty_nest', 60, 'persons',
       'elderly_care', 10000000, 'published', now(), now())
     returning id as uuid`,
    [hostUuid],
  )
  return rows[0]?.uuid as string
}

/** Through the services, so that the round has its key and its policy is one that can be published. */
async function publish(database: Database, sealing: KeyHolding, hostUuid: string, needUuid: string): Promise<string> {
  const hostId = idOfUuid(hostUuid, 'org')
  const needId = idOfUuid(needUuid, 'need')
  const actor: Actor = {
    kind: 'system',
    id: 'benchmark',
    roles: ['host'],
    organizationId: hostId,
    hostId,
    expertId: null,
  }
  const options = { actor, requestId: 'bench', sandbox: false }
  return runCommand(database, options, { error: (details) => console.error(details) }, async (given) => {
    const work = { ...given, now: async () => PUBLISHED_ON }
    const { id } = await createRound(work, {
      ...TIMETABLE,
      code: `B-${needId.slice(-12)}`,
      title: '云亭县公益创投',
      operatorId: null,
      procurementMode: 'grant',
      policy: {},
      needIds: [needId],
      pools: [{ source: 'fiscal', name: '财政资金', sizeFen: 900_000_000n, purposes: null, fields: null }],
    })
    await publishRound(work, { sealing }, id)
    return id
  })
}

async function setTimes({ pool }: Database, roundId: string, closesAt: Date): Promise<void> {
  const uuid = uuidOf(roundId, 'rnd')
  await pool.query(`update round set opens_at = now() - interval '1 minute', closes_at = $2 where id = $1`, [
    uuid,
    closesAt,
  ])
  await pool.query(
    `update deadline set due_at = case kind when 'round.opens' then now() else $2 end
     where subject = $1 and kind in ('round.opens', 'round.closes') and state = 'waiting'`,
    [roundId, closesAt],
  )
}

async function draftBids(
  { pool }: Database,
  roundId: string,
  needUuid: string,
  agencies: readonly Agency[],
): Promise<Bidder[]> {
  const bidders = agencies.map(({ secret }) => ({ bidId: newId('bid'), secret, version: 1 }))
  await pool.query(
    `insert into bid (id, version, round_id, host_id, need_id, project_id, organization_id, state, current_version,
       findings, corrections_used, created_at)
     select drafted.id, 1, round.id, round.host_id, $2, project_id, organization_id, 'draft', 0, '[]', 0, now()
     from round, unnest($3::uuid[], $4::uuid[], $5::uuid[]) as drafted (id, project_id, organization_id)
     where round.id = $1`,
    [
      uuidOf(roundId, 'rnd'),
      needUuid,
      bidders.map(({ bidId }) => uuidOf(bidId, 'bid')),
      agencies.map(({ projectUuid }) => projectUuid),
      agencies.map(({ organizationUuid }) => organizationUuid),
    ],
  )
  return bidders
}
