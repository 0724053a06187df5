import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { makeSealingKey, NotOpened, openFor, type PrivateJwk } from '../platform/keys/sealing.ts'
import { readOptions } from './options.ts'

const USAGE = `npm run sealing-key -- --out FILE
  Makes a key pair for sealing (X25519), writes the private half to FILE, readable by you alone, and prints the public
  half: the whole line is a SEALING_ESCROW_KEY; its "jwk" is a SEALING_HOLDER_KEY for processes that only publish rounds,
  or an officer's publicKey in a policy. FILE is the SEALING_HOLDER_KEY of the process that opens bids; that of an
  archive or an officer stays offline.

npm run sealing-key -- --open SEALED_SHARE --key FILE
  For an officer: prints what is inside the sealedShare of GET /v1/rounds/{roundId}/key-shares, to be handed in after the
  deadline.`

const NOT_OPENED = 1
const MISUSED = 2

async function main(): Promise<number> {
  const { out, open, key, help } = readOptions(USAGE, {
    out: { type: 'string' },
    open: { type: 'string' },
    key: { type: 'string' },
    help: { type: 'boolean', default: false },
  })
  if (open !== undefined && key !== undefined) return openShare(open.trim(), key)
  if (help || out === undefined) {
    console.log(USAGE)
    return help ? 0 : MISUSED
  }
  if (existsSync(out)) {
    console.error(`${out} exists; a private key is never overwritten`)
    return MISUSED
  }
  const { publicKey, privateKey } = await makeSealingKey()
  const kept = JSON.stringify({ ...privateKey.jwk, ageIdentity: privateKey.ageIdentity })
  writeFileSync(out, kept, { mode: 0o600, flag: 'wx' })
  console.log(JSON.stringify(publicKey))
  return 0
}

async function openShare(sealed: string, file: string): Promise<number> {
  const key = readKey(file)
  if (key === undefined) return MISUSED
  try {
    console.log(await openFor(sealed, key))
    return 0
  } catch (error) {
    if (!(error instanceof NotOpened)) throw error
    console.error(`the key in ${file} does not open this share: it is another officer's, or not all of it was copied`)
    return NOT_OPENED
  }
}

/** The private key in a file that `--out` has written; undefined when there is none, and then it was said. */
function readKey(file: string): PrivateJwk | undefined {
  try {
    const key = JSON.parse(readFileSync(file, 'utf8')) as Partial<PrivateJwk> | null
    if (key?.kty === 'OKP' && key.crv === 'X25519' && typeof key.d === 'string') return key as PrivateJwk
    console.error(`${file} holds no private key that npm run sealing-key has made`)
  } catch (error) {
    // What the parser says quotes the file, which may be a key.
    console.error(error instanceof SyntaxError ? `${file} holds no JSON` : messageOf(error))
  }
  return undefined
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

process.exitCode = await main()
