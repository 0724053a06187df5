import type { FastifyInstance } from 'fastify'
import type { Static } from 'typebox'
import { money } from '../../../kernel/money.ts'
import { commandRoute } from '../../../platform/http/route.ts'
import { closed, Id } from '../../../platform/http/schemas.ts'
import { DryRunRound } from '../../rounds/index.ts'
import { DryRunSourceUnfit } from '../problems/index.ts'
import type { DryRunLine, DryRunTotals } from '../rules/dryRun.ts'
import { DryRunBody, DryRunResult } from '../schemas/dryRun.ts'
import { type DryRun, dryRunRound } from '../service/dryRun.ts'

export function dryRunRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/rounds/:roundId/dry-run',
    operationId: 'dryRunRound',
    summary: 'Try the rules of a round on the bids of an earlier one',
    tag: 'Rounds',
    description:
      'Puts the opened bids of an earlier round of the same host through the formal check of this round’s policy: budget, ratio rules, attachments, classes, eligibility and bids per organization. Nothing is written.',
    allow: DryRunRound,
    params: closed({ roundId: Id('rnd') }),
    body: DryRunBody,
    status: 200,
    answer: DryRunResult,
    problems: [DryRunSourceUnfit],
    run: (work, { params, body }) => dryRunRound(work, params.roundId, body.sourceRoundId),
    present: toBody,
  })
}

function toBody({ roundId, sourceRoundId, policyVersion, poolsFen, before, after, lines }: DryRun) {
  return {
    roundId,
    sourceRoundId,
    policyVersion,
    pools: money(poolsFen),
    before: totalsBody(before),
    after: totalsBody(after),
    changed: lines.filter((line) => line.before.verdict !== line.after.verdict).length,
    bids: lines.map((line) => ({
      bidId: line.bidId,
      organizationId: line.organizationId,
      needId: line.needId,
      grant: money(line.grantFen),
      before: outcomeBody(line.before),
      after: outcomeBody(line.after),
    })),
  } satisfies Static<typeof DryRunResult>
}

function totalsBody({ requestedFen, ...counts }: DryRunTotals) {
  return { ...counts, requested: money(requestedFen) }
}

function outcomeBody({ verdict, findings }: DryRunLine['before']) {
  return { verdict, findings: findings.map(({ code, detail, isCurable }) => ({ code, detail, isCurable })) }
}
