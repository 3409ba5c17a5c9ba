import { generateKeyPairSync } from 'node:crypto'
import { createServer, type RequestListener } from 'node:http'
import Provider from 'oidc-provider'
import { listen } from '../../../countersign/test/adapters/listen.ts'
import { storeOf } from '../identity-provider/store.ts'

const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange'
const secret = { client_secret: 'a secret of the OAuth 2 client', redirect_uris: [], response_types: [] }

/** An oidc-provider that listens on a free port, and has some clients. */
export async function runOidcProvider() {
  let response: RequestListener = () => {}
  const { base, close } = await listen(createServer((req, res) => response(req, res)))
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const key = { ...privateKey.export({ format: 'jwk' }), kid: 'signing', use: 'sig', alg: 'RS256' }
  const exchanging = { ...secret, grant_types: [exchangeGrant, 'refresh_token'] }
  const provider = new Provider(base, {
    adapter: storeOf().adapter,
    jwks: { keys: [key] },
    scopes: ['openid', 'offline_access', 'photos.read', 'photos.write'],
    features: {
      introspection: { enabled: true, allowedPolicy: () => true },
      devInteractions: { enabled: false },
    },
    clients: [
      { ...exchanging, client_id: 'app' },
      { ...exchanging, client_id: 'other-app' },
      { ...exchanging, client_id: 'bound', dpop_bound_access_tokens: true },
      { ...secret, client_id: 'api', grant_types: [] },
    ],
    ttl: { AccessToken: 600, RefreshToken: 3600, Grant: 3600 },
    findAccount: (_: unknown, sub: string) => ({ accountId: sub, claims: () => ({ sub }) }),
  })
  response = provider.callback()
  return { base, close, secret: secret.client_secret, provider, jwt: jwtOf(provider) }
}

interface Wanted {
  readonly grantId: string
  readonly subject: string
  readonly oauth2ClientId: string
  readonly scopes: readonly string[]
}

type TokenClass = new (token: object) => { resourceServer: object; save(): Promise<string> }

/** An access token of an existing grant as a JWT, as the provider makes it for an API that wants one. */
function jwtOf({ Client, AccessToken }: Provider) {
  return async ({ grantId, subject, oauth2ClientId, scopes }: Wanted, audience: string) => {
    const client = await Client.find(oauth2ClientId)
    const details = { accountId: subject, client, grantId, gty: exchangeGrant, scope: scopes.join(' ') }
    const token = new (AccessToken as unknown as TokenClass)(details)
    token.resourceServer = { audience, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } }
    return token.save()
  }
}
