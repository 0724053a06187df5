import { Type } from 'typebox'
import { Count, closed, Day, Id, Instant, ListOf, Nullable, Text } from '../../../platform/http/schemas.ts'
import { BIDS_MAX } from './awards.ts'

const ATTENDEES_MAX = 1_000
const Rejection = closed({ awardId: Id('awd'), reason: Text(2000) }, { title: 'AwardRejection' })
const Minutes = Text(10_000)

export const NewMeeting = closed(
  {
    heldOn: Day,
    minutes: Minutes,
    attendees: Type.Optional(Count(ATTENDEES_MAX, 1, 'How many members attended; the policy may ask for a number.')),
    rejections: Type.Optional(
      ListOf(Rejection, BIDS_MAX, { description: 'Awards before the meeting that it does not confirm.' }),
    ),
  },
  { title: 'NewDecisionMeeting' },
)
export const MeetingBody = closed(
  {
    id: Id('dec'),
    roundId: Id('rnd'),
    heldOn: Day,
    minutes: Minutes,
    attendees: Nullable(Count(ATTENDEES_MAX, 1)),
    awardIds: ListOf(Id('awd'), BIDS_MAX, { description: 'The awards that it confirmed.' }),
    rejections: ListOf(Rejection, BIDS_MAX),
    corrections: ListOf(
      closed(
        { id: Id('dmc'), number: Count(1_000, 1), minutes: Minutes, reason: Text(2000), correctedAt: Instant },
        { title: 'MinutesCorrection' },
      ),
      1_000,
      { description: 'Corrected minutes, the earliest first; the first ones above never change.' },
    ),
    createdAt: Instant,
  },
  { title: 'DecisionMeeting' },
)
export const MeetingParams = closed({ roundId: Id('rnd'), meetingId: Id('dec') })
export const NewCorrection = closed({ minutes: Minutes, reason: Text(2000) }, { title: 'NewMinutesCorrection' })
