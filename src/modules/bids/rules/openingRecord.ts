import type { WithheldField } from '../../projects/index.ts'
import type { RoundState } from '../../rounds/index.ts'
import type { OpeningOutcome } from './opening.ts'

/** One line of the record of an opening. */
export interface OpeningLine {
  readonly bidId: string
  readonly needId: string
  readonly projectId: string
  readonly organizationId: string
  readonly sponsoredGroupId: string | null
  readonly number: number
  /** Null where the version itself was lost here. */
  readonly commitment: string | null
  readonly submittedAt: Date
  readonly outcome: OpeningOutcome
  readonly reason: string | null
}

/** What a line may keep from a reader. */
export const KEPT_FIELDS = ['organizationId', 'sponsoredGroupId', 'needId'] as const
export type KeptField = (typeof KEPT_FIELDS)[number]

/** A line as one reader is told it; `withheld` names what was left out for that reader. */
export type ToldLine = Omit<OpeningLine, 'projectId' | 'organizationId' | 'needId'> & {
  readonly organizationId: string | null
  readonly needId: string | null
  readonly withheld?: readonly KeptField[]
}

/** Bids are opened in the first, judged in the second: while a round is in them, its panel may still have to judge. */
const JUDGED_IN: readonly RoundState[] = ['bids_closed', 'reviewing']

/** Must the panel still not know who bids? Until the first notice, or until the round has ended without one. */
export function isStillBlind(round: {
  readonly state: RoundState
  readonly policy: { readonly blindReview: boolean }
}): boolean {
  return round.policy.blindReview && JUDGED_IN.includes(round.state)
}

/** Of `ofProject` this reader is told nothing in the public project either. */
export function keptFields(isBlind: boolean, ofProject: readonly WithheldField[]): KeptField[] {
  return [
    ...(isBlind ? (['organizationId'] as const) : []),
    ...(isBlind || ofProject.includes('sponsoredGroupId') ? (['sponsoredGroupId'] as const) : []),
    ...(ofProject.includes('needIds') ? (['needId'] as const) : []),
  ]
}

export function toldLine({ projectId: _, ...line }: OpeningLine, kept: readonly KeptField[]): ToldLine {
  if (kept.length === 0) return line
  return { ...line, ...Object.fromEntries(kept.map((field) => [field, null])), withheld: kept }
}
