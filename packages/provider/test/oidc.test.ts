import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createProvider, type Provider, registerClient } from '../src/index.ts'
import { type RunningIdentityProvider, runIdentityProvider, Stay } from './identity-provider/running.ts'
import { signer } from './signer.ts'
import { password } from './site.ts'
import { Visitor } from './visitor.ts'

let company: RunningIdentityProvider
let provider: Provider

beforeAll(async () => {
  company = await runIdentityProvider()
  provider = await start({})
  await company.allow([`${provider.address}/sign-in/oidc/callback`])
})
afterAll(async () => {
  await provider?.close()
  await company?.stop()
})

function start(settings: Parameters<typeof createProvider>[0]): Promise<Provider> {
  const oidc = { ...company.settings, name: 'Example Corp' }
  return createProvider({ port: 0, database: ':memory:', logLevel: 'silent', oidc, ...settings })
}

/** Where a visitor is sent who wants to sign in at the company. */
async function leave(visitor: Visitor, path = '/sign-in/oidc'): Promise<string> {
  const { status, leftFor } = await visitor.open(path)
  expect(status).toBe(303)
  return leftFor ?? ''
}

const back = (visitor: Visitor, url: URL) => visitor.open(url.pathname + url.search)

/** A visitor who signed in as a person of the company. */
async function arrived(login: string, visitor = new Visitor(provider.address), stay = new Stay()) {
  const page = await back(visitor, await stay.signIn(await leave(visitor), login))
  return { visitor, stay, page }
}

const nameOn = (text: string) => /<span class="user"><bdi [^>]*>([^<]*)</.exec(text)?.[1]

describe('sign-in at the identity provider', () => {
  it('makes an account at the first sign-in, and finds it again at the second, with another cookie each time', async () => {
    const visitor = new Visitor(provider.address)
    const page = await visitor.open('/sign-in')
    expect(page.text).toContain('Sign in with Example Corp')
    const cookies = [visitor.cookies.get('countersign')]
    const first = await arrived('Anna Äpfel#1', visitor)
    cookies.push(visitor.cookies.get('countersign'))
    expect(first.page.status).toBe(200)
    expect(nameOn(first.page.text)).toBe('anna-apfel')
    expect(first.page.text).toContain('Your account was created')
    const second = await arrived('Anna Äpfel#1')
    expect(nameOn(second.page.text)).toBe('anna-apfel')
    expect(second.page.text).not.toContain('Your account was created')
    cookies.push(second.visitor.cookies.get('countersign'))
    expect(new Set(cookies).size).toBe(3)
    const people = await provider.services.db.selectFrom('identity').select('subject').execute()
    expect(people.filter(({ subject }) => subject === 'Anna Äpfel#1')).toHaveLength(1)
  })

  it('gives two people with one name and one address an account each, and no one the own account of that name', async () => {
    await new Visitor(provider.address).signUp('bela', password)
    const names = []
    for (const login of ['bela#1', 'bela#2']) names.push(nameOn((await arrived(login)).page.text))
    expect(names).toEqual(['bela-2', 'bela-3'])
  })

  it('signs no one in to it by a password', async () => {
    await arrived('cleo')
    for (const guess of ['', password]) {
      const visitor = new Visitor(provider.address)
      expect((await visitor.signIn('cleo', guess)).status).toBe(422)
    }
  })

  it('keeps the request of an application over the way there and back', async () => {
    const { clientId, clientSecret } = await registerClient(provider.services.db, {
      name: 'Album',
      callbacks: [],
    })
    const send = signer(provider.address, { key: clientId, secret: clientSecret })
    const response = await send('POST', '/oauth/initiate', { oauth_callback: 'oob' })
    const oauthToken = new URLSearchParams(await response.text()).get('oauth_token') ?? ''
    const visitor = new Visitor(provider.address)
    const page = await visitor.open(`/oauth/authorize?oauth_token=${oauthToken}`)
    const link = /href="(\/sign-in\/oidc[^"]*)"/.exec(page.text)?.[1] ?? ''
    const question = await back(visitor, await new Stay().signIn(await leave(visitor, link), 'dora'))
    expect(question.path).toBe(`/oauth/authorize?oauth_token=${oauthToken}`)
    expect(question.text).toMatch(/Album<\/bdi> wants access to your account/)
    expect(nameOn(question.text)).toBe('dora')

    // Another account: the company asks again, although someone is signed in there.
    const form = await visitor.submit('/sign-out/switch')
    const another = /href="(\/sign-in\/oidc[^"]*)"/.exec(form.text)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const location = await leave(visitor, another)
    expect(new URL(location).searchParams.get('prompt')).toBe('login')
    const other = await back(visitor, await new Stay().signIn(location, 'doris'))
    expect(nameOn(other.text)).toBe('doris')
    expect(other.path).toBe(`/oauth/authorize?oauth_token=${oauthToken}`)
  })

  it('sends no one to another site afterwards', async () => {
    const visitor = new Visitor(provider.address)
    const location = await leave(visitor, '/sign-in/oidc?return=https%3A%2F%2Fevil.example%2F')
    expect((await back(visitor, await new Stay().signIn(location, 'emil'))).path).toBe('/')
  })
})

describe('what comes back is refused, and no one signed in,', () => {
  const expectNoOne = async (visitor: Visitor) =>
    expect(nameOn((await visitor.open('/')).text)).toBeUndefined()

  it('when its state is of no sign-in of this browser', async () => {
    const victim = new Visitor(provider.address)
    await leave(victim)
    const theirs = await new Stay().signIn(await leave(new Visitor(provider.address)), 'mallory')
    const page = await back(victim, theirs)
    expect([page.status, page.text]).toEqual([
      400,
      expect.stringContaining('This sign-in is no longer valid'),
    ])
    await expectNoOne(victim)
  })

  it('when its state was changed after the part that names the cookie', async () => {
    const visitor = new Visitor(provider.address)
    const url = await new Stay().signIn(await leave(visitor), 'franz')
    url.searchParams.set('state', `${url.searchParams.get('state')?.slice(0, 8)}other`)
    const page = await back(visitor, url)
    expect([page.status, page.text]).toEqual([400, expect.stringContaining('could not be verified')])
    await expectNoOne(visitor)
  })

  it('when it was used before: by the cookie, which is spent, and by the code', async () => {
    const visitor = new Visitor(provider.address)
    const location = await leave(visitor)
    const cookies = new Map(visitor.cookies)
    const url = await new Stay().signIn(location, 'gina')
    expect(nameOn((await back(visitor, url)).text)).toBe('gina')
    await visitor.open('/')
    await visitor.submit('/sign-out')
    const again = await back(visitor, url)
    expect([again.status, again.text]).toEqual([
      400,
      expect.stringContaining('This sign-in is no longer valid'),
    ])
    const thief = new Visitor(provider.address)
    for (const [name, value] of cookies) thief.cookies.set(name, value)
    const stolen = await back(thief, url)
    expect([stolen.status, stolen.text]).toEqual([
      400,
      expect.stringContaining('This sign-in is no longer valid'),
    ])
    await expectNoOne(thief)
  })

  it('when the cookie was changed', async () => {
    const visitor = new Visitor(provider.address)
    const url = await new Stay().signIn(await leave(visitor), 'hugo')
    const [name = '', value = ''] =
      [...visitor.cookies].find(([one]) => one.startsWith('countersign-sign-in-')) ?? []
    expect(value.length).toBeGreaterThan(100)
    const middle = value[50] === 'A' ? 'B' : 'A'
    visitor.cookies.set(name, `${value.slice(0, 50)}${middle}${value.slice(51)}`)
    const page = await back(visitor, url)
    expect([page.status, page.text]).toEqual([
      400,
      expect.stringContaining('This sign-in is no longer valid'),
    ])
    await expectNoOne(visitor)
  })

  it('when the ID token is for another question: its nonce does not fit', async () => {
    const visitor = new Visitor(provider.address)
    const location = new URL(await leave(visitor))
    location.searchParams.set('nonce', 'of-another-sign-in')
    const page = await back(visitor, await new Stay().signIn(location.href, 'ida'))
    expect([page.status, page.text]).toEqual([400, expect.stringContaining('could not be verified')])
    await expectNoOne(visitor)
  })

  it('when the code was asked for by another: the proof of PKCE does not fit', async () => {
    const visitor = new Visitor(provider.address)
    const location = new URL(await leave(visitor))
    location.searchParams.set('code_challenge', 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM')
    const page = await back(visitor, await new Stay().signIn(location.href, 'ida'))
    expect(page.status).toBe(400)
    await expectNoOne(visitor)
  })

  it('when the person goes away there', async () => {
    const visitor = new Visitor(provider.address)
    const page = await back(visitor, await new Stay().deny(await leave(visitor)))
    expect(page.status).toBe(403)
    expect(page.text).toContain('You cancelled at Example Corp')
    expect(page.text).toMatch(/<a href="\/sign-in">Try again</)
    await expectNoOne(visitor)
  })

  it('when the identity provider refuses for a reason of its own, whose words are shown as text', async () => {
    const visitor = new Visitor(provider.address)
    const location = await leave(visitor)
    const { state, iss } = {
      state: new URL(location).searchParams.get('state') ?? '',
      iss: company.settings.issuer,
    }
    const query = new URLSearchParams({ error: 'server_error', error_description: '<b>no</b>', state, iss })
    const page = await visitor.open(`/sign-in/oidc/callback?${query}`)
    expect(page.status).toBe(403)
    expect(page.text).toContain('server_error: &lt;b&gt;no&lt;/b&gt;')
  })
})

describe('an own account', () => {
  it('is opened by an identity only after its user has said so here', async () => {
    const visitor = new Visitor(provider.address)
    await visitor.signUp('jana', password)
    const stay = new Stay()
    const url = await stay.signIn(await leave(visitor, '/account/identity'), 'jana@company')
    const question = await back(visitor, url)
    expect(question.path).toBe('/account/link')
    expect(question.text).toContain('jana@company')
    const before = await arrived('jana@company')
    expect(nameOn(before.page.text)).toBe('jana@company')

    // That identity has an account of its own now: it cannot open a second one.
    const stranger = await visitor.submit('/account/link', { password: 'not the password' })
    expect([stranger.status, stranger.text]).toEqual([
      422,
      expect.stringContaining('not your current password'),
    ])
    const late = await visitor.submit('/account/link', { password })
    expect(late.status).toBe(422)
    expect((await visitor.open('/account')).text).toContain('Not set up for this account')
    const refused = await back(
      visitor,
      await new Stay().signIn(await leave(visitor, '/account/identity'), 'jana@company'),
    )
    expect([refused.status, refused.text]).toEqual([
      409,
      expect.stringContaining('That is a different account'),
    ])

    const ok = await back(
      visitor,
      await new Stay().signIn(await leave(visitor, '/account/identity'), 'jana2'),
    )
    expect(ok.path).toBe('/account/link')
    const done = await visitor.submit('/account/link', { password })
    expect(done.text).toContain('You can now sign in with that account, too.')
    expect(nameOn((await arrived('jana2')).page.text)).toBe('jana')
    const ended = await visitor.submit('/account/unlink')
    expect(ended.text).toContain('only with your password')
    expect(nameOn((await arrived('jana2')).page.text)).toBe('jana2')
  })

  it('is not linked by whoever sends the browser there: the session must be the same at the end', async () => {
    const visitor = new Visitor(provider.address)
    await visitor.signUp('karl', password)
    const url = await new Stay().signIn(await leave(visitor, '/account/identity'), 'karl@company')
    await visitor.open('/')
    await visitor.submit('/sign-out')
    await visitor.signUp('klara', password)
    const page = await back(visitor, url)
    expect([page.status, page.text]).toEqual([
      400,
      expect.stringContaining('This sign-in is no longer valid'),
    ])
  })
})

describe('an account without a password', () => {
  it('is deleted after its user has signed in again, as the same person', async () => {
    const { visitor, stay } = await arrived('lena')
    const { db } = provider.services
    const { id } = await db
      .selectFrom('user')
      .select('id')
      .where('name', '=', 'lena')
      .executeTakeFirstOrThrow()
    // Signed in an hour ago.
    await db
      .updateTable('session')
      .set((given) => ({ created_at: given('created_at', '-', 3600) }))
      .where('user_id', '=', id)
      .execute()
    const page = await visitor.open('/account/delete')
    expect(page.text).not.toContain('Delete for good')
    const link = /href="(\/sign-in\/oidc[^"]*)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const location = await leave(visitor, link)
    expect(Object.fromEntries(new URL(location).searchParams)).toMatchObject({
      prompt: 'login',
      max_age: '0',
    })
    const other = await back(visitor, await new Stay().signIn(location, 'someone-else'))
    expect([other.status, other.text]).toEqual([409, expect.stringContaining('That is a different account')])
    const confirm = await back(visitor, await stay.signIn(await leave(visitor, link), 'lena'))
    expect(confirm.path).toBe('/account/delete')
    const unsure = await visitor.submit('/account/delete')
    expect([unsure.status, unsure.text]).toEqual([422, expect.stringContaining('Check the box')])
    const gone = await visitor.submit('/account/delete', { confirm: 'yes' })
    expect([gone.path, gone.text]).toEqual(['/', expect.stringContaining('Your account was deleted')])
    expect(await db.selectFrom('user').select('id').where('id', '=', id).executeTakeFirst()).toBeUndefined()
    expect((await arrived('lena')).page.text).toContain('Your account was created')
  })

  it('is told when it is suspended, and not signed in', async () => {
    const { visitor } = await arrived('max')
    const { db } = provider.services
    await db.updateTable('user').set({ suspended_at: 1 }).where('name', '=', 'max').execute()
    expect(nameOn((await visitor.open('/')).text)).toBeUndefined()
    const { page } = await arrived('max')
    expect([page.status, page.text]).toEqual([403, expect.stringContaining('This account is suspended')])
  })
})

it('says that the identity provider is down, at either end, and signs in when it is up again', async () => {
  const port = Number(new URL(company.settings.issuer).port)
  const own = await start({})
  const other = await start({})
  const callbacks = [own, other, provider].map(({ address }) => `${address}/sign-in/oidc/callback`)
  await company.allow(callbacks)
  const visitor = new Visitor(own.address)
  const url = await new Stay().signIn(await leave(visitor), 'nora')
  await company.stop()
  for (const page of [
    await back(visitor, url),
    // This one has not read the addresses yet.
    await new Visitor(other.address).open('/sign-in/oidc'),
  ]) {
    expect([page.status, page.text]).toEqual([503, expect.stringContaining('Example Corp cannot be reached')])
    expect(page.headers.get('retry-after')).toBe('10')
  }
  expect((await new Visitor(other.address).signUp('otto', password)).status).toBe(200)
  company = await runIdentityProvider(port)
  await company.allow(callbacks)
  const again = new Visitor(other.address)
  const page = await back(again, await new Stay().signIn(await leave(again), 'nora'))
  expect(nameOn(page.text)).toBe('nora')
  await own.close()
  await other.close()
})

describe('without own accounts', () => {
  it('there is no password anywhere: not to sign in, to sign up, to change or to trade for a token', async () => {
    const only = await start({ ownAccounts: false, registration: 'closed', xAuth: true })
    await company.allow([
      `${only.address}/sign-in/oidc/callback`,
      `${provider.address}/sign-in/oidc/callback`,
    ])
    const visitor = new Visitor(only.address)
    const signIn = await visitor.open('/sign-in')
    expect(signIn.text).toContain('Sign in with Example Corp')
    expect(signIn.text).not.toContain('type="password"')
    expect((await visitor.open('/')).text).not.toContain('/sign-up')
    const signUp = await visitor.open('/sign-up')
    expect([signUp.status, signUp.text]).toEqual([403, expect.stringContaining('when you first sign in')])
    const form_token =
      /name="form_token" value="([^"]*)"/.exec((await visitor.open('/sign-in')).text)?.[1] ?? ''
    expect(form_token).toBe('')
    // The provider lets in everyone whom the company does, whatever registration says.
    const page = await back(visitor, await new Stay().signIn(await leave(visitor), 'paul'))
    expect(nameOn(page.text)).toBe('paul')
    const account = await visitor.open('/account')
    expect(account.text).not.toContain('type="password"')
    const token = /name="form_token" value="([^"]*)"/.exec(account.text)?.[1] ?? ''
    for (const path of ['/sign-up', '/sign-in'])
      expect((await visitor.post(path, { form_token: token, name: 'quirin', password })).status).toBe(403)
    const { clientId: key, clientSecret: secret } = await registerClient(only.services.db, {
      name: 'Old',
      callbacks: [],
    })
    await only.services.db.updateTable('oauth_client').set({ policy: '{"xAuth":true}' }).execute()
    const fields = { x_auth_mode: 'client_auth', x_auth_username: 'paul', x_auth_password: password }
    expect((await signer(only.address, { key, secret })('POST', '/oauth/token', fields)).status).toBe(400)
    await only.close()
  })

  it('and without an identity provider nothing starts', async () => {
    const settings = { port: 0, database: ':memory:', ownAccounts: false, oidc: undefined }
    await expect(createProvider(settings)).rejects.toThrow('no one could sign in')
  })

  it('an identity provider that is reached over plain http elsewhere is refused', async () => {
    const oidc = { ...company.settings, issuer: 'http://login.example.com' }
    await expect(createProvider({ port: 0, database: ':memory:', oidc })).rejects.toThrow('https://')
  })
})
