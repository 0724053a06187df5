import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { generatedFiles } from '../documents.ts'

/** `npm run openapi` writes what is generated; `--check` compares and says which file is old. */
const root = path.resolve(import.meta.dirname, '../..')
let isOld = false
for (const [name, text] of Object.entries(await generatedFiles())) {
  const file = path.join(root, name)
  if (process.argv.includes('--check')) {
    const committed = await readFile(file, 'utf8').catch(() => '')
    if (committed !== text) {
      isOld = true
      console.error(`${name} is not what the code says; run npm run openapi and commit it`)
    }
  } else await writeFile(file, text)
}
if (isOld) process.exitCode = 1
