import { endOfDay } from '../../../kernel/days.ts'
import { orThrow } from '../../../kernel/decision.ts'
import type { Page } from '../../../kernel/page.ts'
import { problem } from '../../../kernel/problem.ts'
import type { ResolvedDate } from '../../../kernel/workdays.ts'
import { NotFound } from '../../../platform/problems.ts'
import { authorize, expectVersion, record, type Work } from '../../../platform/work.ts'
import { setDeadline } from '../../deadlines/index.ts'
import { type Amendment, amend } from '../compiler/amend.ts'
import { AmendRound, ReadRound } from '../policy.ts'
import type { PolicyVersion, Round } from '../rules.ts'
import {
  findPolicyVersion,
  findRound,
  insertPolicyVersion,
  listAmendments,
  lockPools,
  lockRoundRow,
  resizePools,
  updateRound,
} from '../store.ts'
import { type CompilerDeps, compilerFacts } from './compiling.ts'

/** Announces the next version of a published round's policy and timetable. Bids wait while it decides. */
export async function amendRound(
  work: Work,
  deps: CompilerDeps,
  roundId: string,
  wanted: Amendment,
): Promise<{ readonly version: number; readonly announced: PolicyVersion }> {
  const before = authorize(work, AmendRound, await lockRoundRow(work.sql, roundId))
  expectVersion(work, before)
  await lockPools(work.sql, roundId)
  const now = await work.now(before.hostId)
  const { round, pools, formalCheckDue, changed } = orThrow(
    amend(before, wanted, await compilerFacts(work, deps, before, now, wanted.policy)),
  )
  const announced = announcementOf(round, now, changed, wanted)
  await insertPolicyVersion(work.sql, announced)
  const { policy, policyVersion, requiredPolicyVersion, confirmBy, opensAt, closesAt, cycleStartsOn, cycleEndsOn } =
    round
  const times = { opensAt, closesAt, cycleStartsOn, cycleEndsOn }
  const versions = { policyVersion, requiredPolicyVersion, confirmBy }
  const after = await updateRound(work.sql, roundId, { policy, ...versions, ...times, formalCheckDue })
  await resizePools(work.sql, pools)
  await setRoundDeadlines(work, after, formalCheckDue)
  await record(work, {
    type: 'round.amended',
    subject: roundId,
    hostId: before.hostId,
    at: now,
    data: {
      policyVersion,
      changed,
      confirmation: wanted.confirmation,
      confirmBy: wanted.confirmBy?.toISOString() ?? null,
      opensAt: opensAt.toISOString(),
      closesAt: closesAt.toISOString(),
      cycleStartsOn,
      cycleEndsOn,
      policy,
    },
  })
  return { version: after.version, announced }
}

/** Keeps what is published with a draft as its first version. */
export async function keepFirstVersion(work: Work, published: Round, now: Date): Promise<void> {
  const first = { reason: null, confirmation: 'not_required', confirmBy: null } as const
  await insertPolicyVersion(work.sql, announcementOf(published, now, [], first))
}

/** Opening, closing and formal check of a round; set again, they move. A round that has opened opens no more. */
export async function setRoundDeadlines(work: Work, round: Round, formalCheckDue: ResolvedDate): Promise<void> {
  const deadline = { hostId: round.hostId, subject: round.id }
  if (round.state === 'published') await setDeadline(work, { ...deadline, kind: 'round.opens', dueAt: round.opensAt })
  await setDeadline(work, { ...deadline, kind: 'round.closes', dueAt: round.closesAt })
  await setDeadline(work, {
    ...deadline,
    kind: 'round.formal_check_due',
    dueAt: endOfDay(formalCheckDue.effectiveOn),
    resolved: formalCheckDue,
  })
}

/** The amendments of a round, newest first; public like the round. */
export async function readAmendments(
  work: Work,
  roundId: string,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<PolicyVersion>> {
  authorize(work, ReadRound, await findRound(work.sql, roundId))
  return listAmendments(work.sql, roundId, limit, after)
}

export async function readAmendment(work: Work, roundId: string, policyVersion: number): Promise<PolicyVersion> {
  authorize(work, ReadRound, await findRound(work.sql, roundId))
  const found = await findPolicyVersion(work.sql, roundId, policyVersion)
  if (found === undefined) throw problem(NotFound)
  return found
}

function announcementOf(
  { id, policy, policyVersion, opensAt, closesAt, cycleStartsOn, cycleEndsOn }: Round,
  publishedAt: Date,
  changed: readonly string[],
  { reason, confirmation, confirmBy }: Pick<PolicyVersion, 'reason' | 'confirmation' | 'confirmBy'>,
): PolicyVersion {
  const times = { opensAt, closesAt, cycleStartsOn, cycleEndsOn, publishedAt }
  return { roundId: id, version: policyVersion, policy, ...times, changed, reason, confirmation, confirmBy }
}
