import { actsForAgency } from '../../../kernel/actor.ts'
import type { Work } from '../../../platform/work.ts'
import { seesWithheld, withheldOf } from '../../projects/index.ts'
import type { Round } from '../../rounds/index.ts'
import { readsBidders } from '../policy.ts'
import { isStillBlind, keptFields, type ToldLine, toldLine } from '../rules/openingRecord.ts'
import { findLines } from '../store/openings.ts'

/**
 * The lines of an opening as the acting reader may know them: a blind round names no bidder before its review is over,
 * and what a notice has left out of an award is not told here either. A bidder reads its own line whole.
 */
export async function linesTold(work: Work, round: Round): Promise<ToldLine[]> {
  const { actor } = work
  const lines = await findLines(work.sql, round.id)
  const withheld = await withheldOf(
    work,
    lines.map(({ projectId }) => projectId),
  )
  const isBlind = isStillBlind(round) && !readsBidders(actor, round)
  return lines.map((line) => {
    const { organizationId, projectId } = line
    const ofProject = seesWithheld(actor, { organizationId, hostId: round.hostId }) ? [] : withheld.get(projectId)
    return toldLine(line, keptFields(isBlind && !actsForAgency(actor, organizationId), ofProject ?? []))
  })
}
