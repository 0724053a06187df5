import * as draws from './draws.ts'
import * as panels from './panels.ts'
import * as scoring from './scoring.ts'
import * as sessions from './sessions.ts'

export * from './draws.ts'
export * from './panels.ts'
export * from './scoring.ts'
export * from './sessions.ts'

export const REVIEW_PROBLEMS = [
  ...Object.values(panels),
  ...Object.values(scoring),
  ...Object.values(sessions),
  ...Object.values(draws),
]
