import { Type } from 'typebox'
import { Count, closed, Id, ListOf, Money, Text, Word } from '../../../platform/http/schemas.ts'
import { DRY_RUN_VERDICTS } from '../rules/dryRun.ts'

const Totals = closed(
  { admitted: Count(), returned: Count(), rejected: Count(), pending: Count(), requested: Money },
  { title: 'DryRunTotals', description: 'How many bids of each verdict, and what the admitted ones ask for together.' },
)
const Outcome = closed(
  {
    verdict: Word(DRY_RUN_VERDICTS, '`pending`: the formal check has not judged it.'),
    findings: ListOf(
      closed(
        { code: Type.String({ maxLength: 60 }), detail: Text(1000), isCurable: Type.Boolean() },
        { title: 'DryRunFinding' },
      ),
      500,
    ),
  },
  { title: 'DryRunOutcome' },
)
export const DryRunBody = closed({ sourceRoundId: Id('rnd') }, { title: 'NewDryRun' })
export const DryRunResult = closed(
  {
    roundId: Id('rnd'),
    sourceRoundId: Id('rnd'),
    policyVersion: Count(1_000_000, 1),
    pools: Money,
    before: Totals,
    after: Totals,
    changed: Count(),
    bids: ListOf(
      closed(
        {
          bidId: Id('bid'),
          organizationId: Id('org'),
          needId: Id('need'),
          grant: Money,
          before: Outcome,
          after: Outcome,
        },
        { title: 'DryRunBid' },
      ),
      10_000,
    ),
  },
  {
    title: 'DryRun',
    description: 'The opened bids of an earlier round under the rules of this one, earliest submission first.',
  },
)
