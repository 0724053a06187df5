import { sql } from 'drizzle-orm'
import t from 'tap'
import { triggerTranche } from '../../../src/modules/payments/index.ts'
import { payTranche } from '../../../src/modules/payments/service/tranches.ts'
import { sqlState } from '../../../src/platform/database/database.ts'
import { uuidOf } from '../../../src/platform/ids.ts'
import { type TestApp, testApp } from '../../support/app.ts'
import { expecting } from '../rounds/fixtures.ts'
import { codeOf, treasury } from './arrange.ts'

/** The SQLSTATE with which the database refuses a statement, and nothing of it stays. */
async function refusal(app: TestApp, ...statements: readonly ReturnType<typeof sql>[]): Promise<string | undefined> {
  return app
    .asSystem(async (work) => {
      for (const statement of statements) await work.sql.execute(statement)
    })
    .then(
      () => 'taken',
      (error: unknown) => sqlState(error),
    )
}

const CHECK = '23514'
const UNIQUE = '23505'
const PRIVILEGE = '42501'

t.test('the database itself keeps the books', async (t) => {
  const app = await testApp(t)
  const { grant, keys, act, pay } = await treasury(app)
  await app.setClock('2026-06-10T02:00:00Z')
  const paidProject = await grant({ welfare_lottery: '85000.00', fiscal: '15000.00' })
  const { projectId } = paidProject
  await app.asSystem((work) => triggerTranche(work, { projectId, trigger: 'agreement_effective', on: '2026-05-27' }))
  await pay(paidProject.tranches[0]?.id ?? '', '2026-06-10')

  await t.test('nobody changes, deletes or truncates what was booked', async (t) => {
    for (const table of ['ledger_entry', 'ledger_transaction']) {
      const column = table === 'ledger_entry' ? 'amount_fen = amount_fen' : 'happened_on = happened_on'
      t.equal(await refusal(app, sql.raw(`update ${table} set ${column}`)), PRIVILEGE)
      t.equal(await refusal(app, sql.raw(`delete from ${table}`)), PRIVILEGE)
      t.equal(await refusal(app, sql.raw(`truncate ${table} cascade`)), PRIVILEGE)
    }
    t.equal(await refusal(app, sql`delete from ledger_account`), PRIVILEGE)
    t.equal(await refusal(app, sql`update ledger_account set balance_fen = balance_fen - 1`), PRIVILEGE)
  })

  await t.test('a transaction that does not balance, or is empty, does not commit', async (t) => {
    const project = sql`${uuidOf(projectId, 'prj')}::uuid`
    const booked = sql`insert into ledger_transaction (id, kind, project_id, happened_on, recorded_by, recorded_at)
      values ('00000000-0000-7000-8000-000000000001', 'settlement', ${project}, '2026-06-10', 'test', now())`
    const entry = (kind: string, amount: number) => sql`insert into ledger_entry
      select '00000000-0000-7000-8000-000000000001', id, ${amount} from ledger_account
      where kind = ${kind} and source = 'fiscal'`
    t.equal(await refusal(app, booked), CHECK, 'no entries')
    t.equal(await refusal(app, booked, entry('advance', 1)), CHECK, 'one side')
    t.equal(await refusal(app, booked, entry('advance', -2), entry('budget', 1)), CHECK, 'two sides that differ')
    t.equal(await refusal(app, booked, entry('advance', 0)), CHECK, 'an entry of nothing')
    t.equal(await refusal(app, booked, entry('advance', -750_001), entry('budget', 750_001)), CHECK, 'below the floor')
    t.equal(await refusal(app, booked, entry('advance', -1), entry('budget', 1)), 'taken', 'a balanced one is taken')
  })

  await t.test('every stored balance is the sum of its entries, and all of them are zero together', async (t) => {
    const { rows } = await app.database.sql.execute<{ wrong: string; whole: string }>(sql`
      select count(*) filter (where balance_fen <> coalesce(booked, 0)) as wrong, sum(balance_fen) as whole
      from ledger_account left join
        (select account_id, sum(amount_fen) as booked from ledger_entry group by account_id) entry on account_id = id`)
    t.same(rows, [{ wrong: '0', whole: '0' }])
  })

  await t.test('a tranche is booked once, a grant is never overpaid, sources sum to their tranche', async (t) => {
    const again = sql`insert into ledger_transaction (id, kind, project_id, tranche_id, happened_on, recorded_by, recorded_at)
      select '00000000-0000-7000-8000-000000000002', kind, project_id, tranche_id, happened_on, 'test', now()
      from ledger_transaction where kind = 'payment'`
    t.equal(await refusal(app, again), UNIQUE)
    t.equal(await refusal(app, sql`update project_grant set paid_fen = approved_fen + 1`), CHECK)
    t.equal(await refusal(app, sql`update project_grant_source set paid_fen = approved_fen + 1`), CHECK)
    t.equal(await refusal(app, sql`update project_grant set refunded_fen = paid_fen + 1`), CHECK)
    t.equal(await refusal(app, sql`update tranche_source set scheduled_fen = scheduled_fen + 1`), CHECK)
    t.equal(await refusal(app, sql`update tranche set approved_by = requested_by where state = 'paid'`), CHECK)
  })

  await t.test('of payments of one tranche at the same moment one wins', async (t) => {
    const { tranches } = await grant({ welfare_lottery: '85000.00', fiscal: '15000.00' })
    const second = tranches[1]
    const id = second?.id ?? ''
    await app.asSystem((work) =>
      triggerTranche(work, { projectId: second?.projectId ?? '', trigger: 'mid_passed', on: '2026-06-01' }),
    )
    const path = `/v1/tranches/${id}`
    expecting(200, await act(keys.agency, path, '/request'))
    expecting(200, await act(keys.finance, path, '/approval'))

    const payment = { paidOn: '2026-06-10', voucher: '凭-2' }
    const byService = Array.from({ length: 6 }, () => codeOf(app.asSystem((work) => payTranche(work, id, payment))))
    const byHttp = Array.from({ length: 6 }, async () => {
      const answer = await app.call(keys.cashier, 'POST', `${path}/payment`, payment, { ifMatch: 4 })
      return answer.status === 200 ? 'accepted' : answer.body.code
    })
    const outcomes = await Promise.all([...byService, ...byHttp])
    t.equal(outcomes.filter((outcome) => outcome === 'accepted').length, 1, outcomes.join(', '))
    t.ok(
      outcomes.every((one) => one === 'accepted' || one === 'tranche_not_in_state' || one === 'precondition_failed'),
      outcomes.join(', '),
    )
    const { rows } = await app.database.sql.execute<{ payments: string; paid: string }>(sql`
      select (select count(*) from ledger_transaction where tranche_id = ${uuidOf(id, 'trn')}) as payments,
        (select paid_fen from project_grant where project_id = ${uuidOf(second?.projectId ?? '', 'prj')}) as paid`)
    t.same(rows, [{ payments: '1', paid: '3000000' }])
  })

  await t.test('many projects are paid from the same pools at once without blocking each other for good', async (t) => {
    const grants = []
    for (let index = 0; index < 8; index++) grants.push(await grant({ fiscal: '1000.00', welfare_lottery: '500.00' }))
    for (const one of grants) {
      const path = `/v1/tranches/${one.tranches[0]?.id}`
      await app.asSystem((work) =>
        triggerTranche(work, { projectId: one.projectId, trigger: 'agreement_effective', on: '2026-05-27' }),
      )
      expecting(200, await act(keys.agency, path, '/request'))
      expecting(200, await act(keys.finance, path, '/approval'))
    }
    const answers = await Promise.all(
      grants.map((one) =>
        app.call(
          keys.cashier,
          'POST',
          `/v1/tranches/${one.tranches[0]?.id}/payment`,
          { paidOn: '2026-06-10', voucher: '凭-3' },
          { ifMatch: 4 },
        ),
      ),
    )
    t.same(
      answers.map(({ status }) => status),
      grants.map(() => 200),
    )
  })
})
