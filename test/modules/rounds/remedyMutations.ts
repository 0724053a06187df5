import type { Mutation } from './mutations.ts'
import { type Change, SUPERVISOR, workdays } from './soundRounds.ts'

const PROBING = {
  probeEveryMinutes: 10,
  toleranceMinutes: 60,
  extendWhenUnreachable: true,
  extensionWorkdaysMax: 10,
  unknownCountsAsDown: false,
}
const NOTICE = { window: workdays(5), excludeStartDay: true }
const GOV_NOTICE = { window: workdays(7), excludeStartDay: true }
const OBJECTION = { reply: workdays(5), anonymous: 'log_only' as const }
const APPEAL = { window: workdays(3), decision: workdays(10) }

/** Ways to spoil what a policy says of redaction, reachability and remedies. */
export const REMEDY_MUTATIONS: readonly Mutation[] = [
  [
    'group names left out and masked',
    { policy: { notice: { ...NOTICE, redactions: ['group_name_omitted', 'group_name_masked'] } } },
    '#/policy/notice/redactions redaction_contradictory',
  ],
  [
    'a result of procurement without its amount',
    { mode: 'gov_procurement', policy: { notice: { ...GOV_NOTICE, redactions: ['amount_omitted'] } } },
    '#/policy/notice/redactions redaction_unlawful',
  ],
  [
    'a grant notice without amounts',
    { policy: { notice: { ...NOTICE, redactions: ['amount_omitted'] } } },
    '#/policy/notice/redactions redaction_hides_amount',
  ],
  [
    'an outage of a whole day tolerated',
    { policy: { notice: { ...NOTICE, reachability: { ...PROBING, toleranceMinutes: 1_440 } } } },
    '#/policy/notice/reachability/toleranceMinutes notice_extension_never',
  ],
  [
    'probes that are rarer than the outage that counts',
    { policy: { notice: { ...NOTICE, reachability: { ...PROBING, probeEveryMinutes: 61 } } } },
    '#/policy/notice/reachability/probeEveryMinutes probe_coarse',
  ],
  [
    'an appeal of the awarded without any appeal',
    { policy: { objection: { ...OBJECTION, awardedMayAppeal: true } } },
    '#/policy/objection awarded_appeal_without_appeal',
  ],
  [
    'a statement that may come after the answer',
    {
      policy: {
        objection: { ...OBJECTION, cooperation: workdays(6), nonCooperation: 'counts_as_upheld', reviewerId: 'org_2' },
      },
    },
    '#/policy/objection/cooperation cooperation_outlasts_reply',
  ],
  [
    'a statement in no time whose lack counts as upheld',
    {
      policy: {
        objection: { ...OBJECTION, cooperation: workdays(0), nonCooperation: 'counts_as_upheld' },
      },
    },
    '#/policy/objection/cooperation period_zero',
  ],
  [
    'an appeal in no time',
    {
      policy: { objection: { ...OBJECTION, appeal: { ...APPEAL, window: workdays(0) }, reviewerId: SUPERVISOR } },
    },
    '#/policy/objection/appeal/window period_zero',
  ],
  [
    'an appeal decided in no time',
    {
      policy: { objection: { ...OBJECTION, appeal: { ...APPEAL, decision: workdays(0) }, reviewerId: SUPERVISOR } },
    },
    '#/policy/objection/appeal/decision period_zero',
  ],
  [
    'an appeal beside the complaint of the law',
    {
      mode: 'gov_procurement',
      policy: { objection: { ...OBJECTION, appeal: APPEAL, reviewerId: 'org_2' } },
    },
    '#/policy/objection/appeal appeal_beside_complaint',
  ],
  [
    'a host that reviews itself',
    { policy: { objection: { ...OBJECTION, appeal: APPEAL, reviewerId: 'org_1' } } },
    '#/policy/objection/reviewerId reviewer_is_host',
  ],
  [
    'an appeal that nobody else decides',
    { policy: { objection: { ...OBJECTION, appeal: APPEAL } } },
    '#/policy/objection appeal_without_reviewer',
  ],
  [
    'appeals to an organization that there is not',
    { policy: { objection: { ...OBJECTION, appeal: APPEAL, reviewerId: 'org_3' } } },
    '#/policy/objection/reviewerId organization_unknown',
  ],
  [
    'appeals to an organization for which nobody acts',
    { policy: { objection: { ...OBJECTION, appeal: APPEAL, reviewerId: SUPERVISOR } }, facts: { standings: [] } },
    '#/policy/objection/reviewerId reviewer_unmanned',
  ],
  [
    'procurement without a supervising organization',
    { mode: 'gov_procurement', policy: { objection: OBJECTION } },
    '#/policy/objection complaint_without_supervisor',
  ],
]

/** Rules of remedies about which there is nothing to say. */
export const SOUND_REMEDIES: readonly (readonly [title: string, change: Change])[] = [
  [
    'an appeal of a day, decided in a day, and a statement within a day',
    {
      policy: {
        objection: {
          ...OBJECTION,
          ...{ appeal: { window: workdays(1), decision: workdays(1) }, reviewerId: SUPERVISOR },
          ...{ cooperation: workdays(1), nonCooperation: 'counts_as_upheld' },
        },
      },
    },
  ],
  [
    'no time for a statement that need not come',
    { policy: { objection: { ...OBJECTION, cooperation: workdays(0), nonCooperation: 'none' } } },
  ],
]
