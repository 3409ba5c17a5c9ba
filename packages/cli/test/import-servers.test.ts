import { createConnection } from 'mysql2/promise'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { available } from '../../countersign/test/services.ts'
import {
  createDatabase,
  databaseConfig,
  removeDatabase,
} from '../../countersign/test/stores/backends/databases.ts'
import { jsonHere } from './in-process.ts'

/** The tables of Authlib's mixins, as SQLAlchemy makes them; more rows than are read at once. */
function statements(quote: string): string[] {
  const user = `${quote}user${quote}`
  const client = "'old-client', 'old client secret', 'https://a.example/cb'"
  const tokens = Array.from(
    { length: 700 },
    (_, index) => `('old-client', 'token-${index}', 'secret ${index}', 7)`,
  )
  return [
    `create table ${user} (id integer primary key, username varchar(40))`,
    `insert into ${user} values (7, 'Ada')`,
    `create table client (id integer primary key, user_id integer, client_id varchar(48), client_secret varchar(120),
      default_redirect_uri text, created_at timestamp)`,
    `insert into client values (1, 7, ${client}, '2020-02-03 04:05:06')`,
    `create table token_credential (user_id integer, client_id varchar(48), oauth_token varchar(84) unique,
      oauth_token_secret varchar(84))`,
    `insert into token_credential (client_id, oauth_token, oauth_token_secret, user_id) values ${tokens.join(', ')}`,
  ]
}

const runs = {
  postgres: async (url: string) => {
    const client = new pg.Client(url)
    await client.connect()
    for (const statement of statements('"')) await client.query(statement)
    await client.end()
  },
  mariadb: async (url: string) => {
    const connection = await createConnection(url)
    for (const statement of statements('`')) await connection.query(statement)
    await connection.end()
  },
}

for (const kind of ['postgres', 'mariadb'] as const) {
  if (!(await available(kind))) continue
  describe(`Authlib's tables in ${kind}`, () => {
    const [old, database] = [databaseConfig(kind), databaseConfig(kind)]
    const json = jsonHere(database)
    beforeAll(async () => {
      await Promise.all([createDatabase(old), createDatabase(database)])
      await runs[kind](old)
    })
    afterAll(() => Promise.all([removeDatabase(old), removeDatabase(database)]))

    it('are taken over into a database of the same server, once', async () => {
      // As SQLAlchemy writes the address.
      const named = old.replace(/^postgres:/, 'postgresql+psycopg2:').replace(/^mysql:/, 'mysql+pymysql:')
      const args = ['import', '--authlib', named, '--create-users'] as const
      expect(await json(...args)).toMatchObject({
        users: 1,
        clients: { added: 1 },
        tokens: { added: 700 },
        faults: 0,
        isWritten: true,
      })
      expect(await json(...args)).toMatchObject({
        users: 0,
        clients: { unchanged: 1 },
        tokens: { unchanged: 700 },
      })
      expect(await json('client', 'show', 'old-client')).toMatchObject({
        ownerName: 'ada',
        tokens: 700,
        users: 1,
        createdAt: Date.UTC(2020, 1, 3, 4, 5, 6) / 1000,
      })
      const some = await json<object[]>('token', 'list', '--user', 'ADA', '--search', 'TOKEN-69')
      expect(some).toHaveLength(11)
    })
  })
}
