import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import { StoreError } from 'countersign'
import { BearerProtector, type VerifyBearer } from 'countersign/bridge'
import { memoryHooks } from 'countersign/memory'
import { createRemoteJWKSet, errors, exportJWK, jwtVerify, SignJWT } from 'jose'
import { afterEach, expect, it } from 'vitest'
import { listen } from '../../../countersign/test/adapters/listen.ts'

const issuer = 'https://id.example.com'
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** An API whose Bearer tokens are JWTs, by the keys that a server publishes. */
async function api(status = 200) {
  const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256' }] })
  const { base, close } = await listen(createServer((_, res) => res.writeHead(status).end(jwks)))
  closing.push(close)
  const keys = createRemoteJWKSet(new URL(`${base}/jwks`))

  const verifyBearer: VerifyBearer = async (token) => {
    try {
      const expected = { issuer, audience: 'https://api.example.com', typ: 'at+jwt' }
      const { payload } = await jwtVerify(token, keys, expected)
      const { sub, scope, client_id: clientId } = payload
      if (typeof clientId !== 'string') return undefined
      return { clientId, userId: sub, scope: typeof scope === 'string' ? scope : '' }
    } catch (error) {
      // Keys that cannot be fetched are a failure (503); all else is a wrong token.
      const failures = ['ERR_JOSE_GENERIC', 'ERR_JWKS_INVALID', 'ERR_JWKS_TIMEOUT']
      if (error instanceof errors.JOSEError && !failures.includes(error.code)) return undefined
      throw error
    }
  }
  return new BearerProtector({ hooks: memoryHooks(), verifyBearer })
}

interface Claims {
  readonly audience?: string
  readonly typ?: string
  readonly expires?: string
  readonly key?: typeof privateKey
}

function jwt({ audience, typ, expires, key = privateKey }: Claims = {}): Promise<string> {
  return new SignJWT({ client_id: 'app', scope: 'photos.read' })
    .setProtectedHeader({ alg: 'ES256', typ: typ ?? 'at+jwt' })
    .setIssuer(issuer)
    .setAudience(audience ?? 'https://api.example.com')
    .setSubject('7')
    .setIssuedAt()
    .setExpirationTime(expires ?? '5m')
    .sign(key)
}

const request = (token: string) => ({
  method: 'GET',
  url: 'https://api.example.com/photos',
  headers: { authorization: `Bearer ${token}` },
})

it('a JWT of the right issuer, audience and type is let in', async () => {
  const { credential } = await (await api()).authenticate(request(await jwt()), 'photos.read')
  expect(credential).toMatchObject({ clientId: 'app', userId: '7', scope: 'photos.read' })
})

it.each<[name: string, claims: Claims]>([
  ['that is for another API', { audience: 'https://other.example.com' }],
  ['that is no access token', { typ: 'JWT' }],
  ['that has ended', { expires: '-1m' }],
  ['of another key', { key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey }],
])('a JWT %s is refused', async (_, claims) => {
  const token = await jwt(claims)
  await expect((await api()).authenticate(request(token))).rejects.toMatchObject({ code: 'invalid_token' })
})

it.each([
  ['text that is no JWT', 'opaque'],
  ['a JWT without a signature', `${btoa('{"alg":"none"}')}.${btoa('{}')}.`.replaceAll('=', '')],
])('%s is refused', async (_, token) => {
  await expect((await api()).authenticate(request(token))).rejects.toMatchObject({ code: 'invalid_token' })
})

it('keys that cannot be read are a failure and not a refusal', async () => {
  await expect((await api(500)).authenticate(request(await jwt()))).rejects.toThrow(StoreError)
})
