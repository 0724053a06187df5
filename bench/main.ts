import { refuseUse } from '../src/bin/options.ts'
import { runAdvice } from './advice.ts'
import { runOpening } from './opening.ts'
import { type Command, readCommand, USAGE } from './options.ts'
import { list, table } from './report.ts'
import { runBench } from './run.ts'
import { runRush } from './rush.ts'

/** `npm run bench`: what is promised in docs/guide/performance.md, measured. */
const command = commandOf(process.argv.slice(2))
try {
  console.log(command === undefined ? USAGE : await measure(command))
} catch (error) {
  console.error(error)
  process.exitCode = 1
}

function commandOf(args: readonly string[]): Command | undefined {
  try {
    return readCommand(args)
  } catch (error) {
    return refuseUse((error as Error).message.split('. To ')[0] ?? '', USAGE)
  }
}

async function measure(command: Command): Promise<string> {
  const say = (line: string) => console.error(line)
  const { json } = command.options
  if (command.name === 'rush') {
    const rush = await runRush(command.options, say)
    return json ? JSON.stringify({ rush }) : list('rush', rush)
  }
  if (command.name === 'opening') {
    const opening = await runOpening(command.options, say)
    return json ? JSON.stringify({ opening }) : list('opening', opening)
  }
  if (command.name === 'advice') {
    const advice = await runAdvice(command.options, say)
    return json ? JSON.stringify({ advice }) : list('advice', advice)
  }
  const report = await runBench(command.options, say)
  return json ? JSON.stringify(report) : table(report)
}
