import { type DeadlineHandlers, deadlineRunner } from '../../src/modules/deadlines/index.ts'
import { MODULES } from '../../src/modules.ts'
import { SILENT_RINGS, type TestApp } from './app.ts'

const HANDLERS: DeadlineHandlers = Object.assign({}, ...MODULES.map((module) => module.deadlines ?? {}))

/** Does what has come due, as the worker would; nothing rings. */
export function runnerOf({ config, database, deps }: Pick<TestApp, 'config' | 'database' | 'deps'>) {
  return deadlineRunner({ database, rings: SILENT_RINGS, handlers: HANDLERS, sandbox: config.sandbox, log: deps.log })
}
