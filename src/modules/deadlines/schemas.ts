import { Type } from 'typebox'
import { Count, closed, Id, Instant, Nullable, ResolvedDate, Word } from '../../platform/http/schemas.ts'
import { DEADLINE_STATES } from './rules.ts'

const Subject = Type.String({ minLength: 1, maxLength: 100, description: 'TypeID of what the deadline belongs to.' })

export const DeadlineBody = closed(
  {
    id: Id('dln'),
    kind: Type.String({ maxLength: 100, description: '`<noun>.<what happens>`, such as `round.closes`.' }),
    hostId: Id('org'),
    subject: Subject,
    dueAt: Instant,
    resolved: Nullable(ResolvedDate),
    state: Word(DEADLINE_STATES),
    doneAt: Nullable(Instant),
    attempts: Count(1_000_000, 0, 'How often it was tried in vain; it is tried again.'),
    lastError: Nullable(Type.String({ maxLength: 100, description: 'Code of the last failure.' })),
    createdAt: Instant,
  },
  { title: 'Deadline' },
)
export const DeadlineFilters = closed({
  state: Type.Optional(Word(DEADLINE_STATES)),
  subject: Type.Optional(Subject),
  dueBefore: Type.Optional(Instant),
})

export const ClockAdvance = closed(
  { hostId: Id('org'), advanceTo: Instant },
  { title: 'ClockAdvance', description: 'The moment that the host’s test clock shall show.' },
)
export const ClockBody = closed(
  {
    hostId: Id('org'),
    now: Instant,
    isFrozen: Type.Boolean({ description: 'Whether a test clock was set; it stands until it is moved.' }),
    pendingDeadlines: Count(
      1_000_000,
      0,
      'Deadlines that are due and wait for the worker: ask until 0 before you go on.',
    ),
    failingDeadlines: Count(1_000_000, 0, 'Those of them that have failed before and are tried again.'),
  },
  { title: 'SandboxClock' },
)
export const ClockQuery = closed({ hostId: Id('org') })
