import t from 'tap'
import { accept, refuse } from '../../../src/kernel/decision.ts'
import { CalendarYearMissing, type ResolvedDate } from '../../../src/kernel/workdays.ts'
import { compile, publish } from '../../../src/modules/rounds/compiler/compile.ts'
import type { CompilerFacts } from '../../../src/modules/rounds/compiler/finding.ts'
import { DEFAULT_POLICY, type RoundPolicy } from '../../../src/modules/rounds/policyDocument.ts'
import type { FundPool, Round } from '../../../src/modules/rounds/rules.ts'

const due: ResolvedDate = {
  startOn: '2026-04-16',
  period: { amount: 5, basis: 'working' },
  nominalOn: '2026-04-23',
  effectiveOn: '2026-04-23',
  rolledBecause: null,
}
const pool = (position: number): FundPool => ({
  id: `pool_${position}`,
  position,
  source: 'fiscal',
  name: '财政资金',
  sizeFen: 100n,
  allocatedFen: 0n,
  purposes: null,
  fields: null,
})
const DRAFT: Round = {
  id: 'rnd_1',
  version: 1,
  code: 'YT-2026-01',
  title: '云汀县第一届社区公益创投',
  hostId: 'org_1',
  operatorId: null,
  procurementMode: 'grant',
  policy: DEFAULT_POLICY,
  policyVersion: 1,
  needIds: ['need_1'],
  opensAt: new Date('2026-03-26T16:00:00Z'),
  closesAt: new Date('2026-04-16T09:00:00Z'),
  cycleStartsOn: '2026-06-01',
  cycleEndsOn: '2026-11-30',
  state: 'draft',
  publishedAt: null,
  formalCheckDue: null,
  openedAt: null,
  cancelReason: null,
  createdAt: new Date('2026-03-20T00:00:00Z'),
}
const FACTS: CompilerFacts = {
  pools: [pool(1), pool(2)],
  needs: [{ id: 'need_1', state: 'published' }],
  formalCheckDue: accept(due),
  now: new Date('2026-03-26T01:00:00Z'),
}

/** Places and codes of what is found with these changes to the policy, the round or the facts. */
function found(policy: Partial<RoundPolicy>, round: Partial<Round> = {}, facts: Partial<CompilerFacts> = {}) {
  const draft = { ...DRAFT, ...round, policy: { ...DEFAULT_POLICY, ...policy } }
  return compile(draft, { ...FACTS, ...facts }).map(({ pointer, definition }) => `${pointer} ${definition.code}`)
}

t.test('the default policy of the demonstration round can be published', async (t) => {
  t.same(publish(DRAFT, FACTS), { accepted: true, value: { state: 'published', formalCheckDue: due } })
})

t.test('a round is published once', async (t) => {
  t.match(publish({ ...DRAFT, state: 'published' }, FACTS), { refusal: { problem: { code: 'round_not_in_state' } } })
})

t.test('each flaw of the timetable is found at its place', async (t) => {
  t.same(found({}, { closesAt: DRAFT.opensAt }), ['#/timetable/closesAt closes_before_opens'])
  t.same(found({}, {}, { now: DRAFT.closesAt }), ['#/timetable/closesAt closes_in_the_past'])
  t.same(found({}, { cycleStartsOn: '2026-04-16' }), ['#/timetable/cycleStartsOn cycle_before_closing'])
  t.same(found({}, { cycleEndsOn: '2026-06-01' }), ['#/timetable/cycleEndsOn cycle_ends_before_start'])
  t.same(found({}, {}, { formalCheckDue: refuse(CalendarYearMissing, { year: 2026 }) }), [
    '#/timetable/closesAt calendar_year_missing',
  ])
})

t.test('each flaw of pools and needs is found at its place', async (t) => {
  t.same(found({}, {}, { pools: [] }), ['#/pools pools_missing'])
  t.same(found({ poolOrder: [2] }), ['#/policy/poolOrder pool_order_incomplete'])
  t.same(found({ poolOrder: [2, 3] }), ['#/policy/poolOrder pool_order_incomplete'])
  t.same(found({ poolOrder: [2, 1] }), [])
  t.same(found({}, {}, { needs: [] }), ['#/needIds needs_missing'])
  t.same(found({}, {}, { needs: [...FACTS.needs, { id: 'need_2', state: 'verified' }] }), [
    '#/needIds/1 need_not_published',
  ])
})

t.test('each flaw of the budget rules is found at its place', async (t) => {
  const [first] = DEFAULT_POLICY.ratioRules
  if (first === undefined) throw new Error('the default policy has ratio rules')
  t.same(found({ cap: { amount: '0.00', currency: 'CNY' }, floor: { amount: '0.00', currency: 'CNY' } }), [
    '#/policy/cap cap_zero',
  ])
  t.same(found({ floor: { amount: '100000.01', currency: 'CNY' } }), ['#/policy/floor floor_above_cap'])
  t.same(found({ ratioRules: [first, first] }), ['#/policy/ratioRules/1/code code_repeated'])
  t.same(found({ ratioRules: [{ ...first, numerator: 'salaries' }] }), [
    '#/policy/ratioRules/0/numerator numerator_unknown',
  ])
  t.same(found({ forbiddenCategories: ['vehicle', 'overhead'] }), [
    '#/policy/forbiddenCategories/1 category_both_allowed_and_forbidden',
  ])
})

t.test('each flaw of the review rules is found at its place', async (t) => {
  const { panel } = DEFAULT_POLICY
  t.same(found({ panel: { ...panel, quorum: 4 } }), ['#/policy/panel/quorum quorum_above_size'])
  t.same(found({ panel: { ...panel, dropExtremesMinSheets: 3 } }), [
    '#/policy/panel/dropExtremesMinSheets drop_extremes_too_early',
  ])
  t.same(found({ panel: { ...panel, dropExtremesMinSheets: null } }), [])
  t.same(found({ passLine: '100.01' }), ['#/policy/passLine pass_line_unreachable'])
  t.same(found({ tieBreak: ['charm_mean', 'lot'] }), ['#/policy/tieBreak/0 tie_break_unknown'])
  t.same(found({ tieBreak: ['lot', 'lower_request'] }), ['#/policy/tieBreak lot_not_last'])
  const criteria = [
    { code: 'need_fit', max: '100' },
    { code: 'need_fit', max: '0' },
  ]
  t.same(found({ criteria, tieBreak: [] }), [
    '#/policy/criteria/1/code code_repeated',
    '#/policy/criteria/1/max criterion_worthless',
  ])
})

t.test('tranches are numbered, rise through the stages and make up the whole', async (t) => {
  const tranches = DEFAULT_POLICY.tranches.map((tranche) => ({ ...tranche }))
  const [first, second, third] = tranches as [
    (typeof tranches)[number],
    (typeof tranches)[number],
    (typeof tranches)[number],
  ]
  t.same(found({ tranches: [first, second] }), ['#/policy/tranches tranches_not_whole'])
  t.same(found({ tranches: [first, { ...second, number: 3 }, third] }), [
    '#/policy/tranches/1/number tranche_number_out_of_order',
  ])
  t.same(found({ tranches: [first, { ...third, number: 2 }, { ...second, number: 3 }] }), [
    '#/policy/tranches/2/trigger tranche_trigger_out_of_order',
  ])
  t.same(found({ tranches: [{ ...first, basisPoints: 10_000 }] }), [], 'a single tranche is lawful')
})

t.test('each flaw of the evaluation rules is found at its place', async (t) => {
  const { mid, final, rectification } = DEFAULT_POLICY
  t.same(found({ mid: { ...mid, passLine: '101' } }), ['#/policy/mid/passLine pass_line_unreachable'])
  const bands = [
    { min: '60', grade: 'pass' },
    { min: '90', grade: 'good' },
    { min: '10', grade: 'pass' },
  ]
  t.same(found({ final: { ...final, bands } }), [
    '#/policy/final/bands/1/min bands_not_descending',
    '#/policy/final/bands/2/min bands_incomplete',
    '#/policy/final/bands/2/grade code_repeated',
  ])
  t.same(found({ rectification: { ...rectification, finalGradeCap: 'superb' } }), [
    '#/policy/rectification/finalGradeCap grade_unknown',
  ])
  t.same(found({ rectification: { ...rectification, finalGradeCap: null } }), [])
})

t.test('all flaws of a draft come in one refusal, with their number', async (t) => {
  const decision = publish({ ...DRAFT, cycleEndsOn: '2026-05-01' }, { ...FACTS, pools: [], needs: [] })
  t.match(decision, {
    accepted: false,
    refusal: {
      problem: { code: 'round_not_publishable' },
      parameters: { count: 3 },
      errors: [{ code: 'cycle_ends_before_start' }, { code: 'pools_missing' }, { code: 'needs_missing' }],
    },
  })
})
