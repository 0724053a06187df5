import fc from 'fast-check'
import t from 'tap'
import { type Actor, ANONYMOUS, type Role } from '../../../src/kernel/actor.ts'
import { feedScope } from '../../../src/modules/activity/policy.ts'
import { nextAfter, typesOf } from '../../../src/modules/activity/rules.ts'

t.test('a full page goes on behind its last event', async (t) => {
  t.equal(nextAfter({ after: 10n, headSeq: 99n, limit: 2, seqs: [12n, 20n] }), 20n)
})

t.test('a page that is not full goes on behind the head, so that a reader of few types skips the rest', async (t) => {
  t.equal(nextAfter({ after: 10n, headSeq: 99n, limit: 5, seqs: [12n, 20n] }), 99n)
  t.equal(nextAfter({ after: 10n, headSeq: 99n, limit: 5, seqs: [] }), 99n)
})

t.test('an event that was sealed after the head was read is not read twice', async (t) => {
  t.equal(nextAfter({ after: 10n, headSeq: 99n, limit: 5, seqs: [12n, 101n] }), 101n)
})

t.test('a reader who is ahead of the head stays where it is', async (t) => {
  t.equal(nextAfter({ after: 10n, headSeq: 3n, limit: 5, seqs: [] }), 10n)
})

t.test('a reader who always goes on where it was told misses no event, whatever is sealed meanwhile', async (t) => {
  const step = fc.record({ sealedBefore: fc.nat(5), sealedBetween: fc.nat(5), limit: fc.integer({ min: 1, max: 4 }) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), fc.func(fc.boolean()), (steps, isMine) => {
      const mine = (seq: bigint) => isMine(seq.toString())
      let sealed = 0n
      let after = 0n
      const seen: bigint[] = []
      const upTo = (last: bigint) => Array.from({ length: Number(last) }, (_, index) => BigInt(index + 1))
      const look = (limit: number, sealedBetween: number) => {
        const headSeq = sealed
        sealed += BigInt(sealedBetween)
        const seqs = upTo(sealed).filter((seq) => seq > after && mine(seq))
        const page = headSeq <= after ? [] : seqs.slice(0, limit)
        seen.push(...page)
        after = nextAfter({ after, headSeq, limit, seqs: page })
      }
      for (const { sealedBefore, sealedBetween, limit } of steps) {
        sealed += BigInt(sealedBefore)
        look(limit, sealedBetween)
      }
      while (after < sealed) look(3, 0)
      return seen.join() === upTo(sealed).filter(mine).join()
    }),
  )
  t.pass('for all interleavings')
})

t.test('types are separated by commas; none named means all', async (t) => {
  t.same(typesOf('bid.*,award.confirmed'), ['bid.*', 'award.confirmed'])
  t.equal(typesOf(undefined), undefined)
})

const actor = (role: Role, hostId: string | null): Actor => ({ ...ANONYMOUS, kind: 'key', roles: [role], hostId })

t.test(
  'a host’s staff sees its host, the platform’s administrator all hosts but no bids, others nothing',
  async (t) => {
    t.same(feedScope(actor('auditor', 'org_1')), { hostId: 'org_1', exceptTypes: undefined })
    const platform = feedScope(actor('platform_admin', null))
    t.equal(platform?.hostId, undefined)
    for (const type of ['bid.*', 'panel.*', 'score_sheet.*', 'round.ranked', 'round.awards_proposed', 'award.*'])
      t.ok(platform?.exceptTypes?.includes(type), `not ${type}`)
    t.same(feedScope({ ...actor('platform_admin', 'org_1'), roles: ['platform_admin', 'operator'] }), platform)
    t.equal(feedScope(actor('auditor', null)), undefined)
    const finance = feedScope(actor('finance', 'org_1'))?.exceptTypes ?? []
    t.ok(['score_sheet.*', 'round.ranked', 'review_item.*'].every((type) => finance.includes(type)))
    t.notOk(
      finance.some((type) => type.startsWith('award') || type.startsWith('bid')),
      'it reads bids and awards',
    )
  },
)
