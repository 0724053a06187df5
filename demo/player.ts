import { Refused } from './client.ts'
import { takeOrder } from './clientProcess.ts'
import { play } from './play.ts'
import { printSummary } from './print.ts'
import { COUNTY_SCENARIO, readScenario, ScenarioError } from './scenario.ts'

/**
 * Plays a scenario for `npm run demo` and prints what happens; gives back the keys of the county. Arguments: the scenario
 * file (empty: the county's), and `json` or `text`. Exit codes: 0 played, 1 failed, 2 the scenario is not valid.
 */
async function main(file: string, format: string): Promise<void> {
  const scenario = await readScenario(file === '' ? COUNTY_SCENARIO : file)
  const isJson = format === 'json'
  const progress = isJson ? (line: string) => console.error(line) : (line: string) => console.log(line)
  await takeOrder(async (order) => {
    const { summary, keys } = await play(scenario, { ...order, progress })
    if (isJson) console.log(JSON.stringify(summary, null, 2))
    else printSummary(summary, progress)
    return keys
  })
}

try {
  const [file = '', format = 'text'] = process.argv.slice(2)
  await main(file, format)
} catch (error) {
  console.error(wordsFor(error))
  process.exit(error instanceof ScenarioError ? 2 : 1)
}

/** One sentence for what a reader can mend; for anything else all there is, with its stack. */
function wordsFor(error: unknown): unknown {
  if (error instanceof ScenarioError) return `The scenario is not valid. ${error.message}`
  if (error instanceof Refused) return `The play ended, because the service refused ${error.message}`
  return error
}
