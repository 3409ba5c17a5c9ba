import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ProviderProcess, runProvider, temporaryDirectory } from './running-provider.ts'
import { signer } from './signer.ts'
import { Visitor } from './visitor.ts'

const directory = temporaryDirectory()
let provider: ProviderProcess

beforeAll(async () => {
  provider = await runProvider(directory.path)
})
afterAll(async () => {
  await provider.stop()
  directory.remove()
})

const password = 'correct horse battery'

/** A GET with a body, which fetch does not send. Answers all that comes back. */
async function octets({ host, hostname, port, pathname, search }: URL, headers: Record<string, string>) {
  const socket = connect(Number(port), hostname).setEncoding('utf8')
  const lines = Object.entries({ host, connection: 'close', ...headers }).map((pair) => pair.join(': '))
  socket.write(`GET ${pathname}${search} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\na`)
  let answer = ''
  for await (const text of socket) answer += text
  return answer
}

let members = 0

/** A signed-in visitor with an account of the given name. */
async function member(name = `member${++members}`): Promise<Visitor> {
  const visitor = new Visitor(provider.url)
  expect((await visitor.signUp(name, password)).status).toBe(200)
  return visitor
}

/** Registers a client by the page; answers its key and secret. */
async function register(visitor: Visitor, fields: Record<string, string>) {
  await visitor.open('/clients/new')
  const { text, status } = await visitor.submit('/clients', fields)
  expect(status).toBe(200)
  const [key = '', secret = ''] = [...text.matchAll(/<dd class="secret"><code>([^<]+)</g)].map(
    ([, value]) => value,
  )
  return { key, secret }
}

/** What a client gets from the first step of the flow. */
async function temporaryCredential(keys: { key: string; secret: string }, callback: string) {
  const send = signer(provider.url, keys)
  const answer = await send('POST', '/oauth/initiate', { oauth_callback: callback })
  expect(answer.status).toBe(200)
  const pairs = new URLSearchParams(await answer.text())
  return { key: pairs.get('oauth_token') ?? '', secret: pairs.get('oauth_token_secret') ?? '' }
}

describe('accounts', () => {
  it('signs up, out and in again, and gives out another cookie each time', async () => {
    const visitor = new Visitor(provider.url)
    await visitor.open('/sign-up')
    const cookies = [visitor.cookies.get('countersign')]
    const home = await visitor.submit('/sign-up', { name: 'Anna.B', password })
    expect(home.text).toContain('Hello, anna.b')
    cookies.push(visitor.cookies.get('countersign'))
    expect((await visitor.submit('/sign-out')).text).toContain('/sign-in')
    cookies.push(visitor.cookies.get('countersign'))
    expect((await visitor.signIn('ANNA.B', password)).text).toContain('Hello, anna.b')
    cookies.push(visitor.cookies.get('countersign'))
    expect(new Set(cookies).size).toBe(4)
  })

  it('ends the session in the database: the old cookie opens nothing after signing out', async () => {
    const visitor = await member('bela')
    const stolen = new Map(visitor.cookies)
    await visitor.submit('/sign-out')
    const thief = new Visitor(provider.url)
    for (const [name, value] of stolen) thief.cookies.set(name, value)
    expect((await thief.open('/')).text).not.toContain('bela')
  })

  it('answers an unknown user and a wrong password alike', async () => {
    await member('carla')
    const pages: string[] = []
    for (const name of ['carla', 'karla']) {
      const visitor = new Visitor(provider.url)
      const { status, text } = await visitor.signIn(name, 'wrong password')
      expect(status).toBe(401)
      pages.push(text.replaceAll(name, 'NAME').replace(/name="form_token" value="[^"]*"/, ''))
    }
    expect(pages[0]).toBe(pages[1])
  })

  it('lets nobody guess on: after ten wrong passwords even the right one has to wait', async () => {
    await member('dora')
    const visitor = new Visitor(provider.url)
    for (let i = 0; i < 10; i++)
      expect((await visitor.signIn('dora', `wrong password ${i}`)).status).toBe(401)
    const { status, headers } = await visitor.signIn('dora', password)
    expect(status).toBe(429)
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  })

  it.each([
    ['a name that is taken', 'EMIL', password, 'taken'],
    ['a name of one letter', 'e', password, '2 to 64 characters'],
    ['a name with a space', 'e mil', password, '2 to 64 characters'],
    ['a name that nobody sees', '\u3164\u2800', password, '2 to 64 characters'],
    ['a short password', 'emilia', 'short', '8 to 256 characters'],
    ['a password over the limit', 'emilia', 'x'.repeat(257), '8 to 256 characters'],
  ])('refuses %s and says why', async (_, name, given, why) => {
    await new Visitor(provider.url).signUp('emil', password)
    const { status, text } = await new Visitor(provider.url).signUp(name, given)
    expect(status).toBe(422)
    expect(text).toContain(why)
  })

  it.each([
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '/oauth/authorize?oauth_token=a&b=//x',
    'javascript:alert(1)',
  ])('signs in to the start page when asked to return to %s', async (place) => {
    const visitor = await member()
    await visitor.submit('/sign-out')
    await visitor.open(`/sign-in?return=${encodeURIComponent(place)}`)
    const page = await visitor.submit('/sign-in', { name: `member${members}`, password, return: place })
    expect(page.path).toBe('/')
    expect(page.leftFor).toBeUndefined()
  })
})

describe('clients', () => {
  it('shows the secret once, lists the client, and deletes it', async () => {
    const visitor = await member('gerd')
    const { key, secret } = await register(visitor, {
      name: 'Photo <b>printer</b>',
      callbacks: 'https://a.example/cb\r\n',
    })
    const page = await visitor.open(`/clients/${key}`)
    expect(page.text).toContain('Photo &lt;b&gt;printer&lt;/b&gt;')
    expect(page.text).toContain('https://a.example/cb')
    expect(page.text).not.toContain(secret)
    expect((await new Visitor(provider.url).open(`/clients/${key}`)).path).toContain('/sign-in')
    const stranger = await member('gerda')
    expect((await stranger.open(`/clients/${key}`)).status).toBe(404)
    await visitor.open(`/clients/${key}`)
    expect((await visitor.submit(`/clients/${key}/delete`)).text).not.toContain(key)
  })

  it.each([
    ['a script as callback', { name: 'x', callbacks: 'javascript:alert(1)' }, 'javascript scheme'],
    ['a relative callback', { name: 'x', callbacks: '/cb' }, 'absolute URI'],
    ['no name', { name: ' ', callbacks: '' }, 'visible characters'],
    ['a name that turns the text around', { name: 'a\u202eb', callbacks: '' }, 'visible characters'],
    ['a name of Hangul fillers', { name: '\u115f\u1160\u3164\uffa0', callbacks: '' }, 'visible characters'],
    ['a name of blank Braille patterns', { name: '\u2800 \u2800', callbacks: '' }, 'visible characters'],
    ['a name of marks on nothing', { name: '\ufe0f\u034f\u0301', callbacks: '' }, 'visible characters'],
    ['no key at all', { name: 'x', rsa_public_key: 'hello' }, 'cannot be read'],
    ['half a JWK', { name: 'x', rsa_public_key: '{"kty":' }, 'not JSON'],
  ])('refuses %s and keeps what was typed', async (_, fields, why) => {
    const visitor = await member()
    await visitor.open('/clients/new')
    const { status, text } = await visitor.submit('/clients', fields)
    expect(status).toBe(422)
    expect(text).toContain(why)
    expect(text).toContain('aria-invalid="true"')
  })

  it.each(['写真', '❤️', 'Ägypten', '한국', 'C++'])('takes the name %s', async (name) => {
    const visitor = await member()
    const { key } = await register(visitor, { name })
    expect((await visitor.open(`/clients/${key}`)).text).toContain(`<h1>${name}</h1>`)
  })

  it('takes an RSA public key in each form, and refuses a private key in clear words', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const visitor = await member('ida')
    const forms = [
      publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      publicKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
      JSON.stringify(publicKey.export({ format: 'jwk' })),
    ]
    for (const rsa_public_key of forms) {
      const { key } = await register(visitor, { name: 'RSA', rsa_public_key })
      expect((await visitor.open(`/clients/${key}`)).text).toContain('Registered')
    }
    await visitor.open('/clients/new')
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const { status, text } = await visitor.submit('/clients', { name: 'RSA', rsa_public_key: pem })
    expect(status).toBe(422)
    expect(text).toContain('This is a private RSA key')
  })
})

describe('consent', () => {
  it('leads a visitor through sign-in back to the question, and to the client with a verifier', async () => {
    const visitor = await member('jana')
    const keys = await register(visitor, { name: 'Album', callbacks: 'https://album.example/cb' })
    await visitor.open('/')
    await visitor.submit('/sign-out')
    const temporary = await temporaryCredential(keys, 'https://album.example/cb?state=a%20b')
    const page = await visitor.open(`/oauth/authorize?oauth_token=${temporary.key}`)
    expect(page.path).toContain('/sign-in')
    const question = await visitor.submit('/sign-in', { name: 'jana', password })
    expect(question.text).toContain('Give Album access')
    expect(question.text).toContain('<strong>jana</strong>')
    expect(question.text).toContain('Nobody has verified who that is')
    expect(question.headers.get('content-security-policy')).toContain(
      "form-action 'self' https://album.example;",
    )
    const { leftFor } = await visitor.submit('/oauth/authorize', { decision: 'allow' })
    const verifier =
      /^https:\/\/album\.example\/cb\?state=a%20b&oauth_token=[\w-]+&oauth_verifier=([\w-]+)$/.exec(
        leftFor ?? '',
      )?.[1]
    const send = signer(provider.url, keys, temporary)
    const token = new URLSearchParams(
      await (await send('POST', '/oauth/token', { oauth_verifier: verifier ?? '' })).text(),
    )
    const api = signer(provider.url, keys, {
      key: token.get('oauth_token') ?? '',
      secret: token.get('oauth_token_secret') ?? '',
    })
    const me = await api('GET', '/api/me', {})
    expect(await me.json()).toMatchObject({ name: 'jana', client: { key: keys.key, name: 'Album' } })

    expect((await visitor.open('/authorizations')).text).toContain('Album')
    expect((await visitor.submit('/authorizations/revoke')).text).toContain('No application has access')
    const refused = await api('GET', '/api/me', {})
    expect(refused.status).toBe(401)
    expect(refused.headers.get('www-authenticate')).toMatch(/^OAuth realm="/)
  })

  it('shows the code of an oob flow in a page of its own, uncached, unframed and without referrer', async () => {
    const visitor = await member('karl')
    const keys = await register(visitor, { name: 'Terminal' })
    const temporary = await temporaryCredential(keys, 'oob')
    await visitor.open(`/oauth/authorize?oauth_token=${temporary.key}`)
    const page = await visitor.submit('/oauth/authorize', { decision: 'allow' })
    expect(page.status).toBe(200)
    expect(page.text).toMatch(/<code class="code">[0-9A-Z]{10}<\/code>/)
    expectPageHeaders(page.headers)
  })

  it('tells the client of a denial, and the request is over', async () => {
    const visitor = await member('lena')
    const keys = await register(visitor, { name: 'Album', callbacks: 'https://album.example/cb' })
    const temporary = await temporaryCredential(keys, 'https://album.example/cb')
    const path = `/oauth/authorize?oauth_token=${temporary.key}`
    await visitor.open(path)
    const { leftFor } = await visitor.submit('/oauth/authorize', { decision: 'deny' })
    expect(leftFor).toContain('error=access_denied')
    expect((await visitor.open(path)).status).toBe(404)
  })

  it('says what is wrong with a request that cannot be decided upon', async () => {
    const visitor = await member('mona')
    expect((await visitor.open('/oauth/authorize')).text).toContain('No request named')
    expect((await visitor.open('/oauth/authorize?oauth_token=a&oauth_token=b')).text).toContain(
      'No request named',
    )
    expect((await visitor.open('/oauth/authorize?oauth_token=nonsense')).text).toContain('Unknown request')
    const keys = await register(visitor, { name: 'Terminal' })
    const temporary = await temporaryCredential(keys, 'oob')
    const path = `/oauth/authorize?oauth_token=${temporary.key}`
    await visitor.open(path)
    await visitor.submit('/oauth/authorize', { decision: 'allow' })
    const { status, text } = await visitor.open(path)
    expect(status).toBe(409)
    expect(text).toContain('Already decided')
  })
})

describe('forgery', () => {
  it.each([
    ['without the visitor’s token', {}, { 'sec-fetch-site': 'same-origin' }],
    ['with the token of another visitor', { form_token: 'other' }, { 'sec-fetch-site': 'same-origin' }],
    ['sent from another site', { form_token: 'own' }, { 'sec-fetch-site': 'cross-site' }],
    ['sent from a neighbouring host', { form_token: 'own' }, { 'sec-fetch-site': 'same-site' }],
    [
      'sent from another origin, by a browser that says no more',
      { form_token: 'own' },
      { origin: 'https://evil.example' },
    ],
  ])('refuses an approval %s', async (_, fields, headers) => {
    const visitor = await member()
    const keys = await register(visitor, { name: 'Terminal' })
    const temporary = await temporaryCredential(keys, 'oob')
    const tokenOf = (text: string) => /name="form_token" value="([^"]*)"/.exec(text)?.[1] ?? ''
    const other = tokenOf((await new Visitor(provider.url).open('/sign-in')).text)
    const question = await visitor.open(`/oauth/authorize?oauth_token=${temporary.key}`)
    const form_token = { own: tokenOf(question.text), other }[
      (fields as { form_token?: 'own' | 'other' }).form_token ?? 'own'
    ]
    const { status } = await visitor.post(
      '/oauth/authorize',
      {
        decision: 'allow',
        oauth_token: temporary.key,
        ...('form_token' in fields ? { form_token: form_token ?? '' } : {}),
      },
      headers as Record<string, string>,
    )
    expect(status).toBe(403)
    expect((await visitor.open(`/oauth/authorize?oauth_token=${temporary.key}`)).status).toBe(200)
  })

  it('lets no page be framed, cached, or named to another site, and runs no script', async () => {
    const visitor = await member('olga')
    for (const path of [
      '/',
      '/clients',
      '/clients/new',
      '/authorizations',
      '/sign-in',
      '/nowhere',
      '/oauth/authorize',
    ]) {
      const { headers, text } = await visitor.open(path)
      expectPageHeaders(headers)
      expect(text).not.toMatch(/<script|style=|javascript:/)
    }
  })

  it('gives out a cookie that scripts and other sites do not get', async () => {
    const answer = await fetch(`${provider.url}/sign-in`)
    expect(answer.headers.get('set-cookie')).toMatch(
      /^countersign=[A-Za-z0-9]{43}; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/,
    )
  })

  it('refuses a form that is none, and does not take it for a fault of its own', async () => {
    const multipart = { 'content-type': 'multipart/form-data; boundary=x' }
    const broken = await fetch(`${provider.url}/sign-in`, { method: 'POST', headers: multipart, body: 'abc' })
    expect(broken.status).toBe(403)
    const url = new URL('/oauth/authorize?oauth_token=x', provider.url)
    const compressed = await octets(url, {
      'content-type': 'application/x-www-form-urlencoded',
      'content-encoding': 'gzip',
      'content-length': '1',
    })
    expect(compressed).toMatch(/^HTTP\/1.1 400 /)
    expect(provider.output.stderr).not.toContain('request failed')
  })

  it('does not report a visitor who leaves in the middle of a form', async () => {
    for (const path of ['/sign-in', '/oauth/initiate', '/oauth/authorize', '/api/echo']) {
      const { hostname, port } = new URL(provider.url)
      const socket = connect(Number(port), hostname)
      const head = `POST ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Length: 300\r\n`
      socket.write(`${head}Content-Type: application/x-www-form-urlencoded\r\nExpect: 100-continue\r\n\r\n`)
      // Now it is being read.
      await once(socket, 'data')
      socket.resetAndDestroy()
      await once(socket, 'close')
    }
    expect(await (await fetch(`${provider.url}/healthz`)).json()).toEqual({ status: 'ok' })
    expect(provider.output.stderr).not.toContain('request failed')
  })

  it('refuses forms of more than 64 KiB', async () => {
    const visitor = new Visitor(provider.url)
    expect((await visitor.post('/sign-in', { name: 'x'.repeat(70_000) })).status).toBe(413)
  })
})

describe('what is not a page', () => {
  it('serves the stylesheet for ever, under a name that changes with it', async () => {
    const page = await (await fetch(provider.url)).text()
    const path = /href="(\/assets\/style-[\w-]+\.css)"/.exec(page)?.[1]
    const answer = await fetch(provider.url + path)
    expect(answer.headers.get('content-type')).toContain('text/css')
    expect(answer.headers.get('cache-control')).toContain('immutable')
  })

  it('says that it is well', async () => {
    expect(await (await fetch(`${provider.url}/healthz`)).json()).toEqual({ status: 'ok' })
  })

  it.each(['/oauth/initiate', '/oauth/token'])('takes nothing but POST at %s', async (path) => {
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const answer = await fetch(provider.url + path, { method })
      expect(answer.status).toBe(405)
      expect(answer.headers.get('allow')).toBe('POST')
    }
  })

  it('refuses unsigned requests to the API with a challenge', async () => {
    for (const path of ['/api/me', '/api/echo']) {
      const answer = await fetch(provider.url + path)
      expect(answer.status).toBe(401)
      expect(answer.headers.get('www-authenticate')).toMatch(/^OAuth realm="/)
    }
  })
})

function expectPageHeaders(headers: Headers): void {
  expect(headers.get('x-frame-options')).toBe('DENY')
  expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; .*frame-ancestors 'none'$/)
  expect(headers.get('referrer-policy')).toBe('no-referrer')
  expect(headers.get('cache-control')).toBe('no-store')
  expect(headers.get('x-content-type-options')).toBe('nosniff')
}
