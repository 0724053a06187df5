import { isDeepStrictEqual } from 'node:util'
import type { AsyncCommand } from 'fast-check'
import type { Answer } from '../../support/app.ts'
import type { Model } from './model.ts'
import type { Reading, Real } from './real.ts'

/**
 * One thing that somebody does. It knows what should come of it, asks the service, and compares: a refusal has the
 * expected code and changes nothing, not by a single row; anything else leaves the service as the model says.
 */
export abstract class Step implements AsyncCommand<Model, Real> {
  /** `award.suspend`: the transitions that this may cause. */
  abstract readonly causes: readonly string[]

  /** Is there anything that this could be done to? */
  abstract check(model: Readonly<Model>): boolean
  /** The code of the refusal that must come; null where it must be done. */
  abstract expect(model: Model): string | null
  abstract send(model: Model, real: Real): Promise<Answer>
  /** What it means. */
  abstract apply(model: Model, answer: Answer): void
  abstract toString(): string

  /** Transitions into the same state, which the states do not show: `award proposed decide`. */
  remaining(_model: Model): readonly string[] {
    return []
  }

  async run(model: Model, real: Real): Promise<void> {
    const before = await real.read()
    const expected = this.expect(model)
    const remaining = expected === null ? this.remaining(model) : []
    const answer = await this.send(model, real)
    const after = await real.read()
    const code = answer.status < 300 ? null : String(answer.body.code)
    if (code !== expected)
      throw new Error(`${this} gave ${code} instead of ${expected}: ${JSON.stringify(answer.body)}`)
    if (expected !== null) return requireUnchanged(before, after)
    this.apply(model, answer)
    real.walked.note(before, after, this.causes, remaining)
    model.compare(after)
  }
}

function requireUnchanged(before: Reading, after: Reading): void {
  if (!isDeepStrictEqual(before, after))
    throw new Error(`a refusal left ${JSON.stringify(after)} of ${JSON.stringify(before)}`)
}

/** What a step without an answer of its own gives back. */
export const DONE: Answer = { status: 200, body: {}, headers: {} }
