import { orThrow } from '../../kernel/decision.ts'
import type { Page } from '../../kernel/page.ts'
import { problem } from '../../kernel/problem.ts'
import { brokenConstraint } from '../../platform/database/database.ts'
import { authorize, expectVersion, record, type Work } from '../../platform/work.ts'
import { KeepDivisions, ReadDivision } from './policy.ts'
import { DivisionExists } from './problems.ts'
import { checkDivision, type Division, type DivisionContent, type DivisionLevel } from './rules.ts'
import { findDivision, insertDivision, listDivisions, lockDivision, updateDivision } from './store.ts'

/** Puts a division on record. Refused: a code with gaps, a kind that does not fit it, a code that is taken. */
export async function createDivision(work: Work, content: DivisionContent): Promise<Division> {
  authorize(work, KeepDivisions, {})
  const checked = orThrow(checkDivision(content))
  const at = await work.now(null)
  const created = await insertDivision(work.sql, { ...checked, createdAt: at }).catch((error: unknown) => {
    if (brokenConstraint(error) === 'division_pkey') throw problem(DivisionExists, { code: content.code })
    throw error
  })
  await record(work, {
    type: 'division.created',
    subject: created.code,
    hostId: null,
    at,
    data: { level: created.level },
  })
  return created
}

/** Changes name, households and premises; code and kind stay for ever. */
export async function changeDivision(
  work: Work,
  code: string,
  patch: Partial<Pick<DivisionContent, 'name' | 'households' | 'premisesSquareMetres'>>,
): Promise<Division> {
  const before = authorize(work, KeepDivisions, await lockDivision(work.sql, code))
  expectVersion(work, before)
  const after = await updateDivision(work.sql, code, orThrow(checkDivision({ ...before, ...patch })))
  await record(work, {
    type: 'division.changed',
    subject: code,
    hostId: null,
    at: await work.now(null),
    data: { fields: Object.keys(patch) },
  })
  return after
}

export async function readDivision(work: Work, code: string): Promise<Division> {
  return authorize(work, ReadDivision, await findDivision(work.sql, code))
}

export async function readDivisions(
  work: Work,
  filter: { parentCode?: string | undefined; level?: DivisionLevel | undefined },
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Division>> {
  authorize(work, ReadDivision, {})
  return listDivisions(work.sql, filter, limit, after)
}

/** For later modules: the division, or undefined. Asks no permission; the caller's use case does. */
export async function divisionOf(work: Work, code: string): Promise<Division | undefined> {
  return findDivision(work.sql, code)
}
