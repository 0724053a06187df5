import { newSigningKey } from '../platform/signing.ts'

/** Prints a new private key for SIGNING_KEY as one line of JSON, and keeps nothing. */
console.log(newSigningKey())
