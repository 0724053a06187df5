import { defineProblem } from '../../kernel/problem.ts'

export const DivisionCodeInvalid = defineProblem({
  code: 'division_code_invalid',
  status: 422,
  title: { 'zh-CN': '行政区划代码无效', en: 'The division code is not valid' },
  detail: {
    'zh-CN':
      '{code} 不是行政区划代码:12 位数字依次为省 2 位、地 2 位、县 2 位、乡 3 位、村 3 位,下级有值时上级不得为零。',
    en: '{code} is no division code: 12 digits for province (2), prefecture (2), county (2), town (3) and community (3); a lower part needs the parts above it.',
  },
})
export const CommunityKindWrong = defineProblem({
  code: 'community_kind_wrong',
  status: 422,
  title: { 'zh-CN': '社区类型与代码不符', en: 'The kind of community does not fit the code' },
  detail: {
    'zh-CN':
      '村级代码 001–199 为居委会 (urban),200–399 为村委会 (village),其余须填写 communityKind;社区以上的区划不填。代码 {code} 请据此更正。',
    en: 'Community parts 001–199 are urban, 200–399 villages; others need communityKind, and divisions above communities have none. Correct it for {code}.',
  },
})
export const CommunityFiguresUnexpected = defineProblem({
  code: 'community_figures_unexpected',
  status: 422,
  title: { 'zh-CN': '只有社区才填户数和用房面积', en: 'Only communities have households and premises' },
  detail: {
    'zh-CN': '{code} 不是社区,请去掉户数和用房面积。',
    en: '{code} is no community: leave households and premises out.',
  },
})
export const DivisionExists = defineProblem({
  code: 'division_exists',
  status: 409,
  title: { 'zh-CN': '该行政区划已登记', en: 'The division is on record' },
  detail: {
    'zh-CN': '代码 {code} 已登记;请修改原有记录。',
    en: 'The code {code} is on record; change that division instead.',
  },
})

export const DIVISION_PROBLEMS = [DivisionCodeInvalid, CommunityKindWrong, CommunityFiguresUnexpected, DivisionExists]
