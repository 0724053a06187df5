import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'

/** Exit code of a program that was called in a way it does not understand. */
const WRONG_USE = 2

/** The options a program was called with. Anything it does not know ends it with a sentence, its usage and exit code 2. */
export function readOptions<const Options extends ParseArgsOptionsConfig>(usage: string, options: Options) {
  try {
    return parseArgs({ options }).values
  } catch (error) {
    // Node adds how to pass such a word as a positional argument, which none of our programs takes.
    return refuseUse((error as Error).message.split('. To ')[0] ?? '', usage)
  }
}

/** Ends the program: what is wrong with the call, and the usage. */
export function refuseUse(reason: string, usage: string): never {
  console.error(`${reason}\n\n${usage}`)
  process.exit(WRONG_USE)
}
