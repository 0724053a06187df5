import { action } from '../../kernel/action.ts'
import { hasRole, ROLES, worksForHost } from '../../kernel/actor.ts'

export const ReadDeadlines = action<{ hostId: string | null }>({
  name: 'deadline.read',
  roles: ['host', 'operator', 'finance', 'auditor'],
  because: 'what is due when is the host side’s own work list',
  permits: (actor, { hostId }) =>
    hostId !== null && worksForHost(actor, hostId, 'host', 'operator', 'finance', 'auditor'),
})
export const MoveClock = action<{ id: string }>({
  name: 'sandbox_clock.move',
  roles: ['host', 'platform_admin'],
  because: 'a test clock moves everything that its host has going',
  permits: (actor, host) => hasRole(actor, 'platform_admin') || worksForHost(actor, host.id, 'host'),
  knows: () => true,
})
export const ReadClock = action({
  name: 'sandbox_clock.read',
  roles: [...ROLES],
  because: 'whoever tests against a host must know what time it is there',
})

export const DEADLINE_ACTIONS = [ReadDeadlines, MoveClock, ReadClock]
