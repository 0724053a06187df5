import fc from 'fast-check'
import t from 'tap'
import {
  actionsOf,
  advance,
  checkDates,
  checkSponsoredGroup,
  hostOfNeeds,
  indicatorOf,
  PROJECT_STATES,
  type Project,
  type ProjectCommand,
  type ProjectState,
} from '../../../src/modules/projects/rules.ts'

const NOW = new Date('2026-04-01T02:00:00.000Z')
const EARLIER = new Date('2026-03-27T02:00:00.000Z')
const HOST = 'org_00000000000000000000000001'
const OTHER_HOST = 'org_00000000000000000000000002'
const AGENCY = 'org_00000000000000000000000003'
const GROUP = 'org_00000000000000000000000004'
const COMMANDS: readonly ProjectCommand[] = [
  'change',
  'list',
  'withdraw',
  'selectForAward',
  'release',
  'activate',
  'suspend',
  'resume',
  'startClosing',
  'close',
  'terminate',
  'settle',
]

function projectIn(state: ProjectState): Project {
  return {
    id: 'prj_00000000000000000000000001',
    version: 1,
    hostId: HOST,
    organizationId: AGENCY,
    sponsoredGroupId: null,
    title: '银龄守望',
    summary: '定期上门探访',
    startsOn: '2026-06-01',
    endsOn: '2026-11-30',
    needIds: ['need_00000000000000000000000001'],
    indicators: [],
    state,
    listedAt: state === 'draft' || state === 'withdrawn' ? null : EARLIER,
    createdAt: EARLIER,
  }
}

/** What every state allows and where it leads; everything else is refused. Written by hand, not taken from the code. */
const TABLE: Record<ProjectState, Partial<Record<ProjectCommand, ProjectState>>> = {
  draft: { change: 'draft', list: 'listed', withdraw: 'withdrawn' },
  listed: { change: 'listed', withdraw: 'withdrawn', selectForAward: 'pending_agreement' },
  pending_agreement: { release: 'listed', activate: 'active' },
  active: { suspend: 'suspended', startClosing: 'closing', terminate: 'terminated' },
  suspended: { resume: 'active', startClosing: 'closing', terminate: 'terminated' },
  closing: { close: 'closed', terminate: 'terminated' },
  closed: {},
  terminated: { settle: 'settled' },
  settled: {},
  withdrawn: {},
}

t.test('every command in every state leads where the table says, or is refused', async (t) => {
  for (const state of PROJECT_STATES) {
    for (const command of COMMANDS) {
      const decision = advance(projectIn(state), command, NOW)
      t.equal(decision.accepted ? decision.value.state : undefined, TABLE[state][command], `${command}: ${state}`)
      if (!decision.accepted)
        t.match(decision.refusal, { problem: { code: 'project_not_in_state' }, parameters: { state, command } })
    }
  }
})

t.test(
  'an agency is offered only its own commands; awards, agreements and closings come from later stages',
  async (t) => {
    t.same(actionsOf('draft'), ['change', 'list', 'withdraw'])
    t.same(actionsOf('listed'), ['change', 'withdraw'])
    for (const state of PROJECT_STATES.slice(2)) t.same(actionsOf(state), [], state)
  },
)

t.test('a project keeps the day it was listed first', async (t) => {
  const listed = advance(projectIn('draft'), 'list', NOW)
  t.same(listed.accepted && listed.value.listedAt, NOW)
  const released = advance(projectIn('pending_agreement'), 'release', NOW)
  t.same(released.accepted && released.value.listedAt, EARLIER)
})

t.test('whatever the commands and their order, a project that was listed never becomes secret again', async () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...COMMANDS), { maxLength: 15 }), (commands) => {
      let project = projectIn('draft')
      for (const command of commands) {
        const decision = advance(project, command, NOW)
        if (!decision.accepted) continue
        if (project.listedAt !== null && decision.value.listedAt === null) return false
        project = decision.value
      }
      return ['draft', 'withdrawn'].includes(project.state) || project.listedAt !== null
    }),
  )
})

t.test('a project may last a single day, but not end before it starts', async (t) => {
  t.ok(checkDates({ startsOn: '2026-06-01', endsOn: '2026-06-01' }).accepted)
  t.match(checkDates({ startsOn: '2026-06-01', endsOn: '2026-05-31' }), {
    accepted: false,
    refusal: { problem: { code: 'project_dates_reversed' } },
  })
})

t.test('the target of money is an amount, that of everything else a number, and words may stand alone', async (t) => {
  const indicator = { name: '链接资源', unit: '元', targetText: null, number: null, amountFen: null } as const
  const target = (wanted: Partial<Parameters<typeof indicatorOf>[0]>) => {
    const decision = indicatorOf({ ...indicator, kind: 'count', ...wanted }, 3)
    return decision.accepted ? decision.value.target : decision.refusal.errors[0]?.pointer
  }
  t.equal(target({ kind: 'money', amountFen: 2_000_000n }), 2_000_000n)
  t.equal(target({ kind: 'persons', number: 60 }), 60n)
  t.equal(target({ number: 0 }), 0n, 'nothing may be the aim: no complaints, no accidents')
  t.equal(target({ targetText: '形成机制' }), null)
  t.equal(target({ kind: 'money', number: 20_000 }), '#/indicators/3/target')
  t.equal(target({ kind: 'persons', amountFen: 60n }), '#/indicators/3/targetAmount')
  t.equal(target({}), '#/indicators/3')
})

t.test('a project answers published needs of one host (D1-15)', async (t) => {
  const need = (id: string, hostId = HOST, isPublished = true) => ({ id, hostId, isPublished })
  const codeOf = (decision: ReturnType<typeof hostOfNeeds>) =>
    decision.accepted ? decision.value : decision.refusal.problem.code
  t.equal(codeOf(hostOfNeeds(['n1', 'n2'], [need('n2'), need('n1')])), HOST)
  t.equal(codeOf(hostOfNeeds([], [])), 'project_need_not_published', 'without a need there is no project')
  t.equal(codeOf(hostOfNeeds(['n1', 'n2'], [need('n1'), need('n2', OTHER_HOST)])), 'project_needs_of_several_hosts')
  const refused = hostOfNeeds(['n1', 'n2', 'n3'], [need('n1'), need('n2', HOST, false)])
  t.same(
    !refused.accepted && refused.refusal.errors.map((error) => error.pointer),
    ['#/needIds/1', '#/needIds/2'],
    'a secret need and one that does not exist are refused in the same words',
  )
})

t.test('an agency applies for filed groups that it sponsors, and for no other', async (t) => {
  const check = (group: Parameters<typeof checkSponsoredGroup>[2]) => checkSponsoredGroup(AGENCY, GROUP, group).accepted
  t.ok(check({ type: 'filed_community_org', sponsorId: AGENCY }))
  t.notOk(check({ type: 'filed_community_org', sponsorId: HOST }))
  t.notOk(check({ type: 'social_group', sponsorId: AGENCY }))
  t.notOk(check(undefined))
})
