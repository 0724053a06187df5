import { action } from '../../kernel/action.ts'
import { worksForHost } from '../../kernel/actor.ts'

export const ReadSealingKey = action<object>({
  name: 'sealing-key.read',
  roles: 'anyone',
  because: 'whoever seals a bid, or checks a receipt, needs the public key of the round',
})
export const ListKeyShares = action<{ hostId: string }>({
  name: 'key-share.list',
  roles: ['host', 'operator', 'auditor'],
  because: 'each share is readable by its officer alone; who handed in what is not a secret of the host’s side',
  permits: (actor, key) => worksForHost(actor, key.hostId, 'host', 'operator', 'auditor'),
  knows: () => true,
})

export const SEALING_ACTIONS = [ReadSealingKey, ListKeyShares]
