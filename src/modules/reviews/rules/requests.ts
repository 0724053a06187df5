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

export function decideRequest({ state }: RecusalRequest, isGranted: boolean): Decision<RequestState> {
  return transition(REQUEST_TRANSITIONS, state, isGranted ? 'grant' : 'reject', RecusalRequestNotInState)
}
