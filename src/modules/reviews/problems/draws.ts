import { defineProblem } from '../../../kernel/problem.ts'

export const DrawStands = defineProblem({
  code: 'expert_draw_stands',
  status: 409,
  title: { 'zh-CN': '本轮次已有专家抽取', en: 'The round has its draw already' },
  detail: {
    'zh-CN': '专家抽取 {drawId} 仍然有效;如须重新抽取,请先写明理由放弃(POST /expert-draws/{drawId}/abandonment)。',
    en: 'The draw {drawId} stands; give it up with a reason first (POST /expert-draws/{drawId}/abandonment).',
  },
})

export const DrawImpossible = defineProblem({
  code: 'expert_draw_impossible',
  status: 409,
  title: { 'zh-CN': '无法按条件抽取专家', en: 'No panel can meet these terms' },
  detail: {
    'zh-CN': '下列条件不能同时满足:{constraints}。请补充专家、调整名额要求,或由主办单位另行处理。',
    en: 'These constraints cannot hold together: {constraints}. Add experts to the pool or ask for other quotas.',
  },
})

export const DrawNotInState = defineProblem({
  code: 'expert_draw_not_in_state',
  status: 409,
  title: { 'zh-CN': '专家抽取的状态不允许此操作', en: 'The draw is not in a state for this' },
  detail: {
    'zh-CN': '专家抽取处于 {state} 状态,不能执行 {command};请先查看当前状态。',
    en: 'The draw is {state}; {command} is not possible then. Read it again.',
  },
})

export const DrawSeedInvalid = defineProblem({
  code: 'expert_draw_seed_invalid',
  status: 422,
  title: { 'zh-CN': '种子与承诺值不符', en: 'The seed is not the one committed to' },
  detail: {
    'zh-CN': '种子的 SHA-256 须等于抽取前公布的承诺值 {commitment};未作承诺时种子须为 null。',
    en: 'The SHA-256 of the seed has to be the announced commitment {commitment}; without a commitment the seed is null.',
  },
})

export const DrawCandidateUnknown = defineProblem({
  code: 'expert_draw_candidate_unknown',
  status: 422,
  title: { 'zh-CN': '该专家不在可抽取名单内', en: 'The expert is not free to be drawn' },
  detail: {
    'zh-CN': '专家 {expertId} 不在本次抽取的可抽取名单内,或已登记退出。',
    en: 'The expert {expertId} is no free candidate of this draw, or has dropped out already.',
  },
})

export const DrawUnrevealed = defineProblem({
  code: 'expert_draw_unrevealed',
  status: 409,
  title: { 'zh-CN': '专家抽取尚未公开种子', en: 'The seeds of the draw are not shown' },
  detail: {
    'zh-CN': '请先公开种子(POST /expert-draws/{drawId}/reveal),再组成评审专家组。',
    en: 'Show the seeds first (POST /expert-draws/{drawId}/reveal), then convene the panel.',
  },
})

export const DrawRequired = defineProblem({
  code: 'expert_draw_required',
  status: 409,
  title: { 'zh-CN': '评审专家须抽取产生', en: 'The panel has to be drawn' },
  detail: {
    'zh-CN':
      '本轮次政策(experts.drawRequired)要求专家抽取产生;请先公布并公开抽取(POST /rounds/{roundId}/expert-draws),再按结果组成评审专家组。',
    en: 'The policy of the round (experts.drawRequired) demands a draw: announce and reveal one first (POST /rounds/{roundId}/expert-draws), then convene whom it names.',
  },
})

export const PanelNotAsDrawn = defineProblem({
  code: 'panel_not_as_drawn',
  status: 409,
  title: { 'zh-CN': '名单与抽取结果不符', en: 'The panel is not the one that was drawn' },
  detail: {
    'zh-CN': '评审日、正式成员须与专家抽取 {drawId} 一致,候补专家须按其顺序依次递补。',
    en: 'Review day and members are those of the draw {drawId}; alternates follow in its order.',
  },
})
