import type { StepName } from '../stepSchemas.ts'
import { awardSteps } from './awards.ts'
import { bidSteps } from './bids.ts'
import { deliverySteps } from './delivery.ts'
import type { Handlers } from './each.ts'
import { listSteps } from './lists.ts'
import { moneySteps } from './money.ts'

/** What each word of a scenario does, as requests of the people concerned. */
export const STEP_HANDLERS: Handlers<StepName> = {
  ...listSteps,
  ...bidSteps,
  ...awardSteps,
  ...deliverySteps,
  ...moneySteps,
}
