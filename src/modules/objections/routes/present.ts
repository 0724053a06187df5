import { objectionActions } from '../rules/objection.ts'
import type { ObjectionView } from '../service/shared.ts'

/** From the view of its reader to the wire. */
export function present(view: ObjectionView) {
  const { version: _version, appealedToId: _reader, overdueAt, ...shown } = view
  const { pauses, cooperation, statement, statementDocumentIds, ...objection } = shown
  return {
    ...objection,
    groundCodes: [...objection.groundCodes],
    evidenceIds: [...objection.evidenceIds],
    filedAt: objection.filedAt.toISOString(),
    isOverdue: overdueAt !== null,
    acceptedAt: objection.acceptedAt?.toISOString() ?? null,
    decidedAt: objection.decidedAt?.toISOString() ?? null,
    pauses: pauses.map(({ objectionId: _, pausedAt, resumedAt, ...pause }) => ({
      ...pause,
      pausedAt: pausedAt.toISOString(),
      resumedAt: resumedAt?.toISOString() ?? null,
    })),
    cooperation: cooperation && {
      organizationId: cooperation.organizationId,
      request: cooperation.request,
      requestedAt: cooperation.requestedAt.toISOString(),
      due: cooperation.due,
      state: cooperation.state,
      settledAt: cooperation.settledAt?.toISOString() ?? null,
    },
    statement: statement && {
      organizationId: statement.organizationId,
      statement: statement.statement,
      statedAt: statement.statedAt.toISOString(),
      documentIds: [...statementDocumentIds],
    },
    actions: objectionActions(objection.state),
    createdAt: objection.createdAt.toISOString(),
  }
}
