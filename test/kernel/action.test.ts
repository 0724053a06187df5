import t from 'tap'
import { action, judge } from '../../src/kernel/action.ts'
import { type Actor, ANONYMOUS, ROLES, type Role, SYSTEM } from '../../src/kernel/actor.ts'

interface Bid {
  agencyId: string
  open: boolean
}

const withdraw = action<Bid>({
  name: 'bid.withdraw',
  roles: ['agency'],
  permits: (actor, bid) => actor.organizationId === bid.agencyId,
  knows: (_actor, bid) => bid.open,
})
const readNeed = action({ name: 'need.read', roles: 'anyone', because: 'the needs list is public' })
const loadCalendar = action({ name: 'calendar.load', roles: ['platform_admin'] })

const holder = (role: Role, organizationId: string | null = null): Actor => ({
  ...ANONYMOUS,
  kind: 'key',
  id: 'key_1',
  roles: [role],
  organizationId,
})
const sealed: Bid = { agencyId: 'org_a', open: false }
const opened: Bid = { agencyId: 'org_a', open: true }

t.test('who has the role and the relation is allowed', async (t) => {
  t.equal(judge(holder('agency', 'org_a'), withdraw, sealed), 'allowed')
})

t.test('who lacks the relation may know of the thing or may not', async (t) => {
  t.equal(judge(holder('agency', 'org_b'), withdraw, opened), 'forbidden')
  t.equal(judge(holder('agency', 'org_b'), withdraw, sealed), 'hidden')
})

t.test('the relation alone does not help who lacks the role', async (t) => {
  t.equal(judge(holder('host', 'org_a'), withdraw, opened), 'forbidden')
  t.equal(judge(holder('host', 'org_a'), withdraw, sealed), 'hidden')
  t.equal(judge(ANONYMOUS, withdraw, sealed), 'hidden')
})

t.test('an action without a relation is decided by the role alone, and hides from everybody else', async (t) => {
  for (const role of ROLES) {
    t.equal(judge(holder(role), loadCalendar, null), role === 'platform_admin' ? 'allowed' : 'hidden', role)
  }
})

t.test('an action for anyone needs no credential', async (t) => {
  t.equal(judge(ANONYMOUS, readNeed, null), 'allowed')
})

t.test('an action for anyone may still ask for a relation', async (t) => {
  const readOpened = action<Bid>({
    name: 'bid.read',
    roles: 'anyone',
    because: 'opened',
    permits: (_, bid) => bid.open,
  })
  t.equal(judge(ANONYMOUS, readOpened, opened), 'allowed')
  t.equal(judge(ANONYMOUS, readOpened, sealed), 'hidden')
})

t.test('the system performs the actions of its jobs', async (t) => {
  t.equal(judge(SYSTEM, withdraw, sealed), 'allowed')
})

t.test('a defined action cannot be changed afterwards', async (t) => {
  t.ok(Object.isFrozen(withdraw))
})
