const NOTHING: Buffer = Buffer.alloc(0)

/**
 * Bytes that one side brings piece by piece and the other takes as it needs them. Whoever brings a piece waits until it
 * is used up, so that one piece at a time is held.
 */
export class ByteReader {
  /** Where in the whole the next byte stands. */
  position = 0
  #rest: Buffer = NOTHING
  #brought: Buffer | null | undefined
  #isClosed = false
  #wake: () => void = ignore
  #release: () => void = ignore

  /** Returns when the piece was used up or nobody takes any more. Null: there are no more. */
  async put(piece: Buffer | null): Promise<void> {
    if (this.#isClosed) return
    const used = new Promise<void>((resolve) => {
      this.#release = resolve
    })
    this.#brought = piece
    this.#wake()
    await used
  }

  /** Nobody takes any more. */
  close(): void {
    this.#isClosed = true
    this.#rest = NOTHING
    this.#release()
  }

  /** What is there, at least one byte; null at the end. Take it with {@link consume}. */
  async some(): Promise<Buffer | null> {
    while (this.#rest.length === 0) {
      const piece = await this.#next()
      if (piece === null) return null
      this.#rest = piece
    }
    return this.#rest
  }

  /** The next bytes without taking them: so many, or fewer at the end. */
  async peek(length: number): Promise<Buffer> {
    while (this.#rest.length < length) {
      const piece = await this.#next()
      if (piece === null) break
      this.#rest = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece])
    }
    return this.#rest.subarray(0, length)
  }

  consume(length: number): void {
    this.#rest = this.#rest.subarray(length)
    this.position += length
  }

  async #next(): Promise<Buffer | null> {
    if (this.#brought === null) return null
    this.#release()
    if (this.#brought === undefined)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    const piece = this.#brought ?? null
    this.#brought = piece === null ? null : undefined
    return piece
  }
}

function ignore(): void {
  // Nobody waits yet.
}
