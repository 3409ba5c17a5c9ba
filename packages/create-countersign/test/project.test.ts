import { existsSync, readFileSync } from 'node:fs'
import { builtinModules, stripTypeScriptTypes } from 'node:module'
import { join, posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { prismaSchema } from '../../countersign/src/stores/prisma.ts'
import { type Choices, frameworks, languagesFor, namesOf, storesFor } from '../src/choices.ts'
import { projectFiles } from '../src/project.ts'
import { typescriptForNext, versions } from '../src/versions.ts'

const root = join(import.meta.dirname, '../../..')
const readJson = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'))
const all: Choices[] = namesOf(frameworks).flatMap((framework) =>
  storesFor(framework).flatMap((store) =>
    languagesFor(framework).map((language) => ({ framework, store, language })),
  ),
)
const nameOf = ({ framework, store, language }: Choices) => `${framework}, ${store}, ${language}`
const textOf = (files: ReadonlyMap<string, string>, path: string) => files.get(path) ?? ''

/** What no line imports: compilers, types, and what others load. */
const unimported =
  /^(?:@types\/.*|typescript|prisma|wrangler|drizzle-kit|react|react-dom|hono|rxjs|better-sqlite3|@nestjs\/platform-express|@prisma\/client|pg|mysql2|next)$/

/** The packages that the files of a project import. */
function importedBy(files: ReadonlyMap<string, string>): Set<string> {
  const code = [...files].filter(([path]) => /\.(?:m?js|ts)$/.test(path)).map(([, text]) => text)
  const specifiers = code.flatMap((text) =>
    Array.from(text.matchAll(/(?:from|import|import\() ?'([^'\n]+)'/g), ([, specifier = '']) => specifier),
  )
  const packages = specifiers
    .filter((name) => !/^(?:\.|node:|cloudflare:)/.test(name) && !builtinModules.includes(name))
    .map((name) => /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name)
  return new Set(packages)
}

const projects = all.map((choices) => {
  const files = projectFiles('my-api', choices)
  return { name: nameOf(choices), choices, files, manifest: JSON.parse(textOf(files, 'package.json')) }
})
type Project = (typeof projects)[number]

/** What is wrong in each project, after its name. */
function faults(faultsOf: (project: Project) => readonly unknown[]) {
  return projects.flatMap((project) => faultsOf(project).map((fault) => `${project.name}: ${fault}`))
}

describe('every project', () => {
  it('is one of many', () => {
    expect(projects.length).toBeGreaterThan(250)
    expect(new Set(projects.map(({ name }) => name)).size).toBe(projects.length)
  })

  it('depends on what it imports, and on little else', () => {
    const wrong = faults(({ files, manifest }) => {
      const dependencies = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })
      const imported = importedBy(files)
      const idle = dependencies.filter((name) => !imported.has(name) && !unimported.test(name))
      return [...idle, ...[...imported].filter((name) => !dependencies.includes(name))]
    })
    expect(wrong).toEqual([])
  })

  it('imports files that it has', () => {
    const wrong = faults(({ files }) =>
      [...files]
        .filter(([path]) => /\.(?:ts|m?js)$/.test(path))
        .flatMap(([path, text]) =>
          Array.from(text.matchAll(/(?:from|import) '(\.[^'\n]+)'/g), ([, target = '']) =>
            posix.join(path, '..', target),
          ),
        )
        .filter((target) => !files.has(target) && !target.includes('generated')),
    )
    expect(wrong).toEqual([])
  })

  it('has commands, for files that it has', () => {
    const wrong = faults(({ files, manifest, choices }) => {
      const isCompiled = choices.language === 'compiled'
      const named = Object.values<string>(manifest.scripts)
        .flatMap((script) => script.split(' '))
        .filter((word) => /^[^"]+\.(?:js|ts)$/.test(word))
        .map((path) => (isCompiled ? path.replace(/^dist\//, '').replace(/js$/, 'ts') : path))
      const wanted = ['start', 'test', 'types', 'client', 'try'].filter((name) => !manifest.scripts[name])
      return [...wanted, ...named.filter((path) => !files.has(path))]
    })
    expect(wrong).toEqual([])
  })

  it('has a page with commands that it has, and links to guides that are there', () => {
    const wrong = faults(({ files, manifest }) => {
      const page = textOf(files, 'README.md')
      const commands = Array.from(page.matchAll(/^npm (?:run )?([a-z]+)/gm), ([, name = '']) => name)
      const wanted = ['install', 'test', 'start', 'client'].filter((name) => !commands.includes(name))
      const links = Array.from(page.matchAll(/blob\/main\/([^)#]+)/g), ([, path = '']) => path)
      return [
        ...wanted,
        ...commands.filter((name) => name !== 'install' && !manifest.scripts[name]),
        ...links.filter((path) => !existsSync(join(root, path))),
      ]
    })
    expect(wrong).toEqual([])
  })

  it('keeps its settings out of the repository, and what is only for this one out of the project', () => {
    const wrong = faults(({ files, choices }) => {
      const settings = choices.framework === 'worker' ? '.dev.vars' : '.env'
      const ignored = textOf(files, '.gitignore').split('\n')
      const ours = [...files.keys()].filter((path) => /(?:^|\/)biome\.json$|.\/tsconfig\.json$/.test(path))
      return ignored.includes(settings) && files.has(settings) ? ours : [...ours, settings]
    })
    expect(wrong).toEqual([])
  })
})

it('the versions are those that this repository is tested with', () => {
  const tested: Record<string, string> = {
    ...readJson('package.json').devDependencies,
    ...readJson('examples/nextjs/package.json').dependencies,
    '@types/react': readJson('examples/nextjs/package.json').devDependencies['@types/react'],
    // Only created projects use these: test/packed/create.mjs installs them.
    '@types/better-sqlite3': versions['@types/better-sqlite3'],
    'drizzle-kit': versions['drizzle-kit'],
    wrangler: versions.wrangler,
  }
  const entries = Object.entries(versions)
  expect(entries.filter(([name, version]) => tested[name] !== version)).toEqual([])
  expect(readJson('examples/nextjs/package.json').devDependencies.typescript).toBe(typescriptForNext)
})

it.each([
  ['sqlite', 'sqlite'],
  ['postgres', 'postgresql'],
  ['mysql', 'mysql'],
] as const)("Prisma's models on %s are those that the library writes", (database, provider) => {
  const store = `prisma-${database}` as const
  const files = projectFiles('my-api', { framework: 'express', store, language: 'typescript' })
  expect(textOf(files, 'prisma/schema/oauth.prisma')).toBe(prismaSchema({ provider, userId: 'String' }))
})

it.each([
  ['stores/sqlite/src/hooks.ts', 'examples/no-orm/hooks.ts'],
  ['stores/worker-d1/src/d1.ts', 'examples/worker/d1.ts'],
])('%s is that of the example, which is held to the suite of all stores', (template, example) => {
  const read = (path: string) => readFileSync(join(root, path), 'utf8')
  const expected = read(example).replace('the tables of schema.sql', 'the tables of migrations/')
  expect(read(`packages/create-countersign/templates/${template}`)).toBe(expected)
})

it.each(['sqlite/src/hooks', 'worker-d1/src/d1'])(
  '%s.js, which is written by hand, is its TypeScript without types',
  (file) => {
    const codeOf = (extension: string) => {
      const path = `packages/create-countersign/templates/stores/${file}.${extension}`
      const stripped = stripTypeScriptTypes(readFileSync(join(root, path), 'utf8'))
      // Brackets and commas that only layout needs differ, too.
      return stripped.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '').replace(/[\s()]|,(?=\s*[)\]}])/g, '')
    }
    expect(codeOf('js')).toBe(codeOf('ts'))
    expect(codeOf('js').length).toBeGreaterThan(3000)
  },
)
