import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createAccount } from '../src/accounts/accounts.ts'
import { setRole } from '../src/accounts/administrators.ts'
import { listAudit } from '../src/audit/audit-list.ts'
import { findClient } from '../src/clients/clients.ts'
import { registerClient } from '../src/clients/registration.ts'
import { createProvider, type Provider } from '../src/provider.ts'
import type { SettingsInput } from '../src/settings/settings.ts'
import { issueToken } from '../src/tokens/issued-token.ts'
import { listTokens } from '../src/tokens/tokens.ts'
import { csvLine } from '../src/web/admin/csv.ts'
import { signer } from './signer.ts'
import { unescapeHtml, Visitor } from './visitor.ts'

const password = 'correct horse battery'

/** A provider in this process, whose administrators are made here. */
async function open(settings: SettingsInput = {}) {
  const provider = await createProvider({ port: 0, database: ':memory:', logLevel: 'silent', ...settings })
  const { services } = provider
  const user = async (name: string) => {
    const { id } = await createAccount(services.db, name, password)
    const visitor = new Visitor(provider.address)
    await visitor.signIn(name, password)
    return { id, name, visitor }
  }
  return {
    provider,
    services,
    user,
    async admin(name: string) {
      const made = await user(name)
      await setRole(services.db, made.id, 'admin')
      return made
    },
    async refusal(keys: { key: string; secret: string }, token?: { key: string; secret: string }) {
      const send = signer(provider.address, keys, token)
      const { status, headers } = await send('GET', '/api/echo', {})
      return { status, challenge: headers.get('www-authenticate') }
    },
  }
}

let site: Awaited<ReturnType<typeof open>>
let provider: Provider
let ada: Awaited<ReturnType<typeof site.user>>
beforeAll(async () => {
  site = await open()
  provider = site.provider
  ada = await site.admin('ada')
})
afterAll(() => provider.close())

/** The last line of the audit log. */
async function lastAudit() {
  await site.services.audit.flush()
  return (await listAudit(site.services.db, {}, { most: 1 })).items[0]
}

describe('who may see the pages of administrators', () => {
  const pages = [
    '',
    '/users',
    '/users/ID',
    '/invitations',
    '/clients',
    '/clients/KEY',
    '/tokens',
    '/usage',
    '/audit',
  ]
  const files = ['users', 'clients', 'tokens', 'usage', 'audit'].flatMap((list) => [
    `${list}.csv`,
    `${list}.json`,
  ])
  const reads = [...pages, ...files.map((file) => `/export/${file}`)].map((path) => `/admin${path}`)
  const acts = [
    ...['suspend', 'reinstate', 'promote', 'demote', 'end-sessions', 'revoke-access', 'delete'].map(
      (verb) => `/admin/users/ID/${verb}`,
    ),
    ...['approve', 'reinstate', 'suspend', 'verify', 'unverify', 'pair', 'unpair'].map(
      (verb) => `/admin/clients/KEY/${verb}`,
    ),
    ...['revoke-access', 'policy', 'delete'].map((verb) => `/admin/clients/KEY/${verb}`),
    '/admin/invitations',
    '/admin/invitations/withdraw',
    '/admin/tokens/revoke',
  ]

  it('administrators alone: a visitor signs in first, and to other users there is no such page', async () => {
    const { id, visitor: user } = await site.user('mallory')
    const { clientId } = await registerClient(site.services.db, { name: 'Mine', callbacks: [], ownerId: id })
    const developer = await site.user('devon')
    await registerClient(site.services.db, { name: 'Other', callbacks: [], ownerId: developer.id })
    const at = (path: string) => path.replace('ID', String(id)).replace('KEY', clientId)
    const get = (visitor: Visitor, path: string) =>
      fetch(provider.address + at(path), { headers: headersOf(visitor), redirect: 'manual' })
    for (const path of reads) {
      const signedOut = await get(new Visitor(provider.address), path)
      expect([path, signedOut.status]).toEqual([path, 303])
      expect(signedOut.headers.get('location')).toMatch(/^\/sign-in\?return=%2Fadmin/)
      for (const visitor of [user, developer.visitor])
        expect([path, (await get(visitor, path)).status]).toEqual([path, 404])
      expect([path, (await get(ada.visitor, path)).status]).toEqual([path, 200])
    }
    const before = await snapshot()
    for (const path of acts) {
      const visitor = new Visitor(provider.address)
      await visitor.open('/sign-in')
      const given = { confirm: 'mallory', name: 'x', oauth2_client_id: 'app' }
      const fields = { form_token: tokenOf(visitor), ...given }
      const signedOut = await visitor.post(at(path), fields)
      expect([path, signedOut.path]).toEqual([path, expect.stringMatching(/^\/sign-in\?return=/)])
      for (const other of [user, developer.visitor]) {
        await other.open('/')
        expect([
          path,
          (await other.post(at(path), { ...fields, form_token: tokenOf(other) })).status,
        ]).toEqual([path, 404])
      }
      // Without the token of the form.
      expect([path, (await ada.visitor.post(at(path), given)).status]).toEqual([path, 403])
      expect([path, (await get(ada.visitor, path)).status]).toEqual([
        path,
        path === '/admin/invitations' ? 200 : 404,
      ])
    }
    expect(await snapshot()).toEqual(before)
    for (const path of reads) {
      for (const method of ['PUT', 'DELETE', 'PATCH'])
        expect(
          (await fetch(provider.address + at(path), { method, headers: headersOf(ada.visitor) })).status,
        ).toBe(405)
    }
  })

  it('not in the menu of anyone else, and no longer once the role is taken away', async () => {
    const eve = await site.admin('eve')
    expect((await eve.visitor.open('/')).text).toContain('href="/admin"')
    await setRole(site.services.db, eve.id, 'user')
    expect((await eve.visitor.open('/')).text).not.toContain('href="/admin"')
    expect((await eve.visitor.open('/admin')).status).toBe(404)
  })

  it('goes back to the page after signing in', async () => {
    const visitor = new Visitor(provider.address)
    await visitor.open('/admin/users')
    const { path, status } = await visitor.submit('/sign-in', { name: 'ada', password })
    expect([path, status]).toEqual(['/admin/users', 200])
  })

  async function snapshot() {
    const { db } = site.services
    const [users, clients, invitations] = await Promise.all([
      db.selectFrom('user').selectAll().execute(),
      db.selectFrom('oauth_client').selectAll().execute(),
      db.selectFrom('invitation').selectAll().execute(),
    ])
    return { users, clients, invitations }
  }
})

describe('what an administrator does to a user', () => {
  it('suspends and reinstates: sessions, sign-in and tokens, with a line in the audit log for each', async () => {
    const { id, visitor } = await site.user('sam')
    const { services } = site
    const client = await registerClient(services.db, { name: 'Suspenders', callbacks: [] })
    const keys = { key: client.clientId, secret: client.clientSecret }
    const issued = await issueToken(services, client.clientId, id)
    const token = { key: issued.oauthToken, secret: issued.oauthTokenSecret }
    const unknown = await site.refusal(keys, { key: 'no-such-token', secret: 'x' })
    expect((await site.refusal(keys, token)).status).toBe(200)

    await ada.visitor.open(`/admin/users/${id}`)
    const { text } = await ada.visitor.submit(`/admin/users/${id}/suspend`)
    expect(text).toContain('was suspended.')
    expect(await lastAudit()).toMatchObject({
      action: 'user.suspended',
      actor: { kind: 'user', name: 'ada' },
      subject: { kind: 'user', id: String(id), name: 'sam' },
      network: '127.0.0.1',
      requestId: expect.any(String),
    })
    expect((await visitor.open('/clients')).path).toMatch(/^\/sign-in/)
    const again = await visitor.submit('/sign-in', { name: 'sam', password })
    expect([again.status, again.text.includes('This account is suspended.')]).toEqual([403, true])
    expect((await visitor.signIn('sam', 'a wrong password')).text).toContain('Wrong user name or password.')
    expect(await site.refusal(keys, token)).toEqual(unknown)
    // The operator sees why.
    expect((await ada.visitor.open(`/admin/clients/${client.clientId}`)).text).toContain(
      'The user of this token is suspended.',
    )

    await ada.visitor.open(`/admin/users/${id}`)
    await ada.visitor.submit(`/admin/users/${id}/reinstate`)
    expect(await lastAudit()).toMatchObject({ action: 'user.reinstated' })
    expect((await site.refusal(keys, token)).status).toBe(200)
    expect((await visitor.signIn('sam', password)).path).toBe('/')
    await ada.visitor.open(`/admin/users/${id}`)
    await ada.visitor.submit(`/admin/users/${id}/revoke-access`)
    expect(await site.refusal(keys, token)).toEqual(unknown)
    await ada.visitor.open(`/admin/users/${id}`)
    await ada.visitor.submit(`/admin/users/${id}/end-sessions`)
    expect(await lastAudit()).toMatchObject({ action: 'user.sessions-ended', details: { sessions: 1 } })
    expect((await visitor.open('/clients')).path).toMatch(/^\/sign-in/)
  })

  it('makes and unmakes administrators, but never the last one, and not oneself', async () => {
    const { id, visitor } = await site.user('tess')
    await ada.visitor.open(`/admin/users/${id}`)
    await ada.visitor.submit(`/admin/users/${id}/promote`)
    expect(await lastAudit()).toMatchObject({ action: 'user.role-changed', details: { role: 'admin' } })
    expect((await visitor.open('/admin')).status).toBe(200)
    const own = await ada.visitor.open(`/admin/users/${ada.id}`)
    expect(own.text).toContain('This is your own account.')
    const fields = { form_token: tokenOf(ada.visitor), confirm: 'ada' }
    for (const verb of ['suspend', 'demote', 'delete'])
      expect((await ada.visitor.post(`/admin/users/${ada.id}/${verb}`, fields)).status).toBe(422)
    // Two who demote each other at once: one of them stays.
    await visitor.open(`/admin/users/${ada.id}`)
    await ada.visitor.open(`/admin/users/${id}`)
    await Promise.all([
      visitor.submit(`/admin/users/${ada.id}/demote`),
      ada.visitor.submit(`/admin/users/${id}/demote`),
    ])
    const admins = await site.services.db
      .selectFrom('user')
      .select('name')
      .where('role', '=', 'admin')
      .execute()
    expect(admins).toHaveLength(1)
    await setRole(site.services.db, ada.id, 'admin')
    await setRole(site.services.db, id, 'user')
  })

  it('deletes a user whose name was typed', async () => {
    const { id } = await site.user('dora')
    const page = `/admin/users/${id}`
    await ada.visitor.open(page)
    const wrong = await ada.visitor.submit(`${page}/delete`, { confirm: 'dara' })
    expect([wrong.status, wrong.text.includes('The name does not match.')]).toEqual([422, true])
    const done = await ada.visitor.submit(`${page}/delete`, { confirm: 'dora' })
    expect([done.path, done.text.includes('was deleted.')]).toEqual(['/admin/users', true])
    expect(await lastAudit()).toMatchObject({ action: 'user.deleted', subject: { name: 'dora' } })
    expect((await ada.visitor.open(page)).status).toBe(404)
    // What was done to it is still known.
    expect((await ada.visitor.open('/admin/audit?subject=dora')).text).toContain('User deleted')
  })

  it('invites someone with a link that is shown once', async () => {
    await ada.visitor.open('/admin/invitations')
    const { text } = await ada.visitor.submit('/admin/invitations', { note: 'For <b>Ida</b>' })
    const link = /\/sign-up\?invitation=(\w{24})/.exec(text)
    expect(link).not.toBeNull()
    expect(text).toContain('For &lt;b&gt;Ida&lt;/b&gt;')
    expect((await ada.visitor.open('/admin/invitations')).text).not.toContain(link?.[1])
    expect(await lastAudit()).toMatchObject({ action: 'invitation.made' })
    await ada.visitor.submit('/admin/invitations/withdraw')
    expect(await lastAudit()).toMatchObject({ action: 'invitation.withdrawn' })
    expect((await ada.visitor.open('/admin/invitations')).text).toContain('There are no unused invitations')
  })
})

describe('what an administrator does to a client', () => {
  it('approves, suspends and reinstates, and it is as unknown as none in between', async () => {
    const approving = await open({ clientRegistration: 'approved' })
    try {
      const admin = await approving.admin('boss')
      const { visitor, id: ownerId } = await approving.user('devin')
      await visitor.open('/clients/new')
      await visitor.submit('/clients', { name: 'Waiting room' })
      const row = await approving.services.db
        .selectFrom('oauth_client')
        .select(['client_id', 'client_secret', 'status'])
        .where('owner_id', '=', ownerId)
        .executeTakeFirstOrThrow()
      expect(row.status).toBe('pending')
      const keys = { key: row.client_id, secret: row.client_secret ?? '' }
      expect((await visitor.open(`/clients/${keys.key}`)).text).toMatch(/waiting for/i)
      const policy = { twoLegged: true }
      await approving.services.db
        .updateTable('oauth_client')
        .set({ policy: JSON.stringify(policy) })
        .execute()
      const unknown = await approving.refusal({ key: 'no-such-client', secret: 'x' })
      expect(await approving.refusal(keys)).toEqual(unknown)

      expect((await admin.visitor.open('/admin')).text).toContain('Waiting room')
      // Refusals are explained after the response.
      await vi.waitFor(
        async () =>
          expect((await admin.visitor.open('/admin')).text).toContain(
            'The client is waiting for an administrator’s approval.',
          ),
        { timeout: 10_000 },
      )
      const page = `/admin/clients/${keys.key}`
      await admin.visitor.open(page)
      await admin.visitor.submit(`${page}/approve`)
      expect((await approving.refusal(keys)).status).toBe(200)
      await admin.visitor.submit(`${page}/suspend`)
      expect(await approving.refusal(keys)).toEqual(unknown)
      expect((await visitor.open(`/clients/${keys.key}`)).text).toMatch(/suspended/i)
      await admin.visitor.open(page)
      await admin.visitor.submit(`${page}/reinstate`)
      expect((await approving.refusal(keys)).status).toBe(200)
      // An administrator's own client waits for no one.
      await admin.visitor.open('/clients/new')
      await admin.visitor.submit('/clients', { name: 'Own' })
      expect((await admin.visitor.open('/admin/clients?status=approved&text=own')).text).toContain('>Own<')
    } finally {
      await approving.provider.close()
    }
  })

  it('lets administrators alone register one where that is closed to users', async () => {
    const closed = await open({ clientRegistration: 'closed' })
    try {
      const { visitor } = await closed.user('devin')
      const page = await visitor.open('/clients')
      expect(page.text).not.toContain('/clients/new')
      expect((await visitor.open('/clients/new')).status).toBe(404)
      await visitor.open('/')
      expect((await visitor.post('/clients', { form_token: tokenOf(visitor), name: 'Sneaky' })).status).toBe(
        404,
      )
      const admin = await closed.admin('boss')
      await admin.visitor.open('/clients/new')
      expect((await admin.visitor.submit('/clients', { name: 'Allowed' })).status).toBe(200)
    } finally {
      await closed.provider.close()
    }
  })

  it('verifies it, gives it a policy that can be used, and deletes it', async () => {
    const { db } = site.services
    const name = '\u202bمرحبا\u202c \u{1f469}\u200d\u{1f469}\u200d\u{1f466}'.replace(/[\u202b\u202c]/g, '')
    const { clientId } = await registerClient(db, { name, callbacks: ['https://a.example/cb'] })
    const page = `/admin/clients/${clientId}`
    await ada.visitor.open(page)
    expect((await ada.visitor.submit(`${page}/verify`)).text).toContain('marked as verified')
    expect((await ada.visitor.submit(`${page}/unverify`)).text).toContain('no longer marked')
    for (const [typed, said] of [
      ['[]', 'must be a JSON object'],
      ['nonsense', 'must be a JSON object'],
      ['{"twoLeged":true}', 'twoLegged'],
      ['{"scopes":["no-such"]}', 'no-such'],
    ] as const) {
      const refused = await ada.visitor.submit(`${page}/policy`, { policy: typed })
      expect([typed, refused.status]).toEqual([typed, 422])
      expect(unescapeHtml(refused.text)).toContain(said)
      expect(unescapeHtml(refused.text)).toContain(typed)
    }
    await ada.visitor.submit(`${page}/policy`, { policy: '{ "twoLegged": true }' })
    expect(await findClient(db, clientId)).toMatchObject({ policy: { twoLegged: true }, mode: 'development' })
    expect(await lastAudit()).toMatchObject({
      action: 'client.policy-changed',
      details: { policy: '{ "twoLegged": true }' },
    })
    await ada.visitor.submit(`${page}/policy`, { policy: '' })
    expect(await findClient(db, clientId)).toMatchObject({ policy: { advice: true } })
    expect((await ada.visitor.submit(`${page}/delete`, { confirm: 'x' })).status).toBe(422)
    expect((await ada.visitor.submit(`${page}/delete`, { confirm: name })).path).toBe('/admin/clients')
    expect(await findClient(db, clientId)).toBeUndefined()
    expect(await lastAudit()).toMatchObject({ action: 'client.deleted', subject: { id: clientId, name } })
  })

  it('revokes one token of a list, by the one who does it', async () => {
    const { db } = site.services
    const { clientId } = await registerClient(db, { name: 'Tokens', callbacks: [] })
    for (let count = 0; count < 2; count++) await issueToken(site.services, clientId, ada.id)
    const { text } = await ada.visitor.open(`/admin/tokens?client=${clientId}`)
    const tokens = await listTokens(site.services, { clientId })
    for (const { oauthToken } of tokens) expect(text).not.toContain(oauthToken)
    const { path } = await ada.visitor.submit('/admin/tokens/revoke')
    expect(path).toBe(`/admin/tokens?client=${clientId}`)
    expect(await listTokens(site.services, { clientId })).toHaveLength(1)
    expect(await lastAudit()).toMatchObject({
      action: 'token.revoked',
      actor: { name: 'ada' },
      subject: { id: clientId },
    })
  })
})

describe('the audit log', () => {
  it('has what people do on the pages, and refused sign-ins', async () => {
    const visitor = new Visitor(provider.address)
    await visitor.signUp('zara', password)
    await visitor.open('/clients/new')
    await visitor.submit('/clients', { name: 'Zebra' })
    await visitor.open('/')
    await visitor.submit('/sign-out')
    await visitor.signIn('zara', 'a wrong password')
    await visitor.signIn('zara', password)
    await site.services.audit.flush()
    const { items } = await listAudit(site.services.db, { actor: 'zara' })
    expect(items.map(({ action }) => action).reverse()).toEqual([
      'user.signed-up',
      'client.registered',
      'user.signed-out',
      'user.signed-in',
    ])
    const { items: refused } = await listAudit(site.services.db, {
      subject: 'zara',
      action: 'user.sign-in-refused',
    })
    expect(refused).toMatchObject([{ actor: { kind: 'visitor' }, network: '127.0.0.1' }])
    const { text } = await ada.visitor.open('/admin/audit?actor=zara&action=client.registered')
    expect(text).toContain('Zebra')
    expect(text).not.toContain('<strong>Signed out</strong>')
  })

  it('is filtered by day, and ignores anything other than a day or an action', async () => {
    const today = new Date().toISOString().slice(0, 10)
    expect((await ada.visitor.open(`/admin/audit?since=${today}&until=${today}`)).text).toContain(
      '<strong>Signed in</strong>',
    )
    expect((await ada.visitor.open('/admin/audit?until=2001-01-01')).text).toContain('Nothing matches.')
    expect((await ada.visitor.open('/admin/audit?since=x&action=nonsense&from=%00')).status).toBe(200)
  })
})

describe('what an administrator can never read', () => {
  it('is a secret: it stands on no page and in no file', async () => {
    const { db, hooks } = site.services
    const { id } = await site.user('secretary')
    const secrets = [
      'client-secret-4711',
      'token-secret-4712',
      'temporary-secret-4713',
      'verifier-4714',
      'whole-token-identifier-4715',
    ]
    const [secret = '', oauthTokenSecret = '', temporarySecret = '', oauthVerifier = '', oauthToken = ''] =
      secrets
    const { clientId } = await registerClient(db, {
      name: 'Keeper',
      callbacks: [],
      ownerId: id,
      secret,
      mode: 'live',
    })
    await db
      .updateTable('oauth_client')
      .set({ previous_secret: 'previous-secret-4716' })
      .where('client_id', '=', clientId)
      .execute()
    await issueToken(site.services, clientId, id, { credential: { oauthToken, oauthTokenSecret } })
    const credential = {
      clientId,
      oauthToken: 'temporary-4717',
      oauthTokenSecret: temporarySecret,
      oauthCallback: 'oob',
      expiresAt: Math.floor(Date.now() / 1000) + 600,
    }
    await hooks.createTemporaryCredential(credential)
    await hooks.createAuthorizationVerifier('temporary-4717', { userId: id, oauthVerifier })
    // A refusal that is explained, and stored.
    await site.refusal(
      { key: clientId, secret: 'client-secret-wrong' },
      { key: oauthToken, secret: oauthTokenSecret },
    )
    const rows = await db.selectFrom('user').select('password_hash').execute()
    const sessions = await db.selectFrom('session').select('token_hash').execute()
    const known = [
      ...secrets,
      'previous-secret-4716',
      'temporary-4717',
      'client-secret-wrong',
      password,
      ...rows.map(({ password_hash }) => password_hash),
      ...sessions.map(({ token_hash }) => token_hash),
    ]
    const seen = new Set<string>()
    const waiting = [
      '/admin',
      `/admin/users/${id}`,
      `/admin/clients/${clientId}`,
      `/admin/tokens?client=${clientId}`,
    ]
    while (waiting.length > 0 && seen.size < 500) {
      const path = waiting.pop() as string
      if (seen.has(path)) continue
      seen.add(path)
      const { status, text } = await ada.visitor.open(path)
      expect([path, status === 200 || status === 404]).toEqual([path, true])
      expect([path, known.filter((one) => text.includes(one))]).toEqual([path, []])
      for (const [, href = ''] of text.matchAll(/href="(\/admin[^"]*)"/g)) waiting.push(unescapeHtml(href))
    }
    const paths = [...seen].map((path) => path.replace(/\?.*|\/(?:\d+|[A-Za-z0-9]{20})$/g, ''))
    expect(new Set(paths)).toEqual(
      new Set([
        '/admin',
        '/admin/users',
        '/admin/invitations',
        '/admin/clients',
        '/admin/tokens',
        '/admin/usage',
        '/admin/audit',
        ...['users', 'clients', 'tokens', 'usage', 'audit'].flatMap((list) => [
          `/admin/export/${list}.csv`,
          `/admin/export/${list}.json`,
        ]),
      ]),
    )
  })
})

describe('a list as a file', () => {
  it('is what the page shows, all of it, whatever its length', async () => {
    const { db } = site.services
    const rows = Array.from({ length: 1_203 }, (_, index) => ({
      name: `many-${index}`,
      password_hash: '',
      created_at: 1,
    }))
    for (let start = 0; start < rows.length; start += 200)
      await db
        .insertInto('user')
        .values(rows.slice(start, start + 200))
        .execute()
    const csv = await ada.visitor.open('/admin/export/users.csv?name=many-')
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(csv.headers.get('content-disposition')).toBe('attachment; filename="users.csv"')
    const lines = csv.text.split('\r\n')
    expect(lines[0]).toBe('id,name,administrator,created_at,suspended_at')
    expect(new Set(lines.slice(1, -1).map((line) => line.split(',')[1])).size).toBe(1_203)
    const json = JSON.parse((await ada.visitor.open('/admin/export/users.json?name=many-')).text)
    expect(json).toHaveLength(1_203)
    expect(json[0]).toMatchObject({
      name: 'many-0',
      administrator: false,
      created_at: '1970-01-01T00:00:01.000Z',
      suspended_at: null,
    })
    expect(JSON.parse((await ada.visitor.open('/admin/export/users.json?name=nobody-')).text)).toEqual([])
    expect((await ada.visitor.open('/admin/export/users.csv?name=nobody-')).text).toBe('')
    expect(await lastAudit()).toMatchObject({
      action: 'list.exported',
      subject: { id: 'users' },
      details: { format: 'csv', name: 'nobody-' },
    })
    const page = await ada.visitor.open('/admin/users?name=many-')
    expect(page.text.match(/href="\/admin\/users\/\d+"/g)).toHaveLength(50)
    const onward = /rel="next" href="([^"]+)"/.exec(page.text)?.[1] ?? ''
    expect((await ada.visitor.open(unescapeHtml(onward))).text).not.toContain('>many-0<')
    await db.deleteFrom('user').where('password_hash', '=', '').execute()
  })

  it.each([
    [['plain', 1, true, null], 'plain,1,true,'],
    [['=1+1', '+1', '-1', '@x', '\tx'], "'=1+1,'+1,'-1,'@x,'\tx"],
    [['a,b', 'a"b', 'a\nb', '=a"b'], '"a,b","a""b","a\nb","\'=a""b"'],
    [[-5, 0], '-5,0'],
    [['A;=B;C', 'a\t@b', 'a; "+c', 'x-y;z'], 'A;\'=B;C,a\t\'@b,"a; ""\'+c",x-y;z'],
  ])('writes %j so that no spreadsheet runs it', (cells, expected) => {
    expect(csvLine(cells)).toBe(`${expected}\r\n`)
  })
})

function headersOf(visitor: Visitor): Record<string, string> {
  const cookie = [...visitor.cookies].map((pair) => pair.join('=')).join('; ')
  return { accept: 'text/html', ...(cookie !== '' && { cookie }) }
}

function tokenOf({ page }: Visitor): string {
  return /name="form_token" value="([^"]*)"/.exec(page?.text ?? '')?.[1] ?? ''
}
