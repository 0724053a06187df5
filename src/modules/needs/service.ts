import type { Action } from '../../kernel/action.ts'
import { orThrow } from '../../kernel/decision.ts'
import type { Page } from '../../kernel/page.ts'
import { problem } from '../../kernel/problem.ts'
import { brokenConstraint } from '../../platform/database/database.ts'
import { newId } from '../../platform/ids.ts'
import { NotFound } from '../../platform/problems.ts'
import { authorize, expectVersion, record, type Work } from '../../platform/work.ts'
import { divisionOf } from '../divisions/index.ts'
import {
  ChangeNeed,
  CreateNeed,
  ListNeeds,
  NEED_READERS,
  PublishNeed,
  ReadNeed,
  ReopenNeed,
  VerifyNeed,
  WithdrawNeed,
} from './policy.ts'
import { NeedCodeTaken, NeedDivisionUnknown } from './problems.ts'
import { advance, change, checkBudget, checkDivision, type Need, type NeedCommand, type NeedContent } from './rules.ts'
import { findNeed, findNeeds, insertNeed, listNeeds, lockNeed, type NeedFilter, saveNeed } from './store.ts'

/** Nobody works for it, so that a credential without a host is refused. */
const NO_HOST = ''

const EVENTS: Readonly<Record<NeedCommand, string>> = {
  change: 'need.changed',
  verify: 'need.verified',
  publish: 'need.published',
  withdraw: 'need.withdrawn',
  match: 'need.matched',
  closeWithoutAward: 'need.closed_without_award',
  reopen: 'need.reopened',
  release: 'need.released',
}

/** Collects a need for a host (null: the one the actor works for), as a draft. */
export async function createNeed(
  work: Work,
  { hostId: wantedHostId, ...content }: NeedContent & { readonly hostId: string | null },
): Promise<Need> {
  const { hostId } = authorize(work, CreateNeed, { hostId: wantedHostId ?? work.actor.hostId ?? NO_HOST })
  orThrow(checkBudget(content))
  await requireDivision(work, content.divisionCode)
  const now = await work.now(hostId)
  const fresh: Need = {
    ...content,
    hostId,
    id: newId('need'),
    version: 1,
    state: 'draft',
    publishedAt: null,
    createdAt: now,
  }
  const created = await insertNeed(work.sql, fresh).catch(codeTaken(content.code))
  await record(work, { type: 'need.created', subject: created.id, hostId, at: now, data: { code: created.code } })
  return created
}

/** Changes a need that is not yet published; a verified one becomes a draft again. */
export async function changeNeed(work: Work, needId: string, patch: Partial<NeedContent>): Promise<Need> {
  const before = authorize(work, ChangeNeed, await lockNeed(work.sql, needId))
  expectVersion(work, before)
  const decided = orThrow(change(before, patch))
  orThrow(checkBudget(patch))
  if (patch.divisionCode !== undefined) await requireDivision(work, patch.divisionCode)
  const after = await saveNeed(work.sql, decided).catch(codeTaken(decided.code))
  await recordStep(work, after, 'change', await work.now(after.hostId), { fields: Object.keys(patch) })
  return after
}

export async function verifyNeed(work: Work, needId: string): Promise<Need> {
  return step(work, VerifyNeed, needId, 'verify')
}

export async function publishNeed(work: Work, needId: string): Promise<Need> {
  return step(work, PublishNeed, needId, 'publish')
}

/** For bids, which by `check` refuses what a round calls for. */
export async function withdrawNeed(work: Work, needId: string, check: (locked: Need) => Promise<void>): Promise<Need> {
  return step(work, WithdrawNeed, needId, 'withdraw', check)
}

/** Puts a need that found no award on the list again, for another round. */
export async function reopenNeed(work: Work, needId: string): Promise<Need> {
  return step(work, ReopenNeed, needId, 'reopen')
}

export async function readNeed(work: Work, needId: string): Promise<Need> {
  return authorize(work, ReadNeed, await findNeed(work.sql, needId))
}

export async function readNeeds(
  work: Work,
  filter: NeedFilter,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Need>> {
  authorize(work, ListNeeds, {})
  const { actor } = work
  const insideHostId = NEED_READERS.some((role) => actor.roles.includes(role)) ? actor.hostId : null
  return listNeeds(work.sql, filter, insideHostId, limit, after)
}

/** For later modules: the need, or undefined. Asks no permission; the caller's use case does. */
export async function needOf(work: Work, needId: string): Promise<Need | undefined> {
  return findNeed(work.sql, needId)
}

/** For later modules: several needs in one statement, in the order of their making; unknown ids are left out. */
export async function needsOf(work: Work, needIds: readonly string[]): Promise<Need[]> {
  return findNeeds(work.sql, needIds)
}

/**
 * What a round does to a need: locks it, takes the step, records it. Asks no permission; the caller's use case does.
 * Refuses with `need_not_in_state`, and with `not_found` a need that does not exist.
 */
export async function advanceNeed(
  work: Work,
  needId: string,
  command: 'match' | 'closeWithoutAward' | 'reopen' | 'release',
): Promise<Need> {
  const before = await lockNeed(work.sql, needId)
  if (before === undefined) throw problem(NotFound)
  return take(work, before, command)
}

/** A step that somebody asks for. */
async function step(
  work: Work,
  wanted: Action<Need>,
  needId: string,
  command: NeedCommand,
  check?: (locked: Need) => Promise<void>,
): Promise<Need> {
  const before = authorize(work, wanted, await lockNeed(work.sql, needId))
  expectVersion(work, before)
  return take(work, before, command, check)
}

async function take(
  work: Work,
  before: Need,
  command: NeedCommand,
  check?: (locked: Need) => Promise<void>,
): Promise<Need> {
  const now = await work.now(before.hostId)
  const decided = orThrow(advance(before, command, now))
  await check?.(before)
  const after = await saveNeed(work.sql, decided)
  await recordStep(work, after, command, now)
  return after
}

async function recordStep(work: Work, need: Need, command: NeedCommand, at: Date, data: object = {}): Promise<void> {
  await record(work, {
    type: EVENTS[command],
    subject: need.id,
    hostId: need.hostId,
    at,
    data: { state: need.state, ...data },
  })
}

async function requireDivision(work: Work, divisionCode: string): Promise<void> {
  const division = await divisionOf(work, divisionCode)
  if (division === undefined) throw problem(NeedDivisionUnknown, { divisionCode })
  orThrow(checkDivision(divisionCode, division.level))
}

function codeTaken(code: string | null): (error: unknown) => never {
  return (error) => {
    if (brokenConstraint(error) === 'need_code_key') throw problem(NeedCodeTaken, { code: code ?? '' })
    throw error
  }
}
