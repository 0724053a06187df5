import type { Summary } from './summary.ts'

/** The summary as text for people. */
export function printSummary(summary: Summary, say: (line: string) => void): void {
  const table = (title: string, rows: readonly (readonly (string | number | null)[])[]) => {
    say(`\n${title}`)
    const widths = rows.reduce<number[]>(
      (known, row) => row.map((cell, column) => Math.max(known[column] ?? 0, String(cell ?? '—').length)),
      [],
    )
    for (const row of rows)
      say(`  ${row.map((cell, column) => String(cell ?? '—').padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())
  }
  const sources = (bySource: Readonly<Record<string, string>>) =>
    Object.entries(bySource)
      .map(([source, amount]) => `${source} ${amount}`)
      .join(' + ')
  say(`\n${summary.round.code} ${summary.round.title}: ${summary.round.state}`)
  table(
    'Ranking (bid, sum/count, mean, decided by)',
    summary.ranking.map((entry) => [entry.rank, entry.bid, `${entry.sum}/${entry.count}`, entry.mean, entry.decidedBy]),
  )
  table(
    'Refused',
    summary.refusals.map((refusal) => [refusal.subject, refusal.rule ?? refusal.code, refusal.detail]),
  )
  table(
    'Notices (start, nominal end, effective end)',
    summary.notices.map((notice) => [
      notice.kind,
      notice.publishedOn,
      notice.nominalOn,
      notice.effectiveOn,
      notice.state,
    ]),
  )
  table(
    'Awards',
    summary.awards.map((award) => [award.project, award.bid, award.approved, award.state, sources(award.sources)]),
  )
  say(`\nUnallocated: ${sources(summary.unallocated)}`)
  table(
    'Tranches (due, paid)',
    summary.tranches.map((tranche) => [
      `${tranche.project}/${tranche.no}`,
      tranche.due,
      tranche.state,
      tranche.paid,
      sources(tranche.sources),
    ]),
  )
  table(
    'Evaluations',
    summary.evaluations.map((evaluation) => [
      evaluation.project,
      evaluation.kind,
      evaluation.attempt,
      evaluation.total,
      evaluation.result,
    ]),
  )
  table(
    'Refunds',
    summary.refunds.map((refund) => [refund.project, refund.amount, refund.due, refund.state, sources(refund.sources)]),
  )
  say(`\nNet: ${sources(summary.net)}`)
  say(`Audit chain: ${summary.chain.events} events, ${summary.chain.verified ? 'verified' : 'BROKEN'}`)
  say(
    `${summary.http.requests} requests in ${summary.seconds} s (${Object.entries(summary.http.byStatus)
      .map(([status, count]) => `${count} × ${status}`)
      .join(', ')})`,
  )
}
