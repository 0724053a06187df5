import type { Contender, RankingTerms, Sheet } from '../../../src/modules/reviews/rules/ranking.ts'
import { PANEL_ALONE } from '../../../src/modules/reviews/rules/scoring.ts'

/** The sheets of demo-round.md 5.6: expert, then points for the six criteria. */
export const SCORES: Record<string, string> = {
  B01: 'E1 19/23/13/18/8/9; E2 18/23/14/19/9/9; E3 19/22/13/18/9/9',
  B02: 'E1 17/21/12/17/8/8; E2 17/22/12/17/8/8; E3 18/21/13/17/8/8',
  B03: 'E1 17/22/12/17/8/8; E2 17/21/12/17/8/8; E3 17/21/12/17/8/8',
  B04: 'E1 18/20/13/17/9/8; E2 17/21/12/16/8/8; E3 17/21/12/17/8/8',
  B05: 'E1 17/20/12/17/7/8; E3 17/20/12/16/7/8; E4 17/21/12/17/8/8',
  B06: 'E1 18/22/12/18/8/8; E2 17/22/13/18/8/8; E3 18/22/12/18/8/8',
  B07: 'E1 16/20/10/16/8/8; E2 16/20/11/16/8/8; E3 16/20/10/16/8/8',
  B08: 'E1 14/17/10/14/7/7; E2 14/17/10/15/7/7; E3 14/17/10/14/7/7',
  B10: 'E1 16/19/11/15/7/8; E3 16/19/11/16/7/8; E4 16/19/11/15/7/8',
}
/** What was asked, in yuan, and when it was submitted (demo-round.md 5.5, 5.8). */
const REQUESTS: Record<string, [number, string]> = {
  B01: [95_000, '2026-04-08T02:00:00Z'],
  B02: [88_000, '2026-04-09T01:30:00Z'],
  B03: [80_000, '2026-04-10T03:00:00Z'],
  B04: [78_000, '2026-04-10T07:20:00Z'],
  B05: [90_000, '2026-04-13T02:10:00Z'],
  B06: [70_000, '2026-04-13T08:45:00Z'],
  B07: [95_000, '2026-04-14T01:05:00Z'],
  B08: [80_000, '2026-04-14T01:40:00Z'],
  B10: [100_000, '2026-04-16T08:59:59Z'],
}

export const CRITERIA = ['need_fit', 'feasibility', 'budget', 'team', 'innovation', 'sustainability'] as const

export const DEMO_TERMS: RankingTerms = {
  dropExtremesMinSheets: null,
  outlierGapHundredths: 2000,
  passLineHundredths: 7000,
  tieBreak: ['feasibility_mean', 'need_fit_mean', 'lower_request', 'earlier_submission', 'lot'],
  scoring: PANEL_ALONE,
}

/** A sheet of whole points; signed in the order of `signingNumber`, all in one instant unless told. */
export function sheet(
  expertId: string,
  points: readonly number[],
  signingNumber: number,
  signedAt = '2026-04-28T06:00:00Z',
): Sheet {
  const items = points.map((value, index) => ({ criterion: CRITERIA[index] ?? 'none', hundredths: value * 100 }))
  const totalHundredths = items.reduce((sum, item) => sum + item.hundredths, 0)
  return { expertId, items, totalHundredths, signedAt: new Date(signedAt), signingNumber }
}

export function demoContenders(): Contender[] {
  return Object.entries(SCORES).map(([bidId, text]) => {
    const [yuan = 0, submittedAt = ''] = REQUESTS[bidId] ?? []
    const sheets = text.split('; ').map((part, index) => {
      const [expert = '', points = ''] = part.split(' ')
      return sheet(expert, points.split('/').map(Number), index + 1)
    })
    return { bidId, lot: 0, results: {}, requestedFen: BigInt(yuan) * 100n, submittedAt: new Date(submittedAt), sheets }
  })
}
