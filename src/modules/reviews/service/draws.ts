import { randomBytes } from 'node:crypto'
import { addMonths, legalDateOf } from '../../../kernel/days.ts'
import { orThrow } from '../../../kernel/decision.ts'
import { commitmentOfSeed, type DrawCandidate, type DrawRecord, type Quota, termsDigest } from '../../../kernel/draw.ts'
import type { Page } from '../../../kernel/page.ts'
import { problem } from '../../../kernel/problem.ts'
import { transition } from '../../../kernel/transitions.ts'
import { type FieldKeys, openField, sealField } from '../../../platform/database/encrypted.ts'
import { newId } from '../../../platform/ids.ts'
import { NotFound } from '../../../platform/problems.ts'
import { authorize, expectVersion, record, type Work } from '../../../platform/work.ts'
import { sharedContactsAmong } from '../../organizations/index.ts'
import { lockRound, type Round, roundOf } from '../../rounds/index.ts'
import { AnnounceDraw, ChangeDraw, ListDraws, ReadDraw, ReadDrawRecord } from '../policy/index.ts'
import { DrawNotInState, DrawStands, PanelExists } from '../problems/index.ts'
import { conflictsOf, type Link, linksOfExpert } from '../rules/conflicts.ts'
import {
  DRAW_TRANSITIONS,
  type DrawConflict,
  dropOut,
  type ExpertDraw,
  recordOf,
  requirePossible,
  reveal,
} from '../rules/draw.ts'
import { checkReviewDay, type Expert, relatedOrganizationIds } from '../rules/seating.ts'
import {
  countDraws,
  countPanels,
  expertsOfHost,
  findDraw,
  insertDraw,
  listDraws,
  lockDraw,
  standingDraw,
  updateDraw,
} from '../store/draws.ts'
import { lockPanelOfRound } from '../store/panels.ts'
import { partiesOf } from './parties.ts'
import { acceptedBids, requireReviewing } from './reviewing.ts'
import { followDraw } from './seats.ts'

/** A pool larger than this is drawn from in parts. */
const POOL_MAX = 2_000
const SEED_BYTES = 32

export interface NewDraw {
  readonly reviewOn: string
  readonly quotas: readonly Quota[]
  /** SHA-256 of the host's seed; null leaves the seed to the service alone. */
  readonly commitment: string | null
}

/**
 * Announces a draw: the pool of the host with its conflicts and rotations is frozen, the commitments are public from now
 * on. The service draws its seed after the host has committed to its own, so neither chooses the outcome.
 */
export async function announceDraw(work: Work, keys: FieldKeys, roundId: string, wanted: NewDraw): Promise<ExpertDraw> {
  authorize(work, AnnounceDraw, await roundOf(work, roundId))
  const round = requireReviewing(await lockRound(work, roundId), 'announceDraw')
  if ((await lockPanelOfRound(work.sql, roundId)) !== undefined) throw problem(PanelExists)
  const standing = await standingDraw(work.sql, roundId)
  if (standing !== undefined) throw problem(DrawStands, { drawId: standing.id })
  if (round.openedAt === null) throw new Error(`the round ${roundId} is under review without an opening`)
  orThrow(checkReviewDay(wanted.reviewOn, legalDateOf(round.openedAt), round.cycleEndsOn))
  const { candidates, conflicts } = await freezePool(work, round, wanted.reviewOn)
  const id = newId('edr')
  const terms = { drawId: id, roundId, size: round.policy.panel.size, quotas: wanted.quotas, candidates }
  orThrow(requirePossible(terms))
  const seed = randomBytes(SEED_BYTES).toString('hex')
  const createdAt = await work.now(round.hostId)
  const draw = await insertDraw(work.sql, {
    ...{ id, version: 1, roundId, hostId: round.hostId, number: (await countDraws(work.sql, roundId)) + 1 },
    ...{ state: 'committed', reviewOn: wanted.reviewOn, size: terms.size, quotas: wanted.quotas },
    ...{ candidates, conflicts, termsDigest: termsDigest(terms) },
    ...{ hostCommitment: wanted.commitment, serviceCommitment: commitmentOfSeed(seed) },
    ...{ serviceSeedSealed: sealField(keys, placeOf(id), seed), hostSeed: null, serviceSeed: null },
    ...{ dropOuts: [], seats: [], abandonmentReason: null, revealedAt: null, createdAt },
  })
  await recordDraw(work, 'expert_draw.announced', draw, {
    termsDigest: draw.termsDigest,
    hostCommitment: draw.hostCommitment,
    serviceCommitment: draw.serviceCommitment,
  })
  return draw
}

/** Shows both seeds; who is drawn follows from them. */
export async function revealDraw(
  work: Work,
  keys: FieldKeys,
  drawId: string,
  seed: string | null,
): Promise<ExpertDraw> {
  const { draw } = await lockDrawFor(work, drawId)
  const service = openField(keys, placeOf(draw.id), draw.serviceSeedSealed)
  const shown = orThrow(reveal(draw, { host: seed, service }))
  const after = await updateDraw(work.sql, draw.id, { ...shown, revealedAt: await work.now(draw.hostId) })
  const { hostSeed, serviceSeed, seats } = after
  await recordDraw(work, 'expert_draw.revealed', after, { hostSeed, serviceSeed, seats })
  return after
}

/**
 * An expert who was drawn cannot come: that seat is drawn again, all others stay. A panel that is convened follows in the
 * same step.
 */
export async function dropOutOfDraw(
  work: Work,
  drawId: string,
  gone: { readonly expertId: string; readonly reason: string },
): Promise<ExpertDraw> {
  const { draw, round } = await lockDrawFor(work, drawId)
  const after = await updateDraw(work.sql, draw.id, orThrow(dropOut(draw, gone)))
  await recordDraw(work, 'expert_draw.dropped_out', after, { expertId: gone.expertId, seats: after.seats })
  await followDraw(work, round, after)
  return after
}

/** Gives a draw up, for a lost seed or a pool that became too small, until a panel is convened. It stays public. */
export async function abandonDraw(work: Work, drawId: string, reason: string): Promise<ExpertDraw> {
  const { draw } = await lockDrawFor(work, drawId)
  const state = orThrow(transition(DRAW_TRANSITIONS, draw.state, 'abandon', DrawNotInState))
  if ((await lockPanelOfRound(work.sql, draw.roundId)) !== undefined) throw problem(PanelExists)
  const after = await updateDraw(work.sql, draw.id, { state, abandonmentReason: reason })
  await recordDraw(work, 'expert_draw.abandoned', after, {})
  return after
}

export async function readDraw(work: Work, drawId: string): Promise<ExpertDraw> {
  return authorize(work, ReadDraw, await findDraw(work.sql, drawId))
}

/** What anybody needs to draw again; 404 before the seeds are shown, and for the public until the review has ended. */
export async function readDrawRecord(work: Work, drawId: string): Promise<DrawRecord> {
  const draw = await findDraw(work.sql, drawId)
  const round = draw && (await roundOf(work, draw.roundId))
  authorize(work, ReadDrawRecord, draw && { hostId: draw.hostId, isReviewing: round?.state === 'reviewing' })
  if (draw === undefined || draw.serviceSeed === null) throw problem(NotFound)
  return recordOf(draw)
}

/** The announcements of a round: public from the first moment. */
export async function readDraws(
  work: Work,
  roundId: string,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<ExpertDraw>> {
  authorize(work, ListDraws, await roundOf(work, roundId))
  return listDraws(work.sql, roundId, limit, after)
}

/** All experts of the host, each with what keeps it from being drawn, and the paths behind the conflicts. */
async function freezePool(work: Work, round: Round, reviewOn: string) {
  const { panel, experts: rules } = round.policy
  const pool = await expertsOfHost(work.sql, round.hostId, POOL_MAX)
  const parties = await partiesOf(work, await acceptedBids(work, round))
  const bidderIds = [...new Set(parties.flatMap(({ organizationIds }) => organizationIds))]
  const shared = rules.conflictHopsMax < 2 ? [] : await sharedLinks(work, bidderIds, pool)
  const panels =
    rules.rotation === null
      ? new Map<string, number>()
      : await countPanels(
          work.sql,
          round.hostId,
          pool.map(({ id }) => id),
          { after: addMonths(reviewOn, -rules.rotation.months), until: reviewOn },
        )
  const terms = { on: reviewOn, lookbackMonths: panel.recusalLookbackMonths, hopsMax: rules.conflictHopsMax }
  const conflicts: DrawConflict[] = []
  const candidates = pool.map((expert): DrawCandidate => {
    const found = conflictsOf(expert.id, bidderIds, [...linksOfExpert(expert.id, expert), ...shared], terms)
    // The shortest path to each bidder explains enough.
    const first = found.filter(({ bidderId }, index) => found.findIndex((one) => one.bidderId === bidderId) === index)
    conflicts.push(...first.map((conflict) => ({ expertId: expert.id, ...conflict })))
    const isOften = rules.rotation !== null && (panels.get(expert.id) ?? 0) >= rules.rotation.panelsMax
    return {
      id: expert.id,
      fields: expert.fields,
      exclusions: [...(found.length > 0 ? (['conflict'] as const) : []), ...(isOften ? (['rotation'] as const) : [])],
    }
  })
  return { candidates, conflicts }
}

async function sharedLinks(work: Work, bidderIds: readonly string[], pool: readonly Expert[]): Promise<Link[]> {
  const known = new Set([...bidderIds, ...pool.flatMap(relatedOrganizationIds)])
  const shared = await sharedContactsAmong(work, [...known])
  return shared.flatMap(({ organizationId, otherId, kinds }) =>
    kinds.map((kind) => ({ one: organizationId, other: otherId, kind, until: null })),
  )
}

/** Locks the round and then the draw, the order that everybody keeps. */
async function lockDrawFor(work: Work, drawId: string) {
  const found = authorize(work, ChangeDraw, await findDraw(work.sql, drawId))
  const round = requireReviewing(await lockRound(work, found.roundId), 'changeDraw')
  const draw = await lockDraw(work.sql, drawId)
  if (draw === undefined) throw new Error(`there is no draw ${drawId}`)
  expectVersion(work, draw)
  return { draw, round }
}

async function recordDraw(work: Work, type: string, draw: ExpertDraw, data: Record<string, unknown>): Promise<void> {
  const at = await work.now(draw.hostId)
  await record(work, { type, subject: draw.id, hostId: draw.hostId, at, data: { roundId: draw.roundId, ...data } })
}

function placeOf(drawId: string) {
  return { table: 'expert_draw', column: 'service_seed_sealed', row: drawId }
}
