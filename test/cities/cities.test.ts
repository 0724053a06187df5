import t from 'tap'
import { expecting, money } from '../modules/rounds/fixtures.ts'
import { testApp } from '../support/app.ts'
import { DONGGUAN_2011 } from './policies/dongguan2011.ts'
import { GUANGZHOU_2020 } from './policies/guangzhou2020.ts'
import { GUANGZHOU_2023 } from './policies/guangzhou2023.ts'
import { HAISHU } from './policies/haishu.ts'
import { JIANGNING_TENTH } from './policies/jiangning.ts'
import { PROCUREMENT } from './policies/procurement.ts'
import { SHANGHAI } from './policies/shanghai.ts'
import { SHANGYU_2020 } from './policies/shangyu2020.ts'
import { ZHONGSHAN_2013 } from './policies/zhongshan2013.ts'
import { type CityRound, cityStage } from './round.ts'

const LOTTERY_PURPOSES = ['elderly', 'disabled', 'orphans', 'poverty']

t.test('the rounds of the cities, each by its own policy and without a line of code of its own', async (t) => {
  const app = await testApp(t)
  const stage = await cityStage(app)
  const { bidding, check, classes, judge, rank, recordResults, totals, propose } = stage

  await t.test('Guangzhou 2020: 40 % of one’s own, staff at most 30 % of the grant, cap 500,000', async (t) => {
    const city: CityRound = {
      policy: GUANGZHOU_2020,
      needs: { N: ['elderly', 'elderly_care'] },
      agencies: { A: {}, B: {}, C: {}, D: {} },
      bids: {
        exact: {
          agency: 'A',
          need: 'N',
          grant: 300_000,
          cash: 200_000,
          lines: { staff_cost: 90_000, service_activity: 210_000 },
          points: ['80'],
        },
        short: { agency: 'B', need: 'N', grant: 300_000, cash: 199_999 },
        staffed: {
          agency: 'C',
          need: 'N',
          grant: 300_000,
          cash: 200_000,
          lines: { staff_cost: 90_001, service_activity: 209_999 },
        },
        large: { agency: 'D', need: 'N', grant: 500_001, cash: 400_000 },
      },
    }
    const opened = await bidding(city)
    t.same(await check(opened, city), {
      exact: 'accepted',
      short: 'rejected: own_min',
      staffed: 'rejected: staff_max',
      large: 'rejected: grant_above_cap',
    })
    await judge(opened, city)
    t.same(totals(opened, await rank(opened)), ['exact 80.00 = panel 80.00'])
    t.same(await propose(opened), ['exact: fiscal 300000.00 (single bid)'])
  })

  await t.test('Guangzhou 2023: some projects bring 20 %; lists look back one, two and three years', async (t) => {
    const city: CityRound = {
      policy: GUANGZHOU_2023,
      needs: { general: ['elderly', 'elderly_care'], favoured: ['disabled', 'disability'] },
      agencies: { A: {}, B: {}, C: {}, D: {}, E: {} },
      bids: {
        general: { agency: 'A', need: 'general', grant: 600_000, cash: 399_999 },
        favoured: { agency: 'B', need: 'favoured', grant: 800_000, cash: 200_000 },
        listed: { agency: 'C', need: 'favoured', grant: 80_000, cash: 20_000 },
        removed: { agency: 'D', need: 'favoured', grant: 80_000, cash: 20_000 },
        fined: { agency: 'E', need: 'favoured', grant: 80_000, cash: 20_000 },
      },
    }
    const opened = await bidding(city, async (agencies) => {
      for (const [name, kind, listedOn] of [
        ['C', 'abnormal', '2025-04-16'],
        ['D', 'abnormal', '2025-04-15'],
        ['E', 'violation', '2023-04-16'],
      ] as const) {
        const path = `/v1/organizations/${agencies[name]?.organizationId}/credit-listings`
        const listing = { kind, listedOn, source: '社会组织信用信息公示平台' }
        const { body } = expecting(201, await app.call(stage.hostKey, 'POST', path, listing))
        if (kind !== 'abnormal') continue
        const removal = { removedOn: '2025-06-30', source: '社会组织信用信息公示平台' }
        expecting(200, await app.call(stage.hostKey, 'POST', `${path}/${body.id}/removal`, removal, { ifMatch: 1 }))
      }
    })
    t.same(await check(opened, city), {
      general: 'rejected: own_min',
      favoured: 'accepted',
      listed: 'rejected: listed_abnormal',
      removed: 'accepted',
      fined: 'rejected: major_violation',
    })
  })

  await t.test('Shanghai: the best bid for a need wins, a single one is mended and judged on merit', async (t) => {
    const defect = { code: 'plan_defect', detail: '进度安排缺项', isCurable: true, attachment: 'revised_plan' }
    const city: CityRound = {
      policy: SHANGHAI,
      mode: 'open_call_tender',
      needs: { contested: ['elderly', 'elderly_care'], single: [null, 'governance'] },
      agencies: { A: {}, B: {}, C: {} },
      bids: {
        better: { agency: 'A', need: 'contested', grant: 90_000, points: ['45/42'] },
        worse: { agency: 'B', need: 'contested', grant: 60_000, points: ['40/40'] },
        alone: { agency: 'C', need: 'single', grant: 50_000, points: ['38/34'], found: [defect] },
      },
    }
    const opened = await bidding(city)
    t.same(await check(opened, city), {
      better: 'accepted',
      worse: 'accepted',
      alone: 'returned_for_correction: plan_defect',
    })
    const path = `/v1/bids/${opened.bids['alone']}`
    const key = opened.agencies['C']?.key as string
    const correction = { attachments: [{ kind: 'revised_plan' }], statement: '已补充进度安排' }
    const ifMatch = await stage.versionOf(path, key)
    expecting(200, await app.call(key, 'POST', `${path}/correction`, correction, { ifMatch }))
    t.equal((await stage.formalCheck(opened.bids['alone'] as string)).body.state, 'accepted')
    await judge(opened, city)
    t.same(totals(opened, await rank(opened)), [
      'better 87.00 = panel 87.00',
      'worse 80.00 = panel 80.00',
      'alone 72.00 = panel 72.00',
    ])
    t.same(await propose(opened), [
      'better: fiscal 90000.00',
      'alone: fiscal 50000.00 (single bid)',
      'worse: need_served',
    ])
  })

  await t.test(
    'Haishu: start-ups, experienced organizations and town centres, each with its own conditions',
    async (t) => {
      const city: CityRound = {
        policy: HAISHU,
        needs: { N: ['elderly', 'elderly_care'] },
        agencies: {
          young: { registeredOn: '2024-04-16' },
          greedy: { registeredOn: '2025-01-01' },
          graded: { grade: { level: '3A', validTo: '2028-06-30' } },
          expired: { grade: { level: '4A', validTo: '2026-04-15' } },
          town: {},
          stranger: { type: 'enterprise' },
        },
        bids: {
          young: { agency: 'young', need: 'N', grant: 30_000 },
          greedy: { agency: 'greedy', need: 'N', grant: 30_001 },
          graded: { agency: 'graded', need: 'N', grant: 50_000, attachments: ['earlier_project_result'] },
          expired: { agency: 'expired', need: 'N', grant: 50_000, attachments: ['earlier_project_result'] },
          town: { agency: 'town', need: 'N', grant: 50_000, attachments: ['town_recommendation'] },
          stranger: { agency: 'stranger', need: 'N', grant: 50_000 },
        },
      }
      const opened = await bidding(city)
      t.match(await classes(opened), { young: null, town: null }, 'not before the formal check')
      t.same(await check(opened, city), {
        young: 'accepted',
        greedy: 'rejected: grant_above_cap',
        graded: 'accepted',
        expired: 'returned_for_correction: attachment_missing',
        town: 'accepted',
        stranger: 'rejected: applicant_class_none',
      })
      const of = (applicantClass: string | null) => ({ applicantClass, projectClass: null })
      t.same(await classes(opened), {
        young: of('start_up'),
        greedy: of('start_up'),
        graded: of('experienced'),
        expired: of('town_centre'),
        town: of('town_centre'),
        stranger: of(null),
      })
    },
  )

  await t.test('Dongguan 2011: 60 % review, 20 % donations, 20 % votes, recorded by the host', async (t) => {
    const city: CityRound = {
      policy: DONGGUAN_2011,
      needs: { N: ['elderly', 'elderly_care'], M: [null, 'governance'], O: [null, 'negotiation'] },
      agencies: { A: {}, B: {}, C: {} },
      bids: {
        judged: { agency: 'A', need: 'N', grant: 100_000, points: ['90'] },
        loved: { agency: 'B', need: 'M', grant: 100_000, points: ['80'] },
        poor: { agency: 'C', need: 'O', grant: 100_000, points: ['85'] },
      },
    }
    const opened = await bidding(city)
    await check(opened, city)
    await judge(opened, city)
    t.match((await rank(opened)).body, { code: 'score_results_missing' }, 'not before all are on record')
    const votes = { judged: '3000', loved: '9000', poor: '1500' }
    t.match((await recordResults(opened, 'online_vote', { judged: '3000' })).body, {
      code: 'score_results_invalid',
      errors: [{ code: 'result_missing' }, { code: 'result_missing' }],
    })
    expecting(201, await recordResults(opened, 'online_vote', { ...votes, loved: '90' }))
    expecting(201, await recordResults(opened, 'donation', { judged: '20000.00', loved: '50000.00', poor: '0' }))
    const corrected = expecting(201, await recordResults(opened, 'online_vote', votes))
    t.equal(corrected.body.number, 2, 'the wrong count stays on record')
    t.equal((await recordResults(opened, 'applause', votes)).status, 404)
    const ranking = await rank(opened)
    t.same(totals(opened, ranking), [
      'loved 88.00 = panel 48.00 + donation 20.00 + online_vote 20.00',
      'judged 68.67 = panel 54.00 + donation 8.00 + online_vote 6.67',
      'poor 54.33 = panel 51.00 + donation 0.00 + online_vote 3.33, below the line',
    ])
    t.match(ranking.body.entries[1], { total: { exact: '206/3' }, sum: '90.00', mean: '90.00' })
    t.same(await propose(opened), [
      'loved: fiscal 100000.00 (single bid)',
      'judged: fiscal 100000.00 (single bid)',
      'poor: below_pass_line',
    ])
    t.match((await recordResults(opened, 'online_vote', votes)).body, { code: 'score_results_too_late' })
    const list = await app.call(stage.hostKey, 'GET', `/v1/rounds/${opened.roundId}/score-results`)
    t.same(
      list.body.items.map(({ source, number }: { source: string; number: number }) => [source, number]),
      [
        ['online_vote', 2],
        ['donation', 1],
        ['online_vote', 1],
      ],
    )
    t.equal(
      (await app.call(opened.agencies['A']?.key ?? '', 'GET', `/v1/rounds/${opened.roundId}/score-results`)).status,
      403,
    )
  })

  await t.test('Zhongshan 2013: 100 by experts and jurors, up to 50 for money raised, 5 to 20 special', async (t) => {
    const city: CityRound = {
      policy: ZHONGSHAN_2013,
      needs: { N: ['elderly', 'elderly_care'], M: [null, 'governance'], O: [null, 'negotiation'] },
      agencies: { A: {}, B: {}, C: {}, breached: {} },
      bids: {
        solid: { agency: 'A', need: 'N', grant: 80_000, points: ['90'] },
        raised: { agency: 'B', need: 'M', grant: 80_000, points: ['75'] },
        weak: { agency: 'C', need: 'O', grant: 80_000, points: ['59'] },
        barred: { agency: 'breached', need: 'N', grant: 80_000 },
      },
    }
    const opened = await bidding(city, async (agencies) => {
      const path = `/v1/organizations/${agencies['breached']?.organizationId}/bans`
      expecting(
        201,
        await app.call(stage.hostKey, 'POST', path, { endsOn: '2029-03-31', reason: '违约,三年内不得申报' }),
      )
    })
    t.same(await check(opened, city), {
      solid: 'accepted',
      raised: 'accepted',
      weak: 'accepted',
      barred: 'rejected: banned',
    })
    await judge(opened, city)
    expecting(201, await recordResults(opened, 'public_jury', { solid: '80', raised: '70.5', weak: '95' }))
    t.match((await recordResults(opened, 'special', { raised: '4' }, '媒体奖')).body, {
      errors: [{ code: 'points_below_min' }],
    })
    t.match((await recordResults(opened, 'special', { raised: '15' })).body, { errors: [{ code: 'reason_missing' }] })
    expecting(201, await recordResults(opened, 'special', { raised: '15' }, '市级媒体专题报道'))
    expecting(201, await recordResults(opened, 'money_raised', { raised: '20000.00', weak: '90000' }, '企业认捐'))
    t.same(totals(opened, await rank(opened)), [
      'weak 119.80 = panel 41.30 + public_jury 28.50 + money_raised 50.00 + special 0.00, below the line',
      'raised 101.15 = panel 52.50 + public_jury 21.15 + money_raised 12.50 + special 15.00',
      'solid 87.00 = panel 63.00 + public_jury 24.00 + money_raised 0.00 + special 0.00',
    ])
    t.same(await propose(opened), [
      'raised: fiscal 80000.00 (single bid)',
      'solid: fiscal 80000.00 (single bid)',
      'weak: below_pass_line',
    ])
  })

  await t.test('Shangyu 2020: three groups of the budget with their proportions, and what is forbidden', async (t) => {
    const city: CityRound = {
      policy: SHANGYU_2020,
      needs: { N: ['elderly', 'elderly_care'] },
      agencies: { A: {}, B: {}, C: {}, D: {} },
      bids: {
        exact: {
          agency: 'A',
          need: 'N',
          grant: 20_000,
          lines: {
            activity: 10_000,
            materials: 4_000,
            expert_fee: 2_000,
            staff_cost: 2_000,
            office: 1_000,
            tax: 1_000,
          },
        },
        managed: {
          agency: 'B',
          need: 'N',
          grant: 20_000,
          lines: { activity: 16_000, staff_cost: 2_000, office: 1_001, tax: 999 },
        },
        idle: { agency: 'C', need: 'N', grant: 20_000, lines: { materials: 15_999, office: 3_000, tax: 1_001 } },
        gifts: {
          agency: 'D',
          need: 'N',
          grant: 20_000,
          lines: { activity: 16_000, cash_or_gift_to_beneficiary: 4_000 },
        },
      },
    }
    t.same(await check(await bidding(city), city), {
      exact: 'accepted',
      managed: 'rejected: management_max',
      idle: 'rejected: business_min, taxes_max',
      gifts: 'rejected: category_forbidden',
    })
  })

  await t.test('Jiangning’s tenth: 77 lots in one tender, a foundation adds to the lottery', async (t) => {
    const lots = Array.from({ length: 77 }, (_, index) => [`lot${index + 1}`, ['elderly', 'elderly_care']] as const)
    const city: CityRound = {
      policy: JIANGNING_TENTH,
      pools: [
        { source: 'welfare_lottery', name: '福彩公益金', size: money('5000000.00'), purposes: LOTTERY_PURPOSES },
        { source: 'foundation', name: '基金会配比资金', size: money('60000.00') },
      ],
      needs: Object.fromEntries(lots),
      agencies: { A: {}, B: {}, C: {} },
      bids: {
        first: { agency: 'A', need: 'lot1', grant: 80_000, points: ['80'] },
        rival: { agency: 'B', need: 'lot1', grant: 80_000, points: ['75'] },
        last: { agency: 'C', need: 'lot77', grant: 60_000, points: ['80'] },
        other: { agency: 'B', need: 'lot77', grant: 60_000, points: ['90'] },
      },
    }
    const opened = await bidding(city)
    await check(opened, city)
    await judge(opened, city)
    const ranking = expecting(200, await rank(opened))
    t.same(
      ranking.body.entries.map(
        ({
          bidId,
          needId,
          rank,
          rankInNeed,
        }: Record<'bidId' | 'needId', string> & Record<'rank' | 'rankInNeed', number>) => [
          opened.nameOf(bidId),
          opened.lotOf(needId),
          rank,
          rankInNeed,
        ],
      ),
      [
        ['first', 'lot1', 1, 1],
        ['rival', 'lot1', 2, 2],
        ['other', 'lot77', 3, 1],
        ['last', 'lot77', 4, 2],
      ],
      'a better total in a later lot does not come first, and 80 in two lots is no tie',
    )
    t.same(await propose(opened), [
      'first: welfare_lottery 40000.00 + foundation 40000.00',
      'other: welfare_lottery 40000.00 + foundation 20000.00',
      'rival: need_served',
      'last: need_served',
    ])
  })

  await t.test('procurement: the lowest price gets all its points, and two bids are too few', async (t) => {
    const city: CityRound = {
      policy: PROCUREMENT,
      mode: 'gov_procurement',
      pools: [{ source: 'fiscal', name: '财政资金', size: money('500000.00') }],
      needs: { N: ['elderly', 'elderly_care'], M: [null, 'governance'] },
      agencies: { A: {}, B: {}, C: {}, D: {} },
      bids: {
        dear: { agency: 'A', need: 'N', grant: 90_000, points: ['45/25'] },
        cheap: { agency: 'B', need: 'N', grant: 60_000, points: ['40/22'] },
        middle: { agency: 'C', need: 'N', grant: 70_000, points: ['44/26', '42/24', '43/25', '41/27', '45/23'] },
        lonely: { agency: 'D', need: 'M', grant: 50_000, points: ['48/28'] },
        lonelier: { agency: 'A', need: 'M', grant: 40_000, points: ['40/20'] },
      },
    }
    const opened = await bidding(city)
    await check(opened, city)
    await judge(opened, city)
    const ranking = await rank(opened)
    t.same(totals(opened, ranking), [
      'middle 85.14 = panel 68.00 + price 17.14',
      'dear 83.33 = panel 70.00 + price 13.33',
      'cheap 82.00 = panel 62.00 + price 20.00',
      'lonely 92.00 = panel 76.00 + price 16.00',
      'lonelier 80.00 = panel 60.00 + price 20.00',
    ])
    t.equal(ranking.body.entries[0].total.exact, '596/7', '68 and 60000/70000 of 20')
    t.same(await propose(opened), [
      'middle: fiscal 70000.00',
      'dear: need_served',
      'cheap: need_served',
      'lonely: too_few_bids',
      'lonelier: too_few_bids',
    ])
  })
})
