import { parseYuan } from '../../../src/kernel/money.ts'
import { Problem } from '../../../src/kernel/problem.ts'
import { planTranches, type Tranche, type TrancheRule } from '../../../src/modules/payments/index.ts'
import { newId } from '../../../src/platform/ids.ts'
import type { Answer, TestApp } from '../../support/app.ts'
import { listedProject } from '../projects/arrange.ts'
import { county, expecting } from '../rounds/fixtures.ts'

const workdays = (amount: number) => ({ amount, basis: 'working' as const })
export const FIFTY_THIRTY_TWENTY: readonly TrancheRule[] = [
  { number: 1, basisPoints: 5000, trigger: 'agreement_effective', due: workdays(15) },
  { number: 2, basisPoints: 3000, trigger: 'mid_passed', due: workdays(10) },
  { number: 3, basisPoints: 2000, trigger: 'final_passed_and_audited', due: workdays(10) },
]

/** The code with which a service refuses, or `accepted`. */
export async function codeOf(outcome: Promise<unknown>): Promise<string> {
  try {
    await outcome
  } catch (error) {
    if (error instanceof Problem) return error.problem.code
    throw error
  }
  return 'accepted'
}

/** A round with its two pools and an agency whose projects can be granted money without the way through the round. */
export async function treasury(app: TestApp) {
  const { asSystem, call, hostId, keyFor, newOrganization } = app
  const place = await county(app)
  const needId = await place.newNeed()
  const round = await place.newRound([needId])
  const roundId: string = round.body.id
  const pools = expecting(200, await call(place.hostKey, 'GET', `/v1/rounds/${roundId}/pools`)).body.items as {
    id: string
    source: string
  }[]
  const poolOf = (source: string) => {
    const found = pools.find((pool) => pool.source === source)
    if (found === undefined) throw new Error(`the round has no pool ${source}`)
    return found.id
  }
  const organizationId = await newOrganization('云汀县暖汀社会工作服务中心')
  const keys = {
    host: place.hostKey,
    agency: await keyFor('agency', { organizationId }),
    otherAgency: await keyFor('agency'),
    finance: await keyFor('finance'),
    cashier: await keyFor('finance'),
    auditor: await keyFor('auditor'),
    town: await keyFor('town'),
  }

  /** A project with its tranches, all planned; amounts in yuan by source. */
  async function grant(sources: Readonly<Record<string, string>>): Promise<{ projectId: string; tranches: Tranche[] }> {
    const projectId = await listedProject(app, keys.agency, [needId])
    const tranches = await asSystem((work) =>
      planTranches(work, {
        projectId,
        awardId: newId('awd'),
        roundId,
        hostId,
        organizationId,
        sources: Object.entries(sources).map(([source, yuan]) => ({
          poolId: poolOf(source),
          source,
          amountFen: parseYuan(yuan),
        })),
        policyTranches: FIFTY_THIRTY_TWENTY,
      }),
    )
    return { projectId, tranches }
  }

  /** A command on what exists, with the version that is read right before. */
  async function act(key: string, resource: string, command: string, body?: unknown): Promise<Answer> {
    const read = await call(keys.host, 'GET', resource)
    return call(key, 'POST', `${resource}${command}`, body, { ifMatch: String(read.headers.etag) })
  }

  /** Requests, approves and pays a tranche that is due. */
  async function pay(trancheId: string, paidOn: string): Promise<Answer> {
    const path = `/v1/tranches/${trancheId}`
    expecting(200, await act(keys.agency, path, '/request'))
    expecting(200, await act(keys.finance, path, '/approval'))
    return expecting(200, await act(keys.cashier, path, '/payment', { paidOn, voucher: `凭-${paidOn}` }))
  }

  return { ...place, act, grant, keys, organizationId, pay, pools, poolOf, roundId }
}
