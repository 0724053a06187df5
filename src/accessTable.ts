import { type Action, judge } from './kernel/action.ts'
import { type Actor, ANONYMOUS, type Role } from './kernel/actor.ts'
import { MODULES } from './modules.ts'

/**
 * Who sees what of a decision, state by state, told by the policies themselves: each cell is what the door and then
 * {@link judge} answer to a sample actor about sample facts. Printed into docs/guide/access.md and tried over HTTP.
 */

/** 200: shown. 401: asks for a credential. 403: refused. 404: there is no such thing, as far as the reader is told. */
export type Verdict = 200 | 401 | 403 | 404

/** Who stands where, in the sample. The names are only names. */
export const SAMPLE = {
  host: 'org_host',
  otherHost: 'org_other_host',
  /** The bidder whose bid, award and hearing it is. */
  agency: 'org_agency',
  /** Bids in the same round, and objects to the award. */
  rival: 'org_rival',
  stranger: 'org_stranger',
  /** Judges the bid and signed the sheet. */
  seated: 'exp_seated',
  /** Is on the panel and stepped aside from the bid. */
  recused: 'exp_recused',
  otherExpert: 'exp_other',
} as const

export interface Reader {
  readonly role: Role | 'nobody'
  readonly relation: string
  readonly actor: Actor
}

const HOST_SIDE: readonly Role[] = ['host', 'operator', 'town', 'evaluator', 'finance', 'auditor']

export const READERS: readonly Reader[] = [
  { role: 'nobody', relation: 'no credential', actor: ANONYMOUS },
  reader('agency', 'its own', { organizationId: SAMPLE.agency }),
  reader('agency', 'bids against it, objects', { organizationId: SAMPLE.rival }),
  reader('agency', 'none', { organizationId: SAMPLE.stranger }),
  reader('provider', 'none', { organizationId: SAMPLE.stranger }),
  reader('expert', 'judges the bid', { expertId: SAMPLE.seated }),
  reader('expert', 'stepped aside from it', { expertId: SAMPLE.recused }),
  reader('expert', 'not on the panel', { expertId: SAMPLE.otherExpert }),
  ...HOST_SIDE.map((role) => reader(role, 'own host', { hostId: SAMPLE.host, organizationId: SAMPLE.host })),
  ...HOST_SIDE.map((role) =>
    reader(role, 'another host', { hostId: SAMPLE.otherHost, organizationId: SAMPLE.otherHost }),
  ),
  reader('platform_admin', 'none', {}),
]

function reader(role: Role, relation: string, standing: Partial<Actor>): Reader {
  return { role, relation, actor: { ...ANONYMOUS, kind: 'key', id: 'key_sample', roles: [role], ...standing } }
}

/** A state of a thing with the facts that the policy asks for; none: the service finds nothing for this reader. */
export interface AccessCase {
  readonly state: string
  readonly facts: (actor: Actor) => object | undefined
}

export interface AccessTable {
  readonly thing: string
  /** The action that decides, such as `award.read`. */
  readonly action: string
  readonly cases: readonly AccessCase[]
}

const PARTIES = { hostId: SAMPLE.host, organizationId: SAMPLE.agency }
const OPENED = new Date('2026-04-20T01:00:00Z')
/** Before the opening of the bids; a bid in any other state has been opened. */
const SEALED: readonly string[] = ['draft', 'submitted', 'withdrawn']
/** An objection in these has not been admitted. */
const NOT_ADMITTED: readonly string[] = ['filed', 'inadmissible', 'rejected_as_late', 'logged']
/** States in which an award can be while the round is under review; its agency knows of none but a cut one. */
const UNDER_REVIEW: readonly string[] = ['awaiting_budget', 'proposed', 'retracted']

export const ACCESS_TABLES: readonly AccessTable[] = [
  {
    thing: 'Bid',
    action: 'bid.read',
    cases: statesOf('bid').flatMap((state) => [
      ...(SEALED.includes(state) ? [inCase(`${state}, before the opening`, { ...PARTIES, openedAt: null })] : []),
      ...(state === 'draft' || state === 'withdrawn' ? [] : [inCase(state, { ...PARTIES, openedAt: OPENED })]),
    ]),
  },
  {
    thing: 'Bid as an expert reads it',
    action: 'assigned-bid.read',
    cases: [
      {
        state: 'under review',
        facts: ({ expertId }) => (expertId === SAMPLE.seated ? { expertId, hostId: SAMPLE.host } : undefined),
      },
    ],
  },
  {
    thing: 'Score sheet',
    action: 'score-sheet.read',
    cases: ['signed', 'void'].map((state) => inCase(state, { hostId: SAMPLE.host, expertId: SAMPLE.seated })),
  },
  {
    thing: 'Panel',
    action: 'panel.read',
    cases: [
      inCase('convened', {
        hostId: SAMPLE.host,
        members: [{ expertId: SAMPLE.seated }, { expertId: SAMPLE.recused }],
      }),
    ],
  },
  {
    thing: 'Review sessions of a round',
    action: 'review-session.list',
    cases: [inCase('opened', { hostId: SAMPLE.host, publishedAt: OPENED })],
  },
  {
    thing: 'Hearing',
    action: 'review-item.read',
    cases: [inCase('called, up to the opinion', { ...PARTIES, seated: [SAMPLE.seated] })],
  },
  {
    thing: 'Opinion of the panel',
    action: 'review-item.read-opinion',
    cases: [
      inCase('before the notice', { ...PARTIES, seated: [SAMPLE.seated], isShown: false, isPublic: true }),
      inCase('then, for the bidder', { ...PARTIES, seated: [SAMPLE.seated], isShown: true, isPublic: false }),
      inCase('then, where the policy makes it public', {
        ...{ ...PARTIES, seated: [SAMPLE.seated] },
        ...{ isShown: true, isPublic: true },
      }),
    ],
  },
  {
    thing: 'Ranking',
    action: 'round.read-ranking',
    cases: [inCase('made', { hostId: SAMPLE.host, publishedAt: OPENED })],
  },
  {
    thing: 'Award',
    action: 'award.read',
    cases: [
      ...UNDER_REVIEW.filter((state) => statesOf('award').includes(state)).map((state) =>
        inCase(`${state}, before the first notice`, {
          ...PARTIES,
          isHidden: state !== 'awaiting_budget',
          reviewedById: null,
        }),
      ),
      ...statesOf('award').map((state) => inCase(state, { ...PARTIES, isHidden: false, reviewedById: null })),
      inCase('suspended, an answer about it reviewed by another host', {
        ...{ ...PARTIES, isHidden: false },
        reviewedById: SAMPLE.otherHost,
      }),
    ],
  },
  {
    thing: 'Result of a bid',
    action: 'bid.read-result',
    cases: [
      inCase('ranked, before the first notice', { ...PARTIES, isShown: false }),
      inCase('from the first notice on', { ...PARTIES, isShown: true }),
    ],
  },
  {
    thing: 'Public notice',
    action: 'notice.read',
    cases: statesOf('notice').map((state) => inCase(state, { hostId: SAMPLE.host })),
  },
  {
    thing: 'Objection',
    action: 'objection.read',
    cases: [
      ...statesOf('objection').map((state) => inCase(state, objectionIn(state))),
      inCase('accepted, reviewed by another host', { ...objectionIn('accepted'), reviewedById: SAMPLE.otherHost }),
      inCase('dismissed, its answer reviewed by another host', {
        ...{ ...objectionIn('dismissed'), appealedToId: SAMPLE.otherHost },
      }),
    ],
  },
]

function objectionIn(state: string) {
  return {
    hostId: SAMPLE.host,
    filedByOrganizationId: state === 'logged' ? null : SAMPLE.rival,
    awardedOrganizationId: SAMPLE.agency,
    reviewedById: null,
    appealedToId: null,
    acceptedAt: NOT_ADMITTED.includes(state) ? null : OPENED,
  }
}

function inCase(state: string, facts: object): AccessCase {
  return { state, facts: () => facts }
}

/** The states of a machine of the modules, in the order of its table. */
function statesOf(name: string): string[] {
  const machine = MODULES.flatMap(({ machines = [] }) => machines).find((one) => one.name === name)
  if (machine === undefined) throw new Error(`no module has the machine ${name}`)
  return Object.keys(machine.table)
}

/** What the reader gets: first at the door, which knows roles alone, then about the thing itself. */
export function verdictOf(actionName: string, { facts }: AccessCase, { actor }: Reader): Verdict {
  const action = MODULES.flatMap(({ actions }) => actions).find(({ name }) => name === actionName) as
    | Action<object>
    | undefined
  if (action === undefined) throw new Error(`no module has the action ${actionName}`)
  if (action.roles !== 'anyone') {
    if (actor.kind === 'anonymous') return 401
    if (!action.roles.some((role) => actor.roles.includes(role))) return 403
  }
  const found = facts(actor)
  if (found === undefined) return 404
  const verdict = judge(actor, action, found)
  return verdict === 'allowed' ? 200 : verdict === 'forbidden' ? 403 : 404
}

/** The tables for the page: states that nobody tells apart share a column. */
export function accessTablesText(): string {
  return ACCESS_TABLES.map(({ thing, action, cases }) => {
    const columns = Map.groupBy(cases, (one) => READERS.map((reader) => verdictOf(action, one, reader)).join())
    const groups = [...columns.values()]
    const rows = READERS.map((reader) => {
      const cells = groups.map(([one]) => (one === undefined ? '' : verdictOf(action, one, reader)))
      return `| ${reader.role} | ${reader.relation} | ${cells.join(' | ')} |`
    })
    return [
      `### ${thing} (\`${action}\`)`,
      '',
      `| role | relation | ${groups.map((group) => group.map(({ state }) => state).join('; ')).join(' | ')} |`,
      `|---|---|${groups.map(() => '---|').join('')}`,
      ...rows,
      '',
    ].join('\n')
  }).join('\n')
}
