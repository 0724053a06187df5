import { newSigningKey } from '../platform/signing.ts'
import { readOptions } from './options.ts'

const USAGE = `npm run create-signing-key

  Prints a new private key for SIGNING_KEY as one line of JSON, and keeps nothing.`

const { help } = readOptions(USAGE, { help: { type: 'boolean', default: false } })
console.log(help ? USAGE : newSigningKey())
