import { inflateSync } from 'node:zlib'
import { type Collector, decodeText, within } from './parts.ts'
import { attributesOf, scanXml } from './xml.ts'

const PNG_SIGNATURE_BYTES = 8
/** Metadata of a picture is short; what unpacks to more is not for people. */
const METADATA_BYTES_MAX = 2 ** 20

/** What a picture says about itself. What it shows stays unread, and that is said. */
export function readPng(where: string, bytes: Buffer, into: Collector): void {
  into.miss(where, 'picture')
  let at = PNG_SIGNATURE_BYTES
  while (at + 12 <= bytes.length) {
    const length = bytes.readUInt32BE(at)
    const data = bytes.subarray(at + 8, at + 8 + length)
    readPngChunk(where, bytes.toString('latin1', at + 4, at + 8), data, into)
    at += 12 + length
  }
}

function readPngChunk(where: string, type: string, data: Buffer, into: Collector): void {
  if (type === 'eXIf') readTiff(where, data, into)
  if (type !== 'tEXt' && type !== 'zTXt' && type !== 'iTXt') return
  const keywordEnd = data.indexOf(0)
  const keyword = data.toString('latin1', 0, Math.max(keywordEnd, 0))
  const text = decodeText(pngText(type, data.subarray(keywordEnd + 1)))
  if (keyword === 'XML:com.adobe.xmp') readXmp(where, text, into)
  else into.add(within(where, 'metadata/text'), text)
}

/** Behind the keyword: `zTXt` has a method, `iTXt` a flag, a method, a language and a translated keyword. */
function pngText(type: string, data: Buffer): Buffer {
  if (type === 'tEXt') return data
  if (type === 'zTXt') return inflate(data.subarray(1))
  const languageEnd = data.indexOf(0, 2)
  const translatedEnd = data.indexOf(0, languageEnd + 1)
  if (languageEnd < 0 || translatedEnd < 0) return data.subarray(2)
  const translated = data.subarray(languageEnd + 1, translatedEnd)
  const text = data.subarray(translatedEnd + 1)
  return Buffer.concat([translated, Buffer.from('\n'), data[0] === 1 ? inflate(text) : text])
}

function inflate(data: Buffer): Buffer {
  try {
    return inflateSync(data, { maxOutputLength: METADATA_BYTES_MAX })
  } catch {
    // A broken chunk shows nothing to anybody else either.
    return Buffer.alloc(0)
  }
}

const EXIF = 'Exif\0\0'
const XMP = 'http://ns.adobe.com/xap/1.0/\0'

export function readJpeg(where: string, bytes: Buffer, into: Collector): void {
  into.miss(where, 'picture')
  let at = 2
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0
    // Start of scan: the picture itself follows.
    if (marker === 0xda || marker === 0xd9) return
    const length = bytes.readUInt16BE(at + 2)
    readSegment(where, marker, bytes.subarray(at + 4, at + 2 + length), into)
    at += 2 + Math.max(length, 2)
  }
}

function readSegment(where: string, marker: number, data: Buffer, into: Collector): void {
  const startsWith = (text: string) => data.toString('latin1', 0, text.length) === text
  if (marker === 0xfe) into.add(within(where, 'metadata/comment'), decodeText(data))
  else if (marker === 0xe1 && startsWith(EXIF)) readTiff(where, data.subarray(EXIF.length), into)
  else if (marker === 0xe1 && startsWith(XMP)) readXmp(where, decodeText(data.subarray(XMP.length)), into)
  else if (marker === 0xed) readIptc(where, data, into)
}

/** Record 2 of IPTC (by-line, credit, caption …): 1C 02, number, length of two bytes, text. */
function readIptc(where: string, data: Buffer, into: Collector): void {
  for (let at = data.indexOf('\x1c\x02', 0, 'latin1'); at >= 0 && at + 5 <= data.length; ) {
    const end = at + 5 + data.readUInt16BE(at + 3)
    into.add(within(where, 'metadata/iptc'), decodeText(data.subarray(at + 5, end)))
    at = data.indexOf('\x1c\x02', end, 'latin1')
  }
}

const ASCII = 2
const EXIF_FOLDER = 0x8769
const USER_COMMENT = 0x9286
/** Title, comment, author, keywords and subject as Windows writes them: UTF-16. */
const WINDOWS_TEXTS = [0x9c9b, 0x9c9c, 0x9c9d, 0x9c9e, 0x9c9f]
/** Numbers of the camera and the lens, which look like telephone numbers. */
const SERIAL_NUMBERS = [0xa431, 0xa435]
const FIELDS_MAX = 500

/** The texts of EXIF: artist, copyright, description, owner, comments. */
function readTiff(where: string, data: Buffer, into: Collector): void {
  const order = data.toString('latin1', 0, 2)
  if (order !== 'II' && order !== 'MM') return
  const short = (at: number) =>
    at + 2 > data.length ? 0 : order === 'II' ? data.readUInt16LE(at) : data.readUInt16BE(at)
  const long = (at: number) =>
    at + 4 > data.length ? 0 : order === 'II' ? data.readUInt32LE(at) : data.readUInt32BE(at)
  const readFolder = (folder: number, depth: number): void => {
    const fields = Math.min(short(folder), FIELDS_MAX)
    for (let field = folder + 2; field < folder + 2 + 12 * fields; field += 12) {
      const tag = short(field)
      if (tag === EXIF_FOLDER && depth === 0) readFolder(long(field + 8), 1)
      const length = long(field + 4)
      const at = length <= 4 ? field + 8 : long(field + 8)
      into.add(within(where, 'metadata/exif'), tiffText(tag, short(field + 2), data.subarray(at, at + length)))
    }
  }
  readFolder(long(4), 0)
}

function tiffText(tag: number, type: number, value: Buffer): string {
  if (WINDOWS_TEXTS.includes(tag)) return new TextDecoder('utf-16le').decode(value).replaceAll('\0', '')
  if (tag === USER_COMMENT) {
    const isWide = value.toString('latin1', 0, 7) === 'UNICODE'
    return (isWide ? new TextDecoder('utf-16le').decode(value.subarray(8)) : decodeText(value.subarray(8))).replaceAll(
      '\0',
      '',
    )
  }
  return type === ASCII && !SERIAL_NUMBERS.includes(tag) ? decodeText(value).replaceAll('\0', '') : ''
}

/** XMP keeps its values in elements or in attributes; identifiers of files tell nothing. */
export function readXmp(where: string, xml: string, into: Collector): void {
  const values: string[] = []
  let isIdentifier = false
  scanXml(xml, {
    open: (name, attributes) => {
      isIdentifier = /ID$/.test(name)
      for (const [attribute, value] of attributesOf(attributes)) {
        if (!/ID$|^about$|^parseType$|^lang$/.test(attribute)) values.push(value)
      }
    },
    text: (text) => {
      if (!isIdentifier && text.trim() !== '') values.push(text)
    },
  })
  into.add(within(where, 'metadata/xmp'), values.join('\n'))
}
