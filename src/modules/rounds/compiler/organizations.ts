import type { Role } from '../../../kernel/actor.ts'
import type { RoundPolicy } from '../policyDocument.ts'
import { objectionRulesOf } from '../publicityDocument.ts'
import { type CompilerFacts, defineFindings, type Finding, type Part, when } from './finding.ts'

const FLAW = defineFindings({
  level_without_reviewer: [
    'error',
    '评审级 {level} 没有单位负责需求所在区划 {division};请在 reviewers 中补充(divisionPrefix 为空表示全部)。',
    'At the level {level} nobody reviews needs of the division {division}; add a reviewer (an empty divisionPrefix is all).',
  ],
  organization_unknown: [
    'error',
    '没有标识为 {organizationId} 的单位;请先登记或更正标识。',
    'No organization is {organizationId}; register it or correct the identifier.',
  ],
  reviewer_unmanned: [
    'warning',
    '目前没有人持有单位 {organizationId} 的有效凭证({roles}),届时将无人办理;请在此之前发放凭证。',
    'Nobody holds a live credential of {organizationId} as one of {roles}, so that its part would stand still; issue one by then.',
  ],
})

/** Who may decide at a level of the review, and on appeals and complaints. */
const LEVEL_ROLES: readonly Role[] = ['host', 'operator', 'town']
const REMEDY_ROLES: readonly Role[] = ['host', 'operator']
const ORGANIZATION_ID = /^org_/

interface Place {
  readonly pointer: string
  readonly organizationId: string
  /** What it takes to act for the organization there; undefined: it has nothing to do. */
  readonly acting?: { readonly by: 'organizationId' | 'hostId'; readonly roles: readonly Role[] }
}

/** Organizations that the policy names: they exist, somebody can act for them, and every need has one at each level. */
export const organizations: Part = {
  definitions: FLAW,
  check: ({ policy, hostId }, facts) => [
    ...levelFindings(policy, facts),
    ...placesOf(policy).flatMap((place) => placeFindings(place, hostId, facts)),
  ],
}

/** The organizations that the policy names. */
export function organizationsIn(policy: RoundPolicy): readonly string[] {
  return [...new Set(placesOf(policy).map(({ organizationId }) => organizationId))]
}

function placesOf({ review, objection, allocation }: RoundPolicy): Place[] {
  const { reviewerId } = objectionRulesOf(objection)
  const levels = review.levels.flatMap(({ reviewers }, index) =>
    reviewers.map(({ organizationId }, nth) => ({
      pointer: `/policy/review/levels/${index}/reviewers/${nth}/organizationId`,
      organizationId,
      acting: { by: 'organizationId' as const, roles: LEVEL_ROLES },
    })),
  )
  // What is no identifier at all is told with the limits.
  const limits = (allocation?.limits ?? []).flatMap(({ by, of }, index) =>
    by === 'organization' && of !== null && ORGANIZATION_ID.test(of)
      ? [{ pointer: `/policy/allocation/limits/${index}/of`, organizationId: of }]
      : [],
  )
  const acting = { by: 'hostId' as const, roles: REMEDY_ROLES }
  const remedy =
    reviewerId === null ? [] : [{ pointer: '/policy/objection/reviewerId', organizationId: reviewerId, acting }]
  return [...levels, ...remedy, ...limits]
}

function placeFindings({ pointer, organizationId, acting }: Place, hostId: string, facts: CompilerFacts): Finding[] {
  const isKnown = organizationId === hostId || facts.organizations.has(organizationId)
  // A host that reviews itself is told with the remedies.
  const isOwn = acting?.by === 'hostId' && organizationId === hostId
  const isManned =
    acting === undefined ||
    facts.standings.some(
      (standing) =>
        standing[acting.by] === organizationId && standing.roles.some((role) => acting.roles.includes(role)),
    )
  return [
    ...when(!isKnown, pointer, FLAW.organization_unknown, { organizationId }),
    ...when(isKnown && !isOwn && !isManned, pointer, FLAW.reviewer_unmanned, {
      organizationId,
      roles: acting?.roles.join(', ') ?? '',
    }),
  ]
}

/** Once for each level and division of a need that none of its reviewers covers. */
function levelFindings({ review }: RoundPolicy, { needs }: CompilerFacts): Finding[] {
  const divisions = [...new Set(needs.map(({ divisionCode }) => divisionCode))]
  return review.levels.flatMap(({ code, reviewers }, index) =>
    divisions
      .filter((division) => !reviewers.some(({ divisionPrefix }) => division.startsWith(divisionPrefix)))
      .flatMap((division) =>
        when(true, `/policy/review/levels/${index}/reviewers`, FLAW.level_without_reviewer, { level: code, division }),
      ),
  )
}
