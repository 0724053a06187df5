import type { Decision } from '../../../kernel/decision.ts'
import { type Transitions, transition } from '../../../kernel/transitions.ts'
import { RecusalRequestNotInState } from '../problems/index.ts'

export const REQUEST_STATES = ['open', 'granted', 'rejected'] as const
export type RequestState = (typeof REQUEST_STATES)[number]
export type RequestCommand = 'grant' | 'reject'

export const REQUEST_TRANSITIONS: Transitions<RequestState, RequestCommand> = {
  open: { grant: 'granted', reject: 'rejected' },
  granted: {},
  rejected: {},
}

/** An agency asks that an expert step aside from its bid. */
export interface RecusalRequest {
  readonly id: string
  readonly version: number
  readonly roundId: string
  readonly hostId: string
  readonly bidId: string
  /** The agency that asks. */
  readonly organizationId: string
  /** As the agency heard it; whether such an expert judges the bid is not told to it. */
  readonly expertCode: string
  readonly reason: string
  readonly state: RequestState
  readonly decisionReason: string | null
  readonly decidedBy: string | null
  readonly decidedAt: Date | null
  readonly createdAt: Date
}

/**
 * What the agency reads until the notice: the request as it was made. The outcome, and be it that of a version number,
 * would tell whether such an expert sits on the panel.
 */
export function asMade(request: RecusalRequest): RecusalRequest {
  return { ...request, version: 1, state: 'open', decisionReason: null, decidedBy: null, decidedAt: null }
}

export function decideRequest({ state }: RecusalRequest, isGranted: boolean): Decision<RequestState> {
  return transition(REQUEST_TRANSITIONS, state, isGranted ? 'grant' : 'reject', RecusalRequestNotInState)
}
