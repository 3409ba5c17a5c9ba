import { createServer } from 'node:http'
import process from 'node:process'
import {
  exchangeHooks,
  isSuspended,
  openServices,
  settingsFromEnv,
  startGrantUpkeep,
} from '@countersign/provider'
import {
  oidcProviderHooks,
  registerTokenExchange,
  scopeTable,
  signedEndpoint,
  TokenExchange,
  tokenExchangeGrant,
} from 'countersign/bridge'
import { endpoint } from 'countersign/node'
import Provider from 'oidc-provider'
import { adapterOver, signingKey } from './storage.ts'

const { PORT = '4000', ISSUER = `http://localhost:${PORT}`, ALBUM_SECRET, API_SECRET } = process.env

const isPublic = ISSUER.startsWith('https:')

const exchanging = {
  grant_types: [tokenExchangeGrant, 'refresh_token'],
  redirect_uris: [],
  response_types: [],
}
const provider = new Provider(ISSUER, {
  adapter: adapterOver('oauth2.sqlite'),
  jwks: { keys: [signingKey('oauth2-key.json')] },
  scopes: ['offline_access', 'me', 'authorizations:read'],
  clients: [
    { client_id: 'album-app', client_secret: ALBUM_SECRET, ...exchanging },
    // The provider, as the API that introspects tokens.
    { client_id: 'api', client_secret: API_SECRET, ...exchanging, grant_types: [] },
  ],
  features: {
    // Only the API introspects tokens.
    introspection: { enabled: true, allowedPolicy: (_, { clientId }) => clientId === 'api' },
    devInteractions: { enabled: false },
  },
  // While a user is suspended at the provider, no tokens are renewed.
  findAccount: async (_: unknown, sub: string) =>
    (await isSuspended(services.db, Number(sub))) ? undefined : { accountId: sub, claims: () => ({ sub }) },
  ttl: { AccessToken: 3600, RefreshToken: 90 * 24 * 3600, Grant: 90 * 24 * 3600 },
})
// A proxy in front terminates TLS: its X-Forwarded-Proto makes the URLs in the metadata begin with https.
provider.proxy = isPublic

// The provider's database, with the provider's own settings. Signed exchanges are signed for the address of this
// server, not for the provider's PUBLIC_URL.
const services = await openServices({
  ...settingsFromEnv(process.env),
  ...(isPublic && { origin: ISSUER }),
})
const oauth2 = oidcProviderHooks(provider)
const exchange = new TokenExchange({
  protector: services.protector,
  // A partner moves thousands at a time.
  attemptsPerMinute: 6000,
  on: ({ type, ...details }) => services.log.info(details, type),
  insecureTransport: ISSUER.startsWith('http://localhost:'),
  hooks: {
    ...exchangeHooks(services),
    ...oauth2,
    // The scopes for a token without a scope, and for one with `authorizations:read`. Either also gets a refresh token.
    scopesFor: scopeTable({ '': ['me'], 'authorizations:read': ['me', 'authorizations:read'] }, [
      'offline_access',
    ]),
  },
})
registerTokenExchange(provider, exchange)
// A user who revokes an application's access revokes this one too.
const stopUpkeep = startGrantUpkeep(services, oauth2.revokeTokens)

const signedExchange = endpoint(signedEndpoint(exchange))
const oauth2Server = provider.callback()
const server = createServer((req, res) =>
  req.url?.split('?')[0] === '/exchange' ? signedExchange(req, res) : oauth2Server(req, res),
).listen(Number(PORT), () => process.stdout.write(`OAuth 2 server at ${ISSUER}\n`))

process.once('SIGTERM', () => {
  server.close(async () => {
    await stopUpkeep()
    await services.close()
  })
})
