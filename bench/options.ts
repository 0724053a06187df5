import { parseArgs } from 'node:util'
import type { AdviceOptions } from './advice.ts'
import type { RushOptions } from './deadline.ts'
import type { OpeningOptions } from './opening.ts'

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

export const USAGE = `npm run bench [-- OPTIONS]            reading, beside a bare server and with a grown table
npm run bench -- rush [OPTIONS]      the last seconds before a deadline
npm run bench -- opening [OPTIONS]   the opening of a large round, killed in the middle
npm run bench -- advice [OPTIONS]    advice on the allocation of a large round

  --json              one JSON document on standard output, everything else on standard error
  --projects N        projects in the table (10000)
  --grown-projects N  projects in the grown table (1000000)
  --rounds N          pairs of measurements per figure (15)
  --seconds N         length of one measurement (1)
  --connections N     connections for throughput (20)
  --help

rush:
  --agencies N        agencies that bid (500)
  --versions N        submissions and replacements of each (4)
  --connections N     connections of theirs (200)
  --rounds N          pairs of throughput measurements (5)
  --seconds N         time before the deadline over which they come (10)

opening:
  --bids N            bids of the round (500)
  --files N           files of each bid (5)
  --file-bytes N      bytes of each file (200000)

advice:
  --bids N            bids of the round (300)
  --constraints N     pools and limits (20)`

/** What is measured, and how; undefined for help. */
export type Command =
  | { readonly name: 'reading'; readonly options: Options }
  | { readonly name: 'rush'; readonly options: RushOptions }
  | { readonly name: 'opening'; readonly options: OpeningOptions }
  | { readonly name: 'advice'; readonly options: AdviceOptions }

/** The whole command line. Throws an error that says what is wrong. */
export function readCommand(args: readonly string[]): Command | undefined {
  const [name, ...rest] = args
  if (name === 'rush') {
    const options = readRush(rest)
    return options && { name, options }
  }
  if (name === 'opening') {
    const options = readOpening(rest)
    return options && { name, options }
  }
  if (name === 'advice') {
    const options = readAdvice(rest)
    return options && { name, options }
  }
  const options = readOptions(args)
  return options && { name: 'reading', options }
}

function readRush(args: readonly string[]): RushOptions | undefined {
  const { json, help, count, number } = readNumbers(args, {
    agencies: '500',
    versions: '4',
    connections: '200',
    rounds: '5',
    seconds: '10',
  })
  if (help) return undefined
  return {
    json,
    agencies: count('agencies', 1),
    versions: count('versions', 1),
    connections: count('connections', 1),
    rounds: count('rounds', 1),
    seconds: number('seconds', 0.5),
  }
}

function readOpening(args: readonly string[]): OpeningOptions | undefined {
  const { json, help, count } = readNumbers(args, { bids: '500', files: '5', 'file-bytes': '200000' })
  if (help) return undefined
  return {
    json,
    bids: count('bids', 2),
    // A bid has twenty attachments at most, and two of them are handed in on paper.
    filesPerBid: Math.min(count('files', 0), 18),
    fileBytes: count('file-bytes', 200),
  }
}

function readAdvice(args: readonly string[]): AdviceOptions | undefined {
  const { json, help, count } = readNumbers(args, { bids: '300', constraints: '20' })
  return help ? undefined : { json, bids: count('bids', 2), constraints: count('constraints', 5) }
}

/** What a measurement of reading is asked for; undefined when it is asked for help. Throws an error that says what is wrong. */
export function readOptions(args: readonly string[]): Options | undefined {
  const { json, help, count, number } = readNumbers(args, {
    projects: '10000',
    'grown-projects': '1000000',
    rounds: '15',
    seconds: '1',
    connections: '20',
  })
  if (help) return undefined
  return {
    json,
    // A full page and one row that says there is another.
    projects: count('projects', 51),
    grownProjects: count('grown-projects', 51),
    rounds: count('rounds', 1),
    seconds: number('seconds', 0.1),
    connections: count('connections', 1),
  }
}

function readNumbers<Name extends string>(args: readonly string[], defaults: Readonly<Record<Name, string>>) {
  const numbers = Object.entries<string>(defaults).map(([name, value]) => [
    name,
    { type: 'string' as const, default: value },
  ])
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      ...(Object.fromEntries(numbers) as Record<string, { type: 'string'; default: string }>),
    },
  })
  const number = (name: Name, minimum: number) => {
    const text = (values as Readonly<Record<string, unknown>>)[name]
    const given = Number(text)
    if (!(given >= minimum)) throw new Error(`--${name} is a number of at least ${minimum}, not ${text}`)
    return given
  }
  return {
    json: values['json'] === true,
    help: values['help'] === true,
    number,
    count: (name: Name, minimum: number) => Math.round(number(name, minimum)),
  }
}
