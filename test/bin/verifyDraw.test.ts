import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import t from 'tap'
import {
  commitmentOfSeed,
  DRAW_FORMAT,
  type DrawRecord,
  drawSeats,
  lotOrder,
  termsDigest,
} from '../../src/kernel/draw.ts'

const COMMAND = path.join(import.meta.dirname, '../../src/bin/verify-draw.ts')
const directory = await mkdtemp(path.join(tmpdir(), 'sandan-draw-'))
t.teardown(() => rm(directory, { recursive: true }))

const seeds = { host: '1'.repeat(64), service: '2'.repeat(64) }
const commitments = { host: commitmentOfSeed(seeds.host), service: commitmentOfSeed(seeds.service) }
const terms = {
  drawId: 'edr_1',
  roundId: 'rnd_1',
  size: 3,
  quotas: [{ field: 'finance', seats: 1 }],
  candidates: ['a', 'b', 'c', 'd', 'e'].map((id, index) => ({
    id: `exp_${id}`,
    fields: index < 2 ? ['finance'] : ['law'],
    exclusions: id === 'c' ? (['conflict'] as const) : [],
  })),
}
const record: DrawRecord = {
  ...terms,
  ...{ format: DRAW_FORMAT, termsDigest: termsDigest(terms), commitments, seeds, dropOuts: [] },
  seats: drawSeats(terms, lotOrder(terms, seeds)) ?? [],
}
const announced = { id: 'edr_1', termsDigest: record.termsDigest, commitments, state: 'committed' }

let counter = 0
async function save(content: unknown): Promise<string> {
  const file = path.join(directory, `${++counter}.json`)
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

async function verify(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [COMMAND, ...args], (error, out, err) => {
      resolve({ status: error === null ? 0 : Number(error.code), out, err })
    })
  })
}

t.test('a stranger draws the same panel from the record', async (t) => {
  const { status, out } = await verify(await save(record))
  t.equal(status, 0)
  t.match(out, '抽取结果相符')
  for (const { candidateId } of record.seats) t.match(out, candidateId)
  t.match(out, 'Not compared with what was announced')
  const compared = await verify(await save(record), '--announced', await save(announced))
  t.equal(compared.status, 0)
  t.notMatch(compared.out, 'Not compared')
})

t.test('the list of announced draws serves as it was saved', async (t) => {
  const other = { ...announced, id: 'edr_2', termsDigest: 'f'.repeat(64) }
  const page = (items: unknown[]) => save({ items, nextCursor: null })
  const file = await save(record)
  const compared = await verify(file, '--announced', await page([other, announced]))
  t.equal(compared.status, 0)
  t.notMatch(compared.out, 'Not compared')
  t.match(await verify(file, '--announced', await page([other])), {
    status: 1,
    err: 'not of the draw that was announced',
  })
  const changed = { ...announced, termsDigest: 'f'.repeat(64) }
  t.equal((await verify(file, '--announced', await page([changed]))).status, 1)
  t.match(await verify(file, '--announced', await page([])), { status: 2, err: 'holds no announced draw' })
})

t.test('what was changed afterwards is found', async (t) => {
  const swapped = record.seats.map((seat, index) => (index === 2 ? { ...seat, candidateId: 'exp_c' } : seat))
  const other = await verify(await save({ ...record, seats: swapped }))
  t.match([other.status, other.err], [1, 'The same draw gives other seats'])
  const seed = await verify(await save({ ...record, seeds: { ...seeds, service: '3'.repeat(64) } }))
  t.match([seed.status, seed.err], [1, 'The service’s seed is not the one'])
  const late = { ...announced, termsDigest: 'f'.repeat(64) }
  const redone = await verify(await save(record), '--announced', await save(late))
  t.match([redone.status, redone.err], [1, 'not of the draw that was announced'])
})

t.test('what cannot be read is not judged', async (t) => {
  t.equal((await verify()).status, 2)
  t.match(await verify(await save('{')), { status: 2, err: 'is no JSON' })
  t.match(await verify(await save({ ...record, format: 'other' })), { status: 2, err: 'its format is not well formed' })
  t.match(await verify(await save({ ...record, candidates: [...record.candidates, ...record.candidates] })), {
    status: 2,
    err: 'lists a candidate twice',
  })
  t.match(await verify(await save(record), '--announced', await save({})), {
    status: 2,
    err: 'holds no announced draw',
  })
  t.equal((await verify('--help')).status, 0)
})
