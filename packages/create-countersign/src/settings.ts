import type { Choices } from './choices.ts'
import { serverOf } from './parts.ts'

/** The text of a project's tsconfig.json: what its editor and `npm run types` check. */
export function tsconfigOf({ framework, language }: Choices): string {
  const isNext = framework === 'nextjs'
  const options: Record<string, unknown> = {
    target: 'es2023',
    lib: isNext ? ['dom', 'dom.iterable', 'es2023'] : ['es2023'],
    module: isNext ? 'esnext' : 'nodenext',
    ...(isNext ? { moduleResolution: 'bundler', jsx: 'react-jsx' } : {}),
    types: ['node'],
    strict: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: true,
    ...(language === 'javascript' ? { allowJs: true, checkJs: true } : {}),
  }
  if (language === 'compiled') {
    Object.assign(options, { rewriteRelativeImportExtensions: true, rootDir: '.', outDir: 'dist' })
    if (framework === 'nestjs')
      Object.assign(options, { experimentalDecorators: true, emitDecoratorMetadata: true })
  } else {
    Object.assign(options, { noEmit: true, allowImportingTsExtensions: true })
    if (language === 'typescript')
      Object.assign(options, { erasableSyntaxOnly: true, verbatimModuleSyntax: true })
  }
  // What Next.js would add at its first start.
  const nextOptions = {
    allowJs: true,
    esModuleInterop: true,
    incremental: true,
    isolatedModules: true,
    resolveJsonModule: true,
    plugins: [{ name: 'next' }],
  }
  const config = isNext
    ? {
        compilerOptions: { ...options, ...nextOptions },
        include: ['next-env.d.ts', 'src', 'test', '.next/types/**/*.ts', '.next/dev/types/**/*.ts'],
        exclude: ['node_modules'],
      }
    : {
        compilerOptions: options,
        include: framework === 'worker' ? ['env.d.ts', 'src', 'test'] : ['src', 'test'],
      }
  return `${JSON.stringify(config, undefined, 2)}\n`
}

/** The text of a project's .gitignore. */
export function gitignoreOf({ framework, store, language }: Choices): string {
  const lines = [
    'node_modules',
    '.env',
    ...(language === 'compiled' ? ['dist'] : []),
    ...(framework === 'nextjs' ? ['.next', 'next-env.d.ts', '*.tsbuildinfo'] : []),
    ...(framework === 'worker' ? ['.dev.vars', '.wrangler'] : []),
    ...(store === 'memory' ? ['clients.json'] : []),
    ...(store.endsWith('sqlite') ? ['*.sqlite*'] : []),
    ...(store.startsWith('prisma-') ? ['src/generated'] : []),
  ]
  return `${lines.join('\n')}\n`
}

/** The name of the file with a project's settings. */
export function envFileOf({ framework }: Choices): '.env' | '.dev.vars' {
  return framework === 'worker' ? '.dev.vars' : '.env'
}

/** The text of that file, and of the example beside it. */
export function envOf({ framework, store }: Choices): string {
  const server = serverOf(store)
  const blocks = [
    '# Accepts plain HTTP, for localhost only. Remove it in production.\nOAUTH1_INSECURE_TRANSPORT=true',
    ...(framework === 'nextjs'
      ? ['# The address that clients sign. Next.js does not pass it on.\nOAUTH1_ORIGIN=http://localhost:3000']
      : []),
    ...(server
      ? [`# An empty database, which the application fills.\nDATABASE_URL=${databaseUrlOf(server)}`]
      : []),
    ...(store === 'prisma-sqlite' ? ['DATABASE_URL=file:./oauth.sqlite'] : []),
  ]
  return `${blocks.join('\n\n')}\n`
}

/** The address of the database before its user writes another one. */
export function databaseUrlOf(server: 'postgres' | 'mysql'): string {
  return server === 'postgres'
    ? 'postgres://postgres@127.0.0.1:5432/oauth'
    : 'mysql://root@127.0.0.1:3306/oauth'
}
