import type { Static, TObject, TSchema } from 'typebox'
import type { Action } from '../../kernel/action.ts'
import type { Page } from '../../kernel/page.ts'
import type { Language, ProblemDefinition } from '../../kernel/problem.ts'
import type { Database } from '../database/database.ts'
import type { Outcome } from '../lane.ts'
import type { Rings } from '../queue/rings.ts'
import type { Work } from '../work.ts'
import type { CursorCodec } from './cursor.ts'
import type { AnswerSeal } from './sealedAnswer.ts'

/** What the runner of routes needs; the same for every module. */
export interface Edge {
  readonly database: Database
  readonly rings: Pick<Rings, 'ring' | 'ringNow'>
  readonly sandbox: boolean
  readonly cursors: CursorCodec
  readonly answers: AnswerSeal
}

declare module 'fastify' {
  interface FastifyInstance {
    edge: Edge
  }
}

/** One of several requests that are run in one transaction: all have the same `work.sql`. */
export interface Member<Input> {
  readonly work: Work
  readonly input: Input
}

/**
 * How an operation runs several requests in one transaction. Each is decided by itself: a refusal is an outcome, decided
 * before anything of that request is written, and the others go on. Whatever is thrown undoes all of them, and each is
 * then run alone, by the operation's `run`.
 */
export interface Gathering<Input, Result> {
  /**
   * Requests of one lane may share a transaction: its name, such as the round that they all lock. Undefined: the request
   * runs alone, as those that will be refused anyway had better do. Asked outside of any transaction.
   */
  readonly laneOf: (work: Work, input: Input) => Promise<string | undefined>
  /** What a request locks for itself: two of the same are never under way at once. */
  readonly keyOf: (input: Input) => string
  readonly run: (members: readonly Member<Input>[]) => Promise<readonly Outcome<Result>[]>
}

/** What every operation declares. The OpenAPI document and the behaviour come from this one object. */
export interface Operation {
  readonly url: string
  readonly operationId: string
  readonly summary: string
  readonly description?: string
  readonly tag: string
  /** The access rule: asked about the role at the door, and again by the service about the row. */
  readonly allow: Action<never>
  readonly params?: TObject
  /** Business refusals of this operation; the platform's own are added by status. */
  readonly problems?: readonly ProblemDefinition[]
}

/** What came with a request, as its schemas say. */
export type Input<Params, Query, Body> = {
  readonly params: Params extends TSchema ? Static<Params> : Record<string, never>
  readonly query: Query extends TSchema ? Static<Query> : Record<string, never>
  readonly body: Body extends TSchema ? Static<Body> : undefined
}

export interface ReadOperation<Params extends TObject, Query extends TObject, Answer extends TSchema, Result>
  extends Operation {
  readonly params?: Params
  readonly query?: Query
  readonly answer: Answer
  readonly run: (work: Work, input: Input<Params, Query, undefined>) => Promise<Result>
  /** From the domain's value to the wire; `language` is the caller's, for sentences. */
  readonly present: (result: Result, language: Language) => Static<Answer>
  readonly serialize?: Serialization
}

export interface ListOperation<Params extends TObject, Query extends TObject, Item extends TSchema, Result>
  extends Operation {
  readonly params?: Params
  /** Filters; `limit` and `cursor` are added, and for what is listed by creation `sort`, `createdFrom`, `createdTo`. */
  readonly query?: Query
  readonly item: Item
  readonly pageTitle: string
  /** By what the list is sorted, where its items tell `createdAt` and yet the newest are not first. */
  readonly sortedBy?: 'code' | 'dueAt' | 'bidId'
  /** `after` holds the keyset values of the page before, as the service returned them in `next`; of a beginning the id is null. */
  readonly run: (
    work: Work,
    input: Input<Params, Query, undefined> & { readonly limit: number; readonly after: unknown[] | undefined },
  ) => Promise<Page<Result>>
  readonly present: (item: Result) => Static<Item>
  readonly serialize?: Serialization
}

export interface CommandOperation<
  Params extends TObject,
  Body extends TSchema,
  Answer extends TSchema,
  Result,
  Prepared = undefined,
> extends Operation {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly params?: Params
  readonly body?: Body
  /** 201 answers carry `Location`; 200 for actions on what exists. */
  readonly status: 200 | 201
  readonly answer: Answer
  /** `required` on POSTs that create bids, awards, agreements, disbursements, approvals, keys; accepted on the others. */
  readonly idempotencyKey?: 'required' | 'accepted'
  /** The answer holds a secret: it is kept sealed for a replay, never in clear. */
  readonly secretAnswer?: boolean
  /** Must the caller name the version it read? Every write to something that exists says `true`. */
  readonly ifMatch?: boolean
  /**
   * What takes too long for a transaction, such as a search: done before it, on what is committed. `run` asks for the
   * permission again, and looks whether what was prepared still fits.
   */
  readonly prepare?: (work: Work, input: Input<Params, undefined, Body>) => Promise<Prepared>
  readonly run: (work: Work, input: Input<Params, undefined, Body>, prepared: NoInfer<Prepared>) => Promise<Result>
  /** For the few operations that everybody asks for in the same minute: many requests in one transaction (ADR 0020). */
  readonly gather?: Gathering<Input<Params, undefined, Body>, Result>
  readonly present: (result: Result, language: Language) => Static<Answer>
  /** Path of the created resource, without `/v1`. */
  readonly location?: (result: NoInfer<Result>) => string
}

/**
 * The schema's own serializer leaves out what the schema does not name, which a `present` that spreads may need. Where
 * `present` names each field itself, `as presented` writes its value in one go: 210 instead of 315 µs for a page of fifty
 * projects, most of it Chinese text.
 */
export type Serialization = 'by schema' | 'as presented'
