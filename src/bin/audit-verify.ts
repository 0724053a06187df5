import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { readForVerification } from '../config.ts'
import { type Database, openDatabase } from '../platform/database/database.ts'
import { startEmbeddedPostgres } from '../platform/database/embedded.ts'
import type { ChainHead } from '../platform/events/chain.ts'
import {
  CHECKPOINT_TYP,
  type CheckpointClaim,
  claimOf,
  contradictionsOf,
  keptIn,
} from '../platform/events/checkpointClaim.ts'
import { type ChainReport, type VerifyOptions, verifyChain } from '../platform/events/verify.ts'
import { localFileStore } from '../platform/files/files.ts'
import type { Flaw, VerifyDeps } from '../platform/module.ts'
import { createSigner, type KeySet, readKeySet, type Signer, type SigningKeys, verifyJws } from '../platform/signing.ts'
import { readOptions } from './options.ts'

const USAGE = `Recomputes the hash chain over all events, its Merkle tree and its checkpoints; then compares what lies outside the
chain with it: every sealed bid with its manifest, commitment, receipts and events, every file with its recorded hash.

  npm run audit:verify -- [--from SEQ] [--checkpoint FILE] [--keys FILE] [--head SEQ:HASH] [--no-files] [--json]

  --from SEQ        begin with this event and trust the hash before it
  --checkpoint FILE compare with checkpoints kept outside the database: the worker's checkpoints.jsonl, or a saved
                    answer of GET /v1/checkpoints/latest; only so a cut tail or a rewritten history is found
  --keys FILE       saved answer of /.well-known/jwks.json to verify signatures with; otherwise SIGNING_KEY
  --head SEQ:HASH   a head noted earlier by hand, to the same end
  --no-files        do not read the stored files, which takes as long as reading them takes
  --json            print the report as one JSON document

Exit status: 0 everything is whole, 1 something is not, 2 it could not be verified.`

const WHOLE = 0
const BROKEN = 1
const CANNOT_RUN = 2
const SILENT = { info: () => {}, warn: () => {} }

/** Files and databases may be large; no statement here may hold up the service for longer than this. */
const STATEMENT_TIMEOUT_MS = 60_000
/** So many flaws are listed in the JSON report, whatever their number. */
const LISTED_FLAWS_MAX = 10_000

async function main(): Promise<number> {
  const text = { type: 'string' } as const
  const values = readOptions(USAGE, {
    from: text,
    head: text,
    checkpoint: text,
    keys: text,
    'no-files': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  })
  if (values.help) {
    console.log(USAGE)
    return WHOLE
  }
  const places = readForVerification(process.env)
  requireDirectory(places, !values['no-files'])
  const keySet = values.keys === undefined ? keySetOf(places.signingKeys) : readKeySet(values.keys)
  const signer = { verify: (typ: string, jws: string) => verifyJws(keySet, typ, jws) }
  const options: VerifyOptions = {
    signer,
    held: values.checkpoint === undefined ? [] : await readHeld(values.checkpoint, signer),
    ...(values.from !== undefined && { from: readSeq(values.from) }),
    ...(values.head !== undefined && { expectedHead: readHead(values.head) }),
  }
  const files = values['no-files'] ? undefined : localFileStore(path.join(places.dataDirectory, 'files'))
  return withDatabase(places, (database) => verify({ database, signer, files }, options, values.json))
}

async function verify(deps: VerifyDeps, options: VerifyOptions, isJson: boolean): Promise<number> {
  const chain = await verifyChain(deps.database, options)
  if (!isJson) console.log(describe(chain))
  const flaws: Flaw[] = []
  let count = 0
  const verified = await verifyModules(deps, (flaw) => {
    count += 1
    if (!isJson) console.log(`FLAW ${flaw.what} ${flaw.id} ${flaw.code}`)
    else if (count <= LISTED_FLAWS_MAX) flaws.push(flaw)
  })
  const isWhole = chain.verified && count === 0
  if (isJson) console.log(JSON.stringify({ ...chain, verified: isWhole, outside: { verified, count, flaws } }))
  else console.log(describeOutside(verified, count))
  return isWhole ? WHOLE : BROKEN
}

/** Everything that the modules keep outside the chain; tells of each flaw as it is found. */
async function verifyModules(deps: VerifyDeps, tell: (flaw: Flaw) => void): Promise<Record<string, number>> {
  const { MODULES } = await import('../modules.ts')
  const verified: Record<string, number> = {}
  for (const module of MODULES) {
    if (module.verify === undefined) continue
    const flaws = module.verify(deps)
    let next = await flaws.next()
    for (; !next.done; next = await flaws.next()) tell(next.value)
    Object.assign(verified, next.value)
  }
  return verified
}

async function withDatabase<Result>(
  { databaseUrl, dataDirectory }: { readonly databaseUrl: string | undefined; readonly dataDirectory: string },
  run: (database: Database) => Promise<Result>,
): Promise<Result> {
  const embedded = databaseUrl === undefined ? await openEmbedded(dataDirectory) : undefined
  const database = openDatabase({
    url: databaseUrl ?? embedded?.url ?? '',
    poolSize: 2,
    applicationName: 'sandan audit',
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  })
  try {
    return await run(database)
  } finally {
    await database.close()
    await embedded?.stop()
  }
}

/** Elsewhere the configuration makes what is missing; a verification makes nothing. */
function requireDirectory(
  { production, dataDirectory }: { readonly production: boolean; readonly dataDirectory: string },
  readsFiles: boolean,
): void {
  if ((production && !readsFiles) || existsSync(dataDirectory)) return
  throw new Error(`There is no ${dataDirectory}: DATA_DIRECTORY must name the one that the service uses`)
}

function keySetOf(keys: SigningKeys | undefined): KeySet {
  if (keys === undefined)
    throw new Error('There is no key to verify signatures with: set SIGNING_KEY or DATA_DIRECTORY, or give --keys')
  return createSigner(keys).jwks()
}

async function openEmbedded(dataDirectory: string) {
  const directory = path.join(dataDirectory, 'postgres')
  if (!existsSync(directory))
    throw new Error(`There is no database: DATABASE_URL is not set and ${directory} is not there`)
  return startEmbeddedPostgres({ directory, persistent: true, log: SILENT })
}

/** What somebody else says must not be taken for what the service signed, nor what is readable for what is signed. */
async function readHeld(file: string, signer: Pick<Signer, 'verify'>): Promise<CheckpointClaim[]> {
  const held: CheckpointClaim[] = []
  for (const { jws, readable } of keptIn(readFileSync(file, 'utf8'))) {
    const claim = claimOf(await signer.verify(CHECKPOINT_TYP, jws))
    if (claim === undefined) throw new Error(`${file} holds a checkpoint that none of the known keys has signed`)
    const altered = contradictionsOf(readable, claim)
    if (altered.length > 0)
      throw new Error(
        `${file} was altered: beside the signature of the checkpoint over ${claim.size} events another ${altered.join(', ')} can be read`,
      )
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

function describeOutside(verified: Readonly<Record<string, number>>, flaws: number): string {
  const things = Object.entries(verified).map(([kind, count]) => `${count} ${kind}`)
  const found = flaws === 0 ? 'no flaw' : `${flaws} FLAW${flaws === 1 ? '' : 'S'}`
  return `Outside the chain: ${found} in ${things.join(', ')}.`
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(`The chain could not be verified: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = CANNOT_RUN
}
