import type { StepName, StepOf } from '../scenarioSchema.ts'
import type { World } from '../world.ts'
import { awardSteps } from './awards.ts'
import { bidSteps } from './bids.ts'
import { deliverySteps } from './delivery.ts'
import { listSteps } from './lists.ts'
import { moneySteps } from './money.ts'

export type Handlers<Names extends StepName> = {
  readonly [Name in Names]: (world: World, step: StepOf<Name>) => Promise<void>
}

/** What each word of a scenario does, as requests of the people concerned. */
export const STEP_HANDLERS: Handlers<StepName> = {
  ...listSteps,
  ...bidSteps,
  ...awardSteps,
  ...deliverySteps,
  ...moneySteps,
}
