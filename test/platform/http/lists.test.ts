import t from 'tap'
import { testApp } from '../../support/app.ts'

interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query'
  readonly required?: boolean
  readonly schema: { readonly pattern?: string; readonly enum?: readonly string[] }
}

interface ListOperation {
  readonly operationId: string
  readonly parameters?: readonly Parameter[]
}

/** In this order, and not by creation. */
const SORTED_OTHERWISE = ['listDeadlines', 'listDivisions', 'listLevelReviews']

t.test('every list of what was created can be cut at two moments', async (t) => {
  const { app, call, keyFor } = await testApp(t)
  const host = await keyFor('host')
  const document = app.swagger() as unknown as {
    paths: Record<string, { get?: ListOperation }>
  }
  const namesOf = ({ parameters = [] }: ListOperation) => parameters.map(({ name }) => name)
  const lists = Object.entries(document.paths).flatMap(([path, { get }]) =>
    get !== undefined && namesOf(get).includes('cursor') ? [{ path, operation: get }] : [],
  )
  t.ok(lists.length > 40)
  const cut = lists.filter(({ operation }) => namesOf(operation).includes('createdFrom'))
  t.ok(cut.length > 30)
  for (const { path, operation } of cut) {
    t.notOk(SORTED_OTHERWISE.includes(operation.operationId), operation.operationId)
    const required = (operation.parameters ?? []).filter((parameter) => parameter.required === true)
    const address = required
      .filter((parameter) => parameter.in === 'path')
      .reduce((so, { name, schema }) => so.replace(`{${name}}`, sampleOf(schema)), path)
    const query = required
      .filter((parameter) => parameter.in === 'query')
      .map(({ name, schema }) => `&${name}=${sampleOf(schema)}`)
    for (const way of ['createdTo=1990-01-01T00:00:00Z', 'createdFrom=2999-01-01T00:00:00%2B08:00&sort=-createdAt']) {
      const { status, body } = await call(host, 'GET', `${address}?${way}${query.join('')}`)
      t.ok([200, 403, 404].includes(status), `${operation.operationId}: ${status} ${body.code ?? ''}`)
      if (status === 200) t.same(body, { items: [], nextCursor: null }, operation.operationId)
    }
  }
})

/** A well-formed identifier that nobody has, or the first of the words that are allowed. */
function sampleOf({ pattern, enum: words }: Parameter['schema']): string {
  return words?.[0] ?? `${/^\^([a-z]+)_/.exec(pattern ?? '')?.[1] ?? 'x'}_00000000000000000000000001`
}
