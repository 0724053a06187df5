import { type AddressInfo, createServer } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { buildApp } from './app.ts'
import type { Config } from './config.ts'
import { type Deps, openDeps, openLog } from './deps.ts'
import { buildWorker } from './worker.ts'

export interface RunningService {
  readonly app: FastifyInstance
  readonly deps: Deps
  /** Where the API answers, such as `http://127.0.0.1:3000`. */
  readonly url: string
  stop(): Promise<void>
}

/** A port that cannot be had, said so that the reader knows what to do. */
export class PortTaken extends Error {
  constructor(host: string, port: number) {
    super(`Port ${port} on ${host} is taken. Stop what runs there, or choose another: PORT=${port + 1} npm start`)
    this.name = 'PortTaken'
  }
}

/** Refuses a port that somebody listens on, before anything is made or opened for a service that could not start. */
export async function requireFreePort({ host, port }: Pick<Config, 'host' | 'port'>): Promise<void> {
  if (port === 0) return
  const probe = createServer()
  const taken = new Promise<boolean>((resolve, reject) => {
    probe.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(true)
      else reject(error)
    })
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(false)))
  })
  if (await taken) throw new PortTaken(host, port)
}

/** API and, unless told otherwise, worker in one process. */
export async function startService(config: Config, { worker = true } = {}): Promise<RunningService> {
  const log = openLog(config)
  const deps = await openDeps(config, log)
  let stopping: Promise<void> | undefined
  try {
    const app = await buildApp(config, deps)
    await listen(app, config)
    const background = worker ? buildWorker(config, deps) : undefined
    await background?.start()
    const { port } = app.server.address() as AddressInfo
    return {
      app,
      deps,
      url: `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`,
      // A signal and a failure may both ask for it.
      stop() {
        stopping ??= (async () => {
          await app.close()
          await background?.stop()
          await deps.close()
        })()
        return stopping
      },
    }
  } catch (error) {
    await deps.close()
    throw error
  }
}

async function listen(app: FastifyInstance, { host, port }: Config): Promise<void> {
  try {
    await app.listen({ host, port })
  } catch (error) {
    await app.close()
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') throw new PortTaken(host, port)
    throw error
  }
}
