import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'
import type { Action } from '../../kernel/action.ts'
import { type Actor, ANONYMOUS } from '../../kernel/actor.ts'
import { problem } from '../../kernel/problem.ts'
import { Forbidden, Unauthenticated } from '../problems.ts'
import type { RateCounter } from './rate.ts'

declare module 'fastify' {
  interface FastifyRequest {
    actor: Actor
    /** Set by the route runner once the service has asked its permission question. */
    permissionAsked: boolean
  }
  interface FastifyContextConfig {
    policy?: RoutePolicy
  }
}

/** What a route demands: an action of the access table, a key of its own, or an open door; the latter two with a reason. */
export type RoutePolicy =
  | { readonly kind: 'action'; readonly action: Action<never> }
  | { readonly kind: 'open'; readonly because: string; readonly isCounted: boolean }
  | { readonly kind: 'own_key'; readonly because: string; readonly admits: (credential: string) => boolean }

export function allow(action: Action<never>): RoutePolicy {
  return { kind: 'action', action }
}

/** An open door. What machines ask all day from one address, such as probes, takes nothing of that address's quota. */
export function anyone(because: string, { isCounted = true } = {}): RoutePolicy {
  return { kind: 'open', because, isCounted }
}

/** A door that no actor's credential opens. `admits` gets what stands behind `Bearer`, '' for nothing. */
export function ownKey(because: string, admits: (credential: string) => boolean): RoutePolicy {
  return { kind: 'own_key', because, admits }
}

const ACTOR = Symbol('actor')
type Slot = { [ACTOR]: Actor | null }

/** Finds out who holds a bearer credential; null when nobody does. */
export type Authenticate = (credential: string) => Promise<Actor | null>

/**
 * The route guard. Registered before any route: a route without a policy refuses to boot, a request without a
 * sufficient credential stops here, and a success whose permission was never asked becomes a 500.
 */
export function useGuard(app: FastifyInstance, authenticate: Authenticate, count: RateCounter): void {
  app.decorateRequest('permissionAsked', false)
  // An accessor over a slot: a property defined anew on each request made its object slow for all that came after.
  app.decorateRequest(ACTOR as never, null as never)
  app.decorateRequest('actor', {
    getter(this: Slot) {
      return this[ACTOR] ?? ANONYMOUS
    },
    setter(this: Slot, actor: Actor) {
      this[ACTOR] = actor
    },
  } as never)
  const routes: RouteOptions[] = []
  app.addHook('onRoute', (route) => {
    routes.push(route)
  })
  // Asked once all hooks of all scopes have run, so that a scope of open pages may say so once for all of them.
  app.addHook('onReady', async () => {
    for (const route of routes) {
      const isPreflight = route.method === 'OPTIONS'
      if (route.config?.policy === undefined && !isPreflight) {
        throw new Error(`${String(route.method)} ${route.url} has no policy: say allow(action) or anyone('why')`)
      }
    }
  })
  app.addHook('onRequest', async (request) => {
    const policy = request.routeOptions.config.policy
    if (policy?.kind === 'own_key') {
      if (policy.admits(credentialOf(request.headers.authorization) ?? '')) return
      await count.failure(request)
      throw problem(Unauthenticated)
    }
    const actor = await identify(request, authenticate)
    const isOpen = policy === undefined || policy.kind === 'open' || policy.action.roles === 'anyone'
    if (actor === null || (actor.kind === 'anonymous' && !isOpen)) {
      await count.failure(request)
      throw problem(Unauthenticated)
    }
    request.actor = actor
    if (policy?.kind !== 'open' || policy.isCounted) await count.request(request)
    if (policy === undefined || policy.kind === 'open' || policy.action.roles === 'anyone') return
    if (!policy.action.roles.some((role) => actor.roles.includes(role)))
      throw problem(Forbidden, { action: policy.action.name })
  })
  // onSend and not preSerialization: a handler that sends text or a stream would slip past the latter.
  app.addHook('onSend', (request, reply, payload, done) => {
    if (reply.statusCode < 300 && !request.permissionAsked && request.method !== 'OPTIONS') {
      const { config, url } = request.routeOptions
      if (config.policy?.kind === 'action') {
        const question = config.policy.action.name
        done(new Error(`${request.method} ${url ?? request.url} answered without asking ${question}`))
        return
      }
    }
    done(null, payload)
  })
}

/** Null for a credential that is nobody's; no credential at all is anonymous. */
async function identify(request: FastifyRequest, authenticate: Authenticate): Promise<Actor | null> {
  const header = request.headers.authorization
  if (header === undefined) return ANONYMOUS
  const credential = credentialOf(header)
  return credential === undefined ? null : authenticate(credential)
}

function credentialOf(header: string | undefined): string | undefined {
  return /^Bearer +([\x21-\x7e]+)$/i.exec(header ?? '')?.[1]
}
