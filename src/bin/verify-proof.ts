import { readFileSync } from 'node:fs'
import { readableIn, signaturesIn } from '../platform/events/checkpointClaim.ts'
import { whatIsWrongWithEvent, whatIsWrongWithProof } from '../platform/events/proofCheck.ts'
import { readKeySet } from '../platform/signing.ts'
import { readOptions, refuseUse } from './options.ts'

const USAGE = `Checks a proof about the audit chain offline: it asks no service and no database.

  npm run verify-proof -- --keys FILE --checkpoint FILE --proof FILE [--older FILE] [--event-hash HEX] [--event FILE]

  --keys FILE        saved answer of /.well-known/jwks.json
  --checkpoint FILE  saved answer of GET /v1/checkpoints/latest, or a bare JWS, of the size the proof is about
  --proof FILE       saved answer of GET /v1/events/{seq}/inclusion-proof or GET /v1/consistency-proof
  --older FILE       the older checkpoint, for a consistency proof
  --event-hash HEX   the hash of the event as it was noted elsewhere, such as in a receipt
  --event FILE       the event itself ({seq, hash, previousHash, canonical}): its content must have the proven hash

Exit status: 0 the proof holds, 1 it does not, 2 it could not be checked.`

const HOLDS = 0
const FAILS = 1
const CANNOT_RUN = 2

async function main(): Promise<number> {
  const file = { type: 'string' } as const
  const values = readOptions(USAGE, {
    keys: file,
    checkpoint: file,
    proof: file,
    older: file,
    'event-hash': file,
    event: file,
    help: { type: 'boolean', default: false },
  })
  if (values.help) {
    console.log(USAGE)
    return HOLDS
  }
  const { keys, checkpoint, proof, older } = values
  if (keys === undefined || checkpoint === undefined || proof === undefined)
    return refuseUse('--keys, --checkpoint and --proof are needed', USAGE)
  const event = values.event === undefined ? undefined : readJson(values.event)
  const wrong =
    (event === undefined ? undefined : whatIsWrongWithEvent(event)) ??
    (await whatIsWrongWithProof(readJson(proof), {
      keySet: readKeySet(keys),
      checkpoint: lastSignatureIn(checkpoint),
      readable: readableIn(readFileSync(checkpoint, 'utf8')),
      olderCheckpoint: older === undefined ? undefined : lastSignatureIn(older),
      olderReadable: older === undefined ? undefined : readableIn(readFileSync(older, 'utf8')),
      eventHash: values['event-hash'] ?? (event as { hash?: string } | undefined)?.hash,
    }))
  console.log(wrong === undefined ? 'The proof holds.' : `The proof FAILS: ${wrong}.`)
  return wrong === undefined ? HOLDS : FAILS
}

function lastSignatureIn(file: string): string {
  return signaturesIn(readFileSync(file, 'utf8')).at(-1) as string
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw error instanceof SyntaxError ? new Error(`${file} is no JSON`) : error
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(`The proof could not be checked: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = CANNOT_RUN
}
