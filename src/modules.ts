import type { Config } from './config.ts'
import type { Deps } from './deps.ts'
import { CreditCodeInvalid } from './kernel/creditCode.ts'
import type { ProblemDefinition } from './kernel/problem.ts'
import { CalendarYearMissing } from './kernel/workdays.ts'
import { activity } from './modules/activity/index.ts'
import { agreements } from './modules/agreements/index.ts'
import { awards } from './modules/awards/index.ts'
import { bids } from './modules/bids/index.ts'
import { calendar } from './modules/calendar/index.ts'
import { closeout } from './modules/closeout/index.ts'
import { deadlines } from './modules/deadlines/index.ts'
import { delivery } from './modules/delivery/index.ts'
import { divisions } from './modules/divisions/index.ts'
import { documents } from './modules/documents/index.ts'
import { evaluations } from './modules/evaluations/index.ts'
import { type CredentialReader, credentialReader, identity, remoteKeys } from './modules/identity/index.ts'
import { needs } from './modules/needs/index.ts'
import { notices } from './modules/notices/index.ts'
import { objections } from './modules/objections/index.ts'
import { organizations } from './modules/organizations/index.ts'
import { payments } from './modules/payments/index.ts'
import { projects } from './modules/projects/index.ts'
import { resources } from './modules/resources/index.ts'
import { reviews } from './modules/reviews/index.ts'
import { rounds } from './modules/rounds/index.ts'
import { sealing } from './modules/sealing/index.ts'
import type { Module } from './platform/module.ts'
import * as platformProblems from './platform/problems.ts'

/**
 * The table of contents of the service: its modules in life-cycle order. A module imports only modules that stand
 * above it (test/architecture.test.ts).
 */
export const MODULES: readonly Module[] = [
  // Foundation
  divisions,
  organizations,
  identity,
  calendar,
  documents,
  deadlines,
  sealing,
  // The three lists
  needs,
  projects,
  resources,
  // A round
  rounds,
  bids,
  reviews,
  awards,
  notices,
  objections,
  // A funded project
  payments,
  delivery,
  agreements,
  evaluations,
  closeout,
  // Read models
  activity,
]

/**
 * Modules whose requests no metric counts or times, nor those of others for one bid (`/v1/bids/…`): how often they are
 * asked before an opening tells how many bid. `documents` takes the files of bids, `sealing` gives out the key with which they are sealed.
 */
export const UNMEASURED: ReadonlySet<Module> = new Set([documents, sealing, bids])

/** The registry of refusals: the platform's own, the kernel's and the modules'. */
export const PROBLEMS: readonly ProblemDefinition[] = [
  ...new Set([
    ...Object.values(platformProblems),
    CalendarYearMissing,
    CreditCodeInvalid,
    ...MODULES.flatMap((module) => module.problems),
  ]),
]

export const TAGS = [
  { name: 'Service', description: 'Health of the service itself.' },
  ...MODULES.map((module) => module.tag),
]

export function authenticator(deps: Deps, config: Config): CredentialReader {
  const { oidc } = config
  return credentialReader({
    sql: deps.database.sql,
    pepper: deps.keys.pepper,
    sandbox: config.sandbox,
    now: () => new Date(),
    oidc:
      oidc === undefined ? undefined : { issuer: oidc.issuer, audience: oidc.audience, keys: remoteKeys(oidc.jwksUrl) },
  })
}
