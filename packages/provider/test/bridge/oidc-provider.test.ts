import {
  BearerProtector,
  clientPairs,
  oidcProviderHooks,
  registerTokenExchange,
  scopeTable,
  TokenExchange,
  tokenExchangeGrant,
  type VerifyBearer,
} from 'countersign/bridge'
import * as oidc from 'openid-client'
import { tokenIntrospection } from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parameters, Setting, start } from '../../../countersign/test/bridge/setting.ts'
import { runOidcProvider } from './oidc-server.ts'

type Running = Awaited<ReturnType<typeof runOidcProvider>>

let running: Running
beforeAll(async () => {
  running = await runOidcProvider()
})
afterAll(() => running.close())

const as = (clientId: string) =>
  oidc.discovery(new URL(running.base), clientId, running.secret, undefined, {
    execute: [oidc.allowInsecureRequests],
  })
const { grant_type: _, ...presented } = parameters

/** An API that takes both kinds of tokens, and the exchange at the oidc-provider. */
async function bridge() {
  const { store } = new Setting()
  const { provider } = running
  const api = await as('api')

  const verifyBearer: VerifyBearer = async (token) => {
    const { active, sub, scope, client_id, cnf } = await tokenIntrospection(api, token)
    // A token that is bound to a key is no Bearer token.
    if (!active || client_id === undefined || cnf !== undefined) return undefined
    return { clientId: client_id, userId: sub, scope }
  }

  const protector = new BearerProtector({ hooks: store, now: () => start, verifyBearer })

  const exchange = new TokenExchange({
    protector,
    hooks: {
      ...store,
      ...clientPairs({ client: 'app', other: 'other-app', alone: 'bound' }),
      ...oidcProviderHooks(provider),
      scopesFor: scopeTable({ read: ['photos.read'], write: ['photos.write'] }, ['offline_access']),
    },
  })
  registerTokenExchange(provider, exchange)

  const call = (accessToken: string, scope?: string) =>
    protector.authenticate(
      {
        method: 'GET',
        url: 'https://api.example.net/photos',
        headers: { authorization: `Bearer ${accessToken}` },
      },
      scope,
    )
  return { exchange, call }
}

const exchanged = async (more: Record<string, string> = {}, clientId = 'app') =>
  oidc.genericGrantRequest(await as(clientId), tokenExchangeGrant, { ...presented, ...more })

describe('with an oidc-provider', () => {
  it('a token is exchanged, refreshed, introspected and used at the API', async () => {
    const { call } = await bridge()
    const first = await exchanged()
    expect(first).toMatchObject({
      token_type: 'bearer',
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      scope: 'photos.read offline_access',
      expires_in: 600,
    })
    expect(await call(first.access_token, 'photos.read')).toMatchObject({
      client: { clientId: 'app' },
      credential: { userId: '7', scope: 'photos.read offline_access' },
    })
    await expect(call(first.access_token, 'photos.write')).rejects.toMatchObject({
      code: 'insufficient_scope',
    })

    const refreshed = await oidc.refreshTokenGrant(await as('app'), first.refresh_token as string)
    expect(refreshed.access_token).not.toBe(first.access_token)
    const introspected = await oidc.tokenIntrospection(await as('api'), refreshed.access_token)
    expect(introspected).toMatchObject({
      active: true,
      sub: '7',
      client_id: 'app',
      scope: 'photos.read offline_access',
    })
    expect(await call(refreshed.access_token, 'photos.read')).toMatchObject({ scheme: 'Bearer' })
  })

  it('an exchange again revokes what came of the one before, refreshed tokens too', async () => {
    const { call } = await bridge()
    const first = await exchanged()
    const refreshed = await oidc.refreshTokenGrant(await as('app'), first.refresh_token as string)
    const second = await exchanged()
    for (const { access_token } of [first, refreshed])
      await expect(call(access_token)).rejects.toMatchObject({ code: 'invalid_token' })
    await expect(
      oidc.refreshTokenGrant(await as('app'), refreshed.refresh_token as string),
    ).rejects.toMatchObject({ error: 'invalid_grant' })
    expect(await call(second.access_token)).toMatchObject({ scheme: 'Bearer' })
  })

  it('many exchanges at once leave one valid pair', async () => {
    const { call } = await bridge()
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => exchanged()))
    const succeeded = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
    const calls = await Promise.allSettled(succeeded.map(({ access_token }) => call(access_token)))
    expect(calls.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  it('gives no refresh token where that was not asked for', async () => {
    await bridge()
    const narrowed = await exchanged({ scope: 'photos.read' })
    expect(narrowed).toMatchObject({ scope: 'photos.read' })
    expect(narrowed.refresh_token).toBeUndefined()
  })

  it.each([
    ['a wrong secret', { oauth_token_secret: 'wrong' }, 'app', 'invalid_grant'],
    ['a token of another client', {}, 'other-app', 'invalid_grant'],
    ['more scopes than were granted', { scope: 'photos.read photos.write' }, 'app', 'invalid_scope'],
    ['a resource', { resource: 'https://api.example.net' }, 'app', 'invalid_target'],
    ['no secret', { oauth_token_secret: '' }, 'app', 'invalid_request'],
    ['a client whose tokens must be bound', { subject_token: 'unpaired' }, 'bound', 'unauthorized_client'],
  ])('refuses %s', async (_, more, clientId, error) => {
    await bridge()
    await expect(exchanged(more, clientId)).rejects.toMatchObject({ error, status: 400 })
  })

  it('serves signed requests, too, outside of its own endpoints', async () => {
    const { exchange, call } = await bridge()
    const { access_token } = await exchange.exchangeSigned(new Setting().sign())
    expect(await call(access_token)).toMatchObject({ credential: { userId: '7' } })
  })
})
