import { Client } from './client.ts'
import { takeOrder } from './clientProcess.ts'
import { COUNTY_SCENARIO, readScenario } from './scenario.ts'
import { setUp } from './setup.ts'
import { listSteps } from './steps/lists.ts'
import { newWorld, rolesKeys } from './world.ts'

/** Makes the demo county of `npm start`, on the real clock, up to its published needs list; gives back its keys. */
const scenario = await readScenario(COUNTY_SCENARIO)
await takeOrder(async ({ baseUrl, adminKey }) => {
  const world = newWorld(scenario, new Client(baseUrl), adminKey)
  await setUp(world, { testClock: false })
  const at = new Date().toISOString()
  await listSteps.verify_needs(world, { at, do: 'verify_needs' })
  await listSteps.publish_needs(world, { at, do: 'publish_needs' })
  return { ...rolesKeys(world), provider: world.key('R1') }
})
