import { DatabaseSync } from 'node:sqlite'
import { kyselyGrantHooks, kyselyHooks, nodeSqlite, withTokenGrantColumns } from 'countersign/kysely'
import { CamelCasePlugin, Kysely, type KyselyPlugin, SqliteDialect } from 'kysely'
import { afterEach, describe, expect, it } from 'vitest'
import { available } from '../services.ts'
import { databaseConfig } from '../stores/backends/databases.ts'
import { connect, remove, reset } from '../stores/backends/kysely.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const configs: [name: string, config: string][] = [['SQLite', databaseConfig('sqlite')]]
if (await available('postgres')) configs.push(['PostgreSQL', databaseConfig('postgres')])
if (await available('mariadb')) configs.push(['MariaDB', databaseConfig('mariadb')])

describe.each(configs)('on %s', (_, config) => {
  it('a token is ended at a time, unless it ends sooner, and no other is', async () => {
    await reset(config)
    const db = connect(config)
    closing.push(async () => {
      await db.destroy()
      await remove(config)
    })
    const { createTokenCredential, queryToken } = kyselyHooks(db)
    const { limitTokenLife } = kyselyGrantHooks(db)
    const token = { clientId: 'client', oauthTokenSecret: 'secret' }
    for (const oauthToken of ['token', 'Token']) await createTokenCredential({ ...token, oauthToken })
    for (const [expiresAt, end] of [
      [2_000_000_000, 2_000_000_000],
      [1_900_000_000, 1_900_000_000],
      [1_950_000_000, 1_900_000_000],
    ] as const) {
      await limitTokenLife('client', 'token', expiresAt)
      await limitTokenLife('other', 'token', 1)
      expect(await queryToken('client', 'token')).toMatchObject({ expiresAt: end })
    }
    expect(await queryToken('client', 'Token')).not.toHaveProperty('expiresAt')
  })
})

function inMemory(plugins: KyselyPlugin[] = []) {
  const database = nodeSqlite(new DatabaseSync(':memory:'))
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database }), plugins })
  closing.push(() => db.destroy())
  return db
}

it("a table of another name, and a database with Kysely's CamelCasePlugin, are written and read alike", async () => {
  for (const db of [inMemory(), inMemory([new CamelCasePlugin()])]) {
    await db.schema.createTable('exchanged').$call(withTokenGrantColumns).execute()
    const { queryTokenGrants, writeTokenGrants } = kyselyGrantHooks(db, { table: 'exchanged' })
    const grants = {
      clientId: 'client',
      oauthToken: 'token',
      current: 'now',
      pending: ['a', 'b'],
      outdated: [],
      version: 1,
    }
    expect(await writeTokenGrants(grants)).toBe(true)
    expect(await queryTokenGrants('client', 'token')).toEqual(grants)
  }
})

it('an option that there is not is refused', () => {
  expect(() => kyselyGrantHooks(inMemory(), { tables: 'exchanged' } as never)).toThrow(/no option "tables"/)
})
