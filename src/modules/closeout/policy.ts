import { action } from '../../kernel/action.ts'
import { type Actor, worksForHost } from '../../kernel/actor.ts'
import { HOST_SIDE, hostSideAction, isHostSide, isParty, type Parties } from '../../kernel/parties.ts'

export const RecordAudit = hostSideAction(
  'audit.record',
  ['auditor', 'evaluator', 'host'],
  'the auditor reports; the host may enter the report of a firm',
)
export const SettleProject = hostSideAction(
  'settlement.create',
  ['host', 'finance'],
  'the money is the host’s, and finance pays it',
)
export const ClaimRefund = hostSideAction('settlement.claim-refund', ['host', 'finance'], 'who settles claims back')
export const ReadCloseout = action<Parties>({
  name: 'closeout.read',
  roles: [...HOST_SIDE, 'agency'],
  because: 'the agency reads how its own project was audited and settled',
  permits: isParty,
})
export const ListCloseout = action({
  name: 'closeout.list',
  roles: [...HOST_SIDE, 'agency'],
  because: 'everybody lists what concerns the own host or the own organization',
})

interface RoundFacts {
  readonly hostId: string
  readonly publishedAt: Date | null
}
const knowsRound = (actor: Actor, round: RoundFacts) => round.publishedAt !== null || isHostSide(actor, round)

export const CloseRound = action<RoundFacts>({
  name: 'round.finish',
  roles: ['host'],
  because: 'the host ends its round',
  permits: (actor, round) => worksForHost(actor, round.hostId, 'host'),
  knows: knowsRound,
})
export const ReadStatement = action<RoundFacts>({
  name: 'round.read-statement',
  roles: HOST_SIDE,
  because: 'the account of a round is for the host’s side; what the public reads is announced by notices',
  permits: isHostSide,
  knows: knowsRound,
})

export const CLOSEOUT_ACTIONS = [
  RecordAudit,
  SettleProject,
  ClaimRefund,
  ReadCloseout,
  ListCloseout,
  CloseRound,
  ReadStatement,
]
