import { accept, type Decision, refuse } from './decision.ts'
import type { ProblemDefinition } from './problem.ts'

/**
 * One table per aggregate: for every state, the commands that are lawful there and the state each leads to.
 * It answers three questions: is this command lawful, which actions may the client offer, and what does the diagram
 * in the docs look like.
 */
export type Transitions<State extends string, Command extends string> = Readonly<
  Record<State, Readonly<Partial<Record<Command, State>>>>
>

/** The state that `command` leads to, or a refusal that names the state and the command. */
export function transition<State extends string, Command extends string>(
  table: Transitions<State, Command>,
  state: State,
  command: NoInfer<Command>,
  notInState: ProblemDefinition,
): Decision<State> {
  const next = table[state][command]
  return next === undefined ? refuse(notInState, { state, command }) : accept(next)
}

/** The commands that are lawful in a state, in the order of the table: what a resource shows as `actions`. */
export function lawfulCommands<State extends string, Command extends string>(
  table: Transitions<State, Command>,
  state: State,
): Command[] {
  return Object.keys(table[state]) as Command[]
}

/** States that nothing leaves. Used by tests and by the diagram. */
export function finalStates<State extends string, Command extends string>(table: Transitions<State, Command>): State[] {
  return (Object.keys(table) as State[]).filter((state) => Object.keys(table[state]).length === 0)
}

/** The table as a Mermaid state diagram. */
export function stateDiagram<State extends string, Command extends string>(
  table: Transitions<State, Command>,
  initial: State,
): string {
  const lines = ['stateDiagram-v2', `  [*] --> ${initial}`]
  for (const [state, commands] of Object.entries(table) as [State, Partial<Record<Command, State>>][]) {
    for (const [command, next] of Object.entries(commands)) lines.push(`  ${state} --> ${next} : ${command}`)
    if (Object.keys(commands).length === 0) lines.push(`  ${state} --> [*]`)
  }
  return lines.join('\n')
}
