import { Refused } from '../client.ts'
import { noteRefusal } from '../refusals.ts'
import type { World } from '../world.ts'

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
