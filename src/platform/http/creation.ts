import { Type } from 'typebox'
import type { Page } from '../../kernel/page.ts'
import { Instant, Word } from './schemas.ts'

/**
 * What every list that shows the newest first takes besides its filters. It costs no index of its own: the page begins
 * at the one end, and the list ends at the other.
 */
export const CREATION_QUERY = {
  sort: Type.Optional(Word(['-createdAt'] as const, 'Newest first, as without it.')),
  createdFrom: Type.Optional(Type.String({ ...Instant, description: 'Only what was created then or later.' })),
  createdTo: Type.Optional(Type.String({ ...Instant, description: 'Only what was created before then.' })),
}

export interface CreationQuery {
  readonly sort?: string
  readonly createdFrom?: string | undefined
  readonly createdTo?: string | undefined
}

/** Where a first page begins, as keyset values without an id. */
export function beginning({ createdTo }: CreationQuery): unknown[] | undefined {
  return createdTo === undefined ? undefined : [new Date(createdTo).toISOString(), null]
}

/** The page up to the first item that was created before `createdFrom`; the list ends there. */
export function endedAt<Item>(page: Page<Item>, { createdFrom }: CreationQuery): Page<Item> {
  if (createdFrom === undefined) return page
  const from = Date.parse(createdFrom)
  const end = page.items.findIndex((item) => Date.parse((item as { readonly createdAt: string }).createdAt) < from)
  return end === -1 ? page : { items: page.items.slice(0, end), next: null }
}
