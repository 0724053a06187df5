import { type Money, money } from '../../../kernel/money.ts'
import type { Budget } from './budget.ts'

export interface Attachment {
  /** A word of the policy's `requiredAttachments`, or any other. */
  readonly kind: string
  /** The stored document; null for paper that was handed in. */
  readonly documentId: string | null
}

/** What is submitted: the same document as on the wire. */
export interface BidContent extends Budget {
  readonly attachments: readonly Attachment[]
  /** Other public money for the same activities, declared by the bidder (process.md 6, case 13). */
  readonly otherFunding: readonly { readonly funder: string; readonly amount: Money }[]
  /** The application form in words (申报书): plan, team, risks. Empty where the form is an attachment. */
  readonly narrative: string
  /** What the bidder said with a correction. */
  readonly statement: string | null
}

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
