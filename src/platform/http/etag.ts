import { problem } from '../../kernel/problem.ts'
import { malformed } from '../malformed.ts'
import { PreconditionRequired } from '../problems.ts'

/** Strong entity tag of a resource's version. */
export function etagOf(version: number): string {
  return `"${version}"`
}

/** The version in `If-Match`; throws 428 when it is missing and 400 when it is not one of our tags. */
export function requiredVersion(header: string | undefined): number {
  if (header === undefined) throw problem(PreconditionRequired)
  const version = /^"([1-9][0-9]{0,8})"$/.exec(header.trim())?.[1]
  if (version === undefined)
    throw malformed('If-Match 须为读到的 ETag,例如 "3"', 'If-Match must be the ETag of the resource, such as "3"')
  return Number(version)
}

/** Does `If-None-Match` name this version (or any)? Then a GET answers 304. */
export function matchesNone(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  return header
    .split(',')
    .some((candidate) => candidate.trim() === etag || candidate.trim() === `W/${etag}` || candidate.trim() === '*')
}

/** The version of what a use case returns; undefined when it has none. */
export function versionOf(result: unknown): number | undefined {
  const version = (result as { version?: unknown } | null | undefined)?.version
  return typeof version === 'number' ? version : undefined
}
