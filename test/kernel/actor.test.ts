import t from 'tap'
import { type Actor, ANONYMOUS, actsForAgency, hasRole, SYSTEM, worksForHost } from '../../src/kernel/actor.ts'

const operator: Actor = { ...ANONYMOUS, kind: 'user', id: 'usr_1', roles: ['operator', 'finance'], hostId: 'org_h' }
const agency: Actor = { ...ANONYMOUS, kind: 'key', id: 'key_1', roles: ['agency'], organizationId: 'org_a' }

t.test('an actor has each of its roles and no other', async (t) => {
  t.ok(hasRole(operator, 'finance'))
  t.ok(hasRole(operator, 'host', 'operator'), 'one of several is enough')
  t.notOk(hasRole(operator, 'host'))
  t.notOk(hasRole(operator))
})

t.test('working for a host takes the host and the role', async (t) => {
  t.ok(worksForHost(operator, 'org_h', 'operator'))
  t.notOk(worksForHost(operator, 'org_other', 'operator'))
  t.notOk(worksForHost(operator, 'org_h', 'host'))
})

t.test('acting for an agency takes the organization and the role', async (t) => {
  t.ok(actsForAgency(agency, 'org_a'))
  t.notOk(actsForAgency(agency, 'org_b'))
  t.notOk(actsForAgency({ ...agency, roles: ['provider'] }, 'org_a'))
})

t.test('nobody and the system hold no roles and belong to nothing', async (t) => {
  for (const actor of [ANONYMOUS, SYSTEM]) {
    t.ok(Object.isFrozen(actor), actor.kind)
    t.same([actor.roles, actor.organizationId, actor.hostId, actor.expertId], [[], null, null, null], actor.kind)
  }
})
