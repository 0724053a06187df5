import { type LegalDate, legalDateOf } from '../../kernel/days.ts'
import { orThrow } from '../../kernel/decision.ts'
import { formatYuan } from '../../kernel/money.ts'
import type { Page } from '../../kernel/page.ts'
import { partyScope } from '../../kernel/parties.ts'
import { problem } from '../../kernel/problem.ts'
import { brokenConstraint } from '../../platform/database/database.ts'
import { newId } from '../../platform/ids.ts'
import type { DueDeadline } from '../../platform/module.ts'
import { authorize, expectVersion, record, type Work } from '../../platform/work.ts'
import { awardOf, confirmationDayOf, requireUnbarred } from '../awards/index.ts'
import { cancelDelivery, midPoint, planDelivery } from '../delivery/index.ts'
import { cancelAndSettle, remediesOf } from '../objections/index.ts'
import { banOrganization } from '../organizations/index.ts'
import { cancelTranches, planTranches, triggerTranche } from '../payments/index.ts'
import { advanceProject } from '../projects/index.ts'
import { advanceRound, lockRound, roundOf } from '../rounds/index.ts'
import { CreateAgreement, ListAgreements, ReadAgreement, SignAgreement, TerminateAgreement } from './policy.ts'
import { AgreementExists, AwardNotConfirmed } from './problems.ts'
import type { Agreement, Party, TerminationKind } from './rules.ts'
import * as rules from './rules.ts'
import {
  type AgreementFilter,
  findAgreement,
  findEffectiveAgreement,
  insertAgreement,
  listAgreements,
  lockAgreement,
  lockAgreementOfAward,
  lockAgreementOfProject,
  updateAgreement,
} from './store.ts'

export interface NewAgreement {
  readonly awardId: string
  /** Default: the cycle of the round. */
  readonly startsOn?: LegalDate | undefined
  readonly endsOn?: LegalDate | undefined
  /** Default: half of the months after the start. */
  readonly midPointOn?: LegalDate | undefined
  /** Default: host and agency, and the operator where the round has one. */
  readonly parties?: readonly Party[] | undefined
}

/** Draws up the agreement of a confirmed award. Refused: an award that is not confirmed, a second agreement. */
export async function createAgreement(work: Work, wanted: NewAgreement): Promise<Agreement> {
  const award = authorize(work, CreateAgreement, await awardOf(work, wanted.awardId))
  if (award.state !== 'confirmed') throw problem(AwardNotConfirmed, { state: award.state })
  const round = await roundOf(work, award.roundId)
  if (round === undefined) throw new Error(`the award ${award.id} has no round`)
  const startsOn = wanted.startsOn ?? round.cycleStartsOn
  const endsOn = wanted.endsOn ?? round.cycleEndsOn
  const midPointOn = wanted.midPointOn ?? (startsOn <= endsOn ? midPoint(startsOn, endsOn) : startsOn)
  const term = orThrow(rules.checkTerm({ startsOn, endsOn, midPointOn }))
  const now = await work.now(award.hostId)
  const { roundId, hostId, projectId, organizationId, approvedFen } = award
  const defaultParties: Party[] = round.operatorId === null ? ['host', 'agency'] : ['host', 'agency', 'operator']
  const created: Agreement = {
    ...{ roundId, hostId, projectId, organizationId, approvedFen },
    ...term,
    id: newId('agr'),
    version: 1,
    awardId: award.id,
    parties: wanted.parties ?? defaultParties,
    signatures: [],
    state: 'draft',
    effectiveOn: null,
    terminatedOn: null,
    terminationKind: null,
    terminationReason: null,
    createdAt: now,
  }
  await insertAgreement(work.sql, created).catch((error: unknown) => {
    if (brokenConstraint(error) === 'agreement_once_per_award') throw problem(AgreementExists)
    throw error
  })
  await recordAgreement(work, 'agreement.created', created, now, { approved: formatYuan(approvedFen) })
  return created
}

/**
 * One party signs. The last signature makes the agreement effective: tranches are planned and the first one is set off,
 * the reports are planned, the project starts. Refused: `calendar_year_missing` when the first tranche's due day cannot
 * be told.
 */
export async function signAgreement(
  work: Work,
  agreementId: string,
  wanted: { readonly party: Party; readonly signedOn: LegalDate | undefined },
): Promise<Agreement> {
  const before = await lockAgreement(work.sql, agreementId)
  const { party } = authorize(work, SignAgreement, before && { ...before, party: wanted.party })
  const agreement = before as Agreement
  expectVersion(work, agreement)
  const now = await work.now(agreement.hostId)
  const today = legalDateOf(now)
  const signature = { party, actorId: work.actor.id, signedOn: wanted.signedOn ?? today }
  await requireSignable(work, agreement)
  const confirmedOn = await confirmationDayOf(work, agreement.awardId)
  const decided = orThrow(rules.signAgreement(agreement, signature, { confirmedOn, today }))
  const after = await updateAgreement(work.sql, decided)
  await recordAgreement(work, 'agreement.signed', after, now, { party, signedOn: signature.signedOn })
  if (after.effectiveOn !== null) await start(work, after, after.effectiveOn, now)
  return after
}

/**
 * Ends an agreement before its time. What is not paid is cancelled and the project is terminated; its settlement follows.
 * One that is not effective yet takes its award with it: the money goes back to the pools, and what was open against the award is settled.
 */
export async function terminateAgreement(
  work: Work,
  agreementId: string,
  termination: { readonly kind: TerminationKind; readonly reason: string },
): Promise<Agreement> {
  const before = authorize(work, TerminateAgreement, await lockAgreement(work.sql, agreementId))
  expectVersion(work, before)
  const now = await work.now(before.hostId)
  const decided = orThrow(rules.terminateAgreement(before, { ...termination, on: legalDateOf(now) }))
  const after = await updateAgreement(work.sql, decided)
  await recordAgreement(work, 'agreement.terminated', after, now, { kind: termination.kind, from: before.state })
  if (before.state === 'effective') {
    await cancelTranches(work, after.projectId)
    await cancelDelivery(work, after.projectId)
    await advanceProject(work, after.projectId, 'terminate')
  } else {
    await cancelAndSettle(work, after.awardId, termination.reason)
  }
  if (termination.kind === 'breach') await banForBreach(work, after, now)
  return after
}

export async function readAgreement(work: Work, agreementId: string): Promise<Agreement> {
  return authorize(work, ReadAgreement, await findAgreement(work.sql, agreementId))
}

/** The agreements that the actor may read, newest first. */
export async function readAgreements(
  work: Work,
  filter: Pick<AgreementFilter, 'roundId' | 'projectId' | 'state'>,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Agreement>> {
  authorize(work, ListAgreements, {})
  const scope = partyScope(work.actor)
  return scope === undefined
    ? { items: [], next: null }
    : listAgreements(work.sql, { ...filter, ...scope }, limit, after)
}

/** For later modules: the day from which the project's agreement binds or bound, or null. Asks no permission. */
export async function effectiveDayOf(work: Work, projectId: string): Promise<LegalDate | null> {
  return (await findEffectiveAgreement(work.sql, projectId))?.effectiveOn ?? null
}

/** For closeout: the project is settled and its agreement fulfilled. Nothing effective: nothing is done. Asks no permission. */
export async function completeAgreement(work: Work, projectId: string): Promise<void> {
  const agreement = await lockAgreementOfProject(work.sql, projectId)
  if (agreement?.state !== 'effective') return
  const after = await updateAgreement(work.sql, orThrow(rules.completeAgreement(agreement)))
  await recordAgreement(work, 'agreement.completed', after, await work.now(after.hostId), {})
}

/** The agency that broke an agreement stays out of the host's rounds for the months of the policy (Zhongshan: 36, S40). */
async function banForBreach(work: Work, { id, roundId, hostId, organizationId }: Agreement, now: Date): Promise<void> {
  const round = await roundOf(work, roundId)
  if (round === undefined) throw new Error(`there is no round ${roundId}`)
  await banOrganization(work, {
    ...{ organizationId, hostId, cause: 'breach', subject: id },
    ...{ startsOn: legalDateOf(now), months: round.policy.banMonths.breach, reason: `协议 ${id} 因违约终止` },
  })
}

/** Is there something to sign about: the award stands, nothing is open against it, and nothing against its bidder. */
async function requireSignable(work: Work, { id, awardId, state }: Agreement): Promise<void> {
  const award = await awardOf(work, awardId)
  if (award === undefined) throw new Error(`the agreement ${id} has lost its award`)
  if (state !== 'draft' && state !== 'partly_signed') return
  if (award.state !== 'confirmed') throw problem(AwardNotConfirmed, { state: award.state })
  orThrow(rules.checkRemedies(await remediesOf(work, award)))
  await requireUnbarred(work, [award])
}

/** The deadline that follows the end of a confirmed award: the agreement that nobody is bound by ends with it. */
export async function endWithAward(work: Work, { subject: awardId }: DueDeadline): Promise<void> {
  const award = await awardOf(work, awardId)
  const before = await lockAgreementOfAward(work.sql, awardId)
  if (award === undefined || award.state === 'confirmed' || before === undefined) return
  const now = await work.now(before.hostId)
  const decided = rules.endWithAward(before, award.endReason ?? '', legalDateOf(now))
  if (decided === before) return
  const after = await updateAgreement(work.sql, decided)
  await recordAgreement(work, 'agreement.terminated', after, now, { kind: after.terminationKind, from: before.state })
}

async function start(work: Work, agreement: Agreement, effectiveOn: LegalDate, now: Date): Promise<void> {
  const { awardId, projectId, roundId, hostId, organizationId } = agreement
  const { startsOn, endsOn, midPointOn } = agreement
  // First, because what is planned below refers to the round: two agreements at once would wait for each other.
  const round = await lockRound(work, roundId)
  const award = await awardOf(work, awardId)
  if (award === undefined) throw new Error(`the agreement ${agreement.id} has lost its award`)
  if (award.state !== 'confirmed') throw problem(AwardNotConfirmed, { state: award.state })
  await planTranches(work, {
    ...{ awardId, projectId, roundId, hostId, organizationId },
    sources: award.sources,
    policyTranches: round.policy.tranches,
  })
  await triggerTranche(work, { projectId, trigger: 'agreement_effective', on: effectiveOn })
  await planDelivery(work, {
    ...{ projectId, hostId, organizationId, startsOn, endsOn, midPointOn },
    policy: round.policy,
  })
  await advanceProject(work, projectId, 'activate')
  await advanceRound(work, roundId, 'implement')
  await recordAgreement(work, 'agreement.effective', agreement, now, { effectiveOn })
}

async function recordAgreement(
  work: Work,
  type: string,
  { id, hostId, projectId, state }: Agreement,
  at: Date,
  data: Record<string, unknown>,
): Promise<void> {
  await record(work, { type, subject: id, hostId, at, data: { projectId, state, ...data } })
}
