import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { createServer, type RequestListener } from 'node:http'
import { exportJWK, SignJWT } from 'jose'
import { listen } from '../../../countersign/test/adapters/listen.ts'

export const audience = 'https://api.example.com'
export const introspection = { clientId: 'api', clientSecret: 'a secret of the API' }

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const keyId = 'first'

/** What a token says, and how it is signed; omitted parts are right. */
export interface TokenParts {
  readonly claims?: Readonly<Record<string, unknown>>
  readonly header?: Readonly<Record<string, unknown>>
  readonly key?: KeyObject | Uint8Array
}

/** An OAuth 2 server that does to its clients what a test wants: a real one is never late, wrong or hostile. */
export async function runOAuth2Server() {
  const requests: string[] = []
  const overrides = new Map<string, RequestListener>()
  const introspected = new Map<string, object>()
  const jwk = { ...(await exportJWK(publicKey)), kid: keyId, alg: 'ES256', use: 'sig' }
  let base = ''
  const documents: Readonly<Record<string, () => object>> = {
    '/.well-known/oauth-authorization-server': () => ({
      issuer: base,
      jwks_uri: `${base}/jwks`,
      introspection_endpoint: `${base}/introspect`,
    }),
    '/jwks': () => ({ keys: [jwk] }),
  }
  const response: RequestListener = async (req, res) => {
    const path = req.url ?? ''
    requests.push(path)
    const override = overrides.get(path)
    if (override !== undefined) return override(req, res)
    let body = ''
    for await (const chunk of req) body += chunk
    const token = new URLSearchParams(body).get('token') ?? ''
    const document =
      path === '/introspect' ? (introspected.get(token) ?? { active: false }) : documents[path]?.()
    res.writeHead(document === undefined ? 404 : 200, { 'content-type': 'application/json' })
    res.end(JSON.stringify(document ?? {}))
  }
  const server = createServer(response)
  const listening = await listen(server)
  base = listening.base
  const now = () => Math.floor(Date.now() / 1000)
  const claimsOf = (claims: TokenParts['claims']) => ({
    iss: base,
    aud: audience,
    sub: '1',
    client_id: 'app',
    scope: 'photos.read',
    iat: now(),
    exp: now() + 300,
    ...claims,
  })
  return {
    issuer: base,
    publicKey,
    jwk,
    requests,
    /** Does this at a path from now on, until it is cleared. */
    overrides,
    introspected,
    close: listening.close,
    /** How often a path was asked for. */
    count: (path: string) => requests.filter((each) => each === path).length,
    /** A JWT. */
    jwt({ claims, header, key = privateKey }: TokenParts = {}): Promise<string> {
      return new SignJWT(claimsOf(claims))
        .setProtectedHeader({ alg: 'ES256', kid: keyId, typ: 'at+jwt', ...header })
        .sign(key)
    },
    /** An opaque token of which the introspection says this. */
    opaque(token: string, claims: TokenParts['claims'] = {}): string {
      introspected.set(token, { active: true, token_type: 'Bearer', ...claimsOf(claims) })
      return token
    },
  }
}

export type RunningOAuth2Server = Awaited<ReturnType<typeof runOAuth2Server>>
