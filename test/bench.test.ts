import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import type { AdviceReport } from '../bench/advice.ts'
import { median, percentile } from '../bench/load.ts'
import type { OpeningReport } from '../bench/opening.ts'
import { readCommand, readOptions } from '../bench/options.ts'
import { list, type Report, table } from '../bench/report.ts'
import type { RushReport } from '../bench/rush.ts'

const run = promisify(execFile)
const NONE = { status5xx: 0, misjudged: 0, lost: 0, unacknowledged: 0, readsFailed: 0 }

t.test('a run prints one JSON document with the figures of both operations, and nothing else', async (t) => {
  const { stdout, stderr } = await run(process.execPath, [
    path.resolve(import.meta.dirname, '../bench/main.ts'),
    ...['--json', '--projects', '60', '--grown-projects', '120', '--rounds', '1', '--seconds', '0.5'],
  ])
  const report = JSON.parse(stdout) as Report
  t.same(Object.keys(report), ['readOne', 'list50'])
  for (const figures of Object.values(report) as Report['readOne'][]) {
    t.ok(figures.ratio > 0 && figures.growth > 0)
    t.ok(figures.requestsPerSecond.ours > 0 && figures.requestsPerSecond.bare > 0)
    t.ok(figures.p95Ms.small > 0 && figures.p95Ms.grown > 0)
  }
  t.match(stderr, 'both servers answer the same bytes')
})

t.test('a rush prints its figures: every answer judged, and nothing lost', async (t) => {
  const { stdout } = await run(process.execPath, [
    path.resolve(import.meta.dirname, '../bench/main.ts'),
    ...['rush', '--json', '--agencies', '20', '--versions', '2', '--connections', '10', '--rounds', '1'],
    ...['--seconds', '2'],
  ])
  const { rush } = JSON.parse(stdout) as { rush: RushReport }
  t.ok(rush.ratio > 0 && rush.p99Ms > 0 && rush.reads > 0)
  t.ok(rush.accepted > 0 && rush.refused > 0, 'the deadline fell into the rush')
  const { status5xx, misjudged, lost, unacknowledged, readsFailed } = rush
  t.same({ status5xx, misjudged, lost, unacknowledged, readsFailed }, NONE)
})

t.test('an opening that is killed in the middle ends, and opens nothing twice', async (t) => {
  const { stdout } = await run(process.execPath, [
    path.resolve(import.meta.dirname, '../bench/main.ts'),
    ...['opening', '--json', '--bids', '12', '--files', '2', '--file-bytes', '1000'],
  ])
  const { opening } = JSON.parse(stdout) as { opening: OpeningReport }
  t.match(opening, { bids: 12, files: 24, openedTwice: 0, failed: 0 })
  t.ok(opening.seconds > 0 && opening.openedBeforeKill > 0)
})

t.test('advice prints its figures, with the round they are about', async (t) => {
  const { stdout } = await run(process.execPath, [
    path.resolve(import.meta.dirname, '../bench/main.ts'),
    ...['advice', '--json', '--bids', '40', '--constraints', '12'],
  ])
  const { advice } = JSON.parse(stdout) as { advice: AdviceReport }
  t.match(advice, { bids: 40, constraints: 12, isProven: true })
  t.ok(advice.seconds > 0 && advice.advised > 0)
})

t.test('figures that stand alone are listed with their bars', async (t) => {
  t.match(list('rush', { ratio: 0.4, p99Ms: 900 }), 'ratio  0.4 (MISSES 0.5)\np99Ms  900 (bar 2000)')
  t.match(list('opening', { seconds: 121, bids: 500 }), /seconds {2}121 \(MISSES 120\)\nbids {5}500$/)
})

t.test('the table says which bar a figure misses', async (t) => {
  const figures = { requestsPerSecond: { ours: 800, bare: 1000 }, p95Ms: { small: 2, grown: 4 } }
  const text = table({ readOne: { ratio: 0.8, growth: 2, ...figures }, list50: { ratio: 0.79, growth: 1, ...figures } })
  t.match(text, /readOne .*0\.80 \(bar 0\.70\) .*2\.00 \(MISSES 1\.50\)/)
  t.match(text, /list50 .*0\.79 \(MISSES 0\.80\) .*1\.00 \(bar 1\.50\)/)
})

t.test('a percentile is a value that was measured, a median may lie between two', async (t) => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index)
  t.equal(percentile(values, 0.95), 95)
  t.equal(percentile([7], 0.95), 7)
  t.equal(median([3, 1, 2]), 2)
  t.equal(median([4, 1, 2, 3]), 2.5)
})

t.test('options that make no sense are refused by name', async (t) => {
  t.throws(() => readOptions(['--rounds', 'many']), /--rounds is a number of at least 1, not many/)
  t.throws(() => readOptions(['--projects', '50']), /--projects/)
  t.throws(() => readOptions(['--speed', '9']), /--speed/)
  t.equal(readOptions(['--help']), undefined)
  t.throws(() => readCommand(['rush', '--agencies', '0']), /--agencies/)
  t.throws(() => readCommand(['opening', '--rounds', '1']), /--rounds/)
  t.equal(readCommand(['rush', '--help']), undefined)
  t.match(readCommand(['rush']), { name: 'rush', options: { json: false, agencies: 500, connections: 200 } })
  t.match(readCommand(['opening', '--json']), { name: 'opening', options: { json: true, bids: 500, filesPerBid: 5 } })
  t.match(readCommand([]), { name: 'reading', options: { rounds: 15 } })
  t.match(readOptions(['--json']), { json: true, projects: 10_000, grownProjects: 1_000_000 })
})
