import { readOptions, USAGE } from './options.ts'
import { table } from './report.ts'
import { runBench } from './run.ts'

/** `npm run bench`: our service against a bare server, and a small table against a large one. */
try {
  const options = readOptions(process.argv.slice(2))
  if (options === undefined) console.log(USAGE)
  else {
    const report = await runBench(options, (line) => console.error(line))
    console.log(options.json ? JSON.stringify(report) : table(report))
  }
} catch (error) {
  console.error(error)
  process.exitCode = 1
}
