import type { Choices, Framework, Store } from './choices.ts'
import type { Dependency } from './versions.ts'

/** One part of a project: folders below `templates/` and what they need. A later folder's file replaces an earlier one's. */
export interface Part {
  readonly folders: readonly string[]
  /** Files of earlier parts that this one does without. */
  readonly without?: readonly string[]
  readonly dependencies?: readonly Dependency[]
  readonly devDependencies?: readonly Dependency[]
}

const common: Part = { folders: ['common'], devDependencies: ['@types/node', 'typescript'] }

const frameworkParts: Readonly<Record<Framework, Part>> = {
  express: framework('express', ['express'], ['@types/express']),
  fastify: framework('fastify', ['fastify']),
  hono: framework('hono', ['@hono/node-server', 'hono']),
  koa: framework('koa', ['@koa/router', 'koa'], ['@types/koa']),
  nestjs: framework('nestjs', [
    '@nestjs/common',
    '@nestjs/core',
    '@nestjs/platform-express',
    'reflect-metadata',
    'rxjs',
  ]),
  nextjs: {
    ...framework('nextjs', ['next', 'react', 'react-dom'], ['@types/react']),
    without: ['src/server.ts'],
  },
  node: framework('node', []),
  // The server of @hono/node-server needs hono.
  fetch: framework('fetch', ['@hono/node-server', 'hono']),
  worker: { ...framework('worker', [], ['wrangler']), without: ['src/server.ts'] },
}

const storeParts: Readonly<Record<Store, Part>> = {
  memory: { folders: ['stores/memory'] },
  sqlite: { folders: ['stores/files', 'stores/sqlite'] },
  'kysely-sqlite': orm('kysely', 'sqlite', ['kysely']),
  'kysely-postgres': orm('kysely', 'postgres', ['kysely', 'pg'], ['@types/pg']),
  'kysely-mysql': orm('kysely', 'mysql', ['kysely', 'mysql2']),
  'drizzle-sqlite': orm(
    'drizzle',
    'sqlite',
    ['better-sqlite3', 'drizzle-orm'],
    ['@types/better-sqlite3', 'drizzle-kit'],
  ),
  'drizzle-postgres': orm('drizzle', 'postgres', ['drizzle-orm', 'pg'], ['@types/pg', 'drizzle-kit']),
  'drizzle-mysql': orm('drizzle', 'mysql', ['drizzle-orm', 'mysql2'], ['drizzle-kit']),
  'prisma-sqlite': orm(
    'prisma',
    'sqlite',
    ['@prisma/adapter-better-sqlite3', '@prisma/client', 'better-sqlite3'],
    ['prisma'],
  ),
  'prisma-postgres': orm('prisma', 'postgres', ['@prisma/adapter-pg', '@prisma/client'], ['prisma']),
  'prisma-mysql': orm('prisma', 'mysql', ['@prisma/adapter-mariadb', '@prisma/client'], ['prisma']),
  'typeorm-sqlite': orm('typeorm', 'sqlite', ['better-sqlite3', 'typeorm']),
  'typeorm-postgres': orm('typeorm', 'postgres', ['pg', 'typeorm']),
  'typeorm-mysql': orm('typeorm', 'mysql', ['mysql2', 'typeorm']),
  d1: { folders: ['stores/worker-d1'] },
}

function framework(
  name: Framework,
  dependencies: readonly Dependency[],
  devDependencies: readonly Dependency[] = [],
): Part {
  return { folders: [`frameworks/${name}`], dependencies, devDependencies }
}

function orm(
  name: 'kysely' | 'drizzle' | 'prisma' | 'typeorm',
  database: 'sqlite' | 'postgres' | 'mysql',
  dependencies: readonly Dependency[],
  devDependencies: readonly Dependency[] = [],
): Part {
  // A database of Prisma is migrated by a command: its test uses the one that DATABASE_URL names.
  const isFile = database === 'sqlite' && name !== 'prisma'
  const shared = name === 'drizzle' ? [] : [`stores/${name}`]
  return {
    folders: [isFile ? 'stores/files' : 'stores/servers', ...shared, `stores/${name}-${database}`],
    dependencies,
    devDependencies,
  }
}

/** The parts of a project, in the order in which their files replace one another. */
export function partsOf({ framework, store }: Choices): readonly Part[] {
  const own = storeParts[store]
  const storePart = framework === 'worker' ? { ...own, folders: [`stores/worker-${store}`] } : own
  return [common, storePart, frameworkParts[framework]]
}

/** The database server that a store needs. */
export function serverOf(store: Store): 'postgres' | 'mysql' | undefined {
  if (store.endsWith('-postgres')) return 'postgres'
  return store.endsWith('-mysql') ? 'mysql' : undefined
}
