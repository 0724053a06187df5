import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { type Config, readConfig, readPlaces } from '../config.ts'
import { openDatabase } from '../platform/database/database.ts'
import { startEmbeddedPostgres } from '../platform/database/embedded.ts'
import type { ChainHead } from '../platform/events/chain.ts'
import { CHECKPOINT_TYP, type CheckpointClaim, claimOf, signaturesIn } from '../platform/events/checkpointClaim.ts'
import { type ChainReport, type VerifyOptions, verifyChain } from '../platform/events/verify.ts'
import { createSigner, readKeySet, type Signer, verifyJws } from '../platform/signing.ts'

const USAGE = `Recomputes the hash chain over all events, its Merkle tree and its checkpoints.

  npm run audit:verify -- [--from SEQ] [--checkpoint FILE] [--keys FILE] [--head SEQ:HASH] [--json]

  --from SEQ        begin with this event and trust the hash before it
  --checkpoint FILE compare with checkpoints kept outside the database: the worker's checkpoints.jsonl, or a saved
                    answer of GET /v1/checkpoints/latest; only so a cut tail or a rewritten history is found
  --keys FILE       saved answer of /.well-known/jwks.json to verify signatures with; otherwise SIGNING_KEY
  --head SEQ:HASH   a head noted earlier by hand, to the same end
  --json            print the report as one JSON document

Exit status: 0 the chain is whole, 1 it is broken, 2 it could not be verified.`

const WHOLE = 0
const BROKEN = 1
const CANNOT_RUN = 2
const SILENT = { info: () => {}, warn: () => {} }

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      from: { type: 'string' },
      head: { type: 'string' },
      checkpoint: { type: 'string' },
      keys: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(USAGE)
    return WHOLE
  }
  requireDirectory(readPlaces(process.env))
  const config = readConfig(process.env)
  const keySet = values.keys === undefined ? createSigner(config.signingKeys).jwks() : readKeySet(values.keys)
  const signer = { verify: (typ: string, jws: string) => verifyJws(keySet, typ, jws) }
  const options: VerifyOptions = {
    signer,
    held: values.checkpoint === undefined ? [] : await readHeld(values.checkpoint, signer),
    ...(values.from !== undefined && { from: readSeq(values.from) }),
    ...(values.head !== undefined && { expectedHead: readHead(values.head) }),
  }
  const report = await verify(config, options)
  console.log(values.json ? JSON.stringify(report) : describe(report))
  return report.verified ? WHOLE : BROKEN
}

async function verify(config: Config, options: VerifyOptions): Promise<ChainReport> {
  const embedded = config.databaseUrl === undefined ? await openEmbedded(config) : undefined
  const url = config.databaseUrl ?? embedded?.url ?? ''
  const database = openDatabase({ url, poolSize: 2, applicationName: 'sandan audit' })
  try {
    return await verifyChain(database, options)
  } finally {
    await database.close()
    await embedded?.stop()
  }
}

/** Outside production the configuration makes what is missing; a verification makes nothing. */
function requireDirectory({ production, dataDirectory }: Pick<Config, 'production' | 'dataDirectory'>): void {
  if (!production && !existsSync(dataDirectory))
    throw new Error(`There is no ${dataDirectory}: DATA_DIRECTORY must name the one that the service uses`)
}

async function openEmbedded(config: Config) {
  const directory = path.join(config.dataDirectory, 'postgres')
  if (!existsSync(directory))
    throw new Error(`There is no database: DATABASE_URL is not set and ${directory} is not there`)
  return startEmbeddedPostgres({ directory, persistent: true, log: SILENT })
}

/** What somebody else says must not be taken for what the service signed. */
async function readHeld(file: string, signer: Pick<Signer, 'verify'>): Promise<CheckpointClaim[]> {
  const held: CheckpointClaim[] = []
  for (const jws of signaturesIn(readFileSync(file, 'utf8'))) {
    const claim = claimOf(await signer.verify(CHECKPOINT_TYP, jws))
    if (claim === undefined) throw new Error(`${file} holds a checkpoint that none of the known keys has signed`)
    held.push(claim)
  }
  return held
}

function readSeq(text: string): bigint {
  if (!/^[1-9]\d{0,17}$/.test(text)) throw new Error(`"${text}" is no number of an event`)
  return BigInt(text)
}

function readHead(text: string): ChainHead {
  const [seq, hash, ...rest] = text.split(':')
  if (seq === undefined || hash === undefined || rest.length > 0 || !/^[0-9a-f]{64}$/i.test(hash)) {
    throw new Error(`"${text}" is no head: SEQ:HASH with 64 hex digits is expected`)
  }
  return { seq: readSeq(seq), hash: Buffer.from(hash, 'hex') }
}

function describe({ events, checkpoints, firstBroken, unsealed, headSeq, headHash }: ChainReport): string {
  const waiting = unsealed === 0 ? '' : `${unsealed} more wait for their seal.\n`
  if (firstBroken !== null) {
    return `The chain is BROKEN at event ${firstBroken.seq}: ${firstBroken.reason}.\n${events} events before it are whole.`
  }
  const agreed =
    checkpoints === 0 ? '' : `${checkpoints} checkpoint${checkpoints === 1 ? ' agrees' : 's agree'} with it.\n`
  return `The chain is whole: ${events} events.\n${agreed}${waiting}Head: ${headSeq}:${headHash}`
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(`The chain could not be verified: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = CANNOT_RUN
}
