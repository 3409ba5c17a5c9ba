import { ResourceProtector } from 'countersign'
import { BearerProtector } from 'countersign/bridge'
import { describe, expect, it } from 'vitest'
import { clients, Setting, start, token } from './setting.ts'

describe('an exchange by a signed request', () => {
  it('gives tokens to the paired OAuth 2 client, without a secret being sent', async () => {
    const setting = new Setting()
    expect(await setting.exchange.exchangeSigned(setting.sign())).toMatchObject({
      access_token: 'access-1',
      scope: 'photos.read offline_access',
    })
    expect(setting.issuer.requests).toMatchObject([{ oauth2ClientId: 'app', subject: 7 }])
    expect(setting.events.at(-1)).toEqual({
      type: 'exchanged',
      shape: 'signed_request',
      clientId: 'client',
      oauth2ClientId: 'app',
      userId: 7,
      scope: 'photos.read offline_access',
    })
  })

  it('is refused when it is replayed', async () => {
    const setting = new Setting()
    const request = setting.sign()
    await setting.exchange.exchangeSigned(request)
    await expect(setting.exchange.exchangeSigned(request)).rejects.toMatchObject({ code: 'invalid_nonce' })
    expect(setting.issuer.requests).toHaveLength(1)
  })

  it.each([
    ['a wrong secret', { token: { ...token, oauthTokenSecret: 'wrong' } }, 'invalid_signature'],
    ['a token that has ended', { token: { ...token, oauthToken: 'ended' } }, 'invalid_token'],
    ['a token of another client', { token: { ...token, oauthToken: 'of another' } }, 'invalid_signature'],
    ['no token', { token: undefined }, 'missing_required_parameter'],
    ['GET', { method: 'GET' }, 'method_not_allowed'],
  ])('is refused by the protector with %s', async (_, unsigned, code) => {
    const setting = new Setting()
    await expect(setting.exchange.exchangeSigned(setting.sign(unsigned))).rejects.toMatchObject({ code })
    expect(setting.issuer.requests).toEqual([])
  })

  it('is refused of a client that is paired with none', async () => {
    const setting = new Setting()
    const unpaired = {
      client: { clientId: 'alone', clientSecret: 'alone-secret' },
      token: { ...token, oauthToken: 'unpaired' },
      oauth: { oauth_consumer_key: 'alone' },
    }
    await expect(setting.exchange.exchangeSigned(setting.sign(unpaired))).rejects.toMatchObject({
      error: 'invalid_grant',
    })
    expect(setting.events.at(-1)).toMatchObject({ type: 'exchange_refused', refusal: 'client_not_paired' })
  })

  it('narrows the scope by a parameter that the client signed, and never widens it', async () => {
    const setting = new Setting()
    const ask = (form: [string, string][]) => setting.exchange.exchangeSigned(setting.sign({ form }))
    expect(await ask([['scope', 'photos.read']])).toMatchObject({ scope: 'photos.read' })
    await expect(ask([['scope', 'photos.write']])).rejects.toMatchObject({ error: 'invalid_scope' })
    const twice: [string, string][] = [
      ['scope', 'photos.read'],
      ['scope', 'offline_access'],
    ]
    await expect(ask(twice)).rejects.toMatchObject({ error: 'invalid_request' })
  })

  it('is not done for a Bearer token, which would renew itself forever', async () => {
    const { store } = new Setting()
    const verifyBearer = () => ({ clientId: 'client', userId: 7, scope: 'read write' })
    const setting = new Setting({ protector: new BearerProtector({ hooks: store, verifyBearer }) })
    const request = {
      method: 'POST',
      url: 'https://api.example.net/oauth/exchange',
      headers: { authorization: 'Bearer access-1' },
    }
    await expect(setting.exchange.exchangeSigned(request)).rejects.toMatchObject({
      code: 'missing_required_parameter',
    })
    expect(setting.issuer.requests).toEqual([])
  })

  it('is refused over plain HTTP, where the new tokens could be read, unless told otherwise', async () => {
    const url = 'http://api.example.net/oauth/exchange'
    const setting = new Setting()
    await expect(setting.exchange.exchangeSigned(setting.sign({ url }))).rejects.toMatchObject({
      code: 'insecure_transport',
    })
    const open = new Setting({ insecureTransport: true })
    expect(await open.exchange.exchangeSigned(open.sign({ url }))).toHaveProperty('access_token')
  })

  it('is limited in number, too', async () => {
    const setting = new Setting({ attemptsPerMinute: 1 })
    await setting.exchange.exchangeSigned(setting.sign())
    await expect(setting.exchange.exchangeSigned(setting.sign())).rejects.toMatchObject({ status: 429 })
  })

  it('obeys the policy of the client, like every request', async () => {
    const { store } = new Setting()
    const legacy = clients.map((client) => ({
      ...client,
      policy: { supportedSignatureMethods: ['PLAINTEXT'] },
    }))
    const hooks = { ...store, queryClient: () => legacy[0] }
    const setting = new Setting({ protector: new ResourceProtector({ hooks, now: () => start }) })
    await expect(setting.exchange.exchangeSigned(setting.sign())).rejects.toMatchObject({
      code: 'unsupported_signature_method',
    })
  })
})
