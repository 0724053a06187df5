import { Type } from 'typebox'
import { Count, closed, Id, Instant, ListOf, Sha256, Word } from '../../platform/http/schemas.ts'
import { DOCUMENT_BYTES_MAX, DOCUMENT_STATES, MEDIA_TYPES, type MediaType } from './rules.ts'

const content = {
  fileName: Type.String({
    minLength: 1,
    maxLength: 200,
    pattern: '^[^/\\\\\\u0000-\\u001f\\u007f]*[^/\\\\\\u0000-\\u001f\\u007f\\s][^/\\\\\\u0000-\\u001f\\u007f]*$',
    description: 'Name to show and to download under; no path.',
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
    state: Word(DOCUMENT_STATES),
    actions: ListOf(Word(['store'] as const), 1, { description: '`store`: the content can be uploaded.' }),
    createdAt: Instant,
  },
  { title: 'Document' },
)
export const DocumentParams = closed({ documentId: Id('doc') })

/** Bytes as OpenAPI 3.1 says it: a media type and no JSON type. */
export const Bytes = Type.Unsafe<unknown>({
  contentMediaType: 'application/octet-stream',
  description: 'The file as it is, 50 MB at most.',
})
