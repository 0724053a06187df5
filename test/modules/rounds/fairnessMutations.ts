import { DEFAULT_POLICY } from '../../../src/modules/rounds/defaultPolicy.ts'
import type { RoundPolicy } from '../../../src/modules/rounds/policyDocument.ts'
import { type Change, REVIEWER, SOUND_FACTS, soundRound, yuan } from './soundRounds.ts'

type Limit = NonNullable<RoundPolicy['allocation']>['limits'][number]
type Robustness = NonNullable<RoundPolicy['robustness']>

const limit = (code: string, changes: Partial<Limit> = {}): Limit => ({
  code,
  by: 'organization',
  of: null,
  awardsMax: 1,
  amountMax: null,
  ...changes,
})
const TWO_AWARDS: Partial<RoundPolicy> = { awardsPerNeedMax: 2 }
const limits = (...all: Limit[]): Change => ({ policy: { ...TWO_AWARDS, allocation: { limits: all } } })
const fragile = (changes: Partial<Robustness>, more: Partial<RoundPolicy> = {}): Change => ({
  policy: {
    robustness: { changeMin: null, leaveOneOutCrossingsMax: null, severityMax: null, ...changes },
    ...more,
  },
})
const { panel } = soundRound('grant').policy
const PANEL_OF_ONE: Partial<RoundPolicy> = { panel: { ...panel, size: 1, quorum: 1, dropExtremesMinSheets: null } }
const rotation = (panelsMax: number, months: number): Change => ({
  policy: { experts: { ...DEFAULT_POLICY.experts, rotation: { panelsMax, months } } },
})

/** Ways to spoil the rules of fairness, and all that must be found then. */
export const FAIRNESS_MUTATIONS: readonly (readonly [title: string, change: Change, ...found: string[]])[] = [
  [
    'two limits of one code',
    limits(limit('few'), limit('few', { by: 'town' })),
    '#/policy/allocation/limits/1/code code_repeated',
  ],
  [
    'a limit that limits nothing',
    limits(limit('empty', { awardsMax: null })),
    '#/policy/allocation/limits/0 limit_unbounded',
  ],
  [
    'a limit of no money',
    limits(limit('nothing', { awardsMax: null, amountMax: yuan('0.00') })),
    '#/policy/allocation/limits/0/amountMax limit_below_floor',
  ],
  [
    'a limit below the least award',
    limits(limit('crumbs', { by: 'field', amountMax: yuan('19999.99') })),
    '#/policy/allocation/limits/0/amountMax limit_below_floor',
  ],
  [
    'a limit for an organization by its name',
    limits(limit('named', { of: 'nuanting' })),
    '#/policy/allocation/limits/0/of limit_of_malformed',
  ],
  [
    'a limit for an organization that there is not',
    limits(limit('nobody', { of: 'org_01k00000000000000000000009' })),
    '#/policy/allocation/limits/0/of organization_unknown',
  ],
  [
    'a limit for a town by the code of a community',
    limits(limit('town', { by: 'town', of: '330203001001' })),
    '#/policy/allocation/limits/0/of limit_of_malformed',
  ],
  [
    'a limit for a field that there is not',
    limits(limit('field', { by: 'field', of: 'space_travel' })),
    '#/policy/allocation/limits/0/of limit_of_malformed',
  ],
  [
    'a limit for a county without a need',
    limits(limit('county', { by: 'county', of: '330204000000' })),
    '#/policy/allocation/limits/0/of limit_elsewhere',
  ],
  [
    'a limit for a field without a need',
    limits(limit('child', { by: 'field', of: 'child_youth' })),
    '#/policy/allocation/limits/0/of limit_elsewhere',
  ],
  [
    'two limits of the number for the same towns',
    limits(limit('some', { by: 'town' }), limit('others', { by: 'town', amountMax: yuan('150000.00') })),
    '#/policy/allocation/limits/1 limit_repeated',
  ],
  [
    'more awards for an organization than it may win',
    limits(limit('many', { awardsMax: DEFAULT_POLICY.awardsPerOrganizationMax })),
    '#/policy/allocation/limits/0 limit_without_effect',
  ],
  [
    'more awards for a community than its needs may have',
    limits(limit('many', { by: 'community', awardsMax: 2 })),
    '#/policy/allocation/limits/0 limit_without_effect',
  ],
  [
    'more money for a town than there is',
    limits(limit('rich', { by: 'town', awardsMax: null, amountMax: yuan('600000.00') })),
    '#/policy/allocation/limits/0 limit_without_effect',
  ],
  ['a change of nothing', fragile({ changeMin: '0' }), '#/policy/robustness/changeMin fragility_never'],
  [
    'a change larger than any criterion',
    fragile({ changeMin: '25.01' }),
    '#/policy/robustness/changeMin fragility_always',
  ],
  ['experts of one mind', fragile({ severityMax: '0' }), '#/policy/robustness/severityMax fragility_always'],
  [
    'experts as far apart as can be',
    fragile({ severityMax: '100' }),
    '#/policy/robustness/severityMax fragility_never',
  ],
  [
    'one expert left out of one',
    fragile({ leaveOneOutCrossingsMax: 0, severityMax: '5' }, PANEL_OF_ONE),
    '#/policy/robustness/leaveOneOutCrossingsMax fragility_of_one',
    '#/policy/robustness/severityMax fragility_of_one',
  ],
  [
    'experts who have all sat when the next panel is drawn',
    rotation(1, 24),
    '#/policy/experts/rotation rotation_leaves_no_second_panel',
  ],
  [
    'a draw of an even panel',
    {
      policy: {
        experts: { ...DEFAULT_POLICY.experts, drawRequired: true },
        panel: { ...panel, size: panel.size + 1 },
      },
    },
    '#/policy/panel/size draw_size_even',
    '#/policy/panel/size panel_even_doubtful',
  ],
]

/** Rules of fairness about which there is nothing to say. */
export const SOUND_FAIRNESS: readonly (readonly [string, Change])[] = [
  ['one award for each organization', limits(limit('one'))],
  [
    'one award in each town, and little money in each field',
    limits(
      limit('town', { by: 'town' }),
      limit('money', { by: 'field', awardsMax: null, amountMax: yuan('100000.00') }),
    ),
  ],
  [
    'number and money of one county apart',
    limits(
      limit('number', { by: 'county', of: '330203000000' }),
      limit('money', { by: 'county', of: '330203000000', awardsMax: null, amountMax: yuan('20000.00') }),
    ),
  ],
  ['one organization by its identifier', limits(limit('known', { of: REVIEWER }))],
  ['a report that looks at everything', fragile({ changeMin: '0.5', leaveOneOutCrossingsMax: 0, severityMax: '10' })],
  ['experts who sit twice a year', rotation(2, 12)],
  [
    'a rotation before any expert is appointed',
    { ...rotation(1, 24), facts: { holders: SOUND_FACTS.holders.filter(({ roles }) => !roles.includes('expert')) } },
  ],
]
