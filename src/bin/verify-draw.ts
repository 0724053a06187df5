import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { DRAW_FORMAT, type DrawRecord, drawFaults, EXCLUSIONS } from '../kernel/draw.ts'

const USAGE = `Draws a panel of experts again from its public record, without the service and without a network.
离线重做专家抽取并核对结果:不联网,也不需要本系统。

  npm run verify-draw -- RECORD [--announced FILE]

  RECORD            the record, saved from /v1/expert-draws/{drawId}/record
  --announced FILE  what was announced before the seeds were shown: the answer of
                    /v1/rounds/{roundId}/expert-draws that you saved then, or one
                    of its items

Exit status: 0 the panel is the one that had to be drawn, 1 it is not, 2 could not be checked.
退出码:0 结果相符,1 结果不符,2 无法核验。`

const AS_DRAWN = 0
const NOT_AS_DRAWN = 1
const CANNOT_RUN = 2

const FAULTS: Readonly<Record<string, string>> = {
  terms_changed: '冻结的条件或候选名单已被改动。 Terms or candidates are not those of the frozen digest.',
  host_seed_differs: '主办单位的种子与承诺值不符。 The host’s seed is not the one that was committed to.',
  service_seed_differs: '系统的种子与承诺值不符。 The service’s seed is not the one that was committed to.',
  seats_differ: '重做抽取得到的名单与记录不符。 The same draw gives other seats.',
  announced_differs: '与事先公布的承诺不符。 The record is not of the draw that was announced.',
}

function main(): number {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { announced: { type: 'string' }, help: { type: 'boolean', default: false } },
  })
  if (values.help) {
    console.log(USAGE)
    return AS_DRAWN
  }
  const [file, ...others] = positionals
  if (file === undefined || others.length > 0) throw new Error(`One record is expected.\n\n${USAGE}`)
  const record = readRecord(file)
  const faults = [
    ...(values.announced === undefined || isAnnounced(record, values.announced) ? [] : ['announced_differs']),
    ...drawFaults(record),
  ]
  if (faults.length > 0) {
    console.error(['抽取结果不符。 The draw is NOT as recorded.', ...faults.map((fault) => FAULTS[fault])].join('\n'))
    return NOT_AS_DRAWN
  }
  console.log(describe(record, values.announced !== undefined))
  return AS_DRAWN
}

function describe(record: DrawRecord, isCompared: boolean): string {
  const free = record.candidates.filter(({ exclusions }) => exclusions.length === 0).length
  return [
    '抽取结果相符。 The panel is the one that had to be drawn.',
    `  轮次 round:       ${record.roundId}`,
    `  抽取 draw:        ${record.drawId}`,
    `  候选 candidates:  ${record.candidates.length}, 可抽取 free to be drawn ${free}`,
    `  退出 dropped out: ${record.dropOuts.length}`,
    ...record.seats.map(
      ({ candidateId, field }, index) =>
        `  席位 seat ${index + 1}:      ${candidateId}${field === null ? '' : ` (${field})`}`,
    ),
    isCompared
      ? '已与事先公布的承诺核对。 Compared with what was announced.'
      : '未与事先公布的承诺核对(--announced)。 Not compared with what was announced before (--announced).',
  ].join('\n')
}

/** Was this draw announced with these commitments and this digest? */
function isAnnounced(record: DrawRecord, file: string): boolean {
  const announced = announcedDraw(readObject(file), record.drawId)
  const commitments = announced['commitments']
  if (!isObject(commitments)) throw new Error(`${file} holds no announced draw (commitments)`)
  return (
    announced['id'] === record.drawId &&
    announced['termsDigest'] === record.termsDigest &&
    commitments['host'] === record.commitments.host &&
    commitments['service'] === record.commitments.service
  )
}

/** The draw in a saved list; a list without it announced another one, and anything else is taken for the draw itself. */
function announcedDraw(saved: Record<string, unknown>, drawId: string): Record<string, unknown> {
  const { items } = saved
  if (!Array.isArray(items)) return saved
  const draws = items.filter(isObject)
  return draws.find(({ id }) => id === drawId) ?? draws[0] ?? saved
}

function readRecord(file: string): DrawRecord {
  const value = readObject(file)
  const fault = Object.entries(CHECKS).find(([name, check]) => !check(value[name]))
  if (fault !== undefined) throw new Error(`${file} is no record of a draw: its ${fault[0]} is not well formed`)
  const record = value as unknown as DrawRecord
  if (new Set(record.candidates.map(({ id }) => id)).size < record.candidates.length)
    throw new Error(`${file} lists a candidate twice`)
  return record
}

type Check = (value: unknown) => boolean

const isWord: Check = (value) => typeof value === 'string' && /^[\w.-]{1,100}$/.test(value)
const isHex: Check = (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= 1_000
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check)
const withFields =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isObject(value) && Object.entries(checks).every(([name, check]) => check(value[name]))
const isPair = withFields({ host: (value) => value === null || isHex(value), service: isHex })

const CHECKS: Readonly<Record<string, Check>> = {
  format: (value) => value === DRAW_FORMAT,
  drawId: isWord,
  roundId: isWord,
  size: isCount,
  quotas: listOf(withFields({ field: isWord, seats: isCount })),
  candidates: listOf(
    withFields({
      id: isWord,
      fields: listOf(isWord),
      exclusions: listOf((value) => EXCLUSIONS.some((exclusion) => exclusion === value)),
    }),
  ),
  termsDigest: isHex,
  commitments: isPair,
  seeds: isPair,
  dropOuts: listOf(isWord),
  seats: listOf(withFields({ candidateId: isWord, field: (value) => value === null || isWord(value) })),
}

function readObject(file: string): Record<string, unknown> {
  const text = readFileSync(file, 'utf8')
  const value = parse(file, text)
  if (!isObject(value)) throw new Error(`${file} is no JSON object`)
  return value
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Error(`${file} is no JSON`)
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

try {
  process.exitCode = main()
} catch (error) {
  console.error(`无法核验。 The draw could not be checked: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = CANNOT_RUN
}
