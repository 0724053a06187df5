import { defineProblem } from '../../../kernel/problem.ts'

export const ProjectBound = defineProblem({
  code: 'project_bound',
  status: 409,
  title: { 'zh-CN': '项目已随申报提交', en: 'The project was handed in with a bid' },
  detail: {
    'zh-CN':
      '项目已随申报 {bidId} 提交,评审、公示和签约均以提交时的内容为准,本轮决定前不能修改或撤回。截止前请先撤回该申报,修改后重新申报;公示后不接受立项的,请放弃拟立项(POST /awards/…/decline)。',
    en: 'The project was handed in with the bid {bidId}; what is judged, announced and agreed upon is what was handed in, so it stays until the round is decided. Before the deadline withdraw the bid, change the project and bid again; after the notice decline the award (POST /awards/…/decline).',
  },
})
export const NeedInRound = defineProblem({
  code: 'need_in_round',
  status: 409,
  title: { 'zh-CN': '需求所在轮次尚未决定', en: 'A round for this need is not decided' },
  detail: {
    'zh-CN': '轮次 {roundId} 正在为该需求征集或评审项目,决定前不能撤回需求;请等待其决定,或由主办方取消该轮次。',
    en: 'The round {roundId} calls for bids for this need or judges them, so it stays until that is decided; wait for the decision, or have the host cancel the round.',
  },
})
