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

export const ACTIVITY_PROBLEMS = [ChainStartBeyondHead]
