import { defineProblem } from '../../kernel/problem.ts'

export const KeyHolderUnknown = defineProblem({
  code: 'key_holder_unknown',
  status: 409,
  title: { 'zh-CN': '未配置该密钥保管方式', en: 'This key holder is not configured' },
  detail: {
    'zh-CN': '本平台没有配置密钥保管方式 {keyHolder};请改用其他方式,或由平台管理员配置。',
    en: 'This service has no key holder {keyHolder}; choose another one in the policy, or have it configured.',
  },
})
export const KeyShareWrong = defineProblem({
  code: 'key_share_wrong',
  status: 422,
  title: { 'zh-CN': '密钥份额不属于本轮次', en: 'This is no share of the round key' },
  detail: {
    'zh-CN': '提交的内容不是本轮次任何一份密钥份额;请解开自己名下的 sealedShare 后原样提交。',
    en: 'What was handed in is none of the shares of this round; open the sealedShare that bears your name and send it unchanged.',
  },
})
export const KeyShareRepeated = defineProblem({
  code: 'key_share_repeated',
  status: 409,
  title: { 'zh-CN': '该密钥份额已提交', en: 'This share was handed in already' },
  detail: {
    'zh-CN': '第 {position} 份密钥份额已经提交;还需其他保管人的份额。',
    en: 'Share {position} was handed in already; the shares of other officers are awaited.',
  },
})
export const KeySharesUnused = defineProblem({
  code: 'key_shares_unused',
  status: 409,
  title: { 'zh-CN': '本轮次不使用密钥份额', en: 'This round has no key shares' },
  detail: {
    'zh-CN': '本轮次的密钥由 {keyHolder} 保管,或已经恢复,不需要提交份额。',
    en: 'The key of this round is held by {keyHolder}, or was restored already; no shares are asked for.',
  },
})

export const SEALING_PROBLEMS = [KeyHolderUnknown, KeyShareWrong, KeyShareRepeated, KeySharesUnused]
