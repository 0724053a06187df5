import type { LegalDate } from '../../../kernel/days.ts'
import { accept, type Decision, refuse } from '../../../kernel/decision.ts'
import {
  commitmentOfSeed,
  constraintsInConflict,
  DRAW_FORMAT,
  type DrawCandidate,
  type DrawnSeat,
  type DrawRecord,
  type DrawTerms,
  drawSeats,
  lotOrder,
  type Pair,
  type Quota,
  reserveOf,
} from '../../../kernel/draw.ts'
import { type Transitions, transition } from '../../../kernel/transitions.ts'
import {
  DrawCandidateUnknown,
  DrawImpossible,
  DrawNotInState,
  DrawRequired,
  DrawSeedInvalid,
  DrawUnrevealed,
  PanelNotAsDrawn,
} from '../problems/index.ts'
import type { Link } from './conflicts.ts'

export const DRAW_STATES = ['committed', 'revealed', 'abandoned'] as const
export type DrawState = (typeof DRAW_STATES)[number]
export type DrawCommand = 'reveal' | 'dropOut' | 'abandon'

/** One draw stands at a time; one that is abandoned stays on the public list with its reason. */
export const DRAW_TRANSITIONS: Transitions<DrawState, DrawCommand> = {
  committed: { reveal: 'revealed', abandon: 'abandoned' },
  revealed: { dropOut: 'revealed', abandon: 'abandoned' },
  abandoned: {},
}

/** Why a candidate may not be drawn: for the host's side alone. */
export interface DrawConflict {
  readonly expertId: string
  readonly bidderId: string
  readonly path: readonly Link[]
}

export interface DropOut {
  readonly expertId: string
  readonly reason: string
}

export interface ExpertDraw {
  readonly id: string
  readonly version: number
  readonly roundId: string
  readonly hostId: string
  /** 1, 2, 3 … within the round. */
  readonly number: number
  readonly state: DrawState
  readonly reviewOn: LegalDate
  readonly size: number
  readonly quotas: readonly Quota[]
  readonly candidates: readonly DrawCandidate[]
  readonly conflicts: readonly DrawConflict[]
  readonly termsDigest: string
  readonly hostCommitment: string | null
  readonly serviceCommitment: string
  readonly hostSeed: string | null
  /** Null until the seeds are shown. */
  readonly serviceSeed: string | null
  readonly dropOuts: readonly DropOut[]
  readonly seats: readonly DrawnSeat[]
  readonly abandonmentReason: string | null
  readonly revealedAt: Date | null
  readonly createdAt: Date
}

export function termsOfDraw({ id, roundId, size, quotas, candidates }: ExpertDraw): DrawTerms {
  return { drawId: id, roundId, size, quotas, candidates }
}

/** Refuses terms that no panel can meet, and names the constraints that cannot hold together. */
export function requirePossible(terms: DrawTerms, dropOuts: readonly string[] = []): Decision<true> {
  const constraints = constraintsInConflict(terms, dropOuts)
  if (constraints.length === 0) return accept(true)
  const errors = constraints.map((constraint) => ({
    pointer: '#',
    code: constraint.split(':')[0] ?? constraint,
    detail: constraint,
  }))
  return refuse(DrawImpossible, { constraints: constraints.join(', ') }, errors)
}

/** Shows the seeds: the host's must be the one that was committed to. The panel follows. */
export function reveal(
  draw: ExpertDraw,
  seeds: Pair<string>,
): Decision<Pick<ExpertDraw, 'state' | 'hostSeed' | 'serviceSeed' | 'seats'>> {
  const state = transition(DRAW_TRANSITIONS, draw.state, 'reveal', DrawNotInState)
  if (!state.accepted) return state
  const commitment = seeds.host === null ? null : commitmentOfSeed(seeds.host)
  if (commitment !== draw.hostCommitment)
    return refuse(DrawSeedInvalid, { commitment: draw.hostCommitment ?? '—' }, [
      { pointer: '#/seed', code: 'commitment_differs', detail: commitment ?? 'none' },
    ])
  const terms = termsOfDraw(draw)
  const seats = drawSeats(terms, lotOrder(terms, seeds))
  if (seats === null) throw new Error(`the draw ${draw.id} was announced although it is impossible`)
  return accept({ state: state.value, hostSeed: seeds.host, serviceSeed: seeds.service, seats })
}

/** Somebody seated cannot come: only that seat is drawn again, on in the same order. */
export function dropOut(draw: ExpertDraw, gone: DropOut): Decision<Pick<ExpertDraw, 'dropOuts' | 'seats'>> {
  const state = transition(DRAW_TRANSITIONS, draw.state, 'dropOut', DrawNotInState)
  if (!state.accepted) return state
  const { expertId } = gone
  const isFree = draw.candidates.some(({ id, exclusions }) => id === expertId && exclusions.length === 0)
  if (!isFree || draw.dropOuts.some((one) => one.expertId === expertId))
    return refuse(DrawCandidateUnknown, { expertId })
  const dropOuts = [...draw.dropOuts, gone]
  const ids = dropOuts.map((one) => one.expertId)
  const terms = termsOfDraw(draw)
  const possible = requirePossible(terms, ids)
  if (!possible.accepted) return possible
  const seats = drawSeats(terms, lotOrder(terms, seedsOf(draw)), ids)
  return seats === null ? refuse(DrawImpossible, { constraints: 'seats' }) : accept({ dropOuts, seats })
}

/** Those who could step in, in the order of the lots. */
export function reserve(draw: ExpertDraw): string[] {
  if (draw.serviceSeed === null) return []
  const terms = termsOfDraw(draw)
  const gone = draw.dropOuts.map(({ expertId }) => expertId)
  return reserveOf(terms, lotOrder(terms, seedsOf(draw)), gone, draw.seats)
}

/** What the public needs to draw again. @throws before the seeds are shown. */
export function recordOf(draw: ExpertDraw): DrawRecord {
  return {
    format: DRAW_FORMAT,
    ...termsOfDraw(draw),
    termsDigest: draw.termsDigest,
    commitments: { host: draw.hostCommitment, service: draw.serviceCommitment },
    seeds: seedsOf(draw),
    dropOuts: draw.dropOuts.map(({ expertId }) => expertId),
    seats: draw.seats,
  }
}

/** A panel of a round that has a draw, or must have one: the drawn as members, alternates in the order of the lots. */
export function asDrawn(
  draw: ExpertDraw | undefined,
  wanted: { readonly reviewOn: LegalDate; readonly members: readonly string[]; readonly alternates: readonly string[] },
  isRequired: boolean,
): Decision<true> {
  if (draw === undefined) return isRequired ? refuse(DrawRequired) : accept(true)
  if (draw.serviceSeed === null) return refuse(DrawUnrevealed, { drawId: draw.id })
  const drawn = draw.seats.map(({ candidateId }) => candidateId)
  const next = reserve(draw).slice(0, wanted.alternates.length)
  const isSame =
    wanted.reviewOn === draw.reviewOn &&
    wanted.members.toSorted().join() === drawn.toSorted().join() &&
    wanted.alternates.join() === next.join()
  return isSame ? accept(true) : refuse(PanelNotAsDrawn, { drawId: draw.id })
}

/** Who joins a drawn panel next: whoever the draw seated since, and then the reserve in its order. */
export function nextAsDrawn(
  draw: ExpertDraw | undefined,
  present: readonly string[],
  expertId: string,
): Decision<true> {
  if (draw === undefined || draw.serviceSeed === null) return accept(true)
  const line = [...draw.seats.map(({ candidateId }) => candidateId), ...reserve(draw)]
  const [next] = line.filter((id) => !present.includes(id))
  return next === expertId ? accept(true) : refuse(PanelNotAsDrawn, { drawId: draw.id })
}

function seedsOf({ id, hostSeed, serviceSeed }: ExpertDraw): Pair<string> {
  if (serviceSeed === null) throw new Error(`the seeds of the draw ${id} are not shown`)
  return { host: hostSeed, service: serviceSeed }
}
