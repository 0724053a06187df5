import type { FastifyInstance } from 'fastify'
import type { Action } from '../kernel/action.ts'
import type { ProblemDefinition } from '../kernel/problem.ts'
import type { ResolvedDate } from '../kernel/workdays.ts'
import type { Database } from './database/database.ts'
import type { Inspector } from './files/examine.ts'
import type { FileStore } from './files/files.ts'
import type { Scanner } from './files/scanner.ts'
import type { KeyHolding } from './keys/holders.ts'
import type { Rings } from './queue/rings.ts'
import type { Signer } from './signing.ts'
import type { Work } from './work.ts'

/** What a module's routes may need beyond the edge that every app carries (`app.edge`). */
export interface ModuleDeps {
  readonly files: FileStore
  readonly scanner: Scanner
  /** Sees uploaded contents in memory before they are stored or sealed. */
  readonly inspector?: Inspector
  readonly keys: { readonly pepper: Buffer; readonly fields: Buffer; readonly blindIndex: Buffer }
  readonly signer: Signer
  readonly sealing: KeyHolding
  /** This process remembers credentials for a moment; one that has ended is forgotten at once. */
  readonly credentials: { forget(credentialId: string): void }
  readonly sandbox: boolean
  readonly production: boolean
}

/** A deadline that has come due, as its handler sees it. */
export interface DueDeadline {
  readonly id: string
  /** `<noun>.<what happens>`, such as `round.closes`. */
  readonly kind: string
  readonly hostId: string
  /** TypeID of what it belongs to. */
  readonly subject: string
  readonly dueAt: Date
  readonly resolved: ResolvedDate | null
}

/**
 * Does what a deadline demands, in the transaction that marks the deadline as done. It must look at the subject's
 * state first: whatever made the deadline pointless may have happened meanwhile.
 */
export type DeadlineHandler = (work: Work, deadline: DueDeadline) => Promise<void>

/** A state machine as the documentation shows it. */
export interface Machine {
  readonly name: string
  readonly initial: string
  readonly table: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** What background work of a module may need. */
export interface BackgroundDeps {
  readonly database: Database
  readonly rings: Pick<Rings, 'ring' | 'ringNow'>
  readonly files: FileStore
  readonly scanner: Scanner
  readonly signer: Signer
  readonly sealing: KeyHolding
  readonly sandbox: boolean
  /** Where the public reaches the service; undefined: nobody has said. */
  readonly publicUrl?: string | undefined
  readonly log: { error(details: object, message: string): void }
}

/** Work that goes on beside requests and deadlines. Any number of processes may run it. */
export interface Background {
  start(): void
  /** Lets what is under way come to a point where it can go on later. */
  stop(): Promise<void>
}

/** Something that lies in the database or the file store and is not as it was recorded. Codes and identifiers only. */
export interface Flaw {
  /** What kind of thing, such as `bid_version`. */
  readonly what: string
  /** Which one: an identifier, with its parts behind slashes, such as `bid_01…/2`. */
  readonly id: string
  /** What is wrong with it, such as `ciphertext_changed`. */
  readonly code: string
}

/** What a verification may read; it writes nothing. */
export interface VerifyDeps {
  readonly database: Pick<Database, 'sql'>
  readonly signer: Pick<Signer, 'verify'>
  /** Undefined: the rows are compared, the contents of files are not. */
  readonly files: Pick<FileStore, 'read'> | undefined
}

/** How many things of each kind were looked at. */
export type Verified = Readonly<Record<string, number>>

/** One feature of the service, as `modules.ts` lists it. */
export interface Module {
  readonly name: string
  /** The tag of its operations in the OpenAPI document, with the sentence that stands there. */
  readonly tag: { readonly name: string; readonly description: string }
  readonly routes?: (app: FastifyInstance, deps: ModuleDeps) => void | Promise<void>
  readonly deadlines?: Readonly<Record<string, DeadlineHandler>>
  readonly background?: (deps: BackgroundDeps) => Background
  /**
   * Compares what the module keeps outside the audit chain with what was signed and recorded of it, and yields what does
   * not fit. Reads page by page; the service may go on meanwhile.
   */
  readonly verify?: (deps: VerifyDeps) => AsyncGenerator<Flaw, Verified>
  readonly problems: readonly ProblemDefinition[]
  readonly actions: readonly Action<never>[]
  readonly machines?: readonly Machine[]
}
