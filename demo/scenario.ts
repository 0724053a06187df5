import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import type { TSchema } from 'typebox'
import { flawsOf } from './scenarioRules.ts'
import { type Scenario, ScenarioSchema } from './scenarioSchema.ts'
import { STEP_SCHEMAS, STEPS, type Step, type StepOf } from './stepSchemas.ts'

export const COUNTY_SCENARIO = path.join(import.meta.dirname, 'yunting.json')

/** Something in the file is wrong: where (a JSON pointer) and what. */
export class ScenarioError extends Error {
  readonly pointer: string

  constructor(pointer: string, reason: string) {
    super(`${pointer}: ${reason}`)
    this.pointer = pointer
  }
}

/** Reads and checks a scenario file; throws {@link ScenarioError} before anything is written anywhere. */
export async function readScenario(file: string): Promise<Scenario> {
  let value: unknown
  try {
    value = JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    throw new ScenarioError('#', `the file cannot be read as JSON: ${(error as Error).message}`)
  }
  return checkScenario(value)
}

export function checkScenario(value: unknown): Scenario {
  checkSteps(value)
  check(ScenarioSchema, value, '#')
  const scenario = value as Scenario
  checkReferences(scenario)
  for (const { pointer, reason } of flawsOf(scenario)) throw new ScenarioError(pointer, reason)
  return scenario
}

/** Each step is checked against the schema of its own word, so that the message is about that step. */
function checkSteps(value: unknown): void {
  const events = (value as { events?: unknown } | null)?.events
  if (!Array.isArray(events)) return
  for (const [index, event] of events.entries()) {
    const word = (event as { do?: unknown } | null)?.do
    if (typeof word !== 'string' || !Object.hasOwn(STEPS, word)) {
      throw new ScenarioError(`#/events/${index}/do`, `must be one of ${Object.keys(STEPS).join(', ')}`)
    }
    check(STEP_SCHEMAS[word] as TSchema, event, `#/events/${index}`)
  }
}

/** One for all, so that a schema is compiled once. */
const AJV = new Ajv2020({ strict: false, allErrors: false })
;(formats as unknown as (ajv: Ajv2020) => void)(AJV)

function check(schema: object, value: unknown, base: string): void {
  const validate = AJV.compile(schema)
  if (validate(value)) return
  const flaw = validate.errors?.[0]
  const extra = flaw?.params.additionalProperty ?? flaw?.params.missingProperty
  throw new ScenarioError(
    `${base}${flaw?.instancePath ?? ''}${typeof extra === 'string' ? `/${escaped(extra)}` : ''}`,
    flaw?.message ?? 'is not valid',
  )
}

/** A name as a JSON pointer spells it (RFC 6901). */
function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** Every name that is used is declared once. */
function checkReferences(scenario: Scenario): void {
  const names = {
    organization: declared('organizations', scenario.organizations),
    expert: declared('experts', scenario.experts),
    need: declared('needs', scenario.needs),
    project: declared('projects', scenario.projects),
    resource: declared('resources', scenario.resources ?? []),
    bid: declared('bids', scenario.bids),
    objection: new Set(scenario.events.flatMap((event) => (event.do === 'file_objection' ? [event.ref] : []))),
  }
  const use = (kind: keyof typeof names, ref: string | undefined, pointer: string) => {
    if (ref !== undefined && !names[kind].has(ref)) throw new ScenarioError(pointer, `there is no ${kind} ${ref}`)
  }
  const useAll = (kind: keyof typeof names, refs: readonly string[] | undefined, pointer: string) => {
    for (const [index, ref] of (refs ?? []).entries()) use(kind, ref, `${pointer}/${index}`)
  }
  use('organization', scenario.host, '#/host')
  use('organization', scenario.evaluator, '#/evaluator')
  scenario.organizations.forEach((organization, n) => {
    use('organization', organization.sponsor, `#/organizations/${n}/sponsor`)
  })
  scenario.experts.forEach((expert, n) => {
    for (const [m, { organization }] of (expert.employments ?? []).entries()) {
      use('organization', organization, `#/experts/${n}/employments/${m}/organization`)
    }
    useAll('organization', expert.conflicts, `#/experts/${n}/conflicts`)
  })
  scenario.projects.forEach((project, n) => {
    use('organization', project.organization, `#/projects/${n}/organization`)
    use('organization', project.sponsoredGroup, `#/projects/${n}/sponsoredGroup`)
    useAll('need', project.needs, `#/projects/${n}/needs`)
  })
  scenario.resources?.forEach((resource, n) => {
    use('organization', resource.provider.organization, `#/resources/${n}/provider/organization`)
    use('organization', resource.undertaker, `#/resources/${n}/undertaker`)
    use('project', resource.project, `#/resources/${n}/project`)
  })
  useAll('need', scenario.round.needs, '#/round/needs')
  scenario.bids.forEach((bid, n) => {
    use('project', bid.project, `#/bids/${n}/project`)
    use('need', bid.need, `#/bids/${n}/need`)
  })
  for (const [n, event] of scenario.events.entries()) {
    checkEvent(event, `#/events/${n}`, use, useAll)
    if (event.do === 'submit_reports') checkIndicators(scenario, event, `#/events/${n}`)
  }
}

function checkIndicators({ projects }: Scenario, { reports }: StepOf<'submit_reports'>, at: string): void {
  reports.forEach(({ project, values }, n) => {
    const indicators = projects.find(({ ref }) => ref === project)?.indicators ?? []
    for (const name of Object.keys(values)) {
      if (!indicators.some(({ ref }) => ref === name))
        throw new ScenarioError(`${at}/reports/${n}/values/${name}`, `${project} has no indicator ${name}`)
    }
  })
}

type Kind = 'organization' | 'expert' | 'need' | 'project' | 'resource' | 'bid' | 'objection'

function checkEvent(
  event: Step,
  at: string,
  use: (kind: Kind, ref: string | undefined, pointer: string) => void,
  useAll: (kind: Kind, refs: readonly string[] | undefined, pointer: string) => void,
): void {
  const one = event as Partial<Record<Kind | 'by', string>>
  for (const kind of ['organization', 'need', 'project', 'bid', 'objection'] as const)
    use(kind, one[kind], `${at}/${kind}`)
  use('organization', one.by, `${at}/by`)
  const many = event as unknown as Partial<Record<string, string[]>>
  for (const kind of ['need', 'project', 'bid', 'resource'] as const) useAll(kind, many[`${kind}s`], `${at}/${kind}s`)
  useAll('expert', many.members, `${at}/members`)
  useAll('expert', many.alternates, `${at}/alternates`)
  useAll('bid', many.leaveOut, `${at}/leaveOut`)
  const rows = event as unknown as Partial<
    Record<'sheets' | 'reports' | 'scores' | 'audits', Partial<Record<Kind, string>>[]>
  >
  for (const list of ['sheets', 'reports', 'scores', 'audits'] as const) {
    rows[list]?.forEach((row, n) => {
      for (const kind of ['expert', 'bid', 'project'] as const) use(kind, row[kind], `${at}/${list}/${n}/${kind}`)
    })
  }
  if (event.do === 'propose_awards')
    for (const ref of Object.keys(event.amounts ?? {})) use('bid', ref, `${at}/amounts/${ref}`)
}

function declared(section: string, entries: readonly { ref: string }[]): Set<string> {
  const seen = new Set<string>()
  entries.forEach(({ ref }, index) => {
    if (seen.has(ref)) throw new ScenarioError(`#/${section}/${index}/ref`, `${ref} is declared twice`)
    seen.add(ref)
  })
  return seen
}
