import { describe, expect, it } from 'vitest'
import { explained } from './explained.ts'
import { sendOctets } from './octets.ts'
import { signer } from './signer.ts'
import { openSite } from './site.ts'

const site = openSite()

const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
const page = { ...browser, cookie: 'countersign=x' }

describe('a program at an address that does not exist is told the right one, in a form that it can read', () => {
  it.each([
    ['POST', '/oauth/initiate/', '/oauth/initiate'],
    ['POST', '/oauth/request_token', '/oauth/initiate'],
    ['POST', '/oauth/request-token', '/oauth/initiate'],
    ['POST', '//oauth/initiate', '/oauth/initiate'],
    ['POST', '/OAuth/Initiate', '/oauth/initiate'],
    ['POST', '/oauth1/request_token', '/oauth/initiate'],
    ['GET', '/oauth/requestToken?oauth_consumer_key=k', '/oauth/initiate'],
    ['POST', '/oauth/access_token', '/oauth/token'],
    ['POST', '/oauth/token/', '/oauth/token'],
    ['POST', '/oauth/authorize/', '/oauth/authorize?oauth_token=…'],
    ['GET', '/oauth/authorise?oauth_token=x', '/oauth/authorize?oauth_token=…'],
    ['GET', '/api/me/', '/api/me'],
    ['GET', '/API/ME', '/api/me'],
    ['PUT', '/api/user', '/api/me'],
    ['POST', '/1.1/account/verify_credentials.json', '/oauth/initiate'],
    ['DELETE', '/oauth', '/oauth/initiate'],
    ['POST', '/nowhere', '/oauth/token'],
  ])('%s %s', async (method, path, right) => {
    const { url } = site.provider
    for (const headers of [{}, { authorization: 'OAuth oauth_consumer_key="k"', cookie: 'a=b' }]) {
      const response = await fetch(url + path, { method, headers })
      const type = response.headers.get('content-type') ?? ''
      const text = await response.text()
      if (type.startsWith('text/plain'))
        expect(text).toMatch(/^There is nothing at this address\. .* \(not_found\)\n.*#not_found\n$/)
      else expect(type).toMatch(/^application\//)
      const sentence = type.includes('urlencoded') ? new URLSearchParams(text).get('error_description') : text
      expect(response.status).toBe(404)
      expect(sentence).toContain('There is nothing at this address.')
      expect(sentence).toContain(url + right)
      expect(response.headers.has('set-cookie')).toBe(false)
    }
  })

  it('is told so of a page, too, that it takes for an endpoint', async () => {
    for (const [method, path] of [
      ['POST', '/'],
      ['PUT', '/oauth/authorize'],
      ['OPTIONS', '/sign-in'],
    ] as const) {
      const response = await fetch(site.provider.url + path, {
        method,
        headers: { accept: 'application/json' },
      })
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST'])
      const { error_description } = (await response.json()) as { error_description: string }
      expect(error_description).toMatch(/^This is a page for people. .*\/oauth\/authorize/)
    }
  })

  it('speaks JSON below /api, forms below /oauth, text elsewhere, and what Accept names', async () => {
    const typeOf = async (path: string, accept?: string) => {
      const response = await fetch(site.provider.url + path, {
        method: 'POST',
        headers: accept === undefined ? {} : { accept },
      })
      return response.headers.get('content-type')
    }
    expect(await typeOf('/api/x')).toBe('application/json')
    expect(await typeOf('/oauth/x')).toBe('application/x-www-form-urlencoded')
    expect(await typeOf('/oauth1/x', '*/*')).toBe('application/x-www-form-urlencoded')
    for (const path of ['/x', '/', '/sign-in', '/.well-known/x']) {
      for (const accept of [undefined, '*/*', 'text/*'])
        expect([path, await typeOf(path, accept)]).toEqual([path, 'text/plain; charset=UTF-8'])
      expect(await typeOf(path, 'application/json')).toBe('application/json')
      expect(await typeOf(path, 'application/x-www-form-urlencoded')).toBe(
        'application/x-www-form-urlencoded',
      )
    }
    expect(await typeOf('/oauth/x', 'application/json')).toBe('application/json')
    expect(await typeOf('/oauth/x', browser.accept)).toMatch(/^text\/plain/)
  })

  it('has no body for HEAD', async () => {
    const response = await fetch(`${site.provider.url}/api/me/`, { method: 'HEAD' })
    expect([response.status, await response.text()]).toEqual([404, ''])
  })

  it('survives a path of nothing but slashes', async () => {
    const response = await fetch(`${site.provider.url}${'/'.repeat(15_000)}x`, { method: 'POST' })
    expect(response.status).toBe(404)
  })
})

describe('a person', () => {
  it.each(['/nowhere', '/oauth/nowhere', '/oauth/authorize/'])('gets a page at %s', async (path) => {
    const response = await fetch(site.provider.url + path, { headers: browser })
    expect(response.status).toBe(404)
    expect(await response.text()).toContain('<h1>')
  })

  it.each([
    ['/oauth/initiate', 405],
    ['/oauth/token', 405],
    ['/api/me', 401],
    ['/api/me/', 404],
  ])('reads text at %s, and downloads nothing', async (path, status) => {
    const response = await fetch(site.provider.url + path, { headers: page })
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')?.toLowerCase()).toBe('text/plain; charset=utf-8')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    const [, code, link] = /^[A-Z][^%]* \(([a-z_]+)\)\n(.*)\n$/.exec(await response.text()) ?? []
    expect(explained(link)).toBe(code)
  })

  it('gets a page where a program would be told of its mistake, be it posted to or spelled like the API', async () => {
    const post = await fetch(`${site.provider.url}/nowhere`, { method: 'POST', headers: page })
    const read = await fetch(`${site.provider.url}/API/me`, { headers: page })
    for (const response of [post, read])
      expect([response.status, await response.text()]).toEqual([404, expect.stringContaining('<h1>')])
  })

  it('is told of a form that is out of date, where a program is told of the right address', async () => {
    const post = async (headers: Record<string, string>) => {
      const body = new URLSearchParams({ decision: 'allow', oauth_token: 'x' })
      return fetch(`${site.provider.url}/oauth/authorize`, { method: 'POST', headers, body })
    }
    const person = await post(page)
    expect([person.status, await person.text()]).toEqual([403, expect.stringContaining('out of date')])
    const program = await post({})
    expect([program.status, program.headers.get('content-type')]).toEqual([
      403,
      'application/x-www-form-urlencoded',
    ])
    const { error_description } = Object.fromEntries(new URLSearchParams(await program.text()))
    expect(error_description).toContain('GET /oauth/authorize?oauth_token=')
  })
})

describe('clients that run in browsers', () => {
  const origin = 'https://app.example'

  it.each(['/api/me', '/api/echo', '/api/nowhere', '/oauth/initiate', '/oauth/token'])(
    'may call %s',
    async (path) => {
      const response = await fetch(site.provider.url + path, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization',
        },
      })
      expect(response.status).toBe(204)
      expect(response.headers.get('access-control-allow-origin')).toBe('*')
      expect(response.headers.get('access-control-allow-headers')).toBe('authorization')
      expect(response.headers.get('access-control-allow-methods')).toContain('POST')
      const bare = await fetch(site.provider.url + path, { method: 'OPTIONS', headers: { origin } })
      expect(bare.status).toBe(204)
    },
  )

  it.each([
    ['GET', '/api/me', 401],
    ['POST', '/api/me', 405],
    ['GET', '/api/nowhere', 404],
    ['POST', '/oauth/initiate', 401],
    ['GET', '/oauth/token', 405],
    ['POST', '/oauth/request_token', 404],
  ])('read the refusal of %s %s', async (method, path, status) => {
    const response = await fetch(site.provider.url + path, { method, headers: { origin } })
    expect(response.status).toBe(status)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    if (status === 401) {
      expect(response.headers.get('access-control-expose-headers')).toBe(
        'WWW-Authenticate, Date, X-Request-Id, Deprecation, Sunset, Link, Retry-After',
      )
    }
  })

  it('read what they asked for', async () => {
    const keys = await site.register(await site.member(), { name: 'Terminal' })
    const response = await signer(site.provider.url, keys)('POST', '/oauth/initiate', {
      oauth_callback: 'oob',
    })
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([200, '*'])
  })

  it('never read a page', async () => {
    for (const path of ['/', '/sign-in', '/clients', '/oauth/authorize', '/nowhere']) {
      for (const method of ['GET', 'OPTIONS', 'POST']) {
        const { headers } = await fetch(site.provider.url + path, { method, headers: { ...page, origin } })
        expect([path, method, headers.get('access-control-allow-origin')]).toEqual([path, method, null])
      }
    }
  })

  it('may sign OPTIONS itself', async () => {
    const response = await signer(site.provider.url, { key: 'k', secret: 's' })('OPTIONS', '/api/echo', {})
    expect(response.status).toBe(401)
  })
})

describe('hosts, where no public origin is set', () => {
  const ask = (host: string, target = '/healthz') =>
    sendOctets(site.provider.url, `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
  const port = () => new URL(site.provider.url).port

  it.each(['127.0.0.1', 'localhost', 'LOCALHOST', 'tenant.localhost', '[::1]', '127.0.0.2'])(
    'believes %s with its port',
    async (name) => {
      expect(await ask(`${name}:${port()}`)).toMatch(/^HTTP\/1.1 200 /)
    },
  )

  it.each([
    'evil.example',
    'evil.example:PORT',
    'localhost.evil.example:PORT',
    'evil-localhost:PORT',
    '127.0.0.1.nip.io:PORT',
    'localhost',
    'localhost:1',
    '192.0.2.1:PORT',
    '[2001:db8::1]:PORT',
    'user@localhost:PORT',
    'localhost:PORT:PORT',
    '',
  ])('refuses %j', async (host) => {
    const response = await ask(host.replaceAll('PORT', port()))
    expect(response).toMatch(/^HTTP\/1.1 (?:421|400) /)
    expect(response).not.toContain('status')
  })

  it('says what to do', async () => {
    expect(await ask('evil.example')).toContain('ALLOWED_HOSTS')
  })

  it('takes no other host from a target that is a whole URL', async () => {
    const own = `localhost:${port()}`
    expect(await ask(own, 'http://evil.example/healthz')).toMatch(/^HTTP\/1.1 421 /)
    expect(await ask(own, `http://${own}/healthz`)).toMatch(/^HTTP\/1.1 200 /)
  })

  it('lets no page of another host sign up here (DNS rebinding)', async () => {
    const response = await ask(`evil.example:${port()}`, '/sign-up')
    expect(response).toMatch(/^HTTP\/1.1 421 /)
    expect(response).not.toMatch(/<form|set-cookie/i)
  })
})
