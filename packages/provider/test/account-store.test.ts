import { DatabaseSync } from 'node:sqlite'
import { nodeSqlite, retryWhenBusy } from 'countersign/kysely'
import { Kysely, MysqlDialect, PostgresDialect, SqliteDialect } from 'kysely'
import { createPool } from 'mysql2'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { available, services, uniqueName } from '../../countersign/test/services.ts'
import { createDatabase, removeDatabase } from '../../countersign/test/stores/backends/databases.ts'
import { removeAccount } from '../src/accounts/account-removal.ts'
import { authenticateAccount, createAccount, findAccount, passwordHash } from '../src/accounts/accounts.ts'
import {
  accountOfIdentity,
  hasPassword,
  identityUser,
  linkIdentity,
  listIdentities,
  unlinkIdentities,
} from '../src/accounts/identities.ts'
import {
  createInvitation,
  isInvitation,
  listInvitations,
  removeInvitation,
} from '../src/accounts/invitations.ts'
import { endSession, endSessions, listSessions, secondsSinceSignIn } from '../src/accounts/session-list.ts'
import { openSession, sessionUser } from '../src/accounts/sessions.ts'
import { SignIns } from '../src/accounts/sign-ins.ts'
import { findClient } from '../src/clients/clients.ts'
import { registerClient } from '../src/clients/registration.ts'
import { migrate } from '../src/database/migrator.ts'
import type { Database, Tables } from '../src/database/schema.ts'
import { type Services, servicesOver } from '../src/services.ts'
import { completeSettings } from '../src/settings/settings.ts'
import { createLog } from '../src/telemetry/log.ts'
import { issueToken } from '../src/tokens/issued-token.ts'
import { listTokens } from '../src/tokens/tokens.ts'
import { sweep } from '../src/upkeep.ts'

const password = 'correct horse battery'
const nowSeconds = () => Math.floor(Date.now() / 1000)

describeStore('SQLite', undefined, () => {
  const dialect = new SqliteDialect({ database: nodeSqlite(new DatabaseSync(':memory:')) })
  return new Kysely({ dialect: retryWhenBusy(dialect) })
})
if (await available('postgres')) {
  const url = databaseOf(services.postgres.url)
  const pool = () => new pg.Pool({ connectionString: url, max: 5 })
  describeStore('PostgreSQL', url, () => new Kysely({ dialect: new PostgresDialect({ pool: pool() }) }))
}
if (await available('mariadb')) {
  const url = databaseOf(services.mariadb.url)
  const pool = () => createPool({ uri: url, connectionLimit: 5 })
  describeStore('MariaDB', url, () => new Kysely({ dialect: new MysqlDialect({ pool: pool() }) }))
}

function databaseOf(server: string): string {
  const url = new URL(server)
  url.pathname = `/${uniqueName('accounts')}`
  return url.href
}

/** What accounts ask of each database, races included. */
function describeStore(name: string, url: string | undefined, connect: () => Kysely<Tables>): void {
  describe(`accounts on ${name}`, () => {
    let db: Database
    let built: Services
    beforeAll(async () => {
      if (url !== undefined) await createDatabase(url)
      db = connect()
      await migrate(db)
      built = servicesOver(db, completeSettings({}), createLog('silent'))
    })
    afterAll(async () => {
      await built.close()
      if (url !== undefined) await removeDatabase(url)
    })

    it('lists the sessions of a user, and ends one, or all', async () => {
      const { id } = await createAccount(db, 'anna', password)
      const other = await createAccount(db, 'bela', password)
      await openSession(db, 'one', id, { browser: 'Firefox, Linux', lifetimeSeconds: 60 })
      await openSession(db, 'two', id)
      await openSession(db, 'of another', other.id)
      const listed = await listSessions(db, id, 'two')
      const now = nowSeconds()
      expect(listed).toMatchObject([
        { isCurrent: true, browser: null },
        { isCurrent: false, browser: 'Firefox, Linux' },
      ])
      for (const { since, lastSeenAt } of listed) {
        expect(now - (since ?? 0)).toBeLessThan(60)
        expect(now - (lastSeenAt ?? 0)).toBeLessThan(60)
      }
      expect(JSON.stringify(await db.selectFrom('session').selectAll().execute())).not.toContain('"one"')
      const one = listed[1]?.id ?? ''
      expect(await endSession(db, other.id, one)).toBe(false)
      expect(await endSession(db, id, one)).toBe(true)
      expect(await endSession(db, id, one)).toBe(false)
      expect(await sessionUser(db, 'one')).toBeUndefined()
      expect(await secondsSinceSignIn(db, 'one')).toBeUndefined()
      expect(await secondsSinceSignIn(db, 'two')).toBeLessThan(60)
      expect(await endSessions(db, id)).toBe(1)
      expect(await sessionUser(db, 'of another')).toMatchObject({ id: other.id, name: 'bela' })
    })

    it('notes when a session is used, at most once an hour', async () => {
      const { id } = await createAccount(db, 'carl', password)
      await openSession(db, 'seen', id)
      const set = (last_seen_at: number | null) =>
        db.updateTable('session').set({ last_seen_at }).where('user_id', '=', id).execute()
      const seen = async () => (await listSessions(db, id, 'seen'))[0]?.lastSeenAt
      const recently = nowSeconds() - 3_000
      await set(recently)
      await sessionUser(db, 'seen')
      expect(await seen()).toBe(recently)
      for (const before of [nowSeconds() - 4_000, null]) {
        await set(before)
        await sessionUser(db, 'seen')
        expect(nowSeconds() - ((await seen()) ?? 0)).toBeLessThan(60)
      }
    })

    it('ends the sessions of a suspended user, and tells only whoever knows the password', async () => {
      const { id } = await createAccount(db, 'dora', password)
      await openSession(db, 'suspended', id)
      await db.updateTable('user').set({ suspended_at: nowSeconds() }).where('id', '=', id).execute()
      expect(await sessionUser(db, 'suspended')).toBeUndefined()
      const signIns = new SignIns(db)
      const attempt = { name: 'dora', network: '192.0.2.1', device: undefined }
      expect(await signIns.check(attempt, password)).toMatchObject({ kind: 'suspended' })
      expect(await signIns.check(attempt, 'wrong password')).toEqual({ kind: 'wrong' })
    })

    it('lets an invitation make one account, and spends none on a name that is taken', async () => {
      const made = await createInvitation(db, { note: '  for  Emil ' })
      expect(made).toMatchObject({ note: 'for Emil', code: expect.stringMatching(/^[A-Za-z0-9]{24}$/) })
      expect(JSON.stringify(await db.selectFrom('invitation').selectAll().execute())).not.toContain(made.code)
      expect(await listInvitations(db)).toEqual([
        { id: made.id, note: 'for Emil', createdAt: made.createdAt, expiresAt: made.expiresAt },
      ])
      await createAccount(db, 'taken', password)
      await expect(createAccount(db, 'taken', password, made.code)).rejects.toThrow('is taken')
      await expect(createAccount(db, 'emil', password, 'another')).rejects.toThrow('This invitation')
      expect(await isInvitation(db, ` ${made.code} `)).toBe(true)
      const all = await Promise.allSettled(
        ['emil', 'erna', 'egon'].map((one) => createAccount(db, one, password, made.code)),
      )
      expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      for (const one of all) if (one.status === 'rejected') expect(one.reason.field).toBe('invitation')
      const names = await Promise.all(['emil', 'erna', 'egon'].map((one) => findAccount(db, one)))
      expect(names.filter(Boolean)).toHaveLength(1)
      expect(await isInvitation(db, made.code)).toBe(false)
    })

    it('forgets invitations that are removed or over', async () => {
      const removed = await createInvitation(db)
      const over = await createInvitation(db, { lifetimeSeconds: 60 })
      await db
        .updateTable('invitation')
        .set({ expires_at: nowSeconds() })
        .where('code_hash', '=', over.id)
        .execute()
      expect(await removeInvitation(db, removed.id)).toBe(true)
      expect(await removeInvitation(db, removed.id)).toBe(false)
      expect(await listInvitations(db)).toEqual([])
      await expect(createAccount(db, 'late', password, over.code)).rejects.toThrow('has expired')
      await sweep(db)
      expect(await db.selectFrom('invitation').selectAll().execute()).toEqual([])
    })

    it.each([
      ['a note that is too long', { note: 'x'.repeat(201) }],
      ['a life of seconds', { lifetimeSeconds: 59 }],
      ['a life without end', { lifetimeSeconds: Number.POSITIVE_INFINITY }],
    ])('makes no invitation with %s', async (_, given) => {
      await expect(createInvitation(db, given)).rejects.toThrow(/^Use /)
    })

    it('makes one account for an identity, however many sign in with it at once', async () => {
      const identity = { issuer: 'https://login.example', subject: 'Subject' }
      const all = await Promise.all(
        Array.from({ length: 4 }, () => accountOfIdentity(db, identity, ['Frida Größe'])),
      )
      expect(new Set(all.map(({ id }) => id)).size).toBe(1)
      expect(all.filter(({ isNew }) => isNew)).toHaveLength(1)
      const [{ id } = { id: 0 }] = all
      expect(await findAccount(db, 'frida-gro-e')).toMatchObject({ id })
      expect(await hasPassword(db, id)).toBe(false)
      expect(await passwordHash(db, 'frida-gro-e')).toBeUndefined()
      for (const guess of ['', password])
        expect(await authenticateAccount(db, 'frida-gro-e', guess)).toBeUndefined()
      for (const other of [
        { issuer: 'https://login.example', subject: 'subject' },
        { issuer: 'https://login.example/', subject: 'Subject' },
      ])
        expect(await identityUser(db, other)).toBeUndefined()
      // Its only way in stays.
      expect(await unlinkIdentities(db, id)).toBe(false)
    })

    it('makes an account for each of many who want one name at once', async () => {
      const all = await Promise.all(
        Array.from({ length: 30 }, (_, subject) =>
          accountOfIdentity(db, { issuer: 'https://many.example', subject: `${subject}` }, ['Gustav']),
        ),
      )
      expect(new Set(all.map(({ id }) => id)).size).toBe(30)
    })

    it('never gives an identity the account of another, whatever it is called', async () => {
      const own = await createAccount(db, 'gina@example.com', password)
      const called = (subject: string) =>
        accountOfIdentity(db, { issuer: 'https://login.example', subject }, ['gina@example.com'])
      const one = await called('1')
      const two = await called('2')
      expect(new Set([own.id, one.id, two.id]).size).toBe(3)
      expect(await findAccount(db, 'gina@example.com-2')).toMatchObject({ id: one.id })
      expect(await findAccount(db, 'gina@example.com-3')).toMatchObject({ id: two.id })
    })

    it('lets an own account be opened by an identity that opens no other', async () => {
      const { id } = await createAccount(db, 'hugo', password)
      const other = await createAccount(db, 'heidi', password)
      const identity = { issuer: 'https://login.example', subject: 'hugo' }
      await linkIdentity(db, id, identity)
      await linkIdentity(db, id, identity)
      await expect(linkIdentity(db, other.id, identity)).rejects.toThrow('another account')
      expect(await listIdentities(db, id)).toMatchObject([identity])
      expect(await accountOfIdentity(db, identity, [])).toMatchObject({ id, isNew: false })
      expect(await unlinkIdentities(db, other.id)).toBe(false)
      expect(await unlinkIdentities(db, id)).toBe(true)
      expect(await identityUser(db, identity)).toBeUndefined()
    })

    it('removes an account with its clients and with every token, by the hooks', async () => {
      const ended: string[] = []
      const hooks = built.hooks
      const watched = {
        ...built,
        server: {
          issueToken: built.server.issueToken.bind(built.server),
          listTokens: built.server.listTokens.bind(built.server),
          policyOf: built.server.policyOf.bind(built.server),
          revokeToken: (clientId: string, oauthToken: string) => {
            ended.push(oauthToken)
            return built.server.revokeToken(clientId, oauthToken)
          },
        },
        hooks,
      } as unknown as Services
      const { id } = await createAccount(db, 'ida', password)
      const other = await createAccount(db, 'igor', password)
      await openSession(db, 'of ida', id)
      const own = await registerClient(db, { name: 'Own', callbacks: [], ownerId: id })
      const foreign = await registerClient(db, { name: 'Foreign', callbacks: [], ownerId: other.id })
      const tokens = [
        await issueToken(built, own.clientId, other.id),
        await issueToken(built, foreign.clientId, id),
      ]
      const kept = await issueToken(built, foreign.clientId, other.id)
      expect(await removeAccount(watched, id)).toEqual({ tokens: 2, clients: 1 })
      expect(ended.sort()).toEqual(tokens.map(({ oauthToken }) => oauthToken).sort())
      expect(await findAccount(db, 'ida')).toBeUndefined()
      expect(await sessionUser(db, 'of ida')).toBeUndefined()
      expect(await findClient(db, own.clientId)).toBeUndefined()
      const left = await listTokens(built, { clientId: foreign.clientId })
      expect(left.map(({ oauthToken }) => oauthToken)).toEqual([kept.oauthToken])
      expect(await removeAccount(built, id)).toBeUndefined()
    })

    it('keeps one administrator, even where the last two leave at once', async () => {
      const ids: number[] = []
      for (const one of ['jana', 'jens']) ids.push((await createAccount(db, one, password)).id)
      await db.updateTable('user').set({ role: 'admin' }).where('id', 'in', ids).execute()
      const left = await Promise.allSettled(ids.map((id) => removeAccount(built, id)))
      expect(left.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
      const admins = await db.selectFrom('user').select('id').where('role', '=', 'admin').execute()
      expect(admins).toHaveLength(1)
      await expect(removeAccount(built, Number(admins[0]?.id))).rejects.toThrow('last active administrator')
    })
  })
}
