import { DatabaseSync } from 'node:sqlite'
import { nodeSqlite, retryWhenBusy } from 'countersign/kysely'
import { Kysely, MysqlDialect, PostgresDialect, SqliteDialect, sql } from 'kysely'
import { createPool } from 'mysql2'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { available, services as servers, uniqueName } from '../../countersign/test/services.ts'
import { createDatabase, removeDatabase } from '../../countersign/test/stores/backends/databases.ts'
import { createAccount } from '../src/accounts/accounts.ts'
import { setRole } from '../src/accounts/administrators.ts'
import { openSession, sessionUser } from '../src/accounts/sessions.ts'
import { reinstateUser, suspendTokens, suspendUser } from '../src/accounts/suspension.ts'
import { listUsers } from '../src/accounts/user-list.ts'
import { withActor } from '../src/audit/actor.ts'
import { listAudit } from '../src/audit/audit-list.ts'
import { AuditLog } from '../src/audit/audit-log.ts'
import { recordAudit } from '../src/audit/record-audit.ts'
import { listAllClients } from '../src/clients/administered-clients.ts'
import { countClients } from '../src/clients/client-counts.ts'
import { clientDetails } from '../src/clients/client-list.ts'
import { setClientStatus, setClientVerified } from '../src/clients/client-status.ts'
import { registerClient } from '../src/clients/registration.ts'
import { listSignings } from '../src/clients/signing-list.ts'
import { migrate } from '../src/database/migrator.ts'
import type { Database, Tables } from '../src/database/schema.ts'
import { type RequestContext, withRequest } from '../src/requests/request-context.ts'
import { type Services, servicesOver } from '../src/services.ts'
import { completeSettings } from '../src/settings/settings.ts'
import { createLog } from '../src/telemetry/log.ts'
import { listAllTokens, revokeAdministeredToken } from '../src/tokens/administered-tokens.ts'
import { issueToken } from '../src/tokens/issued-token.ts'
import { sweep } from '../src/upkeep.ts'

/** As the pages name tokens: what they are cannot be read off. */
const names = {
  nameOf: (oauthToken: string) => Buffer.from(oauthToken).toString('hex'),
  tokenOf: (name: string) =>
    /^(?:[\da-f]{2})+$/.test(name) ? Buffer.from(name, 'hex').toString() : undefined,
}

const password = 'correct horse battery'
const later = Math.floor(Date.now() / 1000) + 600

describeDatabase('SQLite', undefined, () => {
  const dialect = new SqliteDialect({ database: nodeSqlite(new DatabaseSync(':memory:')) })
  return new Kysely({ dialect: retryWhenBusy(dialect) })
})
if (await available('postgres')) {
  const url = databaseOf(servers.postgres.url)
  const pool = () => new pg.Pool({ connectionString: url, max: 5 })
  describeDatabase('PostgreSQL', url, () => new Kysely({ dialect: new PostgresDialect({ pool: pool() }) }))
}
if (await available('mariadb')) {
  const url = databaseOf(servers.mariadb.url)
  const pool = () => createPool({ uri: url, connectionLimit: 5 })
  describeDatabase('MariaDB', url, () => new Kysely({ dialect: new MysqlDialect({ pool: pool() }) }))
}

function databaseOf(server: string): string {
  const url = new URL(server)
  url.pathname = `/${uniqueName('administration')}`
  return url.href
}

/** What administrators see and do, and what it means for requests. */
function describeDatabase(name: string, url: string | undefined, connect: () => Kysely<Tables>): void {
  describe(`administration on ${name}`, () => {
    let db: Database
    let services: Services
    beforeAll(async () => {
      if (url !== undefined) await createDatabase(url)
      db = connect()
      await migrate(db)
      services = servicesOver(db, completeSettings({}), createLog('silent'))
    })
    afterAll(async () => {
      await services.close()
      if (url !== undefined) await removeDatabase(url)
    })

    it('keeps one administrator, even where two demote or suspend each other at once', async () => {
      const ids: number[] = []
      for (const each of ['ada', 'bea', 'cid']) ids.push((await createAccount(db, each, password)).id)
      const [ada = 0, bea = 0, cid = 0] = ids
      expect(await setRole(db, ada, 'admin')).toBe(true)
      expect(await setRole(db, ada, 'admin')).toBe(false)
      await expect(setRole(db, ada, 'user')).rejects.toThrow('last active administrator')
      await expect(suspendUser(services, ada)).rejects.toThrow('last active administrator')
      for (const change of [
        (id: number) => setRole(db, id, 'user'),
        (id: number) => suspendUser(services, id),
      ]) {
        for (let round = 0; round < 5; round++) {
          for (const id of [ada, bea]) {
            await setRole(db, id, 'admin')
            await reinstateUser(db, id)
          }
          const outcomes = await Promise.allSettled([change(ada), change(bea)])
          expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
          const { items } = await listUsers(db, { state: 'admin' })
          expect(items.filter(({ suspendedAt }) => suspendedAt === null)).toHaveLength(1)
        }
      }
      // Of someone who is no administrator nothing stands in the way.
      expect(await suspendUser(services, cid)).toBe(true)
      await expect(setRole(db, 4_000_000, 'user')).rejects.toThrow('no such user')
    })

    it('suspends a user with sessions, tokens and approvals, and reinstates the tokens', async () => {
      const { id: userId } = await createAccount(db, 'dora', password)
      const { clientId } = await registerClient(db, { name: 'Album', callbacks: [] })
      const token = await issueToken(services, clientId, userId)
      const { oauthToken } = token
      const other = await issueToken(services, clientId, undefined)
      await openSession(db, 'cookie of dora', userId)
      const approval = { clientId, oauthToken: 'approved', oauthTokenSecret: 's', oauthCallback: 'oob' }
      await services.hooks.createTemporaryCredential({ ...approval, expiresAt: later })
      const grant = { userId, oauthVerifier: 'v' }
      await services.hooks.createAuthorizationVerifier('approved', grant)
      expect(await found(oauthToken)).toEqual([true, true, true])

      expect(await suspendUser(services, userId)).toBe(true)
      expect(await suspendUser(services, userId)).toBe(false)
      expect(await sessionUser(db, 'cookie of dora')).toBeUndefined()
      await openSession(db, 'another cookie of dora', userId)
      expect(await sessionUser(db, 'another cookie of dora')).toBeUndefined()
      expect(await services.hooks.getTemporaryCredential('approved')).toBeUndefined()
      expect(await found(oauthToken)).toEqual([true, false, false])
      expect(await found(other.oauthToken)).toEqual([true, true, true])
      expect(
        await services.signIns.check({ name: 'dora', network: undefined, device: undefined }, password),
      ).toMatchObject({ kind: 'suspended' })
      expect(
        await services.signIns.check(
          { name: 'dora', network: undefined, device: undefined },
          'wrong password',
        ),
      ).toEqual({ kind: 'wrong' })
      await expect(issueToken(services, clientId, userId)).rejects.toThrow('The user is suspended.')
      // Past that check, as a flow that is under way.
      const late = { clientId, userId, oauthToken: 'late', oauthTokenSecret: 's' }
      await expect(services.server.issueToken(late as never)).rejects.toThrow()
      await expect(
        services.server.issueToken({
          clientId,
          userId,
          credential: { oauthToken: 'late', oauthTokenSecret: 's' },
        }),
      ).rejects.toThrow()
      expect(await services.hooks.queryToken(clientId, 'late')).toBeUndefined()

      expect(await reinstateUser(db, userId)).toBe(true)
      expect(await reinstateUser(db, userId)).toBe(false)
      expect(await found(oauthToken)).toEqual([true, true, true])

      async function found(text: string): Promise<boolean[]> {
        const { hooks } = services.protector as unknown as { readonly hooks: Services['hooks'] }
        const { client, token } = await hooks.queryClientAndToken(clientId, text)
        return [client, token, await hooks.queryToken(clientId, text)].map((one) => one !== undefined)
      }
    })

    it('suspends in the upkeep what a process that ended half-way left', async () => {
      const { id: userId } = await createAccount(db, 'emil', password)
      const { clientId } = await registerClient(db, { name: 'Half', callbacks: [] })
      const { oauthToken } = await issueToken(services, clientId, userId)
      await db.updateTable('user').set({ suspended_at: 1 }).where('id', '=', userId).execute()
      await suspendTokens(db)
      const { items } = await listAllTokens(db, names, { clientId })
      expect(items).toMatchObject([{ beginning: oauthToken.slice(0, 6), isSuspended: true }])
    })

    it('serves a client while it is approved alone', async () => {
      const { clientId } = await registerClient(db, { name: 'Waiting', callbacks: [], status: 'pending' })
      const { hooks } = services.protector as unknown as { readonly hooks: Services['hooks'] }
      const isServed = async () => [
        (await hooks.queryClient(clientId)) !== undefined,
        (await hooks.queryClientAndToken(clientId, 'none')).client !== undefined,
      ]
      expect(await countClients(db)).toMatchObject({ pending: { number: 1, isMore: false } })
      expect(await isServed()).toEqual([false, false])
      // Its owner's pages, and what explains its requests, know it.
      expect(await services.hooks.queryClient(clientId)).toMatchObject({ clientId, status: 'pending' })
      await expect(issueToken(services, clientId, undefined)).rejects.toThrow(
        'is waiting for an administrator',
      )
      expect(await setClientStatus(db, clientId, 'approved')).toBe(true)
      expect(await setClientStatus(db, clientId, 'approved')).toBe(false)
      expect(await isServed()).toEqual([true, true])
      expect(await setClientStatus(db, clientId, 'suspended')).toBe(true)
      expect(await isServed()).toEqual([false, false])
      await expect(issueToken(services, clientId, undefined)).rejects.toThrow('The client is suspended.')
      expect(await setClientVerified(db, clientId, true)).toBe(true)
      expect(await setClientVerified(db, clientId, true)).toBe(false)
      expect(await clientDetails(db, clientId)).toMatchObject({
        status: 'suspended',
        verifiedAt: expect.any(Number),
        ownerName: null,
      })
      expect(await setClientVerified(db, clientId, false)).toBe(true)
      expect(await setClientStatus(db, 'unknown', 'approved')).toBe(false)
    })

    it('lists users by piece, the newest first, or by the beginning of their names', async () => {
      for (const each of ['zoe', 'zoe.b', 'zoe-a', 'zoo', 'zo_', 'zo+'])
        await createAccount(db, each, password)
      const all = await pieces((from) => listUsers(db, {}, { from, most: 4 }))
      expect(all.length).toBeGreaterThan(6)
      expect(all.slice(0, 2).map(({ name }) => name)).toEqual(['zo+', 'zo_'])
      expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
      const named = await pieces((from) => listUsers(db, { name: ' ZO' }, { from, most: 2 }))
      expect(named.map(({ name }) => name)).toEqual(['zo+', 'zo_', 'zoe', 'zoe-a', 'zoe.b', 'zoo'])
      expect(await pieces((from) => listUsers(db, { name: 'zo_' }, { from }))).toHaveLength(1)
      for (const odd of ['zo%', '\0', "'", '\u{1f600}'])
        expect(await listUsers(db, { name: odd })).toEqual({ items: [], next: undefined })
      const suspended = await listUsers(db, { state: 'suspended' })
      expect(suspended.items.map(({ name }) => name)).toContain('emil')
      expect(suspended.items.every(({ suspendedAt }) => suspendedAt !== null)).toBe(true)
    })

    it('lists clients by key, a part of the name, owner and status', async () => {
      const { id: ownerId } = await createAccount(db, 'olga', password)
      const names = ['100 % Fotos', '100 times', 'Ünïcode ☃', 'a!b']
      for (const each of names) await registerClient(db, { name: each, callbacks: [], ownerId })
      const own = await pieces((from) => listAllClients(db, { owner: 'Olga' }, { from, most: 3 }))
      expect(own.map(({ name }) => name)).toEqual([...names].reverse())
      const [first] = own
      expect(await pieces((from) => listAllClients(db, { text: first?.clientId ?? '' }, { from }))).toEqual([
        first,
      ])
      expect(first).toMatchObject({ ownerName: 'olga', ownerId, status: 'approved', verifiedAt: null })
      for (const [text, expected] of [
        ['100 %', ['100 % Fotos']],
        ['100', ['100 times', '100 % Fotos']],
        ['FOTOS', ['100 % Fotos']],
        ['☃', ['Ünïcode ☃']],
        ['!', ['a!b']],
        ['_', []],
        ['\0', []],
      ] as const) {
        const { items } = await listAllClients(db, { text, owner: 'olga' })
        expect([text, items.map((one) => one.name)]).toEqual([text, expected])
      }
      expect((await listAllClients(db, { status: 'pending' })).items).toEqual([])
      expect((await listAllClients(db, { owner: 'nobody' })).items).toEqual([])
    })

    it('lists tokens by piece without a token in the addresses, and revokes the one that a list named', async () => {
      const { id: userId } = await createAccount(db, 'theo', password)
      const { clientId } = await registerClient(db, { name: 'Many', callbacks: [] })
      const tokens: string[] = []
      for (let count = 0; count < 5; count++)
        tokens.push((await issueToken(services, clientId, userId)).oauthToken)
      const expired = await issueToken(services, clientId, userId)
      await db
        .updateTable('oauth_token_credential')
        .set({ expires_at: 1 })
        .where('oauth_token', '=', expired.oauthToken)
        .execute()
      const all = await pieces((from) => listAllTokens(db, names, { clientId }, { from, most: 2 }))
      expect(all.map(({ beginning }) => beginning).sort()).toEqual(
        tokens.map((one) => one.slice(0, 6)).sort(),
      )
      expect(tokens.filter((one) => JSON.stringify(all).includes(one))).toEqual([])
      expect(await pieces((from) => listAllTokens(db, names, { user: 'THEO' }, { from, most: 4 }))).toEqual(
        all,
      )
      expect((await listAllTokens(db, names, { user: 'nobody' })).items).toEqual([])
      const { next } = await listAllTokens(db, names, { clientId }, { most: 2 })
      expect(await revokeAdministeredToken(services, names, all[1]?.id ?? '')).toMatchObject({
        clientId,
        userName: 'theo',
      })
      expect(await revokeAdministeredToken(services, names, all[1]?.id ?? '')).toBeUndefined()
      for (const odd of ['', '1', '1.x', 'x.y'])
        expect(await revokeAdministeredToken(services, names, odd)).toBeUndefined()
      // What the page ended with is gone: nothing after it is left out.
      const rest = await listAllTokens(db, names, { clientId }, { from: next, most: 10 })
      expect(rest.items.map(({ id }) => id)).toEqual(expect.arrayContaining(all.slice(2).map(({ id }) => id)))
    })

    it('writes who did what, to whom, when and from where, and finds it again', async () => {
      const { id: userId } = await createAccount(db, 'una', password)
      const { clientId } = await registerClient(db, { name: 'Üllabel', callbacks: [] })
      const request: RequestContext = { requestId: 'r-1', method: 'POST', path: '/x', network: '192.0.2.1' }
      const before = Date.now()
      await withRequest(request, () =>
        withActor({ kind: 'user', id: userId, name: 'una' }, () =>
          recordAudit(services, {
            action: 'client.edited',
            subject: { kind: 'client', id: clientId },
            details: { fields: ['name'] },
          }),
        ),
      )
      await withActor({ kind: 'operator', id: 'root', name: 'root' }, () =>
        recordAudit(services, { action: 'user.suspended', subject: { kind: 'user', id: userId } }),
      )
      await recordAudit(services, { action: 'provider.started', details: {} })
      // What others in this test wrote about tokens is there as well.
      await services.audit.flush()
      const [edited, ...more] = (await listAudit(db, { actor: 'una' })).items
      expect(more).toEqual([])
      expect(edited).toMatchObject({
        action: 'client.edited',
        actor: { kind: 'user', id: String(userId), name: 'una' },
        subject: { kind: 'client', id: clientId, name: 'Üllabel' },
        network: '192.0.2.1',
        requestId: 'r-1',
        details: { fields: ['name'] },
      })
      expect(edited?.atMilliseconds).toBeGreaterThanOrEqual(before)
      for (const filter of [
        { subject: clientId },
        { subject: 'Üllabel', actor: 'una' },
        { action: 'client.edited' },
        { subject: clientId, since: before },
        { actor: 'una', until: Date.now() },
      ])
        expect((await listAudit(db, filter)).items).toEqual([edited])
      for (const filter of [
        { actor: 'root', action: 'client.edited' },
        { subject: clientId, until: before - 1 },
        { actor: '\0' },
        { actor: 'una', since: Date.now() + 60_000 },
      ])
        expect((await listAudit(db, filter)).items).toEqual([])
      expect((await listAudit(db, { actor: 'root' })).items).toMatchObject([
        { action: 'user.suspended', subject: { name: 'una' }, network: null, requestId: null },
      ])
      expect((await listAudit(db, { action: 'provider.started' })).items).toMatchObject([
        { actor: { kind: 'system' }, subject: null, details: {} },
      ])
    })

    it('writes consent and tokens from what the servers tell, once', async () => {
      const { id: userId } = await createAccount(db, 'vera', password)
      const { clientId } = await registerClient(db, { name: 'Teller', callbacks: [] })
      const { oauthToken } = await issueToken(services, clientId, userId)
      const request: RequestContext = { requestId: 'r-2', method: 'POST', path: '/oauth/revoke' }
      await withRequest(request, () => services.server.revokeToken(clientId, oauthToken))
      const waiting = { clientId, oauthTokenSecret: 's', oauthCallback: 'oob', expiresAt: later }
      for (const decided of ['yes', 'no']) {
        await services.hooks.createTemporaryCredential({ ...waiting, oauthToken: decided })
        const user = decided === 'yes' ? { id: userId } : undefined
        await withRequest(request, () => services.server.decideAuthorization(decided, user))
      }
      await services.audit.flush()
      const { items } = await listAudit(db, { subject: clientId })
      const told = items.map(({ action, actor, details }) => ({ action, actor: actor.kind, details }))
      expect(told).toEqual(
        expect.arrayContaining([
          { action: 'token.issued', actor: 'system', details: { user: String(userId) } },
          { action: 'token.revoked', actor: 'client', details: {} },
          { action: 'consent.approved', actor: 'user', details: {} },
          { action: 'consent.denied', actor: 'visitor', details: {} },
        ]),
      )
      expect(told).toHaveLength(4)
      expect(JSON.stringify(items)).not.toContain(oauthToken)
    })

    it('pages through the audit log without leaving a line out, and sweeps old ones', async () => {
      const rows = Array.from({ length: 12 }, (_, index) => ({
        at_milliseconds: 1_000 + Math.floor(index / 5),
        action: 'list.exported',
        actor_kind: 'user',
        actor_id: index % 2 === 0 ? '77' : 'x',
        // The name of one is the id of another.
        actor_name: index % 2 === 0 ? 'y' : '77',
        expires_at: 1,
      }))
      await db.insertInto('audit_event').values(rows).execute()
      for (const filter of [{ action: 'list.exported' }, { actor: '77' }, { until: 2_000 }]) {
        const lines = await pieces((from) => listAudit(db, filter, { from, most: 3 }))
        expect(new Set(lines.map(({ id }) => id)).size).toBe(12)
        const times = lines.map(({ atMilliseconds }) => atMilliseconds)
        expect(times).toEqual([...times].sort((left, right) => right - left))
      }
      await sweep(db)
      expect((await listAudit(db, { until: 2_000 })).items).toEqual([])
    })

    it('notes refused sign-ins in bounded number, equal ones together, and no name that no user has', async () => {
      await createAccount(db, 'will', password)
      const note = (typed: string) =>
        services.audit.note({ action: 'user.sign-in-refused', subject: { kind: 'user', name: typed } })
      for (let count = 0; count < 3; count++) note('will')
      note('my secret password')
      note('nul \0 nul')
      await services.audit.flush()
      const { items: all } = await listAudit(db, { action: 'user.sign-in-refused' })
      // Another test was refused as well.
      const items = all.filter(({ subject }) => subject?.name !== 'dora')
      expect(items).toHaveLength(3)
      expect(items.map(({ subject, details }) => [subject?.name, details])).toEqual(
        expect.arrayContaining([
          ['will', { count: 3 }],
          [null, {}],
          [null, {}],
        ]),
      )
      for (let count = 0; count < 3_000; count++) note(`flood ${count}`)
      await services.audit.flush()
      for (let count = 0; count < 3_000; count++) note(`flood ${count}`)
      await services.audit.flush()
      const many = await pieces((from) =>
        listAudit(db, { action: 'user.sign-in-refused' }, { from, most: 500 }),
      )
      expect(many.length).toBeLessThanOrEqual(501)
      expect(many.some(({ details }) => Number(details['omitted']) > 2_000)).toBe(true)
      expect(JSON.stringify(many)).not.toContain('flood')
    })

    it('costs the caller nothing where a line cannot be written', async () => {
      const gone = connect()
      await sql`select 1`.execute(gone)
      await gone.destroy()
      const log = createLog('silent')
      const failed = vi.spyOn(log, 'error')
      await recordAudit({ audit: new AuditLog(gone, log, 1) }, { action: 'user.added' })
      expect(failed).toHaveBeenCalledWith(
        expect.objectContaining({ events: 1, actions: ['user.added'] }),
        'audit events were not written',
      )
      await recordAudit(services, { action: 'user.added', details: { long: 'x'.repeat(100_000) } })
      const { items } = await listAudit(db, { action: 'user.added' })
      expect(items[0]?.details).toEqual({ tooLong: expect.any(Number) })
    })

    it('reads its lists from indexes', async () => {
      if (url !== undefined) return
      const plans = await plansOf(db, async (traced) => {
        await listUsers(traced, {}, { from: '5' })
        await listUsers(traced, { name: 'zo' })
        await listUsers(traced, { state: 'admin' })
        await listUsers(traced, { state: 'suspended' })
        await listAllClients(traced, {}, { from: '5' })
        await listAllClients(traced, { status: 'pending' })
        await listAllClients(traced, { owner: 'olga' })
        await listAllTokens(traced, names, {})
        await listAllTokens(traced, names, { clientId: 'x' })
        await listAllTokens(traced, names, { user: 'theo' })
        await listSignings(traced, {})
        await listSignings(traced, { kind: 'weak', days: 90 }, { from: '5.5' })
        await listAudit(traced, {})
        await listAudit(traced, { actor: 'una' })
        await listAudit(traced, { subject: 'x', action: 'client.edited' })
        await listAudit(traced, { action: 'client.edited' }, { from: '5.5' })
        await listAudit(traced, { since: 5 })
      })
      expect(plans.length).toBeGreaterThan(20)
      // By its key, in its order, is as good as an index.
      // The tokens of one page are read once more, for their names.
      const scans = plans.filter(({ detail }) =>
        /^SCAN (?!token$|\S+ USING (?:COVERING )?INDEX)/.test(detail),
      )
      expect(
        scans.filter(({ sql: text }) => !/order by "(?:id|client"\."id)" desc limit/.test(text)),
      ).toEqual([])
      const sorts = plans.filter(({ detail }) => detail.includes('TEMP B-TREE'))
      // A user has few tokens, the suspended are few, and usage is summed for the clients of one page.
      expect(
        sorts
          .map(({ sql: text }) => text)
          .filter(
            (text) =>
              !/user_id" = |suspended_at" is not null|owner"."name"|^select .* from "client_usage" where "client_id" in/.test(
                text,
              ),
          ),
      ).toEqual([])
    })
  })
}

/** All items of a list that is read piece by piece. */
async function pieces<T>(
  read: (from: string | undefined) => Promise<{ items: readonly T[]; next: string | undefined }>,
): Promise<T[]> {
  const all: T[] = []
  for (let from: string | undefined, first = true; first || from !== undefined; first = false) {
    const { items, next } = await read(from)
    all.push(...items)
    from = next
  }
  return all
}

/** How SQLite does what a function asks of it. */
async function plansOf(db: Database, ask: (traced: Database) => Promise<unknown>) {
  const asked: { readonly sql: string; readonly parameters: readonly unknown[] }[] = []
  const traced = db.withPlugin({
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => result,
  })
  const compile = traced.getExecutor().compileQuery.bind(traced.getExecutor())
  Object.assign(traced.getExecutor(), {
    compileQuery: (...given: Parameters<typeof compile>) => {
      const compiled = compile(...given)
      asked.push(compiled)
      return compiled
    },
  })
  await ask(traced)
  const plans = []
  for (const { sql: text, parameters } of asked) {
    const parts = text.split('?').map((part) => sql.raw(part))
    const explained = parts.reduce((whole, part, index) => sql`${whole}${parameters[index - 1]}${part}`)
    const { rows } = await sql<{ detail: string }>`explain query plan ${explained}`.execute(db)
    plans.push(...rows.map(({ detail }) => ({ detail, sql: text })))
  }
  return plans
}
