import { once } from 'node:events'
import { Refused } from './client.ts'
import { play } from './play.ts'
import { printSummary } from './print.ts'
import { COUNTY_SCENARIO, readScenario, ScenarioError } from './scenario.ts'

/** What the player is told once the service answers. Not by its arguments or environment: the key is a secret. */
export interface PlayOrder {
  readonly baseUrl: string
  readonly adminKey: string
}

/**
 * The player of `npm run demo`, a client in a process of its own: what stays when it ends is the service as it is
 * deployed. Checks the scenario, says so to the process that started it, waits for a {@link PlayOrder}, and plays.
 * Arguments: the scenario file (empty: the county's), and `json` or `text`. Exit codes: 0 played, 1 failed, 2 the scenario is not valid.
 */
async function main(file: string, json: boolean): Promise<void> {
  const scenario = await readScenario(file)
  // Whoever started us has gone, and with it the service.
  process.once('disconnect', () => process.exit(1))
  process.send?.('ready')
  const [order] = (await once(process, 'message')) as [PlayOrder]
  const say = json ? (line: string) => console.error(line) : (line: string) => console.log(line)
  const summary = await play(scenario, { ...order, progress: say })
  if (json) console.log(JSON.stringify(summary, null, 2))
  else printSummary(summary, say)
}

try {
  const [file = '', format] = process.argv.slice(2)
  await main(file === '' ? COUNTY_SCENARIO : file, format === 'json')
} catch (error) {
  console.error(wordsFor(error))
  process.exitCode = error instanceof ScenarioError ? 2 : 1
}
process.removeAllListeners('disconnect')
process.disconnect?.()

/** One sentence for what a reader can mend; for anything else all there is, with its stack. */
function wordsFor(error: unknown): unknown {
  if (error instanceof ScenarioError) return `The scenario is not valid. ${error.message}`
  if (error instanceof Refused) return `The play ended, because the service refused ${error.message}`
  return error
}
