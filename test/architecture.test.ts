import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { MODULES } from '../src/modules.ts'

const root = path.resolve(import.meta.dirname, '../src')
const FILES = ['index', 'rules', 'policy', 'problems', 'schemas', 'tables', 'store', 'service', 'routes', 'jobs']

interface Source {
  readonly file: string
  readonly imports: readonly string[]
  readonly text: string
}

const sources: readonly Source[] = (readdirSync(root, { recursive: true }) as string[])
  .filter((file) => file.endsWith('.ts'))
  .map((file) => {
    const text = readFileSync(path.join(root, file), 'utf8')
    const specifiers = [...text.matchAll(/(?:from|import)\s+'([^']+)'|import\('([^']+)'\)/g)].map(
      (match) => match[1] ?? match[2] ?? '',
    )
    const imports = specifiers.map((specifier) =>
      specifier.startsWith('.') ? path.join(path.dirname(file), specifier) : specifier,
    )
    return { file, imports, text }
  })

const own = (source: Source) => source.imports.filter((name) => name.endsWith('.ts'))
const foreign = (source: Source) => source.imports.filter((name) => !name.endsWith('.ts'))
const moduleOf = (file: string) => /^modules\/([^/]+)\//.exec(file)?.[1]
const layerOf = (file: string) => {
  const [, , first = ''] = file.split('/')
  return first.replace('.ts', '')
}

/** All breaches at once, so that one run says everything there is to mend. */
function breaches(
  select: (source: Source) => boolean,
  isAllowed: (name: string, source: Source) => boolean,
  names = own,
): string[] {
  return sources.filter(select).flatMap((source) =>
    names(source)
      .filter((name) => !isAllowed(name, source))
      .map((name) => `${source.file} imports ${name}`),
  )
}

t.test(
  'the kernel imports nothing but the kernel; of the rest only canonical JSON and hashes, which are pure',
  async (t) => {
    t.same(
      breaches(
        ({ file }) => file.startsWith('kernel/'),
        (name) => name.startsWith('kernel/'),
      ),
      [],
    )
    t.same(
      breaches(
        ({ file }) => file.startsWith('kernel/'),
        (name) => name === 'canonicalize' || name === 'node:crypto',
        foreign,
      ),
      [],
    )
  },
)

t.test('the platform knows no domain noun: it imports no module', async (t) => {
  t.same(
    breaches(
      ({ file }) => file.startsWith('platform/'),
      (name) => name.startsWith('kernel/') || name.startsWith('platform/'),
    ),
    [],
  )
})

t.test('a module is entered through its index alone, and only from modules that stand later', async (t) => {
  const order = MODULES.map((module) => module.name)
  const inModule = ({ file }: Source) => moduleOf(file) !== undefined
  t.same(
    breaches(inModule, (name, { file }) => {
      const target = moduleOf(name)
      if (target === undefined || target === moduleOf(file)) return true
      if (layerOf(file) === 'tables')
        return name === `modules/${target}/tables.ts` && order.indexOf(target) < order.indexOf(moduleOf(file) ?? '')
      return name === `modules/${target}/index.ts` && order.indexOf(target) < order.indexOf(moduleOf(file) ?? '')
    }),
    [],
  )
  t.same(
    readdirSync(path.join(root, 'modules')).sort(),
    [...order].sort(),
    'every folder is a module of the table of contents',
  )
})

t.test('rules, policies and problems are pure: no I/O, no clock, no chance, no framework', async (t) => {
  const isPure = ({ file }: Source) =>
    file.startsWith('kernel/') || ['rules', 'policy', 'problems', 'compiler'].includes(layerOf(file))
  const inModule = (source: Source) => source.file.startsWith('modules/') && isPure(source)
  t.same(
    breaches(inModule, (name, { file }) => {
      if (name.startsWith('kernel/')) return true
      // A policy document is data of an earlier module; its types and pure helpers may be read through the door.
      return moduleOf(name) === moduleOf(file)
        ? !['store', 'service', 'routes', 'jobs', 'tables', 'schemas'].includes(layerOf(name))
        : name.endsWith('/index.ts')
    }),
    [],
  )
  t.same(
    breaches(inModule, (name) => name === 'canonicalize' || name === 'node:crypto', foreign),
    [],
  )
  const clock = /\bDate\.now\(|new Date\(\)|Math\.random\(|process\.env/
  t.same(
    sources
      .filter((source) => (isPure(source) || source.file.startsWith('modules/')) && clock.test(source.text))
      .map(({ file }) => file),
    [],
  )
})

t.test('services know neither Fastify nor BullMQ nor drizzle; routes know no store', async (t) => {
  const layer =
    (...names: string[]) =>
    ({ file }: Source) =>
      file.startsWith('modules/') && names.includes(layerOf(file))
  t.same(
    breaches(layer('service'), (name) => !/^(fastify|bullmq|ioredis|drizzle-orm|pg|@fastify)/.test(name), foreign),
    [],
  )
  t.same(
    breaches(layer('routes', 'jobs'), (name) => !/\/(store|tables)\.ts$/.test(name)),
    [],
  )
  t.same(
    breaches(
      layer('store'),
      (name, { file }) =>
        moduleOf(name) === undefined || moduleOf(name) === moduleOf(file) || name.endsWith('/index.ts'),
    ),
    [],
  )
})

t.test('only config.ts and the commands read the environment; child processes inherit it whole', async (t) => {
  const readers = sources.filter(
    ({ file, text }) => /process\.env(?! *[,}])/.test(text) && file !== 'config.ts' && !file.startsWith('bin/'),
  )
  t.same(
    readers.map(({ file }) => file),
    [],
  )
})

t.test('no file is too long for one sitting', async (t) => {
  const LINES_MAX = 400
  t.same(
    sources
      .filter(({ text }) => text.split('\n').length > LINES_MAX)
      .map(({ file, text }) => `${file}: ${text.split('\n').length} lines`),
    [],
  )
})

t.test('there are no circles among the files', async (t) => {
  const byFile = new Map(sources.map((source) => [source.file, source]))
  const state = new Map<string, 'open' | 'done'>()
  const circles: string[] = []
  const visit = (file: string, trail: readonly string[]) => {
    if (state.get(file) === 'done') return
    if (state.get(file) === 'open') return void circles.push([...trail.slice(trail.indexOf(file)), file].join(' → '))
    state.set(file, 'open')
    const source = byFile.get(file)
    const typesOnly = new Set(
      [...(source?.text.matchAll(/import type [^;']*'([^']+)'/g) ?? [])].map((match) =>
        path.join(path.dirname(file), match[1] ?? ''),
      ),
    )
    for (const next of source === undefined ? [] : own(source)) if (!typesOnly.has(next)) visit(next, [...trail, file])
    state.set(file, 'done')
  }
  for (const { file } of sources) visit(file, [])
  t.same(circles, [])
})

t.test('a module has the files of its shape and no others', async (t) => {
  const strange = MODULES.flatMap(({ name }) =>
    readdirSync(path.join(root, 'modules', name))
      .filter((entry) => {
        const isFolder = statSync(path.join(root, 'modules', name, entry)).isDirectory()
        return isFolder ? !FILES.includes(entry) : !FILES.includes(entry.replace('.ts', ''))
      })
      .map((entry) => `${name}/${entry}`),
  )
  // Parts of a module that deserve a name of their own: data, pure documents, and what stands between edge and service.
  const NAMED = [
    /Document\.ts$/,
    /^rounds\/defaultPolicy\.ts$/,
    /credentials\.ts$/,
    /upload\.ts$/,
    /builtIn\.ts$/,
    /^rounds\/compiler$/,
  ]
  t.same(
    strange.filter((entry) => !NAMED.some((pattern) => pattern.test(entry))),
    [],
  )
})
