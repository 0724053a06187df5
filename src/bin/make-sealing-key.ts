import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { makeSealingKey, openFor, type PrivateJwk } from '../platform/keys/sealing.ts'

const USAGE = `npm run sealing-key -- --out FILE
  Makes a key pair for sealing (X25519), writes the private half to FILE, readable by you alone, and prints the public
  half: the whole line is a SEALING_ESCROW_KEY; its "jwk" is a SEALING_HOLDER_KEY for processes that only publish rounds,
  or an officer's publicKey in a policy. FILE is the SEALING_HOLDER_KEY of the process that opens bids; that of an
  archive or an officer stays offline.

npm run sealing-key -- --open SEALED_SHARE --key FILE
  For an officer: prints what is inside the sealedShare of GET /v1/rounds/{roundId}/key-shares, to be handed in after the
  deadline.`

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      out: { type: 'string' },
      open: { type: 'string' },
      key: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const { out, open, key, help } = values
  if (open !== undefined && key !== undefined) {
    console.log(await openFor(open.trim(), JSON.parse(readFileSync(key, 'utf8')) as PrivateJwk))
    return 0
  }
  if (help || out === undefined) {
    console.log(USAGE)
    return help ? 0 : 2
  }
  if (existsSync(out)) {
    console.error(`${out} exists; a private key is never overwritten`)
    return 2
  }
  const { publicKey, privateKey } = await makeSealingKey()
  const kept = JSON.stringify({ ...privateKey.jwk, ageIdentity: privateKey.ageIdentity })
  writeFileSync(out, kept, { mode: 0o600, flag: 'wx' })
  console.log(JSON.stringify(publicKey))
  return 0
}

process.exitCode = await main()
