import { once } from 'node:events'
import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createProvider, type Provider } from '../src/index.ts'
import { ownNames, pathPrefixOf, publicOrigin, withoutPrefix } from '../src/settings/public-origin.ts'
import { createApp } from '../src/web/app.ts'
import { signer } from './signer.ts'
import { password } from './site.ts'
import { Visitor } from './visitor.ts'

const prefix = '/oauth-server'

/** A proxy that passes requests below the prefix on. */
async function proxyTo(target: () => string, path: (url: string) => string): Promise<Server> {
  const proxy = createServer((req, res) => {
    if (!req.url?.startsWith(`${prefix}/`)) return res.writeHead(404).end('the neighbour')
    const { method, headers } = req
    const passed = request(target() + path(req.url), { method, headers }, (response) => {
      res.writeHead(response.statusCode ?? 502, response.rawHeaders)
      response.pipe(res)
    })
    return req.pipe(passed)
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  return proxy
}

describe.each<[string, (url: string) => string]>([
  ['that keeps the prefix', (url) => url],
  ['that removes the prefix', (url) => url.slice(prefix.length)],
])('below a path, behind a proxy %s', (_, path) => {
  let proxy: Server
  let provider: Provider
  let site: string
  let visitor: Visitor

  beforeAll(async () => {
    proxy = await proxyTo(() => provider.address, path)
    site = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
    provider = await createProvider({
      port: 0,
      database: ':memory:',
      logLevel: 'silent',
      origin: `${site}${prefix}/`,
      options: { insecureTransport: true },
    })
    visitor = new Visitor(site)
  })
  afterAll(async () => {
    await provider.close()
    proxy.close()
  })

  const submit = (action: string, fields: Record<string, string> = {}) =>
    visitor.submit(prefix + action, fields)

  it('goes through the flow: every form, redirect and signature is for the public address', async () => {
    await visitor.open(`${prefix}/sign-up`)
    expect(await submit('/sign-up', { name: 'anna', password })).toMatchObject({ path: `${prefix}/` })
    await visitor.open(`${prefix}/clients/new`)
    const callbacks = `${site}${prefix}/playground/callback`
    const registered = await submit('/clients', { name: 'Album', callbacks })
    expect(registered).toMatchObject({
      status: 200,
      path: expect.stringMatching(`^${prefix}/clients/\\w{20}$`),
    })
    const [key = '', secret = ''] = [...registered.text.matchAll(/<dd class="secret"><code>([^<]+)</g)].map(
      ([, value]) => value,
    )
    const send = (token?: { key: string; secret: string }) =>
      signer(`${site}${prefix}`, { key, secret }, token)
    const pairs = async (response: Response) => {
      const text = await response.text()
      expect([response.status, text]).toEqual([200, text])
      const form = new URLSearchParams(text)
      return { key: form.get('oauth_token') ?? '', secret: form.get('oauth_token_secret') ?? '' }
    }
    const temporary = await pairs(await send()('POST', '/oauth/initiate', { oauth_callback: callbacks }))
    await visitor.open(`${prefix}/oauth/authorize?oauth_token=${temporary.key}`)
    const back = await submit('/oauth/authorize', { decision: 'allow' })
    const callback = new URL(back.leftFor ?? '')
    expect(callback.origin + callback.pathname).toBe(callbacks)
    const oauth_verifier = callback.searchParams.get('oauth_verifier') ?? ''
    // The callback is a page of the site: the playground goes on from there, by its own request.
    await visitor.open(callback.pathname + callback.search)
    const played = await submit(`/playground/${key}/token`, {
      verb: 'POST',
      url: `${site}${prefix}/oauth/token`,
      oauth_consumer_key: key,
      oauth_token: temporary.key,
      oauth_signature_method: 'HMAC-SHA1',
      oauth_timestamp: String(Math.floor(Date.now() / 1000)),
      oauth_nonce: 'once',
      oauth_version: '1.0',
      oauth_verifier,
      action: 'send',
    })
    expect(/role="(?:status|alert)">(.*?)<.p>/s.exec(played.text)?.[1]).toBe('<strong>200 OK</strong>')
    const token = new URLSearchParams(/oauth_token=[^<]*/.exec(played.text)?.[0].replaceAll('&amp;', '&'))
    const me = await send({
      key: token.get('oauth_token') ?? '',
      secret: token.get('oauth_token_secret') ?? '',
    })('GET', '/api/me', {})
    expect(await me.json()).toMatchObject({ name: 'anna' })
  })

  it('has no link, form or file outside of the prefix on any page', async () => {
    const open = [`${prefix}/`]
    const seen = new Set<string>()
    for (let at = 0; at < open.length; at++) {
      const address = open[at] as string
      const { text, status } = await visitor.open(address)
      expect([address, status]).toEqual([address, 200])
      const named = [...text.matchAll(/\s(?:href|src|action)="([^"]*)"/g)].map(([, value]) => value as string)
      for (const value of named) {
        if (value.startsWith('#')) continue
        expect(value.startsWith(`${prefix}/`), `${address}: ${value}`).toBe(true)
      }
      for (const [, link = ''] of text.matchAll(/\shref="([^"#]*)/g)) {
        const next = link.replaceAll('&amp;', '&')
        if (!next.startsWith(prefix) || next.includes('/assets/') || seen.has(next)) continue
        seen.add(next)
        open.push(next)
      }
    }
    expect([...seen].map((link) => link.replace(/\/\w{20}\b/, '/KEY')).sort()).toEqual(
      expect.arrayContaining(
        ['/', '/authorizations', '/clients', '/clients/KEY', '/clients/new', '/explain', '/playground'].map(
          (own) => prefix + own,
        ),
      ),
    )
    const { text } = await visitor.open(`${prefix}/`)
    expect(text).toContain(`${site}${prefix}/oauth/initiate`)
    const [, file = ''] = /<link rel="stylesheet" href="([^"]+)"/.exec(text) ?? []
    expect((await fetch(site + file)).headers.get('content-type')).toContain('text/css')
  })

  it('comes back to a page after signing in, and keeps its cookies from its neighbours', async () => {
    const other = new Visitor(site)
    const page = await other.open(`${prefix}/clients`)
    expect(page.path).toBe(`${prefix}/sign-in?return=%2Fclients`)
    const response = await fetch(`${site}${prefix}/sign-in`)
    expect(response.headers.getSetCookie()).toEqual([expect.stringContaining(`; Path=${prefix};`)])
    const back = await other.submit(`${prefix}/sign-in`, { name: 'anna', password })
    expect(back).toMatchObject({ status: 200, path: `${prefix}/clients` })
  })

  it('tells programs the public addresses, and reads them where they are pasted', async () => {
    const response = await fetch(`${site}${prefix}/oauth/request_token`, { method: 'POST' })
    expect(response.status).toBe(404)
    expect(decodeURIComponent(await response.text())).toContain(`Use POST ${site}${prefix}/oauth/initiate`)
    const key = /\/clients\/(\w{20})/.exec((await visitor.open(`${prefix}/clients`)).text)?.[1]
    for (const address of [`${site}${prefix}/api/me`, 'http://127.0.0.1:1/api/me']) {
      await visitor.open(`${prefix}/explain`)
      const text = `curl '${address}' -H 'Authorization: OAuth oauth_consumer_key="${key}", oauth_signature_method="HMAC-SHA1", oauth_signature="x", oauth_timestamp="1", oauth_nonce="n"'`
      const explained = await visitor.submit(`${prefix}/explain`, { request: text })
      expect(explained.text).toContain(encodeURIComponent(`${site}${prefix}/api/me`))
      expect(explained.text).not.toContain(encodeURIComponent(prefix + prefix))
    }
  })
})

it('over https, cookies below a path have the prefix that browsers take there', async () => {
  const origin = 'https://example.com/oauth-server'
  const provider = await createProvider({ port: 0, database: ':memory:', logLevel: 'silent', origin })
  const response = await fetch(`${provider.address}${prefix}/sign-in`)
  expect(response.headers.getSetCookie()).toEqual([
    expect.stringMatching(
      /^__Secure-countersign=\w{43}; .*Path=\/oauth-server; HttpOnly; Secure; SameSite=Lax$/,
    ),
  ])
  await provider.close()
})

it.each([
  ['https://example.com', 'https://example.com', ''],
  ['https://example.com/', 'https://example.com', ''],
  ['https://Example.com:443/oauth-server/', 'https://example.com/oauth-server', '/oauth-server'],
  ['https://example.com/a/b.c', 'https://example.com/a/b.c', '/a/b.c'],
])('the origin %s is %s, with the path prefix %j', (given, origin, path) => {
  expect(publicOrigin(given)).toEqual({ origin })
  expect(pathPrefixOf(origin)).toBe(path)
})

it.each([
  ['https://example.com/api', "/api, which is a path of the provider's own"],
  ['https://example.com/oauth/v1', '/oauth, which is a path'],
  ['https://example.com/a//b', 'is not a path of letters'],
  ['https://example.com/a/../b', 'is not a path of letters'],
  ['https://example.com/a%20b', 'is not a path of letters'],
  ['https://example.com/a?b', 'is not a path of letters'],
  ['https://example.com?b', 'follows the host'],
])('the origin %s is refused: %s', (given, fault) => {
  expect(publicOrigin(given).fault).toContain(fault)
})

it.each([
  ['/oauth-server', '/'],
  ['/oauth-server/', '/'],
  ['/oauth-server?a=b', '/?a=b'],
  ['/oauth-server/api/me?a=b', '/api/me?a=b'],
  ['/oauth-servers/api/me', '/oauth-servers/api/me'],
  ['/api/me', '/api/me'],
])('%s is the path %s below the prefix', (target, path) => {
  expect(withoutPrefix(target, prefix)).toBe(path)
})

it('no path of the site begins with another name than those that no prefix may begin with', async () => {
  const provider = await createProvider({ port: 0, database: ':memory:', logLevel: 'silent' })
  const names = createApp(provider.services).routes.map(({ path }) => path.split('/')[1] ?? '')
  await provider.close()
  const own = new Set(names.filter((name) => name !== '' && name !== '*'))
  expect([...own].sort()).toEqual([...ownNames].sort())
})
