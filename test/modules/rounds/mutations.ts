import { DEFAULT_POLICY } from '../../../src/modules/rounds/defaultPolicy.ts'
import type { RoundPolicy } from '../../../src/modules/rounds/policyDocument.ts'
import { AWARD_MUTATIONS } from './awardMutations.ts'
import { FAIRNESS_MUTATIONS } from './fairnessMutations.ts'
import { HEARING_MUTATIONS } from './hearingMutations.ts'
import { LANGUAGE_MUTATIONS } from './languageMutations.ts'
import { REMEDY_MUTATIONS } from './remedyMutations.ts'
import {
  applicantClass,
  type Change,
  days,
  need,
  pool,
  priced,
  SOUND_FACTS,
  soundRound,
  source,
  weighted,
  workdays,
  yuan,
} from './soundRounds.ts'

/** A way to spoil a sound round, and all that must be found then. */
export type Mutation = readonly [title: string, change: Change, ...found: string[]]

const { panel } = soundRound('grant').policy
const { mid, final, rectification, change, eligibility, correction, tranches, criteria } = DEFAULT_POLICY
const [first, second, third] = tranches as [Tranche, Tranche, Tranche]
type Tranche = RoundPolicy['tranches'][number]
type Rule = RoundPolicy['ratioRules'][number]
const GOV = soundRound('gov_procurement').policy
const statutory = GOV.statutory as NonNullable<RoundPolicy['statutory']>

const rule = (
  code: string,
  numerator: string,
  operator: 'gte' | 'lte',
  basisPoints: number,
  base: Rule['base'] = 'grant',
): Rule => ({ code, numerator, operator, basisPoints, base })
const rules = (...ratioRules: Rule[]): Change => ({ policy: { ratioRules } })
const holding = (...keep: string[]): Change => ({
  facts: { holders: SOUND_FACTS.holders.filter(({ roles }) => roles.some((role) => keep.includes(role))) },
})

const ANYBODY = applicantClass('anybody')
const KEYS = ['E', 'F', 'G'].map((letter) => letter.repeat(42).concat('A'))
const officer = (index: number, name = `保管人 ${index}`) => ({
  name,
  publicKey: { kty: 'OKP' as const, crv: 'X25519' as const, x: KEYS[index] as string },
})
const sealedBy = (officers: ReturnType<typeof officer>[], more: Partial<RoundPolicy['sealing']> = {}): Change => ({
  policy: {
    sealing: { mode: 'server', keyHolder: 'officers', openersRequired: 1, officers, sharesRequired: 2, ...more },
  },
})

const TIMETABLE: readonly Mutation[] = [
  [
    'bids close when they open',
    { round: { closesAt: soundRound('grant').opensAt } },
    '#/timetable/closesAt closes_before_opens',
  ],
  [
    'bids closed yesterday',
    { facts: { now: new Date('2026-04-17T09:00:00Z') } },
    '#/timetable/closesAt closes_in_the_past',
  ],
  [
    'projects start on the last day for bids',
    { round: { cycleStartsOn: '2026-04-16' } },
    '#/timetable/cycleStartsOn cycle_before_closing',
  ],
  [
    'the cycle ends on its first day',
    { round: { cycleEndsOn: '2026-06-01' } },
    '#/timetable/cycleEndsOn cycle_ends_before_start',
  ],
  [
    'the formal check falls into a year without calendar',
    {
      round: {
        closesAt: new Date('2026-12-30T09:00:00Z'),
        cycleStartsOn: '2027-06-01',
        cycleEndsOn: '2027-11-30',
      },
    },
    '#/timetable/closesAt calendar_year_missing',
    '#/timetable/cycleEndsOn calendar_year_missing_later',
  ],
  [
    'the refund falls into a year without calendar',
    { round: { cycleEndsOn: '2026-12-15' } },
    '#/timetable/cycleEndsOn calendar_year_missing_later',
  ],
  [
    'the formal check outlasts the start of the cycle',
    { policy: { formalCheck: workdays(40) } },
    '#/policy/formalCheck formal_check_after_cycle_start',
  ],
  [
    'the notice outlasts the start of the cycle',
    { policy: { notice: { window: days(45), excludeStartDay: true } } },
    '#/policy/notice/window notice_after_cycle_start',
  ],
  [
    'a correction pushes the notice into the cycle',
    { policy: { correction: { times: 1, period: workdays(25) } } },
    '#/policy/correction/period correction_after_cycle_start',
  ],
  [
    'objections are answered in the cycle',
    { policy: { objection: { reply: workdays(30), anonymous: 'log_only' } } },
    '#/policy/objection/reply objection_reply_after_cycle_start',
  ],
  [
    'the mid-term report is due after the cycle',
    { policy: { selfReport: days(90) } },
    '#/policy/selfReport mid_term_after_cycle_end',
  ],
  [
    'the rectification outlasts the cycle',
    { policy: { rectification: { ...rectification, period: days(90) } } },
    '#/policy/rectification/period rectification_after_cycle_end',
  ],
  ['no time for the formal check', { policy: { formalCheck: workdays(0) } }, '#/policy/formalCheck period_zero'],
  [
    'no time for corrections',
    { policy: { correction: { ...correction, period: workdays(0) } } },
    '#/policy/correction/period period_zero',
  ],
  [
    'no time to answer an objection',
    { policy: { objection: { reply: days(0), anonymous: 'log_only' } } },
    '#/policy/objection/reply period_zero',
  ],
  [
    'no time for the reply of the law',
    { mode: 'gov_procurement', policy: { statutory: { ...statutory, reply: workdays(0) } } },
    '#/policy/statutory/reply period_zero',
  ],
  [
    'no time for the decision of the law',
    { mode: 'gov_procurement', policy: { statutory: { ...statutory, decision: workdays(0) } } },
    '#/policy/statutory/decision period_zero',
  ],
  [
    'no time to pay a tranche',
    { policy: { tranches: [first, { ...second, due: workdays(0) }, third] } },
    '#/policy/tranches/1/due period_zero',
  ],
  [
    'a mid-term postponed never',
    { policy: { mid: { ...mid, postponement: { maxDays: 10, times: 0 } } } },
    '#/policy/mid/postponement/times postponement_never',
  ],
  [
    'a mid-term postponed beyond the cycle',
    { policy: { mid: { ...mid, postponement: { maxDays: 90, times: 1 } } } },
    '#/policy/mid/postponement/maxDays postponement_after_cycle_end',
  ],
  ['no time to refund', { policy: { refund: workdays(0) } }, '#/policy/refund period_zero'],
  ['no time for the closing report', { policy: { closingReport: days(0) } }, '#/policy/closingReport period_zero'],
  ['no time for the self-report', { policy: { selfReport: days(0) } }, '#/policy/selfReport period_zero'],
  [
    'no time for the rectification',
    { policy: { rectification: { ...rectification, period: days(0) } } },
    '#/policy/rectification/period period_zero',
  ],
  ['no time for a revised budget', { policy: { awardBudget: workdays(0) } }, '#/policy/awardBudget period_zero'],
  [
    'an extension of days that is granted no time',
    { policy: { change: { ...change, extensionTimes: 0 } } },
    '#/policy/change extension_never',
  ],
  [
    'an extension longer than the cycle',
    { policy: { change: { ...change, extensionMaxDays: 400 } } },
    '#/policy/change/extensionMaxDays extension_longer_than_cycle',
  ],
  [
    'a monthly report on the 31st',
    { policy: { monthlyReportDay: 31 } },
    '#/policy/monthlyReportDay monthly_report_day_missing',
  ],
]

const MONEY: readonly Mutation[] = [
  ['no pool', { facts: { pools: [] } }, '#/pools pools_missing'],
  ['a drawing order without one pool', { policy: { poolOrder: [2] } }, '#/policy/poolOrder pool_order_incomplete'],
  [
    'a drawing order with a strange pool',
    { policy: { poolOrder: [2, 3] } },
    '#/policy/poolOrder pool_order_incomplete',
  ],
  [
    'a pool for a purpose of no need',
    { facts: { pools: [pool(1), pool(2, { purposes: ['orphans'] })] } },
    '#/pools/1 pool_useless',
  ],
  [
    'a pool for a field of no need',
    { facts: { pools: [pool(1), pool(2, { fields: ['governance'] })] } },
    '#/pools/1 pool_useless',
  ],
  [
    'a need that no pool may fund',
    {
      facts: {
        pools: [pool(1, { purposes: ['elderly'] })],
        needs: [need(1), need(2, { lotteryPurpose: null, serviceField: 'governance' })],
      },
    },
    '#/needIds/1 need_unfunded',
  ],
  [
    'pools that cannot pay the floor',
    { policy: { cap: yuan('25000.00') }, facts: { pools: [pool(1, { sizeFen: 1_999_999n })] } },
    '#/policy/cap cap_above_pools',
    '#/needIds/0 floor_above_pools',
  ],
  ['a cap above all pools', { policy: { cap: yuan('600000.01') } }, '#/policy/cap cap_above_pools'],
  [
    'lottery money for anything',
    { facts: { pools: [pool(1, { source: 'welfare_lottery' })] } },
    '#/pools/0/purposes lottery_pool_unrestricted',
  ],
  ['no need', { facts: { needs: [] } }, '#/needIds needs_missing'],
  [
    'a need that is not published',
    { facts: { needs: [need(1), need(2, { state: 'verified' })] } },
    '#/needIds/1 need_not_published',
  ],
  ['a cap of nothing', { policy: { cap: yuan('0.00'), floor: yuan('0.00') } }, '#/policy/cap cap_zero'],
  ['a floor above the cap', { policy: { floor: yuan('100000.01') } }, '#/policy/floor floor_above_cap'],
  [
    'two ratio rules of one code',
    rules(rule('one', 'overhead', 'lte', 1000), rule('one', 'publicity', 'lte', 1000)),
    '#/policy/ratioRules/1/code code_repeated',
  ],
  [
    'a share of a category that does not exist',
    rules(rule('one', 'salaries', 'lte', 1000)),
    '#/policy/ratioRules/0/numerator numerator_unknown',
  ],
  [
    'two rules for one share',
    rules(rule('one', 'overhead', 'lte', 1000), rule('two', 'overhead', 'lte', 2000)),
    '#/policy/ratioRules/1 ratio_rule_redundant',
  ],
  [
    'a share with a floor above its ceiling',
    rules(rule('most', 'staff_cost', 'lte', 3000), rule('least', 'staff_cost', 'gte', 3001)),
    '#/policy/ratioRules/1 ratio_rules_contradict',
  ],
  [
    'floors of shares above the whole',
    rules(
      rule('staff', 'staff_cost', 'gte', 5000),
      rule('activity', 'service_activity', 'gte', 4000),
      rule('overhead', 'overhead', 'gte', 1001),
    ),
    '#/policy/ratioRules/2 ratio_rules_contradict',
  ],
  [
    'ceilings that leave a part of the grant to nobody',
    {
      policy: {
        budgetCategories: ['staff_cost', 'overhead'],
        ratioRules: [rule('staff', 'staff_cost', 'lte', 6000), rule('overhead', 'overhead', 'lte', 3999)],
      },
    },
    '#/policy/ratioRules/1 ratio_rules_contradict',
  ],
  [
    'all of the total from elsewhere',
    rules(rule('own', 'matching', 'gte', 10_000, 'total')),
    '#/policy/ratioRules/0 ratio_rules_contradict',
  ],
  [
    'much matching of the total and little of the grant',
    rules(rule('much', 'matching', 'gte', 4000, 'total'), rule('little', 'matching', 'lte', 6666)),
    '#/policy/ratioRules/1 ratio_rules_contradict',
  ],
  [
    'more cash and more in-kind than there is matching',
    rules(rule('some', 'matching', 'gte', 1000, 'total'), rule('cash', 'matching_cash', 'lte', 4000, 'matching')),
    '#/policy/ratioRules/1 ratio_rules_contradict',
  ],
  [
    'a group above what its categories may take',
    {
      policy: {
        budgetGroups: [{ code: 'management', categories: ['overhead', 'publicity'] }],
        ratioRules: [
          rule('overhead', 'overhead', 'lte', 1000),
          rule('publicity', 'publicity', 'lte', 500),
          rule('group', 'management', 'gte', 1501),
        ],
      },
    },
    '#/policy/ratioRules/2 ratio_rules_contradict',
  ],
  [
    'rules of one class that no budget of it can keep',
    {
      policy: {
        projectClasses: [
          { code: 'remote', serviceFields: ['other'], lotteryPurposes: null },
          { code: 'any', serviceFields: null, lotteryPurposes: null },
        ],
        ratioRules: [
          rule('own', 'matching', 'gte', 4000, 'total'),
          { ...rule('own_remote', 'matching', 'lte', 2000, 'total'), appliesTo: { projectClasses: ['remote'] } },
          { ...rule('staff', 'staff_cost', 'lte', 3000), appliesTo: { projectClasses: ['any'] } },
        ],
      },
    },
    '#/policy/ratioRules/1 ratio_rules_contradict',
  ],
  [
    'a category both allowed and forbidden',
    { policy: { forbiddenCategories: ['vehicle', 'overhead'] } },
    '#/policy/forbiddenCategories/1 category_both_allowed_and_forbidden',
  ],
  [
    'a category by the name of the matching',
    { policy: { budgetCategories: [...DEFAULT_POLICY.budgetCategories, 'matching'] } },
    '#/policy/budgetCategories/7 category_reserved',
  ],
]

const SEALING: readonly Mutation[] = [
  [
    'a key kept by a service that is not there',
    {
      policy: { sealing: { ...DEFAULT_POLICY.sealing, keyHolder: 'kms' } },
      facts: { keyHolders: ['file', 'officers'] },
    },
    '#/policy/sealing/keyHolder key_holder_unknown',
  ],
  ['officers without officers', sealedBy([]), '#/policy/sealing/officers officers_missing'],
  [
    'officers that keep nothing',
    sealedBy([officer(0), officer(1)], { keyHolder: 'file' }),
    '#/policy/sealing/officers officers_unused',
  ],
  [
    'more shares than officers',
    sealedBy([officer(0), officer(1)], { sharesRequired: 3 }),
    '#/policy/sealing/sharesRequired shares_above_officers',
  ],
  [
    'one officer who opens alone',
    sealedBy([officer(0), officer(1), officer(2)], { sharesRequired: 1 }),
    '#/policy/sealing/sharesRequired single_share',
  ],
  [
    'a key that needs every officer',
    sealedBy([officer(0), officer(1)]),
    '#/policy/sealing/sharesRequired no_share_to_spare',
  ],
  [
    'two officers with one key',
    sealedBy([officer(0), officer(1), officer(1, '另一人')]),
    '#/policy/sealing/officers/2/publicKey officer_key_repeated',
  ],
  [
    'one officer twice',
    sealedBy([officer(0, '甲'), officer(1, '乙'), officer(2, '甲')]),
    '#/policy/sealing/officers/2/name officer_name_repeated',
  ],
  [
    'a key under which nothing is secret',
    sealedBy([officer(0), officer(1), { ...officer(2), publicKey: { kty: 'OKP', crv: 'X25519', x: 'A'.repeat(43) } }]),
    '#/policy/sealing/officers/2/publicKey officer_key_weak',
  ],
  [
    'more openers than people',
    { policy: { sealing: { ...DEFAULT_POLICY.sealing, openersRequired: 4 } } },
    '#/policy/sealing/openersRequired openers_too_few',
  ],
]

const JUDGEMENT: readonly Mutation[] = [
  [
    'a quorum above the panel',
    { policy: { panel: { ...panel, quorum: 6 } } },
    '#/policy/panel/quorum quorum_above_size',
  ],
  [
    'a quorum of a minority',
    { policy: { panel: { ...panel, quorum: 2 } } },
    '#/policy/panel/quorum quorum_below_majority',
  ],
  [
    'extremes dropped from three sheets',
    { policy: { panel: { ...panel, dropExtremesMinSheets: 3 } } },
    '#/policy/panel/dropExtremesMinSheets drop_extremes_too_early',
  ],
  [
    'extremes that a panel of three never gives',
    { policy: { panel: { ...panel, size: 3, quorum: 3 } } },
    '#/policy/panel/dropExtremesMinSheets drop_extremes_never',
  ],
  [
    'sheets that never lie that far apart',
    { policy: { panel: { ...panel, outlierGap: '100' } } },
    '#/policy/panel/outlierGap outlier_gap_never',
  ],
  [
    'a panel that may be split in halves',
    { policy: { panel: { ...panel, size: 6 } } },
    '#/policy/panel/size panel_even_doubtful',
  ],
  [
    'criteria that do not add up',
    { policy: { criteria: criteria.slice(1) } },
    '#/policy/criteria sheet_sum_differs',
    '#/policy/tieBreak/1 tie_break_unknown',
  ],
  [
    'two criteria of one code',
    { policy: { criteria: [...criteria.slice(0, 5), { code: 'team', max: '10' }] } },
    '#/policy/criteria/5/code code_repeated',
  ],
  [
    'a criterion worth nothing',
    { policy: { criteria: [...criteria, { code: 'charm', max: '0' }] } },
    '#/policy/criteria/6/max criterion_worthless',
  ],
  [
    'parts of the total that do not add up',
    {
      policy: {
        scoring: {
          scope: 'round',
          panelWeightBasisPoints: 6000,
          sources: [
            {
              code: 'vote',
              kind: 'vote',
              normalization: 'share_of_highest',
              max: '100',
              min: null,
              weightBasisPoints: 3999,
              coverage: 'all',
            },
          ],
          passLineOn: 'panel',
        },
      },
    },
    '#/policy/scoring weights_not_whole',
  ],
  ['a pass line above the sheet', { policy: { passLine: '100.01' } }, '#/policy/passLine pass_line_unreachable'],
  ['a pass line that everybody reaches', { policy: { passLine: '0' } }, '#/policy/passLine pass_line_zero'],
  [
    'a tie broken by nothing known',
    { policy: { tieBreak: ['charm_mean', 'lot'] } },
    '#/policy/tieBreak/0 tie_break_unknown',
  ],
  ['a step after the lot', { policy: { tieBreak: ['lot', 'lower_request'] } }, '#/policy/tieBreak lot_not_last'],
  ['ties that stay', { policy: { tieBreak: ['lower_request'] } }, '#/policy/tieBreak tie_break_may_not_decide'],
  [
    'a tie broken by the only criterion',
    { policy: { criteria: [{ code: 'merit', max: '100' }], tieBreak: ['merit_mean', 'lot'] } },
    '#/policy/tieBreak/0 tie_break_never_decides',
  ],
  [
    'more awards than bids',
    { policy: { bidsPerOrganizationMax: 1 } },
    '#/policy/awardsPerOrganizationMax awards_above_bids',
  ],
  [
    'bidders registered for three years at least and one at most',
    { policy: { eligibility: { ...eligibility, registeredMonthsMin: 36, registeredMonthsMax: 12 } } },
    '#/policy/eligibility eligibility_months_contradict',
  ],
  [
    'a class of start-ups where bidders are experienced',
    {
      policy: {
        eligibility: { ...eligibility, registeredMonthsMin: 36 },
        applicantClasses: [{ ...ANYBODY, code: 'some', registeredMonthsMax: 24 }, ANYBODY],
      },
    },
    '#/policy/applicantClasses/0 class_excluded',
  ],
  [
    'a class of experienced bidders where all are start-ups',
    {
      policy: {
        eligibility: { ...eligibility, registeredMonthsMax: 24 },
        applicantClasses: [{ ...ANYBODY, code: 'some', registeredMonthsMin: 25 }, ANYBODY],
      },
    },
    '#/policy/applicantClasses/0 class_excluded',
  ],
  [
    'a class of organizations that may not bid',
    {
      policy: {
        eligibility: { ...eligibility, organizationTypes: ['social_service_org'] },
        applicantClasses: [{ ...ANYBODY, code: 'some', organizationTypes: ['foundation', 'social_group'] }, ANYBODY],
      },
    },
    '#/policy/applicantClasses/0 class_excluded',
  ],
  [
    'a failed project banned for longer than a breach',
    { policy: { banMonths: { breach: 12, finalFail: 13 } } },
    '#/policy/banMonths/finalFail ban_inverted',
  ],
  [
    'the milder list weighing longer',
    { policy: { eligibility: { ...eligibility, abnormalListMonths: 25 } } },
    '#/policy/eligibility/abnormalListMonths look_back_inverted',
  ],
]

const DELIVERY: readonly Mutation[] = [
  [
    'tranches that do not add up',
    { policy: { tranches: [first, second, { ...third, basisPoints: 1999 }] } },
    '#/policy/tranches tranches_not_whole',
  ],
  [
    'tranches out of number',
    { policy: { tranches: [first, { ...second, number: 3 }, third] } },
    '#/policy/tranches/1/number tranche_number_out_of_order',
  ],
  [
    'the final tranche before the mid-term one',
    { policy: { tranches: [first, { ...third, number: 2 }, { ...second, number: 3 }] } },
    '#/policy/tranches/2/trigger tranche_trigger_out_of_order',
  ],
  [
    'a tranche of nothing',
    { policy: { tranches: [{ ...first, basisPoints: 8000 }, { ...second, basisPoints: 0 }, third] } },
    '#/policy/tranches/1/basisPoints tranche_empty',
  ],
  [
    'everything paid in advance',
    { policy: { tranches: [{ ...first, basisPoints: 10_000 }] } },
    '#/policy/tranches paid_before_final',
  ],
  [
    'everything paid at the end',
    { policy: { tranches: [{ ...third, number: 1, basisPoints: 10_000 }] } },
    '#/policy/tranches paid_after_final',
  ],
  [
    'a mid-term pass line above the sheet',
    { policy: { mid: { ...mid, passLine: '100.01', bonusMax: '0' } } },
    '#/policy/mid/passLine pass_line_unreachable',
  ],
  [
    'a mid-term pass line above sheet and bonus',
    { policy: { mid: { ...mid, passLine: '105.01', bonusMax: '5' } } },
    '#/policy/mid/passLine pass_line_unreachable',
  ],
  [
    'a mid-term that everybody passes',
    { policy: { mid: { ...mid, passLine: '0' } } },
    '#/policy/mid/passLine mid_pass_line_zero',
  ],
  [
    'mid-term dimensions that do not add up',
    { policy: { mid: { ...mid, dimensions: mid.dimensions.slice(1) } } },
    '#/policy/mid/dimensions sheet_sum_differs',
  ],
  [
    'mid-term dimensions of neither 100 points nor those of the panel',
    {
      policy: {
        sheetTotal: '150',
        criteria: [...criteria, { code: 'raised', max: '50' }],
        mid: { ...mid, dimensions: [...mid.dimensions, { code: 'more', max: '1' }] },
      },
    },
    '#/policy/mid/dimensions sheet_sum_differs',
  ],
  [
    'final dimensions that do not add up',
    { policy: { final: { ...final, dimensions: [...final.dimensions, { code: 'more', max: '1' }] } } },
    '#/policy/final/dimensions sheet_sum_differs',
  ],
  [
    'bands that rise',
    { policy: { final: { ...final, bands: swapped(final.bands, 1, 2) } } },
    '#/policy/final/bands/2/min bands_not_descending',
  ],
  [
    'two bands with one bound',
    {
      policy: {
        final: { ...final, bands: final.bands.map((band) => (band.min === '75' ? { ...band, min: '90' } : band)) },
      },
    },
    '#/policy/final/bands/1/min bands_not_descending',
  ],
  [
    'bands with a gap at the bottom',
    { policy: { final: { ...final, bands: final.bands.slice(0, 3) } } },
    '#/policy/final/bands/2/min bands_incomplete',
  ],
  [
    'two bands of one grade',
    {
      policy: {
        final: { ...final, bands: final.bands.map((band) => (band.min === '60' ? { ...band, grade: 'good' } : band)) },
      },
    },
    '#/policy/final/bands/2/grade code_repeated',
  ],
  [
    'a grade that nobody reaches',
    { policy: { final: { ...final, bands: [{ min: '100.01', grade: 'superb' }, ...final.bands] } } },
    '#/policy/final/bands/0/min band_unreachable',
  ],
  [
    'a grade that nobody reaches even with the bonus',
    {
      policy: { final: { ...final, bonusMax: '5', bands: [{ min: '105.01', grade: 'superb' }, ...final.bands] } },
    },
    '#/policy/final/bands/0/min band_unreachable',
  ],
  [
    'one band for all',
    {
      policy: {
        final: { ...final, bands: [{ min: '0', grade: 'fail' }] },
        rectification: { ...rectification, finalGradeCap: null },
      },
    },
    '#/policy/final/bands bands_single',
  ],
  [
    'a cap after rectification that is no grade',
    { policy: { rectification: { ...rectification, finalGradeCap: 'superb' } } },
    '#/policy/rectification/finalGradeCap grade_unknown',
  ],
  [
    'a rectification that can only fail',
    { policy: { rectification: { ...rectification, finalGradeCap: 'fail' } } },
    '#/policy/rectification/finalGradeCap grade_cap_fails',
  ],
  [
    'a cap for a rectification that is not allowed',
    { policy: { rectification: { ...rectification, times: 0 } } },
    '#/policy/rectification/finalGradeCap grade_cap_unused',
  ],
  [
    'a sample of more people than are served',
    { policy: { final: { ...final, satisfactionSampleMin: 61 } } },
    '#/policy/final/satisfactionSampleMin satisfaction_sample_unreachable',
  ],
]

const MODE: readonly Mutation[] = [
  [
    'a notice of four days',
    { policy: { notice: { window: workdays(4), excludeStartDay: true } } },
    '#/policy/notice/window notice_too_short',
  ],
  [
    'a notice of five calendar days, of which two may be a weekend',
    { policy: { notice: { window: days(5), excludeStartDay: true } } },
    '#/policy/notice/window notice_too_short',
  ],
  [
    'a notice of six calendar days, of which two may be a weekend',
    { policy: { notice: { window: days(6), excludeStartDay: false } } },
    '#/policy/notice/window notice_too_short',
  ],
  [
    'procurement with a week and two days for a query',
    { mode: 'gov_procurement', policy: { statutory: { ...statutory, query: days(9) } } },
    '#/policy/statutory/query statutory_period_too_short',
  ],
  [
    'a notice of a week that the first of May may shorten',
    { policy: { notice: { window: days(7), excludeStartDay: false } } },
    '#/policy/notice/window notice_too_short_over_holidays',
  ],
  [
    'a notice of four calendar days',
    { policy: { notice: { window: days(4), excludeStartDay: true } } },
    '#/policy/notice/window notice_too_short',
  ],
  [
    'a tender announced for ten days',
    { mode: 'open_call_tender', policy: { notice: { window: days(10), excludeStartDay: true } } },
    '#/policy/notice/window notice_short',
  ],
  [
    'a tender announced for three days',
    { mode: 'open_call_tender', policy: { notice: { window: days(3), excludeStartDay: true } } },
    '#/policy/notice/window notice_too_short',
  ],
  [
    'a tender that turns a single bid away',
    { mode: 'open_call_tender', policy: { singleBidPolicy: 'reopen' } },
    '#/policy/singleBidPolicy single_bid_policy_unlawful',
  ],
  [
    'a tender open for ten days',
    { mode: 'open_call_tender', round: { opensAt: new Date('2026-04-06T00:00:00Z') } },
    '#/timetable/closesAt bid_window_short',
  ],
  [
    'a price score in a grant',
    { policy: { criteria: [...criteria.slice(0, 5), { code: 'price', max: '10', kind: 'price' }] } },
    '#/policy/criteria/5/kind price_criterion_unusual',
  ],
  ['periods of the law in a grant', { policy: { statutory } }, '#/policy/statutory statutory_periods_without_law'],
  [
    'procurement without the periods of the law',
    { mode: 'gov_procurement', policy: { statutory: null } },
    '#/policy/statutory statutory_periods_missing',
  ],
  [
    'procurement with six days for a query',
    { mode: 'gov_procurement', policy: { statutory: { ...statutory, query: workdays(6) } } },
    '#/policy/statutory/query statutory_period_too_short',
  ],
  [
    'procurement with fourteen days for a complaint',
    { mode: 'gov_procurement', policy: { statutory: { ...statutory, complaint: workdays(14) } } },
    '#/policy/statutory/complaint statutory_period_too_short',
  ],
  [
    'procurement with eight days for the reply',
    { mode: 'gov_procurement', policy: { statutory: { ...statutory, reply: workdays(8) } } },
    '#/policy/statutory/reply statutory_period_too_long',
  ],
  [
    'procurement with sixty days for the decision',
    { mode: 'gov_procurement', policy: { statutory: { ...statutory, decision: days(60) } } },
    '#/policy/statutory/decision statutory_period_too_long',
  ],
  [
    'procurement with a notice shorter than the query',
    { mode: 'gov_procurement', policy: { notice: { window: workdays(6), excludeStartDay: true } } },
    '#/policy/notice/window notice_too_short',
  ],
  [
    'procurement that answers objections late',
    {
      mode: 'gov_procurement',
      policy: { objection: { reply: workdays(8), anonymous: 'log_only', reviewerId: 'org_2' } },
    },
    '#/policy/objection/reply reply_too_long',
  ],
  [
    'procurement without a price score',
    {
      mode: 'gov_procurement',
      policy: { criteria: GOV.criteria.map(({ code, max }) => ({ code, max })) },
    },
    '#/policy/criteria price_criterion_missing',
  ],
  [
    'procurement where the price hardly counts',
    {
      mode: 'gov_procurement',
      policy: {
        criteria: [
          { code: 'method', max: '90.01' },
          { code: 'price', max: '9.99', kind: 'price' },
        ],
      },
    },
    '#/policy/criteria/1/max price_share_too_small',
  ],
  [
    'procurement where the panel, and the price with it, is half of the total',
    { mode: 'gov_procurement', policy: { ...priced(19.99), scoring: weighted(5_000, source('jury', '100', 5_000)) } },
    '#/policy/scoring price_share_too_small',
  ],
  [
    'procurement where points come on top of the sheet',
    { mode: 'gov_procurement', policy: { scoring: weighted(10_000, source('bonus', '100.01', 10_000)) } },
    '#/policy/scoring price_share_too_small',
  ],
  [
    'procurement on a sheet of any sum',
    { mode: 'gov_procurement', policy: { sheetTotal: null } },
    '#/policy/sheetTotal sheet_total_unlawful',
  ],
  [
    'procurement judged by three',
    { mode: 'gov_procurement', policy: { panel: { ...panel, size: 3, quorum: 3, dropExtremesMinSheets: null } } },
    '#/policy/panel/size panel_too_small',
  ],
  [
    'procurement judged by six',
    { mode: 'gov_procurement', policy: { panel: { ...panel, size: 6 } } },
    '#/policy/panel/size panel_even',
  ],
  [
    'ten million judged by five',
    { mode: 'gov_procurement', facts: { pools: [pool(1, { sizeFen: 1_000_000_000n })] } },
    '#/policy/panel/size panel_too_small',
  ],
  [
    'procurement among two bidders',
    { mode: 'gov_procurement', policy: { validBidsPerNeedMin: 2 } },
    '#/policy/validBidsPerNeedMin valid_bids_too_few',
  ],
  [
    'procurement from a single bidder on merit',
    { mode: 'gov_procurement', policy: { singleBidPolicy: 'judge_on_merit' } },
    '#/policy/validBidsPerNeedMin single_bid_contradicts',
    '#/policy/singleBidPolicy single_bid_policy_unlawful',
  ],
  [
    'procurement open for nine days',
    { mode: 'gov_procurement', round: { opensAt: new Date('2026-04-07T00:00:00Z') } },
    '#/timetable/closesAt bid_window_too_short',
  ],
  [
    'procurement open for nineteen days',
    { mode: 'gov_procurement', round: { opensAt: new Date('2026-03-28T00:00:00Z') } },
    '#/timetable/closesAt bid_window_short',
  ],
]

const ROLES: readonly Mutation[] = [
  ['no expert', holding('host', 'operator', 'auditor'), '#/hostId stage_unmanned'],
  ['no auditor', holding('host', 'operator', 'expert'), '#/hostId stage_unmanned'],
  [
    'nobody who pays or approves',
    holding('operator', 'auditor', 'expert'),
    '#/hostId stage_unmanned',
    '#/hostId stage_unmanned',
  ],
  [
    'an operator without a credential',
    {
      round: { operatorId: 'org_2' },
      facts: { holders: [{ roles: ['host', 'finance', 'evaluator', 'auditor', 'expert'], count: 1 }] },
    },
    '#/operatorId stage_unmanned',
  ],
]

function swapped<Item>(items: readonly Item[], left: number, right: number): Item[] {
  return items.map((item, index) => items[index === left ? right : index === right ? left : index] ?? item)
}

export const MUTATIONS: readonly Mutation[] = [
  ...TIMETABLE,
  ...MONEY,
  ...SEALING,
  ...JUDGEMENT,
  ...DELIVERY,
  ...REMEDY_MUTATIONS,
  ...MODE,
  ...LANGUAGE_MUTATIONS,
  ...HEARING_MUTATIONS,
  ...FAIRNESS_MUTATIONS,
  ...AWARD_MUTATIONS,
  ...ROLES,
]
