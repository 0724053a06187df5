import { createRequire } from 'node:module'
import path from 'node:path'
import { readXmp } from './image.ts'
import { type Collector, within } from './parts.ts'

type PdfModule = typeof import('pdfjs-dist/legacy/build/pdf.mjs')
type PdfDocument = Awaited<ReturnType<PdfModule['getDocument']>['promise']>

const PAGES_MAX = 2000

/** Text, comments, links, fields, outline, names of attachments and metadata of a PDF. */
export async function readPdf(where: string, bytes: Uint8Array, into: Collector): Promise<void> {
  // Forty megabytes and a sixth of a second, for the few who send a PDF.
  const { getDocument, VerbosityLevel } = await import('pdfjs-dist/legacy/build/pdf.mjs')
  const root = path.dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'))
  const loading = getDocument({
    data: Uint8Array.from(bytes),
    // Without these maps the text of many Chinese PDFs is nothing but numbers of glyphs.
    cMapUrl: `${root}/cmaps/`,
    cMapPacked: true,
    standardFontDataUrl: `${root}/standard_fonts/`,
    disableFontFace: true,
    useSystemFonts: false,
    enableXfa: false,
    verbosity: VerbosityLevel.ERRORS,
  })
  try {
    const document = await loading.promise
    await readPages(where, document, into)
    await readDescription(where, document, into)
  } catch (error) {
    into.miss(where, error instanceof Error && error.name === 'PasswordException' ? 'encrypted' : 'malformed')
  } finally {
    await loading.destroy()
  }
}

async function readPages(where: string, document: PdfDocument, into: Collector): Promise<void> {
  if (document.numPages > PAGES_MAX) into.miss(where, 'too_large')
  const pages = Math.min(document.numPages, PAGES_MAX)
  let withoutText = 0
  for (let number = 1; number <= pages; number++) {
    const page = await document.getPage(number)
    const { items } = await page.getTextContent()
    const text = items.map((item) => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : '')).join('')
    if (text.trim() === '') withoutText++
    into.add(within(where, `page/${number}`), text)
    into.add(within(where, `page/${number}/annotations`), textsOf(await page.getAnnotations()).join('\n'))
    page.cleanup()
  }
  if (withoutText > 0) into.miss(where, withoutText === pages ? 'no_text_layer' : 'some_pages_without_text')
}

async function readDescription(where: string, document: PdfDocument, into: Collector): Promise<void> {
  const { info, metadata } = await document.getMetadata()
  const { Custom: custom, ...known } = info as Record<string, unknown>
  for (const [name, value] of Object.entries(known)) {
    const isText = /^(?:Author|Title|Subject|Keywords|Creator|Producer)$/.test(name) && typeof value === 'string'
    if (isText) into.add(within(where, `metadata/${name.toLowerCase()}`), value)
  }
  into.add(within(where, 'metadata/custom'), textsOf(custom instanceof Map ? [...custom.values()] : custom).join('\n'))
  if (metadata !== null) readXmp(where, metadata.getRaw() as string, into)
  into.add(within(where, 'outline'), textsOf(await document.getOutline()).join('\n'))
  const attachments = Object.values((await document.getAttachments()) ?? {}) as {
    filename: string
    description?: string
  }[]
  into.add(
    within(where, 'attachments'),
    attachments.flatMap(({ filename, description }) => [filename, description ?? '']).join('\n'),
  )
  if (attachments.length > 0) into.miss(within(where, 'attachments'), 'embedded_object')
}

/** What of an annotation or an entry of the outline is for people. */
const SPOKEN = [
  'contents',
  'contentsObj',
  'titleObj',
  'title',
  'str',
  'url',
  'unsafeUrl',
  'fieldValue',
  'alternativeText',
  'items',
]
const DEPTH_MAX = 20

function textsOf(value: unknown, depth = 0): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null || depth > DEPTH_MAX) return []
  if (Array.isArray(value)) return value.flatMap((item) => textsOf(item, depth + 1))
  return SPOKEN.flatMap((name) => textsOf((value as Record<string, unknown>)[name], depth + 1))
}
