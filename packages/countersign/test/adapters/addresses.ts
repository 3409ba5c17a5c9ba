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
        const answer = await sendOctets(strict, sent, harness.ownServer)
        if (harness.ownServer && target !== path) expect(answer).toMatch(/^HTTP\/1.1 500 /)
        else expect(answer).toMatch(/^HTTP\/1.1 400 .*error=insecure_transport&/s)
      }
    })

    it('refuses a request target that is a URL without a host: readers differ in where its path begins', async () => {
      const path = '/any/api/echo'
      for (const target of [`http://${path}`, `http:///${path}`, `http://h\\${path}`]) {
        const lines = [`authorization: ${authorization(call({ path }))}`]
        const answer = await exchange(octets(base, 'GET', target, lines))
        expect(answer).toMatch(harness.ownServer ? /^HTTP\/1.1 500 / : /^HTTP\/1.1 40[014] /)
      }
    })

    it('never lets a Host header move the border between host and path', async () => {
      const signed = authorization(call({ origin: 'http://h', path: '/x/api/echo' }))
      const answer = await exchange(octets(base, 'GET', '/api/echo', [`authorization: ${signed}`], 'h/x'))
      if (harness.ownServer) return expect(answer).toMatch(/^HTTP\/1.1 500 /)
      // With Fetch, routing goes by the same URL.
      expect(answer).toMatch(harness.fetchLimits ? /^HTTP\/1.1 404 / : /^HTTP\/1.1 400 /)
    })

    it('refuses a fragment in the request target: to some readers it is a query, and nobody signed it', async () => {
      for (const fragment of ['#admin=1', '#/?admin=1']) {
        const line = `authorization: ${authorization(call({ path: '/any/x' }))}`
        const answer = await exchange(octets(base, 'GET', `/any/x${fragment}`, [line]))
        expect(answer).toMatch(/^HTTP\/1.1 400 /)
      }
    })

    it('survives OPTIONS *', async () => {
      const answer = await exchange(octets(base, 'OPTIONS', '*', []))
      expect(answer).toMatch(harness.ownServer ? /^HTTP\/1.1 500 / : /^HTTP\/1.1 [234]\d\d /)
      expect((await send(call())).status).toBe(200)
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

    it('signs the whole path behind routers with a prefix', async () => {
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
