import { AWARD_TRANSITIONS } from '../../../src/modules/awards/rules/award.ts'
import { MODULES } from '../../../src/modules.ts'
import type { Reading } from './real.ts'

export type Machine = 'award' | 'notice' | 'objection'
type Table = Readonly<Record<string, Readonly<Record<string, string>>>>

/** The tables of the service itself: a state or command that is new there has to be walked here. */
export const TABLES: Readonly<Record<Machine, Table>> = {
  award: AWARD_TRANSITIONS as Table,
  notice: tableOf('notice'),
  objection: tableOf('objection'),
}

function tableOf(name: Machine): Table {
  const found = MODULES.flatMap(({ machines = [] }) => machines).find((machine) => machine.name === name)
  if (found === undefined) throw new Error(`there is no machine ${name}`)
  return found.table
}

/** Which transitions were seen in the service, told from what its resources were before and after a command. */
export class Walked {
  readonly #seen = new Set<string>()

  /**
   * Compares two readings. Each change must be a transition of the table by one of the commands that the step may cause;
   * `remaining` are those that lead back to the same state, which only the step can know of.
   * @throws for a change that no table knows, or that the step does not cause.
   */
  note(before: Reading, after: Reading, causes: readonly string[], remaining: readonly string[] = []): void {
    for (const machine of ['award', 'notice', 'objection'] as const) {
      const states = new Map(before[`${machine}s`].map(({ id, state }) => [id, state]))
      for (const { id, state } of after[`${machine}s`]) {
        const was = states.get(id)
        if (was === undefined || was === state) continue
        // Two commands may lead from one state to another: then the one that the step names first.
        const cause = causes.find((name) => {
          const [ofMachine, command = ''] = name.split('.')
          return ofMachine === machine && TABLES[machine][was]?.[command] === state
        })
        if (cause === undefined) throw new Error(`${machine} ${was} → ${state}, by none of ${causes.join(', ')}`)
        this.#seen.add(`${machine} ${was} ${cause.split('.')[1]}`)
      }
    }
    for (const transition of remaining) this.#seen.add(transition)
  }

  /** `award proposed notice`: transitions of the tables that were never seen. */
  missing(): string[] {
    return transitions().filter((transition) => !this.#seen.has(transition))
  }

  get count(): number {
    return this.#seen.size
  }
}

export function transitions(): string[] {
  return Object.entries(TABLES).flatMap(([machine, table]) =>
    Object.entries(table).flatMap(([state, commands]) =>
      Object.keys(commands).map((command) => `${machine} ${state} ${command}`),
    ),
  )
}
