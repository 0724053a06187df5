import { Type } from 'typebox'
import {
  closed,
  Day,
  Id,
  Instant,
  ListOf,
  Money,
  Nullable,
  Points,
  Text,
  Word,
} from '../../../platform/http/schemas.ts'
import { BidContentBody } from '../../bids/index.ts'
import { SEAT_STATES } from '../rules/seating.ts'
import { VOTES } from '../rules/sheets.ts'
import { Actions, Code } from './words.ts'

export const AssignmentBody = closed(
  {
    bidId: Id('bid'),
    panelId: Id('pnl'),
    roundId: Id('rnd'),
    reviewOn: Day,
    state: Word(SEAT_STATES),
    sheetId: Nullable(Id('sht')),
  },
  { title: 'AssignedBidHead' },
)
export const AssignedBidParams = closed({ bidId: Id('bid') })
const text = { title: Text(200), text: Type.String({ maxLength: 20_000 }) }
export const AssignedBidBody = closed(
  {
    bidId: Id('bid'),
    roundId: Id('rnd'),
    organizationId: Nullable(Id('org')),
    sponsoredGroupId: Nullable(Id('org')),
    need: closed({ id: Id('need'), ...text }, { title: 'AssignedNeed' }),
    project: closed({ id: Nullable(Id('prj')), ...text }, { title: 'AssignedProject' }),
    content: Nullable(BidContentBody),
    criteria: ListOf(closed({ code: Code, max: Points }, { title: 'ScoreCriterion' }), 40),
  },
  {
    title: 'AssignedBid',
    description:
      'In a blind round the panel reads no organization, no filed group and no identifier of the project: they are null.',
  },
)

/** Sheets in one request; each has at least one score. */
const SHEETS_AT_ONCE = 1_000

const Item = closed({ criterion: Code, points: Points }, { title: 'ScoreItem' })
const sheetContent = {
  items: Type.Optional(
    ListOf(Item, 40, { description: 'Exactly the criteria of the policy; none where the panel votes.' }),
  ),
  vote: Type.Optional(Nullable(Word(VOTES, 'Where the policy has the panel vote.'))),
  recommendedAmount: Type.Optional(Nullable(Money)),
  remark: Type.Optional(Nullable(Text(2000, 'The opinion of the expert.'))),
}
export const NewScoreSheet = closed({ bidId: Id('bid'), ...sheetContent }, { title: 'NewScoreSheet' })
export const NewScoreSheets = closed(
  { sheets: ListOf(NewScoreSheet, SHEETS_AT_ONCE, { minItems: 1, description: 'Together at most 1,000 scores.' }) },
  { title: 'NewScoreSheets' },
)
export const NewCorrection = closed(
  { ...sheetContent, reason: Text(2000, 'Why the sheet is corrected; kept with the old values.') },
  { title: 'NewCorrection' },
)
export const NewOutlierReason = closed({ reason: Text(2000) }, { title: 'NewOutlierReason' })
export const SheetOutcomeBody = closed(
  {
    bidId: Id('bid'),
    status: Word(['signed', 'refused'] as const),
    sheetId: Nullable(Id('sht')),
    total: Nullable(Points),
    problem: Nullable(
      closed(
        {
          code: Type.String({ maxLength: 80, description: 'Stable code; see docs/guide/problems.md.' }),
          detail: Type.String({ maxLength: 4000 }),
          errors: ListOf(
            closed({
              pointer: Type.String({ maxLength: 500 }),
              code: Type.String({ maxLength: 80 }),
              detail: Type.String({ maxLength: 1000 }),
            }),
            100,
          ),
        },
        { title: 'SheetProblem' },
      ),
    ),
  },
  { title: 'SheetOutcome' },
)
export const SheetOutcomesBody = closed(
  { outcomes: ListOf(SheetOutcomeBody, SHEETS_AT_ONCE, { description: 'In the order of the request.' }) },
  { title: 'SheetOutcomes' },
)
const sheet = {
  id: Id('sht'),
  bidId: Id('bid'),
  expertId: Id('exp'),
  roundId: Id('rnd'),
  items: ListOf(Item, 40),
  total: Points,
  vote: Nullable(Word(VOTES)),
  recommendedAmount: Nullable(Money),
  remark: Nullable(Text(2000)),
  outlierReason: Nullable(Text(2000)),
  corrects: Nullable(
    closed(
      { sheetId: Id('sht'), reason: Text(2000) },
      {
        title: 'SheetCorrection',
        description: 'The void sheet with the old values that this one takes the place of.',
      },
    ),
  ),
  signedAt: Instant,
  voidedAt: Nullable(Instant),
}
export const ScoreSheetBody = closed(sheet, { title: 'ScoreSheet' })
export const OfferedSheetBody = closed({ ...sheet, actions: Actions }, { title: 'ScoreSheetOnRecord' })
export const ScoreSheetParams = closed({ sheetId: Id('sht') })
export const ScoreSheetFilter = closed({ roundId: Type.Optional(Id('rnd')), bidId: Type.Optional(Id('bid')) })
