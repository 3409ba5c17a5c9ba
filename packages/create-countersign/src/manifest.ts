import type { Choices, Framework, Language } from './choices.ts'
import { partsOf } from './parts.ts'
import { type Dependency, typescriptForNext, versions } from './versions.ts'

/** The text of a project's package.json. */
export function manifestOf(name: string, choices: Choices, ownVersion: string): string {
  const parts = partsOf(choices)
  const dependencies = pinned(
    parts.flatMap((part) => part.dependencies ?? []),
    choices.framework,
  )
  const devDependencies = pinned(
    parts.flatMap((part) => part.devDependencies ?? []),
    choices.framework,
  )
  const manifest = {
    name,
    version: '0.0.0',
    private: true,
    type: 'module',
    engines: { node: '>=22.18' },
    scripts: scriptsOf(choices),
    dependencies: sorted({ ...dependencies, countersign: `^${ownVersion}` }),
    devDependencies: sorted(devDependencies),
    // TypeORM and Prisma ask for an older one, which a compiler has to build.
    ...(/^(?:prisma|typeorm)-sqlite$/.test(choices.store)
      ? { overrides: { 'better-sqlite3': '$better-sqlite3' } }
      : {}),
  }
  return `${JSON.stringify(manifest, undefined, 2)}\n`
}

function pinned(names: readonly Dependency[], framework: Framework): Record<string, string> {
  return Object.fromEntries(
    names.map((name) => {
      const version = name === 'typescript' && framework === 'nextjs' ? typescriptForNext : versions[name]
      return [name, `^${version}`]
    }),
  )
}

function sorted(table: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(table).sort(([left], [right]) => (left < right ? -1 : 1)))
}

const withEnv = 'node --env-file-if-exists=.env'

function scriptsOf({ framework, store, language }: Choices): Record<string, string> {
  const [folder, extension] = compiledTo(language)
  // Wrangler reads the settings of a Worker itself.
  const node = framework === 'worker' ? 'node' : withEnv
  const scripts: Record<string, string> = {
    ...startOf(framework, folder, extension),
    test: `${node} --test "${folder}test/*.test.${extension}"`,
    types: language === 'compiled' ? 'tsc --noEmit' : 'tsc',
    client: `${node} ${folder}src/commands/client.${extension}`,
    try: `${node} ${folder}src/commands/try.${extension}`,
    ...(store.startsWith('drizzle-') ? { migration: 'drizzle-kit generate' } : {}),
    ...(store.startsWith('prisma-') ? prismaScripts : {}),
    ...(store === 'd1' ? { migrate: 'wrangler d1 migrations apply DB --local' } : {}),
  }
  if (language !== 'compiled') return scripts
  const compileFirst = ['start', 'test', 'client', 'try'].map((name) => [`pre${name}`, 'npm run build'])
  return { build: 'tsc', ...Object.fromEntries(compileFirst), ...scripts }
}

/** The client is generated, and not in the repository. */
const prismaScripts = {
  postinstall: 'prisma generate',
  migrate: 'prisma migrate deploy',
  migration: 'prisma migrate dev',
}

function startOf(framework: Framework, folder: string, extension: string): Record<string, string> {
  if (framework === 'nextjs')
    // Only this machine, while the consent page is the one for development.
    return { start: 'next dev --hostname localhost', build: 'next build' }
  if (framework === 'worker') return { start: 'wrangler dev', deploy: 'wrangler deploy' }
  return { start: `${withEnv} ${folder}src/server.${extension}` }
}

/** Where the code that runs is, and the ending of its files. */
function compiledTo(language: Language): readonly [folder: string, extension: string] {
  if (language === 'compiled') return ['dist/', 'js']
  return ['', language === 'typescript' ? 'ts' : 'js']
}
