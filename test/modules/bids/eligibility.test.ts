import fc from 'fast-check'
import t from 'tap'
import { addDays, addMonths } from '../../../src/kernel/days.ts'
import type { Finding } from '../../../src/modules/bids/rules/budget.ts'
import { type EligibilityRules, eligibilityOf } from '../../../src/modules/bids/rules/eligibility.ts'
import {
  type BidFlag,
  decideFlag,
  doubleFundingFlags,
  relatedPartyFlags,
} from '../../../src/modules/bids/rules/flags.ts'
import { type OrganizationFacts, type Standing, standingOn } from '../../../src/modules/organizations/rules/standing.ts'
import { DEFAULT_POLICY } from '../../../src/modules/rounds/defaultPolicy.ts'

const DAY = '2026-04-16'
const GOOD: Standing = {
  organizationId: 'org_00000000000000000000000001',
  type: 'social_service_org',
  registrationClass: 'social_service_org',
  registeredOn: '2019-05-20',
  deregisteredOn: null,
  grade: { level: '3A', validTo: '2029-11-30' },
  annualChecks: [{ year: 2025, result: 'passed' }],
  listings: [],
  bans: [],
  overdueRefunds: [],
}
const NOTHING_ASKED: EligibilityRules = {
  ...{ abnormalListMonths: 0, seriousListMonths: 0, majorViolationMonths: 0 },
  ...{ annualCheckRequired: false, gradeMin: null, noOverdueRefund: false },
}
const found = (standing: Partial<Standing>, rules: Partial<EligibilityRules> = {}, day = DAY): Finding[] =>
  eligibilityOf({ bidder: { ...GOOD, ...standing }, sponsoredGroup: null }, { ...NOTHING_ASKED, ...rules }, day)
const codes = (...asked: Parameters<typeof found>) => found(...asked).map(({ code }) => code)

t.test('an agency in good standing may bid under the default policy', async (t) => {
  t.same(eligibilityOf({ bidder: GOOD, sponsoredGroup: null }, DEFAULT_POLICY.eligibility, DAY), [])
})

t.test('a policy says which kinds of organizations may bid, and the credit code must not say otherwise', async (t) => {
  const rules = { organizationTypes: ['social_service_org', 'social_group'] }
  t.same(codes({}, rules), [])
  t.same(codes({ type: 'enterprise', registrationClass: 'enterprise' }, rules), ['registration_class_not_allowed'])
  t.match(found({ registrationClass: 'foundation' }, rules), [
    { code: 'registration_class_not_allowed', detail: 'foundation', isCurable: false },
  ])
  t.same(codes({ registrationClass: null }, rules), [], 'a code that tells nothing contradicts nothing')
  t.same(codes({ type: 'enterprise' }, { organizationTypes: null }), [])
})

t.test('the age of an agency is counted in months to the day', async (t) => {
  const age = (registeredOn: string | null, rules: Partial<EligibilityRules>) => codes({ registeredOn }, rules)
  t.same(age('2024-04-16', { registeredMonthsMin: 24 }), [])
  t.same(age('2024-04-17', { registeredMonthsMin: 24 }), ['registered_too_short'])
  t.same(age('2024-04-16', { registeredMonthsMax: 24 }), [], 'a start-up of exactly two years')
  t.same(age('2024-04-15', { registeredMonthsMax: 24 }), ['registered_too_long'])
  t.same(age('2024-04-15', { registeredMonthsMin: 0, registeredMonthsMax: null }), [])
  t.match(found({ registeredOn: null }, { registeredMonthsMin: 1 }), [
    { code: 'registration_day_unknown', isCurable: true },
  ])
  t.same(age(null, {}), [])
})

t.test('the grade that is valid on the last day for bids must reach the minimum', async (t) => {
  const details = (grade: Standing['grade']) =>
    found({ grade }, { gradeMin: '3A' }).map(({ code, detail }) => `${code}: ${detail}`)
  t.same(details({ level: '3A', validTo: DAY }), [])
  t.same(details({ level: '5A', validTo: DAY }), [])
  t.same(details({ level: '2A', validTo: DAY }), ['grade_below_minimum: 2A < 3A'])
  t.same(details(null), ['grade_below_minimum: none < 3A'])
})

t.test('the latest annual check counts; a new organization has had none', async (t) => {
  const checks = (annualChecks: Standing['annualChecks'], registeredOn: string | null = '2019-05-20') =>
    codes({ annualChecks, registeredOn }, { annualCheckRequired: true })
  t.same(checks([{ year: 2025, result: 'passed' }]), [])
  t.same(checks([{ year: 2024, result: 'basically_passed' }]), [], 'the check of 2025 may still be under way')
  t.same(checks([{ year: 2023, result: 'passed' }]), ['annual_check_missing'])
  t.same(checks([]), ['annual_check_missing'])
  t.same(checks([], null), ['annual_check_missing'])
  t.same(
    checks([
      { year: 2024, result: 'passed' },
      { year: 2025, result: 'failed' },
    ]),
    ['annual_check_not_passed'],
  )
  t.same(checks([], '2025-01-01'), [], 'registered since the start of last year')
  t.same(codes({ annualChecks: [] }), [])
})

t.test('who stands on a list is kept out, and who stood there as long as the policy looks back', async (t) => {
  const listing = (kind: 'abnormal' | 'serious' | 'violation', listedOn: string, removedOn: string | null) =>
    codes(
      { listings: [{ kind, listedOn, removedOn }] },
      { abnormalListMonths: 12, seriousListMonths: 24, majorViolationMonths: 36 },
    )
  t.same(listing('abnormal', '2019-01-01', null), ['listed_abnormal'], 'still listed, however long')
  t.same(listing('abnormal', '2025-04-16', '2025-05-01'), ['listed_abnormal'])
  t.same(listing('abnormal', '2025-04-15', '2026-04-01'), [])
  t.same(listing('serious', '2024-04-16', '2025-05-01'), ['listed_serious'])
  t.same(listing('serious', '2024-04-15', '2025-05-01'), [])
  t.same(listing('violation', '2023-04-16', null), ['major_violation'])
  t.same(listing('violation', '2023-04-15', null), [], 'a penalty does not last, it is looked back upon')
})

/**
 * Said without any arithmetic of dates: in an earlier month of the period every day counts, in its last one those whose
 * number is not above that of the first day.
 */
function isWithinMonths(first: string, months: number, day: string): boolean {
  const monthOf = (date: string) => Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7))
  const passed = monthOf(day) - monthOf(first)
  return passed < months || (passed === months && day.slice(8) <= first.slice(8))
}

t.test('every look-back ends on the right day, through leap years and short months', async (t) => {
  let wrong = 0
  for (let offset = 0; offset < 800; offset++) {
    const listedOn = addDays('2023-12-15', offset)
    for (const months of [0, 1, 2, 3, 6, 11, 12, 13, 24, 36]) {
      const end = addMonths(listedOn, months)
      for (const day of [listedOn, end, addDays(end, 1)]) {
        const isOut =
          codes({ listings: [{ kind: 'serious', listedOn, removedOn: listedOn }] }, { seriousListMonths: months }, day)
            .length > 0
        if (isOut !== isWithinMonths(listedOn, months, day)) wrong += 1
      }
    }
  }
  t.equal(wrong, 0)
})

const date = fc.integer({ min: -1600, max: 400 }).map((days) => addDays(DAY, days))
const dateOrNull = fc.option(date, { nil: null })
const months = fc.constantFrom(0, 1, 12, 24, 36)
const maybeMonths = fc.option(months, { nil: null })
const kind = fc.constantFrom('social_service_org' as const, 'social_group' as const, 'enterprise' as const)
const level = fc.constantFrom('5A' as const, '4A' as const, '3A' as const, '2A' as const)

const facts: fc.Arbitrary<OrganizationFacts> = fc.record({
  id: fc.constant(GOOD.organizationId),
  type: kind,
  creditCode: fc.constantFrom(null, '52990421MJ99001A21', '51990421MJ99001A21', '91990421MJ99001A21'),
  registeredOn: dateOrNull,
  deregisteredOn: dateOrNull,
  grade: fc.option(fc.record({ level, validFrom: dateOrNull, validTo: date }), { nil: null }),
  annualChecks: fc.uniqueArray(
    fc.record({
      year: fc.integer({ min: 2021, max: 2027 }),
      result: fc.constantFrom('passed' as const, 'basically_passed' as const, 'failed' as const, 'not_taken' as const),
    }),
    { selector: ({ year }) => year, maxLength: 4 },
  ),
  listings: fc.array(
    fc.record({
      kind: fc.constantFrom('abnormal' as const, 'serious' as const, 'violation' as const),
      listedOn: date,
      removedOn: dateOrNull,
      isAnnulled: fc.boolean(),
    }),
    { maxLength: 3 },
  ),
  bans: fc.array(
    fc.record({ cause: fc.constant('breach' as const), startsOn: date, endsOn: date, liftedOn: dateOrNull }),
    { maxLength: 2 },
  ),
  overdueRefunds: fc.array(fc.record({ subject: fc.constant('rfc_1'), dueOn: date, clearedOn: dateOrNull }), {
    maxLength: 2,
  }),
})
const rules: fc.Arbitrary<EligibilityRules> = fc.record({
  abnormalListMonths: months,
  seriousListMonths: months,
  majorViolationMonths: months,
  annualCheckRequired: fc.boolean(),
  gradeMin: fc.option(level, { nil: null }),
  noOverdueRefund: fc.boolean(),
  organizationTypes: fc.option(fc.uniqueArray(kind, { minLength: 1 }), { nil: null }),
  registeredMonthsMin: maybeMonths,
  registeredMonthsMax: maybeMonths,
})

/** The codes that a clerk would write down, reading the record line by line. */
function clerk(record: OrganizationFacts, asked: EligibilityRules, day: string): string[] {
  const codes: string[] = []
  const kinds: string[] = [record.type]
  if (record.creditCode?.startsWith('52')) kinds.push('social_service_org')
  if (record.creditCode?.startsWith('51')) kinds.push('social_group')
  if (record.creditCode?.startsWith('91')) kinds.push('enterprise')
  if (asked.organizationTypes != null && kinds.some((one) => !asked.organizationTypes?.includes(one)))
    codes.push('registration_class_not_allowed')
  const { registeredOn } = record
  const isAgeAsked = asked.registeredMonthsMin != null || asked.registeredMonthsMax != null
  if (isAgeAsked && registeredOn === null) codes.push('registration_day_unknown')
  if (registeredOn !== null) {
    // Old enough from the day of the same number on: on the last day of the period itself, or after it.
    const isPast = (count: number) =>
      !isWithinMonths(registeredOn, count, day) || !isWithinMonths(registeredOn, count, addDays(day, 1))
    if (asked.registeredMonthsMin != null && !isPast(asked.registeredMonthsMin)) codes.push('registered_too_short')
    if (asked.registeredMonthsMax != null && !isWithinMonths(registeredOn, asked.registeredMonthsMax, day))
      codes.push('registered_too_long')
  }
  const { grade } = record
  const isGraded = grade !== null && day <= grade.validTo && (grade.validFrom ?? '0000') <= day
  if (asked.gradeMin !== null && !(isGraded && grade.level >= asked.gradeMin)) codes.push('grade_below_minimum')
  const isNew = registeredOn !== null && registeredOn >= '2025-01-01'
  if (asked.annualCheckRequired && !isNew) {
    const known = [2026, 2025, 2024].flatMap((year) => record.annualChecks.filter((check) => check.year === year))
    if (known[0] === undefined) codes.push('annual_check_missing')
    else if (!['passed', 'basically_passed'].includes(known[0].result)) codes.push('annual_check_not_passed')
  }
  if (record.deregisteredOn !== null && record.deregisteredOn <= day) codes.push('deregistered')
  for (const { kind, listedOn, removedOn, isAnnulled } of record.listings) {
    if (isAnnulled || listedOn > day) continue
    const isStanding = kind !== 'violation' && (removedOn === null || removedOn > day)
    const lookback = {
      abnormal: asked.abnormalListMonths,
      serious: asked.seriousListMonths,
      violation: asked.majorViolationMonths,
    }[kind]
    if (isStanding || isWithinMonths(listedOn, lookback, day))
      codes.push({ abnormal: 'listed_abnormal', serious: 'listed_serious', violation: 'major_violation' }[kind])
  }
  for (const { startsOn, endsOn, liftedOn } of record.bans)
    if (startsOn <= day && day <= endsOn && (liftedOn === null || liftedOn > day)) codes.push('banned')
  for (const { dueOn, clearedOn } of record.overdueRefunds)
    if (asked.noOverdueRefund && dueOn < day && (clearedOn === null || clearedOn > day)) codes.push('refund_overdue')
  return codes.sort()
}

t.test('of any record and any policy the service finds what a clerk finds', async () => {
  fc.assert(
    fc.property(facts, rules, (record, asked) => {
      const bidder = standingOn(record, DAY)
      const found = eligibilityOf({ bidder, sponsoredGroup: null }, asked, DAY).map(({ code }) => code)
      return found.sort().join() === clerk(record, asked, DAY).join()
    }),
    { numRuns: 3000 },
  )
})

t.test('of a sponsored group count lists, bans and debts, not its grade or age', async (t) => {
  const group: Standing = {
    ...GOOD,
    organizationId: 'org_00000000000000000000000002',
    ...{ type: 'filed_community_org', registrationClass: null, registeredOn: null, grade: null, annualChecks: [] },
  }
  const rules = {
    ...DEFAULT_POLICY.eligibility,
    ...{ gradeMin: '3A' as const, organizationTypes: ['social_service_org' as const], registeredMonthsMin: 12 },
  }
  t.same(eligibilityOf({ bidder: GOOD, sponsoredGroup: group }, rules, DAY), [])
  const banned = { ...group, bans: [{ cause: 'breach' as const, startsOn: '2025-01-01', endsOn: '2028-01-01' }] }
  t.match(eligibilityOf({ bidder: GOOD, sponsoredGroup: banned }, rules, DAY), [
    { code: 'banned', detail: /org_00000000000000000000000002/ },
  ])
})

const party = (id: string, organizationId: string, sponsoredGroupId: string | null = null) => ({
  ...{ id, organizationId, sponsoredGroupId },
})

t.test('both of two bids whose bidders share a contact are flagged, and the bids of one agency are not', async (t) => {
  const bids = [party('bid_1', 'org_a'), party('bid_2', 'org_b'), party('bid_3', 'org_a'), party('bid_4', 'org_c')]
  const shared = [{ organizationId: 'org_a', otherId: 'org_b', kinds: ['phone', 'bank_account'] }]
  t.same(
    relatedPartyFlags(bids, shared).map(({ bidId, otherBidId, detail }) => `${bidId} ${otherBidId} ${detail}`),
    [
      'bid_1 bid_2 shared: bank_account, phone',
      'bid_2 bid_1 shared: bank_account, phone',
      'bid_3 bid_2 shared: bank_account, phone',
      'bid_2 bid_3 shared: bank_account, phone',
    ],
  )
  const groups = [party('bid_1', 'org_a', 'org_g'), party('bid_2', 'org_b', 'org_h'), party('bid_3', 'org_a')]
  t.same(
    relatedPartyFlags(groups, [
      { organizationId: 'org_g', otherId: 'org_h', kinds: ['phone'] },
      { organizationId: 'org_a', otherId: 'org_h', kinds: ['address'] },
      { organizationId: 'org_a', otherId: 'org_g', kinds: ['phone'] },
    ]).map(({ bidId, otherBidId, detail }) => `${bidId} ${otherBidId} ${detail}`),
    [
      'bid_1 bid_2 shared: address, phone',
      'bid_2 bid_1 shared: address, phone',
      'bid_3 bid_2 shared: address',
      'bid_2 bid_3 shared: address',
    ],
    'a group counts with its sponsor',
  )
  t.same(relatedPartyFlags(bids, []), [])
})

t.test('declared money of others is flagged with its sum, and a flag is decided once', async (t) => {
  const amount = { amount: '12000.50', currency: 'CNY' as const }
  const content = {
    ...{ grant: amount, matchingCash: amount, matchingInKind: amount, budgetLines: [], attachments: [] },
    ...{ otherFunding: [{ funder: '县妇联', amount }], statement: null, narrative: '' },
  }
  const bids = [
    { id: 'bid_1', content },
    { id: 'bid_2', content: { ...content, otherFunding: [] } },
    { id: 'bid_3', content: null },
  ]
  const flags = doubleFundingFlags(bids)
  t.match(flags, [{ bidId: 'bid_1', code: 'double_funding_declared', detail: /^12000\.50 yuan declared, from 1 / }])
  t.equal(flags.length, 1)
  const flag: BidFlag = {
    ...{ id: 'flg_1', version: 1, bidId: 'bid_1', code: 'double_funding_declared', otherBidId: null, detail: 'x' },
    ...{ state: 'open', decidedBy: null, decidedAt: null, reason: null, raisedAt: new Date('2026-04-17T01:00:00Z') },
  }
  const decision = { reason: '活动不同', by: 'key_1', at: new Date('2026-04-18T01:00:00Z') }
  t.match(decideFlag(flag, { ...decision, outcome: 'cleared' }), { value: { state: 'cleared', reason: '活动不同' } })
  t.match(decideFlag(flag, { ...decision, outcome: 'excluded' }), { value: { state: 'confirmed' } })
  t.match(decideFlag({ ...flag, state: 'cleared' }, { ...decision, outcome: 'excluded' }), {
    refusal: { problem: { code: 'bid_flag_decided' } },
  })
})
