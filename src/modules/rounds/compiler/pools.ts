import { fenOf, formatYuan, sumFen } from '../../../kernel/money.ts'
import { isEligible } from '../rules.ts'
import { type CompilerFacts, defineFindings, type Finding, type Part, when } from './finding.ts'

const FLAW = defineFindings({
  pools_missing: ['error', '轮次没有资金池;请至少添加一个。', 'A round hands out money: add at least one pool.'],
  pool_order_incomplete: [
    'error',
    'poolOrder 必须把 1 到 {count} 的每个序号恰好列一次。',
    'poolOrder must name each position from 1 to {count} once.',
  ],
  pool_useless: [
    'error',
    '没有任何需求可以使用资金池「{name}」;请放宽其用途或领域,或将其删去。',
    'No need may use the pool {name}; widen its purposes or fields, or leave it out.',
  ],
  need_unfunded: [
    'error',
    '没有任何资金池可以资助需求 {needId};请添加合适的资金池,或移除该需求。',
    'No pool may fund the need {needId}; add one that may, or take the need out.',
  ],
  floor_above_pools: [
    'error',
    '可资助需求 {needId} 的资金池共 {available} 元,低于资助下限 {floor} 元。',
    'The pools open to the need {needId} hold {available} yuan, less than the floor of {floor}.',
  ],
  cap_above_pools: [
    'warning',
    '资助上限 {cap} 元高于全部资金池之和 {total} 元。',
    'The cap of {cap} yuan is above all pools together, {total}.',
  ],
  lottery_pool_unrestricted: [
    'warning',
    '福彩公益金只能用于扶老、助残、救孤、济困;请为资金池「{name}」填写 purposes。',
    'Lottery money serves the old, the disabled, orphans and the poor alone; give the pool {name} purposes.',
  ],
})

export const pools: Part = {
  definitions: FLAW,
  check: ({ policy }, facts) => {
    const positions = facts.pools.map((pool) => pool.position)
    const order = policy.poolOrder
    const isComplete =
      order === null || (order.length === positions.length && positions.every((position) => order.includes(position)))
    return [
      ...when(positions.length === 0, '/pools', FLAW.pools_missing),
      ...when(!isComplete, '/policy/poolOrder', FLAW.pool_order_incomplete, { count: positions.length }),
      ...when(positions.length > 0 && fenOf(policy.cap) > totalOf(facts.pools), '/policy/cap', FLAW.cap_above_pools, {
        cap: policy.cap.amount,
        total: formatYuan(totalOf(facts.pools)),
      }),
      ...facts.pools.flatMap(({ source, purposes, name }, index) =>
        when(
          source === 'welfare_lottery' && purposes === null,
          `/pools/${index}/purposes`,
          FLAW.lottery_pool_unrestricted,
          { name },
        ),
      ),
      ...uselessPools(facts),
      ...fundingFindings(facts, fenOf(policy.floor)),
    ]
  },
}

function uselessPools({ pools: all, needs }: CompilerFacts): Finding[] {
  return all.flatMap((pool, index) =>
    when(needs.length > 0 && !needs.some((need) => isEligible(pool, need)), `/pools/${index}`, FLAW.pool_useless, {
      name: pool.name,
    }),
  )
}

function fundingFindings({ pools: all, needs }: CompilerFacts, floorFen: bigint): Finding[] {
  if (all.length === 0) return []
  return needs.flatMap((need, index) => {
    const eligible = all.filter((pool) => isEligible(pool, need))
    const available = totalOf(eligible)
    return [
      ...when(eligible.length === 0, `/needIds/${index}`, FLAW.need_unfunded, { needId: need.id }),
      ...when(eligible.length > 0 && available < floorFen, `/needIds/${index}`, FLAW.floor_above_pools, {
        needId: need.id,
        available: formatYuan(available),
        floor: formatYuan(floorFen),
      }),
    ]
  })
}

function totalOf(all: CompilerFacts['pools']): bigint {
  return sumFen(all.map(({ sizeFen }) => sizeFen))
}
