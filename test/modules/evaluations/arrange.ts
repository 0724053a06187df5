import { legalDateOf } from '../../../src/kernel/days.ts'
import { parseYuan } from '../../../src/kernel/money.ts'
import { planDelivery } from '../../../src/modules/delivery/index.ts'
import { planTranches, triggerTranche } from '../../../src/modules/payments/index.ts'
import { advanceProject } from '../../../src/modules/projects/index.ts'
import { advanceRound, drawFromPools, poolsOf, roundOf } from '../../../src/modules/rounds/index.ts'
import { newId } from '../../../src/platform/ids.ts'
import type { Answer, TestApp } from '../../support/app.ts'
import { runnerOf } from '../../support/deadlines.ts'
import { listedProject } from '../projects/arrange.ts'
import { county, expecting } from '../rounds/fixtures.ts'

export const money = (amount: string) => ({ amount, currency: 'CNY' })
export const METHODS = ['presentation', 'document_review', 'field_inspection', 'outcome_assessment']
export const MID_CODES = ['implementation', 'input', 'finance', 'effect']
export const FINAL_CODES = ['output', 'outcome', 'satisfaction', 'finance', 'archive']
const LOTTERY_NEED = { lotteryPurpose: 'elderly', serviceField: 'elderly_care' }
const GOVERNANCE_NEED = { lotteryPurpose: null, serviceField: 'governance' }

/** A round under way whose projects run without the long way through bids and awards, and everybody who judges them. */
export async function implementation(app: TestApp, policy: object = {}) {
  const { asSystem, call, config, database, deps, hostId, keyFor, newOrganization, setClock } = app
  const place = await county(app)
  const needId = await place.newNeed()
  const round = await place.publishedRound([needId], { policy })
  const roundId: string = round.body.id
  await asSystem(async (work) => {
    for (const command of ['close', 'startReview', 'publishNotice', 'approve', 'implement'] as const)
      await advanceRound(work, roundId, command)
  })
  const organizationId = await newOrganization('云汀县暖汀社会工作服务中心')
  const evaluatorId = await newOrganization('云汀县评估中心')
  const keys = {
    host: place.hostKey,
    operator: await keyFor('operator'),
    evaluator: await keyFor('evaluator', { organizationId: evaluatorId }),
    finance: await keyFor('finance'),
    auditor: await keyFor('auditor', { organizationId: await newOrganization('云汀会计师事务所') }),
    town: await keyFor('town'),
    agency: await keyFor('agency', { organizationId }),
    otherAgency: await keyFor('agency'),
    /** Decides and prepares, but for another host. */
    foreign: await keyFor('host', {
      roles: ['host', 'operator'],
      hostId: await newOrganization('邻县民政局'),
    }),
  }
  const runner = runnerOf({ config, database, deps })

  /** Moves the host's clock and does what has come due. */
  async function advanceTo(instant: string): Promise<void> {
    await setClock(instant)
    await runner.sweep()
  }

  /** A running project with its tranches and duties; the first tranche is set off as of today. Amounts by source. */
  async function project(sources: Readonly<Record<string, string>>): Promise<string> {
    const projectId = await listedProject(app, keys.agency, [needId])
    await asSystem(async (work) => {
      const running = await roundOf(work, roundId)
      if (running === undefined) throw new Error('the round has disappeared')
      const pools = await poolsOf(work, roundId)
      const shares = Object.entries(sources).map(([source, yuan]) => {
        const pool = pools.find((candidate) => candidate.source === source)
        if (pool === undefined) throw new Error(`the round has no pool ${source}`)
        return { poolId: pool.id, source, amountFen: parseYuan(yuan) }
      })
      for (const { source, amountFen } of shares)
        await drawFromPools(work, roundId, source === 'fiscal' ? GOVERNANCE_NEED : LOTTERY_NEED, amountFen)
      const parties = { projectId, hostId, organizationId }
      const { policy: frozen } = running
      await planTranches(work, {
        ...parties,
        awardId: newId('awd'),
        roundId,
        sources: shares,
        policyTranches: frozen.tranches,
      })
      const period = { startsOn: '2026-06-01', endsOn: '2026-11-30', midPointOn: '2026-08-31' }
      await planDelivery(work, { ...parties, ...period, policy: frozen })
      await advanceProject(work, projectId, 'selectForAward')
      await advanceProject(work, projectId, 'activate')
      const on = legalDateOf(await work.now(hostId))
      await triggerTranche(work, { projectId, trigger: 'agreement_effective', on })
    })
    return projectId
  }

  /** A command on what exists, with the version that is read right before. */
  async function act(key: string, resource: string, command: string, body?: unknown): Promise<Answer> {
    const read = await call(keys.host, 'GET', resource)
    return call(key, 'POST', `${resource}${command}`, body, { ifMatch: String(read.headers.etag) })
  }

  async function report(projectId: string, kind: string, satisfaction?: object): Promise<Answer> {
    const body = { projectId, kind, narrative: '按计划完成', ...(satisfaction === undefined ? {} : { satisfaction }) }
    return expecting(201, await call(keys.agency, 'POST', '/v1/reports', body))
  }

  async function schedule(projectId: string, kind: 'mid' | 'final', more: object = {}): Promise<string> {
    const created = await call(keys.evaluator, 'POST', '/v1/evaluations', { projectId, kind, ...more })
    return `/v1/evaluations/${expecting(201, created).body.id}`
  }

  async function visit(path: string, visitedOn: string): Promise<Answer> {
    return act(keys.evaluator, path, '/site-visit', { visitedOn, methods: METHODS, opinion: '资料齐全,服务有序' })
  }

  async function score(path: string, points: readonly string[], more: object = {}): Promise<Answer> {
    const codes = points.length === MID_CODES.length ? MID_CODES : FINAL_CODES
    const items = codes.map((code, index) => ({ code, points: points[index] }))
    return act(keys.evaluator, path, '/scores', { items, ...more })
  }

  async function publish(path: string, body: object = {}): Promise<Answer> {
    return act(keys.operator, path, '/publication', body)
  }

  /** Schedules, visits, scores and publishes in one go; the published evaluation. */
  async function evaluate(projectId: string, kind: 'mid' | 'final', on: string, points: readonly string[]) {
    const path = await schedule(projectId, kind)
    expecting(200, await visit(path, on))
    expecting(200, await score(path, points))
    return expecting(200, await publish(path)).body
  }

  /** The project's tranche of this number as everybody reads it. */
  async function tranche(projectId: string, number: number) {
    const { body } = expecting(200, await call(keys.host, 'GET', `/v1/tranches?projectId=${projectId}`))
    return body.items.find((item: { number: number }) => item.number === number)
  }

  async function pay(projectId: string, number: number, paidOn: string): Promise<void> {
    const path = `/v1/tranches/${(await tranche(projectId, number)).id}`
    expecting(200, await act(keys.agency, path, '/request'))
    expecting(200, await act(keys.finance, path, '/approval'))
    expecting(200, await act(keys.finance, path, '/payment', { paidOn, voucher: `凭-${paidOn}` }))
  }

  const judging = { schedule, visit, score, publish, evaluate, report }
  return { ...place, ...judging, act, advanceTo, keys, organizationId, pay, project, roundId, tranche }
}

export type Implementation = Awaited<ReturnType<typeof implementation>>
