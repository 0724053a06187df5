import { action } from '../../kernel/action.ts'
import { hasRole, worksForHost } from '../../kernel/actor.ts'

/** The platform keeps the national calendar; a host, or who runs its rounds, its own deviations. */
export const KeepCalendar = action<{ hostId: string | null }>({
  name: 'calendar.keep',
  roles: ['platform_admin', 'host', 'operator'],
  because: 'the national calendar binds all hosts, a local one only its own',
  permits: (actor, calendar) =>
    calendar.hostId === null
      ? hasRole(actor, 'platform_admin')
      : worksForHost(actor, calendar.hostId, 'host', 'operator'),
  knows: () => true,
})
export const ReadCalendar = action({
  name: 'calendar.read',
  roles: 'anyone',
  because: 'which days are working days is public',
})

export const CALENDAR_ACTIONS = [KeepCalendar, ReadCalendar]
