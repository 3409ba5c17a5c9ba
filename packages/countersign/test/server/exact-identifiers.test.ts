import type { Hooks } from 'countersign'
import { describe, expect, it } from 'vitest'
import { api, Provider, token } from './provider.ts'

/** A store whose database takes texts for the same that are not: case and, as MySQL does by default, spaces at the end. */
const careless = (store: Hooks): Partial<Hooks> => {
  const folded = (text: string) => text.trimEnd()
  return {
    queryClient: (clientId) => store.queryClient(folded(clientId.toLowerCase())),
    queryToken: (clientId, oauthToken) =>
      store.queryToken(folded(clientId.toLowerCase()), folded(oauthToken.toLowerCase())),
    getTemporaryCredential: (oauthToken) => store.getTemporaryCredential(folded(oauthToken)),
    consumeTemporaryCredential: (oauthToken) => store.consumeTemporaryCredential(folded(oauthToken)),
  }
}
const refused = { code: 'invalid_signature', status: 401 }

describe('a store that returns a row other than the requested one', () => {
  const provider = () => new Provider({ hooks: careless })

  it('lets no request in under another spelling of a client', async () => {
    const some = provider()
    const spelt = { clientId: 'CLIENT', clientSecret: 'secret' }
    const request = some.sign({ method: 'GET', url: `${api}/photos`, client: spelt, token })
    await expect(some.protector.authenticate(request)).rejects.toMatchObject(refused)
  })

  it('lets no client in alone under another spelling', async () => {
    const some = new Provider({ hooks: careless, protector: { twoLegged: true } })
    const spelt = { clientId: 'CLIENT', clientSecret: 'secret' }
    const request = some.sign({ method: 'GET', url: `${api}/photos`, client: spelt })
    await expect(some.protector.authenticate(request)).rejects.toMatchObject(refused)
  })

  it('lets no request in under another spelling of a token', async () => {
    const spelt = { ...token, oauthToken: 'TOKEN' }
    const some = provider()
    const request = some.sign({ method: 'GET', url: `${api}/photos`, token: spelt })
    await expect(some.protector.authenticate(request)).rejects.toMatchObject(refused)
  })

  it('issues nothing to another spelling of a client', async () => {
    const some = provider()
    const response = await some.initiate({}, { client: { clientId: 'CLIENT', clientSecret: 'secret' } })
    expect(response.status).toBe(401)
  })

  it('exchanges nothing for another spelling of a temporary credential', async () => {
    const some = provider()
    const { temporary, verifier } = await some.approved()
    const spelt = { ...temporary, oauthToken: `${temporary.oauthToken} ` }
    expect((await some.exchange(spelt, verifier)).status).toBe(401)
    expect((await some.exchange(temporary, verifier)).status).toBe(200)
  })
})

it.each([1, 'yes', {}, [true]])('%j from an atomic hook is not true, and wins nothing', async (response) => {
  const some = new Provider({
    hooks: () =>
      ({ createAuthorizationVerifier: () => response, recordNonce: () => response }) as unknown as Hooks,
  })
  await expect(some.protector.authenticate(some.read())).rejects.toMatchObject({ code: 'invalid_nonce' })
  const honest = new Provider({
    hooks: () => ({ createAuthorizationVerifier: () => response }) as unknown as Hooks,
  })
  const { oauthToken } = await honest.temporary()
  await expect(honest.authorize(oauthToken, { id: 7 })).rejects.toMatchObject({ code: 'invalid_token' })
  const spent = new Provider({
    hooks: () => ({ consumeTemporaryCredential: () => response }) as unknown as Hooks,
  })
  const { temporary, verifier } = await spent.approved()
  expect((await spent.exchange(temporary, verifier)).status).toBe(401)
})
