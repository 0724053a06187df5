import { money } from '../../../kernel/money.ts'
import type { Attachment, BidContent } from './bid.ts'

/** A bid's content as it comes over the wire or out of a seal: what may be left out has a default. */
export type BidContentInput = Pick<BidContent, 'grant' | 'matchingCash' | 'budgetLines'> &
  Partial<Pick<BidContent, 'matchingInKind' | 'otherFunding' | 'narrative'>> & {
    readonly attachments?: readonly { readonly kind: string; readonly documentId?: string | null }[]
  }

export function contentFrom({ attachments = [], ...rest }: BidContentInput): BidContent {
  return {
    otherFunding: [],
    matchingInKind: money(0n),
    narrative: '',
    statement: null,
    ...rest,
    attachments: attachmentsFrom(attachments),
  }
}

export function attachmentsFrom(attachments: NonNullable<BidContentInput['attachments']>): Attachment[] {
  return attachments.map(({ kind, documentId = null }) => ({ kind, documentId }))
}
