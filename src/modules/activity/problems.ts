import { defineProblem } from '../../kernel/problem.ts'

export const ChainStartBeyondHead = defineProblem({
  code: 'chain_start_beyond_head',
  status: 422,
  title: { 'zh-CN': '起始事件超出审计链', en: 'The chain does not reach that event' },
  detail: {
    'zh-CN':
      '审计链目前到第 {headSeq} 号事件,没有第 {from} 号;如您曾记录过更靠后的链头,请在 expectedHead 中提供,以查明是否被截断。',
    en: 'The chain ends with event {headSeq}, so there is nothing to verify from {from} on. If you noted a later head, hand it in as expectedHead: that finds a tail that was cut off.',
  },
})

export const NoCheckpointYet = defineProblem({
  code: 'no_checkpoint_yet',
  status: 404,
  title: { 'zh-CN': '尚无检查点', en: 'There is no checkpoint yet' },
  detail: {
    'zh-CN': '审计链还没有事件被签入检查点;有事件后约一分钟内产生,请稍后再试。',
    en: 'No event has been signed yet; the first checkpoint follows about a minute after the first event. Try again then.',
  },
})

export const SizeBeyondCheckpoint = defineProblem({
  code: 'size_beyond_checkpoint',
  status: 409,
  title: { 'zh-CN': '超出最近的检查点', en: 'The last checkpoint does not reach that far' },
  detail: {
    'zh-CN':
      '最近的检查点覆盖 {latestSize} 个事件,不到 {wanted};检查点约每分钟一次,请稍后再试。如您手中有更大的检查点,说明审计链可能被截断,请用 npm run audit:verify -- --checkpoint 核验。',
    en: 'The last checkpoint covers {latestSize} events, not {wanted}. One follows about every minute: try again then. If you hold a larger checkpoint, the chain may have been cut: verify it with npm run audit:verify -- --checkpoint.',
  },
})

export const ProofRangeInvalid = defineProblem({
  code: 'proof_range_invalid',
  status: 422,
  title: { 'zh-CN': '证明范围颠倒', en: 'The proof would run backwards' },
  detail: {
    'zh-CN': '{first} 大于 {second}:事件序号与起点规模不得大于目标规模;请对调或改用更大的规模。',
    en: '{first} is greater than {second}: an event, or the smaller tree, must lie within the tree of the wanted size. Swap them or ask for a larger size.',
  },
})

export const ACTIVITY_PROBLEMS = [ChainStartBeyondHead, NoCheckpointYet, SizeBeyondCheckpoint, ProofRangeInvalid]
