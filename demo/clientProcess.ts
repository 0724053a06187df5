import { fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'

/** What a client is told once the service answers. Not by its arguments or environment: the key is a secret. */
export interface Order {
  readonly baseUrl: string
  /** A key of the role platform_admin. */
  readonly adminKey: string
}

/**
 * A client of the demo's in a process of its own: when it has ended, what stays is the service as it is deployed. It
 * prepares itself while the service starts, waits for its {@link Order}, and ends when that is done.
 */
export interface ClientProcess<Result> {
  /** What the client gives back, or undefined when it failed; then it has said why. */
  run(order: Order): Promise<Result | undefined>
  stop(): void
}

/** Starts one of the demo's clients; undefined when it gives up before it is ready. Our exit code is its, when it fails. */
export async function startClient<Result>(
  script: 'player.ts' | 'seeder.ts',
  args: readonly string[] = [],
): Promise<ClientProcess<Result> | undefined> {
  const child = fork(path.join(import.meta.dirname, script), [...args])
  const ended = once(child, 'exit').then(([code]) => {
    if (code !== 0) process.exitCode = code ?? 1
    return undefined
  })
  const said = () => Promise.race([once(child, 'message').then(([message]) => message), ended])
  if ((await said()) === undefined) return undefined
  return {
    async run(order) {
      child.send(order)
      const result = await said()
      await ended
      return result
    },
    stop: () => void child.kill(),
  }
}

/** The client's end: says that it is ready, takes the order, and gives back what `run` returns. */
export async function takeOrder<Result extends object>(run: (order: Order) => Promise<Result>): Promise<void> {
  // Whoever started us has gone, and with it the service.
  const leave = () => process.exit(1)
  process.once('disconnect', leave)
  process.send?.('ready')
  const [order] = (await once(process, 'message')) as [Order]
  const result = await run(order)
  process.off('disconnect', leave)
  process.send?.(result)
  process.disconnect?.()
}
