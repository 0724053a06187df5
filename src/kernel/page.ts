/** How many items a list gives when the caller does not say. */
export const PAGE_LIMIT_DEFAULT = 50
/** How many items a list gives at most. */
export const PAGE_LIMIT_MAX = 200

/** One page of a list. `next` holds the keyset values (sort key, id) of the last item when more items exist, else null. */
export interface Page<Item> {
  items: Item[]
  next: unknown[] | null
}

/**
 * A page from rows that were read with one more than the limit: the extra row only tells that more exist.
 * `keysetOf` gives the values by which the list is sorted, in that order.
 */
export function pageOf<Item>(rows: readonly Item[], limit: number, keysetOf: (item: Item) => unknown[]): Page<Item> {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, next: rows.length > limit && last !== undefined ? keysetOf(last) : null }
}
