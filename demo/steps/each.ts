import { Refused } from '../client.ts'
import { noteRefusal } from '../refusals.ts'
import type { StepName, StepOf } from '../stepSchemas.ts'
import type { World } from '../world.ts'

/** One handler for each word of a step. */
export type Handlers<Names extends StepName> = {
  readonly [Name in Names]: (world: World, step: StepOf<Name>) => Promise<void>
}

/** Does the same for several things; a refusal of one is reported under its name and the others go on. */
export async function forEach<Item>(
  world: World,
  step: string,
  items: readonly Item[],
  subject: (item: Item) => string,
  perform: (item: Item) => Promise<void>,
): Promise<void> {
  for (const item of items) {
    try {
      await perform(item)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      noteRefusal(world, step, subject(item), error)
    }
  }
}

export const itself = (ref: string) => ref
