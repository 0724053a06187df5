import { inOneTrip } from '../../../platform/database/prepared.ts'
import { type Outcome, outcomeOf } from '../../../platform/lane.ts'
import type { Signer } from '../../../platform/signing.ts'
import { authorize, recordTogether, type Work } from '../../../platform/work.ts'
import { projectStandingsOf } from '../../projects/index.ts'
import { shareRound } from '../../rounds/index.ts'
import { sealingKeyOf } from '../../sealing/index.ts'
import { SubmitBid } from '../policy.ts'
import { asTold } from '../rules/outcome.ts'
import { type BidPlace, findBidPlace, lockBidRows } from '../store/bids.ts'
import { insertSubmissions, lockAndCountSubmittedOf } from '../store/submissions.ts'
import { withheldEvent } from './drafts.ts'
import {
  type JudgedSubmission,
  judgeSubmission,
  type MadeSubmission,
  makeSubmission,
  requireRoom,
  requireSealedFiles,
  type Submission,
  type Submitted,
} from './submission.ts'

/** One of several submissions of one round; their works are of one transaction. */
export interface SubmissionAmong {
  readonly work: Work
  readonly bidId: string
  readonly wanted: Submission
}

/** The round of a bid of the caller's own; undefined where `submitBid` has something to say about that. */
export async function roundOfOwnBid(work: Work, bidId: string): Promise<string | undefined> {
  const place = await findBidPlace(work.sql, bidId)
  return place?.organizationId === work.actor.organizationId ? place?.roundId : undefined
}

/**
 * Submits several bids of one round, each of which `submitBid` would submit alone: the same locks in the same order, the
 * clock read under them, the same judgement of each. What is refused was not begun to be written.
 * @throws Error when the database fails one of them; then nothing of any is there.
 */
export async function submitTogether(
  { signer }: { readonly signer: Signer },
  members: readonly SubmissionAmong[],
): Promise<Outcome<Submitted>[]> {
  const judged = await judgeTogether(members)
  const roomy = await withRoom(members, judged)
  const made = await Promise.all(
    roomy.map(async (outcome, place): Promise<Outcome<MadeSubmission>> => {
      if ('error' in outcome) return outcome
      const { work } = members[place] as SubmissionAmong
      return makeOne(work, signer, outcome.value)
    }),
  )
  const rows = made.flatMap((outcome) => ('value' in outcome ? [outcome.value.row] : []))
  const events = made.flatMap((outcome, place) => {
    if ('error' in outcome) return []
    const { event, submitted } = outcome.value
    return [{ work: (members[place] as SubmissionAmong).work, event: withheldEvent(submitted.bid, ...event) }]
  })
  if (rows.length > 0) await inOneTrip(insertSubmissions(workOf(members).sql, rows), recordTogether(events))
  return made.map((outcome) => ('value' in outcome ? { value: outcome.value.submitted } : outcome))
}

/** Locks the round for reading, then the bids in the order of their ids; then the clock; then each is judged. */
async function judgeTogether(members: readonly SubmissionAmong[]): Promise<Outcome<JudgedSubmission>[]> {
  const work = workOf(members)
  const places = await Promise.all(members.map(({ bidId }) => placeOf(work, bidId)))
  const { roundId, hostId } = places[0] as BidPlace
  if (places.some((place) => place.roundId !== roundId)) throw new Error('submissions of several rounds are together')
  const [round, bids, now, projects] = await inOneTrip(
    shareRound(work, roundId),
    lockBidRows(
      work.sql,
      places.map(({ id }) => id),
    ),
    work.now(hostId),
    projectStandingsOf(
      work,
      places.map(({ projectId }) => projectId),
    ),
  )
  if (round === undefined) throw new Error(`there is no round ${roundId}`)
  const key = await sealingKeyOf(work.sql, roundId)
  return members.map(({ work, bidId, wanted }) =>
    outcomeOf(() => {
      const bid = asTold(authorize(work, SubmitBid, bids.get(bidId)), round)
      return judgeSubmission(work, { bid, round, now, project: projects.get(bid.projectId), key }, wanted)
    }),
  )
}

/** Asks for room for the first submissions, one organization's one after the other in the order in which they came. */
async function withRoom(
  members: readonly SubmissionAmong[],
  judged: readonly Outcome<JudgedSubmission>[],
): Promise<Outcome<JudgedSubmission>[]> {
  const first = judged.flatMap((outcome) => ('value' in outcome && outcome.value.isFirst ? [outcome.value] : []))
  const [one] = first
  if (one === undefined) return [...judged]
  const submitted = await lockAndCountSubmittedOf(
    workOf(members).sql,
    one.round.id,
    first.map(({ bid }) => bid.organizationId),
  )
  return judged.map((outcome) => {
    if ('error' in outcome || !outcome.value.isFirst) return outcome
    const { bid, round } = outcome.value
    return outcomeOf(() => {
      const count = submitted.get(bid.organizationId) ?? 0
      requireRoom(round, count)
      submitted.set(bid.organizationId, count + 1)
      return outcome.value
    })
  })
}

async function makeOne(work: Work, signer: Signer, judged: JudgedSubmission): Promise<Outcome<MadeSubmission>> {
  try {
    const files = await requireSealedFiles(work, judged.bid, judged.documentIds)
    return { value: await makeSubmission(signer, judged, files) }
  } catch (error) {
    return { error }
  }
}

function workOf(members: readonly SubmissionAmong[]): Work {
  return (members[0] as SubmissionAmong).work
}

async function placeOf(work: Work, bidId: string): Promise<BidPlace> {
  const place = await findBidPlace(work.sql, bidId)
  if (place === undefined) throw new Error(`there is no bid ${bidId}`)
  return place
}
