import { createHash, randomBytes } from 'node:crypto'
import { zip } from '../../platform/files/zip.ts'

/** Entries of 10 MB, of which each packs to 1 MB: together 47 MB that unpack to 470 MB. */
export const ARCHIVE_ENTRIES = 45
const PACKED_BYTES = 1_090_000
const UNPACKED_BYTES = 10_485_760

/** Run by itself it announces and uploads one: address, key, entries. */
if (import.meta.main) {
  const [url = '', key = '', entries = '0'] = process.argv.slice(2)
  const content = Buffer.concat([randomBytes(PACKED_BYTES), Buffer.alloc(UNPACKED_BYTES - PACKED_BYTES)])
  const archive = zip(Array.from({ length: Number(entries) }, (_, index) => ({ name: `${index}.pdf`, content })))
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const announced = await fetch(`${url}/documents`, {
    method: 'POST',
    headers,
    body: JSON.stringify({
      fileName: '附件.zip',
      mediaType: 'application/zip',
      byteSize: archive.length,
      sha256: createHash('sha256').update(archive).digest('hex'),
    }),
  })
  const { id } = (await announced.json()) as { id: string }
  const uploaded = await fetch(`${url}/documents/${id}/content`, { method: 'PUT', headers, body: archive })
  const { state } = (await uploaded.json()) as { state: string }
  process.exitCode = state === 'stored' ? 0 : 1
}
