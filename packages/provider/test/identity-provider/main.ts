import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import process from 'node:process'
import Provider from 'oidc-provider'
import { storeOf } from './store.ts'

/**
 * An identity provider as a company has one: the real oidc-provider in a process of its own, on a free port. Its parent
 * sends the addresses that the client may come back to.
 */
const clientId = 'countersign'
const clientSecret = process.env['CLIENT_SECRET'] ?? ''

const server = createServer().listen(Number(process.env['PORT'] ?? 0), '127.0.0.1')
await once(server, 'listening')
const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const key = { ...privateKey.export({ format: 'jwk' }), kid: 'signing', use: 'sig', alg: 'RS256' }
const store = storeOf()

const provider = new Provider(issuer, {
  adapter: store.adapter,
  jwks: { keys: [key] },
  cookies: { keys: [randomBytes(24).toString('base64url')] },
  features: { devInteractions: { enabled: true } },
  pkce: { required: () => true },
  claims: {
    openid: ['sub'],
    profile: ['name', 'preferred_username'],
    email: ['email', 'email_verified'],
  },
  ttl: {
    AccessToken: 600,
    AuthorizationCode: 60,
    Grant: 3600,
    IdToken: 600,
    Interaction: 600,
    Session: 3600,
  },
  // Everyone here has the same address, and is called what the sign-in form was told.
  findAccount: (_: unknown, sub: string) => ({
    accountId: sub,
    claims: () => ({
      sub,
      preferred_username: sub.split('#')[0],
      email: 'everyone@example.com',
      email_verified: true,
    }),
  }),
})
server.on('request', provider.callback())

process.on('message', (redirectUris: readonly string[]) => {
  store.setClient({
    client_id: clientId,
    client_secret: clientSecret,
    redirect_uris: redirectUris,
    grant_types: ['authorization_code'],
    response_types: ['code'],
    scope: 'openid profile email',
  })
  process.send?.('ready')
})
// If the parent is gone, nothing remains.
process.on('disconnect', () => process.exit())
process.send?.({ issuer, clientId })
