import { type Static, Type } from 'typebox'
import { fenOf, money } from '../../kernel/money.ts'
import { formatPercent } from '../../kernel/ratio.ts'
import {
  Count,
  closed,
  Day,
  Id,
  Instant,
  ListOf,
  Money,
  Nullable,
  Period,
  ResolvedDate,
  Text,
  Word,
} from '../../platform/http/schemas.ts'
import {
  DUTY_STATES,
  dueOnOf,
  MILESTONE_KINDS,
  type Milestone,
  REPORT_KINDS,
  type Report,
  type ReportContent,
  type ReportDuty,
} from './rules.ts'

const VALUE_MAX = 1_000_000_000_000
const Month = Type.String({ pattern: '^[0-9]{4}-(0[1-9]|1[0-2])$', maxLength: 7, description: 'YYYY-MM' })

const IndicatorValue = closed(
  {
    indicatorId: Id('ind'),
    value: Type.Optional(Count(VALUE_MAX, 0, 'What was reached; not for money.')),
    amount: Type.Optional(Money),
  },
  { title: 'IndicatorValue', description: 'Reached since the start of the project: `amount` for money, else `value`.' },
)
const satisfaction = { validAnswers: Count(1_000_000, 1), satisfied: Count(1_000_000) }
const Satisfaction = closed(satisfaction, { title: 'NewSatisfaction' })
const SatisfactionBody = closed(
  { ...satisfaction, percent: Type.String({ maxLength: 10, description: 'Two decimals, half up; to show only.' }) },
  { title: 'Satisfaction' },
)

export const NewReport = closed(
  {
    projectId: Id('prj'),
    kind: Word(REPORT_KINDS),
    month: Type.Optional(Month),
    indicatorValues: Type.Optional(ListOf(IndicatorValue, 50)),
    satisfaction: Type.Optional(Nullable(Satisfaction)),
    narrative: Text(20_000, 'What was done and reached, problems, next steps.'),
    documentIds: Type.Optional(ListOf(Id('doc'), 100, { uniqueItems: true })),
  },
  {
    title: 'NewReport',
    description: '`month` chooses among monthly reports; without it the earliest open one is meant.',
  },
)
export const ReportBody = closed(
  {
    id: Id('rpt'),
    dutyId: Id('rdt'),
    projectId: Id('prj'),
    hostId: Id('org'),
    organizationId: Id('org'),
    kind: Word(REPORT_KINDS),
    indicatorValues: ListOf(IndicatorValue, 50),
    satisfaction: Nullable(SatisfactionBody),
    narrative: Type.String({ maxLength: 20_000 }),
    documentIds: ListOf(Id('doc'), 100),
    isLate: Type.Boolean(),
    submittedBy: Type.String({ maxLength: 100 }),
    submittedAt: Instant,
    createdAt: Instant,
  },
  { title: 'Report' },
)
export const ReportParams = closed({ reportId: Id('rpt') })
export const ReportFilter = closed({ projectId: Type.Optional(Id('prj')), kind: Type.Optional(Word(REPORT_KINDS)) })

export const ReportDutyBody = closed(
  {
    id: Id('rdt'),
    projectId: Id('prj'),
    hostId: Id('org'),
    organizationId: Id('org'),
    kind: Word(REPORT_KINDS),
    month: Nullable(Month),
    countsFrom: Day,
    duePeriod: Period,
    due: Nullable(ResolvedDate),
    dueOn: Nullable(
      Type.String({
        ...Day,
        description: 'The last day in time: that of `due`, or the one to which it was postponed.',
      }),
    ),
    state: Word(DUTY_STATES),
    createdAt: Instant,
  },
  { title: 'ReportDuty', description: '`due` and `dueOn` are null while the calendar of that year is not loaded.' },
)
export const ReportDutyFilter = closed({
  projectId: Type.Optional(Id('prj')),
  kind: Type.Optional(Word(REPORT_KINDS)),
  state: Type.Optional(Word(DUTY_STATES)),
})
export const MilestoneBody = closed(
  {
    id: Id('mst'),
    projectId: Id('prj'),
    hostId: Id('org'),
    organizationId: Id('org'),
    kind: Word(MILESTONE_KINDS),
    fallsOn: Day,
    createdAt: Instant,
  },
  { title: 'Milestone' },
)
export const MilestoneFilter = closed({ projectId: Type.Optional(Id('prj')) })

export function contentOf(body: Static<typeof NewReport>): ReportContent {
  return {
    indicatorValues: (body.indicatorValues ?? []).map(({ indicatorId, value, amount }) => ({
      indicatorId,
      value: value ?? null,
      amountFen: amount === undefined ? null : fenOf(amount),
    })),
    satisfaction: body.satisfaction ?? null,
    narrative: body.narrative,
    documentIds: body.documentIds ?? [],
  }
}

export function presentReport(report: Report): Static<typeof ReportBody> {
  const { version: _version, satisfaction: counted, ...rest } = report
  return {
    ...rest,
    indicatorValues: report.indicatorValues.map(({ indicatorId, value, amountFen }) => ({
      indicatorId,
      ...(value === null ? {} : { value }),
      ...(amountFen === null ? {} : { amount: money(amountFen) }),
    })),
    satisfaction:
      counted === null
        ? null
        : { ...counted, percent: formatPercent(BigInt(counted.satisfied), BigInt(counted.validAnswers)) },
    documentIds: [...report.documentIds],
    submittedAt: report.submittedAt.toISOString(),
    createdAt: report.createdAt.toISOString(),
  }
}

export function presentDuty({ version: _version, dueAt, ...duty }: ReportDuty): Static<typeof ReportDutyBody> {
  return { ...duty, dueOn: dueOnOf({ dueAt }), createdAt: duty.createdAt.toISOString() }
}

export function presentMilestone(milestone: Milestone): Static<typeof MilestoneBody> {
  return { ...milestone, createdAt: milestone.createdAt.toISOString() }
}
