import type { CommonOptions } from 'countersign'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { App } from './app.ts'
import { authorization, type Call, octets, send, sendOctets } from './client.ts'
import type { Harness, Served } from './suite.ts'

/** What every framework makes of request targets, hosts and schemes: the address that the client has signed. */
export function findsAddressesLikeTheOthers(harness: Harness): void {
  describe(`${harness.name}, addresses`, () => {
    const open: Served[] = []
    const serve = async (options: CommonOptions = {}, trust = false) => {
      const served = await harness.serve(new App(options), { parser: 'none', trust })
      open.push(served)
      return served.base
    }
    let base: string
    beforeAll(async () => {
      base = await serve()
    })
    afterAll(() => Promise.all(open.map((served) => served.close())))
    const call = (rest: Partial<Call> = {}): Call => ({ base, path: '/api/echo', ...rest })
    const exchange = (text: string) => sendOctets(base, text, harness.ownServer)

    it('takes an absolute request target', async () => {
      const line = `authorization: ${authorization(call())}`
      const own = await exchange(octets(base, 'GET', `${base}/api/echo`, [line]))
      expect(own).toMatch(harness.ownServer ? /^HTTP\/1.1 500 / : /^HTTP\/1.1 200 /)
      const elsewhere = `authorization: ${authorization(call({ origin: 'http://other.example' }))}`
      const other = await exchange(octets(base, 'GET', 'http://other.example/api/echo', [elsewhere]))
      if (harness.ownServer) return expect(other).toMatch(/^HTTP\/1.1 500 /)
      expect(other).toMatch(harness.believesTarget ? /^HTTP\/1.1 200 / : /^HTTP\/1.1 401 /)
    })

    it('demands TLS of the connection or the operator, whatever an absolute request target claims', async () => {
      const host = 'api.example.com'
      const operator = harness.believesTarget ? { origin: `http://${host}` } : {}
      const strict = await serve({ insecureTransport: false, ...operator })
      const path = '/oauth/initiate'
      for (const scheme of ['http', 'https']) {
        const target = scheme === 'https' ? `https://${host}${path}` : path
        const signed = authorization(call({ method: 'POST', path, origin: `${scheme}://${host}` }))
        const lines = [`authorization: ${signed}`, 'content-length: 0']
        const sent = octets(strict, 'POST', target, lines, host)
        const response = await sendOctets(strict, sent, harness.ownServer)
        if (harness.ownServer && target !== path) expect(response).toMatch(/^HTTP\/1.1 500 /)
        else expect(response).toMatch(/^HTTP\/1.1 400 .*error=insecure_transport&/s)
      }
    })

    it('refuses a request target that is a URL without a host: readers differ in where its path begins', async () => {
      const path = '/any/api/echo'
      for (const target of [`http://${path}`, `http:///${path}`, `http://h\\${path}`]) {
        const lines = [`authorization: ${authorization(call({ path }))}`]
        const response = await exchange(octets(base, 'GET', target, lines))
        expect(response).toMatch(harness.ownServer ? /^HTTP\/1.1 500 / : /^HTTP\/1.1 40[014] /)
      }
    })

    it('never lets a Host header move the border between host and path', async () => {
      const signed = authorization(call({ origin: 'http://h', path: '/x/api/echo' }))
      const response = await exchange(octets(base, 'GET', '/api/echo', [`authorization: ${signed}`], 'h/x'))
      if (harness.ownServer) return expect(response).toMatch(/^HTTP\/1.1 500 /)
      // With Fetch, routing goes by the same URL.
      expect(response).toMatch(harness.fetchLimits ? /^HTTP\/1.1 404 / : /^HTTP\/1.1 400 /)
    })

    it('refuses a fragment in the request target: to some readers it is a query, which no client signed', async () => {
      for (const fragment of ['#admin=1', '#/?admin=1']) {
        const line = `authorization: ${authorization(call({ path: '/any/x' }))}`
        const response = await exchange(octets(base, 'GET', `/any/x${fragment}`, [line]))
        expect(response).toMatch(/^HTTP\/1.1 400 /)
      }
    })

    it('survives OPTIONS *', async () => {
      const response = await exchange(octets(base, 'OPTIONS', '*', []))
      expect(response).toMatch(harness.ownServer ? /^HTTP\/1.1 500 / : /^HTTP\/1.1 [234]\d\d /)
      expect((await send(call())).status).toBe(200)
    })

    const form = 'content-type: application/x-www-form-urlencoded'
    const withForm = [form, 'content-length: 3']
    const host = () => new URL(base).host
    const badRequests: readonly (readonly [
      name: string,
      method: string,
      target: (host: string) => string,
      lines: readonly string[],
      host?: string,
    ])[] = [
      ['user information in the target', 'GET', (host) => `http://u:p@${host}/api/echo`, []],
      ['user information and a form', 'POST', (host) => `http://u:p@${host}/oauth/initiate`, withForm],
      ['user information and a form', 'POST', (host) => `http://u:p@${host}/api/echo`, withForm],
      ['a name alone before the host', 'POST', (host) => `http://u@${host}/oauth/token`, withForm],
      ['nothing but an @ before the host', 'GET', (host) => `http://@${host}/api/echo`, []],
      ['user information and HEAD', 'HEAD', (host) => `http://u:p@${host}/api/echo`, []],
      ['TRACE with a form', 'TRACE', () => '/oauth/token', withForm],
      ['TRACE with a form', 'TRACE', () => '/api/echo', withForm],
      ['TRACE', 'TRACE', () => '/api/echo', []],
      ['GET with a form', 'GET', () => '/oauth/token', withForm],
      ['GET with a form', 'GET', () => '/api/echo', withForm],
      ['HEAD with a form', 'HEAD', () => '/oauth/token', withForm],
      ['DELETE with a form', 'DELETE', () => '/oauth/token', withForm],
      ['PROPFIND with a form', 'PROPFIND', () => '/oauth/token', withForm],
      ['M-SEARCH with a form', 'M-SEARCH', () => '/api/echo', withForm],
      ['an empty host', 'GET', () => '/api/echo', [], ''],
      ['an empty host and a form', 'POST', () => '/oauth/token', withForm, ''],
      ['a host with user information', 'POST', () => '/oauth/token', withForm, 'u:p@h'],
      ['a host with a port that is none', 'POST', () => '/oauth/token', withForm, 'h:x'],
      ['a host with a port above all', 'POST', () => '/api/echo', withForm, 'h:99999'],
      ['a host of brackets', 'POST', () => '/api/echo', withForm, '[::1'],
      ['a target without a host', 'POST', () => 'http:///api/echo', withForm],
      ['a target of another scheme', 'POST', () => 'ftp://h/api/echo', withForm],
      ['a target with a port that is none', 'POST', () => 'http://h:x/api/echo', withForm],
      ['half an escape', 'POST', () => '/any/%', withForm],
      ['an escape of no digits', 'POST', () => '/any/%ZZ', withForm],
      ['escapes that are no UTF-8', 'POST', () => '/any/%C0%AF%FF', withForm],
      ['an escaped NUL', 'POST', () => '/any/%00', withForm],
      ['half an escape in the query', 'POST', () => '/api/echo?a=%&%=b', withForm],
      ['nothing but slashes', 'POST', () => '//////', withForm],
    ]
    const bad = badRequests.map(([name, method, target, lines, at]) => ({ name, method, target, lines, at }))
    it.each(bad)(
      'refuses with a 4xx, and lives on: $name, $method',
      async ({ method, target, lines, at }) => {
        const text = octets(base, method, target(host()), lines, at)
        const response = await exchange(lines.includes(form) ? `${text}a=1` : text)
        // A server that is the runtime's may fail by itself before anything of ours runs.
        expect(response).toMatch(harness.ownServer ? /^HTTP\/1.1 [45]\d\d |^$/ : /^HTTP\/1.1 4\d\d /)
        if (!harness.ownServer && target('').includes('u:p@')) expect(response).toMatch(/^HTTP\/1.1 400 /)
        expect((await send(call())).status).toBe(200)
      },
    )

    const form10 = `content-type: application/x-www-form-urlencoded\r\ncontent-length: 3\r\n\r\na=1`
    it.each([
      ['HTTP/1.0 without a host', 'GET /api/echo HTTP/1.0\r\n\r\n'],
      ['HTTP/1.0 without a host, a form', `POST /oauth/token HTTP/1.0\r\n${form10}`],
      ['HTTP/1.1 without a host', 'GET /api/echo HTTP/1.1\r\nconnection: close\r\n\r\n'],
      ['two hosts', 'GET /api/echo HTTP/1.1\r\nhost: a\r\nhost: b\r\nconnection: close\r\n\r\n'],
      ['a host alone as target', `POST http://h HTTP/1.1\r\nhost: h\r\nconnection: close\r\n${form10}`],
      ['a query after the host', `POST http://h?a HTTP/1.1\r\nhost: h\r\nconnection: close\r\n${form10}`],
      [
        'the asterisk of a verb that has none',
        `POST * HTTP/1.1\r\nhost: h\r\nconnection: close\r\n${form10}`,
      ],
      ['OPTIONS * with a form', `OPTIONS * HTTP/1.1\r\nhost: h\r\nconnection: close\r\n${form10}`],
      ['CONNECT', 'CONNECT h:80 HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n'],
    ])('gives no 5xx to %s', async (_, text) => {
      const response = await exchange(text)
      if (!harness.ownServer) expect(response).toMatch(/^HTTP\/1.1 [234]\d\d |^$/)
      expect((await send(call())).status).toBe(200)
    })

    it('verifies a form of HEAD, refuses one of TRACE, and fails at neither', async () => {
      for (const method of ['TRACE', 'HEAD']) {
        const response = await send(call({ method, form: [['a', '1']] }))
        // Fetch gives neither a body: what was signed is lost.
        const expected = harness.fetchLimits ? [200, 400, 401, 404, 405, 501] : [200, 400, 404, 405]
        expect(expected.includes(response.status), `${method} ${response.status}`).toBe(true)
      }
    })

    it('takes raw octets above ASCII in the request target for their escapes', async () => {
      const target = '/api/echo?a=caf\xC3\xA9'
      const line = `authorization: ${authorization(call({ query: 'a=caf%C3%A9' }))}`
      // Node's own parser refuses them with 400 unless it is told to be lenient.
      expect(await exchange(octets(base, 'GET', target, [line]))).toMatch(/^HTTP\/1.1 (200|400) /)
      const wrong = `authorization: ${authorization(call({ query: 'a=cafe' }))}`
      expect(await exchange(octets(base, 'GET', target, [wrong]))).toMatch(/^HTTP\/1.1 40[01] /)
    })

    it('keeps the path as it was sent', async () => {
      // What survives the URL standard's parser, and so works everywhere.
      const path = '/any/a%2Fb/%7Ec/d;e=f,g:@!$&()*+'
      expect(await send(call({ path }))).toMatchObject({ status: 200 })
      if (harness.fetchLimits) return
      expect(await send(call({ path: "/any/it's" }))).toMatchObject({ status: 200 })
    })

    it('signs the whole path below routers with a prefix', async () => {
      const path = '/mounted/deep/echo'
      expect((await send(call({ path, query: 'a=1' }))).status).toBe(200)
      expect((await send(call({ path, signedPath: '/echo' }))).status).toBe(401)
    })

    it('sees scheme and host as the operator said, never as a stranger says', async () => {
      const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'api.example.com' }
      const origin = 'https://api.example.com'
      expect((await send(call({ headers, origin }))).status).toBe(401)
      expect((await send(call({ headers }))).status).toBe(200)

      const configured = await serve({ origin })
      expect((await send(call({ base: configured, origin }))).status).toBe(200)
      expect((await send(call({ base: configured }))).status).toBe(401)

      if (!harness.trustsProxy) return
      const trusting = await serve({}, true)
      expect((await send(call({ base: trusting, headers, origin }))).status).toBe(200)
      expect((await send(call({ base: trusting, headers }))).status).toBe(401)
      const port = { ...headers, 'x-forwarded-host': 'api.example.com:8443' }
      expect((await send(call({ base: trusting, headers: port, origin: `${origin}:8443` }))).status).toBe(200)
    })
  })
}
