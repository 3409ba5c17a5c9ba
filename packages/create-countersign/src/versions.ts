/** What a project depends on: the versions that this repository is tested with. */
export const versions = {
  '@hono/node-server': '2.1.9',
  '@koa/router': '15.7.0',
  '@nestjs/common': '12.5.0',
  '@nestjs/core': '12.5.0',
  '@nestjs/platform-express': '12.5.0',
  '@prisma/adapter-better-sqlite3': '7.10.0',
  '@prisma/adapter-mariadb': '7.10.0',
  '@prisma/adapter-pg': '7.10.0',
  '@prisma/client': '7.10.0',
  '@types/better-sqlite3': '7.6.13',
  '@types/express': '5.0.6',
  '@types/koa': '3.0.3',
  '@types/node': '24.19.2',
  '@types/pg': '8.23.1',
  '@types/react': '19.2.2',
  'better-sqlite3': '13.2.0',
  'drizzle-kit': '0.31.11',
  'drizzle-orm': '0.45.4',
  express: '5.3.0',
  fastify: '5.12.8',
  hono: '4.13.19',
  koa: '3.3.0',
  kysely: '0.29.9',
  mysql2: '3.24.6',
  next: '16.4.6',
  pg: '8.23.1',
  prisma: '7.10.0',
  react: '19.3.1',
  'react-dom': '19.3.1',
  'reflect-metadata': '0.2.2',
  rxjs: '7.8.2',
  typeorm: '1.1.1',
  typescript: '7.0.2',
  wrangler: '4.164.0',
} as const

/** Next.js calls the compiler's API, which TypeScript 7 does not have. */
export const typescriptForNext = '5.9.3'

export type Dependency = keyof typeof versions
