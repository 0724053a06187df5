import yauzl from 'yauzl'

const IN_ZIP64 = 0xffffffff
const ZIP64_EXTRA = 1

/** The archive is not, or not only, what its headers say. */
export class Broken extends Error {}

export type ExtraFields = ReturnType<typeof yauzl.parseExtraFields>

/** @throws Broken when they do not follow the format. */
export function extraFieldsOf(bytes: Buffer): ExtraFields {
  try {
    return yauzl.parseExtraFields(bytes)
  } catch {
    throw new Broken()
  }
}

/** Sizes of 4 GB and more stand in an extra field, each of them only where its own place says so. */
export function sizesOf(byteSize: number, compressedByteSize: number, extraFields: ExtraFields): [number, number] {
  if (byteSize !== IN_ZIP64 && compressedByteSize !== IN_ZIP64) return [byteSize, compressedByteSize]
  const { data } = extraFields.find(({ id }) => id === ZIP64_EXTRA) ?? { data: Buffer.alloc(0) }
  let at = 0
  const read = (size: number): number => {
    if (size !== IN_ZIP64) return size
    if (at + 8 > data.length) throw new Broken()
    at += 8
    return Number(data.readBigUInt64LE(at - 8))
  }
  return [read(byteSize), read(compressedByteSize)]
}

/** Little-endian, in 32 bits or, `isWide`, in 64. */
export function uint(value: number, isWide = false): Buffer {
  const bytes = Buffer.alloc(isWide ? 8 : 4)
  if (isWide) bytes.writeBigUInt64LE(BigInt(value))
  else bytes.writeUInt32LE(value)
  return bytes
}
