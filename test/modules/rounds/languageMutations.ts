import { DEFAULT_POLICY } from '../../../src/modules/rounds/defaultPolicy.ts'
import type { RoundPolicy } from '../../../src/modules/rounds/policyDocument.ts'
import { applicantClass, type Change, pool, soundRound, yuan } from './soundRounds.ts'

type Applicant = RoundPolicy['applicantClasses'][number]
type Source = RoundPolicy['scoring']['sources'][number]

const applicant = (code: string, changes: Partial<Applicant> = {}): Applicant =>
  applicantClass(code, { organizationTypes: ['social_service_org'], ...changes })
const applicants = (...applicantClasses: Applicant[]): Change => ({ policy: { applicantClasses } })
const ANY_PROJECT = { code: 'any', serviceFields: null, lotteryPurposes: null }
const source = (code: string, changes: Partial<Source> = {}): Source => ({
  code,
  kind: 'bonus',
  normalization: 'as_is',
  max: '20',
  min: null,
  weightBasisPoints: 10_000,
  coverage: 'some',
  ...changes,
})
const scoring = (changes: Partial<RoundPolicy['scoring']>, more: Partial<RoundPolicy> = {}): Change => ({
  policy: { scoring: { ...DEFAULT_POLICY.scoring, ...changes }, ...more },
})
const groups = (...budgetGroups: RoundPolicy['budgetGroups']): Change => ({ policy: { budgetGroups } })
const matching = (...poolMatches: RoundPolicy['poolMatches']): Change => ({
  policy: { poolMatches },
  facts: { pools: [pool(1), pool(2, { source: 'foundation' })] },
})
const FISCAL = { pool: 2, source: 'fiscal', basisPoints: 10_000 } as const
const { criteria } = soundRound('gov_procurement').policy
const [rule] = DEFAULT_POLICY.ratioRules as [RoundPolicy['ratioRules'][number]]

/** Ways to spoil the wider language, and all that must be found then. */
export const LANGUAGE_MUTATIONS: readonly (readonly [title: string, change: Change, ...found: string[]])[] = [
  [
    'two classes of one code',
    applicants(applicant('town'), applicant('town')),
    '#/policy/applicantClasses/1/code code_repeated',
  ],
  [
    'a class behind one that everybody is in',
    applicants(applicant('all', { organizationTypes: null }), applicant('town')),
    '#/policy/applicantClasses/1 class_unreachable',
  ],
  [
    'a class that nobody is old enough for',
    applicants(applicant('young', { registeredMonthsMin: 25, registeredMonthsMax: 24 })),
    '#/policy/applicantClasses/0 class_months_contradict',
  ],
  [
    'a class whose cap is below the floor',
    applicants(applicant('small', { cap: yuan('19999.99') })),
    '#/policy/applicantClasses/0/cap class_cap_below_floor',
  ],
  [
    'a class whose cap is that of everybody',
    applicants(applicant('same', { cap: DEFAULT_POLICY.cap })),
    '#/policy/applicantClasses/0/cap class_cap_without_effect',
  ],
  [
    'two project classes of one code',
    { policy: { projectClasses: [{ ...ANY_PROJECT, serviceFields: ['elderly_care'] }, ANY_PROJECT] } },
    '#/policy/projectClasses/1/code code_repeated',
  ],
  [
    'a project class behind one that fits all',
    { policy: { projectClasses: [ANY_PROJECT, { ...ANY_PROJECT, code: 'old', lotteryPurposes: ['elderly'] }] } },
    '#/policy/projectClasses/1 class_unreachable',
  ],
  [
    'projects that no class holds',
    { policy: { projectClasses: [{ ...ANY_PROJECT, lotteryPurposes: ['elderly'] }] } },
    '#/policy/projectClasses project_class_open',
  ],
  [
    'a rule for a class that is not there',
    { policy: { ratioRules: [{ ...rule, appliesTo: { applicantClasses: ['village'] } }] } },
    '#/policy/ratioRules/0/appliesTo/applicantClasses/0 class_unknown',
  ],
  [
    'a rule for a kind of project that is not there',
    { policy: { ratioRules: [{ ...rule, appliesTo: { applicantClasses: null, projectClasses: ['village'] } }] } },
    '#/policy/ratioRules/0/appliesTo/projectClasses/0 class_unknown',
  ],
  [
    'a group named like a category',
    groups({ code: 'overhead', categories: ['staff_cost'] }),
    '#/policy/budgetGroups/0/code group_code_taken',
  ],
  [
    'a group named like the matching money',
    groups({ code: 'matching', categories: ['staff_cost'] }),
    '#/policy/budgetGroups/0/code group_code_taken',
  ],
  [
    'a group of a category that is not there',
    groups({ code: 'business', categories: ['rent'] }),
    '#/policy/budgetGroups/0/categories/0 group_category_unknown',
  ],
  [
    'two groups that share a category',
    groups({ code: 'business', categories: ['publicity'] }, { code: 'running', categories: ['overhead', 'publicity'] }),
    '#/policy/budgetGroups/1/categories/1 group_overlap',
  ],
  [
    'two groups of one code',
    groups({ code: 'business', categories: ['publicity'] }, { code: 'business', categories: ['overhead'] }),
    '#/policy/budgetGroups/1/code code_repeated',
  ],
  [
    'a source named like the panel',
    scoring({ sources: [source('panel')] }),
    '#/policy/scoring/sources/0/code source_code_taken',
  ],
  [
    'a source named like a criterion',
    scoring({ sources: [source('team')] }),
    '#/policy/scoring/sources/0/code source_code_taken',
  ],
  [
    'two sources of one code',
    scoring({ sources: [source('special'), source('special')] }),
    '#/policy/scoring/sources/1/code code_repeated',
  ],
  [
    'a source of no points',
    scoring({ sources: [source('special', { max: '0' })] }),
    '#/policy/scoring/sources/0/max criterion_worthless',
  ],
  [
    'a bonus of at least more than at most',
    scoring({ sources: [source('special', { min: '20.01' })] }),
    '#/policy/scoring/sources/0/min source_min_above_max',
  ],
  [
    'a least number of votes',
    scoring({ sources: [source('vote', { normalization: 'rank', min: '5' })] }),
    '#/policy/scoring/sources/0/min source_min_without_effect',
  ],
  [
    'a source without weight',
    scoring({ sources: [source('special', { weightBasisPoints: 0 })] }),
    '#/policy/scoring/sources/0/weightBasisPoints source_weightless',
  ],
  [
    'a panel without weight',
    scoring({ panelWeightBasisPoints: 0, sources: [source('vote', { kind: 'vote', max: '100', coverage: 'all' })] }),
    '#/policy/scoring/panelWeightBasisPoints source_weightless',
  ],
  [
    'a total that never reaches the line',
    scoring(
      {
        panelWeightBasisPoints: 6_000,
        sources: [source('vote', { kind: 'vote', weightBasisPoints: 4_000, max: '24.97', coverage: 'all' })],
      },
      { passLine: '70' },
    ),
    '#/policy/passLine total_pass_line_unreachable',
  ],
  [
    'a sheet of prices alone',
    {
      mode: 'gov_procurement',
      policy: { criteria: [{ code: 'price', max: '100', kind: 'price' }], tieBreak: ['lower_request', 'lot'] },
    },
    '#/policy/criteria criteria_not_judged',
  ],
  [
    'a price that counts twice',
    {
      mode: 'gov_procurement',
      policy: {
        criteria: criteria.map((one) => (one.code === 'team' ? { ...one, kind: 'price' as const } : one)),
      },
    },
    '#/policy/criteria/2/kind price_repeated',
  ],
  [
    'a match by a pool that is not there',
    matching({ ...FISCAL, pool: 3 }),
    '#/policy/poolMatches/0/pool match_pool_unknown',
  ],
  [
    'a match of a source without a pool',
    matching({ ...FISCAL, source: 'enterprise' }),
    '#/policy/poolMatches/0/source match_source_missing',
  ],
  [
    'a pool that matches only itself',
    matching({ ...FISCAL, pool: 1 }),
    '#/policy/poolMatches/0/source match_source_missing',
  ],
  [
    'a source that is matched twice',
    {
      policy: { poolMatches: [FISCAL, { ...FISCAL, pool: 3 }] },
      facts: { pools: [pool(1), pool(2, { source: 'foundation' }), pool(3, { source: 'enterprise' })] },
    },
    '#/policy/poolMatches/1/source match_repeated',
  ],
  [
    'single bids judged on merit that never come to judgement',
    { policy: { validBidsPerNeedMin: 2 } },
    '#/policy/validBidsPerNeedMin single_bid_contradicts',
  ],
  [
    'late material that fails where missing material does not',
    { policy: { mid: { ...DEFAULT_POLICY.mid, missingIsFail: false, lateIsFail: true } } },
    '#/policy/mid/lateIsFail late_fails_missing_does_not',
  ],
]
