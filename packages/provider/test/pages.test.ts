import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { signer } from './signer.ts'
import { openSite, password } from './site.ts'
import { Visitor } from './visitor.ts'

const site = openSite()

/** A GET with a body, which fetch does not send. Answers all that comes back. */
async function octets({ host, hostname, port, pathname, search }: URL, headers: Record<string, string>) {
  const socket = connect(Number(port), hostname).setEncoding('utf8')
  const lines = Object.entries({ host, connection: 'close', ...headers }).map((pair) => pair.join(': '))
  socket.write(`GET ${pathname}${search} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\na`)
  let answer = ''
  for await (const text of socket) answer += text
  return answer
}

describe('consent', () => {
  it('leads a visitor through sign-in back to the question, and to the client with a verifier', async () => {
    const visitor = await site.member('jana')
    const keys = await site.register(visitor, { name: 'Album', callbacks: 'https://album.example/cb' })
    await visitor.open('/')
    await visitor.submit('/sign-out')
    const temporary = await site.temporaryCredential(keys, 'https://album.example/cb?state=a%20b')
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
    const send = signer(site.provider.url, keys, temporary)
    const token = new URLSearchParams(
      await (await send('POST', '/oauth/token', { oauth_verifier: verifier ?? '' })).text(),
    )
    const api = signer(site.provider.url, keys, {
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
    const visitor = await site.member('karl')
    const keys = await site.register(visitor, { name: 'Terminal' })
    const temporary = await site.temporaryCredential(keys, 'oob')
    await visitor.open(`/oauth/authorize?oauth_token=${temporary.key}`)
    const page = await visitor.submit('/oauth/authorize', { decision: 'allow' })
    expect(page.status).toBe(200)
    expect(page.text).toMatch(/<code class="code">[0-9A-Z]{10}<\/code>/)
    expectPageHeaders(page.headers)
  })

  it('tells the client of a denial, and the request is over', async () => {
    const visitor = await site.member('lena')
    const keys = await site.register(visitor, { name: 'Album', callbacks: 'https://album.example/cb' })
    const temporary = await site.temporaryCredential(keys, 'https://album.example/cb')
    const path = `/oauth/authorize?oauth_token=${temporary.key}`
    await visitor.open(path)
    const { leftFor } = await visitor.submit('/oauth/authorize', { decision: 'deny' })
    expect(leftFor).toContain('error=access_denied')
    expect((await visitor.open(path)).status).toBe(404)
  })

  it('says what is wrong with a request that cannot be decided upon', async () => {
    const visitor = await site.member('mona')
    expect((await visitor.open('/oauth/authorize')).text).toContain('No request named')
    expect((await visitor.open('/oauth/authorize?oauth_token=a&oauth_token=b')).text).toContain(
      'No request named',
    )
    expect((await visitor.open('/oauth/authorize?oauth_token=nonsense')).text).toContain('Unknown request')
    const keys = await site.register(visitor, { name: 'Terminal' })
    const temporary = await site.temporaryCredential(keys, 'oob')
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
    const visitor = await site.member()
    const keys = await site.register(visitor, { name: 'Terminal' })
    const temporary = await site.temporaryCredential(keys, 'oob')
    const tokenOf = (text: string) => /name="form_token" value="([^"]*)"/.exec(text)?.[1] ?? ''
    const other = tokenOf((await new Visitor(site.provider.url).open('/sign-in')).text)
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
    const visitor = await site.member('olga')
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
    const answer = await fetch(`${site.provider.url}/sign-in`)
    expect(answer.headers.get('set-cookie')).toMatch(
      /^countersign=[A-Za-z0-9]{43}; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/,
    )
  })

  it('refuses a form that is none, and does not take it for a fault of its own', async () => {
    const multipart = { 'content-type': 'multipart/form-data; boundary=x' }
    const broken = await fetch(`${site.provider.url}/sign-in`, {
      method: 'POST',
      headers: multipart,
      body: 'abc',
    })
    expect(broken.status).toBe(403)
    const url = new URL('/oauth/authorize?oauth_token=x', site.provider.url)
    const compressed = await octets(url, {
      'content-type': 'application/x-www-form-urlencoded',
      'content-encoding': 'gzip',
      'content-length': '1',
    })
    expect(compressed).toMatch(/^HTTP\/1.1 400 /)
    expect(site.provider.output.stderr).not.toContain('request failed')
  })

  it('does not report a visitor who leaves in the middle of a form', async () => {
    for (const path of ['/sign-in', '/oauth/initiate', '/oauth/authorize', '/api/echo']) {
      const { hostname, port } = new URL(site.provider.url)
      const socket = connect(Number(port), hostname)
      const head = `POST ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Length: 300\r\n`
      socket.write(`${head}Content-Type: application/x-www-form-urlencoded\r\nExpect: 100-continue\r\n\r\n`)
      // Now it is being read.
      await once(socket, 'data')
      socket.resetAndDestroy()
      await once(socket, 'close')
    }
    expect(await (await fetch(`${site.provider.url}/healthz`)).json()).toEqual({ status: 'ok' })
    expect(site.provider.output.stderr).not.toContain('request failed')
  })

  it('refuses forms of more than 64 KiB', async () => {
    const visitor = new Visitor(site.provider.url)
    expect((await visitor.post('/sign-in', { name: 'x'.repeat(70_000) })).status).toBe(413)
  })
})

describe('what is not a page', () => {
  it('serves the stylesheet for ever, under a name that changes with it', async () => {
    const page = await (await fetch(site.provider.url)).text()
    const path = /href="(\/assets\/style-[\w-]+\.css)"/.exec(page)?.[1]
    const answer = await fetch(site.provider.url + path)
    expect(answer.headers.get('content-type')).toContain('text/css')
    expect(answer.headers.get('cache-control')).toContain('immutable')
  })

  it('says that it is well', async () => {
    expect(await (await fetch(`${site.provider.url}/healthz`)).json()).toEqual({ status: 'ok' })
  })

  it.each(['/oauth/initiate', '/oauth/token'])('takes nothing but POST at %s', async (path) => {
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const answer = await fetch(site.provider.url + path, { method })
      expect(answer.status).toBe(405)
      expect(answer.headers.get('allow')).toBe('POST')
    }
  })

  it('takes nothing but GET at /api/me', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const answer = await fetch(`${site.provider.url}/api/me`, { method })
      expect(answer.status).toBe(405)
      expect(answer.headers.get('allow')).toBe('GET, HEAD')
    }
  })

  it.each(['OPTIONS', 'TRACE', 'PUT', 'DELETE'])(
    'answers %s on a page with the verbs there are',
    async (method) => {
      for (const path of ['/', '/sign-in', '/oauth/authorize']) {
        const [answer] = await once(request(site.provider.url + path, { method }).end(), 'response')
        answer.resume()
        expect(answer.statusCode).toBe(405)
        expect(answer.headers.allow).toBe('GET, HEAD, POST')
      }
    },
  )

  it('refuses unsigned requests to the API with a challenge', async () => {
    for (const path of ['/api/me', '/api/echo']) {
      const answer = await fetch(site.provider.url + path)
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
