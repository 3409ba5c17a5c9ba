import { readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { Hooks, TokenCredential } from 'countersign'
import * as mysqlColumns from 'countersign/drizzle/mysql'
import * as pgColumns from 'countersign/drizzle/pg'
import * as sqliteColumns from 'countersign/drizzle/sqlite'
import { kyselyHooks } from 'countersign/kysely'
import { memoryHooks } from 'countersign/memory'
import {
  clientColumns,
  nonceColumns,
  temporaryCredentialColumns,
  tokenCredentialColumns,
} from 'countersign/typeorm'
import { mysqlTable, varchar as mysqlVarchar } from 'drizzle-orm/mysql-core'
import { pgTable, varchar as pgVarchar } from 'drizzle-orm/pg-core'
import { sqliteTable, text as sqliteText } from 'drizzle-orm/sqlite-core'
import { Kysely, SqliteDialect } from 'kysely'
import { EntitySchema } from 'typeorm'
import { afterAll, describe, expect, it } from 'vitest'
import { schema, sqliteHooks } from '../../../../examples/no-orm/hooks.ts'
import { d1Hooks } from '../../../../examples/worker/d1.ts'
import { available } from '../services.ts'
import { d1Over } from './backends/d1.ts'
import { createDatabase, databaseConfig, removeDatabase } from './backends/databases.ts'
import * as mysql from './backends/drizzle-mysql.ts'
import * as pg from './backends/drizzle-pg.ts'
import * as sqlite from './backends/drizzle-sqlite.ts'
import { connect } from './backends/kysely.ts'
import { typeormBackend } from './backends/typeorm-connection.ts'
import { fresh, temporary } from './behaviour.ts'

const closing: (() => unknown)[] = []
afterAll(async () => {
  for (const close of closing.reverse()) await close()
})

const databases = [
  'sqlite',
  ...((await available('postgres')) ? (['postgres'] as const) : []),
  ...((await available('mariadb')) ? (['mariadb'] as const) : []),
] as const

describe('a user whose identifier is a number, in a column of text, is found again', () => {
  it('in memory', () => expectFound(memoryHooks()))

  it('by hooks by hand', async () => {
    const db = new DatabaseSync(':memory:')
    db.exec(schema)
    await expectFound(sqliteHooks(db))
  })

  it('by the hooks over D1', async () => {
    const db = new DatabaseSync(':memory:')
    db.exec(readFileSync(new URL('../../../../examples/worker/schema.sql', import.meta.url), 'utf8'))
    await expectFound(d1Hooks(d1Over(db)))
  })

  it.each(databases)('by Kysely, on %s', async (kind) => {
    const { config } = await prepared(kind)
    const db = connect(config)
    closing.push(() => db.destroy())
    await expectFound(kyselyHooks(db))
  })

  it('by Kysely with better-sqlite3', async () => {
    const { config } = await prepared('sqlite')
    const { file } = sqlite.connect(config)
    const db = new Kysely({ dialect: new SqliteDialect({ database: file as never }) })
    closing.push(() => db.destroy())
    await expectFound(kyselyHooks(db))
  })

  it.each(databases)('by Drizzle, on %s', async (kind) => {
    const { db, tables } = await prepared(kind)
    await expectFound(sqliteColumns.drizzleHooks(db, tables) as Hooks)
  })

  it.each(databases)('by TypeORM, on %s', async (kind) => {
    const config = databaseConfig(kind)
    const { reset, open, remove } = typeormOverText
    closing.push(() => remove(config))
    await reset(config)
    const { hooks, close } = await open(config)
    closing.push(close)
    await expectFound(hooks as Hooks)
  })
})

async function expectFound(hooks: Hooks): Promise<void> {
  const isSeven = (credential: { userId?: unknown } | undefined) =>
    expect(String(credential?.userId)).toBe('7')
  const waiting = temporary()
  await hooks.createTemporaryCredential(waiting)
  await hooks.createAuthorizationVerifier(waiting.oauthToken, { userId: 7, oauthVerifier: 'v' })
  const approved = await hooks.getTemporaryCredential(waiting.oauthToken)
  isSeven(approved)

  const [exchanged, direct] = [issued(approved?.userId), issued(7)]
  isSeven(await hooks.exchangeTemporaryCredential?.(waiting.oauthToken, exchanged))
  isSeven(await hooks.createTokenCredential(direct))
  for (const { clientId, oauthToken } of [exchanged, direct])
    isSeven(await hooks.queryToken(clientId, oauthToken))

  const names = [exchanged.oauthToken, direct.oauthToken].sort()
  for (const userId of [7, '7']) {
    const listed = await hooks.listTokens?.({ userId })
    expect(listed?.map(({ oauthToken }) => oauthToken).sort()).toEqual(names)
  }
  expect(await hooks.listTokens?.({ userId: 70 })).toEqual([])
}

function issued(userId: TokenCredential['userId']): TokenCredential {
  return { clientId: 'client', oauthToken: fresh('token'), oauthTokenSecret: 'secret', userId }
}

/** A new database with the tables of the other tests, but for the type of the column. */
async function prepared(kind: (typeof databases)[number]) {
  const config = databaseConfig(kind)
  closing.push(() => removeDatabase(config))
  await createDatabase(config)
  const { db, tables, statements, run, close } = familyOf(kind, config)
  closing.push(close)
  for (const sql of statements) await run(sql.replace(/user_id int\w*/, 'user_id varchar(255)'))
  return { config, db, tables }
}

function familyOf(kind: (typeof databases)[number], config: string) {
  if (kind === 'postgres') {
    const { db, close } = pg.connect(config)
    const userId = () => ({ userId: pgVarchar('user_id', { length: 255 }) })
    const { statements, client, nonce } = pg
    const tables = {
      temporaryCredential: pgTable('oauth_temporary_credential', {
        ...pgColumns.temporaryCredentialColumns(),
        ...userId(),
      }),
      tokenCredential: pgTable('oauth_token_credential', {
        ...pgColumns.tokenCredentialColumns(),
        ...userId(),
      }),
    }
    return {
      db,
      tables: { client, nonce, ...tables },
      statements,
      run: (sql: string): unknown => db.execute(sql),
      close,
    }
  }
  if (kind === 'mariadb') {
    const { db, close } = mysql.connect(config)
    const userId = () => ({ userId: mysqlVarchar('user_id', { length: 255 }) })
    const { statements, client, nonce } = mysql
    const tables = {
      temporaryCredential: mysqlTable('oauth_temporary_credential', {
        ...mysqlColumns.temporaryCredentialColumns(),
        ...userId(),
      }),
      tokenCredential: mysqlTable('oauth_token_credential', {
        ...mysqlColumns.tokenCredentialColumns(),
        ...userId(),
      }),
    }
    return {
      db,
      tables: { client, nonce, ...tables },
      statements,
      run: (sql: string): unknown => db.execute(sql),
      close,
    }
  }
  const { file, db, close } = sqlite.connect(config)
  const userId = () => ({ userId: sqliteText('user_id') })
  const { statements, client, nonce } = sqlite
  const tables = {
    temporaryCredential: sqliteTable('oauth_temporary_credential', {
      ...sqliteColumns.temporaryCredentialColumns(),
      ...userId(),
    }),
    tokenCredential: sqliteTable('oauth_token_credential', {
      ...sqliteColumns.tokenCredentialColumns(),
      ...userId(),
    }),
  }
  const run = (sql: string): unknown => file.exec(sql)
  return {
    db,
    tables: { client, nonce, ...tables },
    statements,
    run,
    close,
  }
}

const typeormOverText = typeormBackend(() => {
  const options = { userIdType: 'varchar' } as const
  const id = { type: 'int', primary: true, generated: true } as const
  const entity = (name: string, columns: object) =>
    new EntitySchema<never>({ name, columns: columns as never })
  return {
    client: entity('oauth_client', { id, ...clientColumns() }),
    tokenCredential: entity('oauth_token_credential', { id, ...tokenCredentialColumns(options) }),
    temporaryCredential: entity('oauth_temporary_credential', {
      id,
      ...temporaryCredentialColumns(options),
    }),
    nonce: entity('oauth_nonce', nonceColumns()),
  }
})
