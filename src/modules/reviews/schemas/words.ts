import { Type } from 'typebox'
import { closed, Id } from '../../../platform/http/schemas.ts'

export const Code = Type.String({
  pattern: '^[a-z][a-z0-9_]{0,39}$',
  maxLength: 40,
  description: 'A word of the policy.',
})
/** A round with more bids than this is judged in several rounds. */
export const BIDS_MAX = 2_000
export const SEATS_MAX = 50 * BIDS_MAX

export const RoundParams = closed({ roundId: Id('rnd') })
