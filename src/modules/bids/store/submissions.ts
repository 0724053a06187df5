import type { BidManifest } from '../../../kernel/receipt.ts'
import { bytesArray, textArray, uuidArray } from '../../../platform/database/arrays.ts'
import type { Sql } from '../../../platform/database/database.ts'
import { inOneTrip, type Reading, readPrepared, runPrepared } from '../../../platform/database/prepared.ts'
import { idOfUuid, uuidOf } from '../../../platform/ids.ts'
import type { Bid } from '../rules/bid.ts'
import type { Receipt } from './versions.ts'

/** What one submission changes: the bid as it is afterwards, the version that it now has, and the receipt for it. */
export interface NewSubmission {
  readonly bid: Bid
  readonly sealed: Buffer
  readonly manifest: BidManifest
  readonly salt: Buffer
  readonly receipt: Receipt
}

/** The bid is locked and was found to be one version behind. */
export async function insertSubmission(handle: Sql, { bid, ...made }: NewSubmission): Promise<void> {
  const { receipt } = made
  const written = await runPrepared(handle, ONE, [
    uuidOf(bid.id, 'bid'),
    bid.currentVersion,
    made.sealed,
    JSON.stringify(made.manifest),
    made.salt,
    bid.commitment,
    bid.projectVersion,
    bid.submittedAt,
    uuidOf(receipt.id, 'rcp'),
    uuidOf(receipt.eventId, 'evt'),
    receipt.jws,
    bid.state,
    bid.confirmedPolicyVersion,
    bid.version,
  ])
  if (written !== 1) throw new Error('a bid was submitted and is not there')
}

/** {@link insertSubmission} for several bids of one round at one instant. */
export async function insertSubmissions(handle: Sql, made: readonly NewSubmission[]): Promise<void> {
  const [first] = made
  if (first === undefined) return
  const at = first.bid.submittedAt
  const bids = made.map(({ bid }) => bid)
  const bidIds = uuidArray(bids.map(({ id }) => uuidOf(id, 'bid')))
  const numbers = bids.map(({ currentVersion }) => currentVersion)
  const commitments = textArray(bids.map(({ commitment }) => commitment))
  const [, , written] = await inOneTrip(
    runPrepared(handle, VERSIONS, [
      at,
      bidIds,
      numbers,
      bytesArray(made.map(({ sealed }) => sealed)),
      textArray(made.map(({ manifest }) => JSON.stringify(manifest))),
      bytesArray(made.map(({ salt }) => salt)),
      commitments,
      bids.map(({ projectVersion }) => projectVersion),
    ]),
    runPrepared(handle, RECEIPTS, [
      at,
      uuidArray(made.map(({ receipt }) => uuidOf(receipt.id, 'rcp'))),
      bidIds,
      numbers,
      uuidArray(made.map(({ receipt }) => uuidOf(receipt.eventId, 'evt'))),
      commitments,
      textArray(made.map(({ receipt }) => receipt.jws)),
    ]),
    runPrepared(handle, BIDS, [
      at,
      first.bid.confirmedPolicyVersion,
      bidIds,
      bids.map(({ version }) => version),
      numbers,
      textArray(bids.map(({ state }) => state)),
    ]),
  )
  if (written !== made.length) throw new Error(`${made.length} bids were submitted and ${written} are there`)
}

const ONE = {
  name: 'bid_submission',
  text: `with versioned as (
      insert into bid_version (bid_id, number, content, sealed, manifest, salt, commitment, project_version,
        submitted_at)
      values ($1, $2, null, $3, $4, $5, $6, $7, $8)),
    received as (
      insert into receipt (id, bid_id, number, kind, event_id, commitment, received_at, jws)
      values ($9, $1, $2, 'submission', $10, $6, $8, $11))
    update bid set state = $12, current_version = $2, submitted_at = $8, confirmed_policy_version = $13, version = $14
    where id = $1`,
}
/** Three statements and not one as above: in one, the ciphertexts would be copied for all three. */
const VERSIONS = {
  name: 'bid_submission_versions',
  text: `insert into bid_version (bid_id, number, content, sealed, manifest, salt, commitment, project_version, submitted_at)
    select bid_id, number, null, sealed, manifest::jsonb, salt, commitment, project_version, $1
    from unnest($2::uuid[], $3::int[], $4::bytea[], $5::text[], $6::bytea[], $7::text[], $8::int[])
      as given (bid_id, number, sealed, manifest, salt, commitment, project_version)`,
}
const RECEIPTS = {
  name: 'bid_submission_receipts',
  text: `insert into receipt (id, bid_id, number, kind, event_id, commitment, received_at, jws)
    select id, bid_id, number, 'submission', event_id, commitment, $1, jws
    from unnest($2::uuid[], $3::uuid[], $4::int[], $5::uuid[], $6::text[], $7::text[])
      as given (id, bid_id, number, event_id, commitment, jws)`,
}
const BIDS = {
  name: 'bid_submission_bids',
  text: `update bid set state = given.state, current_version = given.number, submitted_at = $1,
      confirmed_policy_version = $2, version = given.version
    from unnest($3::uuid[], $4::int[], $5::int[], $6::text[]) as given (bid_id, version, number, state)
    where bid.id = given.bid_id`,
}

/**
 * How many bids each of these organizations has in the round for good: neither draft nor withdrawn. From here on nobody
 * else submits a first bid of theirs, so that the limit holds. They are locked in one order, lest two wait for each other.
 */
export async function lockAndCountSubmittedOf(
  handle: Sql,
  roundId: string,
  organizationIds: readonly string[],
): Promise<Map<string, number>> {
  if (organizationIds.length === 0) return new Map()
  const sorted = [...new Set(organizationIds)].sort()
  const [, rows] = await inOneTrip(
    readPrepared(handle, LOCK_ORGANIZATIONS, [textArray(sorted.map((id) => lockNameOf(roundId, id)))]),
    readPrepared(handle, COUNT_SUBMITTED_OF, [
      uuidOf(roundId, 'rnd'),
      uuidArray(sorted.map((id) => uuidOf(id, 'org'))),
    ]),
  )
  return new Map(rows.map(({ organizationId, count }) => [idOfUuid(organizationId, 'org'), count]))
}

/** {@link lockAndCountSubmittedOf} one organization, without the bid that asks. */
export async function lockAndCountSubmitted(
  handle: Sql,
  { id, roundId, organizationId }: Pick<Bid, 'id' | 'roundId' | 'organizationId'>,
): Promise<number> {
  const [, [row]] = await inOneTrip(
    readPrepared(handle, LOCK_ORGANIZATION, [lockNameOf(roundId, organizationId)]),
    readPrepared(handle, COUNT_SUBMITTED, [uuidOf(roundId, 'rnd'), uuidOf(organizationId, 'org'), uuidOf(id, 'bid')]),
  )
  return row?.count ?? 0
}

function lockNameOf(roundId: string, organizationId: string): string {
  return `bid ${roundId} ${organizationId}`
}

const LOCK_ORGANIZATION: Reading<object> = {
  name: 'bid_lock_organization',
  text: 'select pg_advisory_xact_lock(hashtextextended($1, 0))',
}
const COUNT_SUBMITTED: Reading<{ count: number }> = {
  name: 'bid_count_submitted',
  text: `select count(*)::int as count from bid
    where round_id = $1 and organization_id = $2 and id <> $3 and state not in ('draft', 'withdrawn')`,
}
/** Sorted by what is locked, not by the names, whose hashes have another order. */
const LOCK_ORGANIZATIONS: Reading<object> = {
  name: 'bid_lock_organizations',
  text: `select pg_advisory_xact_lock(lock_key)
    from (select hashtextextended(name, 0) as lock_key from unnest($1::text[]) name order by 1) sorted`,
}
const COUNT_SUBMITTED_OF: Reading<{ organizationId: string; count: number }> = {
  name: 'bid_count_submitted_of',
  text: `select organization_id as "organizationId", count(*)::int as count from bid
    where round_id = $1 and organization_id = any($2::uuid[]) and state not in ('draft', 'withdrawn')
    group by organization_id`,
}
