import fc from 'fast-check'
import t from 'tap'
import { addDays } from '../../../src/kernel/days.ts'
import { type ApplicantFacts, classesOf, classFindings, policyFor } from '../../../src/modules/bids/rules/classes.ts'
import { DEFAULT_POLICY } from '../../../src/modules/rounds/defaultPolicy.ts'
import type { RoundPolicy } from '../../../src/modules/rounds/policyDocument.ts'
import { applicantClass as applicant, yuan } from '../rounds/soundRounds.ts'

type Applicant = RoundPolicy['applicantClasses'][number]

const DAY = '2026-04-16'
const facts = (changes: Partial<ApplicantFacts> = {}): ApplicantFacts => ({
  organizationType: 'social_service_org',
  registeredOn: '2019-05-20',
  grade: null,
  ...changes,
})
const ELDERLY = { serviceField: 'elderly_care', lotteryPurpose: 'elderly' }
const classOf = (applicantClasses: Applicant[], changes: Partial<ApplicantFacts> = {}) =>
  classesOf({ applicantClasses, projectClasses: [] }, facts(changes), ELDERLY, DAY).applicantClass

t.test('the first class whose conditions hold is the bidder’s', async (t) => {
  const classes = [
    applicant('start_up', { registeredMonthsMax: 24 }),
    applicant('experienced', { gradeMin: '3A' }),
    applicant('group', { organizationTypes: ['social_group', 'filed_community_org'] }),
  ]
  t.equal(classOf(classes, { registeredOn: '2025-01-01', grade: '5A' }), 'start_up')
  t.equal(classOf(classes, { grade: '3A' }), 'experienced')
  t.equal(classOf(classes, { grade: '2A', organizationType: 'social_group' }), 'group')
  t.equal(classOf(classes, { grade: '2A' }), null)
  const policy = { ...DEFAULT_POLICY, applicantClasses: classes }
  t.match(classFindings(policy, { applicantClass: null, projectClass: null }), [
    { code: 'applicant_class_none', isCurable: false },
  ])
  t.same(classFindings(policy, { applicantClass: 'group', projectClass: null }), [])
  t.same(classFindings(DEFAULT_POLICY, { applicantClass: null, projectClass: null }), [], 'no classes, no finding')
  t.same(classesOf(policy, undefined, ELDERLY, DAY).applicantClass, null, 'nobody read the facts yet')
})

t.test('two years include their last day, and an organization without a day of registration has no age', async (t) => {
  const young = [applicant('young', { registeredMonthsMax: 24 })]
  const old = [applicant('old', { registeredMonthsMin: 24 })]
  t.equal(classOf(young, { registeredOn: '2024-04-16' }), 'young')
  t.equal(classOf(young, { registeredOn: '2024-04-15' }), null, 'two years and a day')
  t.equal(classOf(old, { registeredOn: '2024-04-16' }), 'old')
  t.equal(classOf(old, { registeredOn: '2024-04-17' }), null)
  for (const classes of [young, old]) t.equal(classOf(classes, { registeredOn: null }), null)
  const monthOf = (date: string) => Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7))
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1500 }), fc.integer({ min: 0, max: 36 }), (age, months) => {
      const registeredOn = addDays(DAY, -age)
      const passed = monthOf(DAY) - monthOf(registeredOn)
      // Said without adding months: the sixteenth is in every month.
      const isWithin = passed < months || (passed === months && registeredOn.slice(8) >= '16')
      return (classOf([applicant('c', { registeredMonthsMax: months })], { registeredOn }) === 'c') === isWithin
    }),
    { numRuns: 500 },
  )
})

t.test('a class narrows the policy: the lower cap, its attachments, the rules in whose scope it is', async (t) => {
  const rule = (code: string, appliesTo?: RoundPolicy['ratioRules'][number]['appliesTo']) => ({
    code,
    numerator: 'matching',
    base: 'total' as const,
    operator: 'gte' as const,
    basisPoints: 2000,
    ...(appliesTo === undefined ? {} : { appliesTo }),
  })
  const policy: RoundPolicy = {
    ...DEFAULT_POLICY,
    applicantClasses: [
      applicant('small', { cap: yuan('50000.00'), requiredAttachments: ['application_form', 'letter'] }),
      applicant('large', { cap: yuan('900000.00') }),
    ],
    projectClasses: [
      { code: 'old', serviceFields: null, lotteryPurposes: ['elderly'] },
      { code: 'any', serviceFields: null, lotteryPurposes: null },
    ],
    ratioRules: [
      rule('everybody'),
      rule('nulls', { applicantClasses: null, projectClasses: null }),
      rule('of_small', { applicantClasses: ['small'] }),
      rule('of_old', { projectClasses: ['old'] }),
      rule('of_both', { applicantClasses: ['small'], projectClasses: ['any'] }),
    ],
  }
  const narrowed = (applicantClass: string | null, projectClass: string | null) => {
    const { cap, ratioRules, requiredAttachments } = policyFor(policy, { applicantClass, projectClass })
    return [cap.amount, ratioRules.map(({ code }) => code).join(), requiredAttachments.join()]
  }
  t.same(narrowed('small', 'old'), [
    '50000.00',
    'everybody,nulls,of_small,of_old',
    'application_form,commitment_letter,letter',
  ])
  t.same(narrowed('small', 'any'), [
    '50000.00',
    'everybody,nulls,of_small,of_both',
    'application_form,commitment_letter,letter',
  ])
  t.same(narrowed('large', null), ['100000.00', 'everybody,nulls', 'application_form,commitment_letter'])
  t.equal(classesOf(policy, facts(), { serviceField: 'governance', lotteryPurpose: null }, DAY).projectClass, 'any')
  t.same(policyFor(DEFAULT_POLICY, { applicantClass: null, projectClass: null }), DEFAULT_POLICY)
})
