import type { TestApp } from '../../support/app.ts'

export const COMMUNITY = '990421101001'

/** A need as a town collects it: N1 of the demonstration round. */
export const NEED = {
  divisionCode: COMMUNITY,
  title: '独居高龄老人定期探访与应急响应',
  description: '社区有六十位独居高龄老人,子女多在外地,需要有人定期上门。',
  beneficiaryGroup: 'empty_nest',
  beneficiaryCount: 60,
  beneficiaryUnit: 'persons',
  serviceField: 'elderly_care',
  lotteryPurpose: 'elderly',
  referenceBudget: { amount: '100000.00', currency: 'CNY' },
}

/** Puts communities on record, so that needs may name them. */
export async function arrangeDivisions({ call, keyFor }: TestApp, codes: readonly string[] = [COMMUNITY]) {
  const admin = await keyFor('platform_admin')
  for (const code of codes) {
    const created = await call(admin, 'POST', '/v1/divisions', { code, name: `社区 ${code}` })
    if (created.status !== 201) throw new Error(`the test division was refused: ${JSON.stringify(created.body)}`)
  }
}

/** A published need of the host that the key works for; its id. Needs {@link arrangeDivisions}. */
export async function publishedNeed({ call }: TestApp, hostKey: string, content: object = {}): Promise<string> {
  const created = await call(hostKey, 'POST', '/v1/needs', { ...NEED, ...content })
  if (created.status !== 201) throw new Error(`the test need was refused: ${JSON.stringify(created.body)}`)
  const url = `/v1/needs/${created.body.id}`
  await call(hostKey, 'POST', `${url}/verification`, undefined, { ifMatch: 1 })
  const published = await call(hostKey, 'POST', `${url}/publication`, undefined, { ifMatch: 2 })
  if (published.status !== 200) throw new Error(`the test need stays unpublished: ${JSON.stringify(published.body)}`)
  return created.body.id
}
