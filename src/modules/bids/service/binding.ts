import { orThrow } from '../../../kernel/decision.ts'
import { problem } from '../../../kernel/problem.ts'
import type { Work } from '../../../platform/work.ts'
import { type Need, withdrawNeed } from '../../needs/index.ts'
import { changeProject, type Project, type ProjectDesign, withdrawProject } from '../../projects/index.ts'
import { roundCallingFor, roundOf } from '../../rounds/index.ts'
import { NeedInRound } from '../problems/index.ts'
import { checkUnbound, type Handed, UNDECIDED } from '../rules/binding.ts'
import { asTold } from '../rules/outcome.ts'
import { lockBidsOfProject, roundsProposingFor } from '../store/bids.ts'

/** Changes a project that no bid binds: what is judged and announced is what was handed in. */
export async function changeUnboundProject(
  work: Work,
  projectId: string,
  patch: Partial<ProjectDesign>,
): Promise<Project> {
  return changeProject(work, projectId, patch, () => requireUnbound(work, projectId, 'change'))
}

/** Takes a project off the list, unless a round judges it or has an award for it: that is declined. */
export async function withdrawUnboundProject(work: Work, projectId: string): Promise<Project> {
  return withdrawProject(work, projectId, () => requireUnbound(work, projectId, 'withdraw'))
}

/** Takes a need off the list, unless a round that calls for it, or an award that serves it, is not decided. */
export async function withdrawUncalledNeed(work: Work, needId: string): Promise<Need> {
  return withdrawNeed(work, needId, async () => {
    const [proposing] = await roundsProposingFor(work.sql, needId)
    const roundId = (await roundCallingFor(work, needId, UNDECIDED)) ?? proposing
    if (roundId !== undefined) throw problem(NeedInRound, { roundId })
  })
}

/**
 * The project is locked; with its bids locked as well, a submission is either seen here or sees what was changed.
 */
async function requireUnbound(work: Work, projectId: string, command: 'change' | 'withdraw'): Promise<void> {
  const bids: Handed[] = []
  for (const bid of await lockBidsOfProject(work.sql, projectId)) {
    const round = await roundOf(work, bid.roundId)
    if (round === undefined) throw new Error(`the bid ${bid.id} has lost its round`)
    bids.push({ id: bid.id, state: asTold(bid, round).state, roundState: round.state })
  }
  orThrow(checkUnbound(bids, command))
}
