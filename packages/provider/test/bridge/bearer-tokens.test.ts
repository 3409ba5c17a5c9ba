import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BearerSetting, openBearerSetting, told } from './bearer-setting.ts'
import {
  audience,
  introspection,
  type RunningOAuth2Server,
  runOAuth2Server,
  type TokenParts,
} from './oauth2-server.ts'

let server: RunningOAuth2Server
let jwts: BearerSetting
let asked: BearerSetting

beforeAll(async () => {
  server = await runOAuth2Server()
  const { issuer } = server
  jwts = await openBearerSetting({ issuer, audience })
  asked = await openBearerSetting({ issuer, audience, introspection })
})
afterAll(async () => {
  await jwts?.provider.close()
  await asked?.provider.close()
  await server?.close()
})

const past = () => Math.floor(Date.now() / 1000) - 60
const other = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })

describe('a JWT', () => {
  it.each<[name: string, parts: TokenParts]>([
    ['of the server, for this API', {}],
    ['whose type is written in full', { header: { typ: 'application/at+jwt' } }],
    ['for several APIs', { claims: { aud: ['https://other.example.com', audience] } }],
    ['without a key ID', { header: { kid: undefined } }],
    ['that was valid from a moment ahead', { claims: { nbf: past() + 62 } }],
  ])('%s is accepted', async (_, parts) => {
    const response = await jwts.get('/api/me', await server.jwt(parts))
    expect(await response.json()).toMatchObject({ id: 1, name: 'anna', client: { key: 'album' } })
  })

  it.each<[name: string, parts: TokenParts]>([
    ['that has ended', { claims: { exp: past() } }],
    ['that is not valid yet', { claims: { nbf: past() + 3600 } }],
    ['for another API', { claims: { aud: 'https://other.example.com' } }],
    ['for no API', { claims: { aud: undefined } }],
    ['of another issuer', { claims: { iss: 'https://other.example.com' } }],
    ['without an end', { claims: { exp: undefined } }],
    ['without a client', { claims: { client_id: undefined } }],
    ['whose client is no text', { claims: { client_id: ['app'] } }],
    ['without a subject', { claims: { sub: undefined } }],
    ['of the client itself', { claims: { sub: 'app' } }],
    ['of a client that is not paired', { claims: { client_id: 'stranger' } }],
    ['of a client with a space at the end', { claims: { client_id: 'app ' } }],
    ['of a client with a NUL', { claims: { client_id: 'app\0' } }],
    ['of a user that there is not', { claims: { sub: '2' } }],
    ['of a user beyond 32 bits', { claims: { sub: '4294967297' } }],
    ['of a user that is no number', { claims: { sub: 'anna' } }],
    ['of a user written otherwise', { claims: { sub: '01' } }],
    ['of a user written with a sign', { claims: { sub: '+1' } }],
    ['bound to a key', { claims: { cnf: { jkt: 'x' } } }],
    ['that is an ID token', { header: { typ: 'JWT' } }],
    ['of no type', { header: { typ: undefined } }],
    ['of another key', { key: other.privateKey }],
    ['of a key that the server does not have', { header: { kid: 'second' }, key: other.privateKey }],
    ['of another kind of key', { header: { alg: 'RS256' }, key: rsa.privateKey }],
    ['with a secret', { header: { alg: 'HS256' }, key: randomBytes(32) }],
  ])('%s is refused', async (_, parts) => {
    const response = jwts.get('/api/me', await server.jwt(parts))
    expect(await told(response)).toEqual([401, 'invalid_token'])
  })

  it('signed with the public key as a secret is refused', async () => {
    for (const form of [{ type: 'spki', format: 'pem' } as const, { type: 'spki', format: 'der' } as const]) {
      const key = Buffer.from(server.publicKey.export(form as never) as string | Buffer)
      const token = await server.jwt({ header: { alg: 'HS256' }, key })
      expect(await told(jwts.get('/api/me', token))).toEqual([401, 'invalid_token'])
    }
  })

  it('without a signature is refused', async () => {
    const claims = { client_id: 'app', scope: '' }
    const unsecured = new UnsecuredJWT(claims).setIssuer(server.issuer).setAudience(audience).setSubject('1')
    const token = unsecured.setExpirationTime('5m').encode()
    const text = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')
    for (const none of [token, token.replace(/^[^.]*/, text), `${token}x`])
      expect(await told(jwts.get('/api/me', none))).toEqual([401, 'invalid_token'])
  })

  it('whose content was changed is refused', async () => {
    const [header, , signature] = (await server.jwt()).split('.')
    const content = (await server.jwt({ claims: { scope: 'everything' } })).split('.')[1]
    expect(await told(jwts.get('/api/me', `${header}.${content}.${signature}`))).toEqual([
      401,
      'invalid_token',
    ])
  })

  it.each(['opaque', 'a.b.c', '...', 'eyJhbGciOiJFUzI1NiJ9..', 'x'.repeat(10_000)])(
    'that is none is refused',
    async (text) => {
      expect(await told(jwts.get('/api/me', text))).toEqual([401, 'invalid_token'])
    },
  )
})

describe('a token that the server is asked about', () => {
  it('is accepted, and asked about once in a few seconds', async () => {
    const token = server.opaque('good')
    server.requests.length = 0
    const responses = await Promise.all(Array.from({ length: 20 }, () => asked.get('/api/me', token)))
    expect(responses.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
    expect(server.count('/introspect')).toBe(1)
  })

  it.each<[name: string, claims: Record<string, unknown>]>([
    ['inactive', { active: false }],
    ['a refresh token', { token_type: undefined }],
    ['a refresh token by its use', { token_use: 'refresh_token' }],
    ['a token that is bound', { token_type: 'DPoP' }],
    ['of a type that is no text', { token_type: { toString: 1 } }],
    ['bound to a certificate', { cnf: { 'x5t#S256': 'x' } }],
    ['over', { exp: past() }],
    ['over in no number', { exp: 'tomorrow' }],
    ['not valid yet', { nbf: past() + 3600 }],
    ['of another issuer', { iss: 'https://other.example.com' }],
    ['for another API', { aud: 'https://other.example.com' }],
    ['for no API', { aud: undefined }],
    ['of no client', { client_id: undefined }],
    ['of a client that is not paired', { client_id: 'stranger' }],
    ['of a user that there is not', { sub: '2' }],
    ['of no user', { sub: undefined }],
  ])('and that is %s is refused', async (name, claims) => {
    const response = asked.get('/api/me', server.opaque(name.replaceAll(' ', '-'), claims))
    expect(await told(response)).toEqual([401, 'invalid_token'])
  })
})
