import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const library = join(root, 'packages/countersign')
const manifest = JSON.parse(readFileSync(join(library, 'package.json'), 'utf8'))

/** One `import` or `export … from`: the file that says it, and what it names. */
interface Arrow {
  /** Relative to `src`. */
  readonly from: string
  /** Relative to `src` for a relative import; otherwise as written. */
  readonly to: string
  readonly isRelative: boolean
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
}

/** Every import of the sources, static or dynamic, of types or of values. */
function arrowsOf(src: string): Arrow[] {
  return sourceFiles(src).flatMap((file) => {
    // Examples in comments import the library by its published name.
    const code = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
    const specifiers = code.matchAll(
      /(?:^\s*(?:import|export)\s(?:[^'"]*?\bfrom\s*)?|\bimport\s*\(\s*)(['"])([^'"\n]+)\1/gm,
    )
    return Array.from(specifiers, ([, , specifier = '']) => {
      const isRelative = specifier.startsWith('.')
      const to = isRelative ? relative(src, join(dirname(file), specifier)) : specifier
      return { from: relative(src, file), to, isRelative }
    })
  })
}

/** Which folders a folder may import from, itself besides. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'errors.ts': [],
  crypto: ['errors.ts'],
  protocol: ['errors.ts', 'crypto'],
  server: ['errors.ts', 'crypto', 'protocol'],
  profiles: ['server'],
  client: ['errors.ts', 'crypto', 'protocol'],
  // A server takes what it makes, and so its options are checked like a server's.
  diagnose: ['errors.ts', 'crypto', 'protocol', 'server'],
  bridge: ['errors.ts', 'crypto', 'protocol', 'server'],
  adapters: ['errors.ts', 'protocol', 'server'],
  stores: ['errors.ts', 'crypto', 'protocol', 'server'],
  dev: ['errors.ts', 'protocol', 'server'],
  testing: ['protocol', 'server', 'client'],
  'index.ts': ['errors.ts', 'crypto', 'protocol', 'server'],
}

const arrows = arrowsOf(join(library, 'src'))
/** The published files, relative to `src`. */
const entries = Object.values<string | { 'countersign-source': string }>(manifest.exports).flatMap((entry) =>
  typeof entry === 'string' ? [] : [entry['countersign-source'].replace('./src/', '')],
)
const say = ({ from, to }: Arrow) => `${from} -> ${to}`
const folderOf = (path: string) => path.split('/')[0] ?? ''

describe('the library', () => {
  it('is found by this test', () => {
    expect(arrows.filter(({ isRelative }) => isRelative).length).toBeGreaterThan(100)
    expect(arrows.map(say)).toContain('server/authenticate.ts -> protocol/request.ts')
    expect(arrows.map(say)).toContain('crypto/hmac.ts -> node:crypto')
  })

  it('imports in the directions of the design only: adapters, stores and dev -> server -> protocol -> crypto', () => {
    const wrong = arrows.filter(({ from, to, isRelative }) => {
      const folder = folderOf(from)
      return isRelative && folderOf(to) !== folder && !allowed[folder]?.includes(folderOf(to))
    })
    expect(wrong.map(say)).toEqual([])
  })

  it('has a core that no adapter, store or page is part of', () => {
    const core = /^(?:errors\.ts|crypto\/|protocol\/|server\/)/
    const wrong = arrows.filter(({ from, to }) => core.test(from) && /^(?:adapters|stores|dev)\//.test(to))
    expect(wrong.map(say)).toEqual([])
  })

  it('has no folder that the design does not know', () => {
    const folders = readdirSync(join(library, 'src'))
    expect(folders.filter((folder) => !Object.hasOwn(allowed, folder))).toEqual([])
  })

  it('never imports an index.ts, its own published name, or a file outside', () => {
    const wrong = arrows.filter(({ to }) => /(?:^|\/)index\.[jt]s$|^countersign(?:\/|$)|^\.\./.test(to))
    expect(wrong.map(say)).toEqual([])
  })

  it('names the file, extension included, in every relative import', () => {
    const files = new Set(
      sourceFiles(join(library, 'src')).map((file) => relative(join(library, 'src'), file)),
    )
    expect(arrows.filter(({ to, isRelative }) => isRelative && !files.has(to)).map(say)).toEqual([])
  })

  it('imports node:crypto in crypto/ only', () => {
    const users = arrows.filter(({ to }) => /^(?:node:)?crypto$/.test(to)).map(({ from }) => folderOf(from))
    expect(new Set(users)).toEqual(new Set(['crypto']))
  })

  it('imports nothing else from outside in protocol/, server/ and the folders built on them alone', () => {
    const core = arrows.filter(
      ({ from, isRelative }) => !isRelative && !/^(?:crypto|adapters|stores)\//.test(from),
    )
    expect(core.map(say)).toEqual([])
  })

  it('lets no published adapter import another, but for NestJS, which runs on Express or Fastify', () => {
    const wrong = arrows.filter(
      ({ from, to }) =>
        folderOf(from) === 'adapters' &&
        !/^adapters\/nest/.test(from) &&
        folderOf(to) === 'adapters' &&
        entries.includes(to),
    )
    expect(wrong.map(say)).toEqual([])
  })

  it("lets a store's room import itself and what all stores share", () => {
    const rooms = new Set(['drizzle', 'kysely', 'prisma', 'typeorm'])
    const roomOf = (path: string) => path.split('/')[1] ?? ''
    const wrong = arrows.filter(
      ({ from, to }) =>
        folderOf(from) === 'stores' &&
        rooms.has(roomOf(from)) &&
        folderOf(to) === 'stores' &&
        ![roomOf(from), 'shared'].includes(roomOf(to)),
    )
    expect(wrong.map(say)).toEqual([])
  })

  it('names the files of every ORM alike', () => {
    const common = [
      'exchange',
      'hooks',
      'lookups',
      'register',
      'rows',
      'sweep',
      'temporary-hooks',
      'token-hooks',
    ]
    for (const room of ['drizzle', 'kysely', 'prisma', 'typeorm']) {
      const names = readdirSync(join(library, 'src/stores', room)).map((name) => name.replace(/\.ts$/, ''))
      expect([room, names]).toEqual([room, expect.arrayContaining(common)])
      expect([room, names.filter((name) => name === 'columns' || name === 'schema')]).toEqual([
        room,
        [expect.any(String)],
      ])
    }
  })

  it('has one file for each framework, and one room for what all adapters share', () => {
    const names = readdirSync(join(library, 'src/adapters'))
    const files = names.filter((name) => name.endsWith('.ts')).map((name) => name.replace('.ts', ''))
    const published = entries.flatMap((entry) => /^adapters\/([\w-]+)\.ts$/.exec(entry)?.[1] ?? [])
    expect(files.sort()).toEqual(published.sort())
    // A framework that needs more than a file has a folder of the same name.
    const rooms = names.filter((name) => !name.endsWith('.ts') && name !== 'shared')
    expect(rooms.filter((room) => !published.includes(room))).toEqual([])
    const shared = [
      'body',
      'challenges',
      'current',
      'endpoint',
      'form',
      'guard',
      'node-body',
      'node-message',
      'target',
      'web-message',
    ]
    const others = readdirSync(join(library, 'src/adapters/shared')).map((name) => name.replace('.ts', ''))
    expect(others.filter((name) => !shared.includes(name))).toEqual([])
  })

  it('opens every published entry with a comment on the module', () => {
    const heads = entries.map((entry) => [
      entry,
      readFileSync(join(library, 'src', entry), 'utf8').slice(0, 3),
    ])
    expect(heads.filter(([, head]) => head !== '/**')).toEqual([])
  })

  it('has no file of more than 300 lines', () => {
    const long = sourceFiles(join(library, 'src')).filter(
      (file) => readFileSync(file, 'utf8').split('\n').length > 301,
    )
    expect(long.map((file) => relative(join(library, 'src'), file))).toEqual([])
  })

  it('has no runtime dependency; its peers are optional, and all that it imports', () => {
    expect(manifest.dependencies ?? {}).toEqual({})
    expect(manifest.optionalDependencies ?? {}).toEqual({})
    const peers = Object.keys(manifest.peerDependencies ?? {})
    expect(peers.filter((name) => manifest.peerDependenciesMeta?.[name]?.optional !== true)).toEqual([])
    const packages = arrows
      .filter(({ to, isRelative }) => !isRelative && !to.startsWith('node:'))
      .map(({ to }) => to.match(/^(?:@[^/]+\/)?[^/]+/)?.[0] ?? to)
    expect([...new Set(packages)].filter((name) => !peers.includes(name))).toEqual([])
  })
})

describe('the provider', () => {
  const provider = arrowsOf(join(root, 'packages/provider/src'))

  it('imports the library by its published subpaths only', () => {
    const own = provider.filter(({ to }) => /countersign/.test(to))
    expect(own.length).toBeGreaterThan(0)
    const published = Object.keys(manifest.exports).map((subpath) => subpath.replace(/^\./, 'countersign'))
    expect(own.filter(({ to }) => !published.includes(to)).map(say)).toEqual([])
  })

  it('stays within its own sources otherwise', () => {
    expect(provider.filter(({ to, isRelative }) => isRelative && to.startsWith('..')).map(say)).toEqual([])
  })

  it('has a gateway that the provider does without, and that knows no page', () => {
    const inward = provider.filter(
      ({ from, to }) => folderOf(to) === 'gateway' && folderOf(from) !== 'gateway',
    )
    const toWeb = provider.filter(({ from, to }) => folderOf(from) === 'gateway' && folderOf(to) === 'web')
    expect([...inward, ...toWeb].map(say)).toEqual([])
  })

  it('keeps the web side and the running of it away from its subjects: web -> accounts, clients, tokens -> database', () => {
    const upper = ['web', 'gateway', 'services.ts', 'provider.ts', 'index.ts', 'approval.ts', 'fixtures.ts']
    const wrong = provider.filter(
      ({ from, to, isRelative }) =>
        isRelative && upper.includes(folderOf(to)) && !upper.includes(folderOf(from)),
    )
    expect(wrong.map(say)).toEqual([])
  })
})

describe('the command line', () => {
  const cli = arrowsOf(join(root, 'packages/cli/src'))

  it('imports the provider and the library by their published names only, and stays within its own sources', () => {
    const published = [
      '@countersign/conformance',
      ...['', '/gateway', '/input-error', '/shell-word'].map((at) => `@countersign/provider${at}`),
      ...['', '/bridge', '/protocol', '/client', '/diagnose'].map((at) => `countersign${at}`),
    ]
    const own = cli.filter(({ to }) => /countersign/.test(to))
    expect(own.length).toBeGreaterThan(0)
    expect(own.filter(({ to }) => !published.includes(to)).map(say)).toEqual([])
    expect(cli.filter(({ to, isRelative }) => isRelative && to.startsWith('..')).map(say)).toEqual([])
  })
})

describe('create-countersign', () => {
  const src = join(root, 'packages/create-countersign/src')
  const creator = arrowsOf(src)

  it('writes files that use the library, and uses none of it itself', () => {
    const packages = creator.filter(({ to, isRelative }) => !isRelative && !to.startsWith('node:'))
    expect(packages.map(say)).toEqual(['questions.ts -> @clack/prompts'])
    expect(creator.filter(({ to, isRelative }) => isRelative && to.startsWith('..')).map(say)).toEqual([])
  })

  it('loads the questions, and the library that draws them, on a terminal alone', () => {
    expect(creator.filter(({ to }) => to === 'questions.ts').map(say)).toEqual([
      'command-line.ts -> questions.ts',
    ])
    const commandLine = readFileSync(join(src, 'command-line.ts'), 'utf8')
    expect(commandLine).toContain("await import('./questions.ts')")
  })

  it('has no file of more than 300 lines', () => {
    const long = sourceFiles(src).filter((file) => readFileSync(file, 'utf8').split('\n').length > 301)
    expect(long.map((file) => relative(src, file))).toEqual([])
  })
})

describe('the conformance suite', () => {
  const src = join(root, 'packages/conformance/src')
  const suite = arrowsOf(src)

  it('knows no provider: of the library it imports the primitives of the protocol only', () => {
    const own = suite.filter(({ to }) => /countersign/.test(to))
    expect(new Set(own.map(({ to }) => to))).toEqual(new Set(['countersign/protocol']))
  })

  it('stays within its own sources otherwise, and never imports an index.ts', () => {
    const relatives = suite.filter(({ isRelative }) => isRelative)
    expect(relatives.length).toBeGreaterThan(20)
    expect(relatives.filter(({ to }) => /^\.\.|(?:^|\/)index\.ts$/.test(to)).map(say)).toEqual([])
  })

  it('has cases on the flow, the flow on the browser, and HTTP at the bottom', () => {
    const below: Readonly<Record<string, readonly string[]>> = {
      http: ['http'],
      browser: ['browser', 'http', 'signing.ts', 'target.ts'],
      report: ['report', 'conformance-case.ts', 'result.ts'],
    }
    const wrong = suite.filter(
      ({ from, to, isRelative }) => isRelative && below[folderOf(from)]?.includes(folderOf(to)) === false,
    )
    expect(wrong.map(say)).toEqual([])
    const users = suite.filter(({ to }) => to.startsWith('cases/') && to !== 'cases/all-cases.ts')
    expect(users.filter(({ from }) => !from.startsWith('cases/')).map(say)).toEqual([])
  })

  it('has no file of more than 300 lines', () => {
    const long = sourceFiles(src).filter((file) => readFileSync(file, 'utf8').split('\n').length > 301)
    expect(long.map((file) => relative(src, file))).toEqual([])
  })
})

describe("the provider's web side", () => {
  const src = join(root, 'packages/provider/src')
  const web = arrowsOf(src).filter(({ from, isRelative }) => isRelative && from.startsWith('web/'))
  const features = ['oauth', 'account', 'portal', 'admin', 'explain', 'playground', 'api', 'ops']
  /** The apps, which put features together; and their rooms. */
  const rooms = [...features, 'http', 'ui', 'app.ts', 'html-app.ts']
  const roomOf = (path: string) => path.split('/')[1] ?? ''

  it('has the rooms of the design', () => {
    const found = new Set(readdirSync(join(src, 'web')))
    expect([...found].filter((room) => !rooms.includes(room))).toEqual([])
    expect(rooms.filter((room) => !found.has(room))).toEqual([])
  })

  it('keeps its features apart: each imports itself, ui/ and http/ only', () => {
    const wrong = web.filter(
      ({ from, to }) =>
        features.includes(roomOf(from)) &&
        folderOf(to) === 'web' &&
        ![roomOf(from), 'ui', 'http'].includes(roomOf(to)),
    )
    expect(wrong.map(say)).toEqual([])
  })

  it('has http/ at the bottom, and ui/ on it', () => {
    const below: Readonly<Record<string, readonly string[]>> = { http: ['http'], ui: ['ui', 'http'] }
    const wrong = web.filter(
      ({ from, to }) => folderOf(to) === 'web' && below[roomOf(from)]?.includes(roomOf(to)) === false,
    )
    expect(wrong.map(say)).toEqual([])
  })

  it('imports subjects, and of the database only its types and whether it is there', () => {
    const subjects = [
      'accounts',
      'clients',
      'tokens',
      'bridge',
      'requests',
      'retirement',
      'audit',
      'limits',
      'telemetry',
      'settings',
      'services.ts',
    ]
    const helpers = ['input-error.ts', 'input-fault.ts', 'isolated.ts', 'random.ts', 'shell-word.ts', 'texts']
    const known = ['web', ...subjects, ...helpers]
    const database = ['database/schema.ts', 'database/ping.ts']
    const wrong = web.filter(({ to }) => !known.includes(folderOf(to)) && !database.includes(to))
    expect(wrong.map(say)).toEqual([])
  })

  it('is imported by provider.ts alone, and by its app', () => {
    const arrows = arrowsOf(src).filter(({ from, to }) => folderOf(to) === 'web' && folderOf(from) !== 'web')
    expect(arrows.map(say)).toEqual(['provider.ts -> web/app.ts'])
  })

  it('leaves SQL to the subjects', () => {
    const users = arrowsOf(src).filter(({ from, to }) => folderOf(from) === 'web' && /^kysely/.test(to))
    expect(users.map(say)).toEqual([])
  })
})
