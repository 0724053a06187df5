import { parseArgs } from 'node:util'
import { readConfig } from '../config.ts'
import { openDeps, openLog } from '../deps.ts'
import { ROLES, type Role, SYSTEM } from '../kernel/actor.ts'
import { createKey } from '../modules/identity/index.ts'
import { runCommand } from '../platform/work.ts'

const DAY_MS = 86_400_000

/** The first key of an installation: `npm run create-key -- --role platform_admin --label "platform"`. */
const { values } = parseArgs({
  options: {
    role: { type: 'string', default: 'platform_admin' },
    label: { type: 'string', default: 'created on the command line' },
    days: { type: 'string', default: '90' },
  },
})
if (!ROLES.includes(values.role as Role)) {
  console.error(`--role is one of ${ROLES.join(', ')}`)
  process.exit(2)
}
const config = readConfig(process.env)
const deps = await openDeps(config, openLog(config))
try {
  const expiresAt = new Date(Date.now() + Number(values.days) * DAY_MS)
  const wanted = {
    roles: [values.role as Role],
    label: values.label,
    expiresAt,
    organizationId: null,
    hostId: null,
    expertId: null,
  }
  const key = await runCommand(
    deps.database,
    { actor: SYSTEM, requestId: 'create-key', sandbox: config.sandbox },
    deps.log,
    (work) => createKey(work, { pepper: deps.keys.pepper, sandbox: config.sandbox }, wanted),
  )
  console.log(key.secret)
} finally {
  await deps.close()
}
