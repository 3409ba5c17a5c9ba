import { StoreError } from 'countersign'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { available } from '../../countersign/test/services.ts'
import {
  createDatabase,
  databaseConfig,
  removeDatabase,
} from '../../countersign/test/stores/backends/databases.ts'
import { openDatabase } from '../src/database/database.ts'
import type { Database } from '../src/database/schema.ts'

/** A promise, and how it is kept. */
function signal(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = () => {}
  const promise = new Promise<void>((keep) => {
    resolve = keep
  })
  return { promise, resolve }
}

describe.each([
  ['PostgreSQL', 'postgres'],
  ['MariaDB', 'mariadb'],
] as const)('statements on %s', async (_, kind) => {
  if (!(await available(kind))) return
  const database = databaseConfig(kind)
  const isPostgres = kind === 'postgres'
  let db: Database
  beforeAll(async () => {
    await createDatabase(database)
    db = await openDatabase(database, { connections: 2, patienceSeconds: 3 })
    for (const name of ['one', 'two'])
      await db
        .insertInto('invitation')
        .values({ code_hash: name, note: '', created_at: 1, expires_at: 2 })
        .execute()
  })
  afterAll(async () => {
    await db.destroy()
    await removeDatabase(database)
  })

  const change = (name: string, note: string, on: Database = db) =>
    on.updateTable('invitation').set({ note }).where('code_hash', '=', name).executeTakeFirst()

  it('count the rows that were found, changed or not', async () => {
    expect((await change('one', 'same')).numUpdatedRows).toBe(1n)
    expect((await change('one', 'same')).numUpdatedRows).toBe(1n)
    expect((await change('ONE', 'same')).numUpdatedRows).toBe(0n)
  })

  it('return times, counts and sums as numbers', async () => {
    const read = db
      .selectFrom('invitation')
      .select(({ fn }) => [
        fn.countAll().as('count'),
        fn.sum('created_at').as('sum'),
        fn.max('expires_at').as('max'),
      ])
    expect(await read.executeTakeFirst()).toEqual({ count: 2, sum: 2, max: 2 })
  })

  it('find nothing where a NUL is looked for', async () => {
    const rows = db.selectFrom('invitation').select('note').where('code_hash', '=', 'one\u0000')
    expect(await rows.execute()).toEqual([])
  })

  it('tell in their errors nothing of their values', async () => {
    const row = { code_hash: 'one', note: 'hidden-note', created_at: 1, expires_at: 2 }
    const error = await db
      .insertInto('invitation')
      .values(row)
      .execute()
      .catch((thrown) => thrown)
    expect(error).toBeInstanceOf(Error)
    expect(error).not.toBeInstanceOf(StoreError)
    const told = [error.message, error.stack, JSON.stringify(error)].join(' ')
    expect(told).not.toMatch(/hidden-note|'one'|\(one\)/)
    expect(told).toMatch(/duplicate/i)
  })

  it('that take too long are ended, and the connection is used again', async () => {
    const sleep = isPostgres ? sql`select pg_sleep(60)` : sql`select sleep(60) from invitation`
    await expect(sleep.execute(db)).rejects.toThrow(StoreError)
    expect((await change('one', 'after')).numUpdatedRows).toBe(1n)
  })

  it('wait for a free connection for a limited time', async () => {
    await db.transaction().execute(async (first) => {
      await change('one', 'first', first)
      await db.transaction().execute(async (second) => {
        await change('two', 'second', second)
        await expect(change('two', 'third')).rejects.toThrow(StoreError)
      })
    })
    expect((await change('two', 'fourth')).numUpdatedRows).toBe(1n)
  })

  it('see what another transaction has committed', async () => {
    const read = (on: Database) =>
      on.selectFrom('invitation').select('note').where('code_hash', '=', 'one').executeTakeFirst()
    await db.transaction().execute(async (transaction) => {
      await read(transaction)
      await change('one', 'committed meanwhile')
      expect(await read(transaction)).toEqual({ note: 'committed meanwhile' })
    })
  })

  it('that lose a deadlock are a failure of the store inside of a transaction', async () => {
    const hold = (mine: string, other: string, ready: () => void, both: Promise<unknown>) =>
      db.transaction().execute(async (transaction) => {
        await change(mine, 'held', transaction)
        ready()
        await both
        await change(other, 'crosswise', transaction)
      })
    const started = [signal(), signal()] as const
    const both = Promise.all(started.map(({ promise }) => promise))
    const results = await Promise.allSettled([
      hold('one', 'two', started[0].resolve, both),
      hold('two', 'one', started[1].resolve, both),
    ])
    const lost = results.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[]
    expect(lost.length).toBeGreaterThan(0)
    expect(lost[0]?.reason).toBeInstanceOf(StoreError)
  })

  it('are not possible in a database that does not exist, or for a user with another password', async () => {
    const url = new URL(database)
    url.pathname = '/no_such_database'
    url.password = 'hidden'
    const error = await openDatabase(url.href).catch((thrown) => thrown)
    expect(error.message).toMatch(/cannot be opened: .*(does not exist|Unknown database|denied|password)/)
    expect(error.message).not.toContain('hidden')
    await expect(openDatabase(url.href.replace(/:\d+\//, ':1/'))).rejects.toThrow(
      /ECONNREFUSED.* running there\?/,
    )
  })
})
