import type { FastifyInstance } from 'fastify'
import { commandRoute, readRoute } from '../../../platform/http/route.ts'
import type { ModuleDeps } from '../../../platform/module.ts'
import { RoundNotInState } from '../../rounds/index.ts'
import { KeyShareRepeated, KeySharesUnused, KeyShareWrong } from '../../sealing/index.ts'
import { HandInKeyShare, OpenBids, ReadOpening } from '../policy.ts'
import { BidsStillOpen, OpeningNotRequested, OpeningUnderWay, SealingKeyMissing } from '../problems/index.ts'
import { KeyShareBody, OpeningBody, OpeningParams } from '../schemas/sealed.ts'
import { handInKeyShare, readOpening, requestOpening } from '../service/opening.ts'
import { toOpening } from './present.ts'

const onRound = { tag: 'Bids', params: OpeningParams, status: 200, answer: OpeningBody, present: toOpening } as const

export function openingRoutes(app: FastifyInstance, deps: Pick<ModuleDeps, 'sealing'>): void {
  commandRoute(app, {
    ...onRound,
    method: 'POST',
    url: '/rounds/:roundId/opening',
    operationId: 'openBids',
    summary: 'Ask for the opening of the bids of a round',
    description:
      'After the deadline. Once as many different people have asked as the policy wants, and the key can be had, the bids are opened in the background, one by one; read this resource until it is `done`. The round then goes to reviewing, the host’s side sees the bids, and the record with all commitments stands in the audit chain. One bid that does not open holds up no other.',
    allow: OpenBids,
    ifMatch: true,
    problems: [BidsStillOpen, OpeningUnderWay, RoundNotInState, SealingKeyMissing],
    run: (work, { params }) => requestOpening(work, params.roundId),
  })
  commandRoute(app, {
    ...onRound,
    method: 'POST',
    url: '/rounds/:roundId/key-shares',
    operationId: 'handInKeyShare',
    summary: 'Hand in an officer’s share of the round key',
    description:
      'After the deadline and once the opening was asked for. The share is what is inside the officer’s sealedShare; with the last one that is needed the opening begins.',
    allow: HandInKeyShare,
    body: KeyShareBody,
    secretAnswer: true,
    problems: [BidsStillOpen, OpeningNotRequested, KeyShareWrong, KeyShareRepeated, KeySharesUnused],
    run: (work, { params, body }) => handInKeyShare(work, deps, params.roundId, body.share),
  })
  readRoute(app, {
    url: '/rounds/:roundId/opening',
    operationId: 'readOpening',
    summary: 'Read the record of an opening',
    tag: 'Bids',
    description:
      'How far it is; once `done`, public and with every bid that was in at the deadline: its commitment and what became of it. While a blind round is under review it names no bidder, and of an award never what its notice left out (`withheld`); the host’s side and the bidder itself read both.',
    allow: ReadOpening,
    params: OpeningParams,
    answer: OpeningBody,
    run: (work, { params }) => readOpening(work, params.roundId),
    present: toOpening,
  })
}
