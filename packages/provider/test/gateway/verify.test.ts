import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Pair, signed } from '../../../../test/support/signer.ts'
import { createGateway, type Gateway } from '../../src/gateway/gateway.ts'
import { explained } from '../explained.ts'
import { temporaryDirectory } from '../running-provider.ts'
import { client, openSetting, type Setting } from './setting.ts'

const directory = temporaryDirectory()
const routesFile = join(directory.path, 'routes.json')
writeFileSync(
  routesFile,
  JSON.stringify({
    routes: [
      { path: '/status', access: 'public' },
      { path: '/reports', access: 'two-legged' },
      { path: '/write', scope: 'photos:write' },
    ],
  }),
)

const credentialsFile = join(directory.path, 'credentials.json')
const tokens = [{ client: client.key, token: 't1', secret: 't1-secret', user: 'x-oauth-scope' }]
writeFileSync(credentialsFile, JSON.stringify({ clients: [client], tokens }))

const settings = { gateway: { upstream: undefined, routesFile }, trustedProxies: ['loopback'] } as const
let headersAlone: Setting
let withBodies: Setting
beforeAll(async () => {
  headersAlone = await openSetting(undefined, settings)
  withBodies = await openSetting(undefined, {
    ...settings,
    gateway: { ...settings.gateway, verifyBodies: true },
  })
})
afterAll(async () => {
  await headersAlone.close()
  await withBodies.close()
  directory.remove()
})

type Headers = Record<string, string | string[]>

/** A request as its client sends it to the proxy. */
interface Original {
  readonly method: string
  /** Path and query. */
  readonly target: string
  readonly headers?: Headers
  readonly body?: string
}

/** A check as a proxy sends it, to the address of `/verify`. */
interface Question {
  readonly method: string
  readonly path: string
  readonly headers: Headers
  readonly body?: string | undefined
}

const host = 'api.example.com'

/**
 * How each proxy asks, as its documentation and its source describe the request that it sends. The requests of Traefik
 * and Envoy were not run here; nginx is, in nginx.test.ts.
 */
const proxies: Record<string, (original: Original, sendsBody: boolean) => Question> = {
  'nginx, by the URI': ({ method, target, headers }) => ({
    method: 'GET',
    path: '/verify',
    headers: {
      host: '127.0.0.1:5851',
      ...headers,
      'x-original-method': method,
      'x-original-uri': target,
      'x-forwarded-proto': 'https',
      'x-forwarded-host': host,
    },
  }),
  'the ingress of nginx, by the URL': ({ method, target, headers }) => ({
    method: 'GET',
    path: '/verify',
    headers: {
      host: 'countersign.default.svc',
      ...headers,
      'x-sent-from': 'nginx-ingress-controller',
      'x-original-method': method,
      'x-original-url': `https://${host}${target}`,
      'x-real-ip': '192.0.2.7',
      'x-forwarded-for': '192.0.2.7',
    },
  }),
  Traefik: ({ method, target, headers, body }, sendsBody) => ({
    method: 'GET',
    path: '/verify',
    headers: {
      host: '127.0.0.1:5851',
      'user-agent': 'client/1.0',
      'accept-encoding': 'gzip',
      ...headers,
      'x-forwarded-for': '192.0.2.7',
      'x-forwarded-host': host,
      'x-forwarded-method': method,
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
      'x-forwarded-server': 'traefik-1',
      'x-forwarded-uri': target,
      'x-real-ip': '192.0.2.7',
      ...(sendsBody && { 'content-length': String(Buffer.byteLength(body ?? '')) }),
    },
    body: sendsBody ? body : undefined,
  }),
  Caddy: ({ method, target, headers }) => ({
    method: 'GET',
    path: '/verify',
    headers: {
      host,
      ...headers,
      'x-forwarded-for': '192.0.2.7',
      'x-forwarded-host': host,
      'x-forwarded-method': method,
      'x-forwarded-proto': 'https',
      'x-forwarded-uri': target,
    },
  }),
  Envoy: ({ method, target, headers = {}, body }, sendsBody) => ({
    method,
    path: `/verify${target}`,
    headers: {
      host,
      ...pick(headers, ['authorization', 'content-type', 'content-encoding']),
      'x-forwarded-proto': 'https',
      'x-forwarded-for': '192.0.2.7',
      'x-envoy-internal': 'true',
      'x-envoy-expected-rq-timeout-ms': '1000',
      ...(sendsBody && { 'x-envoy-auth-partial-body': 'false' }),
      'content-length': String(sendsBody ? Buffer.byteLength(body ?? '') : 0),
    },
    body: sendsBody ? body : undefined,
  }),
}

function pick(headers: Headers, names: readonly string[]): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => names.includes(name)))
}

function ask(
  { gateway }: { readonly gateway: Gateway },
  { method, path, headers, body }: Question,
): Promise<{ status: number; headers: Record<string, string>; text: string }> {
  const { hostname, port } = new URL(gateway.adminAddress)
  return new Promise((resolve, reject) => {
    const asking = request({ host: hostname, port, method, path, headers, setHost: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers as Record<string, string>,
          text,
        }),
      )
    })
    asking.on('error', reject)
    asking.end(body)
  })
}

interface Signing {
  readonly token?: boolean
  readonly form?: readonly Pair[]
  readonly oauth?: Record<string, string>
}

function signedBy(
  setting: Setting,
  method: string,
  target: string,
  { token = true, form, oauth }: Signing = {},
) {
  const keys = { oauthToken: setting.token.key, oauthTokenSecret: setting.token.secret }
  const named = { clientId: client.key, clientSecret: client.secret }
  const url = `https://${host}${target}`
  const made = signed({
    method,
    url,
    client: named,
    ...(token && { token: keys }),
    ...(oauth && { oauth }),
    ...(form && { form }),
  })
  return { authorization: String(made.headers['authorization']) }
}

describe.each(Object.entries(proxies))('%s', (name, question) => {
  it('is told who signed a request', async () => {
    for (const method of ['GET', 'POST', 'DELETE']) {
      const target = '/photos/caf%C3%A9?size=large&q=a%20b&q='
      const type = name === 'Envoy' && method !== 'GET' ? { 'content-type': 'application/json' } : {}
      const headers = { ...signedBy(headersAlone, method, target), ...type }
      const response = await ask(headersAlone, question({ method, target, headers }, false))
      expect(response).toMatchObject({
        status: 200,
        headers: {
          'x-oauth-user': String(headersAlone.userId),
          'x-oauth-client': client.key,
          'x-oauth-scope': 'photos:read',
          'x-oauth-assertion': expect.stringMatching(/^ey/),
        },
      })
    }
  })

  it('is told to refuse what was changed, is not signed, or was seen before', async () => {
    const headers = signedBy(headersAlone, 'GET', '/photos?a=1')
    const status = async (original: Original) => (await ask(headersAlone, question(original, false))).status
    expect(await status({ method: 'GET', target: '/photos?a=2', headers })).toBe(401)
    expect(await status({ method: 'GET', target: '/photos/?a=1', headers })).toBe(401)
    expect(
      await status({
        method: 'DELETE',
        target: '/photos?a=1',
        headers: { ...headers, 'content-type': 'text/plain' },
      }),
    ).toBe(401)
    expect(await status({ method: 'GET', target: '/photos?a=1' })).toBe(401)
    expect(await status({ method: 'GET', target: '/photos?a=1', headers })).toBe(200)
    expect(await status({ method: 'GET', target: '/photos?a=1', headers })).toBe(401)
  })

  it('is told of a refusal in the words that a client of the gateway would read', async () => {
    const response = await ask(headersAlone, question({ method: 'GET', target: '/photos' }, false))
    expect(response.headers['www-authenticate']).toMatch(/^OAuth /)
    const { error, error_description, error_uri } = JSON.parse(
      response.headers['x-oauth-refusal'] ?? response.text,
    )
    expect([error, explained(error_uri)]).toEqual(['missing_credentials', 'missing_credentials'])
    expect(error_description).toMatch(/OAuth/)
  })

  it('is told what each route needs', async () => {
    const check = async (target: string, headers?: Headers) => {
      const { status, headers: told } = await ask(
        headersAlone,
        question({ method: 'GET', target, ...(headers && { headers }) }, false),
      )
      return [status, told['x-oauth-user'], told['x-oauth-client'], told['x-oauth-scope']]
    }
    // Empty, so that a proxy which copies them overwrites what a client sent.
    expect(await check('/status')).toEqual([200, '', '', ''])
    expect(await check('/reports', signedBy(headersAlone, 'GET', '/reports', { token: false }))).toEqual([
      200,
      '',
      client.key,
      '',
    ])
    const [status] = await check('/write', signedBy(headersAlone, 'GET', '/write'))
    expect(status).toBe(403)
  })

  it('is told to refuse a form whose fields it does not send', async () => {
    const form = 'title=a+b'
    for (const type of [
      'application/x-www-form-urlencoded',
      'Application/X-WWW-Form-Urlencoded; charset=utf-8',
    ]) {
      const headers = { ...signedBy(headersAlone, 'POST', '/photos'), 'content-type': type }
      const response = await ask(
        headersAlone,
        question({ method: 'POST', target: '/photos', headers, body: form }, false),
      )
      expect(response.status).toBe(403)
      expect(response.headers['x-oauth-refusal'] ?? response.text).toContain('body_not_checked')
    }
  })

  it('is told to refuse a hash of a body that it does not send', async () => {
    const oauth = { oauth_body_hash: createHash('sha1').update('{}').digest('base64') }
    const headers = {
      ...signedBy(headersAlone, 'POST', '/photos', { oauth }),
      'content-type': 'application/json',
    }
    const response = await ask(
      headersAlone,
      question({ method: 'POST', target: '/photos', headers, body: '{}' }, false),
    )
    expect(response.status).toBe(403)
    // A GET may have a body too, which the API would see and the check would not.
    const empty = { oauth_body_hash: createHash('sha1').digest('base64') }
    const bare = signedBy(headersAlone, 'GET', '/photos', { oauth: empty })
    const get = question({ method: 'GET', target: '/photos', headers: bare }, false)
    expect((await ask(headersAlone, get)).status).toBe(403)
  })

  it('cannot be made to ask about another request than its own', async () => {
    const theirs = signedBy(headersAlone, 'GET', '/mine')
    const told: Headers[] = [
      { 'x-original-method': 'GET', 'x-original-uri': '/mine' },
      { 'x-original-url': `https://${host}/mine` },
      { 'x-original-uri': '/mine' },
      { 'x-forwarded-method': 'GET', 'x-forwarded-uri': '/mine' },
      { 'x-forwarded-uri': '/mine' },
      { 'x-forwarded-method': 'GET' },
    ]
    for (const forged of told) {
      const { headers, ...rest } = question({ method: 'DELETE', target: '/theirs', headers: theirs }, false)
      // What the proxy does not replace arrives beside its own.
      const both = Object.fromEntries(
        Object.entries(forged).map(([header, value]) => [header, headers[header] ?? value]),
      )
      const response = await ask(headersAlone, { ...rest, headers: { ...headers, ...both } })
      expect(response.status).toBeGreaterThanOrEqual(400)
    }
  })
})

describe.each(['Traefik', 'Envoy'])('%s, which sends bodies along', (name) => {
  const question = proxies[name] as (typeof proxies)[string]
  const type = 'application/x-www-form-urlencoded'
  const hashed = (body: string) => ({ oauth_body_hash: createHash('sha1').update(body).digest('base64') })

  it('has forms checked', async () => {
    const form = 'title=%e3%83%a1+x&title=&b=%2B~'
    const pairs: Pair[] = [
      ['title', 'メ x'],
      ['title', ''],
      ['b', '+~'],
    ]
    const headers = { ...signedBy(withBodies, 'POST', '/photos', { form: pairs }), 'content-type': type }
    const original = { method: 'POST', target: '/photos', headers }
    const status = async (body: string) =>
      (await ask(withBodies, question({ ...original, body }, true))).status
    expect(await status(`${form}&c=1`)).toBe(401)
    expect(await status('')).toBe(401)
    expect(await status(form)).toBe(200)
  })

  it('has body hashes checked', async () => {
    const original = (body: string) => ({
      method: 'POST',
      target: '/photos',
      body: '{"a":1}',
      headers: {
        ...signedBy(withBodies, 'POST', '/photos', { oauth: hashed(body) }),
        'content-type': 'application/json',
      },
    })
    expect((await ask(withBodies, question(original('{"a":2}'), true))).status).toBe(401)
    expect((await ask(withBodies, question(original('{"a":1}'), true))).status).toBe(200)
  })

  it('is refused more than a form may have', async () => {
    const form = `a=${'b'.repeat(2 ** 21)}`
    const headers = { ...signedBy(withBodies, 'POST', '/photos'), 'content-type': type }
    expect(
      (await ask(withBodies, question({ method: 'POST', target: '/photos', headers, body: form }, true)))
        .status,
    ).toBe(413)
  })
})

describe('Envoy', () => {
  const envoy = proxies['Envoy'] as (typeof proxies)[string]

  it('must pass Content-Type on where there is a body, or a form would pass unsigned', async () => {
    const headers = signedBy(withBodies, 'POST', '/photos')
    const hidden = { method: 'POST', target: '/photos', headers, body: 'title=x' }
    expect((await ask(withBodies, envoy(hidden, true))).status).toBe(403)
    expect(
      (
        await ask(
          headersAlone,
          envoy({ ...hidden, headers: signedBy(headersAlone, 'POST', '/photos') }, false),
        )
      ).status,
    ).toBe(403)
    const empty = { method: 'POST', target: '/photos', headers: signedBy(withBodies, 'POST', '/photos') }
    expect((await ask(withBodies, envoy(empty, true))).status).toBe(200)
  })

  it('must send the whole of a body', async () => {
    const form = 'a=1'
    const headers = {
      ...signedBy(withBodies, 'POST', '/photos', { form: [['a', '1']] }),
      'content-type': 'application/x-www-form-urlencoded',
    }
    const question = envoy({ method: 'POST', target: '/photos', headers, body: form }, true)
    const cut = { ...question, headers: { ...question.headers, 'x-envoy-auth-partial-body': 'true' } }
    expect((await ask(withBodies, cut)).status).toBe(413)
  })
})

describe('a proxy', () => {
  const nginx = proxies['nginx, by the URI'] as (typeof proxies)[string]

  it('is told 403 of what it cannot pass on otherwise, with the reason in a header of ASCII', async () => {
    const target = '/a//b'
    const malformed = await ask(headersAlone, nginx({ method: 'GET', target }, false))
    expect(malformed.status).toBe(403)
    expect(JSON.parse(malformed.headers['x-oauth-refusal'] ?? '')).toMatchObject({ error: 'bad_request' })
    const doubled = 'OAuth oauth_nonce="é", oauth_nonce="b"'
    const twice = await ask(
      headersAlone,
      nginx({ method: 'GET', target: '/a', headers: { authorization: doubled } }, false),
    )
    expect(twice.status).toBe(401)
    expect(twice.headers['x-oauth-refusal']).toMatch(/^[\x20-\x7e]{1,1500}$/)
  })

  it('never has bodies, whatever the setting, where it is nginx', async () => {
    const headers = {
      ...signedBy(withBodies, 'POST', '/photos'),
      'content-type': 'application/x-www-form-urlencoded',
    }
    expect((await ask(withBodies, nginx({ method: 'POST', target: '/photos', headers }, false))).status).toBe(
      403,
    )
  })

  it.each([
    ['no request', {}],
    ['no method', { 'x-original-uri': '/a' }],
    ['no target', { 'x-original-method': 'GET' }],
    ['no method', { 'x-forwarded-uri': '/a' }],
    ['no target', { 'x-forwarded-method': 'GET' }],
    ['a method that is none', { 'x-original-method': 'GET /', 'x-original-uri': '/a' }],
    ['a target twice', { 'x-original-method': 'GET', 'x-original-uri': ['/status', '/photos'] }],
    ['a method twice', { 'x-forwarded-method': ['GET', 'GET'], 'x-forwarded-uri': '/status' }],
    [
      'a target in two ways',
      { 'x-original-method': 'GET', 'x-original-uri': '/status', 'x-original-url': 'https://a/status' },
    ],
    ['a URL that is none', { 'x-original-method': 'GET', 'x-original-url': '/status' }],
    ['a fragment', { 'x-original-method': 'GET', 'x-original-uri': '/status#/photos' }],
    ['a dot segment', { 'x-forwarded-method': 'GET', 'x-forwarded-uri': '/status/../photos' }],
    ['an encoded slash', { 'x-forwarded-method': 'GET', 'x-forwarded-uri': '/a%2fb' }],
    ['a method in lower case', { 'x-forwarded-method': 'delete', 'x-forwarded-uri': '/write' }],
    ['a method in lower case', { 'x-original-method': 'Get', 'x-original-uri': '/status' }],
    ['TRACE', { 'x-forwarded-method': 'TRACE', 'x-forwarded-uri': '/status' }],
  ])('that tells of %s is refused', async (_what, headers: Headers) => {
    const response = await ask(headersAlone, {
      method: 'GET',
      path: '/verify',
      headers: { host, ...headers },
    })
    expect(response.status).toBeGreaterThanOrEqual(400)
    expect(response.status).toBeLessThan(500)
  })

  it.each([
    ...['X_OAuth_User', 'x.oauth.user', 'X-OAuth_Assertion'],
    ...['X-HTTP-Method-Override', 'x_http_method', 'X-Method-Override', 'X-Rewrite-URL', 'X-Script-Name'],
  ])('is told to refuse %s, which it would not overwrite', async (spelling) => {
    const headers = { ...signedBy(headersAlone, 'GET', '/photos'), [spelling]: 'DELETE' }
    expect(
      (await ask(headersAlone, nginx({ method: 'GET', target: '/photos', headers }, false))).status,
    ).toBe(403)
  })

  it('is told of every header, also where a user is called as one of them', async () => {
    const named = await createGateway({
      database: ':memory:',
      logLevel: 'silent',
      trustedProxies: ['loopback'],
      gateway: { adminPort: 0, credentialsFiles: [credentialsFile] },
    } as Parameters<typeof createGateway>[0])
    const token = { oauthToken: 't1', oauthTokenSecret: 't1-secret' }
    const url = `https://${host}/photos`
    const made = signed({ url, client: { clientId: client.key, clientSecret: client.secret }, token })
    const headers = { authorization: String(made.headers['authorization']) }
    const response = await ask(
      { gateway: named },
      nginx({ method: 'GET', target: '/photos', headers }, false),
    )
    expect(response).toMatchObject({
      status: 200,
      headers: { 'x-oauth-user': 'x-oauth-scope', 'x-oauth-scope': '', 'x-request-id': expect.any(String) },
    })
    await named.close()
  })

  it('that is not trusted is told nothing', async () => {
    const gateway = await createGateway({
      database: ':memory:',
      logLevel: 'silent',
      trustedProxies: ['192.0.2.1'],
      clients: [client],
      gateway: { adminPort: 0 },
    } as Parameters<typeof createGateway>[0])
    const question = nginx({ method: 'GET', target: '/status' }, false)
    const response = await ask({ gateway }, question)
    expect(response).toMatchObject({ status: 403, text: expect.stringContaining('TRUSTED_PROXIES') })
    expect(gateway.address).toBe(`${gateway.adminAddress}/verify`)
    await gateway.close()
  })

  it('must be trusted, where there is nothing to forward to', async () => {
    const alone = createGateway({ database: ':memory:', logLevel: 'silent' })
    await expect(alone).rejects.toThrow(/GATEWAY_UPSTREAM: must be set .*TRUSTED_PROXIES/)
  })
})
