import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Static } from 'typebox'
import type { ChainReport, VerifyOptions } from '../../../platform/events/verify.ts'
import { allow } from '../../../platform/http/guard.ts'
import { readRoute } from '../../../platform/http/route.ts'
import { closed } from '../../../platform/http/schemas.ts'
import type { ModuleDeps } from '../../../platform/module.ts'
import type { Signer } from '../../../platform/signing.ts'
import { newWork } from '../../../platform/work.ts'
import { ReadChain, ReadChanges, VerifyChain } from '../policy.ts'
import { ChainStartBeyondHead } from '../problems.ts'
import { typesOf } from '../rules.ts'
import { ChainBody, ChangesBody, ChangesQuery, NewVerification, VerificationBody } from '../schemas/chain.ts'
import { type ChainState, type Changes, readChainState, readChanges, verifyAuditChain } from '../service/chain.ts'

const tag = 'Activity'
const LIMIT_DEFAULT = 100

export function chainRoutes(app: FastifyInstance, { signer }: Pick<ModuleDeps, 'signer'>): void {
  const ending = new AbortController()
  app.addHook('preClose', async () => ending.abort())
  readRoute(app, {
    url: '/changes',
    operationId: 'readChanges',
    summary: 'Follow what happens',
    tag,
    description:
      'Sealed events in the order of the chain, never a skip and never twice: remember `nextAfter` and ask again. A reader of one host sees rising, not gapless, numbers. With `wait` the answer comes as soon as there is something new. Bids stay out of it until the round is opened; then `round.bids_opened` names them, and `bid.*` tells what follows (flags, formal check, results). What bidders did before is numbered at the opening but belongs to no host, so that no feed of a host tells of bids that were drafted or withdrawn.',
    allow: ReadChanges,
    query: ChangesQuery,
    answer: ChangesBody,
    run: (work, { query }) =>
      readChanges(
        work,
        {
          after: query.after === 'latest' ? 'latest' : BigInt(query.after ?? 0),
          limit: query.limit ?? LIMIT_DEFAULT,
          types: typesOf(query.types),
          waitMs: (query.wait ?? 0) * 1000,
        },
        ending.signal,
      ),
    present: presentChanges,
  })
  readRoute(app, {
    url: '/audit-chain',
    operationId: 'readAuditChain',
    summary: 'Read the head of the audit chain',
    tag,
    description:
      'Note the head outside the service: handed in with a later verification it shows a cut or rewritten history.',
    allow: ReadChain,
    answer: ChainBody,
    run: (work) => readChainState(work),
    present: presentChain,
  })
  verificationRoute(app, signer)
}

/** Declared by hand: a command route would hold a transaction open, and that holds back the sealing of new events. */
function verificationRoute(app: FastifyInstance, signer: Signer): void {
  app.route({
    method: 'POST',
    url: '/audit-chain/verifications',
    config: { policy: allow(VerifyChain) },
    schema: {
      operationId: 'verifyAuditChain',
      summary: 'Recompute the audit chain',
      description:
        'Recomputes the hash of every sealed event and names the first place where the chain breaks: an event that was changed, deleted, inserted or moved, a checkpoint or node of the Merkle tree that does not follow from the events. Stores nothing, so it may be repeated freely.',
      tags: [tag],
      params: closed({}),
      body: NewVerification,
      response: { 200: VerificationBody },
      'x-action': VerifyChain.name,
      'x-roles': VerifyChain.roles,
      'x-problems': [ChainStartBeyondHead],
    } as object,
    handler: async (request) => {
      const { edge } = app
      const work = newWork({
        sql: edge.database.sql,
        actor: request.actor,
        requestId: request.id,
        sandbox: edge.sandbox,
      })
      const report = await verifyAuditChain(work, edge.database, { ...verifyOptions(request), signer })
      request.permissionAsked = work.asked.permission
      return presentReport(report)
    },
  })
}

function verifyOptions(request: FastifyRequest): VerifyOptions {
  const { from, expectedHead } = request.body as Static<typeof NewVerification>
  return {
    ...(from === undefined ? {} : { from: BigInt(from) }),
    ...(expectedHead === undefined
      ? {}
      : { expectedHead: { seq: BigInt(expectedHead.seq), hash: Buffer.from(expectedHead.hash, 'hex') } }),
  }
}

function presentChanges({ items, nextAfter }: Changes) {
  return {
    items: items.map((event) => ({
      seq: event.seq.toString(),
      id: event.id,
      type: event.type,
      timestamp: event.at.toISOString(),
      hostId: event.hostId,
      subject: event.subject,
      actor: event.actor,
      data: { ...event.data },
      hash: event.hash.toString('hex'),
    })),
    nextAfter: nextAfter.toString(),
  }
}

function presentChain({ headSeq, headHash, ...rest }: ChainState) {
  return { headSeq: headSeq.toString(), headHash: headHash.toString('hex'), ...rest }
}

function presentReport({ unsealed, ...report }: ChainReport) {
  return { ...report, unsealedEvents: unsealed }
}
