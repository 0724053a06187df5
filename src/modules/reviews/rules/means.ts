import { sumPoints } from '../../../kernel/points.ts'
import { type Fraction, fraction } from '../../../kernel/ratio.ts'
import type { SheetItem } from './sheets.ts'

/** The exact mean of each criterion, in hundredths of a point; criteria that no sheet has are left out. */
export function criterionMeans(
  codes: readonly string[],
  sheets: readonly { readonly items: readonly SheetItem[] }[],
): { readonly criterion: string; readonly hundredths: Fraction }[] {
  return codes.flatMap((criterion) => {
    const points = sheets.flatMap(({ items }) =>
      items.flatMap((item) => (item.criterion === criterion ? [item.hundredths] : [])),
    )
    return points.length === 0 ? [] : [{ criterion, hundredths: fraction(sumPoints(points), points.length) }]
  })
}
