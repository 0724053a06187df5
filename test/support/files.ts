import { crc32, deflateRawSync } from 'node:zlib'

/** A ZIP of the given files; `claimed` says other sizes than the true ones, as a bomb does. */
export function zip(
  files: Readonly<Record<string, string | Buffer>>,
  claimed?: { name: string; byteSize: number },
  flags = 0x800,
): Buffer {
  const locals: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, content] of Object.entries(files)) {
    const bytes = Buffer.from(content)
    const packed = deflateRawSync(bytes)
    const nameBytes = Buffer.from(name)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(flags, 2)
    common.writeUInt16LE(8, 4)
    common.writeUInt32LE(crc32(bytes), 10)
    common.writeUInt32LE(packed.length, 14)
    common.writeUInt32LE(claimed?.name === name ? claimed.byteSize : bytes.length, 18)
    common.writeUInt16LE(nameBytes.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, nameBytes, packed])
    const entry = Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, Buffer.alloc(14), nameBytes])
    entry.writeUInt32LE(offset, 42)
    locals.push(local)
    directory.push(entry)
    offset += local.length
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06')
  end.writeUInt16LE(directory.length, 8)
  end.writeUInt16LE(directory.length, 10)
  end.writeUInt32LE(size, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...locals, ...directory, end])
}

export const TYPES = { '[Content_Types].xml': '<Types/>' }
export const paragraph = (...runs: string[]) =>
  `<w:p>${runs.map((run) => `<w:r><w:t>${run}</w:t></w:r>`).join('')}</w:p>`
export const docx = (files: Readonly<Record<string, string | Buffer>>) => zip({ ...TYPES, ...files })

/** A PDF of one font without embedded glyphs, as Chinese programs write it: codes are UTF-16, or whatever `encoding` says. */
export function pdf(
  pages: readonly string[],
  info = '',
  extra: readonly string[] = [],
  pageExtra = '',
  encoding = 'UniGB-UCS2-H',
): Buffer {
  const hex = (text: string) => `<${Buffer.from(text, 'utf16le').swap16().toString('hex')}>`
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Count ${pages.length} /Kids [${pages.map((_, index) => `${6 + 2 * index} 0 R`).join(' ')}] >>`,
    `<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /${encoding} /DescendantFonts [4 0 R] >>`,
    '<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /FontDescriptor 5 0 R >>',
    '<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [0 0 1000 1000] /ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >>',
  ]
  for (const text of pages) {
    const lines =
      text === ''
        ? ''
        : text
            .split('\n')
            .map((line) => `${hex(line)} Tj 0 -20 Td`)
            .join(' ')
    const stream = `BT /F1 12 Tf 50 750 Td ${lines} ET`
    objects.push(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents ${objects.length + 2} 0 R ${pageExtra} >>`,
    )
    objects.push(`<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`)
  }
  const infoNumber = objects.length + 1
  objects.push(`<< ${info} >>`, ...extra)
  let body = '%PDF-1.4\n'
  const offsets = objects.map((object, index) => {
    const offset = body.length
    body += `${index + 1} 0 obj\n${object}\nendobj\n`
    return offset
  })
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  const encrypted = extra.some((object) => object.includes('/Standard'))
    ? `/Encrypt ${infoNumber + 1} 0 R /ID [<00><00>]`
    : ''
  return Buffer.from(
    `${body}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R /Info ${infoNumber} 0 R ${encrypted} >>\nstartxref\n${body.length}\n%%EOF`,
    'latin1',
  )
}
export const utf16 = (text: string) => `<feff${Buffer.from(text, 'utf16le').swap16().toString('hex')}>`

export function png(...chunks: readonly (readonly [string, Buffer])[]): Buffer {
  const written = [...chunks, ['IEND', Buffer.alloc(0)] as const].map(([type, data]) => {
    const head = Buffer.alloc(4)
    head.writeUInt32BE(data.length)
    return Buffer.concat([head, Buffer.from(type), data, Buffer.alloc(4)])
  })
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...written])
}

export function jpeg(...segments: readonly (readonly [number, Buffer])[]): Buffer {
  const written = segments.map(([marker, data]) => {
    const head = Buffer.from([0xff, marker, 0, 0])
    head.writeUInt16BE(data.length + 2, 2)
    return Buffer.concat([head, data])
  })
  return Buffer.concat([Buffer.from([0xff, 0xd8]), ...written, Buffer.from([0xff, 0xda, 0, 2])])
}

/** EXIF with ASCII fields in IFD0 and in the folder it points to. */
export function tiff(
  fields: readonly (readonly [number, number, Buffer])[],
  inner: readonly (readonly [number, number, Buffer])[] = [],
): Buffer {
  const folder = (fields: readonly (readonly [number, number, Buffer])[], at: number) => {
    let data = at + 2 + 12 * fields.length + 4
    const head = Buffer.alloc(2)
    head.writeUInt16LE(fields.length)
    const rows = fields.map(([tag, type, value]) => {
      const row = Buffer.alloc(12)
      row.writeUInt16LE(tag, 0)
      row.writeUInt16LE(type, 2)
      row.writeUInt32LE(type === 4 ? 1 : value.length, 4)
      if (value.length <= 4) value.copy(row, 8)
      else {
        row.writeUInt32LE(data, 8)
        data += value.length
      }
      return row
    })
    return Buffer.concat([
      head,
      ...rows,
      Buffer.alloc(4),
      ...fields.map(([, , value]) => (value.length > 4 ? value : Buffer.alloc(0))),
    ])
  }
  const pointer = Buffer.alloc(4)
  const first = folder([...fields, [0x8769, 4, pointer]], 8)
  pointer.writeUInt32LE(8 + first.length)
  return Buffer.concat([
    Buffer.from('II*\0\x08\0\0\0', 'latin1'),
    folder([...fields, [0x8769, 4, pointer]], 8),
    folder(inner, 8 + first.length),
  ])
}
