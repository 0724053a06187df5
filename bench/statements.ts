import { drizzle } from 'drizzle-orm/node-postgres'
import type pg from 'pg'
import { readMany, readOne } from '../src/modules/projects/store/read.ts'

/** The texts that the store of projects prepares, each with the one parameter it has, if any. */
export interface Statements {
  /** `$1` is the id. */
  readonly readOne: string
  readonly list50: string
}

/** Listens to drizzle while the store itself asks, so that the two servers cannot come to ask different questions. */
export async function captureStatements(pool: pg.Pool, projectId: string): Promise<Statements> {
  const heard: { text: string; parameters: number }[] = []
  const handle = drizzle(pool, {
    logger: { logQuery: (text, parameters) => void heard.push({ text, parameters: parameters.length }) },
  })
  await readOne(handle, projectId)
  await readMany(handle, {}, null, 50, undefined)
  const [one, list, ...more] = heard
  if (one?.parameters !== 1 || list?.parameters !== 0 || more.length > 0)
    throw new Error('The store does not read one project, or a page of them, in one statement of the expected shape.')
  return { readOne: one.text, list50: list.text }
}
