import type { Refused } from './client.ts'
import type { World } from './world.ts'

/** Reports a refusal and lets the play go on. */
export function noteRefusal(world: World, step: string, subject: string, error: Refused): void {
  const { code, detail, errors } = error.problem
  const rule = errors?.[0]?.code
  world.refusals.push({
    subject,
    code,
    ...(rule === undefined ? {} : { rule }),
    step,
    detail: errors?.[0]?.detail ?? detail,
  })
}
