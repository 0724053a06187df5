import { formatYuan, parseYuan } from '../src/kernel/money.ts'
import type { Refusal, World } from './world.ts'

type BySource = Record<string, string>

export interface Summary {
  readonly scenario: string
  readonly round: { readonly id: string; readonly code: string; readonly title: string; readonly state: string }
  readonly ranking: readonly {
    readonly bid: string
    readonly sum: number
    readonly count: number
    readonly decidedBy: string | null
    readonly rank: number
    readonly mean: string
  }[]
  readonly refusals: readonly Refusal[]
  readonly notices: readonly {
    readonly kind: string
    readonly publishedOn: string
    readonly nominalOn: string
    readonly effectiveOn: string
    readonly state: string
  }[]
  readonly objections: readonly {
    readonly objection: string
    readonly award: string
    readonly state: string
    readonly answerDue: string | null
  }[]
  readonly awards: readonly {
    readonly bid: string
    readonly project: string
    readonly approved: string
    readonly state: string
    readonly sources: BySource
  }[]
  readonly unallocated: BySource
  readonly tranches: readonly {
    readonly project: string
    readonly no: number
    readonly due: string | null
    readonly scheduled: string
    readonly paid: string
    readonly paidOn: string | null
    readonly state: string
    readonly sources: BySource
  }[]
  readonly evaluations: readonly {
    readonly project: string
    readonly kind: string
    readonly attempt: number
    readonly total: number
    readonly result: string
    readonly publishedOn: string | null
  }[]
  readonly reports: readonly {
    readonly project: string
    readonly kind: string
    readonly month: string | null
    readonly nominalOn: string | null
    readonly due: string | null
    readonly state: string
  }[]
  readonly rectifications: readonly { readonly project: string; readonly due: string; readonly state: string }[]
  readonly refunds: readonly {
    readonly project: string
    readonly amount: string
    readonly due: string
    readonly state: string
    readonly sources: BySource
  }[]
  readonly net: BySource
  readonly chain: { readonly events: number; readonly verified: boolean }
  readonly http: {
    readonly requests: number
    readonly byStatus: Readonly<Record<string, number>>
    readonly retries: number
  }
  readonly seconds: number
}

// biome-ignore lint/suspicious/noExplicitAny: what the service answers, as any HTTP client reads it
type Json = any

/** Reads everything back from the service. Nothing here is computed but the shape. */
export async function summarize(world: World, seconds: number): Promise<Summary> {
  const { client, roundId, scenario } = world
  const host = world.key('host')
  if (roundId === '') return emptySummary(world, seconds)
  const round = (await client.get(host, `/v1/rounds/${roundId}`)).body
  const ranking = await client.get(host, `/v1/rounds/${roundId}/ranking`).then(
    (answer) => answer.body.entries as Json[],
    () => [],
  )
  const statement = (await client.get(host, `/v1/rounds/${roundId}/statement`)).body
  const list = (path: string) => client.all(host, path) as Promise<Json[]>
  const inRound = `roundId=${roundId}`
  const here = (item: Json) => item.roundId === roundId
  const [awards, tranches, evaluations, rectifications, claims, notices, objections, duties] = await Promise.all([
    list(`/v1/awards?${inRound}`),
    list(`/v1/tranches?${inRound}`),
    list(`/v1/evaluations?${inRound}`),
    list('/v1/rectifications').then((items) => items.filter(here)),
    list(`/v1/refund-claims?${inRound}`),
    list(`/v1/notices?${inRound}`),
    list('/v1/objections').then((items) => items.filter(here)),
    list('/v1/report-duties'),
  ])
  const chain = await verifiedChain(world)
  const project = (id: string) => world.ref('project', id)
  return {
    scenario: scenario.name,
    round: { id: roundId, code: round.code, title: round.title, state: round.state },
    ranking: ranking.map((entry) => ({
      rank: entry.rank,
      bid: world.ref('bid', entry.bidId),
      sum: Number(entry.sum),
      count: entry.count,
      mean: entry.mean,
      decidedBy: entry.decidedBy,
    })),
    refusals: world.refusals,
    notices: inOrder(notices, (notice) => notice.publishedAt).map((notice) => ({
      kind: notice.kind,
      publishedOn: shanghaiDay(notice.publishedAt) ?? '',
      nominalOn: notice.window.nominalOn,
      effectiveOn: notice.window.effectiveOn,
      state: notice.state,
    })),
    objections: inOrder(objections, (objection) => objection.filedAt).map((objection) => ({
      objection: world.ref('objection', objection.id),
      award: project(awards.find((award) => award.id === objection.awardId)?.projectId),
      state: objection.state,
      answerDue: objection.answerDue?.effectiveOn ?? null,
    })),
    awards: inOrder(awards, (award) => award.sequence).map((award) => ({
      bid: world.ref('bid', award.bidId),
      project: project(award.projectId),
      approved: award.approved.amount,
      state: award.state,
      sources: bySource(award.sources),
    })),
    unallocated: bySource(statement.sources, 'unallocated'),
    tranches: inOrder(tranches, (tranche) => `${project(tranche.projectId)} ${tranche.number}`).map((tranche) => ({
      project: project(tranche.projectId),
      no: tranche.number,
      due: tranche.due?.effectiveOn ?? null,
      scheduled: tranche.scheduled.amount,
      paid: tranche.state === 'paid' ? tranche.payable.amount : '0.00',
      paidOn: tranche.paidOn,
      state: tranche.state,
      sources: bySource(tranche.sources, 'paid'),
    })),
    evaluations: inOrder(
      evaluations,
      (evaluation) => `${evaluation.kind === 'mid' ? 0 : 1} ${project(evaluation.projectId)} ${evaluation.attempt}`,
    ).map((evaluation) => ({
      project: project(evaluation.projectId),
      kind: evaluation.kind,
      attempt: evaluation.attempt,
      total: Number(evaluation.total),
      result: evaluation.result,
      publishedOn: shanghaiDay(evaluation.publishedAt),
    })),
    reports: inOrder(duties, (duty) => `${project(duty.projectId)} ${duty.kind} ${duty.month}`).map((duty) => ({
      project: project(duty.projectId),
      kind: duty.kind,
      month: duty.month,
      nominalOn: duty.due?.nominalOn ?? null,
      due: duty.due?.effectiveOn ?? null,
      state: duty.state,
    })),
    rectifications: rectifications.map((rectification) => ({
      project: project(rectification.projectId),
      due: rectification.due.effectiveOn,
      state: rectification.state,
    })),
    refunds: claims.map((claim) => ({
      project: project(claim.projectId),
      amount: claim.amount.amount,
      due: claim.due.effectiveOn,
      state: claim.state,
      sources: bySource(claim.sources),
    })),
    net: { ...bySource(statement.sources, 'net'), total: statement.totals.net.amount },
    chain,
    http: { requests: client.requests, byStatus: client.byStatus, retries: client.retries },
    seconds: Number(seconds.toFixed(2)),
  }
}

/** The sealer numbers events a moment after their commit; the whole chain is verified once nothing waits any more. */
async function verifiedChain(world: World): Promise<{ events: number; verified: boolean }> {
  const auditor = world.key('auditor')
  for (let attempt = 0; attempt < 200; attempt++) {
    if ((await world.client.get(auditor, '/v1/audit-chain')).body.unsealed === 0) break
    await new Promise((resume) => setTimeout(resume, 25))
  }
  const { body } = await world.client.post(auditor, '/v1/audit-chain/verifications', {})
  return { events: Number(body.events), verified: body.verified }
}

/** Amounts by source; two pools of one source are one line. */
function bySource(sources: readonly Json[], field = 'amount'): BySource {
  const sums = new Map<string, bigint>()
  for (const source of sources)
    sums.set(source.source, (sums.get(source.source) ?? 0n) + parseYuan(source[field].amount))
  return Object.fromEntries([...sums].map(([source, sum]) => [source, formatYuan(sum)]))
}

function inOrder(items: readonly Json[], keyOf: (item: Json) => string | number): Json[] {
  return items.toSorted((left, right) => (keyOf(left) < keyOf(right) ? -1 : keyOf(left) > keyOf(right) ? 1 : 0))
}

function shanghaiDay(instant: string | null): string | null {
  return instant === null ? null : new Date(Date.parse(instant) + 8 * 3_600_000).toISOString().slice(0, 10)
}

async function emptySummary(world: World, seconds: number): Promise<Summary> {
  const { client, scenario } = world
  return {
    scenario: scenario.name,
    round: { id: '', code: scenario.round.code, title: scenario.round.title, state: 'not_created' },
    ranking: [],
    refusals: world.refusals,
    notices: [],
    objections: [],
    awards: [],
    unallocated: {},
    tranches: [],
    evaluations: [],
    reports: [],
    rectifications: [],
    refunds: [],
    net: {},
    chain: await verifiedChain(world),
    http: { requests: client.requests, byStatus: client.byStatus, retries: client.retries },
    seconds: Number(seconds.toFixed(2)),
  }
}
