import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findsAddressesLikeTheOthers } from './addresses.ts'
import { App, token } from './app.ts'
import { authorization, type Call, octets, send, sendOctets } from './client.ts'
import { guardsClientsLikeTheOthers } from './client-guard.ts'
import { danceWithNodeOAuth, danceWithOAuth1a } from './dance.ts'
import { endsTokensLikeTheOthers } from './own-tokens.ts'

/** When the framework's own body parser runs, seen from the signature check. */
export type Parser = 'none' | 'before' | 'after'

export interface Served {
  readonly base: string
  readonly close: () => Promise<void>
}

/** How one framework serves the test application. */
export interface Harness {
  readonly name: string
  readonly parsers: readonly Parser[]
  /** Whether the framework has a view of its own on what a proxy in front says. */
  readonly trustsProxy: boolean
  /** Fetch joins repeated headers and knows no asterisk; a runtime without the raw target cannot do better. */
  readonly fetchLimits?: boolean
  /** There is no view but the URL that the runtime made of the request target: an absolute one names scheme and host. */
  readonly believesTarget?: boolean
  /**
   * The runtime is the HTTP server: it says itself whether a connection is kept, does not close because a client asks
   * for it, and returns 500 to a target or host that makes no URL, before anything of ours runs.
   */
  readonly ownServer?: boolean
  /** With these parsers JSON is parsed before the check, and its octets are not kept. */
  readonly parsesJsonFirst?: readonly Parser[]
  /** With this parser the framework itself refuses a field named __proto__. */
  readonly refusesMemberNames?: Parser
  /** Serves on a free port of 127.0.0.1. */
  readonly serve: (app: App, how: { parser: Parser; trust: boolean }) => Promise<Served>
}

const formTable: readonly [name: string, form: readonly (readonly [string, string])[], formText?: string][] =
  [
    ['plain', [['a', '1']]],
    [
      'repeated fields',
      [
        ['a', '2'],
        ['b', ''],
        ['a', '1'],
        ['a', '2'],
      ],
    ],
    [
      'empty names and values',
      [
        ['', 'x'],
        ['b', ''],
        ['c', ''],
      ],
      '=x&b=&c',
    ],
    [
      'non-ASCII text',
      [
        ['na%C3%AFve', '%E2%98%95'],
        ['%F0%9F%98%80', '%E6%97%A5'],
      ],
    ],
    [
      'brackets',
      [
        ['f%5Bid%5D', '1'],
        ['f%5Bt%5D%5B%5D', 'x'],
        ['f%5Bt%5D%5B%5D', 'y'],
      ],
      'f[id]=1&f[t][]=x&f%5bt%5d[]=y',
    ],
    ['pluses and percents', [['a%20b', 'c%20d%25']], 'a+b=c+d%'],
    [
      'names of object members',
      [
        ['__proto__', '1'],
        ['constructor', '2'],
      ],
    ],
    ['octets that are not UTF-8', [['a', '%FF%FE']]],
    ['raw UTF-8 octets', [['caf%C3%A9', '1']], 'caf\xC3\xA9=1'],
  ]

const verbs = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY']
const megabyte = 1024 * 1024

/** The behaviour that all frameworks share, to the octet. */
export function behavesLikeTheOthers(harness: Harness): void {
  describe.each(harness.parsers)(`${harness.name}, body parser: %s`, (parser) => {
    let served: Served
    let base: string
    const app = new App()
    beforeAll(async () => {
      served = await harness.serve(app, { parser, trust: false })
      base = served.base
    })
    afterAll(() => served?.close())
    const call = (rest: Partial<Call> = {}): Call => ({ base, path: '/api/echo', ...rest })

    const ofMembers = ([name]: (typeof formTable)[number]) => name === 'names of object members'
    const forms = formTable.filter((row) => harness.refusesMemberNames !== parser || !ofMembers(row))
    it.each(forms)('verifies a form with %s', async (_, form, formText) => {
      const response = await send(
        call({ method: 'POST', form, ...(formText === undefined ? {} : { formText }) }),
      )
      expect(response.body).toContain('"inContext":"token0"')
      expect(response.status).toBe(200)
      expect(JSON.parse(response.body).signed).toHaveLength(form.length)
    })

    it('leaves the form readable for the handler', async () => {
      const form = [
        ['a', '1'],
        ['b', '%E2%98%95'],
        ['a', '2'],
      ] as const
      for (const chunked of [false, true]) {
        const { body } = await send(call({ method: 'POST', form, chunked }))
        expect(JSON.parse(body).fields.sort()).toEqual([
          ['a', '1'],
          ['a', '2'],
          ['b', '☕'],
        ])
      }
    })

    it('refuses a form of which one field was changed, added or dropped', async () => {
      const form = [
        ['a', '1'],
        ['a', '2'],
      ] as const
      for (const formText of ['a=1&a=3', 'a=1&a=2&a=1', 'a=1', 'a=1&a=2&b=', '']) {
        const response = await send(call({ method: 'POST', form, formText }))
        expect([formText, response.status]).toEqual([formText, 401])
      }
    })

    it('refuses a compressed form, whatever reads it before', async () => {
      for (const form of [[], [['a', '1']]] as const) {
        const headers = {
          authorization: authorization(call({ method: 'POST', form })),
          'content-type': 'application/x-www-form-urlencoded',
          'content-encoding': 'gzip',
        }
        const response = await send(call({ method: 'POST', body: gzipSync('a=1'), headers }), false)
        expect(response).toMatchObject({ status: 400, body: expect.stringContaining('Content-Encoding') })
      }
    })

    it('takes an empty form', async () => {
      for (const chunked of [false, true])
        expect(await send(call({ method: 'POST', form: [], chunked }))).toMatchObject({ status: 200 })
    })

    it('verifies a form of nearly 256 KiB, in pieces', async () => {
      // As much as Express's and Koa's own parsers take by default, when they come first.
      const size = parser === 'before' ? 50_000 : megabyte / 4 - 100
      const form = [['a', 'x'.repeat(size)]] as const
      for (const chunked of [false, true]) {
        const response = await send(call({ method: 'POST', form, chunked, path: '/api/size' }))
        expect(response).toMatchObject({ status: 200, body: `{"size":${size + 2}}` })
      }
    })
  })

  describe(harness.name, () => {
    const parser = harness.parsers[0] as Parser
    let served: Served
    let base: string
    const app = new App()
    beforeAll(async () => {
      served = await harness.serve(app, { parser, trust: false })
      base = served.base
    })
    afterAll(() => served?.close())
    const call = (rest: Partial<Call> = {}): Call => ({ base, path: '/api/echo', ...rest })

    const exchange = (text: string) => sendOctets(base, text, harness.ownServer)

    it('goes through the whole flow with the npm package oauth', async () => {
      await danceWithNodeOAuth(base)
    })

    it.each(['header', 'query', 'body'] as const)(
      'goes through the whole flow with oauth-1.0a, parameters in the %s',
      (place) => danceWithOAuth1a(base, place),
    )

    it.each(verbs)('verifies %s with and without a form', async (method) => {
      for (const form of [[['a', '1']] as const, undefined]) {
        // Fetch knows no body of GET, though workerd hands it on.
        if (harness.fetchLimits && !harness.ownServer && form && method === 'GET') continue
        // A QUERY without a media type is not a request (RFC 10008); Fastify refuses it itself.
        if (method === 'QUERY' && !form) continue
        const response = await send(call({ method, query: 'q=1', ...(form ? { form } : {}) }))
        expect(response).toMatchObject({ status: 200 })
        expect(JSON.parse(response.body)).toMatchObject({ method, user: 'user 0' })
        const forged = await send(
          call({ method, query: 'q=1', ...(form ? { form, formText: 'a=2' } : {}), clientSecret: 'x' }),
        )
        expect(forged.status).toBe(401)
      }
    })

    it('responds to HEAD', async () => {
      expect(await send(call({ method: 'HEAD' }))).toMatchObject({ status: 200, body: '' })
      expect(await send(call({ method: 'HEAD' }), false)).toMatchObject({ status: 401, body: '' })
    })

    it('never reads a body that is not a form', async () => {
      const body = Buffer.alloc(20 * megabyte, 'a')
      for (const type of ['application/octet-stream', 'multipart/form-data; boundary=x']) {
        const headers = { 'content-type': type }
        const response = await send(call({ method: 'POST', path: '/api/upload', body, headers }))
        expect(response).toMatchObject({ status: 200, body: `{"size":${body.length}}` })
      }
    })

    it('takes forms of any spelling of the media type', async () => {
      for (const type of [
        'application/x-www-form-urlencoded; charset=utf-8',
        'Application/X-WWW-Form-Urlencoded',
      ]) {
        const headers = { 'content-type': type }
        expect(await send(call({ method: 'POST', form: [['a', '1']], headers }))).toMatchObject({
          status: 200,
        })
      }
    })

    it('returns 413 to a form over the limit, and closes', async () => {
      const form = [['a', 'x'.repeat(20 * megabyte)]] as const
      for (const [path, limit] of [
        ['/api/echo', 262_144],
        ['/oauth/token', 65_536],
      ] as const) {
        for (const chunked of [false, true]) {
          const response = await send(call({ method: 'POST', form, chunked, path }), false)
          expect(response.status).toBe(413)
          expect(response.body).toMatch(
            new RegExp(`request_too_large.*The(?: |%20)form(?: |%20)body(?: |%20)is(?: |%20)over.*${limit}`),
          )
          if (!harness.ownServer) expect(response.allHeaders['connection']).toBe('close')
        }
      }
    })

    it('refuses two Authorization headers', async () => {
      const line = `authorization: ${authorization(call())}`
      const other = `authorization: ${authorization(call({ token: token(1) }))}`
      for (const lines of [
        [line, other],
        [line, 'authorization: Basic eDp5'],
        ['authorization: Basic eDp5', line],
      ]) {
        const response = await exchange(octets(base, 'GET', '/api/echo', lines))
        expect(response).toMatch(/^HTTP\/1.1 40[01] /)
        if (!harness.fetchLimits) expect(response).toMatch(/^HTTP\/1.1 400 /)
      }
    })

    it('takes for a form, and so for signed, what any reader could take for one', async () => {
      const form = 'application/x-www-form-urlencoded'
      for (const type of [`${form}\xA0`, `${form} x`, `${form}, text/plain`, `text/plain, ${form}`]) {
        const lines = [
          `authorization: ${authorization(call({ method: 'POST' }))}`,
          `content-type: ${type}`,
          'content-length: 7',
        ]
        const response = await exchange(`${octets(base, 'POST', '/api/echo', lines)}admin=1`)
        // Or the framework itself does not know such a type.
        expect(response).toMatch(/^HTTP\/1.1 401 |Unsupported Media Type/)
      }
    })

    it('checks the scope, and where it is required twice, the signature once', async () => {
      expect(await send(call({ path: '/api/admin' }))).toMatchObject({ status: 403 })
      expect(await send(call({ path: '/api/twice' }))).toMatchObject({ status: 200 })
      expect(await send(call({ path: '/api/twice-admin' }))).toMatchObject({ status: 403 })
    })

    it('never mixes requests in flight up', async () => {
      const responses = await Promise.all(
        Array.from({ length: 200 }, (_, i) => {
          const form = i % 2 === 0 ? [['i', String(i)] as const] : undefined
          return send(call({ token: token(i % 50), ...(form ? { method: 'POST', form } : {}) }))
        }),
      )
      responses.forEach(({ status, body }, i) => {
        expect(status).toBe(200)
        const { byRequest, inContext, user } = JSON.parse(body)
        expect([byRequest, inContext, user]).toEqual([`token${i % 50}`, `token${i % 50}`, `user ${i % 50}`])
      })
    })

    it('lets exactly one of many replays in', async () => {
      const headers = { authorization: authorization(call()) }
      const responses = await Promise.all(Array.from({ length: 20 }, () => send(call({ headers }), false)))
      expect(responses.filter(({ status }) => status === 200)).toHaveLength(1)
      expect(responses.filter(({ status }) => status === 401)).toHaveLength(19)
    })

    it('returns 503 or 500 when the store is down, and works again after', async () => {
      app.failing = true
      const response = await send(call())
      app.failing = false
      expect([500, 503]).toContain(response.status)
      expect(response.body).not.toContain('token')
      expect(await send(call())).toMatchObject({ status: 200 })
    })

    it("hands refusals to the framework's own error handler, if it is asked to", async () => {
      expect(await send(call({ path: '/api/throw' }), false)).toMatchObject({
        status: 401,
        body: expect.stringMatching(/^handled OAuth1Error: missing_credentials: /),
      })
      expect(await send(call({ path: '/api/throw' }))).toMatchObject({ status: 200 })
      expect(await send(call({ path: '/oauth/throw' }), false)).toMatchObject({
        status: 400,
        body: 'handled OAuth1Error: invalid_request: Broken on purpose.',
      })
    })

    it('says the same as every other framework, octet for octet', async () => {
      const json = { accept: 'application/json' }
      const responses = {
        unsigned: await send(call(), false),
        'unsigned, JSON': await send(call({ headers: json }), false),
        forged: await send(call({ clientSecret: 'x' })),
        'token endpoint, GET': await send(call({ path: '/oauth/token' }), false),
        'token endpoint, JSON': await send(
          call({ path: '/oauth/token', method: 'POST', headers: json }),
          false,
        ),
        'thrown by the endpoint': await send(call({ path: '/oauth/broken', headers: json }), false),
        'authorization without a token': await send(call({ path: '/oauth/authorize' }), false),
        'scope missing': await send(call({ path: '/api/admin' })),
        'token at a resource of the client': await send(call({ path: '/api/client' })),
      }
      const lines = Object.entries(responses).map(([name, { status, headers, body }]) =>
        [name, status, ...headers, body].join('\n'),
      )
      await expect(`${lines.join('\n\n')}\n`).toMatchFileSnapshot('responses.txt')
    })
  })
  findsAddressesLikeTheOthers(harness)
  guardsClientsLikeTheOthers(harness)
  endsTokensLikeTheOthers(harness)
}
