import t from 'tap'
import { BatchLane, type LaneOptions, NotTogether } from '../../src/platform/lane.ts'

/** Lets everything go on that can. */
const turns = async () => {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** A lane whose batches wait until they are told to end. */
function watched(more: Partial<LaneOptions<string, string>> = {}) {
  const batches: { items: readonly string[]; end: (error?: unknown) => void }[] = []
  const alone: string[] = []
  const lane = new BatchLane<string, string>({
    itemsMax: 3,
    weightMax: 100,
    batchesMax: 1,
    weightOf: () => 1,
    keyOf: (item) => item,
    together: (items) =>
      new Promise((resolve, reject) => {
        const outcomes = items.map((item) =>
          item.startsWith('bad') ? { error: new Error(`refused ${item}`) } : { value: `done ${item}` },
        )
        batches.push({ items, end: (error) => (error === undefined ? resolve(outcomes) : reject(error)) })
      }),
    alone: async (item) => {
      alone.push(item)
      if (item.startsWith('bad')) throw new Error(`refused ${item}`)
      return `alone ${item}`
    },
    ...more,
  })
  const run = (...items: string[]) =>
    items.map((item) => lane.run(item).catch((error: unknown) => (error as Error).message))
  return { lane, run, batches, alone }
}

t.test('those of one turn go together, up to so many, in the order in which they came', async (t) => {
  const { lane, run, batches } = watched()
  const answers = run('a', 'b', 'c', 'd', 'e')
  t.notOk(lane.isIdle)
  await turns()
  t.same(
    batches.map(({ items }) => items),
    [['a', 'b', 'c']],
    'one batch at a time',
  )
  answers.push(...run('f'))
  batches[0]?.end()
  await turns()
  t.same(batches[1]?.items, ['d', 'e', 'f'], 'who came meanwhile goes with those who were left')
  batches[1]?.end()
  t.same(
    await Promise.all(answers),
    ['a', 'b', 'c', 'd', 'e', 'f'].map((item) => `done ${item}`),
  )
  await turns()
  t.ok(lane.isIdle)
})

t.test('whoever comes alone is not kept waiting, and not put into a batch', async (t) => {
  const { lane, run, batches, alone } = watched()
  t.same(await Promise.all(run('a')), ['alone a'])
  t.same([batches.length, alone], [0, ['a']])
  await turns()
  t.ok(lane.isIdle)
})

t.test('several batches are under way at once, but never two of one key', async (t) => {
  const { run, batches } = watched({ batchesMax: 2, keyOf: (item) => item.slice(0, 1) })
  const answers = run('a1', 'b1', 'a2', 'c1', 'a3', 'd1')
  await turns()
  t.same(
    batches.map(({ items }) => items),
    [['a1', 'b1', 'c1']],
    'the others wait for a1; d1 goes by itself',
  )
  t.equal(await answers[5], 'alone d1')
  batches[0]?.end()
  t.same(await Promise.all(answers), ['done a1', 'done b1', 'alone a2', 'done c1', 'alone a3', 'alone d1'])
})

t.test('a refusal is that of one alone', async (t) => {
  const { run, batches } = watched()
  const answers = run('a', 'bad', 'c')
  await turns()
  batches[0]?.end()
  t.same(await Promise.all(answers), ['done a', 'refused bad', 'done c'])
})

t.test('a batch of which nothing has been done is done again one by one', async (t) => {
  const { lane, run, batches, alone } = watched()
  const answers = run('a', 'bad', 'c')
  await turns()
  batches[0]?.end(new NotTogether(new Error('a constraint')))
  t.same(await Promise.all(answers), ['alone a', 'refused bad', 'alone c'])
  t.same(alone, ['a', 'bad', 'c'])
  await turns()
  t.ok(lane.isIdle)
})

t.test('a batch of which nobody knows whether it was done is not done again', async (t) => {
  const { lane, run, batches, alone } = watched()
  const answers = run('a', 'b')
  await turns()
  batches[0]?.end(new Error('the connection broke'))
  t.same(await Promise.all(answers), ['the connection broke', 'the connection broke'])
  t.same(alone, [])
  t.same(await Promise.all(run('c')), ['alone c'], 'and the lane goes on')
  await turns()
  t.ok(lane.isIdle)
})

t.test('nobody is lost when a batch tells too little, or throws at once', async (t) => {
  const few = watched({ together: async () => [{ value: 'only one' }] })
  t.same(await Promise.all(few.run('a', 'b')), ['2 items have 1 outcomes', '2 items have 1 outcomes'])
  const thrown = watched({
    together: () => {
      throw new Error('at once')
    },
  })
  t.same(await Promise.all(thrown.run('a', 'b')), ['at once', 'at once'])
  await turns()
  t.ok(thrown.lane.isIdle)
})

t.test('what is heavy does not travel with others', async (t) => {
  const { run, batches } = watched({ weightOf: (item) => (item === 'heavy' ? 200 : 60), weightMax: 120, batchesMax: 9 })
  const answers = run('a', 'b', 'c', 'heavy', 'd')
  await turns()
  t.same(
    batches.map(({ items }) => items),
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  )
  t.equal(await answers[3], 'alone heavy')
  for (const { end } of batches) end()
  t.same(await Promise.all(answers), ['done a', 'done b', 'done c', 'alone heavy', 'done d'])
})

t.test('of a thousand with few keys and random fates each gets its own answer, and keys never overlap', async (t) => {
  const underWay = new Set<string>()
  const begin = (items: readonly number[]) => {
    for (const item of items) {
      const key = String(item % 17)
      if (underWay.has(key)) throw new Error(`two of ${key}`)
      underWay.add(key)
    }
  }
  const end = (items: readonly number[]) => {
    for (const item of items) underWay.delete(String(item % 17))
  }
  let batch = 0
  const lane = new BatchLane<number, string>({
    itemsMax: 8,
    weightMax: 8,
    batchesMax: 3,
    weightOf: () => 1,
    keyOf: (item) => String(item % 17),
    async together(items) {
      begin(items)
      await turns()
      end(items)
      batch += 1
      if (batch % 5 === 0) throw new NotTogether(new Error('again'))
      return items.map((item) => (item % 7 === 0 ? { error: new Error(`no ${item}`) } : { value: `yes ${item}` }))
    },
    async alone(item) {
      await turns()
      if (item % 7 === 0) throw new Error(`no ${item}`)
      return `yes ${item}`
    },
  })
  const answers = await Promise.all(
    Array.from({ length: 1000 }, async (_, item) => {
      if (item % 50 === 0) await turns()
      return lane.run(item).catch((error: unknown) => (error as Error).message)
    }),
  )
  t.same(
    answers,
    answers.map((_, item) => (item % 7 === 0 ? `no ${item}` : `yes ${item}`)),
  )
  await turns()
  t.ok(lane.isIdle)
})
