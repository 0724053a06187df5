import { type Answer, type TestApp, testApp } from '../../support/app.ts'
import { runnerOf } from '../../support/deadlines.ts'

const LOTTERY_PURPOSES = ['elderly', 'disabled', 'orphans', 'poverty']
const DIVISIONS = [
  ['990000000000', '测试省'],
  ['990400000000', '测试市'],
  ['990421000000', '云汀县'],
  ['990421101000', '临溪镇'],
  ['990421101001', '望溪社区'],
]
const UNKNOWN = '00000000000000000000000000'

export interface County extends TestApp {
  readonly keys: {
    readonly host: string
    readonly operator: string
    readonly town: string
    readonly auditor: string
    readonly expert: string
    /** Agencies in the order of {@link BIDS}. */
    readonly agencies: readonly string[]
  }
  readonly agencyIds: readonly string[]
  readonly roundId: string
  /** Needs by name: `visits` (two bids, 扶老) and `mediation` (a single bid). */
  readonly needIds: { readonly visits: string; readonly mediation: string }
  /** Reads the resource's version and gives the command with it. */
  act(key: string, resource: string, command: string, body?: unknown): Promise<Answer>
  /** Moves the host's clock and does what has come due. */
  advanceTo(instant: string): Promise<void>
  /** The standing of all awards: state by need and agency. */
  awards(): Promise<AwardSeen[]>
  awardOf(agency: number): Promise<AwardSeen>
  pools(): Promise<{ source: string; allocated: string }[]>
}

/** Top-level fields of the policy that differ from a plain grant; made once the app is there, where they name organizations. */
export type CountyPolicy = object | ((app: TestApp) => Promise<object>)

export interface AwardSeen {
  readonly id: string
  readonly bidId: string
  readonly projectId: string
  readonly organizationId: string
  readonly state: string
}

/** First and second for the visits, the only one for the mediation. */
const BIDS = [
  { agency: 0, need: 'visits', grant: '95000.00', points: '90' },
  { agency: 1, need: 'visits', grant: '88000.00', points: '84' },
  { agency: 2, need: 'mediation', grant: '85000.00', points: '78' },
] as const

/** A round with a panel of one expert, reviewed and ranked; it is 09:00 of 29 April 2026, nothing is proposed yet. */
export async function rankedCounty(
  t: { teardown(handler: () => Promise<void>): void },
  policy: CountyPolicy = {},
): Promise<County> {
  const app = await testApp(t)
  const { call, keyFor, setClock, newOrganization, openWaiting, database, config, deps } = app
  const runner = runnerOf({ config, database, deps })
  const advanceTo = async (instant: string) => {
    await setClock(instant)
    await runner.sweep()
  }
  const act: County['act'] = async (key, resource, command, body) => {
    const read = await call(key, 'GET', resource)
    return call(key, 'POST', `${resource}${command}`, body, { ifMatch: String(read.headers.etag) })
  }

  await setClock('2026-03-20T01:00:00Z')
  const agencyIds = [
    await newOrganization('云汀县暖汀社会工作服务中心'),
    await newOrganization('云汀县青禾社会工作服务中心'),
    await newOrganization('云汀县同行助残服务中心'),
  ]
  const agencies = [
    await keyFor('agency', { organizationId: agencyIds[0] as string }),
    await keyFor('agency', { organizationId: agencyIds[1] as string }),
    await keyFor('agency', { organizationId: agencyIds[2] as string }),
  ]
  const host = await keyFor('host')
  const operator = await keyFor('operator')
  const town = await keyFor('town')
  const expertId = ok(await call(operator, 'POST', '/v1/experts', { code: 'E1' })).id
  const keys = {
    host,
    operator,
    town,
    auditor: await keyFor('auditor'),
    expert: await keyFor('expert', { expertId }),
    agencies,
  }

  const admin = await keyFor('platform_admin')
  for (const [code, name] of DIVISIONS) ok(await call(admin, 'POST', '/v1/divisions', { code, name }))

  const newNeed = async (title: string, lotteryPurpose: string | null, serviceField: string) => {
    const created = await call(town, 'POST', '/v1/needs', {
      divisionCode: '990421101001',
      title,
      description: title,
      beneficiaryGroup: 'elderly',
      beneficiaryCount: 60,
      beneficiaryUnit: 'persons',
      serviceField,
      lotteryPurpose,
      referenceBudget: yuan('100000.00'),
    })
    const path = `/v1/needs/${ok(created).id}`
    ok(await act(town, path, '/verification'))
    ok(await act(host, path, '/publication'))
    return created.body.id as string
  }
  const needIds = {
    visits: await newNeed('独居高龄老人定期探访', 'elderly', 'elderly_care'),
    mediation: await newNeed('小区议事协商', null, 'governance'),
  }

  const projectIds: string[] = []
  for (const { agency, need } of BIDS) {
    const created = await call(agencies[agency] as string, 'POST', '/v1/projects', {
      title: `${need} 项目 ${agency}`,
      summary: '定期服务',
      startsOn: '2026-06-01',
      endsOn: '2026-11-30',
      needIds: [needIds[need]],
    })
    ok(await act(agencies[agency] as string, `/v1/projects/${ok(created).id}`, '/listing'))
    projectIds.push(created.body.id)
  }

  const round = await call(host, 'POST', '/v1/rounds', {
    code: 'YT-2026-01',
    title: '云汀县第一届社区公益创投',
    needIds: Object.values(needIds),
    timetable: {
      opensAt: '2026-03-26T16:00:00Z',
      closesAt: '2026-04-16T09:00:00Z',
      cycleStartsOn: '2026-06-01',
      cycleEndsOn: '2026-11-30',
    },
    pools: [
      { source: 'welfare_lottery', name: '福彩公益金', size: yuan('420000.00'), purposes: LOTTERY_PURPOSES },
      { source: 'fiscal', name: '财政资金', size: yuan('180000.00') },
    ],
    policy: {
      ratioRules: [],
      requiredAttachments: [],
      eligibility: {
        abnormalListMonths: 0,
        seriousListMonths: 0,
        majorViolationMonths: 0,
        annualCheckRequired: false,
        gradeMin: null,
        noOverdueRefund: false,
      },
      panel: { size: 1, quorum: 1, recusalLookbackMonths: 24, dropExtremesMinSheets: null, outlierGap: null },
      criteria: [{ code: 'merit', max: '100' }],
      tieBreak: ['lower_request', 'earlier_submission', 'lot'],
      ...(typeof policy === 'function' ? await policy(app) : policy),
    },
  })
  const roundPath = `/v1/rounds/${ok(round).id}`
  ok(await act(host, roundPath, '/publication'))

  await advanceTo('2026-04-01T01:00:00Z')
  const bidIds: string[] = []
  for (const [index, { agency, need, grant }] of BIDS.entries()) {
    const key = agencies[agency] as string
    const created = await call(key, 'POST', '/v1/bids', {
      roundId: round.body.id,
      needId: needIds[need],
      projectId: projectIds[index],
    })
    const content = {
      grant: yuan(grant),
      matchingCash: yuan('25000.00'),
      budgetLines: [{ category: 'service_activity', amount: yuan(grant) }],
    }
    ok(await act(key, `/v1/bids/${ok(created).id}`, '/submission', { content }))
    bidIds.push(created.body.id)
  }
  await advanceTo('2026-04-20T01:00:00Z')
  ok(await act(operator, roundPath, '/opening'))
  await openWaiting()
  for (const bidId of bidIds) {
    const checked = ok(await act(operator, `/v1/bids/${bidId}`, '/formal-check', {}))
    if (checked.state !== 'accepted') throw new Error(`the bid was not accepted: ${JSON.stringify(checked)}`)
  }

  await advanceTo('2026-04-28T01:00:00Z')
  ok(
    await call(operator, 'POST', '/v1/review-panels', {
      roundId: round.body.id,
      reviewOn: '2026-04-28',
      members: [expertId],
    }),
  )
  for (const [index, { points }] of BIDS.entries()) {
    const items = [{ criterion: 'merit', points }]
    ok(await call(keys.expert, 'POST', '/v1/score-sheets', { bidId: bidIds[index], items }))
  }
  ok(await act(operator, roundPath, '/ranking', {}))
  await advanceTo('2026-04-29T01:00:00Z')

  const awards = async () =>
    ok(await call(host, 'GET', `/v1/awards?roundId=${round.body.id}`)).items as unknown as AwardSeen[]
  return {
    ...app,
    keys,
    agencyIds,
    needIds,
    roundId: round.body.id,
    act,
    advanceTo,
    awards,
    async awardOf(agency) {
      const found = (await awards()).find((award) => award.organizationId === agencyIds[agency])
      if (found === undefined) throw new Error(`agency ${agency} has no award`)
      return found
    },
    async pools() {
      const { items } = ok(await call(host, 'GET', `${roundPath}/pools`))
      return (items as unknown as { source: string; allocated: { amount: string } }[]).map(({ source, allocated }) => ({
        source,
        allocated: allocated.amount,
      }))
    },
  }
}

/** The same round on 30 April at 10:00 with its awards proposed. */
export async function proposedCounty(
  t: { teardown(handler: () => Promise<void>): void },
  policy: CountyPolicy = {},
): Promise<County> {
  const county = await rankedCounty(t, policy)
  await proposeAwards(county)
  return county
}

/** Proposes along the ranking; `amounts` are what is approved for agencies, where it is not what they asked. */
export async function proposeAwards(county: County, amounts: Readonly<Record<number, string>> = {}): Promise<void> {
  const { call, keys, roundId, agencyIds, act, advanceTo } = county
  const bids = ok(await call(keys.host, 'GET', `/v1/bids?roundId=${roundId}`)).items as unknown as {
    id: string
    organizationId: string
  }[]
  const fixed = Object.entries(amounts).map(([agency, approved]) => ({
    bidId: bids.find(({ organizationId }) => organizationId === agencyIds[Number(agency)])?.id,
    approved: yuan(approved),
  }))
  ok(await act(keys.host, `/v1/rounds/${roundId}`, '/award-proposals', { amounts: fixed }))
  await advanceTo('2026-04-30T02:00:00Z')
}

export function yuan(amount: string) {
  return { amount, currency: 'CNY' }
}

export function unknownId(prefix: string): string {
  return `${prefix}_${UNKNOWN}`
}

// biome-ignore lint/suspicious/noExplicitAny: the steps of the arrangement read ids of many shapes
export function ok(answer: Answer): any {
  if (answer.status >= 300) throw new Error(`the arrangement was refused: ${JSON.stringify(answer.body)}`)
  return answer.body
}
