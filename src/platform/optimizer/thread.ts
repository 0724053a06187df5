import { parentPort } from 'node:worker_threads'
import highsModule from 'highs'
import type { BinaryProgram, BinarySolution } from '../../kernel/program.ts'
import { type Columns, readSolution, writeProgram } from './format.ts'

/**
 * Nodes and not seconds end a search first: the same program then has the same answer on any machine. Gap 0, because a
 * need more is a need more; whole gains make less than 1 none at all.
 */
const OPTIONS = {
  output_flag: false,
  random_seed: 0,
  parallel: 'off',
  mip_rel_gap: 0,
  mip_abs_gap: 0.999,
  // Half the time for allocations of 300 bids: they have little symmetry, and their root is seldom worth a second start.
  mip_detect_symmetry: false,
  mip_allow_restart: false,
  mip_heuristic_effort: 0.01,
  time_limit: 20,
} as const

// The package's types describe its CommonJS build, in which the loader is a property of the module; here it is the default.
const loadHighs = highsModule as unknown as typeof highsModule.default
const highs = await loadHighs()

parentPort?.on('message', (program: BinaryProgram) => parentPort?.postMessage(solve(program)))

function solve(program: BinaryProgram): BinarySolution | null {
  if (program.gains.length === 0) return { values: [], isProven: true }
  const solution = highs.solve(writeProgram(program), { ...OPTIONS, mip_max_nodes: program.nodesMax })
  // Without a solution the columns have no values: that is what `readSolution` looks at.
  return readSolution(program, solution.Status, solution.Columns as Columns)
}
