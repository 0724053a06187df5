import { sql } from 'drizzle-orm'
import type { Sql } from '../../../platform/database/database.ts'
import { newId, uuidOf } from '../../../platform/ids.ts'
import type { AccountKind, LedgerKind, LedgerLine, PoolBalance } from '../rules/ledger.ts'
import { ledgerAccount, ledgerEntry, ledgerTransaction } from '../tables.ts'
import { poolIdOf } from './sources.ts'

export interface Booking {
  readonly kind: LedgerKind
  readonly projectId: string
  readonly roundId: string
  readonly trancheId: string | null
  readonly happenedOn: string
  readonly recordedBy: string
  readonly recordedAt: Date
  readonly lines: readonly LedgerLine[]
}

/** Books one transaction. The accounts it needs are opened by themselves; the database checks that it balances. */
export async function book(handle: Sql, { roundId, lines, ...transaction }: Booking): Promise<void> {
  if (lines.length === 0) return
  const wanted = lines.map((line) => ({ ...line, projectId: line.kind === 'budget' ? null : transaction.projectId }))
  const accountIds = await openAccounts(handle, roundId, wanted, transaction.recordedAt)
  const id = newId('ltx')
  await handle.insert(ledgerTransaction).values({ id, ...transaction })
  const entries = wanted.map((line) => {
    const accountId = accountIds.get(keyOf(line))
    if (accountId === undefined) throw new Error(`the account ${keyOf(line)} was not opened`)
    return { transactionId: id, accountId, amountFen: line.amountFen }
  })
  // Balances are locked in the order of the entries: always the same order, so that two bookings cannot block each other.
  entries.sort((a, b) => (a.accountId < b.accountId ? -1 : 1))
  await handle.insert(ledgerEntry).values(entries)
}

interface AccountName {
  readonly poolId: string
  readonly source: string
  readonly projectId: string | null
  readonly kind: AccountKind
}

async function openAccounts(
  handle: Sql,
  roundId: string,
  wanted: readonly AccountName[],
  createdAt: Date,
): Promise<Map<string, string>> {
  const pools = [...new Set(wanted.map(({ poolId }) => uuidOf(poolId, 'pool')))]
  const projects = [
    ...new Set(wanted.flatMap(({ projectId }) => (projectId === null ? [] : [uuidOf(projectId, 'prj')]))),
  ]
  const find = async () => {
    const rows = await handle
      .select({
        id: ledgerAccount.id,
        poolId: ledgerAccount.poolId,
        projectId: ledgerAccount.projectId,
        kind: ledgerAccount.kind,
      })
      .from(ledgerAccount)
      .where(sql`${ledgerAccount.poolId} = any(${sql.param(pools)}::uuid[])
        and (${ledgerAccount.projectId} is null or ${ledgerAccount.projectId} = any(${sql.param(projects)}::uuid[]))`)
    return new Map(rows.map((row) => [keyOf(row), row.id]))
  }
  const known = await find()
  const missing = wanted.filter((account) => !known.has(keyOf(account)))
  if (missing.length === 0) return known
  await handle
    .insert(ledgerAccount)
    .values(
      missing.map(({ poolId, source, projectId, kind }) => ({
        id: newId('lac'),
        roundId,
        poolId,
        source,
        projectId,
        kind,
        balanceFen: 0n,
        createdAt,
      })),
    )
    .onConflictDoNothing()
  return find()
}

function keyOf({ poolId, projectId, kind }: Pick<AccountName, 'poolId' | 'projectId' | 'kind'>): string {
  return `${poolId} ${projectId ?? ''} ${kind}`
}

/** The balances per pool of a round, from the ledger alone. */
export async function poolBalances(handle: Sql, roundId: string): Promise<PoolBalance[]> {
  const { rows } = await handle.execute<Record<string, string>>(sql`
    with account as (
      select pool_id, source,
        coalesce(sum(balance_fen) filter (where kind = 'budget'), 0) as budget,
        coalesce(sum(balance_fen) filter (where kind = 'advance'), 0) as advance,
        coalesce(sum(balance_fen) filter (where kind = 'expense'), 0) as expense,
        coalesce(sum(balance_fen) filter (where kind = 'receivable'), 0) as receivable
      from ledger_account where round_id = ${uuidOf(roundId, 'rnd')} group by pool_id, source),
    returned as (
      select a.pool_id, sum(e.amount_fen) as amount
      from ledger_account a join ledger_entry e on e.account_id = a.id
      where a.round_id = ${uuidOf(roundId, 'rnd')} and a.kind = 'budget' and e.amount_fen > 0 group by a.pool_id)
    select account.pool_id, source, (coalesce(returned.amount, 0) - budget)::text as paid,
      coalesce(returned.amount, 0)::text as refunded, receivable::text, advance::text, expense::text, (-budget)::text as net
    from account left join returned using (pool_id) order by account.pool_id`)
  return rows.map((row) => ({
    poolId: poolIdOf(String(row.pool_id)),
    source: String(row.source),
    paidFen: BigInt(row.paid ?? 0),
    refundedFen: BigInt(row.refunded ?? 0),
    refundableFen: BigInt(row.receivable ?? 0),
    advanceFen: BigInt(row.advance ?? 0),
    expenseFen: BigInt(row.expense ?? 0),
    netFen: BigInt(row.net ?? 0),
  }))
}
