import { ROLES } from '../src/kernel/actor.ts'
import { checkCreditCode } from '../src/kernel/creditCode.ts'
import { legalDateOf } from '../src/kernel/days.ts'
import { checkDivision } from '../src/modules/divisions/rules.ts'
import { isUnstorable } from '../src/platform/http/validator.ts'
import type { Scenario } from './scenarioSchema.ts'

export interface Flaw {
  /** A JSON pointer. */
  readonly pointer: string
  readonly reason: string
}

/** What a schema cannot say and the service would refuse before the first step is played. In the order of the file. */
export function* flawsOf(scenario: Scenario): Generator<Flaw> {
  yield* flawsOfTexts(scenario, '#')
  yield* flawsOfDivisions(scenario)
  yield* flawsOfOrganizations(scenario)
  yield* flawsOfHost(scenario)
  yield* flawsOfExperts(scenario)
  yield* flawsOfTimes(scenario)
  for (const [n, event] of scenario.events.entries()) {
    if (event.do === 'change_organization' && event.grade === undefined && event.staff === undefined)
      yield { pointer: `#/events/${n}`, reason: 'says neither a grade nor staff' }
  }
}

/** The schema bounds the depth. */
function* flawsOfTexts(value: unknown, pointer: string): Generator<Flaw> {
  if (typeof value === 'string' && isUnstorable(value))
    yield { pointer, reason: 'a text holds neither NUL nor half a surrogate pair' }
  if (typeof value !== 'object' || value === null) return
  for (const [name, child] of Object.entries(value)) yield* flawsOfTexts(child, `${pointer}/${name}`)
}

function* flawsOfDivisions({ divisions, needs }: Scenario): Generator<Flaw> {
  const codes = divisions.map(({ code }) => code)
  for (const [n, { level, ...division }] of divisions.entries()) {
    const pointer = `#/divisions/${n}`
    if (codes.indexOf(division.code) < n)
      yield { pointer: `${pointer}/code`, reason: `${division.code} is declared twice` }
    const { communityKind = null, households = null, premisesSquareMetres = null } = division
    const checked = checkDivision({ ...division, communityKind, households, premisesSquareMetres })
    if (!checked.accepted) yield { pointer, reason: checked.refusal.problem.code }
    else if (checked.value.level !== level)
      yield { pointer: `${pointer}/level`, reason: `by its code it is a ${checked.value.level}` }
  }
  for (const [n, { division }] of needs.entries()) {
    if (!codes.includes(division))
      yield { pointer: `#/needs/${n}/division`, reason: `there is no division ${division}` }
  }
}

/** A filed group has a sponsor and no credit code, everybody else a valid code of its own. */
function* flawsOfOrganizations({ organizations, host, evaluator }: Scenario): Generator<Flaw> {
  const known = new Map<string, string>()
  for (const [n, { ref, type, creditCode, sponsor }] of organizations.entries()) {
    const flaw = (name: string, reason: string) => ({ pointer: `#/organizations/${n}/${name}`, reason })
    if (ref !== host && ref !== evaluator && (ROLES as readonly string[]).includes(ref))
      yield flaw('ref', `${ref} is the word of a role`)
    if (type === 'filed_community_org') {
      if (creditCode !== undefined) yield flaw('creditCode', 'a filed group has no credit code')
      if (sponsor === undefined) yield flaw('sponsor', 'a filed group needs a sponsor')
      if (organizations.some((other) => other.ref === sponsor && other.type === type))
        yield flaw('sponsor', 'a filed group cannot sponsor another')
      continue
    }
    if (sponsor !== undefined) yield flaw('sponsor', 'only a filed group has a sponsor')
    const checked = creditCode === undefined ? undefined : checkCreditCode(creditCode)
    if (!checked?.accepted) {
      yield flaw('creditCode', 'must be a unified social credit code with its check character')
      continue
    }
    const holder = known.get(checked.value)
    if (holder !== undefined) yield flaw('creditCode', `is the code of ${holder} already`)
    known.set(checked.value, ref)
  }
}

/** Whoever gives the money runs no project with it. */
function* flawsOfHost({ host, projects }: Scenario): Generator<Flaw> {
  for (const [n, { organization }] of projects.entries()) {
    if (organization === host)
      yield { pointer: `#/projects/${n}/organization`, reason: `${host} hosts the round, so it runs no project in it` }
  }
}

function* flawsOfExperts({ experts, organizations }: Scenario): Generator<Flaw> {
  const codes = experts.map(({ code }) => code)
  for (const [n, { ref, code, employments = [] }] of experts.entries()) {
    if (organizations.some((organization) => organization.ref === ref))
      yield { pointer: `#/experts/${n}/ref`, reason: `an organization is called ${ref} already` }
    if (codes.indexOf(code) < n) yield { pointer: `#/experts/${n}/code`, reason: `${code} is declared twice` }
    for (const [m, { from, to }] of employments.entries()) {
      if (to !== undefined && to < from)
        yield { pointer: `#/experts/${n}/employments/${m}/to`, reason: 'is before `from`' }
    }
  }
}

/** The host's clock starts at `startsAt` and never goes back. */
function* flawsOfTimes({ startsAt, round, events }: Scenario): Generator<Flaw> {
  const start = Date.parse(startsAt)
  const reason = `is before startsAt (${startsAt})`
  for (const name of ['opensAt', 'closesAt'] as const) {
    if (Date.parse(round.timetable[name]) < start) yield { pointer: `#/round/timetable/${name}`, reason }
  }
  for (const name of ['cycleStartsOn', 'cycleEndsOn'] as const) {
    if (round.timetable[name] < legalDateOf(new Date(start))) yield { pointer: `#/round/timetable/${name}`, reason }
  }
  for (const [n, { at }] of events.entries()) {
    if (Date.parse(at) < start) yield { pointer: `#/events/${n}/at`, reason }
  }
}
