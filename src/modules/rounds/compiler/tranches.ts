import { TRANCHE_TRIGGERS } from '../policyDocument.ts'
import { defineFindings, type Part, when } from './finding.ts'

const FLAW = defineFindings({
  tranches_not_whole: [
    'error',
    '各期拨款的基点之和必须为 10000,现为 {sum}。',
    'The basis points of all tranches must sum to 10000; they sum to {sum}.',
  ],
  tranche_number_out_of_order: [
    'error',
    '各期拨款按 1、2、3…… 编号;此处应为 {expected}。',
    'Tranches are numbered 1, 2, 3 …; here {expected} is expected.',
  ],
  tranche_trigger_out_of_order: [
    'error',
    '后一期拨款的触发阶段不能早于前一期;请调整顺序。',
    'A tranche cannot be triggered by an earlier stage than the tranche before it; reorder them.',
  ],
  tranche_empty: [
    'error',
    '本期拨款为零;请给出比例或删去该期。',
    'A tranche of nothing pays nobody; give it a share or leave it out.',
  ],
  paid_before_final: [
    'warning',
    '全部资金在终期评估之前拨付,评估结果不再影响拨款。',
    'All money is paid before the final evaluation, which then holds nothing back.',
  ],
  paid_after_final: [
    'warning',
    '终期评估之后才有第一笔拨款,机构须全额垫资。',
    'Nothing is paid before the final evaluation: agencies must advance everything.',
  ],
})

export const tranches: Part = {
  definitions: FLAW,
  check: ({ policy }) => {
    const sum = policy.tranches.reduce((total, tranche) => total + tranche.basisPoints, 0)
    const stages = policy.tranches.map((tranche) => TRANCHE_TRIGGERS.indexOf(tranche.trigger))
    const last = TRANCHE_TRIGGERS.length - 1
    return [
      ...when(sum !== 10_000, '/policy/tranches', FLAW.tranches_not_whole, { sum }),
      ...policy.tranches.flatMap((tranche, index) =>
        when(tranche.number !== index + 1, `/policy/tranches/${index}/number`, FLAW.tranche_number_out_of_order, {
          expected: index + 1,
        }),
      ),
      ...stages.flatMap((stage, index) =>
        when(
          index > 0 && stage < (stages[index - 1] ?? 0),
          `/policy/tranches/${index}/trigger`,
          FLAW.tranche_trigger_out_of_order,
        ),
      ),
      ...policy.tranches.flatMap(({ basisPoints }, index) =>
        when(basisPoints === 0, `/policy/tranches/${index}/basisPoints`, FLAW.tranche_empty),
      ),
      ...when(!stages.includes(last), '/policy/tranches', FLAW.paid_before_final),
      ...when(
        stages.every((stage) => stage === last),
        '/policy/tranches',
        FLAW.paid_after_final,
      ),
    ]
  },
}
