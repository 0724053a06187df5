import { type FieldError, Problem, type ProblemDefinition, type ProblemParameters, type Refusal } from './problem.ts'

/** What a pure rule answers: the new value, or the refusal with its code. */
export type Decision<Value> =
  | { readonly accepted: true; readonly value: Value }
  | { readonly accepted: false; readonly refusal: Refusal }

export function accept<Value>(value: Value): Decision<Value> {
  return { accepted: true, value }
}

export function refuse(
  definition: ProblemDefinition,
  parameters: ProblemParameters = {},
  errors: readonly FieldError[] = [],
): { readonly accepted: false; readonly refusal: Refusal } {
  return { accepted: false, refusal: { problem: definition, parameters, errors } }
}

/** The step from a rule to a service: an accepted value, or a thrown {@link Problem}. */
export function orThrow<Value>(decision: Decision<Value>): Value {
  if (decision.accepted) return decision.value
  throw new Problem(decision.refusal)
}
