import { action } from '../../kernel/action.ts'
import { type Actor, actsForAgency, worksForHost } from '../../kernel/actor.ts'
import { HOST_SIDE, hostSideAction, isHostSide, isParty, type Parties } from '../../kernel/parties.ts'

export const ScheduleEvaluation = hostSideAction(
  'evaluation.schedule',
  ['host', 'operator', 'evaluator'],
  'the host has its projects evaluated, by an operator or a third party',
)
export const ReceiveSelfReport = hostSideAction(
  'evaluation.receive-self-report',
  ['host', 'operator', 'evaluator'],
  'whoever runs the evaluation takes in the report',
)
export const RecordMissingReport = hostSideAction(
  'evaluation.record-missing-report',
  ['host', 'operator', 'evaluator'],
  'the fact speaks for itself; publishing it is the host’s or operator’s',
)
export const VisitSite = hostSideAction('evaluation.visit', ['evaluator'], 'evaluators judge; the host does not')
export const ScoreProject = hostSideAction('evaluation.score', ['evaluator'], 'evaluators judge; the host does not')
export const PublishEvaluation = hostSideAction(
  'evaluation.publish',
  ['host', 'operator'],
  'who judges does not publish: two pairs of eyes',
)
export const ReadEvaluation = action<Parties>({
  name: 'evaluation.read',
  roles: [...HOST_SIDE, 'agency'],
  because: 'the agency sees its own; the judgement once it is published',
  permits: isParty,
})
export const ListEvaluations = action({
  name: 'evaluation.list',
  roles: [...HOST_SIDE, 'agency'],
  because: 'everybody lists what concerns the own host or the own organization',
})

export const IssueRectification = hostSideAction(
  'rectification.issue',
  ['host', 'operator'],
  'what follows from a failed evaluation is the host’s',
)
export const ReportRectification = action<Parties>({
  name: 'rectification.report',
  roles: ['agency'],
  because: 'the agency answers for what it mended',
  permits: (actor, owned) => actsForAgency(actor, owned.organizationId),
  knows: isParty,
})
export const ReadRectification = action<Parties>({ ...ReadEvaluation, name: 'rectification.read' })
export const ListRectifications = action({ ...ListEvaluations, name: 'rectification.list' })

export const GrantPostponement = hostSideAction(
  'evaluation.postpone',
  ['host', 'operator'],
  'whoever set the day may agree to a later one',
)
export const ListPostponements = action({ ...ListEvaluations, name: 'postponement.list' })

export const AnnounceResults = action<{ readonly hostId: string; readonly publishedAt: Date | null }>({
  name: 'evaluation.announce',
  roles: ['host'],
  because: 'the host publishes; whoever knows the round may know that results are announced',
  permits: (actor, round) => worksForHost(actor, round.hostId, 'host'),
  knows: (actor, round) => round.publishedAt !== null || isHostSide(actor, round),
})

/** Scores and result are for the host's side until they are published. */
export function seesJudgement(actor: Actor, evaluation: Parties & { readonly publishedAt: Date | null }): boolean {
  return evaluation.publishedAt !== null || isHostSide(actor, evaluation)
}

export const EVALUATION_ACTIONS = [
  ScheduleEvaluation,
  ReceiveSelfReport,
  RecordMissingReport,
  VisitSite,
  ScoreProject,
  PublishEvaluation,
  ReadEvaluation,
  ListEvaluations,
  IssueRectification,
  ReportRectification,
  ReadRectification,
  ListRectifications,
  GrantPostponement,
  ListPostponements,
  AnnounceResults,
]
