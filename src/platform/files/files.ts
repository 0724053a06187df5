import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { glob, mkdir, open, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

export interface StoredFile {
  readonly byteSize: number
  /** Lower-case hex. */
  readonly sha256: string
}

/** Where bytes live. Names are ours; a user's file name never becomes a path. */
export interface FileStore {
  /** Streams to disk while hashing; removes what was written when the stream breaks or `byteSizeMax` is passed. */
  write(name: string, content: AsyncIterable<Uint8Array>, byteSizeMax: number): Promise<StoredFile>
  read(name: string): Readable
  remove(name: string): Promise<void>
  /** The names of whole files that were last written longer ago than this. */
  olderThan(ageMs: number): AsyncIterable<string>
  /** Removes what broken writes have left behind longer ago than this; returns how many. */
  removeBroken(ageMs: number): Promise<number>
}

export class FileTooLarge extends Error {}

const NAME = /^[a-z0-9_]{1,80}$/

export function localFileStore(directory: string): FileStore {
  const pathOf = (name: string) => {
    if (!NAME.test(name)) throw new TypeError('a stored file has a name of lower-case letters, digits and _')
    return path.join(directory, name.slice(-2), name)
  }
  /** Paths below the directory that were last written longer ago than this. */
  async function* oldPaths(ageMs: number): AsyncGenerator<string> {
    const before = Date.now() - ageMs
    for await (const file of glob('*/*', { cwd: directory })) {
      const found = await stat(path.join(directory, file)).catch(goneMeanwhile)
      if (found?.isFile() && found.mtimeMs < before) yield path.join(directory, file)
    }
  }
  return {
    async write(name, content, byteSizeMax) {
      const target = pathOf(name)
      await mkdir(path.dirname(target), { recursive: true })
      // Written beside and renamed when whole, so that a broken upload never looks like a file.
      const partial = `${target}.${randomUUID()}.partial`
      const meter = measure(byteSizeMax)
      // Opened first: a stream that opens its file itself may do so after a content that broke at once was cleaned up.
      const file = await open(partial, 'wx')
      try {
        await pipeline(content, meter.pass, file.createWriteStream())
        await rename(partial, target)
      } catch (error) {
        await rm(partial, { force: true })
        throw error
      }
      return meter.result()
    },
    read: (name) => createReadStream(pathOf(name)),
    remove: (name) => rm(pathOf(name), { force: true }),
    async *olderThan(ageMs) {
      for await (const file of oldPaths(ageMs)) if (NAME.test(path.basename(file))) yield path.basename(file)
    },
    async removeBroken(ageMs) {
      let removed = 0
      for await (const file of oldPaths(ageMs)) {
        if (!file.endsWith('.partial')) continue
        await rm(file, { force: true })
        removed += 1
      }
      return removed
    },
  }
}

function goneMeanwhile(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
}

function measure(byteSizeMax: number) {
  const hash = createHash('sha256')
  let byteSize = 0
  return {
    async *pass(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const chunk of content) {
        byteSize += chunk.length
        if (byteSize > byteSizeMax) throw new FileTooLarge(`more than ${byteSizeMax} bytes`)
        hash.update(chunk)
        yield chunk
      }
    },
    result: (): StoredFile => ({ byteSize, sha256: hash.digest('hex') }),
  }
}
