import { createPublicKey, hash, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import canonicalize from 'canonicalize'
import { type CompactJWSHeaderParameters, compactVerify, errors } from 'jose'
import {
  type BidManifest,
  type BidReceipt,
  manifestDifferences,
  RECEIPT_ALGORITHM,
  RECEIPT_TYP,
  readManifest,
  readReceipt,
} from '../kernel/receipt.ts'

const USAGE = `Checks a receipt for a bid without the service and without a network.
离线核验申报回执:不联网,也不需要本系统。

  npm run verify-receipt -- RECEIPT --keys JWKS [--manifest FILE] [--ciphertext FILE] [--file FILE …]

  RECEIPT            the signed receipt, or the service's answer that holds it (its jws, its manifest)
  --keys FILE        the service's public keys, saved from /.well-known/jwks.json when you trusted it
  --manifest FILE    what was received, as hashes
  --ciphertext FILE  the sealed content as it was sent or fetched
  --file FILE        an encrypted file of the bid; may be given many times

Exit status: 0 genuine, 1 not genuine, 2 could not be checked.
退出码:0 真实,1 不真实,2 无法核验。`

const GENUINE = 0
const NOT_GENUINE = 1
const CANNOT_RUN = 2

/** Something that does not fit: the receipt is not what it is said to be. */
class NotGenuine extends Error {
  constructor(chinese: string, english: string) {
    super(`${chinese}\n${english}`)
  }
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      keys: { type: 'string' },
      manifest: { type: 'string' },
      ciphertext: { type: 'string' },
      file: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(USAGE)
    return GENUINE
  }
  const [receiptFile, ...others] = positionals
  if (receiptFile === undefined || others.length > 0) throw new Error(`One receipt is expected.\n\n${USAGE}`)
  if (values.keys === undefined) throw new Error(`--keys is missing: which keys are trusted?\n\n${USAGE}`)
  const keys = readKeys(values.keys)
  const given = readGiven(receiptFile)
  const manifestJson = values.manifest === undefined ? given.manifest : readJson(values.manifest)
  if (manifestJson === undefined && (values.ciphertext !== undefined || values.file.length > 0)) {
    throw new Error('--ciphertext and --file are compared with the manifest: --manifest is missing')
  }
  const { receipt, kid } = await checkSignature(given.jws, keys)
  checkReadable(receipt, given.readable)
  const manifest = manifestJson === undefined ? undefined : checkManifest(receipt, manifestJson)
  if (manifest !== undefined && values.ciphertext !== undefined) checkCiphertext(manifest, values.ciphertext)
  if (manifest !== undefined) for (const file of values.file) checkFile(manifest, file)
  console.log(
    describe(receipt, kid, manifest, { ciphertext: values.ciphertext !== undefined, files: values.file.length }),
  )
  return GENUINE
}

/** A bare JWS, or the service's answer: a receipt with its `jws`, alone or as the `receipt` of something. */
function readGiven(file: string): { readonly jws: string; readonly manifest: unknown; readonly readable: Fields[] } {
  const text = readFileSync(file, 'utf8').trim()
  if (!text.startsWith('{')) return { jws: text, manifest: undefined, readable: [] }
  const answer = parseJson(file, text)
  const receipt = isObject(answer) && isObject(answer['receipt']) ? answer['receipt'] : answer
  if (!isObject(receipt) || typeof receipt['jws'] !== 'string') throw new Error(`${file} holds no receipt (jws)`)
  const readable = [readableReceipt(receipt), ...(isObject(answer) && answer !== receipt ? readableBids(answer) : [])]
  return { jws: receipt['jws'], manifest: receipt['manifest'] ?? undefined, readable }
}

/** What stands readable beside a signature, under the names of what is signed. */
type Fields = Readonly<Partial<Record<keyof BidReceipt, unknown>>>

function readableReceipt({ id, ...fields }: Record<string, unknown>): Fields {
  return { receiptId: id, ...fields }
}

/** The bid that stands beside the receipt in the answer to a submission. */
function readableBids({ bid }: Record<string, unknown>): Fields[] {
  if (!isObject(bid)) return []
  const { id, roundId, organizationId, submission } = bid
  const { number, commitment, submittedAt } = isObject(submission) ? submission : {}
  return [{ bidId: id, roundId, organizationId, number, commitment, receivedAt: submittedAt }]
}

/** People read what stands beside the signature, so it must say what was signed. What is not there contradicts nothing. */
function checkReadable(receipt: BidReceipt, readable: readonly Fields[]): void {
  const differing = readable.flatMap((fields) =>
    (Object.keys(receipt) as (keyof BidReceipt)[]).filter(
      (name) => fields[name] !== undefined && !isSame(name, fields[name], receipt[name]),
    ),
  )
  if (differing.length === 0) return
  const names = [...new Set(differing)]
  throw new NotGenuine(
    `可读部分与签名内容不符:${names.join(', ')}。`,
    `What stands beside the signature is not what was signed; signed was ${names.map((name) => `${name} ${receipt[name]}`).join(', ')}.`,
  )
}

/** A moment may be spelled in another time zone. */
function isSame(name: keyof BidReceipt, found: unknown, signed: unknown): boolean {
  if (found === signed) return true
  return name === 'receivedAt' && typeof found === 'string' && Date.parse(found) === Date.parse(String(signed))
}

/** The Ed25519 keys of a key set by their `kid`; keys of other kinds sign no receipts. */
function readKeys(file: string): Map<string, KeyObject> {
  const set = readJson(file)
  const list = isObject(set) && Array.isArray(set['keys']) ? (set['keys'] as unknown[]) : []
  const keys = new Map<string, KeyObject>()
  for (const key of list) {
    if (!isObject(key) || key['kty'] !== 'OKP' || key['crv'] !== 'Ed25519') continue
    const { kid, x } = key
    if (typeof kid !== 'string' || typeof x !== 'string') continue
    if (keys.has(kid)) throw new Error(`${file} holds two keys ${kid}`)
    keys.set(kid, createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }))
  }
  if (keys.size === 0) throw new Error(`${file} holds no Ed25519 key with a kid`)
  return keys
}

async function checkSignature(jws: string, keys: ReadonlyMap<string, KeyObject>) {
  const keyOf = ({ kid, typ }: CompactJWSHeaderParameters): KeyObject => {
    if (typ !== RECEIPT_TYP)
      throw new NotGenuine('签名的对象不是回执。', `What was signed is no receipt (typ ${show(typ)}).`)
    const key = keys.get(kid ?? '')
    if (key === undefined)
      throw new NotGenuine(
        '签名密钥不在所给的公钥集中。',
        `It is signed with the key ${show(kid)}, which is not in the key set.`,
      )
    return key
  }
  try {
    const { payload, protectedHeader } = await compactVerify(jws, keyOf, { algorithms: [RECEIPT_ALGORITHM] })
    const reading = readReceipt(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload)))
    if (!reading.readable)
      throw new NotGenuine('已签名的内容不是回执。', `What was signed is no receipt: ${reading.fault}.`)
    return { receipt: reading.value, kid: protectedHeader.kid ?? '' }
  } catch (error) {
    throw error instanceof NotGenuine ? error : signatureFault(error)
  }
}

function signatureFault(error: unknown): unknown {
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return new NotGenuine(
      '签名不符:回执被改动过,或不是该密钥所签。',
      'The signature does not fit: the receipt was changed, or another key signed it.',
    )
  }
  if (error instanceof errors.JOSEAlgNotAllowed) {
    return new NotGenuine('签名算法不被允许。', `The algorithm of the signature is not ${RECEIPT_ALGORITHM}.`)
  }
  if (error instanceof errors.JOSEError || error instanceof SyntaxError || error instanceof TypeError) {
    return new NotGenuine(
      '回执不完整或格式不对。',
      `The receipt is incomplete or no receipt at all (${error.message}).`,
    )
  }
  return error
}

function checkManifest(receipt: BidReceipt, json: unknown): BidManifest {
  const reading = readManifest(isObject(json) && isObject(json['manifest']) ? json['manifest'] : json)
  if (!reading.readable) throw new NotGenuine('清单格式不对。', `The manifest is none: ${reading.fault}.`)
  const differences = manifestDifferences(receipt, reading.value)
  if (differences.length === 0) return reading.value
  throw new NotGenuine(
    '清单与回执不符:所收到的不是这份清单。',
    `The manifest is not the one that was received; these differ: ${differences.join(', ')}.`,
  )
}

/** The hash is that of the canonical form, so spaces and the order of fields in the saved file do not matter. */
function checkCiphertext({ ciphertextSha256 }: BidManifest, file: string): void {
  const json = readJson(file)
  const sealed = isObject(json) && isObject(json['sealed']) ? json['sealed'] : json
  if (hash('sha256', canonicalize(sealed) ?? '', 'hex') === ciphertextSha256) return
  throw new NotGenuine('密文与清单不符。', `The ciphertext in ${file} is not the one that was received.`)
}

function checkFile({ files }: BidManifest, file: string): void {
  const bytes = readFileSync(file)
  const sha256 = hash('sha256', bytes, 'hex')
  const isListed = files.some(
    (listed) => listed.ciphertextSha256 === sha256 && listed.ciphertextByteSize === bytes.length,
  )
  if (!isListed) throw new NotGenuine(`文件与清单不符:${file}`, `The file ${file} is none of those that were received.`)
}

function describe(
  receipt: BidReceipt,
  kid: string,
  manifest: BidManifest | undefined,
  given: { readonly ciphertext: boolean; readonly files: number },
): string {
  const isSubmission = receipt.kind === 'submission'
  const files = manifest?.files.length ?? 0
  const checked = [
    '签名 signature',
    ...(manifest === undefined ? [] : ['清单 manifest']),
    ...(given.ciphertext ? ['密文 ciphertext'] : []),
    ...(given.files > 0 ? [`文件 ${given.files}/${files} files`] : []),
  ]
  const unchecked = [
    ...(manifest === undefined ? ['清单 manifest'] : []),
    ...(given.ciphertext ? [] : ['密文 ciphertext']),
    ...(given.files === 0 && (manifest === undefined || files > 0) ? ['文件 files'] : []),
  ]
  return [
    '回执真实。 The receipt is genuine.',
    `  事项 what:           ${isSubmission ? '收到申报 a bid was received' : '收到撤回 a withdrawal was received'}`,
    `  申报 bid:            ${receipt.bidId}, 第 ${receipt.number} 版 version ${receipt.number}`,
    `  轮次 round:          ${receipt.roundId}`,
    `  机构 organization:   ${receipt.organizationId}`,
    `  收到时间 received:   ${receipt.receivedAt} = 北京时间 Beijing ${beijingTime(receipt.receivedAt)}`,
    '                       以数据库时钟为准 by the clock of the database',
    `  承诺值 commitment:   ${receipt.commitment}`,
    `  回执 receipt:        ${receipt.receiptId}, 审计事件 audit event ${receipt.eventId}`,
    `  签名密钥 signed by:  ${kid}`,
    `已核对 checked:     ${checked.join(', ')}`,
    ...(unchecked.length === 0 ? [] : [`未核对 not checked: ${unchecked.join(', ')}`]),
  ].join('\n')
}

const BEIJING_OFFSET_MS = 8 * 60 * 60 * 1000

function beijingTime(instant: string): string {
  return new Date(Date.parse(instant) + BEIJING_OFFSET_MS).toISOString().replace('T', ' ').replace('Z', '')
}

/** A word of the receipt's header, which anybody may have written: harmless on a terminal. */
function show(word: unknown): string {
  return JSON.stringify(word) ?? 'none'
}

function readJson(file: string): unknown {
  return parseJson(file, readFileSync(file, 'utf8'))
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Error(`${file} is no JSON`)
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

try {
  process.exitCode = await main()
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error)
  if (error instanceof NotGenuine) console.error(`回执不真实。 The receipt is NOT genuine.\n${reason}`)
  else console.error(`无法核验。 The receipt could not be checked: ${reason}`)
  process.exitCode = error instanceof NotGenuine ? NOT_GENUINE : CANNOT_RUN
}
