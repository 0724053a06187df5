import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'

export interface StoredFile {
  readonly byteSize: number
  /** Lower-case hex. */
  readonly sha256: string
  /** The first bytes, for telling the type by content. */
  readonly head: Buffer
}

/** Where bytes live. Names are ours; a user's file name never becomes a path. */
export interface FileStore {
  /** Streams to disk while hashing; removes what was written when the stream breaks or `byteSizeMax` is passed. */
  write(name: string, content: Readable, byteSizeMax: number): Promise<StoredFile>
  read(name: string): Readable
  remove(name: string): Promise<void>
}

export class FileTooLarge extends Error {}

const HEAD_BYTES = 4100

export function localFileStore(directory: string): FileStore {
  const pathOf = (name: string) => {
    if (!/^[a-z0-9_]{1,80}$/.test(name))
      throw new TypeError('a stored file has a name of lower-case letters, digits and _')
    return path.join(directory, name.slice(-2), name)
  }
  return {
    async write(name, content, byteSizeMax) {
      const target = pathOf(name)
      await mkdir(path.dirname(target), { recursive: true })
      // Written beside and renamed when whole, so that a broken upload never looks like a file.
      const partial = `${target}.${randomUUID()}.partial`
      const meter = measure(byteSizeMax)
      try {
        await pipeline(content, meter.stream, createWriteStream(partial, { flags: 'wx' }))
        await rename(partial, target)
      } catch (error) {
        await rm(partial, { force: true })
        throw error
      }
      return meter.result()
    },
    read: (name) => createReadStream(pathOf(name)),
    remove: (name) => rm(pathOf(name), { force: true }),
  }
}

function measure(byteSizeMax: number): { stream: Transform; result(): StoredFile } {
  const hash = createHash('sha256')
  let byteSize = 0
  let head = Buffer.alloc(0)
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      byteSize += chunk.length
      if (byteSize > byteSizeMax) return done(new FileTooLarge(`more than ${byteSizeMax} bytes`))
      hash.update(chunk)
      if (head.length < HEAD_BYTES) head = Buffer.concat([head, chunk]).subarray(0, HEAD_BYTES)
      done(null, chunk)
    },
  })
  return { stream, result: () => ({ byteSize, sha256: hash.digest('hex'), head }) }
}
