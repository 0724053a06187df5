import { type Problem, problem } from '../kernel/problem.ts'
import { InvalidRequest } from './problems.ts'

/** `invalid_request` with its reason in both languages. */
export function malformed(chinese: string, english: string): Problem {
  return problem(InvalidRequest, { reason: { 'zh-CN': chinese, en: english } })
}
