import { Type } from 'typebox'
import { Count, closed, Day, Id, Instant, ListOf, Nullable, Text } from '../../platform/http/schemas.ts'

const Year = Count(2100, 2000)
const days = {
  holidays: ListOf(Day, 366, { uniqueItems: true, description: 'Days of rest by notice (放假).' }),
  makeupWorkdays: ListOf(Day, 60, {
    uniqueItems: true,
    description: 'Saturdays and Sundays that are worked (调休上班).',
  }),
  source: Text(500, 'The notice it was taken from, such as 国办发明电〔2025〕7号.'),
}

export const NewCalendarYear = closed(
  {
    year: Year,
    hostId: Type.Optional(Nullable(Id('org'))),
    ...days,
    replacesBuiltIn: Type.Optional(
      Type.Boolean({
        description: 'Needed to replace a built-in national year (2004–2026), whole and for every host.',
      }),
    ),
  },
  { title: 'NewCalendarYear', description: 'Without `hostId` (or with null) the national calendar.' },
)
export const CalendarYearPatch = Type.Partial(closed(days), {
  title: 'CalendarYearPatch',
  additionalProperties: false,
  minProperties: 1,
})
export const CalendarYearBody = closed(
  { id: Id('cal'), year: Year, hostId: Nullable(Id('org')), ...days, createdAt: Instant },
  { title: 'CalendarYear' },
)
export const CalendarYearParams = closed({ calendarYearId: Id('cal') })
export const CalendarYearFilter = closed({ year: Type.Optional(Year), hostId: Type.Optional(Id('org')) })
export const WorkingDaysQuery = closed({
  startOn: Day,
  workdays: Count(1000, 0, 'Working days after `startOn`, which itself is not counted.'),
  hostId: Type.Optional(Id('org')),
})
