import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { AuthorizationServer } from 'countersign'
import { kyselyHooks } from 'countersign/kysely'
import { sql } from 'kysely'
import { afterAll, expect, it } from 'vitest'
import { findClient } from '../src/clients/clients.ts'
import { openDatabase } from '../src/database/database.ts'
import { migrations } from '../src/database/migrations.ts'
import { recordDecision } from '../src/tokens/decisions.ts'
import { listTokens } from '../src/tokens/tokens.ts'
import { temporaryDirectory } from './running-provider.ts'
import { version01 } from './version-01.ts'

const directory = temporaryDirectory()
afterAll(() => directory.remove())

const tables = [
  'user',
  'session',
  'oauth_client',
  'oauth_temporary_credential',
  'oauth_token_credential',
  'oauth_nonce',
]

/** What the columns that steps have added since hold in rows that were there before. */
const added: Readonly<Record<string, unknown>> = {
  policy: null,
  owner_policy: null,
  expires_at: null,
  last_used_at: null,
  created_at: null,
  last_seen_at: null,
  browser: null,
  role: 'user',
  suspended_at: null,
  status: 'approved',
  verified_at: null,
  description: null,
  homepage: null,
  previous_secret: null,
  previous_secret_until: null,
  oauth2_client_id: null,
}

/** All rows, without the columns that steps have added since. */
function rowsOf(file: string): unknown[] {
  const database = new DatabaseSync(file)
  const rows = tables.map((table) =>
    database
      .prepare(`select * from "${table}"`)
      .all()
      .map((row) =>
        Object.entries(row).filter(([name, value]) => !Object.hasOwn(added, name) || value !== added[name]),
      ),
  )
  database.close()
  return rows
}

function olderFile(name: string, more = ''): string {
  const file = join(directory.path, name)
  const database = new DatabaseSync(file)
  database.exec(version01 + more)
  database.close()
  return file
}

it.each([
  ['of version 0.1', ''],
  ['of before its header said whose it is', 'pragma application_id = 0;'],
])('takes a file %s over without loss, and records its steps', async (what, more) => {
  const file = olderFile(`${what}.sqlite`, more)
  const before = rowsOf(file)
  const db = await openDatabase(file)
  expect(rowsOf(file)).toEqual(before)
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db)
  expect(rows.map(({ name }) => name)).toEqual(Object.keys(migrations))
  expect(await listTokens({ db, server: new AuthorizationServer() }, { userId: 7 })).toMatchObject([
    { clientName: 'Album', createdAt: 1700000002 },
  ])
  expect(await findClient(db, 'key', 7)).toMatchObject({ name: 'Album', mode: 'live' })
  const hooks = kyselyHooks(db)
  const [{ clientId, oauthToken } = { clientId: '', oauthToken: '' }] = await hooks.listTokens({ userId: 7 })
  await hooks.recordTokenUse({ clientId, oauthToken, lastUsedAt: 1800000000 })
  expect(await hooks.queryToken(clientId, oauthToken)).toMatchObject({ lastUsedAt: 1800000000 })
  await db.updateTable('oauth_token_credential').set({ last_used_at: null }).execute()
  const decision = { oauthToken: 'waiting', clientId: 'key', userId: 7, allowed: true, expiresAt: 4000000000 }
  await recordDecision(db, decision)
  await db.destroy()
  await (await openDatabase(file)).destroy()
  expect(rowsOf(file)).toEqual(before)
})

it('takes one file over once when several open it at the same time', async () => {
  const file = olderFile('raced.sqlite')
  const before = rowsOf(file)
  const opened = await Promise.all(Array.from({ length: 4 }, () => openDatabase(file)))
  for (const db of opened) await db.destroy()
  expect(rowsOf(file)).toEqual(before)
})

it('leaves a file as it was when a step fails', async () => {
  const file = olderFile('failing.sqlite', 'create table flash (x);')
  const before = rowsOf(file)
  await expect(openDatabase(file)).rejects.toThrow('flash')
  const database = new DatabaseSync(file)
  expect(database.prepare('pragma user_version').get()).toEqual({ user_version: 1 })
  const made = database.prepare(
    "select name from sqlite_schema where name in ('decision', 'kysely_migration')",
  )
  expect(made.all()).toEqual([])
  database.close()
  expect(rowsOf(file)).toEqual(before)
})
