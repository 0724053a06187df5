import type { Actor, Role } from './actor.ts'

/**
 * What somebody may do, as data: asked at the door by the route guard (`roles`) and again by the service about the
 * locked row (`permits`). The table of all actions is printed into docs/guide/access.md.
 */
export interface Action<Subject> {
  /** Stable name, `<noun>.<verb>`. */
  readonly name: string
  /** Who may come in at all; `anyone` needs no credential and must say why in `because`. */
  readonly roles: readonly Role[] | 'anyone'
  /** Why this action is open to everybody, or why the relation is what it is. */
  readonly because?: string
  /** May this actor do it to this very thing? Absent means: the role alone decides. */
  readonly permits?: (actor: Actor, subject: Subject) => boolean
  /** May this actor know that the thing exists? Who may not gets 404 instead of 403. Absent means: nobody may. */
  readonly knows?: (actor: Actor, subject: Subject) => boolean
}

export function action<Subject = unknown>(definition: Action<Subject>): Action<Subject> {
  return Object.freeze(definition)
}

export type Verdict = 'allowed' | 'forbidden' | 'hidden'

/** The question itself. The system actor (deadlines, jobs) is let through: its jobs name the action they perform. */
export function judge<Subject>(actor: Actor, wanted: Action<Subject>, subject: Subject): Verdict {
  if (actor.kind === 'system') return 'allowed'
  const roleFits = wanted.roles === 'anyone' || wanted.roles.some((role) => actor.roles.includes(role))
  if (roleFits && (wanted.permits === undefined || wanted.permits(actor, subject))) return 'allowed'
  return wanted.knows?.(actor, subject) === true ? 'forbidden' : 'hidden'
}
