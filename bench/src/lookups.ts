import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import {
  clientRow,
  kyselyHooks,
  nodeSqlite,
  type OAuth1Tables,
  withClientColumns,
  withNonceColumns,
  withTemporaryCredentialColumns,
  withTokenCredentialColumns,
} from 'countersign/kysely'
import { type CreateTableBuilder, Kysely, PostgresDialect, SqliteDialect, sql } from 'kysely'
import pg from 'pg'
import { client } from './credentials.ts'
import { median, printTable } from './measure.ts'

const sizes = [1_000, 1_000_000]
const lookups = 2_000
const rounds = 15
const chunk = 1_000

/** Client and token in one query, with a thousand and with a million tokens in the table. */
export async function benchLookups(): Promise<void> {
  const rows: string[][] = []
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'))
  const sqlite = (name: string) => (size: number) => {
    const database = new DatabaseSync(join(folder, `${name}-${size}.sqlite`))
    // The whole table stays in memory at either size, as it does in PostgreSQL.
    database.exec('PRAGMA cache_size = -1000000; PRAGMA mmap_size = 2000000000')
    return new Kysely<OAuth1Tables>({ dialect: new SqliteDialect({ database: nodeSqlite(database) }) })
  }
  rows.push(await measure('SQLite (node:sqlite)', sqlite('usual')))
  rows.push(await measure('SQLite, `without rowid`', sqlite('one-tree'), withoutRowid))
  rmSync(folder, { recursive: true })

  const url = process.env['PG_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test'
  const admin = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 })
  const reachable = await admin.connect().then(
    () => true,
    () => false,
  )
  if (reachable) {
    const name = (size: number) => `countersign_bench_${process.pid}_${size}`
    for (const size of sizes) await admin.query(`create database ${name(size)}`)
    rows.push(
      await measure('PostgreSQL (pg)', (size) => {
        const to = new URL(url)
        to.pathname = `/${name(size)}`
        return new Kysely<OAuth1Tables>({
          dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: to.href, max: 1 }) }),
        })
      }),
    )
    for (const size of sizes) await admin.query(`drop database ${name(size)}`)
    await admin.end()
  } else console.log('Skipped: look-ups in PostgreSQL (no server).')
  printTable(
    `Client and token in one query (${lookups} look-ups x ${rounds} rounds in turn, medians)`,
    ['', ...sizes.map((size) => `us at ${size} tokens`), 'ratio'],
    rows,
  )
}

type TokenTable = CreateTableBuilder<'oauth_token_credential', string>

/** SQLite stores the row in the index, so only one tree is searched. */
function withoutRowid(table: TokenTable): TokenTable {
  return table.addPrimaryKeyConstraint('token_key', ['oauth_token']).modifyEnd(sql`without rowid`)
}

async function measure(
  name: string,
  open: (size: number) => Kysely<OAuth1Tables>,
  layout = (table: TokenTable) => table,
): Promise<string[]> {
  const tables = await Promise.all(
    sizes.map(async (size) => ({ size, db: await fill(open(size), size, layout) })),
  )
  const times = tables.map(() => [] as number[])
  // Filling the tables leaves pending work (checkpoints, vacuum): warm up until it is done.
  for (let round = -5; round < rounds; round++) {
    for (const [index, { db, size }] of tables.entries()) {
      const microseconds = await look(db, size)
      if (round >= 0) times[index]?.push(microseconds)
    }
  }
  for (const { db } of tables) await db.destroy()
  const [few = [], many = []] = times
  const ratio = median(many.map((time, round) => time / (few[round] as number)))
  return [name, median(few).toFixed(1), median(many).toFixed(1), ratio.toFixed(2)]
}

async function fill(
  db: Kysely<OAuth1Tables>,
  size: number,
  layout: (table: TokenTable) => TokenTable,
): Promise<Kysely<OAuth1Tables>> {
  await db.schema.createTable('oauth_client').$call(withClientColumns).execute()
  await db.schema
    .createTable('oauth_token_credential')
    .addColumn('user_id', 'integer')
    .$call(withTokenCredentialColumns)
    .$call(layout)
    .execute()
  await db.schema
    .createTable('oauth_temporary_credential')
    .addColumn('user_id', 'integer')
    .$call(withTemporaryCredentialColumns)
    .execute()
  await db.schema.createTable('oauth_nonce').$call(withNonceColumns).execute()
  await db.insertInto('oauth_client').values(clientRow(client)).execute()
  await db.transaction().execute(async (transaction) => {
    for (let from = 0; from < size; from += chunk) {
      const values = Array.from({ length: chunk }, (_, index) => ({
        client_id: client.clientId,
        oauth_token: tokenName(from + index),
        oauth_token_secret: 'pfkkdhi9sl3r4s00pfkkdhi9sl3r4s00pfkkdhi9sl3r4s00',
        user_id: from + index,
      }))
      await transaction.insertInto('oauth_token_credential').values(values).execute()
    }
  })
  return db
}

/** A token in unpredictable order: 42 characters, spread over the index. */
function tokenName(number: number): string {
  return `${((number * 2_654_435_761) % 4_294_967_296).toString(36).padStart(7, '0')}${String(number).padStart(35, 'x')}`
}

/** Microseconds per lookup, with a working set of tokens that recur, as in a real service. */
async function look(db: Kysely<OAuth1Tables>, size: number): Promise<number> {
  const { queryClientAndToken } = kyselyHooks(db)
  const start = process.hrtime.bigint()
  for (let n = 0; n < lookups; n++) {
    const number = (n * 7919) % size
    const found = await queryClientAndToken?.(client.clientId, tokenName(number))
    if (found?.token?.userId !== number) throw new Error(`Token ${number} was not found.`)
  }
  return Number(process.hrtime.bigint() - start) / 1000 / lookups
}
