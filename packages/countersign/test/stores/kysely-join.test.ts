import { kyselyHooks } from 'countersign/kysely'
import { expect, it, vi } from 'vitest'
import { adopted } from './adopted-tables.ts'

it('client and token are one query from the second request on, though both tables have an id', async () => {
  const statements: string[] = []
  const db = await adopted((event) => statements.push(event.query.sql))
  const hooks = kyselyHooks(db, { tables: { client: 'application', tokenCredential: 'access' } })
  const first = await hooks.queryClientAndToken('c', 't')
  expect(first).toEqual({ client: await hooks.queryClient('c'), token: await hooks.queryToken('c', 't') })
  statements.length = 0
  expect(await hooks.queryClientAndToken('c', 't')).toEqual(first)
  expect(statements).toHaveLength(1)

  await db.schema.alterTable('access').dropColumn('note').execute()
  expect((await hooks.queryClientAndToken('c', 't')).token).not.toHaveProperty('note')
  statements.length = 0
  expect((await hooks.queryClientAndToken('c', 't')).token).not.toHaveProperty('note')
  expect(statements).toHaveLength(1)
})

it('a column that is added while the process runs is there within a minute', async () => {
  const db = await adopted()
  const hooks = kyselyHooks(db, { tables: { client: 'application', tokenCredential: 'access' } })
  vi.useFakeTimers({ toFake: ['performance'] })
  try {
    await hooks.queryClientAndToken('c', 't')
    await db.schema.alterTable('access').addColumn('revoked_at', 'integer').execute()
    await db.schema.alterTable('application').addColumn('suspended', 'integer').execute()
    vi.advanceTimersByTime(60_000)
    expect(await hooks.queryClientAndToken('c', 't')).toMatchObject({
      client: { suspended: null },
      token: { revoked_at: null },
    })
  } finally {
    vi.useRealTimers()
  }
})

it("a database with Kysely's CamelCasePlugin is read and written alike", async () => {
  const db = await adopted(undefined, true)
  const hooks = kyselyHooks(db, { tables: { client: 'application', tokenCredential: 'access' } })
  for (let call = 0; call < 2; call++) {
    const { client, token } = await hooks.queryClientAndToken('c', 't')
    expect(client).toMatchObject({ clientId: 'c', callbacks: ['https://a.example/ready'], name: 'Printer' })
    expect(token).toMatchObject({ oauthToken: 't', oauthTokenSecret: 'ts', userId: 9 })
  }
})

it.each([
  ['address_2', 'address2', true],
  ['HomeURL', 'HomeURL', true],
  ['home.url', 'home.url', false],
  ['known as home', 'known as home', false],
])('a column %s, which no query can name, is read with every request', async (column, read, camelCase) => {
  const statements: string[] = []
  const db = await adopted((event) => statements.push(event.query.sql), camelCase)
  const sql = `alter table application add column "${column}" text default 'here'`
  await db.executeQuery({ ...db.selectFrom('access').selectAll().compile(), sql })
  const hooks = kyselyHooks(db, { tables: { client: 'application', tokenCredential: 'access' } })
  vi.useFakeTimers({ toFake: ['performance'] })
  try {
    for (let call = 0; call < 4; call++) {
      const { client, token } = await hooks.queryClientAndToken('c', 't')
      expect([client, token]).toMatchObject([{ clientId: 'c', [read]: 'here' }, { oauthToken: 't' }])
    }
    const joins = () => statements.filter((statement) => statement.includes('left join')).length
    expect(joins()).toBe(1)
    vi.advanceTimersByTime(60_000)
    for (let call = 0; call < 4; call++) await hooks.queryClientAndToken('c', 't')
    expect(joins()).toBe(2)
  } finally {
    vi.useRealTimers()
  }
})

it('a failure of the store reaches the caller, also after a join', async () => {
  const statements: string[] = []
  const db = await adopted((event) => statements.push(event.query.sql))
  const hooks = kyselyHooks(db, { tables: { client: 'application', tokenCredential: 'access' } })
  for (let call = 0; call < 2; call++) await hooks.queryClientAndToken('c', 't')
  await db.schema.alterTable('access').renameTo('away').execute()
  statements.length = 0
  for (let call = 0; call < 3; call++)
    await expect(hooks.queryClientAndToken('c', 't')).rejects.toThrow('no such table: access')
  expect(statements.filter((statement) => statement.includes('left join'))).toHaveLength(1)
  await db.schema.alterTable('away').renameTo('access').execute()
  for (let call = 0; call < 2; call++) await hooks.queryClientAndToken('c', 't')
  expect(statements.at(-1)).toContain('left join')
})
