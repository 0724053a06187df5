import { type AmountGrade, DEFAULT_AWARD_LANGUAGE } from '../../../src/modules/rounds/awardDocument.ts'
import type { RoundPolicy } from '../../../src/modules/rounds/policyDocument.ts'
import { type Change, source, weighted, workdays, yuan } from './soundRounds.ts'

const amounts = (changes: Partial<RoundPolicy['amounts']>): Change => ({
  policy: { amounts: { ...DEFAULT_AWARD_LANGUAGE.amounts, ...changes } },
})
const grade = (min: string, changes: Partial<AmountGrade> = {}): AmountGrade => ({
  code: `from_${min}`,
  min,
  amount: yuan('50000.00'),
  shareBasisPoints: null,
  ...changes,
})
const share = (min: string, shareBasisPoints: number) => grade(min, { amount: null, shareBasisPoints })

/** So much for each organization. */
const limited = (
  amountMax: string,
  rules: Partial<RoundPolicy['amounts']>,
  partialAward: RoundPolicy['partialAward'],
): Change => ({
  policy: {
    ...amounts(rules).policy,
    partialAward,
    allocation: {
      limits: [{ code: 'each', by: 'organization', of: null, awardsMax: null, amountMax: yuan(amountMax) }],
    },
  },
})

/** Sound ways to find amounts, and to end a reserve list. */
export const SOUND_AWARDS: readonly (readonly [title: string, change: Change])[] = [
  [
    'amounts of three grades',
    amounts({ method: 'graded', grades: [share('90', 10_000), share('80', 7_500), grade('70')] }),
  ],
  ['grades up to all points', amounts({ method: 'graded', grades: [grade('100'), grade('70')] })],
  [
    'a grade that a part from outside lets reach',
    {
      policy: {
        amounts: { ...DEFAULT_AWARD_LANGUAGE.amounts, method: 'graded', grades: [grade('80'), grade('70')] },
        scoring: weighted(6_000, source('jury', '50', 4_000)),
      },
    },
  ],
  [
    'a share of the cap that is the floor',
    amounts({ method: 'graded', grades: [share('80', 2_500), share('70', 2_000)] }),
  ],
  ['a limit of the one amount for all', limited('50000.00', { method: 'fixed', fixed: yuan('50000.00') }, 'skip')],
  [
    'a limit below it where the rest is offered',
    limited('40000.00', { method: 'fixed', fixed: yuan('50000.00') }, 'offer_rest'),
  ],
  [
    'a limit that the lower grade fits',
    limited('40000.00', { method: 'graded', grades: [grade('90'), grade('70', { amount: yuan('30000.00') })] }, 'skip'),
  ],
  ['a limit of what is asked', limited('40000.00', { method: 'requested' }, 'skip')],
  ['one amount for all', amounts({ method: 'fixed', fixed: yuan('20000.00') })],
  ['the median of the panel', amounts({ method: 'panel_median' })],
  ['a reserve list until the day after the notice', { policy: { reserve: { validFor: null, until: '2026-05-01' } } }],
  ['a reserve list of one working day', { policy: { reserve: { validFor: workdays(1), until: null } } }],
  ['a reserve list until the end of the year', { policy: { reserve: { validFor: null, until: '2026-12-31' } } }],
]

/** Ways to spoil them, and all that must be found then. */
export const AWARD_MUTATIONS: readonly (readonly [title: string, change: Change, ...found: string[]])[] = [
  ['grades without any', amounts({ method: 'graded' }), '#/policy/amounts/grades grades_missing'],
  [
    'grades from worst to best',
    amounts({ method: 'graded', grades: [grade('70'), grade('80')] }),
    '#/policy/amounts/grades/1/min grades_out_of_order',
    '#/policy/amounts/grades grades_leave_gap',
  ],
  [
    'grades that begin above the pass line',
    amounts({ method: 'graded', grades: [grade('90'), grade('70.5')] }),
    '#/policy/amounts/grades grades_leave_gap',
  ],
  [
    'a grade with an amount and a share',
    amounts({ method: 'graded', grades: [grade('70', { shareBasisPoints: 5_000 })] }),
    '#/policy/amounts/grades/0 grade_ambiguous',
  ],
  [
    'a grade with neither',
    amounts({ method: 'graded', grades: [grade('70', { amount: null })] }),
    '#/policy/amounts/grades/0 grade_ambiguous',
  ],
  [
    'a grade above the cap',
    amounts({ method: 'graded', grades: [grade('70', { amount: yuan('100000.01') })] }),
    '#/policy/amounts/grades/0/amount amount_outside_bounds',
  ],
  [
    'a grade above all points',
    amounts({ method: 'graded', grades: [grade('100.01'), grade('70')] }),
    '#/policy/amounts/grades/0/min grade_unreachable',
  ],
  [
    'a grade above what weights leave of the points',
    {
      policy: {
        amounts: { ...DEFAULT_AWARD_LANGUAGE.amounts, method: 'graded', grades: [grade('80.01'), grade('70')] },
        scoring: weighted(6_000, source('jury', '50', 4_000)),
      },
    },
    '#/policy/amounts/grades/0/min grade_unreachable',
  ],
  [
    'a grade of nothing',
    { policy: { ...amounts({ method: 'graded', grades: [grade('80'), share('70', 0)] }).policy, floor: yuan('0.00') } },
    '#/policy/amounts/grades/1/shareBasisPoints grade_below_floor',
  ],
  [
    'grades that all stay below the floor',
    amounts({ method: 'graded', grades: [share('80', 1_999), share('70', 1_000)] }),
    '#/policy/amounts/grades/0/shareBasisPoints grade_below_floor',
    '#/policy/amounts/grades/1/shareBasisPoints grade_below_floor',
  ],
  [
    'a limit below the one amount for all, without partial awards',
    limited('40000.00', { method: 'fixed', fixed: yuan('50000.00') }, 'skip'),
    '#/policy/allocation/limits/0/amountMax limit_below_award',
  ],
  [
    'a limit below the only grade, without partial awards',
    limited('25000.00', { method: 'graded', grades: [grade('70')] }, 'stop'),
    '#/policy/allocation/limits/0/amountMax limit_below_award',
  ],
  ['one amount for all that is missing', amounts({ method: 'fixed' }), '#/policy/amounts/fixed fixed_amount_missing'],
  [
    'one amount for all below the floor',
    amounts({ method: 'fixed', fixed: yuan('19999.99') }),
    '#/policy/amounts/fixed amount_outside_bounds',
  ],
  ['an amount nobody reads', amounts({ fixed: yuan('30000.00') }), '#/policy/amounts/fixed amounts_unused'],
  ['grades nobody reads', amounts({ grades: [grade('70')] }), '#/policy/amounts/grades amounts_unused'],
  [
    'a reserve list that ends with the bids',
    { policy: { reserve: { validFor: null, until: '2026-04-16' } } },
    '#/policy/reserve/until reserve_ends_early',
  ],
  [
    'a reserve list that ends with the notice',
    { policy: { reserve: { validFor: null, until: '2026-04-30' } } },
    '#/policy/reserve/until reserve_ends_before_awards',
  ],
  [
    'a reserve list of no time',
    { policy: { reserve: { validFor: workdays(0), until: null } } },
    '#/policy/reserve/validFor period_zero',
  ],
]
