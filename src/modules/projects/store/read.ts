import { type Page, pageOf } from '../../../kernel/page.ts'
import { uuidArray } from '../../../platform/database/arrays.ts'
import type { Sql } from '../../../platform/database/database.ts'
import { type Reading, readPrepared } from '../../../platform/database/prepared.ts'
import { idOfUuid, uuidOf } from '../../../platform/ids.ts'
import type { IndicatorKind, Project, ProjectState, Withholding } from '../rules.ts'

/**
 * A project as it is read all day: with the instants as the RFC 3339 texts that the wire carries, because a page of
 * fifty would make and unmake 150 dates.
 */
export interface ProjectReading extends Withholding {
  readonly id: string
  readonly version: number
  readonly hostId: string
  readonly organizationId: string
  readonly sponsoredGroupId: string | null
  readonly title: string
  readonly summary: string
  readonly startsOn: string
  readonly endsOn: string
  readonly state: ProjectState
  readonly listedAt: string | null
  readonly createdAt: string
  readonly needIds: readonly string[]
  readonly indicators: readonly IndicatorReading[]
}

export interface IndicatorReading {
  readonly id: string
  readonly name: string
  readonly kind: IndicatorKind
  readonly unit: string
  /** As in the domain, but as a JSON number: 15 digits at most, so it is exact. */
  readonly target: number | null
  readonly targetText: string | null
}

export interface ProjectFilter {
  readonly hostId?: string | undefined
  readonly organizationId?: string | undefined
  readonly state?: ProjectState | undefined
}

export async function readOne(handle: Sql, id: string): Promise<ProjectReading | undefined> {
  const [row] = await readPrepared(handle, ONE, [uuidOf(id, 'prj')])
  return row && readingOf(row)
}

/** What a bid needs to know of its project. */
export type ProjectStanding = Pick<ProjectReading, 'version' | 'state'>

export async function readStanding(handle: Sql, id: string): Promise<ProjectStanding | undefined> {
  const [row] = await readPrepared(handle, STANDING, [uuidOf(id, 'prj')])
  return row
}

const STANDING: Reading<ProjectStanding> = {
  name: 'project_standing',
  text: 'select version, state from project where id = $1',
}

export async function readStandings(handle: Sql, ids: readonly string[]): Promise<Map<string, ProjectStanding>> {
  const rows = await readPrepared(handle, STANDINGS, [uuidArray(ids.map((id) => uuidOf(id, 'prj')))])
  return new Map(rows.map(({ id, ...standing }) => [idOfUuid(id, 'prj'), standing]))
}

const STANDINGS: Reading<ProjectStanding & { id: string }> = {
  name: 'project_standings',
  text: 'select id, version, state from project where id = any($1::uuid[])',
}

/** Those of the projects of which a notice has withheld something. */
export async function readWithholding(handle: Sql, ids: readonly string[]): Promise<(Withholding & { id: string })[]> {
  const rows = await readPrepared(handle, WITHHOLDING, [uuidArray(ids.map((id) => uuidOf(id, 'prj')))])
  return rows.map(({ id, ...flags }) => ({ ...flags, id: idOfUuid(id, 'prj') }))
}

const WITHHOLDING: Reading<Withholding & { id: string }> = {
  name: 'project_withholding',
  text: `select id, is_group_withheld as "isGroupWithheld", are_needs_withheld as "areNeedsWithheld"
    from project where id = any($1::uuid[]) and (is_group_withheld or are_needs_withheld)`,
}

/** The same project for rules: instants as dates, targets as whole numbers of any size. */
export async function findProject(handle: Sql, id: string): Promise<Project | undefined> {
  const reading = await readOne(handle, id)
  return (
    reading && {
      ...reading,
      listedAt: reading.listedAt === null ? null : new Date(reading.listedAt),
      createdAt: new Date(reading.createdAt),
      indicators: reading.indicators.map((indicator) => ({
        ...indicator,
        target: indicator.target === null ? null : BigInt(indicator.target),
      })),
    }
  )
}

/** Before every project of its moment, for a page that begins at a moment. */
const LEAST_UUID = '00000000-0000-0000-0000-000000000000'

/**
 * Newest first: the projects that were listed, and of the viewer's own organization all.
 * `viewerOrganizationId` is null for whoever acts for no agency.
 */
export async function readMany(
  handle: Sql,
  filter: ProjectFilter,
  viewerOrganizationId: string | null,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<ProjectReading>> {
  const isOwn = filter.organizationId !== undefined && filter.organizationId === viewerOrganizationId
  const drafts = isOwn ? 'all' : filter.organizationId === undefined && viewerOrganizationId !== null ? 'own' : 'none'
  const { reading, parameters } = listing(filter, drafts, after !== undefined, limit)
  const [createdAt, id] = after ?? []
  const given = { ...filter, viewer: viewerOrganizationId, createdAt, id } as Readonly<Record<Parameter, string>>
  const values = parameters.map((parameter) => {
    const prefix = PREFIXES[parameter]
    if (parameter === 'id' && id === null) return LEAST_UUID
    return prefix === undefined ? given[parameter] : uuidOf(given[parameter], prefix)
  })
  const rows = await readPrepared(handle, reading, values)
  return pageOf(rows.map(readingOf), limit, (item) => [item.createdAt, item.id])
}

type Row = { -readonly [Key in Exclude<keyof ProjectReading, 'needIds' | 'indicators'>]: ProjectReading[Key] } & {
  needIds: string[]
  indicators: IndicatorRow[]
}
type IndicatorRow = [
  id: string,
  name: string,
  kind: IndicatorKind,
  unit: string,
  target: number | null,
  targetText: string | null,
]

const isoOf = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
/** JSON for the two lists, because the driver reads arrays slowly. */
const SELECT = `select id, version, host_id as "hostId", organization_id as "organizationId",
  sponsored_group_id as "sponsoredGroupId", is_group_withheld as "isGroupWithheld",
  are_needs_withheld as "areNeedsWithheld", title, summary, starts_on as "startsOn", ends_on as "endsOn", state,
  ${isoOf('listed_at')} as "listedAt", ${isoOf('created_at')} as "createdAt",
  (select json_agg(need_id order by position) from project_need where project_id = project.id) as "needIds",
  coalesce((select json_agg(json_build_array(id, name, kind, unit, target, target_text) order by position)
    from project_indicator where project_id = project.id), '[]') as indicators
from project`
const ONE: Reading<Row> = { name: 'project_one', text: `${SELECT} where id = $1` }

/** The row is this reading's own: its identifiers are written over, which spares a page of copies. */
function readingOf(row: Row): ProjectReading {
  row.id = idOfUuid(row.id, 'prj')
  row.hostId = idOfUuid(row.hostId, 'org')
  row.organizationId = idOfUuid(row.organizationId, 'org')
  if (row.sponsoredGroupId !== null) row.sponsoredGroupId = idOfUuid(row.sponsoredGroupId, 'org')
  const { needIds } = row
  for (let index = 0; index < needIds.length; index++) needIds[index] = idOfUuid(needIds[index] as string, 'need')
  const indicators = row.indicators.map(indicatorOf)
  return Object.assign(row, { indicators })
}

function indicatorOf([id, name, kind, unit, target, targetText]: IndicatorRow): IndicatorReading {
  return { id: idOfUuid(id, 'ind'), name, kind, unit, target, targetText }
}

const FILTERS = { hostId: 'host_id', organizationId: 'organization_id', state: 'state' } as const
type Parameter = keyof typeof FILTERS | 'viewer' | 'createdAt' | 'id'
const PREFIXES: Partial<Record<Parameter, string>> = { hostId: 'org', organizationId: 'org', viewer: 'org', id: 'prj' }

/**
 * How many rows a page reads: the least that is more than the limit. A limit that came in as a parameter would have
 * PostgreSQL plan for a tenth of the table; written into the text it plans for the page, and five texts are enough.
 */
const ROWS_MAX = [2, 11, 51, 101, 201] as const

interface Listing {
  readonly reading: Reading<Row>
  readonly parameters: readonly Parameter[]
}
const listings = new Map<string, Listing>()

/** The statement for a list of this shape; at most 120 shapes, each made when it is first asked for. */
function listing(filter: ProjectFilter, drafts: 'all' | 'own' | 'none', isNext: boolean, limit: number): Listing {
  const filters = (Object.keys(FILTERS) as (keyof typeof FILTERS)[]).filter((key) => filter[key] !== undefined)
  const rowsMax = ROWS_MAX.find((rows) => rows > limit) as number
  const name = `project_list_${[...filters, drafts, isNext ? 'next' : 'first', rowsMax].join('_')}`
  let known = listings.get(name)
  if (known === undefined) {
    known = newListing(name, filters, drafts, isNext, rowsMax)
    listings.set(name, known)
  }
  return known
}

/**
 * An agency that lists everything sees two sets in one order: what was listed, and its own that was not. Each has its
 * index; one condition with `or` would leave the planner to read past all drafts of others.
 */
function newListing(
  name: string,
  filters: readonly (keyof typeof FILTERS)[],
  drafts: 'all' | 'own' | 'none',
  isNext: boolean,
  rowsMax: number,
): Listing {
  const parameters: Parameter[] = []
  const place = (parameter: Parameter) => {
    if (!parameters.includes(parameter)) parameters.push(parameter)
    return `$${parameters.indexOf(parameter) + 1}`
  }
  const matches = filters.map((key) => `${FILTERS[key]} = ${place(key)}`)
  if (isNext) matches.push(`(created_at, id) < (${place('createdAt')}, ${place('id')})`)
  const newest = `order by created_at desc, id desc limit ${rowsMax}`
  const where = (...conditions: string[]) => `where ${[...conditions, ...matches].join(' and ')}`
  const textOf = {
    all: () => `${SELECT} ${where()} ${newest}`,
    none: () => `${SELECT} ${where('listed_at is not null')} ${newest}`,
    own: () => `${SELECT} where id in (select id from (
      (select id, created_at from project ${where('listed_at is not null')} ${newest})
      union all
      (select id, created_at from project ${where('listed_at is null', `organization_id = ${place('viewer')}`)} ${newest})
    ) as candidate ${newest}) ${newest}`,
  }
  return { reading: { name, text: textOf[drafts]() }, parameters }
}
