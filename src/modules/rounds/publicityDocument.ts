import { type Static, Type } from 'typebox'
import { Count, closed, Id, ListOf, Nullable, Period, Word } from '../../platform/http/schemas.ts'

/** What the public copy of a notice leaves out, or shows in part. Telephone numbers and people are never in it. */
export const REDACTIONS = [
  'group_name_omitted',
  'group_name_masked',
  'need_omitted',
  'amount_omitted',
  'sources_omitted',
  'single_bid_omitted',
  'total_omitted',
  'grade_omitted',
] as const
export type Redaction = (typeof REDACTIONS)[number]

export const NON_COOPERATION = ['none', 'counts_as_upheld'] as const
export const AFTER_UPHELD = ['next_ranked', 'reopen_need'] as const

const ReachabilityRules = closed(
  {
    probeEveryMinutes: Count(1_440, 1, 'How often the service asks for the public page of an open notice.'),
    toleranceMinutes: Count(1_440, 0, 'A day with more minutes of outage than this is a lost day.'),
    extendWhenUnreachable: Type.Boolean({ description: 'Each lost day adds a working day to the notice.' }),
    extensionWorkdaysMax: Count(60, 1, 'No more working days than this are added.'),
    unknownCountsAsDown: Type.Boolean({
      description: 'Whether time that nobody probed counts as outage. A silent prober proves nothing either way.',
    }),
  },
  { title: 'ReachabilityRules' },
)

/** The words beyond `window` are optional, because policies were written before them; {@link noticeRulesOf} tells the defaults. */
export const NoticeRules = closed(
  {
    window: Period,
    excludeStartDay: Type.Boolean(),
    redactions: Type.Optional(
      ListOf(Word(REDACTIONS), REDACTIONS.length, {
        uniqueItems: true,
        description: 'What the public copy leaves out or masks. Absent: nothing.',
      }),
    ),
    reachability: Type.Optional(ReachabilityRules),
  },
  { title: 'NoticeRules' },
)

const AppealRules = closed(
  { window: Period, decision: Period },
  { title: 'AppealRules', description: 'Time for the one appeal, from the day of the decision, and for deciding it.' },
)

/**
 * {@link objectionRulesOf} tells what the optional words mean where they are absent. `pauseMax` is how long the clock of one
 * answer may stand still in all; absent: as long as the host pauses it. `reviewerId` decides appeals and, in
 * procurement by law, complaints; null: the host decides appeals again, and there is nobody to complain to.
 */
export const ObjectionRules = closed(
  {
    reply: Period,
    anonymous: Word(['log_only'] as const),
    cooperation: Type.Optional(Period),
    nonCooperation: Type.Optional(
      Word(
        NON_COOPERATION,
        'When the awarded organization gives no statement by the day it was asked for. Absent: `none`.',
      ),
    ),
    afterUpheld: Type.Optional(
      Word(AFTER_UPHELD, 'Who gets the money of a cancelled award. Absent: `next_ranked`, with a notice of its own.'),
    ),
    filerShownToAwarded: Type.Optional(
      Type.Boolean({ description: 'May the awarded organization learn who objects? Absent: no.' }),
    ),
    pauseMax: Type.Optional(Period),
    appeal: Type.Optional(AppealRules),
    awardedMayAppeal: Type.Optional(
      Type.Boolean({
        description:
          'An upheld objection takes effect once the awarded organization has let the time for the appeal pass, or has lost it. Absent: at once.',
      }),
    ),
    reviewerId: Type.Optional(Nullable(Id('org'))),
  },
  { title: 'ObjectionRules' },
)
export type NoticeRules = Static<typeof NoticeRules>
export type ObjectionRules = Static<typeof ObjectionRules>

/** The rules of the notice with what absent words mean: nothing redacted, probed every quarter of an hour, never extended. */
export function noticeRulesOf({ redactions, reachability, ...rules }: NoticeRules) {
  return {
    ...rules,
    redactions: redactions ?? [],
    reachability: reachability ?? {
      probeEveryMinutes: 15,
      toleranceMinutes: 60,
      extendWhenUnreachable: false,
      extensionWorkdaysMax: 10,
      unknownCountsAsDown: false,
    },
  }
}

/** The rules of objections with what absent words mean. */
export function objectionRulesOf(rules: ObjectionRules) {
  return {
    ...rules,
    cooperation: rules.cooperation ?? { amount: 3, basis: 'working' as const },
    nonCooperation: rules.nonCooperation ?? 'none',
    afterUpheld: rules.afterUpheld ?? 'next_ranked',
    filerShownToAwarded: rules.filerShownToAwarded ?? false,
    pauseMax: rules.pauseMax ?? null,
    appeal: rules.appeal ?? null,
    awardedMayAppeal: rules.awardedMayAppeal ?? false,
    reviewerId: rules.reviewerId ?? null,
  }
}
