import type { FastifyInstance } from 'fastify'
import { readRoute } from '../../platform/http/route.ts'
import { ListKeyShares, ReadSealingKey } from './policy.ts'
import { KeyShares, SealingKeyBody, SealingParams } from './schemas.ts'
import { listKeyShares, readSealingKey } from './service.ts'

const tag = 'Sealing'

export function sealingRoutes(app: FastifyInstance): void {
  readRoute(app, {
    url: '/rounds/:roundId/sealing-key',
    operationId: 'readSealingKey',
    summary: 'Read the public key of a round',
    tag,
    description:
      'Made at publication. In a round whose policy says `client`, bids are sealed for it as JWE (`ECDH-ES+A256KW`, `A256GCM`) and files as age v1; in the others the service does it.',
    allow: ReadSealingKey,
    params: SealingParams,
    answer: SealingKeyBody,
    run: (work, { params }) => readSealingKey(work, params.roundId),
    present: ({ hostId: _, officers, createdAt, ...key }) => ({
      ...key,
      officers: [...officers],
      createdAt: createdAt.toISOString(),
    }),
  })
  readRoute(app, {
    url: '/rounds/:roundId/key-shares',
    operationId: 'listKeyShares',
    summary: 'List the key shares of a round',
    tag,
    description:
      'Each share is a JWE that its officer alone can open; the service keeps no readable copy. After the deadline the officers hand in what is inside.',
    allow: ListKeyShares,
    params: SealingParams,
    answer: KeyShares,
    run: (work, { params }) => listKeyShares(work, params.roundId),
    present: (shares) => ({
      items: shares.map(({ position, officerName, sealedShare, handedInAt }) => ({
        position,
        officerName,
        sealedShare,
        handedInAt: handedInAt?.toISOString() ?? null,
      })),
    }),
  })
}
