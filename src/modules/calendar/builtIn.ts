import chineseDays from 'chinese-days/dist/chinese-days.json' with { type: 'json' }
import type { LegalDate } from '../../kernel/days.ts'
import type { WorkYear } from '../../kernel/workdays.ts'

/**
 * The State Council's notices from 2004 on, as the package chinese-days ships them. Its own functions are not used: for
 * a year without data they answer Monday to Friday instead of "unknown".
 */
export const BUILT_IN_YEARS: ReadonlyMap<number, WorkYear> = yearsOf(
  Object.keys(chineseDays.holidays),
  Object.keys(chineseDays.workdays),
)

function yearsOf(holidays: readonly LegalDate[], makeupWorkdays: readonly LegalDate[]): Map<number, WorkYear> {
  const years = new Map<number, { holidays: Set<LegalDate>; makeupWorkdays: Set<LegalDate> }>()
  for (const day of holidays) {
    const year = Number(day.slice(0, 4))
    const known = years.get(year) ?? { holidays: new Set(), makeupWorkdays: new Set() }
    known.holidays.add(day)
    years.set(year, known)
  }
  // A year whose notice names no holiday does not exist, so worked weekends never open a year of their own.
  for (const day of makeupWorkdays) years.get(Number(day.slice(0, 4)))?.makeupWorkdays.add(day)
  return years
}
