import { generateKeyPairSync } from 'node:crypto'
import { createServer, type RequestListener } from 'node:http'
import type { OidcProvider } from 'countersign/bridge'
import Provider from 'oidc-provider'
import { listen } from '../../../countersign/test/adapters/listen.ts'
import { storeOf } from '../identity-provider/store.ts'

const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange'
const secret = { client_secret: 'a secret of the OAuth 2 client', redirect_uris: [], response_types: [] }

/** An oidc-provider that listens on a free port, and has some clients. */
export async function runOidcProvider() {
  let answer: RequestListener = () => {}
  const { base, close } = await listen(createServer((req, res) => answer(req, res)))
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
  answer = provider.callback()
  return { base, close, secret: secret.client_secret, provider: provider as unknown as OidcProvider }
}
