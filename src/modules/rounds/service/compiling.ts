import { problem } from '../../../kernel/problem.ts'
import type { KeyHolding } from '../../../platform/keys/holders.ts'
import { authorize, type Work } from '../../../platform/work.ts'
import { calendarOf } from '../../calendar/index.ts'
import { holdersOf, standingsOf } from '../../identity/index.ts'
import { type Need, needsOf } from '../../needs/index.ts'
import { knownOrganizationIds } from '../../organizations/index.ts'
import { KEY_HOLDERS } from '../../sealing/index.ts'
import { compile, errorsAmong } from '../compiler/compile.ts'
import type { CompilerFacts, Finding } from '../compiler/finding.ts'
import { organizationsIn } from '../compiler/organizations.ts'
import { CheckRound } from '../policy.ts'
import type { RoundPolicyInput } from '../policyDocument.ts'
import { RoundNeedUnknown } from '../problems.ts'
import type { Round } from '../rules.ts'
import { findPools, findRound } from '../store.ts'

export interface Check {
  readonly isPublishable: boolean
  readonly findings: readonly Finding[]
}

/** What of the service itself decides whether a round can be published. */
export interface CompilerDeps {
  readonly sealing: KeyHolding
}

/** Tells all that is wrong or doubtful about a round, whatever its state, and changes nothing. */
export async function checkRound(work: Work, deps: CompilerDeps, roundId: string): Promise<Check> {
  const found = authorize(work, CheckRound, await findRound(work.sql, roundId))
  const findings = compile(found, await compilerFacts(work, deps, found, await work.now(found.hostId)))
  return { isPublishable: found.state === 'draft' && errorsAmong(findings).length === 0, findings }
}

/** What the compiler looks at beside the round itself, under its policy and under what an amendment changes about it. */
export async function compilerFacts(
  work: Work,
  deps: CompilerDeps,
  found: Round,
  now: Date,
  changes: RoundPolicyInput = {},
): Promise<CompilerFacts> {
  const named = [found.policy, { ...found.policy, ...changes }].flatMap(organizationsIn)
  return {
    pools: await findPools(work.sql, found.id),
    needs: await requireNeeds(work, found.hostId, found.needIds),
    calendar: await calendarOf(work, found.hostId),
    holders: await holdersOf(work, found.hostId),
    organizations: await knownOrganizationIds(work, named),
    standings: await standingsOf(work, named),
    keyHolders: KEY_HOLDERS.filter((name) => name === 'officers' || deps.sealing.holders[name] !== undefined),
    now,
  }
}

/** All needs belong to the host; their state is looked at when the round is checked. */
export async function requireNeeds(work: Work, hostId: string, needIds: readonly string[]): Promise<Need[]> {
  const byId = new Map((await needsOf(work, needIds)).map((need) => [need.id, need]))
  return needIds.map((needId) => {
    const need = byId.get(needId)
    if (need === undefined || need.hostId !== hostId) throw problem(RoundNeedUnknown, { needId })
    return need
  })
}
