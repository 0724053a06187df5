import { calendarFrom } from '../../../src/kernel/workdays.ts'
import { BUILT_IN_YEARS } from '../../../src/modules/calendar/builtIn.ts'
import { compile } from '../../../src/modules/rounds/compiler/compile.ts'
import type { CompilerFacts } from '../../../src/modules/rounds/compiler/finding.ts'
import { DEFAULT_POLICY } from '../../../src/modules/rounds/defaultPolicy.ts'
import type { RoundPolicy } from '../../../src/modules/rounds/policyDocument.ts'
import type { FundPool, ProcurementMode, Round } from '../../../src/modules/rounds/rules.ts'

export const workdays = (amount: number) => ({ amount, basis: 'working' as const })
export const days = (amount: number) => ({ amount, basis: 'calendar' as const })
export const yuan = (amount: string) => ({ amount, currency: 'CNY' as const })

export const pool = (position: number, changes: Partial<FundPool> = {}): FundPool => ({
  id: `pool_${position}`,
  position,
  source: 'fiscal',
  name: `资金 ${position}`,
  sizeFen: 30_000_000n,
  allocatedFen: 0n,
  purposes: null,
  fields: null,
  ...changes,
})
export const need = (serial: number, changes: Partial<CompilerFacts['needs'][number]> = {}) => ({
  id: `need_${serial}`,
  state: 'published',
  lotteryPurpose: 'elderly',
  serviceField: 'elderly_care',
  beneficiaryCount: 60,
  divisionCode: '330203001001',
  ...changes,
})

type Source = RoundPolicy['scoring']['sources'][number]
/** Points from outside the panel. */
export const source = (kind: Source['kind'], max: string, weightBasisPoints: number): Source => ({
  ...{ code: kind, kind, normalization: 'as_is', max, min: null },
  ...{ weightBasisPoints, coverage: 'some' },
})
export const weighted = (panelWeightBasisPoints: number, ...sources: Source[]): RoundPolicy['scoring'] => ({
  ...DEFAULT_POLICY.scoring,
  panelWeightBasisPoints,
  sources,
})
/** The sheet of procurement with so many points for the price. */
export const priced = (max: number): Pick<RoundPolicy, 'criteria'> => ({
  criteria: [
    { code: 'method', max: (100 - max).toFixed(2) },
    { code: 'price', max: max.toFixed(2), kind: 'price' },
  ],
})

type ApplicantClass = RoundPolicy['applicantClasses'][number]

/** A class that asks nothing, with changes. */
export const applicantClass = (code: string, changes: Partial<ApplicantClass> = {}): ApplicantClass => ({
  code,
  organizationTypes: null,
  registeredMonthsMin: null,
  registeredMonthsMax: null,
  gradeMin: null,
  requiredAttachments: [],
  cap: null,
  ...changes,
})

const policyOf: Readonly<Record<ProcurementMode, Partial<RoundPolicy>>> = {
  grant: {},
  open_call_tender: { notice: { window: days(15), excludeStartDay: true } },
  gov_procurement: {
    notice: { window: workdays(7), excludeStartDay: true },
    objection: { reply: workdays(7), anonymous: 'log_only', reviewerId: 'org_2' },
    statutory: { query: workdays(7), reply: workdays(7), complaint: workdays(15), decision: workdays(30) },
    criteria: [
      { code: 'method', max: '50' },
      { code: 'team', max: '30' },
      { code: 'price', max: '20', kind: 'price' },
    ],
    tieBreak: ['lower_request', 'method_mean', 'lot'],
    validBidsPerNeedMin: 3,
    singleBidPolicy: 'reopen',
  },
}

/** A round of each mode about which the compiler has nothing to say. */
export function soundRound(mode: ProcurementMode): Round {
  const panel = { ...DEFAULT_POLICY.panel, size: 5, quorum: 5 }
  return {
    id: 'rnd_1',
    version: 1,
    code: 'YT-2026-01',
    title: '云汀县第一届社区公益创投',
    hostId: 'org_1',
    operatorId: null,
    procurementMode: mode,
    policy: { ...DEFAULT_POLICY, panel, ...policyOf[mode] },
    policyVersion: 1,
    requiredPolicyVersion: 1,
    confirmBy: null,
    needIds: ['need_1'],
    opensAt: new Date('2026-03-26T16:00:00Z'),
    closesAt: new Date('2026-04-16T09:00:00Z'),
    cycleStartsOn: '2026-06-01',
    cycleEndsOn: '2026-10-31',
    state: 'draft',
    publishedAt: null,
    formalCheckDue: null,
    openedAt: null,
    cancelReason: null,
    cancelledFrom: null,
    createdAt: new Date('2026-03-20T00:00:00Z'),
  }
}

/** Organizations on record, each with somebody who acts for it. */
export const SUPERVISOR = 'org_2'
export const REVIEWER = 'org_01k00000000000000000000001'

export const SOUND_FACTS: CompilerFacts = {
  pools: [pool(1), pool(2)],
  needs: [need(1)],
  calendar: calendarFrom(BUILT_IN_YEARS),
  holders: [
    { roles: ['host', 'finance'], count: 1 },
    { roles: ['operator', 'evaluator'], count: 2 },
    { roles: ['auditor'], count: 1 },
    { roles: ['expert'], count: 5 },
  ],
  organizations: new Set([SUPERVISOR, REVIEWER]),
  standings: [
    { organizationId: SUPERVISOR, hostId: SUPERVISOR, roles: ['host'] },
    { organizationId: REVIEWER, hostId: null, roles: ['town'] },
  ],
  keyHolders: ['file', 'officers', 'kms'],
  now: new Date('2026-03-26T01:00:00Z'),
}

/** What is changed about a sound round. */
export interface Change {
  readonly mode?: ProcurementMode
  readonly policy?: Partial<RoundPolicy>
  readonly round?: Partial<Round>
  readonly facts?: Partial<CompilerFacts>
}

/** Places and codes of all that is found. */
export function foundWith({ mode = 'grant', policy = {}, round = {}, facts = {} }: Change): string[] {
  const sound = soundRound(mode)
  const changed = { ...sound, ...round, policy: { ...sound.policy, ...policy } }
  return compile(changed, { ...SOUND_FACTS, ...facts }).map(
    ({ pointer, definition }) => `${pointer} ${definition.code}`,
  )
}
