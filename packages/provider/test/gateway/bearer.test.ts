import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ThirdParty } from '../../../../test/support/third-party.ts'
import { createGateway, type Gateway } from '../../src/gateway/gateway.ts'
import { pair, told } from '../bridge/bearer-setting.ts'
import { audience, type RunningOAuth2Server, runOAuth2Server } from '../bridge/oauth2-server.ts'
import { temporaryDirectory } from '../running-provider.ts'
import { client, openSetting, type Seen, type Setting, upstreamOfFile } from './setting.ts'

const directory = temporaryDirectory()
afterAll(() => directory.remove())
const upstream = upstreamOfFile()

const routesFile = join(directory.path, 'routes.json')
const routes = [
  { path: '/status', access: 'public' },
  { path: '/reports', access: 'two-legged' },
  { path: '/write', scope: 'photos:write' },
]
mkdirSync(directory.path, { recursive: true })
writeFileSync(routesFile, JSON.stringify({ routes }))

const credentialsFile = join(directory.path, 'credentials.json')
const clients = [
  { ...client, oauth2_client_id: 'app' },
  { key: 'second', secret: 's', oauth2_client_id: 'app' },
  { key: 'third', secret: 's' },
]
const tokens = [{ client: client.key, token: 't1', secret: 't1-secret', user: 'ada' }]
writeFileSync(credentialsFile, JSON.stringify({ clients, tokens }), { mode: 0o600 })

let server: RunningOAuth2Server
let setting: Setting
let kept: Setting
let files: Gateway

beforeAll(async () => {
  server = await runOAuth2Server()
  const scopes = { 'photos.read': ['photos:read'] }
  const oauth2 = { issuer: server.issuer, audience, scopes }
  setting = await openSetting(upstream.address, {
    oauth2,
    trustedProxies: ['loopback'],
    gateway: { routesFile },
  })
  kept = await openSetting(upstream.address, { oauth2, gateway: { routesFile, keepAuthorization: true } })
  for (const { gateway } of [setting, kept]) {
    const { services } = gateway
    if (services !== undefined) await pair({ services } as never, client.key, 'app')
  }
  files = await createGateway({
    database: ':memory:',
    logLevel: 'silent',
    shutdownSeconds: 1,
    oauth2,
    gateway: {
      upstream: upstream.address,
      port: 0,
      adminPort: 0,
      routesFile,
      credentialsFiles: [credentialsFile],
    },
  })
})
afterAll(async () => {
  await setting?.close()
  await kept?.close()
  await files?.close()
  await server?.close()
})

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })
const call = async (address: string, path: string, parts: Parameters<RunningOAuth2Server['jwt']>[0] = {}) =>
  fetch(address + path, bearer(await server.jwt(parts)))
const seenBy = async (response: Response) => {
  expect(response.status).toBe(200)
  return ((await response.json()) as Seen).headers
}

describe('a gateway over a database', () => {
  it('tells the API of both kinds alike, and that the token is a Bearer one', async () => {
    const signed = await new ThirdParty(client).send('GET', `${setting.address}/photos`, {
      token: setting.token,
    })
    const [bySignature, byToken] = [
      await seenBy(signed),
      await seenBy(await call(setting.address, '/photos')),
    ]
    const identity = ['x-oauth-user', 'x-oauth-client', 'x-oauth-scope'] as const
    expect(identity.map((name) => byToken[name])).toEqual(['1', 'album', 'photos:read'])
    expect(identity.map((name) => byToken[name])).toEqual(identity.map((name) => bySignature[name]))
    const claims = (headers: Seen['headers']) => decodeJwt(String(headers['x-oauth-assertion']))
    expect(claims(byToken)).toMatchObject({
      sub: '1',
      client_id: 'album',
      scope: 'photos:read',
      scheme: 'Bearer',
    })
    expect(claims(bySignature)).not.toHaveProperty('scheme')
  })

  it('passes no token on, unless it is told to', async () => {
    expect(await seenBy(await call(setting.address, '/photos'))).not.toHaveProperty('authorization')
    expect(await seenBy(await call(setting.address, '/status'))).not.toHaveProperty('authorization')
    const { authorization } = await seenBy(await call(kept.address, '/photos'))
    expect(authorization).toMatch(/^Bearer ey/)
  })

  it('asks of a token what a route asks of a signature', async () => {
    expect(await told(call(setting.address, '/write'))).toEqual([403, 'insufficient_scope'])
    expect(await told(call(setting.address, '/reports'))).toEqual([401, 'invalid_token'])
    const own = await seenBy(await call(setting.address, '/reports', { claims: { sub: 'app' } }))
    expect([own['x-oauth-client'], own['x-oauth-user']]).toEqual(['album', undefined])
    expect(await told(call(setting.address, '/photos', { claims: { client_id: 'stranger' } }))).toEqual([
      401,
      'invalid_token',
    ])
    const { status, headers } = await fetch(`${setting.address}/photos`)
    expect([status, headers.get('www-authenticate')]).toEqual([
      401,
      'OAuth realm="OAuth", Bearer realm="OAuth"',
    ])
  })

  it('tells proxies at /verify as well', async () => {
    const ask = async (token: string) =>
      fetch(`${setting.gateway.adminAddress}/verify`, {
        headers: {
          ...bearer(token).headers,
          'x-original-method': 'GET',
          'x-original-uri': '/photos',
        },
      })
    const { status, headers } = await ask(await server.jwt())
    expect([status, headers.get('x-oauth-user'), headers.get('x-oauth-client')]).toEqual([200, '1', 'album'])
    expect((await ask('wrong')).status).toBe(401)
  })

  it('responds 503 to a failure of the OAuth 2 server', async () => {
    const down = await openSetting(upstream.address, {
      oauth2: { issuer: server.issuer, audience, jwksUrl: `${server.issuer}/missing` },
    })
    expect(await told(call(down.address, '/photos'))).toEqual([503, undefined])
    await down.close()
  })
})

describe('a gateway over files', () => {
  it('takes the subject as the user, for the first client that names the OAuth 2 client', async () => {
    const headers = await seenBy(await call(files.address, '/photos', { claims: { sub: 'ada' } }))
    const { 'x-oauth-user': user, 'x-oauth-client': key, 'x-oauth-scope': scope } = headers
    expect([user, key, scope]).toEqual(['ada', 'album', 'photos:read'])
  })

  it('refuses tokens of OAuth 2 clients that no client names, even one of the same name', async () => {
    for (const client_id of ['stranger', 'third', 'album'])
      expect(await told(call(files.address, '/photos', { claims: { client_id } }))).toEqual([
        401,
        'invalid_token',
      ])
  })

  it('goes on accepting signatures', async () => {
    const token = { key: 't1', secret: 't1-secret' }
    const signed = await new ThirdParty(client).send('GET', `${files.address}/photos`, { token })
    expect((await seenBy(signed))['x-oauth-user']).toBe('ada')
  })
})
