/** How one item fared: it has a value, or it is refused by an error of its own. */
export type Outcome<Value> = { readonly value: Value } | { readonly error: unknown }

/** The outcome of a function that returns or throws. */
export function outcomeOf<Value>(decide: () => Value): Outcome<Value> {
  try {
    return { value: decide() }
  } catch (error) {
    return { error }
  }
}

/** Thrown for a whole batch of which certainly nothing has been done: each of its items is done again alone. */
export class NotTogether extends Error {
  constructor(cause: unknown) {
    super('a batch failed as a whole', { cause })
    this.name = 'NotTogether'
  }
}

export interface LaneOptions<Item, Result> {
  /** The most items in one batch. */
  readonly itemsMax: number
  /** The most weight in one batch; an item that is heavier than this goes alone. */
  readonly weightMax: number
  /** The most batches under way at once. */
  readonly batchesMax: number
  readonly weightOf: (item: Item) => number
  /** Items of one key are never under way at once: the later one waits for the earlier one's end. */
  readonly keyOf: (item: Item) => string
  /** Does all of them, and tells of each, in their order, how it fared. What it throws is everybody's error. */
  readonly together: (items: readonly Item[]) => Promise<readonly Outcome<Result>[]>
  readonly alone: (item: Item) => Promise<Result>
}

interface Waiting<Item, Result> {
  readonly item: Item
  readonly key: string
  readonly weight: number
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

/**
 * Gathers what comes while others are under way, and does it together. Nobody waits for company: whoever comes when there
 * is room goes with those of the same turn of the event loop. There is no timer, so a lane holds up no end of a process,
 * and each item ends as its own: with a result, its own error, or, when its batch failed, what came of it alone.
 */
export class BatchLane<Item, Result> {
  readonly #options: LaneOptions<Item, Result>
  #waiting: Waiting<Item, Result>[] = []
  readonly #keysUnderWay = new Set<string>()
  #batches = 0
  #isCalled = false

  constructor(options: LaneOptions<Item, Result>) {
    this.#options = options
  }

  /** Nothing waits and nothing is under way. */
  get isIdle(): boolean {
    return this.#waiting.length === 0 && this.#batches === 0
  }

  run(item: Item): Promise<Result> {
    const { keyOf, weightOf } = this.#options
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, key: keyOf(item), weight: weightOf(item), resolve, reject })
      this.#call()
    })
  }

  /** Starts what can be started once everything of this turn has come in. */
  #call(): void {
    if (this.#isCalled) return
    this.#isCalled = true
    setImmediate(() => {
      this.#isCalled = false
      while (this.#batches < this.#options.batchesMax) {
        const batch = this.#take()
        if (batch.length === 0) return
        void this.#depart(batch)
      }
    })
  }

  /** The next batch, in the order in which they came; who must wait for one of the same key keeps the place. */
  #take(): Waiting<Item, Result>[] {
    const { itemsMax, weightMax } = this.#options
    const taken: Waiting<Item, Result>[] = []
    const left: Waiting<Item, Result>[] = []
    // Who comes later must not go before an earlier one of the same key either, which is not under way but only left.
    const keysLeft = new Set<string>()
    let weight = 0
    for (const one of this.#waiting) {
      const fits = taken.length === 0 || (taken.length < itemsMax && weight + one.weight <= weightMax)
      if (fits && !this.#keysUnderWay.has(one.key) && !keysLeft.has(one.key)) {
        this.#keysUnderWay.add(one.key)
        weight += one.weight
        taken.push(one)
      } else {
        keysLeft.add(one.key)
        left.push(one)
      }
    }
    this.#waiting = left
    return taken
  }

  async #depart(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    this.#batches += 1
    const first = batch[0]
    if (batch.length === 1 && first !== undefined) await this.#doAlone(first)
    else await this.#doTogether(batch)
    for (const { key } of batch) this.#keysUnderWay.delete(key)
    this.#batches -= 1
    if (this.#waiting.length > 0) this.#call()
  }

  async #doTogether(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const outcomes = await this.#options.together(batch.map(({ item }) => item))
      if (outcomes.length !== batch.length) throw new Error(`${batch.length} items have ${outcomes.length} outcomes`)
      outcomes.forEach((outcome, place) => {
        const one = batch[place] as Waiting<Item, Result>
        if ('value' in outcome) one.resolve(outcome.value)
        else one.reject(outcome.error)
      })
    } catch (error) {
      if (error instanceof NotTogether) await Promise.all(batch.map((one) => this.#doAlone(one)))
      else for (const { reject } of batch) reject(error)
    }
  }

  async #doAlone({ item, resolve, reject }: Waiting<Item, Result>): Promise<void> {
    try {
      resolve(await this.#options.alone(item))
    } catch (error) {
      reject(error)
    }
  }
}
