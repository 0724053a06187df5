import { DEFAULT_POLICY } from '../../../src/modules/rounds/defaultPolicy.ts'
import type { RoundPolicy } from '../../../src/modules/rounds/policyDocument.ts'
import { type Change, need, REVIEWER } from './soundRounds.ts'

type Review = RoundPolicy['review']

const VOTE = { quorumBasisPoints: 6_666, majorityBasisPoints: 5_001, majorityOf: 'cast' } as const
const held = (changes: Partial<Review>, more: Partial<RoundPolicy> = {}): Change => ({
  policy: { review: { ...DEFAULT_POLICY.review, ...changes }, ...more },
})
const voting = (changes: Partial<NonNullable<Review['vote']>> = {}, more: Partial<RoundPolicy> = {}): Change =>
  held(
    { session: 'full', method: 'vote', vote: { ...VOTE, ...changes } },
    { tieBreak: ['panel_points', 'lower_request', 'lot'], ...more },
  )
const level = (code: string, ...divisionPrefixes: string[]): Review['levels'][number] => ({
  code,
  name: '县级',
  reviewers: divisionPrefixes.map((divisionPrefix) => ({
    organizationId: REVIEWER,
    divisionPrefix,
  })),
})

/** Ways to hold a review that the compiler has nothing to say about. */
export const SOUND_REVIEWS: readonly Change[] = [
  voting(),
  voting({ majorityOf: 'decisive', majorityBasisPoints: 10_000 }),
  held({ session: 'statement_scoring', opinionFor: 'public' }),
  held({ levels: [level('town', '330203001', '330203002'), level('city', '')] }),
]

/** Ways to spoil the rules of the review, and all that must be found then. */
export const HEARING_MUTATIONS: readonly (readonly [title: string, change: Change, ...found: string[]])[] = [
  [
    'a vote without rules',
    held({ method: 'vote' }, { tieBreak: ['lower_request', 'lot'] }),
    '#/policy/review/vote vote_rules_missing',
  ],
  ['rules for a vote where the panel scores', held({ vote: VOTE }), '#/policy/review/vote vote_rules_unused'],
  [
    'a vote that half of the panel wins',
    voting({ majorityBasisPoints: 5_000 }),
    '#/policy/review/vote/majorityBasisPoints vote_majority_low',
  ],
  [
    'a vote whose ties the mean of a criterion decides',
    voting({}, { tieBreak: ['feasibility_mean', 'lot'] }),
    '#/policy/tieBreak/0 vote_has_no_means',
  ],
  [
    'a vote beside points for the price',
    { ...voting(), mode: 'gov_procurement' },
    '#/policy/review/method vote_with_price',
  ],
  [
    'a session of bidders whom nobody may know',
    held({ session: 'full' }, { blindReview: true }),
    '#/policy/review/session session_not_blind',
  ],
  [
    'two levels of one code',
    held({ levels: [level('town', ''), level('town', '')] }),
    '#/policy/review/levels/1/code code_repeated',
  ],
  [
    'two reviewers of one division',
    held({ levels: [level('town', '3302', '3301', '3302')] }),
    '#/policy/review/levels/0/reviewers/2 level_reviewer_repeated',
  ],
  [
    'a level that has no day',
    held({ levels: [{ ...level('town', ''), decideWithin: { amount: 0, basis: 'working' } }] }),
    '#/policy/review/levels/0/decideWithin level_without_time',
  ],
  [
    'a level that does not cover the place of a need',
    {
      ...held({ levels: [level('city', ''), level('town', '330203001', '330203002')] }),
      facts: { needs: [need(1), need(2, { divisionCode: '990421101001' })] },
    },
    '#/policy/review/levels/1/reviewers level_without_reviewer',
  ],
  [
    'a level of an organization that there is not',
    { ...held({ levels: [level('city', '')] }), facts: { organizations: new Set() } },
    '#/policy/review/levels/0/reviewers/0/organizationId organization_unknown',
  ],
  [
    'a level whose organization has agencies alone',
    {
      ...held({ levels: [level('city', '')] }),
      facts: { standings: [{ organizationId: REVIEWER, hostId: null, roles: ['agency'] }] },
    },
    '#/policy/review/levels/0/reviewers/0/organizationId reviewer_unmanned',
  ],
  [
    'a deduction that is shared out',
    {
      policy: {
        scoring: {
          ...DEFAULT_POLICY.scoring,
          sources: [
            {
              ...{ code: 'late', kind: 'deduction', normalization: 'share_of_highest', max: '5', min: null },
              ...{ weightBasisPoints: 10_000, coverage: 'some' },
            } as RoundPolicy['scoring']['sources'][number],
          ],
        },
      },
    },
    '#/policy/scoring/sources/0/normalization deduction_not_points',
  ],
]
