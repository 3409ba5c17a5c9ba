/** Something that can be chosen by a flag or in a question. */
export interface Choice {
  readonly title: string
  readonly hint?: string
}

export const frameworks = {
  express: { title: 'Express 5' },
  fastify: { title: 'Fastify 5' },
  hono: { title: 'Hono 4', hint: 'on Node' },
  koa: { title: 'Koa 3' },
  nestjs: { title: 'NestJS 12', hint: 'on Express' },
  nextjs: { title: 'Next.js 16', hint: 'App Router' },
  node: { title: 'node:http', hint: 'no framework' },
  fetch: { title: 'Request and Response', hint: 'Bun, Deno, or Node' },
  worker: { title: 'Cloudflare Workers', hint: 'with Wrangler' },
} as const satisfies Record<string, Choice>

export const stores = {
  memory: { title: 'Memory', hint: 'tokens end with the process' },
  sqlite: { title: 'SQLite', hint: 'no ORM: hooks of your own' },
  'kysely-sqlite': { title: 'Kysely on SQLite' },
  'kysely-postgres': { title: 'Kysely on PostgreSQL' },
  'kysely-mysql': { title: 'Kysely on MySQL or MariaDB' },
  'drizzle-sqlite': { title: 'Drizzle on SQLite' },
  'drizzle-postgres': { title: 'Drizzle on PostgreSQL' },
  'drizzle-mysql': { title: 'Drizzle on MySQL or MariaDB' },
  'prisma-sqlite': { title: 'Prisma on SQLite' },
  'prisma-postgres': { title: 'Prisma on PostgreSQL' },
  'prisma-mysql': { title: 'Prisma on MySQL or MariaDB' },
  'typeorm-sqlite': { title: 'TypeORM on SQLite' },
  'typeorm-postgres': { title: 'TypeORM on PostgreSQL' },
  'typeorm-mysql': { title: 'TypeORM on MySQL or MariaDB' },
  d1: { title: 'Cloudflare D1', hint: 'Workers only' },
} as const satisfies Record<string, Choice>

export const languages = {
  typescript: { title: 'TypeScript', hint: 'run as it is: no build step' },
  compiled: { title: 'TypeScript', hint: 'compiled by tsc' },
  javascript: { title: 'JavaScript', hint: 'types in comments, checked by tsc' },
} as const satisfies Record<string, Choice>

export type Framework = keyof typeof frameworks
export type Store = keyof typeof stores
export type Language = keyof typeof languages

/** What a project is made of. */
export interface Choices {
  readonly framework: Framework
  readonly store: Store
  readonly language: Language
}

export function namesOf<Name extends string>(table: Readonly<Record<Name, Choice>>): Name[] {
  return Object.keys(table) as Name[]
}

/** The stores that a framework can have, the default first. */
export function storesFor(framework: Framework): Store[] {
  if (framework === 'worker') return ['memory', 'd1']
  return namesOf(stores).filter((store) => store !== 'd1')
}

/** The languages that a framework can have, the default first. */
export function languagesFor(framework: Framework): Language[] {
  if (framework === 'nestjs') return ['compiled']
  const isBundled = framework === 'nextjs' || framework === 'worker'
  return isBundled ? ['typescript', 'javascript'] : namesOf(languages)
}

/** The frameworks that can have a store and a language, where these are given; the default first. */
export function frameworksFor({ store, language }: Partial<Choices>): Framework[] {
  return namesOf(frameworks).filter(
    (name) =>
      (store === undefined || storesFor(name).includes(store)) &&
      (language === undefined || languagesFor(name).includes(language)),
  )
}

/** Why a framework does not support a language. */
export function languageFault(framework: Framework): string {
  if (framework === 'nestjs') return 'NestJS is written with decorators, which only a compiler translates'
  return `${frameworks[framework].title} compiles its sources itself`
}

/** Why a framework does not support a store. */
export function storeFault(framework: Framework): string {
  if (framework === 'worker') return 'A Worker has no files, and no pool of connections that requests share'
  return 'D1 is the database of Cloudflare Workers'
}
