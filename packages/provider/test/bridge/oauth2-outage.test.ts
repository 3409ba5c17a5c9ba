import type { RequestListener } from 'node:http'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { introspectedTokens } from '../../src/bridge/introspected-tokens.ts'
import { OverloadError } from '../../src/limits/overload-error.ts'
import { signer } from '../signer.ts'
import { album, type BearerSetting, openBearerSetting, told } from './bearer-setting.ts'
import { audience, introspection, type RunningOAuth2Server, runOAuth2Server } from './oauth2-server.ts'

let server: RunningOAuth2Server
const closing: (() => Promise<void>)[] = []
beforeEach(async () => {
  server = await runOAuth2Server()
  closing.push(() => server.close())
})
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function open(kind: 'jwt' | 'opaque', lines: string[] = []): Promise<BearerSetting> {
  const { issuer } = server
  const oauth2 = kind === 'jwt' ? { issuer, audience } : { issuer, audience, introspection }
  const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) })
  // The store's time limit comes before the one for requests to the server.
  const options = { storeTimeoutSeconds: 1 }
  const setting = await openBearerSetting(oauth2, { options }, log)
  closing.push(() => setting.provider.close())
  return setting
}

const tokenOf = (kind: 'jwt' | 'opaque') => (kind === 'jwt' ? server.jwt() : server.opaque('a-good-token'))

const zip = Buffer.alloc(300_000, ' ')
const faults: readonly [name: string, listener: RequestListener][] = [
  ['is out of order', (_, res) => void res.writeHead(500).end()],
  ['does not respond', () => {}],
  ['breaks off', (req) => void req.socket.destroy()],
  [
    'sends no JSON',
    (_, res) => void res.writeHead(200, { 'content-type': 'application/json' }).end('<html>'),
  ],
  [
    'sends other JSON',
    (_, res) => void res.writeHead(200, { 'content-type': 'application/json' }).end('[1]'),
  ],
  ['sends nothing', (_, res) => void res.writeHead(204).end()],
  ['does not want this client', (_, res) => void res.writeHead(401, { 'www-authenticate': 'Basic' }).end()],
  [
    'sends more than anyone reads',
    (_, res) =>
      void res
        .writeHead(200, { 'content-type': 'application/json' })
        .end(Buffer.concat([zip, Buffer.from('{"active":true}')])),
  ],
  [
    'begins, and never ends',
    (_, res) => {
      res.writeHead(200, { 'content-type': 'application/json' }).write('{"active"')
    },
  ],
]

describe.each([
  ['jwt', '/jwks'],
  ['opaque', '/introspect'],
] as const)('where a token is %s, and %s', (kind, path) => {
  it.each(faults)('%s, that is a failure: no one is let in, and no one is refused', async (_, listener) => {
    server.overrides.set(path, listener)
    const lines: string[] = []
    const { get } = await open(kind, lines)
    const token = await tokenOf(kind)
    const response = await get('/api/me', token)
    expect(await told(response)).toEqual([503, undefined])
    expect(await response.json()).toMatchObject({ error: 'temporarily_unavailable' })
    expect(lines.join()).toContain('verifyBearer')
    expect(lines.join()).not.toContain(token)
    expect(lines.join()).not.toContain(introspection.clientSecret)
  })

  it('redirects, that is a failure too, and the redirect is not followed', async () => {
    server.overrides.set(path, (_, res) => void res.writeHead(302, { location: '/elsewhere' }).end())
    const { get } = await open(kind)
    expect(await told(get('/api/me', await tokenOf(kind)))).toEqual([503, undefined])
    expect(server.count('/elsewhere')).toBe(0)
  })

  it('is not in the metadata, that is a failure', async () => {
    server.overrides.set('/.well-known/oauth-authorization-server', (_, res) => {
      res
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ issuer: server.issuer }))
    })
    const { get } = await open(kind)
    expect(await told(get('/api/me', await tokenOf(kind)))).toEqual([503, undefined])
  })

  it('belongs to another issuer, that is a failure', async () => {
    server.overrides.set('/.well-known/oauth-authorization-server', (_, res) => {
      const metadata = {
        issuer: 'https://other.example.com',
        jwks_uri: `${server.issuer}/jwks`,
        introspection_endpoint: `${server.issuer}/introspect`,
      }
      res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(metadata))
    })
    const { get } = await open(kind)
    expect(await told(get('/api/me', await tokenOf(kind)))).toEqual([503, undefined])
  })

  it('is down, the provider starts, says so, is ready, and serves signed requests', async () => {
    const token = await tokenOf(kind)
    await server.close()
    const lines: string[] = []
    const { provider, get, token: signed } = await open(kind, lines)
    expect(await told(get('/api/me', token))).toEqual([503, undefined])
    await expect.poll(() => lines.join()).toContain('Bearer tokens get 503 until it can')
    expect((await get('/readyz')).status).toBe(200)
    const send = signer(provider.address, album, signed)
    expect((await send('GET', '/api/me', {})).status).toBe(200)
    expect(lines.join()).not.toContain(token)
  })
})

describe('the keys of JWTs', () => {
  it('are remembered while the server is down', async () => {
    const { get } = await open('jwt')
    const [first, second] = [await server.jwt(), await server.jwt({ claims: { scope: '' } })]
    expect((await get('/api/me', first)).status).toBe(200)
    await server.close()
    expect((await get('/api/me', second)).status).toBe(200)
  })

  it('are not read again for each token with a key that is not known', async () => {
    const { get } = await open('jwt')
    const tokens = Array.from({ length: 20 }, (_, at) => server.jwt({ header: { kid: `unknown-${at}` } }))
    const responses = await Promise.all(tokens.map(async (token) => get('/api/me', await token)))
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([401]))
    expect(server.count('/jwks')).toBe(1)
  })

  it('that are down are not asked for by each request', async () => {
    server.overrides.set('/jwks', (_, res) => void res.writeHead(500).end())
    const { get } = await open('jwt')
    const token = await server.jwt()
    for (let times = 0; times < 5; times++) expect((await get('/api/me', token)).status).toBe(503)
    expect(server.count('/jwks')).toBe(1)
  })

  it('may stand at an address of their own, and then nothing else is read', async () => {
    const { issuer } = server
    const setting = await openBearerSetting({ issuer, audience, jwksUrl: `${issuer}/jwks` })
    closing.push(() => setting.provider.close())
    expect((await setting.get('/api/me', await server.jwt())).status).toBe(200)
    expect(server.requests).toEqual(['/jwks'])
  })
})

describe('introspection', () => {
  it('of more tokens than are asked about at once is refused, and not queued without end', async () => {
    server.overrides.set('/introspect', () => {})
    const settings = {
      issuer: server.issuer,
      audience: undefined,
      jwksUrl: undefined,
      introspection,
      scopes: undefined,
    }
    const tokens = introspectedTokens(settings, () => Date.now() / 1000)
    const errors: unknown[] = []
    const reads = Array.from({ length: 600 }, (_, at) =>
      tokens.read(`token-${at}`).catch((error: unknown) => void errors.push(error)),
    )
    await expect.poll(() => errors.length).toBe(600 - 32 - 512)
    expect(errors.every((error) => error instanceof OverloadError)).toBe(true)
    await tokens.close()
    await Promise.all(reads)
    expect(errors).toHaveLength(600)
  })
})
