import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Signer } from '../signing.ts'
import { anyone } from './guard.ts'
import { closed, ListOf, Word } from './schemas.ts'

const SigningKey = closed(
  {
    kty: Word(['OKP']),
    crv: Word(['Ed25519']),
    x: Type.String({ maxLength: 43, description: 'The 32 bytes of the public key in base64url.' }),
    kid: Type.String({ maxLength: 64, description: 'Named in the header of what the key has signed.' }),
    alg: Word(['EdDSA']),
    use: Word(['sig']),
  },
  { title: 'SigningKey', description: 'A public Ed25519 key as JWK (RFC 8037).' },
)
const SigningKeySet = closed({ keys: ListOf(SigningKey, 100) }, { title: 'SigningKeySet' })

/** `/.well-known/jwks.json`: what receipts, checkpoints and records are verified with. */
export function signingKeyRoutes(app: FastifyInstance, signer: Signer): void {
  app.get(
    '/.well-known/jwks.json',
    {
      config: { policy: anyone('who verifies a signature needs the public keys and nothing else') },
      schema: {
        operationId: 'readSigningKeys',
        summary: 'Read the public keys of the service',
        description:
          'The current key first; retired keys stay, so that what they signed can be verified for as long as it matters. Keep a copy: a verification should not depend on the service it checks.',
        tags: ['Service'],
        response: { 200: SigningKeySet },
        'x-roles': 'anyone',
        'x-problems': [],
      } as object,
    },
    async () => signer.jwks(),
  )
}
