import t from 'tap'
import { type Actor, ANONYMOUS, ROLES, type Role } from '../../../src/kernel/actor.ts'
import {
  checkExpert,
  checkIssuer,
  checkLifetime,
  checkStanding,
  isLive,
  type Standing,
} from '../../../src/modules/identity/rules.ts'

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
    ['evaluator', 'host'],
    ['evaluator', 'operator'],
    ['finance', 'host'],
    ['auditor', 'host'],
    ['auditor', 'finance'],
    ['expert', 'host'],
    ['platform_admin', 'host'],
    ['platform_admin', 'expert'],
  ] as const) {
    t.equal(codeOf(standing(pair, everything)), 'roles_exclusive', pair.join(' + '))
  }
  t.equal(codeOf(standing(['host', 'operator'], { hostId: 'org_h' })), 'accepted')
})

t.test('a credential hands out no more than it has itself', async (t) => {
  const actor = (role: Role, rest: Partial<Actor>): Actor => ({ ...ANONYMOUS, kind: 'key', roles: [role], ...rest })
  const host = actor('host', { hostId: 'org_h', organizationId: 'org_h' })
  const agency = actor('agency', { organizationId: 'org_a' })
  const allowed: readonly (readonly [string, Actor, Standing])[] = [
    ['staff of the host', host, standing(['operator'], { hostId: 'org_h' })],
    ['staff that stands for the host', host, standing(['finance'], { hostId: 'org_h', organizationId: 'org_h' })],
    ['a second key of the agency', agency, standing(['agency', 'provider'], { organizationId: 'org_a' })],
    [
      'anything by the platform',
      actor('platform_admin', {}),
      standing(['expert'], { expertId: 'exp_1', organizationId: 'org_a' }),
    ],
  ]
  const refused: readonly (readonly [string, Actor, Standing])[] = [
    ['an agency’s key by a host', host, standing(['agency'], { organizationId: 'org_a' })],
    [
      'an agency’s key with staff in it',
      host,
      standing(['town', 'agency'], { hostId: 'org_h', organizationId: 'org_a' }),
    ],
    ['staff in an agency’s name', host, standing(['operator'], { hostId: 'org_h', organizationId: 'org_a' })],
    ['an expert’s key by a host', host, standing(['expert'], { hostId: 'org_h', expertId: 'exp_1' })],
    ['staff of another host', host, standing(['operator'], { hostId: 'org_x' })],
    ['the platform’s key', host, standing(['platform_admin'], { hostId: 'org_h' })],
    ['another agency’s key', agency, standing(['agency'], { organizationId: 'org_b' })],
    [
      'an agency’s key that works for a host',
      agency,
      standing(['agency'], { organizationId: 'org_a', hostId: 'org_h' }),
    ],
    ['staff by an agency', agency, standing(['auditor'], { organizationId: 'org_a', hostId: 'org_h' })],
    ['anything by staff', actor('operator', { hostId: 'org_h' }), standing(['town'], { hostId: 'org_h' })],
  ]
  for (const [what, issuer, wanted] of allowed) t.ok(checkIssuer(issuer, wanted).accepted, what)
  for (const [what, issuer, wanted] of refused) t.notOk(checkIssuer(issuer, wanted).accepted, what)
})

t.test('a credential for an expert names one on record, of the host it works for if it works for one', async (t) => {
  const verdict = (expertId: string | null, hostId: string | null, expertHostId: string | undefined) => {
    const decision = checkExpert({ expertId, hostId }, expertHostId)
    return decision.accepted ? 'accepted' : decision.refusal.problem.code
  }
  t.equal(verdict(null, 'org_h', undefined), 'accepted')
  t.equal(verdict('exp_1', null, 'org_h'), 'accepted')
  t.equal(verdict('exp_1', 'org_h', 'org_h'), 'accepted')
  t.equal(verdict('exp_1', 'org_x', 'org_h'), 'expert_unknown')
  t.equal(verdict('exp_1', null, undefined), 'expert_unknown')
  t.equal(verdict('exp_1', 'org_h', undefined), 'expert_unknown')
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
