import { Type } from 'typebox'
import { Count, closed, Id, Instant, ListOf, Nullable, Sha256, Text, Word } from '../../platform/http/schemas.ts'
import {
  DOCUMENT_BYTES_MAX,
  DOCUMENT_STATES,
  type Document,
  MEDIA_TYPES,
  type MediaType,
  measuresShown,
  SCAN_RESULTS,
  SEALED_MODES,
} from './rules/document.ts'

/**
 * Neither path nor control, nor what turns the order in which a name is shown (`exe.fdp` reads as `pdf.exe`) or is not
 * seen at all: \p{Cf} has the bidirectional controls, joiners and tags; the others are blank letters. Variation selectors
 * stay: rare characters of personal names need them.
 */
const NOT_IN_NAME = '/\\\\\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\u034F\\u115F\\u1160\\u2800\\u3164\\uFFA0'
const IN_NAME = `[^${NOT_IN_NAME}]`
const VISIBLE_IN_NAME = `[^${NOT_IN_NAME}\\s]`

const content = {
  fileName: Type.String({
    minLength: 1,
    maxLength: 200,
    pattern: `^${IN_NAME}*${VISIBLE_IN_NAME}${IN_NAME}*$`,
    description: 'Name to show and to download under; no path, no invisible or direction-turning characters.',
  }),
  mediaType: Type.Unsafe<MediaType>({ type: 'string', enum: [...MEDIA_TYPES], maxLength: 100 }),
  byteSize: Count(DOCUMENT_BYTES_MAX, 1, 'Exact size; 50 MB at most.'),
  sha256: Sha256,
}

export const NewDocument = closed(content, { title: 'NewDocument' })
export const DocumentBody = closed(
  {
    id: Id('doc'),
    organizationId: Id('org'),
    ...content,
    byteSize: Nullable(content.byteSize),
    sha256: Nullable(content.sha256),
    state: Word(DOCUMENT_STATES),
    actions: ListOf(Word(['store'] as const), 1, { description: '`store`: the content can be uploaded.' }),
    scan: Nullable(
      Word(SCAN_RESULTS, '`not_scanned`: the service has no scanner. Null while the plain content was not seen.'),
    ),
    refusedFor: Nullable(Text(60, 'Code of the refusal, if the document is `rejected`.')),
    sealedFor: Nullable(Text(100, 'What the document is sealed for, such as a round; null for plain ones.')),
    sealedMode: Nullable(Word(SEALED_MODES, 'Who has encrypted it.')),
    ciphertextSha256: Nullable(Sha256),
    ciphertextByteSize: Nullable(Count(60_000_000, 1, 'Exact size of the age file.')),
    createdAt: Instant,
  },
  {
    title: 'Document',
    description:
      'While a document is `sealed` its name is sealed too. Its size and hash are null with sealedMode `server`, those of the age file with `client`.',
  },
)
export const DocumentParams = closed({ documentId: Id('doc') })

/** Bytes as OpenAPI 3.1 says it: a media type and no JSON type. */
export const Bytes = Type.Unsafe<unknown>({
  contentMediaType: 'application/octet-stream',
  description: 'The file as it is, 50 MB at most.',
})

/** From the domain's value to the wire. */
export function presentDocument(document: Document) {
  const { id, organizationId, fileName, mediaType, state, scan, refusedFor } = document
  const measures = measuresShown(document)
  return {
    id,
    organizationId,
    fileName,
    mediaType,
    byteSize: measures?.byteSize ?? null,
    sha256: measures?.sha256 ?? null,
    state,
    actions: state === 'pending' ? (['store'] as const).slice() : [],
    scan,
    refusedFor,
    sealedFor: document.sealedSubject,
    sealedMode: document.sealedMode,
    ciphertextSha256: document.ciphertextSha256,
    ciphertextByteSize: document.ciphertextByteSize,
    createdAt: document.createdAt.toISOString(),
  }
}
