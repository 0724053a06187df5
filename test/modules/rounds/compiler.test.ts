import { readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { addDays } from '../../../src/kernel/days.ts'
import { orThrow } from '../../../src/kernel/decision.ts'
import { type Period, resolvePeriod, type WorkCalendar } from '../../../src/kernel/workdays.ts'
import { compile, errorsAmong, FINDINGS, publish } from '../../../src/modules/rounds/compiler/compile.ts'
import { contradiction, isFeasible, type Ratio } from '../../../src/modules/rounds/compiler/feasibility.ts'
import { asFieldError } from '../../../src/modules/rounds/compiler/finding.ts'
import { isLonger, isShorter } from '../../../src/modules/rounds/compiler/modes.ts'
import { DEFAULT_POLICY } from '../../../src/modules/rounds/defaultPolicy.ts'
import type { RoundPolicy } from '../../../src/modules/rounds/policyDocument.ts'
import { PROCUREMENT_MODES, type ProcurementMode } from '../../../src/modules/rounds/rules.ts'
import { DONGGUAN_2011 } from '../../cities/policies/dongguan2011.ts'
import { GUANGZHOU_2020 } from '../../cities/policies/guangzhou2020.ts'
import { GUANGZHOU_2023 } from '../../cities/policies/guangzhou2023.ts'
import { HAISHU } from '../../cities/policies/haishu.ts'
import { JIANGNING_TENTH } from '../../cities/policies/jiangning.ts'
import { PROCUREMENT } from '../../cities/policies/procurement.ts'
import { SHANGHAI } from '../../cities/policies/shanghai.ts'
import { SHANGYU_2020 } from '../../cities/policies/shangyu2020.ts'
import { SUZHOU_2012 } from '../../cities/policies/suzhou2012.ts'
import { ZHONGSHAN_2013 } from '../../cities/policies/zhongshan2013.ts'
import { SOUND_AWARDS } from './awardMutations.ts'
import { SOUND_FAIRNESS } from './fairnessMutations.ts'
import { SOUND_REVIEWS } from './hearingMutations.ts'
import { MUTATIONS } from './mutations.ts'
import { SOUND_REMEDIES } from './remedyMutations.ts'
import {
  type Change,
  days,
  foundWith,
  need,
  pool,
  priced,
  SOUND_FACTS,
  soundRound,
  source,
  weighted,
  workdays,
  yuan,
} from './soundRounds.ts'

t.test('a sound round of each mode is published without a word', async (t) => {
  for (const mode of PROCUREMENT_MODES) t.same(foundWith({ mode }), [], mode)
  t.match(publish(soundRound('grant'), SOUND_FACTS), {
    accepted: true,
    value: { state: 'published', formalCheckDue: { startOn: '2026-04-16', effectiveOn: '2026-04-23' } },
  })
})

t.test('a round is published once', async (t) => {
  t.match(publish({ ...soundRound('grant'), state: 'published' }, SOUND_FACTS), {
    refusal: { problem: { code: 'round_not_in_state' } },
  })
})

t.test('each way to spoil a round is found at its place, and nothing else with it', async (t) => {
  for (const [title, change, ...expected] of MUTATIONS) t.same(foundWith(change), expected, title)
  t.ok(MUTATIONS.length >= 80, `${MUTATIONS.length} mutations`)
})

t.test('the registry names each flaw once, in both languages, and each is provoked', async (t) => {
  const codes = FINDINGS.map(({ code }) => code)
  t.same(
    codes.filter((code, index) => codes.indexOf(code) !== index),
    [],
    'no code twice',
  )
  const provoked = new Set(MUTATIONS.flatMap(([, , ...expected]) => expected.map((found) => found.split(' ')[1])))
  t.same(
    codes.filter((code) => !provoked.has(code)),
    [],
    'no code without a mutation',
  )
  for (const [title, { mode = 'grant', policy, round, facts }] of MUTATIONS) {
    const sound = soundRound(mode)
    const spoiled = { ...sound, ...round, policy: { ...sound.policy, ...policy } }
    for (const finding of compile(spoiled, { ...SOUND_FACTS, ...facts })) {
      const { sentences } = asFieldError(finding)
      t.notMatch(`${sentences?.['zh-CN']} ${sentences?.en}`, /[{}]/, `${title}: every place of the sentence is filled`)
      t.match(sentences?.['zh-CN'], /[一-鿿]/, 'the Chinese sentence is Chinese')
    }
  }
})

t.test('votes, sessions, levels, amounts and remedies that fit together give no finding', async (t) => {
  for (const [title, change] of [...SOUND_AWARDS, ...SOUND_REMEDIES]) t.same(foundWith(change), [], title)
  for (const [index, change] of SOUND_REVIEWS.entries()) t.same(foundWith(change), [], `the ${index + 1}th of them`)
})

t.test('all errors of a draft come in one refusal with their number; warnings do not refuse', async (t) => {
  const round = soundRound('grant')
  const flawed = { ...round, policy: { ...round.policy, passLine: '101', tieBreak: [] } }
  t.match(publish(flawed, { ...SOUND_FACTS, pools: [] }), {
    refusal: {
      problem: { code: 'round_not_publishable' },
      parameters: { count: 2 },
      errors: [{ code: 'pools_missing' }, { code: 'pass_line_unreachable' }],
    },
  })
  t.ok(publish({ ...round, policy: { ...round.policy, tieBreak: [] } }, SOUND_FACTS).accepted)
})

const scenario = (name: string): Change => {
  const { round, needs } = JSON.parse(
    readFileSync(path.resolve(import.meta.dirname, `../../../demo/${name}.json`), 'utf8'),
  )
  const { opensAt, closesAt, ...cycle } = round.timetable
  return {
    mode: round.procurementMode,
    policy: round.policy,
    round: { ...cycle, opensAt: new Date(opensAt), closesAt: new Date(closesAt) },
    facts: {
      pools: round.pools.map((one: { size: string }, index: number) =>
        pool(index + 1, { purposes: null, fields: null, ...one, sizeFen: BigInt(one.size.replace('.', '')) }),
      ),
      needs: needs.map((one: object, index: number) => need(index + 1, { lotteryPurpose: null, ...one })),
      now: new Date('2026-01-20T00:00:00Z'),
    },
  }
}
const { tranches } = DEFAULT_POLICY
const SOUND: readonly (readonly [string, Change])[] = [
  ['the round of the demonstration county', scenario('yunting')],
  ['the round of the second county, with categories, grades and tranches of its own', scenario('hekou')],
  ['the default policy', { policy: { ...DEFAULT_POLICY } }],
  ...SOUND_AWARDS,
  [
    'one payment in advance',
    { policy: { tranches: tranches.slice(0, 1).map((one) => ({ ...one, basisPoints: 10_000 })) } },
  ],
  ['no ratio rules at all', { policy: { ratioRules: [] } }],
  [
    'shares that fit to the last basis point',
    {
      policy: {
        budgetCategories: ['staff_cost', 'activity', 'tax'],
        ratioRules: [
          { code: 'staff', numerator: 'staff_cost', base: 'grant', operator: 'gte', basisPoints: 3000 },
          { code: 'activity', numerator: 'activity', base: 'grant', operator: 'gte', basisPoints: 6000 },
          { code: 'tax', numerator: 'tax', base: 'grant', operator: 'gte', basisPoints: 1000 },
          { code: 'staff_most', numerator: 'staff_cost', base: 'grant', operator: 'lte', basisPoints: 3000 },
        ],
      },
    },
  ],
  [
    'own money of 40 % in general and 20 % for one class',
    {
      policy: {
        projectClasses: [{ code: 'remote', serviceFields: ['elderly_care'], lotteryPurposes: null }],
        ratioRules: [
          { code: 'own', numerator: 'matching', base: 'total', operator: 'gte', basisPoints: 4000 },
          {
            code: 'own_remote',
            numerator: 'matching',
            base: 'total',
            operator: 'lte',
            basisPoints: 5000,
            appliesTo: { projectClasses: ['remote'] },
          },
        ],
      },
    },
  ],
  [
    'a sheet of 170 points, said so',
    {
      policy: {
        sheetTotal: null,
        criteria: [
          { code: 'project', max: '100' },
          { code: 'raised', max: '50' },
          { code: 'special', max: '20' },
        ],
        tieBreak: ['project_mean', 'lot'],
      },
    },
  ],
  [
    'a panel sheet of 150 points beside evaluations of 100',
    {
      policy: {
        sheetTotal: '150',
        criteria: [
          { code: 'project', max: '100' },
          { code: 'raised', max: '50' },
        ],
        tieBreak: ['project_mean', 'lot'],
      },
    },
  ],
  [
    'procurement where the price keeps a tenth of a total that the panel makes half of',
    {
      mode: 'gov_procurement',
      policy: {
        ...priced(20),
        scoring: weighted(5_000, source('jury', '100', 5_000), source('deduction', '50', 10_000)),
      },
    },
  ],
  [
    'grades with a bonus above the sheet',
    {
      policy: {
        final: {
          ...DEFAULT_POLICY.final,
          bonusMax: '5',
          bands: [{ min: '102.5', grade: 'superb' }, ...DEFAULT_POLICY.final.bands],
        },
      },
    },
  ],
  [
    'a mid-term pass line that takes the whole bonus',
    { policy: { mid: { ...DEFAULT_POLICY.mid, passLine: '105', bonusMax: '5' } } },
  ],
  [
    'a notice counted with both its ends in calendar days',
    { policy: { notice: { window: days(10), excludeStartDay: false } } },
  ],
  [
    'a notice of a week that the first of May may shorten',
    { policy: { notice: { window: days(7), excludeStartDay: false } } },
  ],
  [
    'a notice of a week where no holiday is near',
    {
      policy: { notice: { window: days(7), excludeStartDay: false } },
      round: { closesAt: new Date('2026-05-07T09:00:00Z'), cycleStartsOn: '2026-06-15' },
    },
  ],
  [
    'a class that asks more of those who may bid',
    {
      policy: {
        eligibility: { ...DEFAULT_POLICY.eligibility, registeredMonthsMin: 24, registeredMonthsMax: 24 },
        applicantClasses: [
          {
            code: 'of_two_years',
            organizationTypes: ['social_service_org'],
            registeredMonthsMin: 24,
            registeredMonthsMax: 24,
            gradeMin: '3A',
            requiredAttachments: [],
            cap: null,
          },
        ],
      },
    },
  ],
  [
    'a jury that drops nothing',
    {
      policy: {
        panel: { size: 7, quorum: 5, recusalLookbackMonths: 0, dropExtremesMinSheets: null, outlierGap: null },
      },
    },
  ],
  ['pools in an order of the host', { policy: { poolOrder: [2, 1] } }],
  [
    'procurement of ten million by seven experts',
    {
      mode: 'gov_procurement',
      policy: { panel: { size: 7, quorum: 7, recusalLookbackMonths: 36, dropExtremesMinSheets: 7, outlierGap: null } },
      facts: { pools: [pool(1, { sizeFen: 1_000_000_000n })] },
    },
  ],
  ['a correction that is not granted and takes no time', { policy: { correction: { period: workdays(0), times: 0 } } }],
  [
    'no extension whatever',
    { policy: { change: { minorMaxBasisPointsOfLine: 0, extensionMaxDays: 0, extensionTimes: 0 } } },
  ],
]

const RICH: Change['facts'] = {
  pools: [
    pool(1, { source: 'welfare_lottery', purposes: ['elderly'], sizeFen: 500_000_000n }),
    pool(2, { source: 'foundation' }),
  ],
}
const CITIES: readonly (readonly [string, Change])[] = [
  ['Guangzhou 2020', { policy: GUANGZHOU_2020 }],
  ['Guangzhou 2023', { policy: GUANGZHOU_2023 }],
  ['Shanghai', { policy: SHANGHAI, mode: 'open_call_tender' }],
  ['Suzhou 2012', { policy: SUZHOU_2012 }],
  ['Haishu', { policy: HAISHU }],
  ['Dongguan 2011', { policy: DONGGUAN_2011 }],
  ['Zhongshan 2013', { policy: ZHONGSHAN_2013 }],
  ['Shangyu 2020', { policy: SHANGYU_2020 }],
  ['Jiangning’s tenth', { policy: JIANGNING_TENTH, mode: 'open_call_tender' }],
  ['procurement by law', { policy: PROCUREMENT, mode: 'gov_procurement' }],
]

t.test('of sound rules of fairness nothing is said', async (t) => {
  for (const [title, change] of SOUND_FAIRNESS)
    t.same(
      foundWith(change).filter((found) => !found.endsWith('stage_unmanned')),
      [],
      title,
    )
})

t.test('no sound round is refused', async (t) => {
  const severities = new Map(FINDINGS.map(({ code, severity }) => [code, severity]))
  for (const [title, change] of [...SOUND, ...CITIES.map(([city, one]) => [city, { ...one, facts: RICH }] as const)]) {
    const errors = foundWith(change).filter((found) => severities.get(found.split(' ')[1] ?? '') === 'error')
    t.same(errors, [], title)
  }
  t.ok(SOUND.length >= 10)
})

/** Shares of three categories that some budget really has, with rules that this budget keeps. */
const keptRules = fc
  .record({
    lines: fc.tuple(fc.nat(10_000), fc.nat(10_000), fc.nat(10_000)).filter((lines) => lines.some((line) => line > 0)),
    cash: fc.nat(10_000),
    inKind: fc.nat(10_000),
    share: fc.constantFrom(0, 2500, 5000, 9000, 10_000),
    kinds: fc.array(
      fc.record({
        numerator: fc.constantFrom('a', 'b', 'c', 'ab', 'matching', 'matching_cash', 'matching_in_kind'),
        base: fc.constantFrom('grant', 'total', 'matching'),
        operator: fc.constantFrom('gte', 'lte'),
        slack: fc.nat(500),
      }),
      { maxLength: 8 },
    ),
  })
  .map(({ lines, cash, inKind, share, kinds }) => {
    const limit = share === 10_000 ? inKind : (cash * share) / (10_000 - share)
    const matching = cash + Math.min(inKind, limit)
    const grant = lines[0] + lines[1] + lines[2]
    const numerators = {
      a: lines[0],
      b: lines[1],
      c: lines[2],
      ab: lines[0] + lines[1],
      matching,
      matching_cash: cash,
      matching_in_kind: inKind,
    }
    const ratios = kinds.flatMap(({ numerator, base, operator, slack }): Ratio[] => {
      const whole = { grant, total: grant + matching, matching }[base]
      const part = (numerators[numerator] * 10_000) / (whole === 0 ? 1 : whole)
      const basisPoints = operator === 'gte' ? Math.floor(part) - slack : Math.ceil(part) + slack
      const named: Ratio['numerator'] =
        numerator === 'ab' ? ['a', 'b'] : numerator.length === 1 ? [numerator] : (numerator as 'matching')
      const isSayable = whole > 0 && basisPoints >= 0 && basisPoints <= 10_000
      return isSayable ? [{ numerator: named, base, operator, basisPoints }] : []
    })
    return { shape: { categories: ['a', 'b', 'c'], inKindMatchingMaxBasisPoints: share }, ratios }
  })

t.test('rules that a budget keeps are never said to contradict each other', async () => {
  fc.assert(
    fc.property(keptRules, ({ shape, ratios }) => isFeasible(shape, ratios)),
    { numRuns: 2000 },
  )
})

t.test('of bounds on the lines alone, exactly those contradict whose floors or ceilings do not fit', async () => {
  const bound = fc.record({ least: fc.nat(10_000), most: fc.nat(10_000) })
  fc.assert(
    fc.property(fc.tuple(bound, bound, bound), (bounds) => {
      const ratios = bounds.flatMap(({ least, most }, index): Ratio[] => {
        const numerator = [['a', 'b', 'c'][index] ?? '']
        return [
          { numerator, base: 'grant', operator: 'gte', basisPoints: least },
          { numerator, base: 'grant', operator: 'lte', basisPoints: most },
        ]
      })
      const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
      const fits =
        bounds.every(({ least, most }) => least <= most) &&
        sum(bounds.map(({ least }) => least)) <= 10_000 &&
        sum(bounds.map(({ most }) => most)) >= 10_000
      return isFeasible({ categories: ['a', 'b', 'c'], inKindMatchingMaxBasisPoints: 5000 }, ratios) === fits
    }),
    { numRuns: 2000 },
  )
})

t.test('what is named as a contradiction is one, and without any of its rules it is none', async () => {
  const anyRule = fc.record({
    numerator: fc.constantFrom<Ratio['numerator']>(
      ['a'],
      ['b'],
      ['a', 'b'],
      'matching',
      'matching_cash',
      'matching_in_kind',
    ),
    base: fc.constantFrom('grant' as const, 'total' as const, 'matching' as const),
    operator: fc.constantFrom('gte' as const, 'lte' as const),
    basisPoints: fc.integer({ min: 0, max: 10_000 }),
  })
  const shape = { categories: ['a', 'b', 'c'], inKindMatchingMaxBasisPoints: 5000 }
  fc.assert(
    fc.property(fc.array(anyRule, { maxLength: 8 }), (ratios) => {
      const named = contradiction(shape, ratios).flatMap((index) => ratios[index] ?? [])
      if (named.length === 0) return isFeasible(shape, ratios)
      return (
        !isFeasible(shape, named) &&
        named.every((rule) =>
          isFeasible(
            shape,
            named.filter((other) => other !== rule),
          ),
        )
      )
    }),
    { numRuns: 1000 },
  )
})

/** Policies as careful cities write them. */
const soundPolicy: fc.Arbitrary<{ mode: ProcurementMode; policy: Partial<RoundPolicy> }> = fc
  .record({
    mode: fc.constantFrom(...PROCUREMENT_MODES),
    half: fc.integer({ min: 2, max: 7 }),
    weights: fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 2, maxLength: 10 }),
    cuts: fc.uniqueArray(fc.integer({ min: 1, max: 9999 }), { minLength: 0, maxLength: 5 }),
    minima: fc.uniqueArray(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 6 }),
    cap: fc.integer({ min: 20_000, max: 600_000 }),
    passLine: fc.integer({ min: 1, max: 100 }),
    noticeDays: fc.integer({ min: 15, max: 21 }),
    reply: fc.integer({ min: 1, max: 7 }),
  })
  .map(({ mode, half, weights, cuts, minima, cap, passLine, noticeDays, reply }) => {
    const whole = weights.reduce((sum, weight) => sum + weight, 0)
    const isPriced = mode === 'gov_procurement'
    // Eighty points by weight in hundredths, the rest on the first line or the price, so that the sheet has 100.
    const shared = weights.map((weight) => Math.floor((weight * 8000) / whole))
    const rest = 10_000 - shared.reduce((sum, weight) => sum + weight, 0)
    const lines = isPriced ? [...shared, rest] : shared.map((line, index) => (index === 0 ? line + rest : line))
    const criteria = lines.map((line, index) => ({
      code: `line_${index}`,
      max: (line / 100).toFixed(2),
      ...(isPriced && index === lines.length - 1 ? { kind: 'price' as const } : {}),
    }))
    const marks = [0, ...cuts.toSorted((a, b) => a - b), 10_000]
    const size = half * 2 + 1
    return {
      mode,
      policy: {
        cap: yuan(`${cap}.00`),
        criteria,
        passLine: String(passLine),
        tieBreak: ['line_0_mean', 'lower_request', 'lot'],
        panel: { size, quorum: half + 1, recusalLookbackMonths: 24, dropExtremesMinSheets: size, outlierGap: null },
        notice: { window: days(noticeDays), excludeStartDay: true },
        objection: { reply: workdays(reply), anonymous: 'log_only' as const },
        tranches: marks.slice(1).map((mark, index) => ({
          number: index + 1,
          basisPoints: mark - (marks[index] ?? 0),
          trigger:
            index === marks.length - 2
              ? ('final_passed_and_audited' as const)
              : index === 0
                ? ('agreement_effective' as const)
                : ('mid_passed' as const),
          due: workdays(15),
        })),
        final: {
          ...DEFAULT_POLICY.final,
          bands: [...minima.toSorted((a, b) => b - a), 0].map((min, index) => ({
            min: String(min),
            grade: `grade_${index}`,
          })),
        },
        rectification: { ...DEFAULT_POLICY.rectification, finalGradeCap: 'grade_0' },
      },
    }
  })

t.test('a random policy that keeps the rules of its mode is never refused', async () => {
  fc.assert(
    fc.property(soundPolicy, ({ mode, policy }) => {
      const round = soundRound(mode)
      return errorsAmong(compile({ ...round, policy: { ...round.policy, ...policy } }, SOUND_FACTS)).length === 0
    }),
    { numRuns: 500 },
  )
})

t.test('a period is called shorter exactly when some weekday makes it so', async () => {
  const weekends: WorkCalendar = { isWorkday: (date) => ![0, 6].includes(new Date(date).getUTCDay()) }
  const monday = '2026-06-01'
  const endOf = (startOn: string, period: Period) => orThrow(resolvePeriod(weekends, startOn, period)).effectiveOn
  const working = fc.integer({ min: 1, max: 60 }).map(workdays)
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 90 }).map(days), working, (window, least) => {
      const starts = [0, 1, 2, 3, 4, 5, 6].map((offset) => addDays(monday, offset))
      return isShorter(window, least) === starts.some((startOn) => endOf(startOn, window) < endOf(startOn, least))
    }),
    { numRuns: 2000 },
  )
})

t.test('periods are compared whatever days they are counted in', async (t) => {
  t.notOk(isShorter(days(7), workdays(5)), 'a week holds five working days')
  t.ok(isShorter(days(4), workdays(5)))
  t.ok(isShorter(days(6), workdays(5)), 'six days may hold a weekend')
  t.ok(isShorter(workdays(10), days(15)), 'two working weeks are fourteen days')
  t.notOk(isShorter(workdays(11), days(15)))
  t.ok(isLonger(days(45), workdays(30)))
  t.notOk(isLonger(workdays(7), workdays(7)))
})
