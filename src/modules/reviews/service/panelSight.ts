import { worksForHost } from '../../../kernel/actor.ts'
import type { Work } from '../../../platform/work.ts'
import type { Panel } from '../rules/seating.ts'

/**
 * The panel as the reader may see it. What was said with a recusal is about people, and why a ranking was withdrawn is the
 * host's business: experts read what was said with their own seats alone.
 */
export function asSeen({ actor }: Pick<Work, 'actor'>, panel: Panel): Panel {
  if (worksForHost(actor, panel.hostId, 'host', 'operator', 'auditor')) return panel
  return {
    ...panel,
    seats: panel.seats.map((seat) =>
      seat.expertId === actor.expertId ? seat : { ...seat, remark: null, absence: null },
    ),
    rankingWithdrawals: [],
  }
}
