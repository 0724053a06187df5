import fc from 'fast-check'
import t from 'tap'
import type { Decision } from '../../../src/kernel/decision.ts'
import { parseYuan, sumFen } from '../../../src/kernel/money.ts'
import { compareToBasisPoints } from '../../../src/kernel/ratio.ts'
import {
  type AuditContent,
  acceptedOn,
  carriesOver,
  checkAudit,
  checkClosure,
  checkSettlement,
  eligibleGrant,
  grantCarriedBy,
  settlementActions,
} from '../../../src/modules/closeout/rules/closeout.ts'
import { type ProjectFigures, statementOf } from '../../../src/modules/closeout/rules/statement.ts'

const yuan = parseYuan
const code = (decision: Decision<unknown>) => (decision.accepted ? 'accepted' : decision.refusal.problem.code)
const PROJECT_STATES =
  'draft listed pending_agreement active suspended closing closed terminated settled withdrawn'.split(' ')

t.test('an audit is taken from an independent auditor, about a project that ran, until it is settled', async (t) => {
  const audit: AuditContent = {
    eligibleFen: yuan('61240.00'),
    ownMatchingFen: null,
    disallowed: [{ category: 'service_activity', amountFen: yuan('1200.00'), reasonCode: 'no_invoice' }],
    auditorOrganizationId: 'org_auditor',
    auditedOn: '2026-12-10',
    opinion: null,
    documentIds: [],
  }
  const facts = {
    agencyId: 'org_agency',
    projectState: 'closing',
    settledAuditId: null,
    categories: ['service_activity', 'fixed_asset'],
    isMatchingEnforced: false,
    effectiveOn: '2026-06-01',
    today: '2026-12-11',
  }
  t.equal(code(checkAudit(audit, facts)), 'accepted')
  t.same(
    PROJECT_STATES.filter((projectState) => checkAudit(audit, { ...facts, projectState }).accepted),
    ['active', 'suspended', 'closing', 'terminated'],
  )
  t.equal(code(checkAudit(audit, { ...facts, settledAuditId: 'aud_1' })), 'audit_already_used')
  t.equal(code(checkAudit({ ...audit, auditorOrganizationId: 'org_agency' }, facts)), 'auditor_not_independent')
  t.equal(code(checkAudit({ ...audit, auditedOn: '2026-12-12' }, facts)), 'audit_in_future')
  t.equal(code(checkAudit({ ...audit, auditedOn: '2026-05-31' }, facts)), 'audit_too_early')
  t.equal(code(checkAudit(audit, { ...facts, isMatchingEnforced: true })), 'own_matching_missing')
  t.equal(code(checkAudit({ ...audit, ownMatchingFen: 0n }, { ...facts, isMatchingEnforced: true })), 'accepted')
  const strange = { category: 'karaoke', amountFen: 1n, reasonCode: 'private' }
  t.match(checkAudit({ ...audit, disallowed: [...audit.disallowed, strange] }, facts), {
    refusal: {
      problem: { code: 'audit_category_unknown' },
      errors: [{ pointer: '#/disallowed/1/category', detail: 'karaoke' }],
    },
  })
})

t.test('own funds of 15,000 carry a grant of 60,000 where they must be a fifth of the total (6.11)', async (t) => {
  const fifth = { base: 'total', basisPoints: 2000 } as const
  t.equal(grantCarriedBy(yuan('15000.00'), fifth), yuan('60000.00'))
  t.equal(grantCarriedBy(yuan('15000.00'), { base: 'grant', basisPoints: 2500 }), yuan('60000.00'))
  t.equal(grantCarriedBy(0n, fifth), 0n)
  t.equal(grantCarriedBy(0n, { base: 'total', basisPoints: 0 }), null)
  const facts = {
    auditedFen: yuan('61240.00'),
    approvedFen: yuan('100000.00'),
    ownMatchingFen: yuan('15000.00'),
    matchingRules: [fifth],
  }
  t.equal(eligibleGrant(facts), yuan('60000.00'))
  t.equal(eligibleGrant({ ...facts, matchingRules: [] }), yuan('61240.00'), 'off in the demonstration')
  t.equal(eligibleGrant({ ...facts, matchingRules: [{ base: 'total', basisPoints: 0 }] }), yuan('61240.00'))
  t.equal(eligibleGrant({ ...facts, ownMatchingFen: null }), 0n, 'nothing spent carries nothing')
  const generous = { ...facts, auditedFen: yuan('120000.00'), matchingRules: [] }
  t.equal(eligibleGrant(generous), yuan('100000.00'), 'never more than was approved')
})

t.test('the carried grant keeps the demanded share, and one fen more would break it', async (t) => {
  const own = fc.bigInt({ min: 0n, max: 10n ** 12n })
  const basisPoints = fc.integer({ min: 1, max: 10_000 })
  fc.assert(
    fc.property(own, basisPoints, fc.constantFrom('total' as const, 'grant' as const), (ownFen, points, base) => {
      const grantFen = grantCarriedBy(ownFen, { base, basisPoints: points })
      if (grantFen === null) return false
      const share = (fen: bigint) => compareToBasisPoints(ownFen, base === 'total' ? fen + ownFen : fen, points)
      return share(grantFen) >= 0 && share(grantFen + 1n) < 0
    }),
    { numRuns: 500 },
  )
  t.pass('holds for all own funds and shares')
})

t.test('a settlement needs a published final result and an audit; a terminated project only the audit', async (t) => {
  const facts = { projectState: 'closing', settlementId: null, hasPublishedFinal: true, hasAudit: true }
  const kinds = PROJECT_STATES.map((projectState) => {
    const decision = checkSettlement({ ...facts, projectState })
    return [projectState, decision.accepted ? decision.value : decision.refusal.problem.code]
  })
  t.same(Object.fromEntries(kinds), {
    draft: 'project_not_settleable',
    listed: 'project_not_settleable',
    pending_agreement: 'project_not_settleable',
    active: 'completion',
    suspended: 'project_not_settleable',
    closing: 'completion',
    closed: 'project_not_settleable',
    terminated: 'termination',
    settled: 'project_not_settleable',
    withdrawn: 'project_not_settleable',
  })
  t.equal(code(checkSettlement({ ...facts, settlementId: 'stl_1', projectState: 'closed' })), 'settlement_exists')
  t.equal(code(checkSettlement({ ...facts, hasPublishedFinal: false })), 'final_evaluation_missing')
  t.equal(code(checkSettlement({ ...facts, hasAudit: false })), 'audit_missing')
  const terminated = { ...facts, projectState: 'terminated', hasPublishedFinal: false }
  t.equal(code(checkSettlement(terminated)), 'accepted')
  t.equal(code(checkSettlement({ ...terminated, hasAudit: false })), 'audit_missing')
})

t.test('the final tranche counts from the later of result and audit, and may fall into the next year', async (t) => {
  t.equal(acceptedOn('2026-12-11', '2026-12-10'), '2026-12-11')
  t.equal(acceptedOn('2026-12-10', '2026-12-11'), '2026-12-11')
  t.equal(acceptedOn('2026-12-10', null), '2026-12-10')
  const due = (effectiveOn: string) => ({
    startOn: '2026-12-11',
    period: { amount: 10, basis: 'working' as const },
    nominalOn: effectiveOn,
    effectiveOn,
    rolledBecause: null,
  })
  t.equal(carriesOver('2026-12-11', due('2026-12-25')), false)
  t.equal(carriesOver('2026-12-22', due('2027-01-06')), true)
  t.equal(carriesOver('2026-12-22', null), false, 'nothing is paid any more')
})

t.test('a refund may be claimed once, and only where one is due', async (t) => {
  t.same(settlementActions({ refundFen: 1n, refundClaimId: null }), ['claimRefund'])
  t.same(settlementActions({ refundFen: 1n, refundClaimId: 'rfc_1' }), [])
  t.same(settlementActions({ refundFen: 0n, refundClaimId: null }), [])
})

t.test('a round closes once every project with a standing award is settled', async (t) => {
  t.equal(code(checkClosure([], new Set())), 'accepted')
  t.equal(code(checkClosure(['prj_1', 'prj_2'], new Set(['prj_1', 'prj_2', 'prj_3']))), 'accepted')
  t.match(checkClosure(['prj_1', 'prj_2'], new Set(['prj_2'])), {
    refusal: {
      problem: { code: 'round_not_settled' },
      parameters: { count: 1 },
      errors: [{ code: 'project_not_settled', detail: 'prj_1' }],
    },
  })
})

const POOLS = [
  {
    poolId: 'pool_lottery',
    source: 'welfare_lottery',
    name: '福彩公益金',
    sizeFen: yuan('420000.00'),
    allocatedFen: yuan('420000.00'),
  },
  {
    poolId: 'pool_fiscal',
    source: 'fiscal',
    name: '财政资金',
    sizeFen: yuan('180000.00'),
    allocatedFen: yuan('100000.00'),
  },
]
const line = (projectId: string, ...parts: [pool: string, approved: string, paid: string, refund?: string][]) => ({
  projectId,
  assessedUnpaidFen: 0n,
  sources: parts.map(([pool, approved, paid, refund = '0.00']) => ({
    poolId: `pool_${pool}`,
    approvedFen: yuan(approved),
    paidFen: yuan(paid),
    refundFen: yuan(refund),
    receivedFen: 0n,
  })),
})

t.test('the account of the demonstration round (5.11)', async (t) => {
  const statement = statementOf(POOLS, [
    line('P1', ['lottery', '95000.00', '94310.50']),
    line('P2', ['lottery', '80000.00', '80000.00']),
    line('P3', ['lottery', '90000.00', '87420.00']),
    line('P4', ['lottery', '70000.00', '70000.00']),
    line('P5', ['fiscal', '85000.00', '83000.00']),
    line('P6', ['lottery', '85000.00', '68000.00', '15946.00'], ['fiscal', '15000.00', '12000.00', '2814.00']),
  ])
  t.match(statement.sources, [
    { source: 'welfare_lottery', netFen: yuan('383784.50'), refundFen: yuan('15946.00'), unallocatedFen: 0n },
    { source: 'fiscal', netFen: yuan('92186.00'), refundFen: yuan('2814.00'), unallocatedFen: yuan('80000.00') },
  ])
  t.match(statement.totals, {
    approvedFen: yuan('520000.00'),
    paidFen: yuan('494730.50'),
    refundFen: yuan('18760.00'),
    netFen: yuan('475970.50'),
    sizeFen: yuan('600000.00'),
    unallocatedFen: yuan('80000.00'),
  })
  t.equal(statement.executionRate, '91.53')
  t.match(statement.projects.at(-1), { projectId: 'P6', paidFen: yuan('80000.00'), netFen: yuan('61240.00') })
})

t.test('what is assessed and not paid is shown apart from the net (6.14)', async (t) => {
  const waiting: ProjectFigures = {
    ...line('P1', ['lottery', '95000.00', '76000.00']),
    assessedUnpaidFen: yuan('18310.50'),
  }
  const { projects, totals, executionRate } = statementOf(POOLS, [waiting])
  t.match(projects, [{ assessedUnpaidFen: yuan('18310.50'), netFen: yuan('76000.00') }])
  t.equal(totals.assessedUnpaidFen, yuan('18310.50'))
  t.equal(executionRate, '80.00')
  t.equal(statementOf(POOLS, []).executionRate, 'n/a')
})

t.test('the account is the same sum by source, by project and in total', async (t) => {
  const amount = fc.bigInt({ min: 0n, max: 10n ** 11n })
  const part = fc.record({
    poolId: fc.constantFrom('pool_lottery', 'pool_fiscal'),
    approvedFen: amount,
    paidFen: amount,
    refundFen: amount,
    receivedFen: amount,
  })
  const project = fc.record({
    projectId: fc.string({ minLength: 1, maxLength: 5 }),
    assessedUnpaidFen: amount,
    sources: fc.array(part, { maxLength: 3 }),
  })
  fc.assert(
    fc.property(fc.array(project, { maxLength: 8 }), (projects) => {
      const { sources, totals, projects: lines } = statementOf(POOLS, projects)
      return (['approvedFen', 'paidFen', 'refundFen', 'receivedFen', 'netFen'] as const).every((key) => {
        const bySource = sumFen(sources.map((one) => one[key]))
        return bySource === totals[key] && bySource === sumFen(lines.map((one) => one[key]))
      })
    }),
  )
  t.pass('holds for all rounds')
})
