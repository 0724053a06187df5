import { readConfig } from '../config.ts'
import { openDeps, openLog } from '../deps.ts'
import { type Role, SYSTEM } from '../kernel/actor.ts'
import { createKey } from '../modules/identity/index.ts'
import { runCommand } from '../platform/work.ts'
import { readOptions, refuseUse } from './options.ts'

const DAY_MS = 86_400_000
const DAYS_MAX = 365
/** Every other role stands for an organization or an expert, and nobody has put one on record yet. */
const FIRST_ROLE: Role = 'platform_admin'
const USAGE = `npm run create-key -- [--role ${FIRST_ROLE}] [--label TEXT] [--days N]

  --role   only ${FIRST_ROLE}; keys of all other roles are made with POST /v1/api-keys and this one
  --label  what the key is for, 1 to 100 characters
  --days   how long it is good: 1 to ${DAYS_MAX}, 90 unless told`

/** The first key of an installation, printed once: `npm run create-key -- --label "platform"`. */
const options = readOptions(USAGE, {
  role: { type: 'string', default: FIRST_ROLE },
  label: { type: 'string', default: 'created on the command line' },
  days: { type: 'string', default: '90' },
  help: { type: 'boolean', default: false },
})
if (options.role !== FIRST_ROLE) refuseUse(`--role ${options.role} cannot be made here.`, USAGE)
if (!/^.{1,100}$/u.test(options.label) || options.label.trim() === '') refuseUse('--label is not usable.', USAGE)
if (!/^[1-9][0-9]{0,2}$/.test(options.days) || Number(options.days) > DAYS_MAX)
  refuseUse(`--days ${options.days} is not a number of days from 1 to ${DAYS_MAX}.`, USAGE)
try {
  if (options.help) console.log(USAGE)
  else console.log(await firstKey(options.label, Number(options.days)))
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}

async function firstKey(label: string, days: number): Promise<string> {
  const config = readConfig(process.env)
  const deps = await openDeps(config, openLog(config))
  try {
    const wanted = {
      roles: [FIRST_ROLE],
      label,
      expiresAt: new Date(Date.now() + days * DAY_MS),
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
    return key.secret
  } finally {
    await deps.close()
  }
}
