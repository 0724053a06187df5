import fc from 'fast-check'
import t from 'tap'
import { PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX, type Page, pageOf } from '../../src/kernel/page.ts'

const keysetOf = (number: number) => [number]

t.test('a page points on only when a row beyond the limit was found', async (t) => {
  t.same(pageOf([1, 2, 3], 2, keysetOf), { items: [1, 2], next: [2] })
  t.same(pageOf([1, 2], 2, keysetOf), { items: [1, 2], next: null })
  t.same(pageOf([], 2, keysetOf), { items: [], next: null })
  t.ok(PAGE_LIMIT_DEFAULT <= PAGE_LIMIT_MAX)
})

t.test('following the pages shows every item once and in order', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.nat(60), fc.integer({ min: 1, max: 20 }), (count, limit) => {
        const all = Array.from({ length: count }, (_, index) => index)
        const seen: number[] = []
        let after: unknown[] | null = [-1]
        while (after !== null) {
          const from = Number(after[0])
          const rows = all.filter((number) => number > from).slice(0, limit + 1)
          const page: Page<number> = pageOf(rows, limit, keysetOf)
          seen.push(...page.items)
          after = page.next
        }
        return seen.join() === all.join()
      }),
    ),
  )
})
