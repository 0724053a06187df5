/** Bytes of an entry's beginning that tell whether it is an archive; `ustar` of tar stands last. */
export const SIGNATURE_BYTES = 262

const SIGNATURES: readonly (readonly [kind: string, at: number, hex: string])[] = [
  ['zip', 0, '504b0304'],
  ['zip', 0, '504b0506'],
  ['zip', 0, '504b0708'],
  ['7z', 0, '377abcaf271c'],
  ['gzip', 0, '1f8b08'],
  ['rar', 0, '526172211a07'],
  ['xz', 0, 'fd377a585a00'],
  ['bzip2', 4, '314159265359'],
  ['bzip2', 4, '177245385090'],
  ['zstd', 0, '28b52ffd'],
  ['lz4', 0, '04224d18'],
  ['cab', 0, '4d53434600000000'],
  ['tar', 257, '7573746172'],
]

export type ArchiveKind = 'zip' | '7z' | 'gzip' | 'rar' | 'xz' | 'bzip2' | 'zstd' | 'lz4' | 'cab' | 'tar'

/** What kind of archive begins like this; null if none. */
export function archiveKindOf(head: Buffer): ArchiveKind | null {
  const found = SIGNATURES.find(([, at, hex]) => head.toString('hex', at, at + hex.length / 2) === hex)
  return (found?.[0] ?? null) as ArchiveKind | null
}
