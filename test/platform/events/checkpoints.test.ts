import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { sql as statement } from 'drizzle-orm'
import t from 'tap'
import { growingTree, isConsistent, rootOfInclusion } from '../../../src/kernel/merkle.ts'
import { type Database, sqlState } from '../../../src/platform/database/database.ts'
import { CHECKPOINT_TYP, claimOf, signaturesIn } from '../../../src/platform/events/checkpointClaim.ts'
import { checkpointFile } from '../../../src/platform/events/checkpointFile.ts'
import { startCheckpointMaker } from '../../../src/platform/events/checkpointMaker.ts'
import { type Checkpoint, latestCheckpoint, makeCheckpoint } from '../../../src/platform/events/checkpoints.ts'
import { readFeed } from '../../../src/platform/events/feed.ts'
import { consistencyOf, inclusionOf } from '../../../src/platform/events/proofs.ts'
import { insertEvent } from '../../../src/platform/events/record.ts'
import { TREE_HASHER } from '../../../src/platform/events/tree.ts'
import { createSigner, newSigningKey, readSigningKeys } from '../../../src/platform/signing.ts'
import { testDatabase } from '../../support/database.ts'
import { event, sealAll } from './events.ts'

const signer = createSigner(readSigningKeys(newSigningKey(), undefined))
const AT_ONCE = { everyEvents: 1, everyMs: 60_000 }
const directory = await mkdtemp(path.join(tmpdir(), 'sandan-checkpoints-'))
t.teardown(() => rm(directory, { recursive: true }))

async function happen(database: Database, count: number): Promise<void> {
  await database.transaction(async (sql) => {
    for (let n = 0; n < count; n++) await insertEvent(sql, event({ n }))
  })
  await sealAll(database)
}

async function made(database: Database): Promise<Checkpoint> {
  const checkpoint = await makeCheckpoint(database, signer, AT_ONCE)
  if (checkpoint === undefined) throw new Error('no checkpoint was due')
  return checkpoint
}

t.test('a checkpoint is due when the chain grew by many events, or at all and the last one is old', async (t) => {
  const database = await testDatabase(t)
  const pace = { everyEvents: 5, everyMs: 3_600_000 }
  t.equal(await makeCheckpoint(database, signer, pace), undefined, 'nothing happened yet')
  await happen(database, 1)
  t.match(await makeCheckpoint(database, signer, pace), { size: 1n }, 'the first is made at once')
  t.equal(await makeCheckpoint(database, signer, { everyEvents: 1, everyMs: 0 }), undefined, 'the chain did not grow')
  await happen(database, 4)
  t.equal(await makeCheckpoint(database, signer, pace), undefined, 'four events are not five')
  t.match(await makeCheckpoint(database, signer, { ...pace, everyMs: 0 }), { size: 5n }, 'the last one is too old')
  await happen(database, 5)
  t.match(await makeCheckpoint(database, signer, pace), { size: 10n }, 'five events are enough')
})

t.test('a checkpoint is a signature over the root of the tree and the head of the chain', async (t) => {
  const database = await testDatabase(t)
  const tree = growingTree(TREE_HASHER)
  let after = 0n
  for (const count of [1, 2, 13, 1, 40, 7]) {
    await happen(database, count)
    const checkpoint = await made(database)
    const events = await readFeed(database.sql, { after, limit: 1000 })
    for (const { hash } of events) tree.add(hash)
    after = events.at(-1)?.seq ?? 0n
    t.equal(checkpoint.size, after)
    t.same(checkpoint.root, tree.root())
    t.same(checkpoint.hash, events.at(-1)?.hash)
    const { jws, ...claim } = checkpoint
    t.same(claimOf(await signer.verify(CHECKPOINT_TYP, jws)), claim)
    t.same(await latestCheckpoint(database.sql), checkpoint)
  }
})

t.test('every event is proven in every tree, and every tree begins all later ones', async (t) => {
  const database = await testDatabase(t)
  await happen(database, 70)
  const last = await made(database)
  const events = await readFeed(database.sql, { after: 0n, limit: 100 })
  let proofs = 0
  for (let size = 1n; size <= last.size; size += 3n) {
    for (let seq = 1n; seq <= size; seq += 2n) {
      const proof = await inclusionOf(database.sql, seq, size)
      const { eventHash: entry, path } = proof
      const root = rootOfInclusion(TREE_HASHER, { index: seq - 1n, size, entry, path })
      if (root?.equals(proof.root) !== true || !entry.equals(events[Number(seq) - 1]?.hash ?? Buffer.of()))
        t.fail(`event ${seq} among ${size}`)
      proofs += 1
    }
    const consistency = await consistencyOf(database.sql, size, last.size)
    t.ok(isConsistent(TREE_HASHER, consistency), `${size} events begin ${last.size}`)
    t.same(consistency.toRoot, last.root)
  }
  t.equal(proofs, 432)
})

t.test('of several makers one makes it', async (t) => {
  const database = await testDatabase(t)
  await happen(database, 20)
  const outcomes = await Promise.all(Array.from({ length: 5 }, () => makeCheckpoint(database, signer, AT_ONCE)))
  t.equal(outcomes.filter((outcome) => outcome !== undefined).length, 1)
})

t.test('a chain that is not linked is not signed', async (t) => {
  const database = await testDatabase(t)
  await happen(database, 5)
  await database.transaction(async (sql) => {
    await sql.execute(statement`alter table event disable trigger user`)
    await sql.execute(statement`update event set hash = sha256('other') where seq = 3`)
    await sql.execute(statement`alter table event enable trigger user`)
  })
  await t.rejects(makeCheckpoint(database, signer, AT_ONCE), /event 4 is not linked/)
  t.equal(await latestCheckpoint(database.sql), undefined)
})

t.test('checkpoints and nodes are never changed or deleted', async (t) => {
  const database = await testDatabase(t)
  await happen(database, 16)
  await made(database)
  for (const attempt of [
    statement`update checkpoint set at = now()`,
    statement`delete from checkpoint`,
    statement`truncate checkpoint`,
    statement`update merkle_node set hash = sha256('')`,
    statement`delete from merkle_node`,
    statement`truncate merkle_node`,
  ]) {
    const error = await database.sql.execute(attempt).then(
      () => undefined,
      (error: unknown) => error,
    )
    t.equal(sqlState(error), '42501')
  }
})

t.test('the file gets every checkpoint once, also after a crash in the middle of a line', async (t) => {
  const database = await testDatabase(t)
  const file = path.join(directory, 'deep', 'checkpoints.jsonl')
  const alarms: object[] = []
  const log = { warn: () => {}, error: (details: object) => void alarms.push(details) }
  const sizes = async () =>
    (await readFile(file, 'utf8')).split('\n').flatMap((line) => (line.endsWith('}') ? [JSON.parse(line).size] : []))

  const first = checkpointFile(file, log)
  await first.catchUp(database.sql)
  for (let n = 0; n < 2; n++) {
    await happen(database, 3)
    await made(database)
  }
  await first.catchUp(database.sql)
  await first.catchUp(database.sql)
  t.same(await sizes(), ['3', '6'])

  await appendFile(file, '{"size":"9","root":"00')
  await happen(database, 3)
  const last = await made(database)
  await checkpointFile(file, log).catchUp(database.sql)
  t.same(await sizes(), ['3', '6', '9'], 'the torn line stays behind, the checkpoint follows whole')
  t.equal(signaturesIn(await readFile(file, 'utf8')).at(-1), last.jws)
  t.same(alarms, [])

  const restored = await testDatabase(t)
  await happen(restored, 2)
  await made(restored)
  await checkpointFile(file, log).catchUp(restored.sql)
  t.match(alarms, [{ notedSize: '9', latestSize: '2' }], 'a database that was set back raises an alarm')
  t.same(await sizes(), ['3', '6', '9'], 'and adds nothing')
})

t.test('the maker signs what happens until it is stopped', async (t) => {
  const database = await testDatabase(t)
  await happen(database, 4)
  const file = path.join(directory, 'maker.jsonl')
  const failures: object[] = []
  const log = { warn: () => {}, error: (details: object) => void failures.push(details) }
  const maker = startCheckpointMaker(database, { signer, file, log, intervalMs: 5 })
  for (let text = ''; !text.includes('"size":"4"'); ) text = await readFile(file, 'utf8').catch(() => '')
  await maker.stop()
  t.match(await latestCheckpoint(database.sql), { size: 4n })
  t.same(failures, [])
})

t.test('a checkpoint is found in a bare signature, an answer and a file, and nowhere else', async (t) => {
  t.same(signaturesIn(' aa.bb.cc\n'), ['aa.bb.cc'])
  t.same(signaturesIn('{\n  "size": "1",\n  "jws": "aa.bb.cc"\n}\n'), ['aa.bb.cc'])
  t.same(signaturesIn('{"jws":"aa.bb.cc"}\n{"jws":"dd.ee.ff"}\n{"jw'), ['aa.bb.cc', 'dd.ee.ff'])
  t.throws(() => signaturesIn('{"size":"1"}'), /no checkpoint/)
  t.equal(claimOf({ size: '0', root: '0'.repeat(64), hash: '0'.repeat(64), at: '2026-03-01T00:00:00Z' }), undefined)
  t.equal(claimOf({ size: '1', root: '0', hash: '0'.repeat(64), at: '2026-03-01T00:00:00Z' }), undefined)
  t.equal(claimOf({ size: '1', root: '0'.repeat(64), hash: '0'.repeat(64), at: 'today' }), undefined)
})
