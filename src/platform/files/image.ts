/** The first bytes of an image that are kept: before its size a JPEG may carry previews and colour profiles. */
export const IMAGE_HEAD_BYTES = 1_048_576

/** Width times height as the image declares them, or null when the head does not tell. */
export function pixelsOf(head: Buffer): number | null {
  const [width, height] = sizeOfPng(head) ?? sizeOfJpeg(head) ?? [0, 0]
  return width > 0 && height > 0 ? width * height : null
}

type Size = readonly [width: number, height: number]

const PNG_SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex')

function sizeOfPng(head: Buffer): Size | undefined {
  const isPng =
    head.length >= 24 && head.subarray(0, 8).equals(PNG_SIGNATURE) && head.toString('latin1', 12, 16) === 'IHDR'
  return isPng ? [head.readUInt32BE(16), head.readUInt32BE(20)] : undefined
}

/** Walks the segments of a JPEG up to its frame header (SOF0–SOF15 without DHT, JPG and DAC, which share the range). */
function sizeOfJpeg(head: Buffer): Size | undefined {
  if (head.length < 4 || head.readUInt16BE(0) !== 0xffd8) return undefined
  let at = 2
  while (at + 9 <= head.length) {
    if (head[at] !== 0xff) return undefined
    const marker = head[at + 1] ?? 0
    // Fill bytes may stand before a marker; markers without a segment do not stand before the frame header.
    if (marker === 0xff) {
      at += 1
      continue
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
    if (isFrame) return [head.readUInt16BE(at + 7), head.readUInt16BE(at + 5)]
    const length = head.readUInt16BE(at + 2)
    if (length < 2) return undefined
    at += 2 + length
  }
  return undefined
}
