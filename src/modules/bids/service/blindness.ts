import type { Inspector } from '../../../platform/files/examine.ts'
import { EXTRACT_BYTES_MAX, extractText } from '../../../platform/files/text/extract.ts'
import type { UnreadReason } from '../../../platform/files/text/parts.ts'
import { findLeaks, type InspectedText, type Leak, type LeakCode } from '../rules/blindness.ts'
import { type IdentityFacts, type IdentityMarks, identityMarks } from '../rules/identity.ts'

/** Something that tells who bids, or a part that could not be checked for it and has to be looked at (`unread_…`). */
export interface BlindnessFinding {
  readonly code: LeakCode | `unread_${UnreadReason}`
  /** `#/narrative` in the bid, `page/3` in a file, `documents/<id>/page/3` in the findings of a whole bid. Words of ours. */
  readonly where: string
  /** Masked; null for a part that could not be checked, and for what was kept of a file: there only codes and places stay. */
  readonly excerpt: string | null
}

/** What the service knows of a bidder and its round, and what the bidder adds for the check alone. */
export interface BidderFacts {
  readonly organization: { readonly name: string; readonly creditCode: string | null }
  readonly sponsoredGroup: { readonly name: string; readonly creditCode: string | null } | null
  /** Not kept anywhere: people, telephones, addresses and other names that the bidder does not want to find. */
  readonly own?: {
    readonly names?: readonly string[]
    readonly people?: readonly string[]
    readonly phones?: readonly string[]
    readonly emails?: readonly string[]
    readonly domains?: readonly string[]
  }
  /** What the host published: its name, the need's title, the divisions and their telephones. */
  readonly published: readonly string[]
}

export function marksOfBidder({ organization, sponsoredGroup, own = {}, published }: BidderFacts): IdentityMarks {
  const parties = [organization, ...(sponsoredGroup === null ? [] : [sponsoredGroup])]
  const facts: IdentityFacts = {
    organizationNames: [...parties.map(({ name }) => name), ...(own.names ?? [])],
    creditCodes: parties.flatMap(({ creditCode }) => creditCode ?? []),
    people: own.people ?? [],
    phones: own.phones ?? [],
    emails: own.emails ?? [],
    domains: own.domains ?? [],
    allowedPhrases: published,
  }
  return identityMarks(facts)
}

/** What every text of the bid gives away, by JSON pointer. Identifiers of ours are no text. */
export function blindnessOfContent(content: unknown, marks: IdentityMarks): BlindnessFinding[] {
  return findLeaks(textsOf('#', content), marks).map(findingOf)
}

/** What a file and its name give away. Never fails: a file that cannot be read is a finding. */
export async function blindnessOfFile(
  bytes: Uint8Array,
  fileName: string | null,
  marks: IdentityMarks,
): Promise<BlindnessFinding[]> {
  const { parts, unread } = await extractText(bytes)
  const named = fileName === null ? [] : [{ where: 'file-name', text: fileName }]
  return [
    ...findLeaks([...named, ...parts], marks).map(findingOf),
    ...unread.map(({ where, reason }) => ({ code: `unread_${reason}` as const, where, excerpt: null })),
  ]
}

/** All findings of a bid: of its content now, and of its files as they were found while they were uploaded. */
export function blindnessFindings(
  content: unknown,
  files: readonly { readonly documentId: string; readonly findings: readonly Omit<BlindnessFinding, 'excerpt'>[] }[],
  marks: IdentityMarks,
): BlindnessFinding[] {
  const ofFiles = files.flatMap(({ documentId, findings }) =>
    findings.map(({ code, where }) => ({
      code,
      where: `documents/${documentId}/${where}`.replace(/\/$/, ''),
      excerpt: null,
    })),
  )
  return [...blindnessOfContent(content, marks), ...ofFiles]
}

export interface BlindnessInspection {
  /** Null: the document belongs to no blind bid. */
  marksOf(documentId: string): Promise<{ readonly marks: IdentityMarks; readonly fileName: string | null } | null>
  /** Codes and places alone: of a sealed document no word may be kept. */
  keep(documentId: string, findings: readonly Omit<BlindnessFinding, 'excerpt'>[]): Promise<void>
}

/** For uploads: looks through the documents of blind bids while their bytes pass. */
export function blindnessInspector({ marksOf, keep }: BlindnessInspection): Inspector {
  return {
    byteSizeMax: EXTRACT_BYTES_MAX,
    wants: async ({ documentId }) => (await marksOf(documentId)) !== null,
    look: async (bytes, { documentId }) => {
      const known = await marksOf(documentId)
      if (known === null) return
      const findings = await blindnessOfFile(bytes, known.fileName, known.marks)
      await keep(documentId, withoutRepeats(findings))
    },
  }
}

/** Too much for a row and for a reader: whoever has mended a hundred places uploads again. */
const KEPT_MAX = 100

function withoutRepeats(findings: readonly BlindnessFinding[]): Omit<BlindnessFinding, 'excerpt'>[] {
  const kept = new Map(findings.map(({ code, where }) => [`${code} ${where}`, { code, where }]))
  return [...kept.values()].slice(0, KEPT_MAX)
}

function findingOf({ code, where, excerpt }: Leak): BlindnessFinding {
  return { code, where, excerpt }
}

function textsOf(pointer: string, value: unknown): InspectedText[] {
  if (typeof value === 'string') return [{ where: pointer, text: value }]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value)
    .filter(([name]) => !/Ids?$/.test(name))
    .flatMap(([name, inner]) => textsOf(`${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, inner))
}
