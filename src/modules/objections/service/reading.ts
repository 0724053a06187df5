import type { Page } from '../../../kernel/page.ts'
import { authorize, type Work } from '../../../platform/work.ts'
import { ListObjections, ReadObjection, visibleTo } from '../policy.ts'
import { findObjection, listObjections, type ObjectionFilter } from '../store/objections.ts'
import { type ObjectionView, viewOf, viewsOf } from './shared.ts'

export async function readObjection(work: Work, objectionId: string): Promise<ObjectionView> {
  return viewOf(work, authorize(work, ReadObjection, await findObjection(work.sql, objectionId)))
}

export async function readObjections(
  work: Work,
  filter: ObjectionFilter,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<ObjectionView>> {
  authorize(work, ListObjections, {})
  const { items, next } = await listObjections(work.sql, visibleTo(work.actor), filter, limit, after)
  return { items: await viewsOf(work, items), next }
}
