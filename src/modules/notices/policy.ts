import { action } from '../../kernel/action.ts'
import { worksForHost } from '../../kernel/actor.ts'

export const PublishNotice = action<{ readonly hostId: string; readonly state: string }>({
  name: 'notice.publish',
  roles: ['host'],
  because: 'the host answers for what is made public',
  permits: (actor, round) => worksForHost(actor, round.hostId, 'host'),
  knows: (actor, round) => round.state !== 'draft' || actor.hostId === round.hostId,
})
export const WithdrawNotice = action<{ readonly hostId: string }>({
  name: 'notice.withdraw',
  roles: ['host'],
  because: 'the host answers for what is made public',
  permits: (actor, notice) => worksForHost(actor, notice.hostId, 'host'),
  knows: () => true,
})
export const ReadNotice = action({
  name: 'notice.read',
  roles: 'anyone',
  because: 'a public notice is for the public, withdrawn ones included',
})

export const NOTICE_ACTIONS = [PublishNotice, WithdrawNotice, ReadNotice]
