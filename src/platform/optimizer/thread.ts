import { parentPort } from 'node:worker_threads'
import highsModule from 'highs'
import type { BinaryProgram, BinarySolution } from '../../kernel/program.ts'
import { type Columns, readSolution, writeProgram } from './format.ts'
import type { Question, Reply } from './optimizer.ts'

/**
 * Nodes and not seconds end a search: the same program then has the same answer on any machine, unless it is so slow that
 * the last resort of two minutes comes first. Gap 0, because a need more is a need more; gains are whole, so less than 1
 * is none at all.
 */
const OPTIONS = {
  output_flag: false,
  random_seed: 0,
  parallel: 'off',
  mip_rel_gap: 0,
  mip_abs_gap: 0.999,
  // Allocations have little symmetry and their bounds are tight, so branching beats heuristics: for 300 bids the price of
  // a constraint takes 0.22 instead of 0.36 s of processor time.
  mip_detect_symmetry: false,
  mip_allow_restart: false,
  mip_heuristic_effort: 0.01,
  mip_heuristic_run_rins: false,
  mip_heuristic_run_rens: false,
  mip_heuristic_run_root_reduced_cost: false,
  mip_heuristic_run_feasibility_jump: false,
  time_limit: 120,
} as const

// The package's types describe its CommonJS build, in which the loader is a property of the module; here it is the default.
const loadHighs = highsModule as unknown as typeof highsModule.default
const highs = await loadHighs()

parentPort?.on('message', ({ number, program }: Question) =>
  parentPort?.postMessage({ number, solution: solve(program) } satisfies Reply),
)

function solve(program: BinaryProgram): BinarySolution | null {
  if (program.gains.length === 0) return { values: [], isProven: true }
  const solution = highs.solve(writeProgram(program), { ...OPTIONS, mip_max_nodes: program.nodesMax })
  // Without a solution the columns have no values: that is what `readSolution` looks at.
  return readSolution(program, solution.Status, solution.Columns as Columns)
}
