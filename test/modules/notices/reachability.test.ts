import fc from 'fast-check'
import t from 'tap'
import { orThrow } from '../../../src/kernel/decision.ts'
import { calendarFrom } from '../../../src/kernel/workdays.ts'
import { BUILT_IN_YEARS } from '../../../src/modules/calendar/builtIn.ts'
import { lossInWords } from '../../../src/modules/notices/pageDocument.ts'
import {
  lastDayOf,
  lengthened,
  lostDays,
  reachabilityByDay,
  workdaysToAdd,
} from '../../../src/modules/notices/rules/reachability.ts'
import { redacted, withheldFields } from '../../../src/modules/notices/rules/redaction.ts'

const RULES = {
  probeEveryMinutes: 10,
  toleranceMinutes: 60,
  extendWhenUnreachable: true,
  extensionWorkdaysMax: 3,
  unknownCountsAsDown: false,
}
const at = (instant: string) => new Date(`2026-05-${instant}+08:00`)
const seen = (instant: string, isReachable: boolean) => ({ at: at(instant), isReachable })
const calendar = calendarFrom(BUILT_IN_YEARS)

t.test('a failed probe is an outage until the next one, split at midnight of Shanghai', async (t) => {
  const probes = [
    seen('06T23:40:00', true),
    seen('06T23:50:00', false),
    seen('07T00:05:00', true),
    seen('07T00:15:00', true),
  ]
  t.same(reachabilityByDay(probes, at('06T23:40:00'), at('07T00:20:00'), RULES), [
    { day: '2026-05-06', downMinutes: 10, unknownMinutes: 0 },
    { day: '2026-05-07', downMinutes: 5, unknownMinutes: 0 },
  ])
})

t.test('a prober that falls silent proves nothing: after two intervals the time is unknown', async (t) => {
  const days = reachabilityByDay([seen('06T10:00:00', false)], at('06T09:00:00'), at('06T12:00:00'), RULES)
  t.same(days, [{ day: '2026-05-06', downMinutes: 20, unknownMinutes: 160 }])
  t.same(lostDays(days, RULES), [], 'unknown time is no outage')
  t.same(lostDays(days, { ...RULES, unknownCountsAsDown: true }), days, 'unless the policy says so')
  t.same(reachabilityByDay([], at('06T09:00:00'), at('06T09:00:00'), RULES), [], 'nothing has passed yet')
})

t.test('a day is lost when more minutes are gone than tolerated, not when just as many are', async (t) => {
  const day = (downMinutes: number) => ({ day: '2026-05-06', downMinutes, unknownMinutes: 0 })
  t.same(lostDays([day(60)], RULES), [])
  t.same(lostDays([day(61)], RULES), [day(61)])
})

t.test('each lost day adds one working day, once, and not more than the policy’s most', async (t) => {
  const lost = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ day: `2026-05-0${index + 1}`, downMinutes: 99, unknownMinutes: 0 }))
  t.equal(workdaysToAdd(lost(2), RULES, 0), 2)
  t.equal(workdaysToAdd(lost(2), RULES, 2), 0)
  t.equal(workdaysToAdd(lost(5), RULES, 2), 1)
  t.equal(workdaysToAdd(lost(2), RULES, 3), 0)
  t.equal(workdaysToAdd(lost(2), { ...RULES, extendWhenUnreachable: false }, 0), 0)
})

t.test('a longer window ends on a working day after its former last day', async (t) => {
  const closesAt = at('08T24:00:00')
  t.equal(lastDayOf(closesAt), '2026-05-08')
  t.match(orThrow(lengthened(calendar, closesAt, 1)), { formerLastOn: '2026-05-08', lastOn: '2026-05-09' })
  t.match(orThrow(lengthened(calendar, closesAt, 2)), { lastOn: '2026-05-11', closesAt: at('11T24:00:00') })
  t.equal(lengthened(calendarFrom(new Map()), closesAt, 1).accepted, false)
})

t.test('whatever is probed, the minutes of all days together never exceed the window', async (t) => {
  const from = at('06T00:00:00')
  const to = at('11T00:00:00')
  const minute = fc.integer({ min: -60, max: 5 * 1440 + 60 })
  fc.assert(
    fc.property(fc.uniqueArray(minute), fc.infiniteStream(fc.boolean()), (minutes, states) => {
      const probes = minutes
        .sort((left, right) => left - right)
        .map((offset) => ({
          at: new Date(from.getTime() + offset * 60_000),
          isReachable: states.next().value === true,
        }))
      const days = reachabilityByDay(probes, from, to, RULES)
      const sum = days.reduce((total, { downMinutes, unknownMinutes }) => total + downMinutes + unknownMinutes, 0)
      return days.length <= 5 && sum <= 5 * 1440 && days.every(({ downMinutes }) => downMinutes <= 1440)
    }),
  )
  const whole = reachabilityByDay([], from, to, RULES)
  t.same(
    whole.map(({ unknownMinutes }) => unknownMinutes),
    [1440, 1440, 1440, 1440, 1440],
  )
})

t.test('a redaction takes out or masks its own fields on every line and no other', async (t) => {
  const yuan = (amount: string) => ({ amount, currency: 'CNY' as const })
  const item = {
    subject: 'awd_1',
    projectId: 'prj_1',
    projectTitle: '探访',
    organizationId: 'org_1',
    organizationName: '暖汀',
    sponsoredGroupName: '张三志愿队',
    needId: 'need_1',
    needTitle: '独居老人',
    approved: yuan('9.00'),
    sources: [{ source: 'fiscal', amount: yuan('9.00') }],
    isSingleBid: true,
  }
  t.same(redacted([item], []), [item])
  t.equal(redacted([item], ['group_name_masked'])[0]?.sponsoredGroupName, '张****')
  const { sponsoredGroupName: _, ...without } = item
  t.same(redacted([item], ['group_name_omitted', 'group_name_masked']), [without], 'left out wins over masked')
  t.same(redacted([without], ['group_name_masked']), [without], 'what is not there is not masked')
  for (const code of ['group_name_masked', 'group_name_omitted'] as const) {
    t.same(withheldFields(item, [code]), ['sponsoredGroupId'], 'the project tells no more than the notice')
    t.same(withheldFields(without, [code]), [])
  }
  t.same(withheldFields(item, ['need_omitted', 'amount_omitted']), ['needIds'])
  t.strictSame(Object.keys(redacted([item], ['amount_omitted', 'need_omitted', 'single_bid_omitted'])[0] ?? {}), [
    'subject',
    'projectId',
    'projectTitle',
    'organizationId',
    'organizationName',
    'sponsoredGroupName',
  ])
})

t.test('the page says unknown of days of which nobody knows, and outage of outages', async (t) => {
  const down = { day: '2026-04-30', downMinutes: 91, unknownMinutes: 5 }
  const unknown = { day: '2026-05-06', downMinutes: 0, unknownMinutes: 1440 }
  const words = (lost: (typeof down)[], unknownCountsAsDown = true) =>
    lossInWords({ lostDays: lost, toleranceMinutes: 60, unknownCountsAsDown })
  t.equal(words([down], false), '2026-04-30(中断 91 分钟) 无法正常访问')
  t.equal(words([unknown]), '2026-05-06(访问状况不明 1440 分钟) 访问状况不明(按本轮规则视同中断)')
  t.equal(
    words([down, unknown]),
    '2026-04-30(中断 91 分钟,访问状况不明 5 分钟)、2026-05-06(访问状况不明 1440 分钟) 无法正常访问或访问状况不明(按本轮规则视同中断)',
  )
})
