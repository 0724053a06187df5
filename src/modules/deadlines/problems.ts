import { defineProblem } from '../../kernel/problem.ts'

export const SandboxOnly = defineProblem({
  code: 'sandbox_only',
  status: 404,
  title: { 'zh-CN': '仅限沙盒模式', en: 'Only in sandbox mode' },
  detail: {
    'zh-CN': '测试时钟只存在于沙盒模式 (SANDBOX=true);本服务按数据库时钟运行。',
    en: 'Test clocks exist in sandbox mode only (SANDBOX=true); this service runs by the clock of its database.',
  },
})
export const ClockMovesForwardOnly = defineProblem({
  code: 'clock_moves_forward_only',
  status: 422,
  title: { 'zh-CN': '测试时钟只能向前', en: 'The test clock moves forward only' },
  detail: {
    'zh-CN': '该主办单位的时钟为 {now};请给出不早于它的时间。尚无期限的新主办单位可首次设定任意时间。',
    en: 'The clock of this host stands at {now}; name a moment that is not earlier. Only a new host without deadlines may begin at any moment.',
  },
})

export const NoHost = defineProblem({
  code: 'clock_needs_host',
  status: 422,
  title: { 'zh-CN': '该组织不是主办单位', en: 'The organization is no host' },
  detail: {
    'zh-CN': '测试时钟属于主办单位;{organizationId} 没有为其工作的凭证,也没有期限。',
    en: 'A test clock belongs to a host; nobody holds a credential that works for {organizationId}, and it has no deadlines.',
  },
})

export const DEADLINE_PROBLEMS = [SandboxOnly, ClockMovesForwardOnly, NoHost]
