import Fastify from 'fastify'
import pg from 'pg'
import { money } from '../src/kernel/money.ts'
import { actionsOf, type ProjectState } from '../src/modules/projects/rules.ts'
import { idOfUuid, uuidOf } from '../src/platform/ids.ts'
import type { Statements } from './statements.ts'

/**
 * What our service is held against: the same answers from the same prepared statements, and nothing else. No schema, no
 * credential, no ETag, no headers, no log, no request id, no error format. Identifiers are converted by our own functions,
 * because the package's are ten times slower and would flatter us; the cursor of the page, which never changes here, is
 * handed in instead of being signed.
 */
type IndicatorRow = [id: string, name: string, kind: string, unit: string, target: number | null, text: string | null]
type ProjectRow = [
  id: string,
  version: number,
  hostId: string,
  organizationId: string,
  sponsoredGroupId: string | null,
  isGroupWithheld: boolean,
  areNeedsWithheld: boolean,
  title: string,
  summary: string,
  startsOn: string,
  endsOn: string,
  state: ProjectState,
  listedAt: string | null,
  createdAt: string,
  needIds: string[],
  indicators: IndicatorRow[],
]

const PAGE = 50
const asText = (text: string) => text
const types = {
  getTypeParser: (oid: number) => (oid === pg.types.builtins.DATE ? asText : pg.types.getTypeParser(oid, 'text')),
}

function toBody(row: ProjectRow) {
  return {
    id: idOfUuid(row[0], 'prj'),
    hostId: idOfUuid(row[2], 'org'),
    organizationId: idOfUuid(row[3], 'org'),
    sponsoredGroupId: row[4] === null ? null : idOfUuid(row[4], 'org'),
    title: row[7],
    summary: row[8],
    startsOn: row[9],
    endsOn: row[10],
    needIds: row[14].map((uuid) => idOfUuid(uuid, 'need')),
    indicators: row[15].map(toIndicator),
    state: row[11],
    listedAt: row[12],
    createdAt: row[13],
    actions: actionsOf(row[11]),
  }
}

function toIndicator([id, name, kind, unit, target, targetText]: IndicatorRow) {
  return {
    id: idOfUuid(id, 'ind'),
    name,
    kind,
    unit,
    ...(target === null ? {} : kind === 'money' ? { targetAmount: money(BigInt(target)) } : { target }),
    ...(targetText === null ? {} : { targetText }),
  }
}

const { DATABASE_URL, DATABASE_POOL_SIZE, PORT, STATEMENTS, NEXT_CURSOR } = process.env
const statements = JSON.parse(STATEMENTS as string) as Statements
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: Number(DATABASE_POOL_SIZE), types })
const ask = async (name: string, text: string, values: string[]) =>
  (await pool.query<ProjectRow>({ name, text, values, rowMode: 'array' })).rows

const app = Fastify()
app.get<{ Params: { projectId: string } }>('/v1/projects/:projectId', async (request, reply) => {
  const [row] = await ask('one', statements.readOne, [uuidOf(request.params.projectId, 'prj')])
  return row === undefined ? reply.callNotFound() : toBody(row)
})
app.get('/v1/projects', async () => {
  const rows = await ask('list', statements.list50, [])
  return { items: rows.slice(0, PAGE).map(toBody), nextCursor: rows.length > PAGE ? NEXT_CURSOR : null }
})
await app.listen({ host: '127.0.0.1', port: Number(PORT) })
process.once('SIGTERM', () => app.close().then(() => pool.end()))
