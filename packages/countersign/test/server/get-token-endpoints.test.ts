import type { ClientPolicy } from 'countersign'
import { describe, expect, it } from 'vitest'
import { api, client, credentials, Provider } from './provider.ts'

function providerWith(policy: ClientPolicy): Provider {
  return new Provider({ clients: [{ ...client, policy }] })
}

function initiate(provider: Provider, method: string, place: 'header' | 'query' = 'query') {
  const oauth = { oauth_callback: 'oob' }
  return provider.server.initiate.handle(provider.sign({ method, url: `${api}/initiate`, place, oauth }))
}

describe('GET at the token endpoints', () => {
  it('is refused by default', async () => {
    const response = await initiate(providerWith({}), 'GET')
    expect([response.status, response.headers['allow']]).toEqual([405, 'POST'])
  })

  it('goes through the flow where the policy allows it', async () => {
    const provider = providerWith({ getTokenEndpoints: true })
    const response = await initiate(provider, 'GET')
    const temporary = credentials(response)
    expect(response.headers['cache-control']).toBe('no-store')
    const decision = await provider.server.decideAuthorization(temporary.oauthToken, { id: 7 })
    const exchange = provider.sign({
      method: 'GET',
      url: `${api}/token`,
      token: temporary,
      oauth: { oauth_verifier: decision.kind === 'code' ? decision.oauthVerifier : '' },
    })
    const token = credentials(await provider.server.token.handle(exchange))
    const revocation = provider.sign({ method: 'GET', url: `${api}/revoke`, token })
    expect((await provider.server.revoke.handle(revocation)).status).toBe(200)
  })

  it.each(['PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'get2'])(
    'opens the door to no %s',
    async (method) => {
      expect((await initiate(providerWith({ getTokenEndpoints: true }), method)).status).toBe(405)
    },
  )

  it('without any OAuth parameter is a 405 under every policy', async () => {
    for (const getTokenEndpoints of [true, false]) {
      const { server } = new Provider({ server: { getTokenEndpoints } })
      const http = { method: 'GET', url: `${api}/token`, headers: {} }
      expect((await server.token.handle(http)).status).toBe(405)
    }
  })

  it('tells a stranger nothing of a client: 405 for one that is unknown, as for one that may not', async () => {
    const provider = providerWith({})
    for (const clientId of ['client', 'nobody']) {
      const http = provider.sign({
        method: 'GET',
        url: `${api}/initiate`,
        client: { clientId, clientSecret: 'guessed' },
        oauth: { oauth_callback: 'oob' },
      })
      expect((await provider.server.initiate.handle(http)).status).toBe(405)
    }
  })
})
