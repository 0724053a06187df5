import { parseArgs } from 'node:util'

export interface Options {
  /** One JSON document on standard output instead of a table. */
  readonly json: boolean
  /** Projects in the table that throughput and the first p95 are measured with. */
  readonly projects: number
  /** Projects in the table that the second p95 is measured with. */
  readonly grownProjects: number
  /** Pairs of measurements, ours beside the other; each ratio is the median of that many. */
  readonly rounds: number
  /** How long each single measurement lasts. */
  readonly seconds: number
  /** Connections that ask as fast as they get answers, for throughput. */
  readonly connections: number
}

export const USAGE = `npm run bench [-- OPTIONS]

  --json              one JSON document on standard output, everything else on standard error
  --projects N        projects in the table (10000)
  --grown-projects N  projects in the grown table (1000000)
  --rounds N          pairs of measurements per figure (15)
  --seconds N         length of one measurement (1)
  --connections N     connections for throughput (20)
  --help`

/** What the command line asks for; undefined when it asks for help. Throws an error that says what is wrong. */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      projects: { type: 'string', default: '10000' },
      'grown-projects': { type: 'string', default: '1000000' },
      rounds: { type: 'string', default: '15' },
      seconds: { type: 'string', default: '1' },
      connections: { type: 'string', default: '20' },
    },
  })
  if (values.help) return undefined
  const number = (name: Exclude<keyof typeof values, 'json' | 'help'>, minimum: number) => {
    const given = Number(values[name])
    if (!(given >= minimum)) throw new Error(`--${name} is a number of at least ${minimum}, not ${values[name]}`)
    return given
  }
  const count = (name: Parameters<typeof number>[0], minimum: number) => Math.round(number(name, minimum))
  return {
    json: values.json,
    // A full page and one row that says there is another.
    projects: count('projects', 51),
    grownProjects: count('grown-projects', 51),
    rounds: count('rounds', 1),
    seconds: number('seconds', 0.1),
    connections: count('connections', 1),
  }
}
