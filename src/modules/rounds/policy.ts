import { type Action, action, judge } from '../../kernel/action.ts'
import { type Actor, worksForHost } from '../../kernel/actor.ts'
import { ROUND_OFFERS, ROUND_TRANSITIONS, type RoundState } from './rules.ts'

type RoundFacts = { readonly hostId: string; readonly state: RoundState; readonly publishedAt: Date | null }

const isHostSide = (actor: Actor, round: Pick<RoundFacts, 'hostId'>) =>
  worksForHost(actor, round.hostId, 'host', 'operator', 'town', 'evaluator', 'finance', 'auditor')
const knowsOf = (actor: Actor, round: RoundFacts) => round.publishedAt !== null || isHostSide(actor, round)

export const CreateRound = action<{ hostId: string }>({
  name: 'round.create',
  roles: ['host', 'operator'],
  permits: (actor, round) => worksForHost(actor, round.hostId, 'host', 'operator'),
  knows: () => true,
})
export const ChangeRound = action<RoundFacts>({
  name: 'round.change',
  roles: ['host', 'operator'],
  permits: (actor, round) => worksForHost(actor, round.hostId, 'host', 'operator'),
  knows: knowsOf,
})
export const PublishRound = action<RoundFacts>({
  name: 'round.publish',
  roles: ['host'],
  because: 'the host decides; the operator prepares',
  permits: (actor, round) => worksForHost(actor, round.hostId, 'host'),
  knows: knowsOf,
})
export const CheckRound = action<RoundFacts>({ ...ChangeRound, name: 'round.check' })
export const DryRunRound = action<RoundFacts>({ ...ChangeRound, name: 'round.dry-run' })
export const AmendRound = action<RoundFacts>({
  ...PublishRound,
  name: 'round.amend',
  because: 'an amendment is announced to everybody: the host decides',
})
export const CancelRound = action<RoundFacts>({ ...PublishRound, name: 'round.cancel' })
export const ReadRound = action<RoundFacts>({
  name: 'round.read',
  roles: 'anyone',
  because: 'the call of a round is public; a draft is not',
  permits: knowsOf,
})
export const ListRounds = action({
  name: 'round.list',
  roles: 'anyone',
  because: 'the call of a round is public; drafts show only to their host',
})
export const ReadPools = action<RoundFacts>({
  name: 'round.read-pools',
  roles: ['host', 'operator', 'finance', 'auditor'],
  because: 'what is allocated tells the awards before their notice',
  permits: (actor, round) => worksForHost(actor, round.hostId, 'host', 'operator', 'finance', 'auditor'),
  knows: knowsOf,
})

/** Later modules open the bids and close the round; the same people may do it. */
const OFFERED_TO: Readonly<Record<(typeof ROUND_OFFERS)[number], Action<RoundFacts>>> = {
  change: ChangeRound,
  publish: PublishRound,
  amend: AmendRound,
  cancel: CancelRound,
  startReview: ChangeRound,
  finish: PublishRound,
}

/** What the reader may do to the round in its state: what it shows as `actions`. */
export function roundOffers(actor: Actor, round: RoundFacts): string[] {
  return ROUND_OFFERS.filter(
    (command) =>
      ROUND_TRANSITIONS[round.state][command] !== undefined && judge(actor, OFFERED_TO[command], round) === 'allowed',
  )
}

export const ROUND_ACTIONS = [
  CreateRound,
  ChangeRound,
  CheckRound,
  DryRunRound,
  PublishRound,
  AmendRound,
  CancelRound,
  ReadRound,
  ListRounds,
  ReadPools,
]
