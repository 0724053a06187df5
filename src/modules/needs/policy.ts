import { action } from '../../kernel/action.ts'
import { type Actor, type Role, worksForHost } from '../../kernel/actor.ts'

type Kept = { readonly hostId: string; readonly publishedAt: Date | null }

/** Everybody who works for a host sees its unpublished needs. */
export const NEED_READERS: readonly Role[] = ['host', 'operator', 'town', 'evaluator', 'finance', 'auditor']
const COLLECTORS: readonly Role[] = ['host', 'operator', 'town']

const collects = (actor: Actor, need: { hostId: string }) => worksForHost(actor, need.hostId, ...COLLECTORS)
const isHost = (actor: Actor, need: { hostId: string }) => worksForHost(actor, need.hostId, 'host')
const maySee = (actor: Actor, need: Kept) =>
  need.publishedAt !== null || worksForHost(actor, need.hostId, ...NEED_READERS)

export const CreateNeed = action<{ hostId: string }>({
  name: 'need.create',
  roles: COLLECTORS,
  because: 'towns and communities collect needs for the host they work for',
  permits: collects,
  knows: () => true,
})
export const ChangeNeed = action<Kept>({ name: 'need.change', roles: COLLECTORS, permits: collects, knows: maySee })
export const VerifyNeed = action<Kept>({ name: 'need.verify', roles: COLLECTORS, permits: collects, knows: maySee })
export const WithdrawNeed = action<Kept>({ name: 'need.withdraw', roles: COLLECTORS, permits: collects, knows: maySee })
export const PublishNeed = action<Kept>({ name: 'need.publish', roles: ['host'], permits: isHost, knows: maySee })
export const ReopenNeed = action<Kept>({ name: 'need.reopen', roles: ['host'], permits: isHost, knows: maySee })
export const ReadNeed = action<Kept>({
  name: 'need.read',
  roles: 'anyone',
  because: 'the needs list is published',
  permits: maySee,
})
export const ListNeeds = action({
  name: 'need.list',
  roles: 'anyone',
  because: 'the needs list is published; a host sees its unpublished needs besides',
})

export const NEED_ACTIONS = [
  CreateNeed,
  ChangeNeed,
  VerifyNeed,
  PublishNeed,
  WithdrawNeed,
  ReopenNeed,
  ReadNeed,
  ListNeeds,
]
