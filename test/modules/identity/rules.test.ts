import t from 'tap'
import { ROLES, type Role } from '../../../src/kernel/actor.ts'
import { checkLifetime, checkStanding, isLive, type Standing } from '../../../src/modules/identity/rules.ts'

const standing = (roles: readonly Role[], rest: Partial<Standing> = {}): Standing => ({
  roles,
  organizationId: null,
  hostId: null,
  expertId: null,
  ...rest,
})
const codeOf = (wanted: Standing) => {
  const decision = checkStanding(wanted)
  return decision.accepted ? 'accepted' : decision.refusal.problem.code
}

t.test('each role needs what it acts for', async (t) => {
  const expected: Record<Role, string> = {
    platform_admin: 'accepted',
    host: 'host_missing',
    operator: 'host_missing',
    town: 'host_missing',
    evaluator: 'host_missing',
    finance: 'host_missing',
    auditor: 'host_missing',
    agency: 'organization_missing',
    provider: 'organization_missing',
    expert: 'expert_missing',
  }
  for (const role of ROLES) {
    t.equal(codeOf(standing([role])), expected[role], role)
    const complete = standing([role], {
      hostId: 'org_h',
      organizationId: 'org_a',
      expertId: role === 'expert' ? 'exp_1' : null,
    })
    t.equal(codeOf(complete), 'accepted', `${role} with everything`)
  }
})

t.test('who judges is not judged, and who runs the platform decides nothing in a round', async (t) => {
  const everything = { hostId: 'org_h', organizationId: 'org_a', expertId: 'exp_1' }
  for (const pair of [
    ['expert', 'agency'],
    ['evaluator', 'agency'],
    ['platform_admin', 'host'],
    ['auditor', 'finance'],
  ] as const) {
    t.equal(codeOf(standing(pair, everything)), 'roles_exclusive', pair.join(' + '))
  }
  t.equal(codeOf(standing(['host', 'operator'], { hostId: 'org_h' })), 'accepted')
})

t.test('a key lives at most a year, and a revoked or expired one is dead', async (t) => {
  const now = new Date('2026-06-01T00:00:00Z')
  const days = (count: number) => new Date(now.getTime() + count * 86_400_000)
  t.ok(checkLifetime(days(365), now).accepted)
  t.notOk(checkLifetime(days(366), now).accepted)
  t.notOk(checkLifetime(now, now).accepted)
  t.ok(isLive({ expiresAt: days(1), revokedAt: null }, now))
  t.notOk(isLive({ expiresAt: now, revokedAt: null }, now))
  t.notOk(isLive({ expiresAt: days(1), revokedAt: now }, now))
})
