import { defineFindings, type Part, when } from './finding.ts'

const FLAW = defineFindings({
  pools_missing: ['error', '轮次没有资金池;请至少添加一个。', 'A round hands out money: add at least one pool.'],
  pool_order_incomplete: [
    'error',
    'poolOrder 必须把 1 到 {count} 的每个序号恰好列一次。',
    'poolOrder must name each position from 1 to {count} once.',
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
    ]
  },
}
