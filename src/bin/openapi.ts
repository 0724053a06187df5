import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { generatedFiles } from '../documents.ts'
import { readOptions } from './options.ts'

const USAGE = `npm run openapi [-- --check]

  Writes what is generated from the code: openapi/openapi.json, the schema of scenarios, and tables of the guide.

  --check  writes nothing, says which file is old, and ends with 1 if there is one`

const root = path.resolve(import.meta.dirname, '../..')
const options = readOptions(USAGE, {
  check: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
})
if (options.help) console.log(USAGE)
else if (!(await generate(options.check))) process.exitCode = 1

/** Whether everything is as the code says, now or after the writing. */
async function generate(onlyCompares: boolean): Promise<boolean> {
  let isCurrent = true
  for (const [name, text] of Object.entries(await generatedFiles())) {
    const file = path.join(root, name)
    if (!onlyCompares) await writeFile(file, text)
    else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
      isCurrent = false
      console.error(`${name} is not what the code says; run npm run openapi and commit it`)
    }
  }
  return isCurrent
}
