import type { WithheldField } from '../../projects/index.ts'
import type { Redaction } from '../../rounds/index.ts'
import type { NoticeItem } from './notice.ts'

/** The fields that a redaction takes out of every line. */
const OMITTED: Readonly<Partial<Record<Redaction, readonly (keyof NoticeItem)[]>>> = {
  group_name_omitted: ['sponsoredGroupName'],
  need_omitted: ['needId', 'needTitle'],
  amount_omitted: ['approved', 'sources'],
  sources_omitted: ['sources'],
  single_bid_omitted: ['isSingleBid'],
  total_omitted: ['total'],
  grade_omitted: ['grade'],
}

/**
 * The public copy of the lines. What stands on no line stays absent; who is named, and which project, is never left out:
 * without them nobody could object.
 */
export function redacted(items: readonly NoticeItem[], redactions: readonly Redaction[]): NoticeItem[] {
  const omitted = new Set<string>(redactions.flatMap((redaction) => OMITTED[redaction] ?? []))
  return items.map((item) => {
    const shown = Object.fromEntries(Object.entries(item).filter(([field]) => !omitted.has(field)))
    const isMasked = redactions.includes('group_name_masked') && 'sponsoredGroupName' in shown
    return (isMasked ? { ...shown, sponsoredGroupName: masked(item.sponsoredGroupName ?? '') } : shown) as never
  })
}

/** What the public project may tell no more, or the redaction of its line would be undone there. */
export function withheldFields(item: NoticeItem, redactions: readonly Redaction[]): WithheldField[] {
  const isGroupHidden = redactions.some((code) => code === 'group_name_omitted' || code === 'group_name_masked')
  return [
    ...(isGroupHidden && item.sponsoredGroupName !== undefined ? (['sponsoredGroupId'] as const) : []),
    ...(redactions.includes('need_omitted') && item.needId !== undefined ? (['needIds'] as const) : []),
  ]
}

/** The first character, the rest as stars: `张三志愿队` is `张****`. Filed groups often bear the name of a person. */
function masked(name: string): string {
  const [first = '', ...rest] = name
  return `${first}${'*'.repeat(rest.length)}`
}
