import { drizzle } from 'drizzle-orm/node-postgres'
import type pg from 'pg'
import { readMany, readOne } from '../src/modules/projects/store/read.ts'

/** The texts that the store of projects prepares. */
export interface Statements {
  /** `$1` is the id. */
  readonly readOne: string
  /** Takes no parameter. */
  readonly list50: string
}

/** Listens while the store itself asks, so that the two servers cannot come to ask different questions. */
export async function captureStatements(pool: pg.Pool, projectId: string): Promise<Statements> {
  const heard: pg.QueryConfig[] = []
  const listening = {
    query(config: pg.QueryConfig) {
      heard.push(config)
      return pool.query(config)
    },
  }
  const handle = drizzle(listening as pg.Pool)
  await readOne(handle, projectId)
  await readMany(handle, {}, null, 50, undefined)
  const [one, list, ...more] = heard
  if (one?.values?.length !== 1 || list?.values?.length !== 0 || more.length > 0)
    throw new Error('The store does not read one project, or a page of them, in one statement of the expected shape.')
  return { readOne: one.text, list50: list.text }
}
