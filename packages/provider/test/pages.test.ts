import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { signer } from './signer.ts'
import { openSite, password } from './site.ts'
import { Visitor } from './visitor.ts'

const site = openSite()

/** A temporary credential whose time is over, which no client can ask for. */
async function insertExpired(client_id: string, oauth_token: string): Promise<void> {
  const database = new DatabaseSync(join(site.directory, 'data/countersign.sqlite'))
  database
    .prepare(
      `insert into oauth_temporary_credential (client_id, oauth_token, oauth_token_secret, oauth_callback, expires_at) values (?, ?, 's', 'oob', ?)`,
    )
    .run(client_id, oauth_token, Math.floor(Date.now() / 1000) - 10)
  database.close()
}

/** A GET with a body, which fetch does not send. Returns all that comes back. */
async function octets({ host, hostname, port, pathname, search }: URL, headers: Record<string, string>) {
  const socket = connect(Number(port), hostname).setEncoding('utf8')
  const lines = Object.entries({ host, connection: 'close', ...headers }).map((pair) => pair.join(': '))
  socket.write(`GET ${pathname}${search} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\na`)
  let response = ''
  for await (const text of socket) response += text
  return response
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
    expect(page.text).toMatch(/Album<\/bdi> asks for access to your account. Sign in to decide/)
    const question = await visitor.submit('/sign-in', { name: 'jana', password })
    expect(question.text).toMatch(/<span><bdi [^>]*>Album<\/bdi> wants access to your account<\/span><\/h1>/)
    expect(question.text).toMatch(/<strong><bdi [^>]*>jana<\/bdi><\/strong>/)
    expect(question.text).toContain('No one has verified')
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
    const ended = await visitor.submit('/authorizations/revoke')
    expect(ended.text).toContain('No application has access')
    expect(ended.text).toMatch(/<bdi [^>]*>Album<\/bdi> no longer has access/)
    expect((await visitor.open('/authorizations')).text).not.toContain('was revoked')
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
    expect(page.text).toMatch(/<code class="code">[0-9A-Z]{5}-[0-9A-Z]{5}<\/code>/)
    expectPageHeaders(page.headers)
  })

  it('shows the code to its user alone, until it is used, and then what was decided', async () => {
    const visitor = await site.member('kurt')
    const keys = await site.register(visitor, { name: 'Terminal' })
    const temporary = await site.temporaryCredential(keys, 'oob')
    const path = `/oauth/authorize?oauth_token=${temporary.key}`
    await visitor.open(path)
    const page = await visitor.submit('/oauth/authorize', { decision: 'allow' })
    const codeOf = (text: string) => /<code class="code">([^<]+)/.exec(text)?.[1]
    const code = codeOf(page.text) ?? ''
    expect(page.path).toBe(path)
    expect(codeOf((await visitor.open(path)).text)).toBe(code)
    for (const other of [new Visitor(site.provider.url), await site.member()]) {
      const { status, text } = await other.open(path)
      expect(status).toBe(409)
      expect(text).toContain('Already decided')
      expect(text).not.toContain(code)
      expect(text).not.toContain('Terminal')
    }
    const send = signer(site.provider.url, keys, temporary)
    // As people type: the dash of the page is a space, and case is what the keyboard gives.
    const typed = ` ${code.toLowerCase().replace('-', ' ')}`
    const response = await send('POST', '/oauth/token', { oauth_verifier: typed })
    expect(response.status).toBe(200)
    const over = await visitor.open(path)
    expect(over.status).toBe(409)
    expect(over.text).toContain('Already decided')
    expect(over.text).toMatch(/You gave <bdi [^>]*>Terminal<\/bdi> access/)
  })

  it.each([
    ['allow', 'You allowed access'],
    ['deny', 'You denied access'],
  ])('after %s, every way back to the request says so', async (decision, says) => {
    const visitor = await site.member()
    const keys = await site.register(visitor, { name: 'Album', callbacks: 'https://album.example/cb' })
    for (const callback of ['https://album.example/cb', 'oob']) {
      const temporary = await site.temporaryCredential(keys, callback)
      const path = `/oauth/authorize?oauth_token=${temporary.key}`
      const question = await visitor.open(path)
      const first = await visitor.submit('/oauth/authorize', { decision })
      if (callback === 'oob') expect(first.text).toContain(decision === 'deny' ? says : 'Your code for')
      else expect(first.leftFor).toContain('https://album.example/cb?')
      // The question is still open in another tab, or was gone back to.
      for (const again of ['allow', 'deny']) {
        visitor.page = question
        const page = await visitor.submit('/oauth/authorize', { decision: again })
        expect(page.path).toBe(path)
        expect(page.leftFor).toBeUndefined()
        expect(page.text).toContain(callback === 'oob' && decision === 'allow' ? 'Your code for' : says)
      }
    }
  })

  it('keeps the request through signing out, in and up with another account', async () => {
    const visitor = await site.member('liesl')
    const keys = await site.register(visitor, { name: 'Terminal' })
    const { key } = await site.temporaryCredential(keys, 'oob')
    const path = `/oauth/authorize?oauth_token=${key}`
    await visitor.open(path)
    const form = await visitor.submit('/sign-out')
    expect(form.path).toContain(encodeURIComponent(path))
    expect(form.text).toContain('Terminal</bdi> asks for access')
    const refused = await visitor.submit('/sign-in', { name: 'liesl', password: 'wrong password' })
    expect(refused.text).toContain('Terminal</bdi> asks for access')
    const links = [...refused.text.matchAll(/href="(\/sign-up[^"]*)"/g)].map(([, href]) => href as string)
    expect(new Set(links).size).toBe(1)
    expect((await visitor.open(links[0] as string)).text).toContain('Terminal</bdi> asks for access')
    const tooShort = await visitor.submit('/sign-up', { name: 'liese', password: 'short' })
    expect(tooShort.text).toContain('Terminal</bdi> asks for access')
    const question = await visitor.submit('/sign-up', { name: 'liese', password })
    expect(question.path).toBe(path)
    expect(question.text).toContain('>liese</bdi>')
    await visitor.open('/clients')
    expect((await visitor.submit('/sign-out')).path).toBe('/')
  })

  it.each([
    ['https://photos.example/cb', /Allow sends you to <strong><bdi>photos\.example<\/bdi><\/strong><\/p>/],
    ['https://photos.example:8443/cb', /<bdi>photos\.example:8443<\/bdi>/],
    ['http://photos.example/cb', /<bdi>photos\.example<\/bdi><\/strong> <span class="mark">not encrypted/],
    [
      'http://127.0.0.1:8080/cb',
      /a program on this device: <strong><bdi>127\.0\.0\.1:8080<\/bdi><\/strong><\/p>/,
    ],
    ['com.example.photoapp:/cb', /an app on this device: <strong><bdi [^>]*>com\.example\.photoapp<\/bdi>/],
    [`https://${'a.'.repeat(90)}photos.example/`, /<bdi title="[^"]*">….{59,}photos\.example<\/bdi>/],
    ['oob', /Allow shows you a <strong>code<\/strong>/],
  ])('says where %s leads, above the buttons', async (callback, says) => {
    const visitor = await site.member()
    const keys = await site.register(visitor, { name: 'Album', callbacks: callback })
    const { key } = await site.temporaryCredential(keys, callback)
    const { text } = await visitor.open(`/oauth/authorize?oauth_token=${key}`)
    expect(/<p class="destination">.*?<\/p>\s*<div class="actions">/s.exec(text)?.[0]).toMatch(says)
  })

  it('tells the client of a denial, and the request is over', async () => {
    const visitor = await site.member('lena')
    const keys = await site.register(visitor, { name: 'Album', callbacks: 'https://album.example/cb' })
    const temporary = await site.temporaryCredential(keys, 'https://album.example/cb')
    const path = `/oauth/authorize?oauth_token=${temporary.key}`
    await visitor.open(path)
    const { leftFor } = await visitor.submit('/oauth/authorize', { decision: 'deny' })
    expect(leftFor).toContain('error=access_denied')
    expect((await visitor.open(path)).text).toContain('You denied access')
  })

  it('says what is wrong with a request that cannot be decided upon', async () => {
    const visitor = await site.member('mona')
    expect((await visitor.open('/oauth/authorize')).text).toContain('Invalid link')
    expect((await visitor.open('/oauth/authorize?oauth_token=a&oauth_token=b')).text).toContain(
      'Invalid link',
    )
    expect((await visitor.open('/oauth/authorize?oauth_token=nonsense')).text).toContain('Unknown request')
    const keys = await site.register(visitor, { name: 'Terminal' })
    const temporary = await site.temporaryCredential(keys, 'oob')
    const path = `/oauth/authorize?oauth_token=${temporary.key}`
    await visitor.open(path)
    await visitor.submit('/oauth/authorize', { decision: 'allow' })
    const { status, text } = await (await site.member()).open(path)
    expect(status).toBe(409)
    expect(text).toContain('Already decided')
  })
})

describe('a request that is named', () => {
  it.each([
    ['twice in the form', '', ['one', 'other']],
    ['in the form and, as another, in the address', '?oauth_token=other', ['one']],
    ['nowhere', '', []],
    ['as nothing', '', ['']],
  ])('%s is not decided upon', async (_, query, tokens) => {
    const visitor = await site.member()
    const keys = await site.register(visitor, { name: 'Terminal' })
    const one = (await site.temporaryCredential(keys, 'oob')).key
    const page = await visitor.open(`/oauth/authorize?oauth_token=${one}`)
    const form_token = /name="form_token" value="([^"]*)"/.exec(page.text)?.[1] ?? ''
    const body = new URLSearchParams({ decision: 'allow', form_token })
    for (const token of tokens) body.append('oauth_token', token === 'one' ? one : token)
    const cookie = [...visitor.cookies].map((pair) => pair.join('=')).join('; ')
    const headers = { cookie, 'sec-fetch-site': 'same-origin' }
    const address = `${site.provider.url}/oauth/authorize${query}`
    const response = await fetch(address, { method: 'POST', headers, body, redirect: 'manual' })
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('Invalid link')])
    expect((await visitor.open(`/oauth/authorize?oauth_token=${one}`)).status).toBe(200)
  })

  it('and has expired is told as such, and not taken for one that never was', async () => {
    const visitor = await site.member()
    const { key } = await site.register(visitor, { name: 'Terminal' })
    await insertExpired(key, 'waited-too-long')
    const path = '/oauth/authorize?oauth_token=waited-too-long'
    for (const reader of [visitor, new Visitor(site.provider.url)]) {
      const { status, text } = await reader.open(path)
      expect([status, text]).toEqual([410, expect.stringContaining('This request has expired')])
    }
  })
})

describe('the menu', () => {
  it.each([
    ['/', '/', 'page'],
    ['/authorizations', '/authorizations', 'page'],
    ['/clients', '/clients', 'page'],
    ['/clients/new', '/clients', 'true'],
  ])('marks on %s the entry %s', async (path, entry, current) => {
    const { text } = await (await site.member()).open(path)
    expect(text.match(/aria-current/g)).toHaveLength(1)
    expect(text).toContain(`<a href="${entry}" aria-current="${current}">`)
  })

  it('says on every page who is signed in', async () => {
    const visitor = await site.member('nora')
    for (const path of ['/', '/authorizations', '/clients', '/clients/new', '/nowhere', '/oauth/authorize']) {
      expect((await visitor.open(path)).text, path).toMatch(/<span class="user"><bdi [^>]*>nora</)
    }
  })
})

it('names the addresses for developers as text to copy, and links to none', async () => {
  for (const visitor of [new Visitor(site.provider.url), await site.member()]) {
    const { text } = await visitor.open('/')
    expect(text).toContain(`curl -i ${site.provider.url}/api/me`)
    expect(text).not.toMatch(/href="[^"]*\/(?:api|oauth)\//)
  }
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
      expect(text.replace(ownScript, '')).not.toMatch(/<script|style=|javascript:/)
    }
  })

  it('gives out a cookie that scripts and other sites do not get', async () => {
    const response = await fetch(`${site.provider.url}/sign-in`)
    expect(response.headers.get('set-cookie')).toMatch(
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

describe('a response other than a page', () => {
  it('serves the stylesheet for ever, under a name that changes with it', async () => {
    const page = await (await fetch(site.provider.url)).text()
    const path = /href="(\/assets\/style-[\w-]+\.css)"/.exec(page)?.[1]
    const response = await fetch(site.provider.url + path)
    expect(response.headers.get('content-type')).toContain('text/css')
    expect(response.headers.get('cache-control')).toContain('immutable')
  })

  it('says that it is well', async () => {
    expect(await (await fetch(`${site.provider.url}/healthz`)).json()).toEqual({ status: 'ok' })
  })

  it('takes nothing but GET at /healthz, and says so to programs and people alike', async () => {
    for (const headers of [{}, { cookie: 'countersign=x', accept: 'application/json, text/html' }]) {
      const response = await fetch(`${site.provider.url}/healthz`, { method: 'POST', headers })
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
      expect(await response.json()).toMatchObject({ error: 'method_not_allowed' })
    }
  })

  it('tells a program that asks for the head of a page what GET would', async () => {
    for (const path of ['/', '/sign-in', '/healthz'])
      expect((await fetch(site.provider.url + path, { method: 'HEAD' })).status, path).toBe(200)
  })

  it.each(['/oauth/initiate', '/oauth/token'])('takes nothing but POST at %s', async (path) => {
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const response = await fetch(site.provider.url + path, { method })
      expect(response.status).toBe(405)
      expect(response.headers.get('allow')).toBe('POST')
    }
  })

  it('takes nothing but GET at /api/me', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const response = await fetch(`${site.provider.url}/api/me`, { method })
      expect(response.status).toBe(405)
      expect(response.headers.get('allow')).toBe('GET, HEAD')
    }
  })

  it.each(['OPTIONS', 'TRACE', 'PUT', 'DELETE'])(
    'returns %s on a page with the verbs there are',
    async (method) => {
      for (const path of ['/', '/sign-in', '/oauth/authorize']) {
        const [response] = await once(request(site.provider.url + path, { method }).end(), 'response')
        response.resume()
        expect(response.statusCode).toBe(405)
        expect(response.headers.allow).toBe('GET, HEAD, POST')
      }
    },
  )

  it('refuses unsigned requests to the API with a challenge', async () => {
    for (const path of ['/api/me', '/api/echo']) {
      const response = await fetch(site.provider.url + path)
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toMatch(/^OAuth realm="/)
    }
  })
})

/** The one script of the pages, from our own address. */
const ownScript =
  /<script defer src="\/assets\/copy-[\w-]{12}\.js" data-copy="Copy" data-copied="Copied"><\/script>/

function expectPageHeaders(headers: Headers): void {
  expect(headers.get('x-frame-options')).toBe('DENY')
  expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; .*frame-ancestors 'none'$/)
  expect(headers.get('referrer-policy')).toBe('no-referrer')
  expect(headers.get('cache-control')).toBe('no-store')
  expect(headers.get('x-content-type-options')).toBe('nosniff')
}
