import { kyselyHooks } from 'countersign/kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { available } from '../../countersign/test/services.ts'
import {
  createDatabase,
  databaseConfig,
  removeDatabase,
} from '../../countersign/test/stores/backends/databases.ts'
import {
  accountById,
  authenticateAccount,
  changePassword,
  createAccount,
  findAccount,
  listAccounts,
  passwordHash,
} from '../src/accounts/accounts.ts'
import { leaveFlash, takeFlash } from '../src/accounts/flashes.ts'
import { closeSession, openSession, sessionUser } from '../src/accounts/sessions.ts'
import { changeClient, replaceSecret, setClientMode, setClientPolicy } from '../src/clients/client-changes.ts'
import { findClient, listClients, removeClient } from '../src/clients/clients.ts'
import { registerClient } from '../src/clients/registration.ts'
import { openDatabase } from '../src/database/database.ts'
import type { Database } from '../src/database/schema.ts'
import {
  findRefusal,
  listRecentRequests,
  type NewRequest,
  type RequestOutcome,
  storeRequests,
} from '../src/requests/recent-requests.ts'
import { servicesOver } from '../src/services.ts'
import { completeSettings } from '../src/settings/settings.ts'
import { createLog } from '../src/telemetry/log.ts'
import { listAuthorizations } from '../src/tokens/authorizations.ts'
import { findDecision, recordDecision } from '../src/tokens/decisions.ts'
import { issueToken } from '../src/tokens/issued-token.ts'
import { waitingClient, waitingCode } from '../src/tokens/temporary-credentials.ts'
import { listTokens, revokeToken, revokeTokens } from '../src/tokens/tokens.ts'
import { sweep } from '../src/upkeep.ts'

const password = 'correct horse battery'
const names = { postgres: 'PostgreSQL', mariadb: 'MariaDB' } as const
const later = Math.floor(Date.now() / 1000) + 600

describeDatabase('SQLite', ':memory:')
for (const kind of ['postgres', 'mariadb'] as const)
  if (await available(kind)) describeDatabase(names[kind], databaseConfig(kind))

/** Everything that the provider asks of its database. */
function describeDatabase(name: string, database: string): void {
  describe(`the provider's schema and queries on ${name}`, () => {
    let db: Database
    beforeAll(async () => {
      if (database !== ':memory:') await createDatabase(database)
      db = await openDatabase(database)
    })
    afterAll(async () => {
      await db.destroy()
      if (database !== ':memory:') await removeDatabase(database)
    })

    it('keeps accounts, whose names are taken once', async () => {
      const both = await Promise.allSettled([
        createAccount(db, 'Anna', password),
        createAccount(db, 'anna', password),
      ])
      const [made, ...others] = both.filter(({ status }) => status === 'fulfilled')
      expect(others).toEqual([])
      const refused = both.find(({ status }) => status === 'rejected') as PromiseRejectedResult
      expect(refused.reason.message).toContain('taken')
      const anna = (made as PromiseFulfilledResult<{ id: number }>).value
      expect(anna).toMatchObject({ name: 'anna', createdAt: expect.any(Number) })
      expect(await findAccount(db, 'ANNA')).toEqual(anna)
      expect(await accountById(db, anna.id)).toEqual(anna)
      expect(await listAccounts(db)).toEqual([anna])
      expect(await authenticateAccount(db, 'anna', password)).toMatchObject({
        id: anna.id,
        isSuspended: false,
      })
      await openSession(db, 'cookie', anna.id)
      await changePassword(db, 'anna', 'another password')
      expect(await sessionUser(db, 'cookie')).toBeUndefined()
      expect(await authenticateAccount(db, 'anna', password)).toBeUndefined()
      expect(await passwordHash(db, 'anna')).toContain('argon2id')
    })

    it('opens no session for a password that changes meanwhile, and no client beyond the bound', async () => {
      const { id } = await createAccount(db, 'gina', password)
      const old = (await passwordHash(db, 'gina')) as string
      const cookies = Array.from({ length: 12 }, (_, index) => `gina ${index}`)
      const opening = cookies.map((cookie) => openSession(db, cookie, id, { passwordHash: old }))
      const [, ...opened] = await Promise.all([changePassword(db, 'gina', 'another password'), ...opening])
      for (const cookie of cookies) expect(await sessionUser(db, cookie)).toBeUndefined()
      expect(opened.length).toBe(12)
      expect(await openSession(db, 'gina late', id, { passwordHash: old })).toBe(false)
      const hash = (await passwordHash(db, 'gina')) as string
      expect(await openSession(db, 'gina new', id, { passwordHash: hash })).toBe(true)

      await db.deleteFrom('session').execute()

      const registering = Array.from({ length: 60 }, () =>
        registerClient(db, { name: 'Many', callbacks: [], ownerId: id }),
      )
      const outcomes = await Promise.allSettled(registering)
      expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBe(50)
      expect((await listClients(db, id)).length).toBe(50)
    })

    it('keeps sessions and flashes, byte for byte and once', async () => {
      const { id } = await createAccount(db, 'ben', password)
      for (let i = 0; i < 102; i++) await openSession(db, `cookie ${i}`, id)
      const { count } = await db
        .selectFrom('session')
        .select(({ fn }) => fn.countAll().as('count'))
        .executeTakeFirstOrThrow()
      expect(Number(count)).toBe(100)
      await db.deleteFrom('session').execute()
      await openSession(db, 'cookie', id)
      expect(await sessionUser(db, 'cookie')).toEqual({ id, name: 'ben', isAdmin: false })
      await closeSession(db, 'cookie')
      expect(await sessionUser(db, 'cookie')).toBeUndefined()
      await leaveFlash(db, 'cookie', '/', { kind: 'signed-up' })
      await leaveFlash(db, 'cookie', '/', { kind: 'revoked', clientName: 'Älbum' })
      const taken = await Promise.all([takeFlash(db, 'cookie', '/'), takeFlash(db, 'cookie', '/')])
      expect(taken.filter(Boolean)).toEqual([{ kind: 'revoked', clientName: 'Älbum' }])
    })

    it('keeps clients and their tokens, which the server issues, lists and revokes', async () => {
      const built = servicesOver(db, completeSettings({}), createLog('silent'))
      const { id } = await createAccount(db, 'cleo', password)
      const callbacks = ['https://album.example/cb']
      const album = await registerClient(db, { name: 'Album', callbacks, ownerId: id })
      const { clientId } = album
      expect(await findClient(db, clientId, id)).toMatchObject({ clientId, name: 'Album', callbacks })
      expect(await findClient(db, clientId.toLowerCase())).toBeUndefined()
      expect(await listClients(db, id)).toHaveLength(1)

      const one = await issueToken(built, clientId, id)
      const two = await issueToken(built, clientId, id)
      const listed = await listTokens(built, { userId: id, clientId })
      expect(listed.map(({ oauthToken }) => oauthToken).sort()).toEqual(
        [one.oauthToken, two.oauthToken].sort(),
      )
      const [authorization, ...others] = await listAuthorizations(built, id)
      expect(authorization).toMatchObject({ clientId, clientName: 'Album', since: expect.any(Number) })
      expect(others).toEqual([])
      expect(await revokeToken(built, one.oauthToken)).toBe(true)
      expect(await revokeToken(built, one.oauthToken)).toBe(false)
      await revokeTokens(built, { userId: id, clientId })
      expect(await listTokens(built, {})).toEqual([])

      await issueToken(built, clientId, id)
      expect(await removeClient(db, clientId, id + 1)).toBe(false)
      expect(await removeClient(db, clientId, id)).toBe(true)
      expect(await listTokens(built, {})).toEqual([])
    })

    it('changes a client, its secret and its policy, and takes keys and tokens from elsewhere', async () => {
      const built = servicesOver(
        db,
        completeSettings({ scopes: { read: 'read', write: 'write' } }),
        createLog('silent'),
      )
      const { id: ownerId } = await createAccount(db, 'erna', password)
      const given = {
        name: 'Own',
        callbacks: ['https://a.example/cb'],
        ownerId,
        key: 'Own.Key',
        secret: 'own-secret',
      }
      expect(await registerClient(db, given)).toMatchObject({
        clientId: 'Own.Key',
        clientSecret: 'own-secret',
      })
      await expect(registerClient(db, given)).rejects.toThrow('Another client has this key.')
      const clientId = 'Own.Key'
      expect(await changeClient(db, clientId, { name: 'Theirs' }, ownerId + 1)).toBe(false)
      expect(
        await changeClient(db, clientId, { name: 'New', callbacks: ['https://b.example/cb'] }, ownerId),
      ).toBe(true)
      expect(await changeClient(db, clientId, {})).toBe(true)
      expect(await findClient(db, clientId)).toMatchObject({
        name: 'New',
        callbacks: ['https://b.example/cb'],
      })
      expect(await replaceSecret(db, clientId, { ownerId: ownerId + 1 })).toBeUndefined()
      const secret = await replaceSecret(db, clientId, { ownerId })
      expect((await built.hooks.queryClient(clientId))?.clientSecret).toBe(secret)

      const policy = { scopes: ['read'], tokenLifetimeSeconds: 3_600, tokenIdleSeconds: 60 }
      expect(await setClientPolicy(built, clientId, policy)).toBe(true)
      expect(await findClient(db, clientId)).toMatchObject({ mode: 'development', policy })
      await expect(setClientPolicy(built, clientId, { scopes: ['admin'] })).rejects.toThrow(
        'the unknown scope admin',
      )
      await expect(setClientPolicy(built, clientId, { twoLeged: true } as never)).rejects.toThrow('twoLegged')

      const credential = { oauthToken: 'Own.Token', oauthTokenSecret: 'own-token-secret' }
      const issued = await issueToken(built, clientId, ownerId, { scope: 'read', credential })
      expect(issued).toEqual({ clientId, ...credential })
      const twice = issueToken(built, clientId, ownerId, { credential })
      await expect(twice).rejects.toThrow('This token already exists.')
      await expect(issueToken(built, clientId, ownerId, { scope: 'write' })).rejects.toThrow('only read')
      const now = Math.floor(Date.now() / 1000)
      await built.hooks.recordTokenUse({ clientId, oauthToken: 'Own.Token', lastUsedAt: now - 61 })
      const [token, ...others] = await listTokens(built, { clientId })
      expect(others).toEqual([])
      expect(token).toMatchObject({ scope: 'read', lastUsedAt: now - 61, isIdle: true })
      expect((token?.expiresAt ?? 0) - now - 3_600).toBeLessThan(60)
      await issueToken(built, clientId, undefined, { lifetimeSeconds: 0 })
      await issueToken(built, clientId, ownerId, { lifetimeSeconds: 1 })
      await db
        .updateTable('oauth_token_credential')
        .set({ expires_at: now })
        .where('last_used_at', 'is', null)
        .where('expires_at', 'is not', null)
        .execute()
      // One is over, one has no end.
      const live = await listTokens(built, { clientId })
      // Issued in the same second, perhaps: their order is not told.
      expect(live.map(({ isIdle, expiresAt }) => [isIdle, expiresAt === null]).sort()).toEqual([
        [false, true],
        [true, false],
      ])
      expect(await revokeTokens(built, { userId: ownerId })).toBe(2)
      expect(await revokeTokens(built, { clientId })).toBe(1)
      expect(await removeClient(db, clientId)).toBe(true)
    })

    it('keeps when a token ends and was last used, and sweeps it after its end', async () => {
      const hooks = kyselyHooks(db)
      const { clientId } = await registerClient(db, { name: 'Timer', callbacks: [] })
      const token = {
        clientId,
        oauthTokenSecret: 's',
        oauthToken: `alive ${clientId}`,
        expiresAt: 5_000_000_000,
      }
      await hooks.createTokenCredential(token)
      await hooks.createTokenCredential({ ...token, oauthToken: `dead ${clientId}`, expiresAt: later - 3600 })
      await hooks.recordTokenUse({ clientId, oauthToken: token.oauthToken, lastUsedAt: later })
      await sweep(db)
      expect(await hooks.listTokens({ clientId })).toMatchObject([{ ...token, lastUsedAt: later }])
      expect(await removeClient(db, clientId)).toBe(true)
    })

    it('keeps what waits for a decision, and the first decision', async () => {
      const hooks = kyselyHooks(db)
      const { id: userId } = await createAccount(db, 'dan', password)
      const { clientId } = await registerClient(db, { name: 'Printer', callbacks: [] })
      const oauthToken = `waiting ${clientId}`
      const credential = { clientId, oauthToken, oauthTokenSecret: 's', oauthCallback: 'oob' }
      await hooks.createTemporaryCredential({ ...credential, expiresAt: later })
      expect(await waitingClient(db, oauthToken)).toBe('Printer')
      await hooks.createAuthorizationVerifier(oauthToken, { userId, oauthVerifier: 'code' })
      expect(await waitingCode(db, oauthToken, userId)).toEqual({ clientName: 'Printer', code: 'code' })
      const decision = { oauthToken, clientId, userId, expiresAt: later }
      await recordDecision(db, { ...decision, allowed: true })
      await recordDecision(db, { ...decision, allowed: false })
      expect(await findDecision(db, oauthToken)).toMatchObject({ userId, allowed: true })
    })

    it('keeps the mode of a client in its policy, beside what stands there', async () => {
      const { clientId } = await registerClient(db, { name: 'Modem', callbacks: [] })
      const policy = async () => (await kyselyHooks(db).queryClient?.(clientId))?.policy
      expect(await findClient(db, clientId)).toMatchObject({ mode: 'development' })
      expect(await policy()).toEqual({ advice: true })
      expect(await setClientMode(db, clientId, 'live')).toBe(true)
      expect(await findClient(db, clientId)).toMatchObject({ mode: 'live' })
      expect(await policy()).toBeUndefined()
      for (const [stored, mode, expected] of [
        ['{"twoLegged":true}', 'development', '{"twoLegged":true,"advice":true}'],
        ['{"twoLegged":true,"advice":true}', 'live', '{"twoLegged":true}'],
        ['{"advice":false}', 'live', null],
        ['unreadable', 'development', 'unreadable'],
        ['[]', 'live', '[]'],
      ] as const) {
        const row = db.updateTable('oauth_client').set({ policy: stored })
        await row.where('client_id', '=', clientId).execute()
        expect(await setClientMode(db, clientId, mode)).toBe(true)
        const changed = db.selectFrom('oauth_client').select('policy').where('client_id', '=', clientId)
        expect(await changed.executeTakeFirst()).toEqual({ policy: expected })
      }
      expect(await setClientMode(db, clientId, 'live', 4_000)).toBe(false)
      expect(await setClientMode(db, 'unknown', 'live')).toBe(false)
    })

    it('keeps the recent requests of a client, the newest of each outcome, for a day', async () => {
      const { id: ownerId } = await createAccount(db, 'fred', password)
      const { clientId } = await registerClient(db, { name: 'Recorder', callbacks: [], ownerId })
      const at = Date.now()
      const request = (outcome: RequestOutcome, index: number): NewRequest => ({
        clientId,
        requestId: `${outcome} ${index}`,
        atMilliseconds: at + index,
        outcome,
        endpoint: 'resource',
        method: 'GET',
        path: '/api/me',
        code: outcome === 'accepted' ? undefined : 'invalid_signature',
        cause: outcome === 'refused' ? 'Ünsigned.' : undefined,
        details: outcome === 'accepted' ? undefined : { description: 'It •••\u0000 does not match.' },
      })
      const several = Array.from({ length: 120 }, (_, index) => request('refused', index))
      await storeRequests(db, [...several, request('accepted', 500), request('unproven', 501)])
      await storeRequests(db, [request('refused', 200)])
      const listed = await listRecentRequests(db, clientId)
      expect(listed).toHaveLength(102)
      expect(listed.slice(0, 3).map(({ requestId }) => requestId)).toEqual([
        'unproven 501',
        'accepted 500',
        'refused 200',
      ])
      const { clientId: _, details, ...shown } = request('refused', 200)
      expect(listed[2]).toEqual(shown)
      expect(listed.at(-1)?.requestId).toBe('refused 21')
      expect(await listRecentRequests(db, clientId, 2)).toHaveLength(4)
      expect(await findRefusal(db, clientId, 'refused 200')).toEqual({ ...shown, details })
      expect(await findRefusal(db, clientId, 'accepted 500')).toBeUndefined()
      expect(await findRefusal(db, clientId, 'refused 20')).toBeUndefined()
      expect(await findRefusal(db, clientId.toLowerCase(), 'refused 200')).toBeUndefined()

      await db.updateTable('recent_request').set({ expires_at: 1000 }).execute()
      expect(await listRecentRequests(db, clientId)).toEqual([])
      expect(await findRefusal(db, clientId, 'refused 200')).toBeUndefined()
      await storeRequests(db, [request('accepted', 600)])
      await sweep(db)
      const left = await db.selectFrom('recent_request').select('request_id').execute()
      expect(left).toEqual([{ request_id: 'accepted 600' }])
      await removeClient(db, clientId)
      expect(await db.selectFrom('recent_request').select('request_id').execute()).toEqual([])
    })

    it('sweeps what has expired, and nothing else', async () => {
      const { id: user_id } = await createAccount(db, 'eve', password)
      const { clientId: client_id } = await registerClient(db, { name: 'Fax', callbacks: [] })
      for (const expires_at of [1000, later]) {
        await db
          .insertInto('session')
          .values({ token_hash: `of ${expires_at}`, user_id, expires_at })
          .execute()
        await db
          .insertInto('flash')
          .values({ key: `of ${expires_at}`, sealed: '', expires_at })
          .execute()
        const oauth_token = `of ${expires_at}`
        await db
          .insertInto('decision')
          .values({ oauth_token, client_id, user_id, allowed: 1, expires_at })
          .execute()
      }
      expect(await sweep(db)).toBe(false)
      for (const table of ['session', 'flash', 'decision'] as const) {
        const rows = await db.selectFrom(table).select('expires_at').execute()
        expect(rows.filter((row) => Number(row.expires_at) < later)).toEqual([])
        expect(rows.length).toBeGreaterThan(0)
      }
    })
  })
}
