import t from 'tap'
import { loadCalendarYear } from '../../../src/modules/calendar/service.ts'
import { standingOf } from '../../../src/modules/organizations/index.ts'
import {
  cancelTranches,
  holdTranche,
  issueRefundClaim,
  paidOf,
  payments,
  planTranches,
  releaseHold,
  settleProject,
  triggerTranche,
} from '../../../src/modules/payments/index.ts'
import { newId } from '../../../src/platform/ids.ts'
import { testApp } from '../../support/app.ts'
import { codeOf, FIFTY_THIRTY_TWENTY, treasury } from './arrange.ts'

const money = (amount: string) => ({ amount, currency: 'CNY' })
const workdays = (amount: number) => ({ amount, basis: 'working' as const })
const SIGNED = '2026-05-27'
const UNKNOWN = '00000000000000000000000000'

t.test('a tranche is set off, requested, approved and paid, by people who may', async (t) => {
  const app = await testApp(t)
  const { asSystem, call, setClock } = app
  const { act, grant, keys, roundId } = await treasury(app)
  await setClock('2026-05-27T02:00:00Z')
  const { projectId, tranches } = await grant({ welfare_lottery: '85000.00', fiscal: '15000.00' })
  const path = `/v1/tranches/${tranches[0]?.id}`

  await t.test('a planned tranche cannot be requested', async (t) => {
    t.equal((await act(keys.agency, path, '/request')).body.code, 'tranche_not_in_state')
  })

  await asSystem((work) => triggerTranche(work, { projectId, trigger: 'agreement_effective', on: SIGNED }))

  await t.test('readTranche shows both sides what is due, and hides it from everybody else', async (t) => {
    for (const key of [keys.agency, keys.host, keys.finance, keys.auditor]) {
      const read = await call(key, 'GET', path)
      t.equal(read.status, 200)
      t.match(read.body, {
        number: 1,
        state: 'due',
        scheduled: money('50000.00'),
        payable: money('50000.00'),
        paid: money('0.00'),
        due: { startOn: SIGNED, effectiveOn: '2026-06-17', period: { amount: 15, basis: 'working' } },
        sources: [
          { source: 'welfare_lottery', payable: money('42500.00'), paid: money('0.00') },
          { source: 'fiscal', payable: money('7500.00'), paid: money('0.00') },
        ],
        actions: ['request', 'hold'],
      })
    }
    t.equal((await call(keys.otherAgency, 'GET', path)).status, 404)
    t.equal((await call(keys.town, 'GET', path)).status, 403)
    t.equal((await call(null, 'GET', path)).status, 401)
    t.equal((await call(keys.host, 'GET', `/v1/tranches/trn_${UNKNOWN}`)).status, 404)
  })

  await t.test('requestTranche is the agency’s', async (t) => {
    const version = { ifMatch: 2 }
    t.equal((await call(keys.otherAgency, 'POST', `${path}/request`, undefined, version)).status, 404)
    t.equal((await call(keys.finance, 'POST', `${path}/request`, undefined, version)).status, 403)
    t.equal((await call(null, 'POST', `${path}/request`, undefined, version)).status, 401)
    t.equal((await call(keys.agency, 'POST', `${path}/request`)).status, 428)
    t.equal((await call(keys.agency, 'POST', `${path}/request`, undefined, { ifMatch: 9 })).status, 412)
    const without = { ...version, idempotencyKey: null }
    t.equal(
      (await call(keys.agency, 'POST', `${path}/request`, undefined, without)).body.code,
      'idempotency_key_required',
    )
    const requested = await call(keys.agency, 'POST', `${path}/request`, undefined, version)
    t.match(requested, { status: 200, body: { state: 'requested', requestedAt: '2026-05-27T02:00:00.000Z' } })
  })

  await t.test('approveTranche is the finance office’s, and never the requester’s', async (t) => {
    t.equal((await act(keys.agency, path, '/approval')).status, 403)
    t.equal((await act(keys.host, path, '/approval')).status, 403)
    const both = await app.keyFor('finance', {
      roles: ['finance', 'agency'],
      organizationId: (await call(keys.host, 'GET', path)).body.organizationId,
      hostId: app.hostId,
    })
    const second = await grant({ fiscal: '1000.00' })
    await asSystem((work) =>
      triggerTranche(work, { projectId: second.projectId, trigger: 'agreement_effective', on: SIGNED }),
    )
    const own = `/v1/tranches/${second.tranches[0]?.id}`
    t.equal((await act(both, own, '/request')).status, 200)
    t.match(await act(both, own, '/approval'), { status: 409, body: { code: 'same_person_approves' } })
    t.match(await act(keys.finance, path, '/approval'), { status: 200, body: { state: 'approved' } })
  })

  await t.test('payTranche takes a possible day and happens once', async (t) => {
    await setClock('2026-06-10T02:00:00Z')
    const payment = { paidOn: '2026-06-10', voucher: '凭-0001' }
    t.equal((await act(keys.host, path, '/payment', payment)).status, 403)
    t.match(await act(keys.cashier, path, '/payment', { ...payment, paidOn: '2026-06-11' }), {
      status: 422,
      body: { code: 'payment_day_invalid' },
    })
    t.equal((await act(keys.cashier, path, '/payment', { ...payment, paidOn: '2026-02-30' })).status, 400)
    const paid = await act(keys.cashier, path, '/payment', payment)
    t.match(paid, {
      status: 200,
      body: { state: 'paid', paidOn: '2026-06-10', paid: money('50000.00'), actions: [] },
    })
    t.equal((await act(keys.cashier, path, '/payment', payment)).body.code, 'tranche_not_in_state')
  })

  await t.test('readRoundLedger tells per pool what is out', async (t) => {
    const ledger = await call(keys.auditor, 'GET', `/v1/rounds/${roundId}/ledger`)
    t.equal(ledger.status, 200)
    t.match(
      new Map(ledger.body.pools.map((pool: { source: string; net: object }) => [pool.source, pool.net])),
      new Map([
        ['welfare_lottery', money('42500.00')],
        ['fiscal', money('7500.00')],
      ]),
    )
    t.match(ledger.body.totals, {
      paid: money('50000.00'),
      advance: money('50000.00'),
      expense: money('0.00'),
      refundable: money('0.00'),
      net: money('50000.00'),
    })
    t.equal((await call(keys.agency, 'GET', `/v1/rounds/${roundId}/ledger`)).status, 403)
    const stranger = await app.keyFor('auditor', { hostId: await app.newOrganization('别县民政局') })
    t.equal((await call(stranger, 'GET', `/v1/rounds/${roundId}/ledger`)).status, 404)
  })

  await t.test('listTranches gives each side its own, page by page', async (t) => {
    const list = async (key: string, query = '') => (await call(key, 'GET', `/v1/tranches?${query}`)).body.items
    t.equal((await list(keys.agency, `projectId=${projectId}`)).length, 3)
    t.same(await list(keys.otherAgency), [])
    t.equal((await list(keys.finance, 'state=paid')).length, 1)
    t.equal((await list(keys.host, `roundId=${roundId}`)).length, 6)
    const first = await call(keys.host, 'GET', `/v1/tranches?projectId=${projectId}&limit=2`)
    const rest = await call(
      keys.host,
      'GET',
      `/v1/tranches?projectId=${projectId}&limit=2&cursor=${encodeURIComponent(first.body.nextCursor)}`,
    )
    const seen = [...first.body.items, ...rest.body.items].map((item: { number: number }) => item.number)
    t.same(seen.sort(), [1, 2, 3])
    t.equal((await call(keys.town, 'GET', '/v1/tranches')).status, 403)
  })

  await t.test('a grant is planned once', async (t) => {
    t.equal(
      await codeOf(
        asSystem((work) =>
          planTranches(work, {
            ...{ projectId, roundId, hostId: app.hostId, organizationId: tranches[0]?.organizationId ?? '' },
            awardId: newId('awd'),
            sources: [],
            policyTranches: FIFTY_THIRTY_TWENTY,
          }),
        ),
      ),
      'grant_exists',
    )
  })
})

t.test('holds stop a tranche; after a re-evaluation its due day counts from that day', async (t) => {
  const app = await testApp(t)
  const { asSystem, setClock } = app
  const { act, grant, keys } = await treasury(app)
  await setClock('2026-09-17T02:00:00Z')
  const { projectId, tranches } = await grant({ fiscal: '85000.00' })
  const second = `/v1/tranches/${tranches[1]?.id}`

  await t.test('a failed mid-term holds tranche 2, a passed one on 10-16 makes it due on 10-30', async (t) => {
    await asSystem((work) => holdTranche(work, projectId, 'mid_passed', 'evaluation_failed'))
    t.match((await act(keys.agency, second, '/request')).body, { code: 'tranche_not_in_state' })
    await setClock('2026-10-16T02:00:00Z')
    await asSystem(async (work) => {
      await releaseHold(work, projectId, 'mid_passed')
      await triggerTranche(work, { projectId, trigger: 'mid_passed', on: '2026-10-16' })
    })
    const read = await app.call(keys.agency, 'GET', second)
    t.match(read.body, { state: 'due', holdReason: null, due: { startOn: '2026-10-16', effectiveOn: '2026-10-30' } })
  })

  await t.test('tranche 2 of the others is due on 10-08, across the make-up Sunday and National Day', async (t) => {
    const other = await grant({ fiscal: '70000.00' })
    const [due] = await asSystem((work) =>
      triggerTranche(work, { projectId: other.projectId, trigger: 'mid_passed', on: '2026-09-17' }),
    )
    t.equal(due?.due?.effectiveOn, '2026-10-08')
  })

  await t.test('holdTranche and releaseTranche are for host and finance, and void what was requested', async (t) => {
    t.equal((await act(keys.agency, second, '/request')).body.state, 'requested')
    t.equal((await act(keys.agency, second, '/hold', { reason: 'other' })).status, 403)
    t.equal((await act(keys.host, second, '/release')).body.code, 'tranche_not_in_state')
    const held = await act(keys.finance, second, '/hold', { reason: 'missing_invoice', note: '发票未到' })
    t.match(held, {
      status: 200,
      body: {
        state: 'held',
        holdReason: 'missing_invoice',
        holdNote: '发票未到',
        requestedBy: null,
        actions: ['release'],
      },
    })
    t.equal((await act(keys.agency, second, '/release')).status, 403)
    await asSystem((work) => releaseHold(work, projectId, 'mid_passed'))
    t.equal((await app.call(keys.host, 'GET', second)).body.state, 'held', 'a re-evaluation ends only its own holds')
    const released = await act(keys.host, second, '/release')
    t.match(released.body, { state: 'due', holdReason: null, due: { effectiveOn: '2026-10-30' } })
  })

  await t.test('a tranche whose due day falls into a year without a calendar is not guessed', async (t) => {
    t.equal(
      await codeOf(
        asSystem((work) => triggerTranche(work, { projectId, trigger: 'final_passed_and_audited', on: '2026-12-28' })),
      ),
      'calendar_year_missing',
    )
  })

  await t.test('a termination cancels what is not paid', async (t) => {
    const cancelled = await asSystem((work) => cancelTranches(work, projectId))
    t.same(
      cancelled.map(({ number, state }) => [number, state]),
      [
        [1, 'cancelled'],
        [2, 'cancelled'],
        [3, 'cancelled'],
      ],
    )
    t.equal(await codeOf(asSystem((work) => cancelTranches(work, `prj_${UNKNOWN}`))), 'grant_unknown')
  })
})

t.test('P6 is settled, claimed back in parts and booked to the fen', async (t) => {
  const app = await testApp(t)
  const { asSystem, call, setClock } = app
  const { act, grant, keys, pay, ring, roundId } = await treasury(app)
  const { projectId, tranches } = await grant({ welfare_lottery: '85000.00', fiscal: '15000.00' })
  const settlement = { projectId, eligibleFen: 6_124_000n, isFinalPassed: false, on: '2026-12-11' }
  const claimOf = (issuedOn: string) =>
    asSystem((work) => issueRefundClaim(work, { projectId, issuedOn, period: workdays(15) }))

  await setClock('2026-06-10T02:00:00Z')
  await asSystem((work) => triggerTranche(work, { projectId, trigger: 'agreement_effective', on: SIGNED }))

  await t.test('it cannot be settled while a payment is under way, nor claimed back before', async (t) => {
    t.equal(await codeOf(asSystem((work) => settleProject(work, settlement))), 'tranche_in_progress')
    t.equal(await codeOf(claimOf('2026-12-22')), 'project_not_settled')
  })

  await pay(tranches[0]?.id ?? '', '2026-06-10')
  await setClock('2026-09-24T02:00:00Z')
  await asSystem((work) => triggerTranche(work, { projectId, trigger: 'mid_passed', on: '2026-09-17' }))
  await pay(tranches[1]?.id ?? '', '2026-09-24')
  await setClock('2026-12-14T02:00:00Z')

  await t.test('the settlement pays no final tranche and finds 18,760.00 to refund', async (t) => {
    const settled = await asSystem((work) => settleProject(work, settlement))
    t.match(settled, {
      finalTrancheFen: 0n,
      refundFen: 1_876_000n,
      refundSources: [
        { source: 'welfare_lottery', amountFen: 1_594_600n },
        { source: 'fiscal', amountFen: 281_400n },
      ],
      grant: { paidFen: 8_000_000n, eligibleFen: 6_124_000n, settledOn: '2026-12-11' },
      tranches: [{ state: 'paid' }, { state: 'paid' }, { state: 'cancelled' }],
    })
    t.equal(await codeOf(asSystem((work) => settleProject(work, settlement))), 'project_settled')
  })

  await t.test('the claim waits for the calendar of 2027, and is then due on 2027-01-13', async (t) => {
    await setClock('2026-12-22T02:00:00Z')
    t.equal(await codeOf(claimOf('2026-12-22')), 'calendar_year_missing')
    t.same((await call(keys.host, 'GET', '/v1/refund-claims')).body.items, [], 'and nothing was written')
    await asSystem((work) =>
      loadCalendarYear(work, {
        year: 2027,
        hostId: null,
        holidays: ['2027-01-01', '2027-01-02', '2027-01-03'],
        makeupWorkdays: [],
        source: '演示假定',
      }),
    )
    const claim = await claimOf('2026-12-22')
    t.equal(claim.due.effectiveOn, '2027-01-13')
    t.equal(await codeOf(claimOf('2026-12-22')), 'refund_claim_exists')
  })

  const [claim] = (await call(keys.agency, 'GET', `/v1/refund-claims?projectId=${projectId}`)).body.items
  const path = `/v1/refund-claims/${claim.id}`

  await t.test('readRefundClaim and listRefundClaims show it to both sides alone', async (t) => {
    t.match((await call(keys.agency, 'GET', path)).body, {
      amount: money('18760.00'),
      outstanding: money('18760.00'),
      state: 'issued',
      sources: [{ amount: money('15946.00') }, { amount: money('2814.00') }],
      actions: ['receive'],
    })
    t.equal((await call(keys.otherAgency, 'GET', path)).status, 404)
    t.same((await call(keys.otherAgency, 'GET', '/v1/refund-claims')).body.items, [])
    t.equal((await call(keys.finance, 'GET', `/v1/refund-claims?roundId=${roundId}&state=issued`)).body.items.length, 1)
    t.equal((await call(keys.town, 'GET', path)).status, 403)
    t.equal((await call(null, 'GET', path)).status, 401)
  })

  await t.test('recordRefundReceipt takes parts and refuses what cannot be', async (t) => {
    const receipt = { amount: money('8760.00'), receivedOn: '2026-12-28', voucher: '退-1' }
    await setClock('2026-12-28T02:00:00Z')
    const refused = async (change: object) =>
      (await act(keys.finance, path, '/receipts', { ...receipt, ...change })).body.code
    t.equal(await refused({ amount: money('18760.01') }), 'receipt_too_large')
    t.equal(await refused({ amount: money('0.00') }), 'receipt_empty')
    t.equal(await refused({ receivedOn: '2026-12-29' }), 'receipt_day_invalid')
    t.equal((await act(keys.agency, path, '/receipts', receipt)).status, 403)
    t.equal((await act(keys.finance, path, '/referral', { note: '移送' })).body.code, 'refund_claim_not_in_state')
    t.match((await act(keys.finance, path, '/receipts', receipt)).body, {
      state: 'part_paid',
      outstanding: money('10000.00'),
      sources: [{ received: money('7446.00') }, { received: money('1314.00') }],
    })
    const ledger = await call(keys.auditor, 'GET', `/v1/rounds/${roundId}/ledger`)
    t.match(ledger.body.totals, {
      paid: money('80000.00'),
      refunded: money('8760.00'),
      refundable: money('10000.00'),
      expense: money('61240.00'),
      advance: money('0.00'),
      net: money('71240.00'),
    })
  })

  await t.test('what is not whole by its day is overdue, is referred, and can still be paid', async (t) => {
    await setClock('2027-01-13T15:59:59Z')
    await ring(payments, claim.id, 'refund.due')
    t.equal((await call(keys.host, 'GET', path)).body.state, 'part_paid', 'the day is not over')
    await setClock('2027-01-13T16:00:00Z')
    await ring(payments, claim.id, 'refund.due')
    await ring(payments, claim.id, 'refund.due')
    t.match((await call(keys.host, 'GET', path)).body, { state: 'overdue', actions: ['receive', 'refer'] })
    const overdueOn = (day: string) =>
      asSystem(async (work) => {
        const { organizationId, hostId } = claim
        return (await standingOf(work, { organizationId, hostId, day })).overdueRefunds.map(({ subject }) => subject)
      })
    t.same(
      [await overdueOn('2027-01-13'), await overdueOn('2027-01-14')],
      [[], [claim.id]],
      'known where bids are judged',
    )
    t.equal((await act(keys.agency, path, '/referral', { note: '移送' })).status, 403)
    t.match((await act(keys.host, path, '/referral', { note: '移送财政局追缴' })).body, { state: 'referred' })
    const rest = { amount: money('10000.00'), receivedOn: '2027-01-14', voucher: '退-2' }
    t.match((await act(keys.finance, path, '/receipts', rest)).body, {
      state: 'paid',
      outstanding: money('0.00'),
      sources: [{ received: money('15946.00') }, { received: money('2814.00') }],
      actions: [],
    })
    t.same(await overdueOn('2027-01-14'), [], 'until the money has come')
    t.equal((await act(keys.finance, path, '/receipts', rest)).body.code, 'refund_claim_not_in_state')
    const ledger = (await call(keys.auditor, 'GET', `/v1/rounds/${roundId}/ledger`)).body
    t.match(ledger.totals, { refunded: money('18760.00'), refundable: money('0.00'), net: money('61240.00') })
    const grant = await asSystem((work) => paidOf(work, projectId))
    t.match(grant, { paidFen: 8_000_000n, refundedFen: 1_876_000n })
  })

  await t.test('a project that was paid what it spent owes nothing', async (t) => {
    const other = await grant({ fiscal: '80000.00' })
    await asSystem(async (work) => {
      const settled = await settleProject(work, {
        projectId: other.projectId,
        eligibleFen: 8_000_000n,
        isFinalPassed: true,
        on: '2026-12-11',
      })
      t.match(settled, { finalTrancheFen: 1_600_000n, refundFen: 0n })
      t.equal(settled.tranches[2]?.due?.effectiveOn, '2026-12-25')
    })
    t.equal(
      await codeOf(
        asSystem((work) =>
          issueRefundClaim(work, { projectId: other.projectId, issuedOn: '2026-12-22', period: workdays(15) }),
        ),
      ),
      'nothing_to_refund',
    )
    t.equal(
      await codeOf(
        asSystem((work) =>
          issueRefundClaim(work, { projectId: `prj_${UNKNOWN}`, issuedOn: '2026-12-22', period: workdays(15) }),
        ),
      ),
      'grant_unknown',
    )
    await setClock('2027-01-15T02:00:00Z')
    await pay(other.tranches[2]?.id ?? '', '2027-01-15')
    const ledger = (await call(keys.auditor, 'GET', `/v1/rounds/${roundId}/ledger`)).body
    t.match(ledger.totals, { advance: money('0.00'), expense: money('77240.00'), net: money('77240.00') })
  })
})
