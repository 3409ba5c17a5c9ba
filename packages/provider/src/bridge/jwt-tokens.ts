import {
  type CryptoKey,
  createLocalJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTVerifyOptions,
  jwtVerify,
} from 'jose'
import { RemoteValue } from '../openid/remote-value.ts'
import { isProtected } from '../settings/checks.ts'
import type { OAuth2Settings } from '../settings/oauth2-settings.ts'
import { type AccessTokens, accessTokenOf } from './access-token.ts'
import { OAuth2Server } from './oauth2-server.ts'

/** No HMAC: the server's public key could be used as its secret. */
const algorithms = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
]

/** Tokens outlive their server by about an hour. An unknown key is fetched at most twice a minute. */
const times = { freshSeconds: 600, keptSeconds: 3600, retrySeconds: 5, renewalSeconds: 30 }
/** Tolerance between the clocks of the two servers, for tokens that are not valid yet. */
const toleranceSeconds = 5

type Keys = ReturnType<typeof createLocalJWKSet>

/** Access tokens that are JWTs (RFC 9068), verified by the keys that their server publishes. */
export function jwtTokens(settings: OAuth2Settings, now: () => number): AccessTokens {
  const server = new OAuth2Server(settings)
  const source = new RemoteValue(() => readKeys(server, settings), times)

  const verified = async (token: string, { keys, issuer }: KeySource) => {
    const options: JWTVerifyOptions = {
      algorithms,
      issuer,
      audience: settings.audience as string,
      // Without this check an ID token would pass (RFC 9068 §4).
      typ: 'at+jwt',
      requiredClaims: ['exp', 'sub', 'client_id'],
      currentDate: new Date(now() * 1000),
      clockTolerance: toleranceSeconds,
    }
    try {
      return (await jwtVerify(token, keys, options)).payload
    } catch (error) {
      if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error
      return byAny(error, async (key) => (await jwtVerify(token, key, options)).payload)
    }
  }

  return {
    async read(token) {
      try {
        const claims = await verified(token, await source.get()).catch(async (error: unknown) => {
          if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
          return verified(token, await source.renewed())
        })
        return accessTokenOf(claims, settings)
      } catch (error) {
        if (error instanceof errors.JOSEError && !failures.includes(error.code))
          return { refused: reasonOf(error) }
        throw error
      }
    },
    prepare: async () => void (await source.get()),
    close: () => server.close(),
  }
}

/** Not the token's fault. */
const failures = ['ERR_JOSE_GENERIC', 'ERR_JWKS_INVALID', 'ERR_JWKS_TIMEOUT', 'ERR_JWK_INVALID']

/** Without a `kid`, a token may be signed with any key of its kind: the one before a rotation or the one after. */
async function byAny<R>(keys: AsyncIterable<CryptoKey>, verify: (key: CryptoKey) => Promise<R>): Promise<R> {
  for await (const key of keys) {
    try {
      return await verify(key)
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error
    }
  }
  throw new errors.JWSSignatureVerificationFailed()
}

interface KeySource {
  readonly keys: Keys
  readonly issuer: string
}

async function readKeys(server: OAuth2Server, settings: OAuth2Settings): Promise<KeySource> {
  const found = settings.jwksUrl === undefined ? (await server.configuration()).serverMetadata() : undefined
  const address = settings.jwksUrl ?? found?.jwks_uri
  if (address === undefined || !isProtected(address))
    throw new Error('The jwks_uri in the metadata of the OAuth 2 server must begin with https://.')
  // Anything other than a JWK set is refused here.
  const keys = createLocalJWKSet((await server.json(address)) as JSONWebKeySet)
  return { keys, issuer: found?.issuer ?? settings.issuer }
}

function reasonOf(error: InstanceType<typeof errors.JOSEError>): string {
  const { code, claim } = error as { readonly code: string; readonly claim?: unknown }
  return typeof claim === 'string' ? `${code} ${claim}` : code
}
