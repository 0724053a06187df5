import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { CompactEncrypt, importJWK } from 'jose'
import t from 'tap'

const COMMAND = path.join(import.meta.dirname, '../../src/bin/make-sealing-key.ts')
const directory = await mkdtemp(path.join(tmpdir(), 'sandan-sealing-key-'))
t.teardown(() => rm(directory, { recursive: true }))
const fileOf = (name: string) => path.join(directory, name)

function run(...given: string[]): Promise<{ status: number; said: string; complained: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [COMMAND, ...given], (error, said, complained) => {
      resolve({ status: Number(error?.code ?? 0), said: said.trim(), complained: complained.trim() })
    })
  })
}

t.test('an officer opens her share with her key, and is told in one sentence why another does not', async (t) => {
  const hers = await run('--out', fileOf('hers'))
  t.equal(hers.status, 0)
  t.equal((await run('--out', fileOf('other'))).status, 0)
  const key = await importJWK(JSON.parse(hers.said).jwk, 'ECDH-ES+A256KW')
  const share = await new CompactEncrypt(new TextEncoder().encode('share-1'))
    .setProtectedHeader({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM' })
    .encrypt(key)
  t.match(await run('--open', share, '--key', fileOf('hers')), { status: 0, said: 'share-1', complained: '' })
  await writeFile(fileOf('words'), 'secret words')
  await writeFile(fileOf('public'), JSON.stringify(JSON.parse(hers.said).jwk))
  const refused: [number, RegExp, string[]][] = [
    [1, /does not open this share/, ['--open', share, '--key', fileOf('other')]],
    [1, /does not open this share/, ['--open', share.slice(0, -5), '--key', fileOf('hers')]],
    [1, /does not open this share/, ['--open', 'nothing', '--key', fileOf('hers')]],
    [2, /ENOENT/, ['--open', share, '--key', fileOf('missing')]],
    [2, /holds no JSON/, ['--open', share, '--key', fileOf('words')]],
    [2, /holds no private key/, ['--open', share, '--key', fileOf('public')]],
    [2, /exists; a private key is never overwritten/, ['--out', fileOf('hers')]],
  ]
  const { d } = JSON.parse(await readFile(fileOf('hers'), 'utf8'))
  for (const [status, sentence, given] of refused) {
    const { complained, ...answer } = await run(...given)
    t.match({ ...answer, complained }, { status, said: '', complained: sentence }, given.join(' '))
    t.notMatch(complained, /\n/, 'one sentence')
    t.notOk(complained.includes(d) || complained.includes('secret words'), 'no part of a key is shown')
  }
})
