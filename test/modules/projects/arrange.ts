import type { TestApp } from '../../support/app.ts'

/** A project as an agency designs it: P1 of the demonstration round, without its needs. */
export const PROJECT = {
  title: '银龄守望',
  summary: '定期上门探访独居高龄老人,安装应急响铃,组织邻里互助。',
  startsOn: '2026-06-01',
  endsOn: '2026-11-30',
  indicators: [
    { name: '服务老人', kind: 'persons', unit: '人', target: 60 },
    { name: '入户探访', kind: 'person_times', unit: '人次', target: 720 },
    { name: '小组活动', kind: 'count', unit: '场', target: 12 },
    { name: '链接资源', kind: 'money', unit: '元', targetAmount: { amount: '20000.00', currency: 'CNY' } },
    { name: '邻里关系', kind: 'count', unit: '项', targetText: '居民议事形成机制' },
  ],
}

/** A listed project of the agency that holds the key; its id. */
export async function listedProject(
  { call }: TestApp,
  agencyKey: string,
  needIds: readonly string[],
  content: object = {},
): Promise<string> {
  const created = await call(agencyKey, 'POST', '/v1/projects', { ...PROJECT, needIds, ...content })
  if (created.status !== 201) throw new Error(`the test project was refused: ${JSON.stringify(created.body)}`)
  const url = `/v1/projects/${created.body.id}`
  const listed = await call(agencyKey, 'POST', `${url}/listing`, undefined, { ifMatch: 1 })
  if (listed.status !== 200) throw new Error(`the test project stays a draft: ${JSON.stringify(listed.body)}`)
  return created.body.id
}
