import { Type } from 'typebox'
import { closed, Id, ListOf } from '../../../platform/http/schemas.ts'

export const Code = Type.String({
  pattern: '^[a-z][a-z0-9_]{0,39}$',
  maxLength: 40,
  description: 'A word of the policy.',
})
/** A round with more bids than this is judged in several rounds. */
export const BIDS_MAX = 2_000
export const SEATS_MAX = 50 * BIDS_MAX

export const RoundParams = closed({ roundId: Id('rnd') })

export const Actions = ListOf(Type.String({ maxLength: 40 }), 10, {
  description: 'What the reader may do to it now. A command may be refused all the same for what it names.',
})
