import { Client, Refused } from './client.ts'
import type { Order } from './clientProcess.ts'
import { noteRefusal } from './refusals.ts'
import type { Scenario } from './scenarioSchema.ts'
import { setUp } from './setup.ts'
import type { Step, StepName } from './stepSchemas.ts'
import { STEP_HANDLERS } from './steps/index.ts'
import { type Summary, summarize } from './summary.ts'
import { newWorld, rolesKeys, type World } from './world.ts'

/** How often the clock is asked, every 10 ms, before deadlines that keep failing end the play. */
const CLOCK_PATIENCE = 3000

export interface PlayOptions extends Order {
  readonly progress: (line: string) => void
}

export interface Played {
  readonly summary: Summary
  /** One key for each role. */
  readonly keys: Readonly<Record<string, string>>
}

/**
 * Plays a scenario through the HTTP API and gives back what the service says happened. Every figure of the summary is
 * read from the service; this program computes none.
 */
export async function play(scenario: Scenario, { baseUrl, adminKey, progress }: PlayOptions): Promise<Played> {
  const started = performance.now()
  const world = newWorld(scenario, new Client(baseUrl), adminKey)
  progress(`${scenario.title}: ${scenario.organizations.length} organizations, ${scenario.needs.length} needs`)
  await setUp(world)
  const steps = scenario.events.toSorted((left, right) => Date.parse(left.at) - Date.parse(right.at))
  for (const [index, step] of steps.entries()) {
    await advanceClock(world, step.at)
    const before = world.refusals.length
    await perform(world, step)
    const refused = world.refusals.slice(before).map(({ subject, code, rule }) => `${subject} ${rule ?? code}`)
    progress(
      `[${index + 1}/${steps.length}] ${step.at.slice(0, 16).replace('T', ' ')} ${step.do}${refused.length === 0 ? '' : `  — refused: ${refused.join(', ')}`}`,
    )
  }
  return { summary: await summarize(world, (performance.now() - started) / 1000), keys: rolesKeys(world) }
}

async function perform(world: World, step: Step): Promise<void> {
  const handler = STEP_HANDLERS[step.do as StepName] as (world: World, step: Step) => Promise<void>
  try {
    await handler(world, step)
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    noteRefusal(world, step.do, subjectOf(step), error)
  }
}

function subjectOf(step: Step): string {
  const named = step as Partial<Record<string, string>>
  return named.bid ?? named.project ?? named.ref ?? named.objection ?? named.organization ?? step.do
}

/** Moves the host's clock and waits until everything due by then has been done by the worker. */
async function advanceClock(world: World, at: string): Promise<void> {
  const { client } = world
  await client.post(world.key('host'), '/v1/sandbox/clock', {
    hostId: world.hostId,
    advanceTo: new Date(at).toISOString(),
  })
  for (let asked = 0; ; asked++) {
    const { body } = await client.get(world.key('host'), `/v1/sandbox/clock?hostId=${world.hostId}`)
    if (body.pendingDeadlines === 0) return
    // A deadline that fails again and again is the service's trouble; /v1/deadlines names it.
    if (asked > CLOCK_PATIENCE && body.failingDeadlines > 0)
      throw new Error(`${body.failingDeadlines} deadlines due by ${at} keep failing`)
    await new Promise((resume) => setTimeout(resume, 10))
  }
}
