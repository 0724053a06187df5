import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { CompactSign, exportJWK, generateKeyPair } from 'jose'
import t from 'tap'
import { readConfig } from '../../src/config.ts'
import {
  createSigner,
  developmentSigningKey,
  newSigningKey,
  readKeySet,
  readSigningKeys,
  verifyJws,
} from '../../src/platform/signing.ts'

const directory = mkdtempSync(path.join(tmpdir(), 'sandan-signing-'))
t.teardown(() => rmSync(directory, { recursive: true }))
const signerOf = (key: string, retired?: string) => createSigner(readSigningKeys(key, retired))
const TYP = 'sandan-receipt+jwt'

t.test('what was signed is verified with the public keys alone, as what it was signed for', async (t) => {
  const signer = signerOf(newSigningKey())
  const jws = await signer.sign(TYP, { receiptId: 'rcp_1', 名: '云汀' })
  t.same(await signer.verify(TYP, jws), { receiptId: 'rcp_1', 名: '云汀' })
  t.same(await verifyJws(signer.jwks(), TYP, jws), { receiptId: 'rcp_1', 名: '云汀' })
  t.equal(await signer.verify('sandan-checkpoint+jwt', jws), undefined, 'a receipt is no checkpoint')
  const [header] = jws.split('.')
  t.same(JSON.parse(Buffer.from(header ?? '', 'base64url').toString()), { alg: 'EdDSA', kid: signer.kid, typ: TYP })
  t.notMatch(JSON.stringify(signer.jwks()), '"d"', 'the private part is not among them')
})

t.test('a flipped bit, another key and another algorithm are refused', async (t) => {
  const signer = signerOf(newSigningKey())
  const jws = await signer.sign(TYP, { amountFen: '100' })
  for (let at = 0; at < jws.length; at += 7) {
    const other = jws[at] === 'A' ? 'B' : 'A'
    const changed = `${jws.slice(0, at)}${other}${jws.slice(at + 1)}`
    t.equal(await signer.verify(TYP, changed), undefined, `character ${at}`)
  }
  t.equal(await signerOf(newSigningKey()).verify(TYP, jws), undefined)
  t.equal(await signer.verify(TYP, 'no signature'), undefined)
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const foreign = await new CompactSign(Buffer.from('{}'))
    .setProtectedHeader({ alg: 'ES256', kid: signer.kid, typ: TYP, jwk: await exportJWK(publicKey) })
    .sign(privateKey)
  t.equal(await signer.verify(TYP, foreign), undefined, 'a key in the header is not followed')
})

t.test('what a retired key signed stays verifiable, and the key stays listed', async (t) => {
  const before = signerOf(newSigningKey())
  const jws = await before.sign(TYP, { n: 1 })
  const after = signerOf(newSigningKey(), JSON.stringify(before.jwks().keys))
  t.same(await after.verify(TYP, jws), { n: 1 })
  t.same(
    after.jwks().keys.map(({ kid }) => kid),
    [after.kid, before.kid],
  )
})

t.test('a key of the configuration that is none is refused without showing it', async (t) => {
  const { x, d } = JSON.parse(newSigningKey())
  const other = JSON.parse(newSigningKey())
  const okp = { kty: 'OKP', crv: 'Ed25519' }
  for (const [key, reason] of [
    [`{"d": ${d}`, /SIGNING_KEY is no JSON/],
    [JSON.stringify({ ...okp, x }), /no private part/],
    [JSON.stringify({ ...okp, x: other.x, d }), /belongs to another key/],
    [JSON.stringify({ ...okp, crv: 'X25519', x, d }), /must hold Ed25519 keys/],
    [JSON.stringify({ ...okp, x, d: 'short' }), /32 bytes/],
    [JSON.stringify({ ...okp, x, d, kid: 'a b' }), /kid must be/],
  ] as const) {
    t.throws(() => readSigningKeys(key, undefined), reason)
    try {
      readSigningKeys(key, undefined)
    } catch (error) {
      t.notOk(String(error).includes(d), 'the private key is not in the message')
    }
  }
  t.throws(() => readSigningKeys(newSigningKey(), '{}'), /must be a JSON array/)
  t.equal(readSigningKeys(JSON.stringify({ ...okp, x, d, kid: '2026-11' }), undefined).current.kid, '2026-11')
})

t.test('outside production a key is made once, and in production it must be given', async (t) => {
  const key = developmentSigningKey(directory)
  t.equal(developmentSigningKey(directory), key)
  t.equal(statSync(path.join(directory, 'signing-key.json')).mode & 0o777, 0o600)
  const env = { DATA_DIRECTORY: directory, SANDAN_SECRET: 'a secret for tests only, 32 characters or more' }
  t.equal(readConfig(env).signingKeys.current.x, JSON.parse(key).x)
  const production = { ...env, NODE_ENV: 'production', DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }
  t.throws(() => readConfig(production), /SIGNING_KEY is required in production \(or SIGNING_KEY_FILE\)/)
  t.ok(readConfig({ ...production, SIGNING_KEY_FILE: path.join(directory, 'signing-key.json') }))
})

t.test('a saved key set is read back, and nothing else is taken for one', async (t) => {
  const signer = signerOf(newSigningKey())
  const file = path.join(directory, 'jwks.json')
  writeFileSync(file, JSON.stringify(signer.jwks()))
  t.same(readKeySet(file), JSON.parse(readFileSync(file, 'utf8')))
  writeFileSync(file, '[]')
  t.throws(() => readKeySet(file), /holds no key set/)
})
