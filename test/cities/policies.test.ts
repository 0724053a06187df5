import t from 'tap'
import { DEFAULT_POLICY } from '../../src/modules/rounds/defaultPolicy.ts'
import type { ProcurementMode } from '../../src/modules/rounds/rules.ts'
import { foundWith, pool } from '../modules/rounds/soundRounds.ts'
import type { CityPolicy } from './policies/common.ts'
import { DONGGUAN_2011 } from './policies/dongguan2011.ts'
import { GUANGZHOU_2020 } from './policies/guangzhou2020.ts'
import { GUANGZHOU_2023 } from './policies/guangzhou2023.ts'
import { HAISHU } from './policies/haishu.ts'
import { JIANGNING_TENTH } from './policies/jiangning.ts'
import { PROCUREMENT } from './policies/procurement.ts'
import { SHANGHAI } from './policies/shanghai.ts'
import { SHANGYU_2020 } from './policies/shangyu2020.ts'
import { SUZHOU_2012 } from './policies/suzhou2012.ts'
import { ZHONGSHAN_2013 } from './policies/zhongshan2013.ts'

const OBJECTION = PROCUREMENT.objection ?? DEFAULT_POLICY.objection

/** Each with the legal shape it is made for; a panel of one is the tests' own, to keep the rounds small. */
const CITIES: readonly (readonly [name: string, policy: CityPolicy, mode: ProcurementMode])[] = [
  ['Guangzhou 2020', GUANGZHOU_2020, 'grant'],
  ['Guangzhou 2023', GUANGZHOU_2023, 'grant'],
  ['Shanghai', SHANGHAI, 'open_call_tender'],
  ['Suzhou 2012', SUZHOU_2012, 'grant'],
  ['Haishu', HAISHU, 'grant'],
  ['Dongguan 2011', DONGGUAN_2011, 'grant'],
  ['Zhongshan 2013', ZHONGSHAN_2013, 'grant'],
  ['Shangyu 2020', SHANGYU_2020, 'grant'],
  ['Jiangning’s tenth', JIANGNING_TENTH, 'grant'],
  // Who supervises is the round's own to say.
  ['procurement', { ...PROCUREMENT, objection: { ...OBJECTION, reviewerId: 'org_2' } }, 'gov_procurement'],
]

t.test('the compiler has nothing to say about the policies of the cities', async (t) => {
  const pools = [
    pool(1, { source: 'welfare_lottery', purposes: ['elderly'], sizeFen: 80_000_000n }),
    pool(2, { source: 'foundation', sizeFen: 10_000_000n }),
  ]
  for (const [name, policy, mode] of CITIES)
    t.same(foundWith({ mode, policy: { ...DEFAULT_POLICY, ...policy }, facts: { pools } }), [], name)
})
