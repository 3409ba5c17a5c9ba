import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import Better from 'better-sqlite3'
import { nodeSqlite, retryWhenBusy } from 'countersign/kysely'
import { type Generated, Kysely, type SqliteDatabase, SqliteDialect } from 'kysely'
import { afterAll, describe, expect, it } from 'vitest'

interface Tables {
  note: { id: Generated<number>; text: string }
}

const directory = mkdtempSync(join(tmpdir(), 'countersign-busy-'))
const opened: Kysely<Tables>[] = []
const holders: ChildProcess[] = []
afterAll(async () => {
  for (const holder of holders) holder.kill('SIGKILL')
  for (const db of opened) await db.destroy()
  rmSync(directory, { recursive: true, force: true })
})

/** Another process that takes the file's write lock, and gives it back at the end of its input. */
async function holdLock(file: string): Promise<{ release(): Promise<void> }> {
  const program = `
    const { DatabaseSync } = require('node:sqlite')
    const database = new DatabaseSync(${JSON.stringify(file)})
    database.exec("begin immediate; insert into note (text) values ('theirs')")
    process.stdout.write('held')
    process.stdin.on('end', () => { database.exec('commit'); database.close() }).resume()`
  const holder = spawn(process.execPath, ['--eval', program], { stdio: ['pipe', 'pipe', 'inherit'] })
  holders.push(holder)
  await once(holder.stdout, 'data')
  return {
    async release() {
      holder.stdin.end()
      await once(holder, 'close')
    },
  }
}

const drivers: Readonly<Record<string, (file: string) => SqliteDatabase>> = {
  'node:sqlite': (file: string) => nodeSqlite(new DatabaseSync(file)),
  'better-sqlite3': (file: string) => {
    const database = new Better(file)
    database.pragma('journal_mode = wal')
    return database as unknown as SqliteDatabase
  },
}

describe.each(Object.entries(drivers))('with %s', (name, database) => {
  async function open(what: string, seconds?: number) {
    const file = join(directory, `${name.replace(':', '-')} ${what}.sqlite`)
    const dialect = new SqliteDialect({ database: database(file) })
    const db = new Kysely<Tables>({
      dialect: retryWhenBusy(dialect, seconds === undefined ? {} : { seconds }),
    })
    opened.push(db)
    await db.schema
      .createTable('note')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('text', 'text')
      .execute()
    return { db, file }
  }
  const texts = async (db: Kysely<Tables>) =>
    (await db.selectFrom('note').select('text').orderBy('text').execute()).map(({ text }) => text)

  it('goes on reading and running while writers wait for another process, and then they write', async () => {
    const { db, file } = await open('waits')
    const lock = await holdLock(file)
    let waiting = 3
    const writes = ['one', 'two'].map((text) => db.insertInto('note').values({ text }).execute())
    const transaction = db.transaction().execute(async (inside) => {
      await inside.insertInto('note').values({ text: 'three' }).execute()
      await inside.insertInto('note').values({ text: 'four' }).execute()
    })
    const all = [...writes, transaction].map(async (write) => {
      await write
      waiting--
    })
    // A blocked event loop would reach none of these before the writers gave up.
    for (let i = 0; i < 20; i++) {
      await setTimeout(5)
      expect(await texts(db)).toEqual([])
    }
    expect(waiting).toBe(3)
    await lock.release()
    await Promise.all(all)
    expect(await texts(db)).toEqual(['four', 'one', 'theirs', 'three', 'two'])
  })

  it('gives up after its time, and works again later', async () => {
    const { db, file } = await open('gives up', 0.05)
    const lock = await holdLock(file)
    const write = () => db.insertInto('note').values({ text: 'ours' }).execute()
    await expect(write()).rejects.toThrow('database is locked')
    await expect(db.transaction().execute(async () => {})).rejects.toThrow('database is locked')
    await lock.release()
    await write()
    expect(await texts(db)).toEqual(['ours', 'theirs'])
  })

  it('keeps other statements out of a transaction, and takes it back whole', async () => {
    const { db } = await open('transaction')
    const order: string[] = []
    const failing = db.transaction().execute(async (inside) => {
      await inside.insertInto('note').values({ text: 'inside' }).execute()
      await setTimeout(20)
      order.push('transaction')
      throw new Error('on purpose')
    })
    await setTimeout(5)
    const outside = db
      .insertInto('note')
      .values({ text: 'outside' })
      .execute()
      .then(() => order.push('outside'))
    await expect(failing).rejects.toThrow('on purpose')
    await outside
    expect(order).toEqual(['transaction', 'outside'])
    expect(await texts(db)).toEqual(['outside'])
  })

  it('lets transactions of one process follow one another, with savepoints', async () => {
    const { db } = await open('savepoints')
    await Promise.all(
      ['a', 'b', 'c'].map((text) =>
        db.transaction().execute(async (inside) => {
          const before = await texts(inside)
          await setTimeout(1)
          expect(await texts(inside)).toEqual(before)
          await inside.insertInto('note').values({ text }).execute()
        }),
      ),
    )
    const controlled = await db.startTransaction().execute()
    const saved = await controlled.savepoint('here').execute()
    await saved.deleteFrom('note').execute()
    await saved.rollbackToSavepoint('here').execute()
    await saved.releaseSavepoint('here').execute()
    await controlled.commit().execute()
    expect(await texts(db)).toEqual(['a', 'b', 'c'])
  })

  it('streams rows, and passes every other error on at once', async () => {
    const { db } = await open('streams')
    await db
      .insertInto('note')
      .values([{ text: 'a' }, { text: 'b' }])
      .execute()
    const read: string[] = []
    for await (const { text } of db.selectFrom('note').select('text').stream()) read.push(text)
    expect(read).toEqual(['a', 'b'])
    await expect(db.insertInto('note').values({ id: 1, text: 'again' }).execute()).rejects.toThrow(/UNIQUE/)
  })

  it('streams inside a transaction what it has written, and outside of it once it has ended', async () => {
    const { db } = await open('streams inside')
    const streamed = async (from: Kysely<Tables>) => {
      const read: string[] = []
      for await (const { text } of from.selectFrom('note').select('text').stream()) read.push(text)
      return read
    }
    let outside: Promise<string[]> | undefined
    const failing = db.transaction().execute(async (inside) => {
      await inside.insertInto('note').values({ text: 'inside' }).execute()
      outside = streamed(db)
      expect(await streamed(inside)).toEqual(['inside'])
      throw new Error('on purpose')
    })
    await expect(failing).rejects.toThrow('on purpose')
    expect(await outside).toEqual([])
    expect(await streamed(db)).toEqual([])
  })
})
