import Fastify from 'fastify'
import pg from 'pg'

/**
 * What every service pays for a submission: Fastify reads the same body over HTTP and parses it, and as many bytes as its
 * ciphertext has are inserted by one committed statement. Nothing is checked, sealed, signed or recorded.
 */
const { DATABASE_URL, DATABASE_POOL_SIZE, SEALED_BYTES, HOST, PORT } = process.env
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: Number(DATABASE_POOL_SIZE) })
const sealed = Buffer.alloc(Number(SEALED_BYTES), 'x')
const app = Fastify()

app.get('/health/ready', async () => ({ status: 'ok' }))
app.post('/v1/bids/:bidId/submission', async (_request, reply) => {
  await pool.query({ name: 'plain', text: 'insert into plain (sealed) values ($1)', values: [sealed] })
  return reply.code(201).send({ status: 'received' })
})
process.once('SIGTERM', async () => {
  await app.close()
  await pool.end()
})
await app.listen({ host: HOST ?? '127.0.0.1', port: Number(PORT) })
