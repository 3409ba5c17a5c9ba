import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { kyselyHooks } from 'countersign/kysely'
import { sql } from 'kysely'
import { afterAll, expect, it } from 'vitest'
import { createAccount, listAccounts } from '../src/accounts/accounts.ts'
import { leaveFlash, takeFlash } from '../src/accounts/flashes.ts'
import { openSession, sessionUser } from '../src/accounts/sessions.ts'
import { removeClient } from '../src/clients/clients.ts'
import { registerClient } from '../src/clients/registration.ts'
import { openDatabase } from '../src/database/database.ts'
import { openServices } from '../src/services.ts'
import { recordDecision } from '../src/tokens/decisions.ts'
import { issueToken } from '../src/tokens/issued-token.ts'
import { temporaryCredentialState } from '../src/tokens/temporary-credentials.ts'
import { listTokens, revokeTokens } from '../src/tokens/tokens.ts'
import { sweep } from '../src/upkeep.ts'
import { temporaryDirectory } from './running-provider.ts'

const directory = temporaryDirectory()
afterAll(() => directory.remove())

/** What opening could change of a file: its octets, its mode, and the files beside it. */
function traces(file: string) {
  const beside = readdirSync(directory.path).filter((name) => name.startsWith(basename(file)))
  return { content: readFileSync(file), mode: statSync(file).mode & 0o777, beside }
}

it.each([
  ['of a newer version', 'pragma application_id = 0x4373676e; pragma user_version = 99', 'a newer version'],
  ['with tables of another program', 'create table note (text)', 'belongs to another program'],
  [
    'of another program that counts versions',
    'create table user (id); pragma user_version = 1',
    'belongs to another program',
  ],
  [
    'that another program has begun and left empty',
    'pragma application_id = 7',
    'belongs to another program',
  ],
  [
    'of another program, in WAL',
    'pragma journal_mode = wal; create table note (text)',
    'belongs to another program',
  ],
])('leaves a file %s as it is', async (what, sql, why) => {
  const file = join(directory.path, `${what}.sqlite`)
  const foreign = new DatabaseSync(file)
  foreign.exec(sql)
  foreign.close()
  chmodSync(file, 0o644)
  const before = traces(file)
  await expect(openDatabase(file)).rejects.toThrow(why)
  expect(traces(file)).toEqual(before)
})

it('leaves a file that is no database as it is', async () => {
  const file = join(directory.path, 'letter.txt')
  writeFileSync(file, 'Dear Anna,\n'.repeat(100), { mode: 0o644 })
  await expect(openDatabase(file)).rejects.toThrow('file is not a database')
  expect(statSync(file).mode & 0o777).toBe(0o644)
})

it('opens a database that was made before its header said whose it is', async () => {
  const file = join(directory.path, 'unmarked.sqlite')
  const db = await openDatabase(file)
  await createAccount(db, 'rita', 'correct horse battery')
  await db.destroy()
  const unmarked = new DatabaseSync(file)
  expect(unmarked.prepare('pragma application_id').get()).toEqual({ application_id: 0x4373676e })
  unmarked.exec('pragma application_id = 0')
  unmarked.close()
  const again = await openDatabase(file)
  expect(await listAccounts(again)).toMatchObject([{ name: 'rita' }])
  await again.destroy()
})

it('says which file cannot be opened', async () => {
  await expect(openDatabase(directory.path)).rejects.toThrow(
    `The database ${directory.path} cannot be opened`,
  )
})

it('keeps of a session and of a password only what opens nothing', async () => {
  const file = join(directory.path, 'secrets.sqlite')
  const db = await openDatabase(file)
  const { id } = await createAccount(db, 'sara', 'correct horse battery')
  await openSession(db, 'the-cookie', id)
  expect(await sessionUser(db, 'the-cookie')).toMatchObject({ id, name: 'sara' })
  const flash = { kind: 'registered', clientSecret: 'the-secret' } as const
  await leaveFlash(db, 'the-cookie', '/clients/a', flash)
  const rows = [
    await db.selectFrom('user').selectAll().execute(),
    await db.selectFrom('session').selectAll().execute(),
    await db.selectFrom('flash').selectAll().execute(),
  ]
  expect(JSON.stringify(rows)).not.toMatch(/the-cookie|correct horse|the-secret/)
  expect(JSON.stringify(rows)).toContain('$argon2id$')
  expect(await takeFlash(db, 'another-cookie', '/clients/a')).toBeUndefined()
  expect(await takeFlash(db, 'the-cookie', '/clients')).toBeUndefined()
  expect(await takeFlash(db, 'the-cookie', '/clients/a')).toEqual(flash)
  expect(await takeFlash(db, 'the-cookie', '/clients/a')).toBeUndefined()
  await leaveFlash(db, 'the-cookie', '/clients/a', flash)
  await db
    .updateTable('flash')
    .set({ expires_at: Math.floor(Date.now() / 1000) })
    .execute()
  expect(await takeFlash(db, 'the-cookie', '/clients/a')).toBeUndefined()
  await db.destroy()
})

it('takes the credentials of a client away with it', async () => {
  const services = await openServices({ database: ':memory:', logLevel: 'silent' })
  const { db, hooks } = services
  const { id } = await createAccount(db, 'tom', 'correct horse battery')
  const { clientId } = await registerClient(db, { name: 'Album', callbacks: [], ownerId: id })
  const { oauthToken } = await issueToken(services, clientId, id)
  expect(await hooks.queryToken(clientId, oauthToken)).toMatchObject({ userId: id })
  expect(await removeClient(db, clientId, id + 1)).toBe(false)
  expect(await removeClient(db, clientId, id)).toBe(true)
  expect(await listTokens(services, {})).toEqual([])
  await services.close()
})

it('ends with a user’s access the approvals that were not collected yet, and no one else’s', async () => {
  const services = await openServices({ database: ':memory:', logLevel: 'silent' })
  const { db, hooks } = services
  const { clientId: album } = await registerClient(db, { name: 'Album', callbacks: [] })
  const { clientId: printer } = await registerClient(db, { name: 'Printer', callbacks: [] })
  const { id: uma } = await createAccount(db, 'uma', 'correct horse battery')
  const { id: udo } = await createAccount(db, 'udo', 'correct horse battery')
  const approve = async (clientId: string, userId: number): Promise<string> => {
    const oauthToken = `${clientId} ${userId}`
    const credential = { clientId, oauthToken, oauthTokenSecret: 's', oauthCallback: 'oob' }
    await hooks.createTemporaryCredential({ ...credential, expiresAt: Math.floor(Date.now() / 1000) + 600 })
    await hooks.createAuthorizationVerifier(oauthToken, { userId, oauthVerifier: 'v' })
    return oauthToken
  }
  const ended = await approve(album, uma)
  const others = [await approve(album, udo), await approve(printer, uma)]
  await revokeTokens(services, { userId: uma, clientId: album })
  expect(await hooks.consumeTemporaryCredential(ended)).toBe(false)
  for (const other of others) expect(await hooks.consumeTemporaryCredential(other)).toBe(true)
  await services.close()
})

it('sweeps what has expired and nothing else, and tells an expired request from an unknown one', async () => {
  const db = await openDatabase(join(directory.path, 'sweep.sqlite'))
  const { id } = await createAccount(db, 'ute', 'correct horse battery')
  const { clientId } = await registerClient(db, { name: 'Album', callbacks: [] })
  const hooks = kyselyHooks(db)
  const now = Math.floor(Date.now() / 1000)
  for (const [name, expiresAt] of [
    ['old', now - 3600],
    ['new', now + 3600],
  ] as const) {
    await hooks.recordNonce({ clientId, oauthToken: '', timestamp: now, nonce: name, expiresAt })
    const credential = { clientId, oauthToken: name, oauthTokenSecret: 's', oauthCallback: 'oob', expiresAt }
    await hooks.createTemporaryCredential(credential)
    const token = { clientId, oauthToken: name, oauthTokenSecret: 's', userId: id, expiresAt }
    await hooks.createTokenCredential(token)
    await db.insertInto('session').values({ token_hash: name, user_id: id, expires_at: expiresAt }).execute()
    await recordDecision(db, { oauthToken: `${name} one`, clientId, userId: id, allowed: true, expiresAt })
    await db.insertInto('flash').values({ key: name, sealed: '', expires_at: expiresAt }).execute()
  }
  expect(await temporaryCredentialState(db, 'old')).toBe('expired')
  expect(await temporaryCredentialState(db, 'never')).toBe('unknown')
  expect(await sweep(db)).toBe(false)
  for (const table of [
    'oauth_nonce',
    'oauth_temporary_credential',
    'oauth_token_credential',
    'session',
    'decision',
    'flash',
  ] as const) {
    const rows = await db.selectFrom(table).select('expires_at').execute()
    expect(rows, table).toEqual([{ expires_at: now + 3600 }])
  }
  await db.destroy()
})

it.each([
  ['full, so that a power cut loses nothing, unless told otherwise', {}, 2],
  ['normal where the operator chose it', { synchronous: 'normal' }, 1],
] as const)('writes to the disk in the mode %s', async (name, options, synchronous) => {
  const db = await openDatabase(join(directory.path, `${name}.sqlite`), options)
  expect((await sql`pragma synchronous`.execute(db)).rows).toEqual([{ synchronous }])
  await db.destroy()
})
