import type { Config } from '../src/config.ts'
import { SYSTEM } from '../src/kernel/actor.ts'
import { createKey } from '../src/modules/identity/index.ts'
import { runCommand } from '../src/platform/work.ts'
import type { RunningService } from '../src/service.ts'

const DAY_MS = 86_400_000

/** A key of the platform's administrator, made by the system itself: somebody has to be first. */
export async function platformKey({ deps }: Pick<RunningService, 'deps'>, config: Config): Promise<string> {
  const wanted = {
    roles: ['platform_admin'] as const,
    label: 'demo platform_admin',
    expiresAt: new Date(Date.now() + 300 * DAY_MS),
    organizationId: null,
    hostId: null,
    expertId: null,
  }
  const key = await runCommand(
    deps.database,
    { actor: SYSTEM, requestId: 'demo', sandbox: config.sandbox },
    deps.log,
    (work) => createKey(work, { pepper: deps.keys.pepper, sandbox: config.sandbox }, wanted),
  )
  return key.secret
}
