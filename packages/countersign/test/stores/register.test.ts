import { DatabaseSync } from 'node:sqlite'
import Database from 'better-sqlite3'
import type { HookRegistry } from 'countersign'
import * as drizzle from 'countersign/drizzle/sqlite'
import * as kysely from 'countersign/kysely'
import * as prisma from 'countersign/prisma'
import * as typeorm from 'countersign/typeorm'
import { drizzle as openDrizzle } from 'drizzle-orm/better-sqlite3'
import { drizzle as openD1 } from 'drizzle-orm/d1'
import { Kysely, SqliteDialect } from 'kysely'
import { DataSource } from 'typeorm'
import { expect, it } from 'vitest'
import * as tables from './backends/drizzle-sqlite.ts'

/** Which hooks a function registers, in their order. */
function registered(register: (server: HookRegistry) => void): string[] {
  const names: string[] = []
  register({ registerHook: (name) => names.push(name) })
  return names
}

const kyselyDb = new Kysely({
  dialect: new SqliteDialect({ database: kysely.nodeSqlite(new DatabaseSync(':memory:')) }),
})
const drizzleDb = openDrizzle(new Database(':memory:'))
const dataSource = new DataSource({ type: 'better-sqlite3', database: ':memory:' })
// Nothing is asked of a model before a hook is called.
const models = { nonce: {}, temporaryCredential: {}, tokenCredential: {} } as never
const transaction = () => Promise.reject(new Error('No transaction begins here.'))
const { nonce, temporaryCredential, tokenCredential } = tables

it.each([
  ['Kysely', (server: HookRegistry) => kysely.registerAuthorizationHooks(server, kyselyDb)],
  [
    'Drizzle',
    (server: HookRegistry) =>
      drizzle.registerAuthorizationHooks(server, drizzleDb, { nonce, temporaryCredential, tokenCredential }),
  ],
  ['TypeORM', (server: HookRegistry) => typeorm.registerAuthorizationHooks(server, dataSource, models)],
  ['Prisma', (server: HookRegistry) => prisma.registerAuthorizationHooks(server, models, { transaction })],
])('registerAuthorizationHooks of %s registers the same hooks, the combined one last', (_, register) => {
  expect(registered(register)).toEqual([
    'recordNonce',
    'createTemporaryCredential',
    'getTemporaryCredential',
    'createAuthorizationVerifier',
    'consumeTemporaryCredential',
    'createTokenCredential',
    'revokeToken',
    'listTokens',
    'recordTokenUse',
    'exchangeTemporaryCredential',
  ])
})

it.each([
  ['Kysely', (server: HookRegistry) => kysely.registerTokenCredentialHooks(server, kyselyDb)],
  [
    'Drizzle',
    (server: HookRegistry) => drizzle.registerTokenCredentialHooks(server, drizzleDb, tokenCredential),
  ],
  ['TypeORM', (server: HookRegistry) => typeorm.registerTokenCredentialHooks(server, dataSource, 'token')],
  ['Prisma', (server: HookRegistry) => prisma.registerTokenCredentialHooks(server, models)],
])('registerTokenCredentialHooks of %s registers what writes and lists', (_, register) => {
  expect(registered(register)).toEqual([
    'createTokenCredential',
    'revokeToken',
    'listTokens',
    'recordTokenUse',
  ])
})

it('there is no exchange where the driver has no transaction', () => {
  expect(kysely.kyselyHooks(kyselyDb)).toHaveProperty('exchangeTemporaryCredential')
  expect(kysely.kyselyHooks(kyselyDb, { transactions: false })).not.toHaveProperty(
    'exchangeTemporaryCredential',
  )
  const four = { temporaryCredential, tokenCredential }
  expect(drizzle.drizzleHooks(drizzleDb, four)).toHaveProperty('exchangeTemporaryCredential')
  expect(drizzle.drizzleHooks(openD1({} as never), four)).not.toHaveProperty('exchangeTemporaryCredential')
  const entities = { client: 'c', tokenCredential: 't', temporaryCredential: 'x', nonce: 'n' }
  const sqljs = new DataSource({ type: 'sqljs', driver: {} })
  expect(typeorm.typeormHooks(dataSource, entities as never)).toHaveProperty('exchangeTemporaryCredential')
  expect(typeorm.typeormHooks(sqljs, entities as never)).not.toHaveProperty('exchangeTemporaryCredential')
  expect(prisma.prismaHooks(models)).not.toHaveProperty('exchangeTemporaryCredential')
})
