import t from 'tap'
import { ROLES, type Role } from '../src/kernel/actor.ts'
import { MODULES } from '../src/modules.ts'
import { testApp } from './support/app.ts'

interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly url: string
  readonly operationId: string
  readonly action: string
  readonly roles: readonly Role[] | 'anyone'
}

t.test('every operation lets in exactly the roles of its action', async (t) => {
  const { app, call, keyFor, newOrganization } = await testApp(t)
  const document = app.swagger() as unknown as { paths: Record<string, Record<string, Record<string, unknown>>> }
  const operations: Operation[] = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase() as Operation['method'],
      // A well-formed id that nobody has: what is asked here is the door, not the thing behind it.
      url: path.replace(/\{(\w+)\}/g, (_whole, name: string) => samplePath(operation, name)),
      operationId: operation.operationId as string,
      action: operation['x-action'] as string,
      roles: operation['x-roles'] as Operation['roles'],
    })),
  )
  t.ok(operations.length > 10)
  const organizationId = await newOrganization('云汀县门户测试中心')
  const keys = new Map<Role, string>()
  for (const role of ROLES) {
    const expert = role === 'expert' ? { expertId: 'exp_00000000000000000000000001' } : {}
    keys.set(role, await keyFor(role, role === 'agency' || role === 'provider' ? { organizationId } : expert))
  }
  const breaches: string[] = []
  for (const { method, url, operationId, action, roles } of operations) {
    if (roles === 'anyone') continue
    const body = method === 'GET' ? undefined : {}
    const anonymous = await call(null, method, url, body)
    if (anonymous.status !== 401) breaches.push(`${operationId} answers ${anonymous.status} without a credential`)
    for (const role of ROLES) {
      const answer = await call(keys.get(role) ?? '', method, url, body)
      const isShut = answer.status === 403 || answer.status === 401
      const mayEnter = roles.includes(role)
      if (!mayEnter && answer.status !== 403) breaches.push(`${operationId} answers ${answer.status} to ${role}`)
      if (mayEnter && isShut && !asksMore.has(action)) breaches.push(`${operationId} shuts out ${role}`)
    }
  }
  t.same(breaches, [])
})

/** Actions that also ask about the thing itself: a role that may come in can still be refused because of what it sends. */
const asksMore = new Set(
  MODULES.flatMap((module) =>
    module.actions.filter((action) => action.permits !== undefined).map((action) => action.name),
  ),
)

function samplePath(operation: Record<string, unknown>, name: string): string {
  const parameters = (operation.parameters ?? []) as { name: string; schema: { pattern?: string } }[]
  const pattern = parameters.find((parameter) => parameter.name === name)?.schema.pattern ?? ''
  const prefix = /^\^([a-z]+)_/.exec(pattern)?.[1]
  return prefix === undefined ? '990421000000' : `${prefix}_00000000000000000000000000`
}
