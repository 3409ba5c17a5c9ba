import { describe, expect, it } from 'vitest'
import { createInvitation, createProvider, registerClient, type SettingsInput } from '../src/index.ts'
import { signer } from './signer.ts'
import { openSite, password } from './site.ts'
import { Visitor } from './visitor.ts'

const site = openSite()
const firefox = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' }
const isSignedIn = async (visitor: Visitor) => /class="user"/.test((await visitor.open('/')).text)

async function member(name: string, headers = {}): Promise<Visitor> {
  const visitor = new Visitor(site.provider.url, headers)
  await visitor.signUp(name, password)
  return visitor
}

async function alsoSignedIn(name: string, given = password, headers = {}): Promise<Visitor> {
  const visitor = new Visitor(site.provider.url, headers)
  expect((await visitor.signIn(name, given)).status).toBe(200)
  return visitor
}

describe('the password', () => {
  it('is changed by whoever knows it; every other session ends, and this one has another cookie', async () => {
    const visitor = await member('anna')
    const other = await alsoSignedIn('anna')
    const cookie = visitor.cookies.get('countersign')
    await visitor.open('/account')
    const wrong = await visitor.submit('/account/password', { current: 'wrong one', new: 'another password' })
    expect([wrong.status, wrong.text]).toEqual([422, expect.stringContaining('not your current password')])
    const short = await visitor.submit('/account/password', { current: password, new: 'short' })
    expect([short.status, short.text]).toEqual([422, expect.stringContaining('Use at least 8 characters')])
    const same = await visitor.submit('/account/password', { current: password, new: password })
    expect(same.text).toContain('Choose a password that differs from your current one.')
    expect(await isSignedIn(other)).toBe(true)
    await visitor.open('/account')
    const done = await visitor.submit('/account/password', { current: password, new: 'another password' })
    expect(done.text).toContain('Your password was changed')
    expect(visitor.cookies.get('countersign')).not.toBe(cookie)
    expect([await isSignedIn(visitor), await isSignedIn(other)]).toEqual([true, false])
    expect((await new Visitor(site.provider.url).signIn('anna', password)).status).toBe(422)
    await alsoSignedIn('anna', 'another password')
  })

  it('is not guessed in a browser that someone left open', async () => {
    const visitor = await member('bela')
    // Ten of this browser, and ten of its network.
    for (let i = 0; i < 20; i++) {
      await visitor.open('/account')
      await visitor.submit('/account/password', { current: `wrong ${i}`, new: 'another password' })
    }
    await visitor.open('/account')
    const page = await visitor.submit('/account/password', { current: password, new: 'another password' })
    expect(page.text).toContain('Too many attempts')
    await visitor.open('/account/delete')
    expect((await visitor.submit('/account/delete', { password })).text).toContain('Too many attempts')
  })
})

describe('sessions', () => {
  it('are listed with the browser alone, and end one by one', async () => {
    const visitor = await member('cleo', firefox)
    const other = await alsoSignedIn('cleo', password, { 'user-agent': 'curl/8' })
    const page = await visitor.open('/account')
    expect(page.text).toMatch(/Firefox, Linux<\/strong> <span class="mark good">this browser/)
    expect(page.text).toContain('Unknown browser')
    expect(page.text).not.toContain('curl')
    const ended = await visitor.submit('/account/sessions/end')
    expect(ended.text).toContain('The session was ended.')
    expect([await isSignedIn(visitor), await isSignedIn(other)]).toEqual([true, false])
  })

  it('of another user are not ended', async () => {
    const victim = await member('dora')
    await alsoSignedIn('dora')
    const id = /name="session" value="([^"]*)"/.exec((await victim.open('/account')).text)?.[1] ?? ''
    expect(id).not.toBe('')
    const thief = await member('dirk')
    const form_token =
      /name="form_token" value="([^"]*)"/.exec((await thief.open('/account')).text)?.[1] ?? ''
    await thief.post('/account/sessions/end', { form_token, session: id })
    expect((await victim.open('/account')).text).toContain(id)
  })

  it('end everywhere at once', async () => {
    const visitor = await member('emil')
    const other = await alsoSignedIn('emil')
    await visitor.open('/account')
    const page = await visitor.submit('/account/sessions/end-all')
    expect([page.path, page.text]).toEqual(['/', expect.stringContaining('signed out everywhere')])
    expect([await isSignedIn(visitor), await isSignedIn(other)]).toEqual([false, false])
  })
})

describe('deletion', () => {
  it('says what goes, asks for the password, and ends every access', async () => {
    const visitor = await member('frida')
    const client = await site.register(visitor, { name: 'Own app' })
    const user = await member('fritz')
    const tokens: { key: string; secret: string }[] = []
    for (const one of [visitor, user]) {
      const temporary = await site.temporaryCredential(client, 'oob')
      await one.open(`/oauth/authorize?oauth_token=${temporary.key}`)
      const code = /class="code">([^<]+)/.exec(
        (await one.submit('/oauth/authorize', { decision: 'allow' })).text,
      )?.[1]
      const send = signer(site.provider.url, client, temporary)
      const response = await send('POST', '/oauth/token', { oauth_verifier: code ?? '' })
      const pairs = new URLSearchParams(await response.text())
      tokens.push({ key: pairs.get('oauth_token') ?? '', secret: pairs.get('oauth_token_secret') ?? '' })
    }
    const me = (index: number) => signer(site.provider.url, client, tokens[index])('GET', '/api/me', {})
    expect([(await me(0)).status, (await me(1)).status]).toEqual([200, 200])
    const page = await visitor.open('/account/delete')
    expect(page.text).toContain('the access that 1 application has to it')
    expect(page.text).toContain('Own app')
    const wrong = await visitor.submit('/account/delete', { password: 'wrong one' })
    expect([wrong.status, (await me(0)).status]).toEqual([422, 200])
    const gone = await visitor.submit('/account/delete', { password })
    expect([gone.path, gone.text]).toEqual(['/', expect.stringContaining('Your account was deleted')])
    expect([(await me(0)).status, (await me(1)).status]).toEqual([401, 401])
    expect((await user.open('/authorizations')).text).toContain('No application has access')
    expect((await new Visitor(site.provider.url).signIn('frida', password)).status).toBe(422)
    // The name is free again, and its new user has nothing of the one before.
    const heir = await member('frida')
    expect((await heir.open('/clients')).text).not.toContain('Own app')
  })

  it('is not for the last administrator', async () => {
    const provider = await createProvider({ port: 0, database: ':memory:', logLevel: 'silent' })
    const visitor = new Visitor(provider.address)
    await visitor.signUp('gina', password)
    await provider.services.db.updateTable('user').set({ role: 'admin' }).execute()
    await visitor.open('/account/delete')
    const page = await visitor.submit('/account/delete', { password })
    expect([page.status, page.text]).toEqual([422, expect.stringContaining('last active administrator')])
    expect((await visitor.open('/account')).status).toBe(200)
    await provider.close()
  })
})

describe('registration', () => {
  const started = async (settings: SettingsInput) => {
    const provider = await createProvider({ port: 0, database: ':memory:', logLevel: 'silent', ...settings })
    return { provider, visitor: new Visitor(provider.address) }
  }

  it('by invitation takes a code, once, and tells no one else the way', async () => {
    const { provider, visitor } = await started({ registration: 'invited' })
    expect((await visitor.open('/')).text).not.toContain('/sign-up')
    expect((await visitor.open('/sign-in')).text).toContain('Do you have an invitation?')
    await visitor.open('/sign-up')
    const fields = { name: 'hugo', password }
    const refused = await visitor.submit('/sign-up', { ...fields, invitation: 'made up' })
    expect([refused.status, refused.text]).toEqual([
      422,
      expect.stringContaining('This invitation was already used'),
    ])
    const { code } = await createInvitation(provider.services.db, { note: 'Hugo' })
    const form = await visitor.open(`/sign-up?invitation=${code}`)
    expect(form.text).toContain(`value="${code}"`)
    expect((await visitor.submit('/sign-up', { ...fields, invitation: code })).text).toContain('Welcome!')
    const second = new Visitor(provider.address)
    await second.open(`/sign-up?invitation=${code}`)
    expect((await second.submit('/sign-up', { name: 'ida', password, invitation: code })).status).toBe(422)
    await provider.close()
  })

  it('that is closed says whom to ask', async () => {
    const { provider, visitor } = await started({
      registration: 'closed',
      brand: { name: 'Example', supportUrl: 'https://example.com/help' },
    })
    for (const path of ['/', '/sign-in']) expect((await visitor.open(path)).text).not.toContain('/sign-up')
    const page = await visitor.open('/sign-up')
    expect([page.status, page.text]).toEqual([403, expect.stringContaining('https://example.com/help')])
    await visitor.open('/sign-in')
    const form_token = /name="form_token" value="([^"]*)"/.exec(visitor.page?.text ?? '')?.[1] ?? ''
    expect((await visitor.post('/sign-up', { form_token, name: 'jana', password })).status).toBe(403)
    expect(await provider.services.db.selectFrom('user').select('id').execute()).toEqual([])
    await provider.close()
  })

  it('tells a suspended user so, and whom to ask, after the right password alone', async () => {
    const { provider, visitor } = await started({
      brand: { name: 'Example', supportUrl: 'https://example.com/help' },
    })
    await visitor.signUp('karl', password)
    await provider.services.db.updateTable('user').set({ suspended_at: 1 }).execute()
    expect((await visitor.open('/')).text).not.toContain('class="user"')
    const right = await visitor.signIn('karl', password)
    expect(right.status).toBe(403)
    expect(right.text).toMatch(/suspended\. <a href="https:\/\/example\.com\/help">Ask the people/)
    expect((await visitor.signIn('karl', 'wrong one')).text).not.toContain('suspended')
    await provider.close()
  })

  it('signs in for as long as the setting says', async () => {
    const { provider, visitor } = await started({ sessionLifetimeSeconds: 120 })
    const page = await fetch(provider.address)
    expect(page.headers.get('set-cookie')).toContain('Max-Age=120')
    await visitor.signUp('lena', password)
    const { expires_at } = await provider.services.db
      .selectFrom('session')
      .select('expires_at')
      .executeTakeFirstOrThrow()
    expect(Number(expires_at) - Math.floor(Date.now() / 1000)).toBeLessThanOrEqual(120)
    await provider.close()
  })
})

describe('the consent page', () => {
  it('says who asks, whose it is, since when, whether that was verified, and when it was allowed before', async () => {
    const brand = { name: 'Example Photos' }
    const provider = await createProvider({ port: 0, database: ':memory:', logLevel: 'silent', brand })
    const { db } = provider.services
    const visitor = new Visitor(provider.address)
    await visitor.signUp('mona', password)
    const { id } = await db.selectFrom('user').select('id').executeTakeFirstOrThrow()
    const { clientId, clientSecret } = await registerClient(db, { name: 'Album', callbacks: [], ownerId: id })
    const set = (values: object) => db.updateTable('oauth_client').set(values).execute()
    const keys = { key: clientId, secret: clientSecret }
    const asked = async () => {
      const response = await signer(provider.address, keys)('POST', '/oauth/initiate', {
        oauth_callback: 'oob',
      })
      const pairs = new URLSearchParams(await response.text())
      const temporary = {
        key: pairs.get('oauth_token') ?? '',
        secret: pairs.get('oauth_token_secret') ?? '',
      }
      return { temporary, page: await visitor.open(`/oauth/authorize?oauth_token=${temporary.key}`) }
    }
    const first = await asked()
    expect(first.page.text).toMatch(/Registered by <bdi [^>]*>mona<\/bdi> on <time /)
    expect(first.page.text).toContain('No one has verified')
    expect(first.page.text).not.toContain('You allowed this')
    const code = /class="code">([^<]+)/.exec(
      (await visitor.submit('/oauth/authorize', { decision: 'allow' })).text,
    )?.[1]
    const send = signer(provider.address, keys, first.temporary)
    expect((await send('POST', '/oauth/token', { oauth_verifier: code ?? '' })).status).toBe(200)

    await set({
      description: '<i>Prints</i> photos',
      homepage: 'https://album.example/about',
      verified_at: 1,
    })
    const digest = 'a'.repeat(64)
    await db.insertInto('logo').values({ client_id: clientId, digest, png_base64: '' }).execute()
    const { text } = (await asked()).page
    expect(text).toContain('&lt;i&gt;Prints&lt;/i&gt; photos')
    expect(text).toMatch(/href="https:\/\/album\.example\/about"[^>]*rel="noopener noreferrer"/)
    expect(text).toMatch(/Example Photos<\/bdi><\/strong> has verified who owns this application/)
    expect(text).not.toContain('No one has verified')
    expect(text).toMatch(/You allowed this application on <time /)
    expect(text).toContain(`src="/logos/${clientId}/${digest}.png"`)
    expect((await visitor.open('/authorizations')).text).toContain('&lt;i&gt;Prints')

    await set({ homepage: 'javascript:alert(1)' })
    expect((await asked()).page.text).not.toContain('javascript:')
    const last = await asked()
    for (const [status, says] of [
      ['pending', 'Not approved yet'],
      ['suspended', 'This application is suspended'],
    ] as const) {
      await set({ status })
      const page = await visitor.open(last.page.path)
      expect([page.status, page.text]).toEqual([403, expect.stringContaining(says)])
    }
    await set({ status: 'approved' })
    await visitor.open(last.page.path)
    await set({ status: 'suspended' })
    const late = await visitor.submit('/oauth/authorize', { decision: 'allow' })
    expect([late.status, late.text]).toEqual([403, expect.stringContaining('This application is suspended')])
    await provider.close()
  })
})

it('writes when a token was last used, at most once an hour, and tells it to its user', async () => {
  const provider = await createProvider({ port: 0, database: ':memory:', logLevel: 'silent' })
  const { db, tokenUses, server } = provider.services
  const visitor = new Visitor(provider.address)
  await visitor.signUp('nora', password)
  const { clientId, clientSecret } = await registerClient(db, { name: 'Album', callbacks: [] })
  const { id: userId } = await db.selectFrom('user').select('id').executeTakeFirstOrThrow()
  const { oauthToken, oauthTokenSecret } = await server.issueToken({ clientId, userId })
  const lastUse = async () =>
    Number(
      (await db.selectFrom('oauth_token_credential').select('last_used_at').executeTakeFirstOrThrow())
        .last_used_at,
    )
  const call = async () => {
    const client = { key: clientId, secret: clientSecret }
    const send = signer(provider.address, client, { key: oauthToken, secret: oauthTokenSecret })
    expect((await send('GET', '/api/me', {})).status).toBe(200)
    await tokenUses.flush()
  }
  expect((await visitor.open('/authorizations')).text).not.toContain('last used')
  await call()
  expect(await lastUse()).toBeGreaterThan(0)
  expect((await visitor.open('/authorizations')).text).toContain('last used <time')
  await db.updateTable('oauth_token_credential').set({ last_used_at: 1 }).execute()
  await call()
  expect(await lastUse()).toBe(1)
  await provider.close()
})
