import { defineProblem } from '../../kernel/problem.ts'

export const CalendarDaysInvalid = defineProblem({
  code: 'calendar_days_invalid',
  status: 422,
  title: { 'zh-CN': '工作日历中的日期有误', en: 'Days of the calendar are wrong' },
  detail: {
    'zh-CN':
      '{year} 年工作日历有 {count} 处错误:日期须属于该年度(not_in_year),调休上班日须为周六或周日(not_a_weekend)且不能同时是节假日(also_holiday)。请按 errors 逐项更正。',
    en: 'The calendar of {year} has {count} faults: days lie in that year (not_in_year), worked weekends are Saturdays or Sundays (not_a_weekend) and no holidays (also_holiday). Correct what errors lists.',
  },
})
export const CalendarYearExists = defineProblem({
  code: 'calendar_year_exists',
  status: 409,
  title: { 'zh-CN': '该年度工作日历已存在', en: 'The calendar of that year is on record' },
  detail: {
    'zh-CN':
      '{year} 年的工作日历已有:已载入的请修改原有记录;内置的全国年度(2004–2026)如确需对所有主办单位整年替换,请在请求中写明 replacesBuiltIn: true。',
    en: 'There is a calendar of {year}. If it was loaded, change that record; if it is a built-in national one (2004–2026), say replacesBuiltIn: true to replace it whole for every host.',
  },
})

export const CALENDAR_PROBLEMS = [CalendarDaysInvalid, CalendarYearExists]
