import { crc32, deflateRawSync } from 'node:zlib'

export interface Entry {
  readonly name: string | Buffer
  readonly content?: Buffer
  /** Declares this size instead of the real one. */
  readonly declaredByteSize?: number
  readonly declaredCompressedByteSize?: number
  readonly isEncrypted?: boolean
  readonly isSymlink?: boolean
  /** What the entry's own header says instead of the directory. */
  readonly localName?: string
  readonly localByteSize?: number
  /** Packs nothing. */
  readonly isStored?: boolean
  /** Sizes stand behind the data: with or without a signature, in 32 or 64 bits. */
  readonly descriptor?: 'signed' | 'bare' | 'signed64' | 'bare64'
  /** Bytes that nothing declares, before the entry. */
  readonly hidden?: Buffer
  /** A second name, as Info-ZIP adds it for readers of Unicode. */
  readonly unicodeName?: string
}

export interface ArchiveOptions {
  readonly comment?: string
  /** Moves the directory that the end declares. */
  readonly directoryShift?: number
}

const packings = new WeakMap<Buffer, Buffer>()

/** The same content packs to the same bytes, and once. */
function pack(content: Buffer): Buffer {
  const packed = packings.get(content) ?? deflateRawSync(content)
  packings.set(content, packed)
  return packed
}

/** A ZIP archive as a well-meaning or a mean program writes it; libraries refuse to write what our tests need. */
export function zip(entries: readonly Entry[], { comment = '', directoryShift = 0 }: ArchiveOptions = {}): Buffer {
  const files: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const entry of entries) {
    const { hidden = Buffer.alloc(0) } = entry
    const { local, central } = entryOf(entry, offset + hidden.length)
    files.push(hidden, local)
    directory.push(central)
    offset += hidden.length + local.length
  }
  const listing = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(listing.length, 12)
  end.writeUInt32LE(offset + directoryShift, 16)
  end.writeUInt16LE(Buffer.byteLength(comment), 20)
  return Buffer.concat([...files, listing, end, Buffer.from(comment)])
}

function entryOf(entry: Entry, offset: number): { local: Buffer; central: Buffer } {
  const name = Buffer.from(entry.name)
  const content = entry.content ?? Buffer.alloc(0)
  const packed = entry.isStored ? content : pack(content)
  const byteSize = entry.declaredByteSize ?? content.length
  const compressedByteSize = entry.declaredCompressedByteSize ?? packed.length
  const extra = entry.unicodeName === undefined ? Buffer.alloc(0) : unicodePath(name, entry.unicodeName)
  const isUtf8 = typeof entry.name === 'string'
  const common = Buffer.alloc(26)
  common.writeUInt16LE(20, 0)
  common.writeUInt16LE((entry.isEncrypted ? 1 : 0) | (isUtf8 ? 0x800 : 0) | (entry.descriptor ? 8 : 0), 2)
  common.writeUInt16LE(entry.isStored ? 0 : 8, 4)
  common.writeUInt32LE(crc32(content), 10)
  common.writeUInt32LE(compressedByteSize, 14)
  common.writeUInt32LE(byteSize, 18)
  common.writeUInt16LE(name.length, 22)
  common.writeUInt16LE(extra.length, 24)
  const localName = Buffer.from(entry.localName ?? name)
  const localCommon = Buffer.from(common)
  localCommon.writeUInt32LE(entry.localByteSize ?? byteSize, 18)
  localCommon.writeUInt16LE(localName.length, 22)
  const behind = entry.descriptor === undefined ? Buffer.alloc(0) : descriptorOf(entry.descriptor, content, packed)
  if (behind.length > 0) localCommon.fill(0, 10, 22)
  const local = Buffer.concat([Buffer.from('504b0304', 'hex'), localCommon, localName, extra, packed, behind])
  const rest = Buffer.alloc(14)
  rest.writeUInt32LE(entry.isSymlink ? 0o120777 * 0x10000 : 0o100644 * 0x10000, 6)
  rest.writeUInt32LE(offset, 10)
  const central = Buffer.concat([Buffer.from('504b01021403', 'hex'), common, rest, name, extra])
  return { local, central }
}

function descriptorOf(form: string, content: Buffer, packed: Buffer): Buffer {
  const width = form.endsWith('64') ? 8 : 4
  const descriptor = Buffer.alloc(4 + 2 * width)
  descriptor.writeUInt32LE(crc32(content), 0)
  descriptor.writeUInt32LE(packed.length, 4)
  descriptor.writeUInt32LE(content.length, 4 + width)
  return form.startsWith('signed') ? Buffer.concat([Buffer.from('504b0708', 'hex'), descriptor]) : descriptor
}

function unicodePath(name: Buffer, unicodeName: string): Buffer {
  const field = Buffer.alloc(9)
  field.writeUInt16LE(0x7075, 0)
  field.writeUInt16LE(5 + Buffer.byteLength(unicodeName), 2)
  field.writeUInt8(1, 4)
  field.writeUInt32LE(crc32(name), 5)
  return Buffer.concat([field, Buffer.from(unicodeName)])
}

const CONTENT_TYPES = Buffer.from(
  '<Types><Override ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
)

/** A word processor's file with these further entries. */
export function docx(extra: readonly Entry[] = [], text = '申报书'): Buffer {
  return zip([
    { name: '[Content_Types].xml', content: CONTENT_TYPES },
    { name: 'word/document.xml', content: Buffer.from(`<w:document>${text}</w:document>`) },
    ...extra,
  ])
}
