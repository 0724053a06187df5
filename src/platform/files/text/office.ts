import { type ArchiveEntry, ArchiveUnread } from './archive.ts'
import { type Collector, decodeText, within } from './parts.ts'
import { readSheet, readStrings } from './spreadsheet.ts'
import { attributesOf, scanXml } from './xml.ts'

/** Elements whose neighbours continue the line: a name may be cut into runs. */
const INLINE = new Set(['t', 'delText'])
const LINE_ENDS = new Set(['p', 'tr', 'br', 'cr', 'si', 'row', 'comment'])
/** Pinyin above the characters would stand between them. */
const PHONETIC = new Set(['rt', 'rPh'])
/** Attributes that say something to people: authors of changes, alternative texts, word art, targets of links. */
const TELLING = ['author', 'initials', 'displayName', 'userId', 'descr', 'title', 'alt', 'tooltip', 'string', 'Target']
/** Elements whose `name` was given by a person, such as the file a picture was made from. */
const NAMED_BY_PEOPLE = new Set(['docPr', 'cNvPr', 'sheet', 'definedName'])
const METADATA = new Set(
  [
    'creator',
    'lastModifiedBy',
    'title',
    'subject',
    'description',
    'keywords',
    'category',
    'Company',
    'Manager',
    'Template',
  ].concat(['HyperlinkBase', 'contentStatus', 'identifier', 'TitlesOfParts']),
)

/** Where in a document each kind of part belongs; `N` is the number in its name. The rest is `part/<place in the file>`. */
const PLACES: readonly (readonly [RegExp, string])[] = [
  [/^word\/document\d*\.xml$/, 'body'],
  [/^word\/header(\d*)\.xml$/, 'header/N'],
  [/^word\/footer(\d*)\.xml$/, 'footer/N'],
  [/^(?:word|xl)\/(?:comments|threadedComments)/, 'comments'],
  [/^word\/(?:footnotes|endnotes)\.xml$/, 'notes'],
  [/^(?:word\/people|xl\/persons\/person\d*)\.xml$/, 'authors'],
  [/^xl\/worksheets\/sheet(\d*)\.xml$/, 'sheet/N'],
  [/^xl\/workbook\.xml$/, 'sheets'],
  [/\.rels$/, 'links'],
]
const XML = /\.(?:xml|rels|vml)$/
/** Parts that hold nothing a person wrote. */
const SILENT = /^\[Content_Types\]\.xml$|^xl\/sharedStrings\.xml$|printerSettings\d*\.bin$|\.(?:ttf|odttf|fntdata)$|\/$/

/** What else a package can hold: pictures, and whole files. */
export type ReadInner = (where: string, name: string, bytes: Buffer) => Promise<void>

/** A docx or xlsx: every part of it, because people look at the text and forget the rest. */
export async function readOffice(
  where: string,
  entries: readonly ArchiveEntry[],
  into: Collector,
  readInner: ReadInner,
): Promise<void> {
  const shared = entries.find(({ name }) => name === 'xl/sharedStrings.xml')
  const strings = readStrings(shared === undefined ? '' : decodeText(await shared.read()))
  for (const [index, entry] of entries.entries()) {
    if (SILENT.test(entry.name)) continue
    const place = within(where, placeOf(entry.name, index + 1))
    try {
      if (!XML.test(entry.name)) await readInner(place, entry.name, await entry.read())
      else if (entry.name.startsWith('docProps/')) readMetadata(where, decodeText(await entry.read()), into)
      else {
        const xml = decodeText(await entry.read())
        if (/^xl\/worksheets\//.test(entry.name)) into.add(place, readSheet(xml, strings))
        readPart(place, xml, into)
      }
    } catch (error) {
      if (!(error instanceof ArchiveUnread)) throw error
      into.miss(place, error.reason)
    }
  }
  into.add(within(where, 'unused-strings'), strings.unused().join('\n'))
}

function placeOf(name: string, position: number): string {
  for (const [pattern, place] of PLACES) {
    const match = pattern.exec(name)
    if (match !== null) return place.replace('N', match[1] || '1')
  }
  return `part/${position}`
}

function readPart(where: string, xml: string, into: Collector): void {
  // The cells of a sheet were read with their strings; here its headers and attributes are.
  const isSheet = /(?:^|\/)sheet\/\d+$/.test(where)
  const lines: string[] = []
  const asides: string[] = []
  let element = ''
  let phonetic = 0
  let isField = false
  scanXml(xml, {
    open: (name, attributes) => {
      element = name
      if (PHONETIC.has(name)) phonetic++
      if (name === 'instrText') isField = true
      if (name === 'tab' || name === 'tc') lines.push('\t')
      asides.push(...tellingAttributes(name, attributes))
    },
    text: (text) => {
      if (phonetic > 0 || (isSheet && !/^(?:odd|even|first)(?:Header|Footer)$/.test(element))) return
      ;(isField ? asides : lines).push(text)
      if (element !== '' && !INLINE.has(element) && text.trim() !== '') lines.push('\n')
    },
    close: (name) => {
      element = ''
      if (PHONETIC.has(name)) phonetic--
      if (name === 'instrText') isField = false
      if (LINE_ENDS.has(name)) lines.push('\n')
    },
  })
  into.add(where, lines.join(''))
  into.add(within(where, 'attributes'), asides.join('\n'))
}

function tellingAttributes(element: string, raw: string): string[] {
  if (!raw.includes('=')) return []
  const attributes = attributesOf(raw)
  // A link within the file names a part of it.
  if (element === 'Relationship' && attributes.get('TargetMode') !== 'External') return []
  const names = NAMED_BY_PEOPLE.has(element) ? ['name', ...TELLING] : TELLING
  return names.flatMap((name) => attributes.get(name) ?? [])
}

function readMetadata(where: string, xml: string, into: Collector): void {
  const path: string[] = []
  scanXml(xml, {
    open: (name, attributes) => {
      path.push(name)
      if (name === 'property') into.add(within(where, 'metadata/custom'), attributesOf(attributes).get('name') ?? '')
    },
    text: (text) => {
      const known = path.find((name) => METADATA.has(name))
      into.add(within(where, `metadata/${known ?? 'custom'}`), text)
    },
    close: () => {
      path.pop()
    },
  })
}
