import { deadlinesOf } from '../../../src/modules/deadlines/index.ts'
import { createDivision } from '../../../src/modules/divisions/service.ts'
import type { LotteryPurpose, ServiceField } from '../../../src/modules/needs/index.ts'
import { createNeed, publishNeed, verifyNeed } from '../../../src/modules/needs/index.ts'
import type { DueDeadline, Module } from '../../../src/platform/module.ts'
import type { Answer, TestApp } from '../../support/app.ts'

export const money = (amount: string) => ({ amount, currency: 'CNY' })
/** The demonstration round's timetable: bids from 03-27 00:00 to 04-16 17:00 in Shanghai. */
export const TIMETABLE = {
  opensAt: '2026-03-26T16:00:00.000Z',
  closesAt: '2026-04-16T09:00:00.000Z',
  cycleStartsOn: '2026-06-01',
  cycleEndsOn: '2026-11-30',
}
/** The day of the call. */
export const CALL = '2026-03-26T01:00:00.000Z'
/** Somewhere in the time for bids. */
export const BIDDING = '2026-04-01T02:00:00.000Z'
const COMMUNITY = '990421101001'

/** A county with needs and rounds, arranged through the services and the API. */
export async function county(app: TestApp) {
  const { asSystem, call, hostId, keyFor } = app
  await asSystem((work) =>
    createDivision(work, {
      code: COMMUNITY,
      name: '望溪社区',
      communityKind: 'urban',
      households: 2350,
      premisesSquareMetres: 640,
    }),
  )
  const hostKey = await keyFor('host')
  let count = 0

  async function newNeed(
    lotteryPurpose: LotteryPurpose | null = 'elderly',
    serviceField: ServiceField = 'elderly_care',
    isPublished = true,
  ): Promise<string> {
    return asSystem(async (work) => {
      const { id } = await createNeed(work, {
        hostId,
        code: `N${++count}`,
        divisionCode: COMMUNITY,
        title: '独居高龄老人定期探访',
        description: '定期探访与应急响应',
        beneficiaryGroup: 'empty_nest',
        beneficiaryCount: 60,
        beneficiaryUnit: 'persons',
        serviceField,
        lotteryPurpose,
        referenceBudgetFen: 10_000_000n,
        source: null,
      })
      if (isPublished) {
        await verifyNeed(work, id)
        await publishNeed(work, id)
      }
      return id
    })
  }

  const draftOf = (needIds: readonly string[], more: object = {}) => ({
    code: `YT-2026-${++count}`,
    title: '云汀县第一届社区公益创投',
    needIds,
    pools: [
      {
        source: 'welfare_lottery',
        name: '福彩公益金',
        size: money('420000.00'),
        purposes: ['elderly', 'disabled', 'orphans', 'poverty'],
      },
      { source: 'fiscal', name: '财政资金', size: money('180000.00') },
    ],
    timetable: TIMETABLE,
    ...more,
  })

  async function newRound(needIds: readonly string[], more: object = {}): Promise<Answer> {
    return expecting(201, await call(hostKey, 'POST', '/v1/rounds', draftOf(needIds, more)))
  }

  /** Published, with the host's clock at the day of the call. */
  async function publishedRound(needIds: readonly string[], more: object = {}): Promise<Answer> {
    await app.setClock(CALL)
    const draft = await newRound(needIds, more)
    const path = `/v1/rounds/${draft.body.id}/publication`
    return expecting(200, await call(hostKey, 'POST', path, undefined, { ifMatch: 1 }))
  }

  /** Rings the waiting deadlines of a subject whose handler the module holds, as the worker would. */
  async function ring(module: Module, subject: string, kind: string): Promise<void> {
    const handler = module.deadlines?.[kind]
    if (handler === undefined) throw new Error(`${module.name} does not handle ${kind}`)
    await asSystem(async (work) => {
      const due = (await deadlinesOf(work, subject)).find((one) => one.kind === kind)
      if (due === undefined) throw new Error(`no deadline ${kind} for ${subject}`)
      await handler(work, due satisfies DueDeadline)
    })
  }

  return { hostKey, newNeed, draftOf, newRound, publishedRound, ring }
}

export function expecting(status: number, answer: Answer): Answer {
  if (answer.status !== status) throw new Error(`${answer.status} instead of ${status}: ${JSON.stringify(answer.body)}`)
  return answer
}
