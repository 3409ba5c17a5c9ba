import { describe, expect, it } from 'vitest'
import { api, Provider, token } from './provider.ts'

describe('a scope that a resource requires', () => {
  it.each([
    ['one of those granted', 'read write', 'read', true],
    ['all of them, in another order', 'read write', 'write read', true],
    ['with extra spaces', 'read write', ' read  write ', true],
    ['none required', '', '', true],
    ['one that is missing', 'read', 'write', false],
    ['one of two missing', 'read', 'read write', false],
    ['one that only begins alike', 'read', 'rea', false],
    ['in another case', 'read', 'Read', false],
    ['nothing granted', null, 'read', false],
    ['nothing ever said', undefined, 'read', false],
  ])('%s', async (_name, scope, required, accepted) => {
    const provider = new Provider({ tokens: [{ ...token, scope }] })
    const tried = provider.protector.authenticate(provider.read(), required)
    await (accepted
      ? expect(tried).resolves.toHaveProperty('credential.scope', scope)
      : expect(tried).rejects.toMatchObject({ code: 'insufficient_scope', status: 403 }))
  })

  it('is not told to whoever cannot sign', async () => {
    const provider = new Provider()
    const http = provider.read({ oauth: { oauth_signature: 'AAAA' } })
    await expect(provider.protector.authenticate(http, 'admin')).rejects.toMatchObject({
      code: 'invalid_signature',
    })
  })
})

describe('two-legged requests, signed by the client alone', () => {
  const url = `${api}/stats`

  it('are refused by default: the resource belongs to a user', async () => {
    const provider = new Provider()
    await expect(provider.protector.authenticate(provider.sign({ url }))).rejects.toMatchObject({
      status: 400,
      code: 'missing_required_parameter',
    })
    expect(provider.nonces).toEqual([])
  })

  it.each<[string, Record<string, string>]>([
    ['without oauth_token', {}],
    ['with an empty oauth_token', { oauth_token: '' }],
  ])('pass where the resource allows them: %s', async (_name, oauth) => {
    const provider = new Provider({ protector: { twoLegged: true } })
    const { client, credential } = await provider.protector.authenticate(provider.sign({ url, oauth }))
    expect(client.clientId).toBe('client')
    expect(credential).toBeUndefined()
  })

  it('have no scope', async () => {
    const provider = new Provider({ protector: { twoLegged: true } })
    await expect(provider.protector.authenticate(provider.sign({ url }), 'read')).rejects.toMatchObject({
      status: 403,
    })
  })

  it('replay no better than others', async () => {
    const provider = new Provider({ protector: { twoLegged: true } })
    const http = provider.sign({ url })
    await provider.protector.authenticate(http)
    await expect(provider.protector.authenticate(http)).rejects.toMatchObject({ code: 'invalid_nonce' })
  })
})

describe('a token is good for its own client only', () => {
  it('even where the store returns it to another', async () => {
    const other = { clientId: 'other', clientSecret: 'other' }
    const provider = new Provider({ clients: [other], hooks: () => ({ queryToken: () => token }) })
    await expect(provider.protector.authenticate(provider.read({ client: other }))).rejects.toMatchObject({
      code: 'invalid_signature',
    })
  })
})
