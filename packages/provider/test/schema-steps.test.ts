import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { available } from '../../countersign/test/services.ts'
import {
  createDatabase,
  databaseConfig,
  removeDatabase,
} from '../../countersign/test/stores/backends/databases.ts'
import { pairClient } from '../src/bridge/pairs.ts'
import { openDatabase, schemaSteps } from '../src/database/database.ts'
import { migrations } from '../src/database/migrations.ts'
import { mysqlKind } from '../src/database/mysql-kind.ts'
import { postgresKind } from '../src/database/postgres-kind.ts'
import type { Database, Tables } from '../src/database/schema.ts'
import { Seal } from '../src/database/seal.ts'
import { openServerDatabase } from '../src/database/server-database.ts'
import { openSqliteFile } from '../src/database/sqlite-file.ts'
import { databaseKind } from '../src/settings/database-address.ts'
import { temporaryDirectory } from './running-provider.ts'

const steps = Object.keys(migrations)
const directory = temporaryDirectory()
afterAll(() => directory.remove())
const database = fileURLToPath(new URL('../src/database/database.ts', import.meta.url))

/** Another process that waits for a sign, opens the database, and tells how that went. */
function opener(url: string) {
  const program = `
    import { openDatabase } from ${JSON.stringify(database)}
    process.stdout.write('ready')
    process.stdin.once('data', async () => {
      try {
        const db = await openDatabase(process.argv[1])
        await db.selectFrom('audit_event').selectAll().execute()
        await db.destroy()
        process.stdout.write(' opened')
      } catch (error) { process.stdout.write(' ' + error.message) }
      process.exit(0)
    })`
  const flags = ['--conditions=countersign-source', '--input-type=module', '--eval']
  const child = spawn(process.execPath, [...flags, program, url], { stdio: ['pipe', 'pipe', 'inherit'] })
  let told = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    told += text
  })
  const ended = once(child, 'close')
  return {
    ready: once(child.stdout, 'data'),
    async open(): Promise<string> {
      child.stdin.write('now')
      await ended
      return told
    },
  }
}

const tables = [
  'user',
  'oauth_client',
  'oauth_token_credential',
  'oauth_temporary_credential',
  'oauth_nonce',
  'client_usage',
  'client_signing',
  'logo',
] as const satisfies readonly (keyof Tables)[]

/** All rows of these tables, in one order. */
async function allRows(db: Database): Promise<object[][]> {
  const found: object[][] = []
  for (const table of tables) {
    const rows = await db.selectFrom(table).selectAll().execute()
    found.push(rows.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)))
  }
  return found
}

/** A database in which the steps before one were taken, and no other. */
async function openBefore(url: string, step: string): Promise<Database> {
  const kind = databaseKind(url)
  const limits = { connections: 1, patienceSeconds: 0 }
  const { db } = await (kind === 'sqlite'
    ? openSqliteFile(url, new Seal(undefined), {})
    : openServerDatabase(kind === 'postgres' ? postgresKind : mysqlKind, url, new Seal(undefined), limits))
  const earlier = Object.entries(migrations).filter(([name]) => name < step)
  const provider = { getMigrations: async () => Object.fromEntries(earlier) }
  const { error } = await new Migrator({ db, provider }).migrateToLatest()
  if (error !== undefined) throw error
  if (kind === 'sqlite') {
    await sql`pragma application_id = ${sql.lit(0x4373676e)}`.execute(db)
    await sql`pragma user_version = ${sql.lit(earlier.length)}`.execute(db)
  }
  return db
}

describe.each([
  ['SQLite', 'sqlite'],
  ['PostgreSQL', 'postgres'],
  ['MariaDB', 'mariadb'],
] as const)('the steps of the schema on %s', async (_, kind) => {
  if (kind !== 'sqlite' && !(await available(kind))) return
  let url: string
  beforeEach(async () => {
    url = kind === 'sqlite' ? join(directory.path, `${Math.random()}.sqlite`) : databaseConfig(kind)
    if (kind !== 'sqlite') await createDatabase(url)
  })
  afterEach(() => removeDatabase(url))

  it('are taken once when five processes open an empty database at once', async () => {
    const openers = Array.from({ length: 5 }, () => opener(url))
    await Promise.all(openers.map(({ ready }) => ready))
    const told = await Promise.all(openers.map(({ open }) => open()))
    expect(told).toEqual(Array(5).fill('ready opened'))
    expect(await schemaSteps(url)).toEqual({ done: steps, missing: [] })
  })

  it('are listed without a change, and refused where they are missing and may not be taken', async () => {
    expect(await schemaSteps(url)).toEqual({ done: [], missing: steps })
    await expect(openDatabase(url, { migrate: false })).rejects.toThrow(
      /lacks 0001_first_tables, .*\. Run countersign db migrate/,
    )
    expect(await schemaSteps(url)).toEqual({ done: [], missing: steps })
    if (kind === 'sqlite') expect(existsSync(url)).toBe(false)
    await (await openDatabase(url)).destroy()
    const db = await openDatabase(url, { migrate: false })
    expect(await db.selectFrom('user').selectAll().execute()).toEqual([])
    await db.destroy()
  })

  it('of the bridge are taken over a database with rows of the step before, of which all stay', async () => {
    const old = await openBefore(url, '0008_bridge')
    await old.insertInto('user').values({ name: 'rita', password_hash: 'h', created_at: 1 }).execute()
    const { id } = await old.selectFrom('user').select('id').executeTakeFirstOrThrow()
    const client = { client_secret: 's', default_redirect_uri: 'https://a.example/cb', owner_id: id }
    for (const client_id of ['Key', 'key'])
      await old
        .insertInto('oauth_client')
        .values({ ...client, client_id, name: 'Älbum 😀', created_at: 2, policy: '{"twoLegged":true}' })
        .execute()
    const client_id = 'key'
    const credential = { client_id, oauth_token_secret: 's', user_id: id }
    await old
      .insertInto('oauth_token_credential')
      .values({
        ...credential,
        oauth_token: 'token',
        scope: 'read',
        created_at: 3,
        expires_at: 4_000_000_000,
      })
      .execute()
    await old
      .insertInto('oauth_temporary_credential')
      .values({ ...credential, oauth_token: 'waiting', oauth_callback: 'oob', expires_at: 4_000_000_000 })
      .execute()
    await old.insertInto('oauth_nonce').values({ nonce_key: 'n', expires_at: 4_000_000_000 }).execute()
    const usage = { client_id, signature_method: 'HMAC-SHA1', place: 'header', last_at: 5 }
    await old
      .insertInto('client_usage')
      .values({ ...usage, day: 1, accepted: 7, refused: 0 })
      .execute()
    await old
      .insertInto('client_signing')
      .values({ ...usage, first_at: 4 })
      .execute()
    const logo = { client_id, digest: 'd', png_base64: 'AAAA' }
    await old.insertInto('logo').values(logo).execute()
    const before = await allRows(old)
    await old.destroy()

    const db = await openDatabase(url)
    const after = await allRows(db)
    const [paired] = after.splice(tables.indexOf('oauth_client'), 1)
    const [plain] = before.splice(tables.indexOf('oauth_client'), 1)
    expect(after).toEqual(before)
    expect(paired).toEqual(plain?.map((row) => ({ ...row, oauth2_client_id: null })))
    expect(await pairClient(db, 'key', 'app')).toEqual({ before: undefined, now: 'app' })
    expect(await db.selectFrom('oauth_token_grant').selectAll().execute()).toEqual([])
    await db.destroy()
    expect(await schemaSteps(url)).toEqual({ done: steps, missing: [] })
  })

  it('of a newer version are left as they are', async () => {
    const db = await openDatabase(url)
    if (kind === 'sqlite') await sql`pragma user_version = 99`.execute(db)
    else
      await sql`insert into kysely_migration (name, timestamp) values ('9999_later', '2040-01-01')`.execute(
        db,
      )
    await db.destroy()
    await expect(openDatabase(url)).rejects.toThrow('was written by a newer version')
    await expect(schemaSteps(url)).rejects.toThrow('was written by a newer version')
  })

  it('are not taken in a database of another program', async () => {
    if (kind !== 'sqlite') {
      const db = await openDatabase(url)
      await sql`drop table kysely_migration`.execute(db)
      await db.destroy()
      await expect(openDatabase(url)).rejects.toThrow('holds tables of another program')
    }
  })
})
