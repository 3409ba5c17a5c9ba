import { createHmac } from 'node:crypto'
import {
  asymmetric,
  ConfigurationError,
  nonceKey,
  optionsFromEnv,
  StoreError,
  sharedKey,
  symmetric,
} from 'countersign'
import { httpRequest } from 'countersign/fetch'
import { memoryCache } from 'countersign/memory'
import { OAuth1Request } from 'countersign/protocol'
import { describe, expect, it } from 'vitest'
import type { Unsigned } from '../../../../test/support/signer.ts'
import { spkiPem } from '../protocol/keys.ts'
import { api, client, consent, errorOf, Provider, start } from './provider.ts'

// One test for each fault that the servers before this one had; the name says what would follow from it.

const other = { clientId: 'other', clientSecret: 'other', callbacks: [] }

function refused(provider: Provider, unsigned: Partial<Unsigned>, code: string): Promise<void> {
  const tried = Promise.resolve(provider.protector.authenticate(provider.read(unsigned)))
  return expect(tried).rejects.toMatchObject({ code })
}

describe('signatures', () => {
  it('a verify function that returns the computed signature would let any signature pass', async () => {
    const compute = ({ baseString }: { baseString: string }) =>
      createHmac('sha256', 'k').update(baseString).digest('base64')
    const methods = { A: asymmetric(compute as unknown as () => boolean), S: symmetric(compute) }
    for (const name of ['A', 'S']) {
      const provider = new Provider({
        clients: [{ ...client, rsaPublicKey: spkiPem }],
        protector: { supportedSignatureMethods: ['A', 'S'], signatureMethods: methods },
      })
      await refused(
        provider,
        { oauth: { oauth_signature_method: name, oauth_signature: 'QUFBQQ==' } },
        'invalid_signature',
      )
    }
  })

  it('a method registered on one server would change every server of the process', async () => {
    const provider = new Provider()
    provider.server.registerSignatureMethod(
      'HMAC-SHA1',
      symmetric(() => 'always the same'),
    )
    expect((await provider.initiate({ oauth_signature: 'always the same' })).status).toBe(200)
    const second = new Provider()
    expect((await second.initiate({ oauth_signature: 'always the same' })).status).toBe(401)
    await refused(provider, { oauth: { oauth_signature: 'always the same' } }, 'invalid_signature')
  })

  it('verifiers and signatures compared with == would tell by time where they differ: any other length or case is refused as well', async () => {
    const provider = new Provider()
    const { temporary, verifier } = await provider.approved()
    for (const wrong of [verifier.slice(1), `${verifier}a`, verifier.toUpperCase(), ` ${verifier}`]) {
      expect((await provider.exchange(temporary, wrong)).status).toBe(401)
    }
    expect((await provider.exchange(temporary, verifier)).status).toBe(200)
  })
})

describe('nonces', () => {
  it('"has", then "set" would let parallel replays pass', async () => {
    const provider = new Provider()
    const http = provider.read()
    const tries = Array.from({ length: 10 }, () => provider.protector.authenticate(http))
    const outcomes = await Promise.allSettled(tries)
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  it('a nonce stored before the signature is checked would let strangers burn nonces and fill the store', async () => {
    const provider = new Provider()
    await refused(provider, { oauth: { oauth_nonce: 'n', oauth_signature: 'AAAA' } }, 'invalid_signature')
    expect(provider.nonces).toEqual([])
  })

  it('a far-future timestamp would replay when its nonce is forgotten', async () => {
    await refused(new Provider(), { oauth: { oauth_timestamp: String(start + 86_401) } }, 'invalid_nonce')
  })

  it('a key joined with hyphens would be shared by two clients', () => {
    const record = { timestamp: 1, nonce: 'n', expiresAt: 9 }
    const one = nonceKey({ ...record, clientId: 'a-b', oauthToken: 'c' })
    expect(nonceKey({ ...record, clientId: 'a', oauthToken: 'b-c' })).not.toBe(one)
  })

  it('a NULL in the unique key would let two-legged replays pass', async () => {
    const provider = new Provider({ protector: { twoLegged: true } })
    await provider.protector.authenticate(provider.sign({ url: api }))
    for (const part of Object.values(provider.nonces[0] ?? { none: null })) expect(part).not.toBeNull()
    expect(provider.nonces[0]?.oauthToken).toBe('')
  })

  it('an in-memory cache that evicts when full would let replays pass: it refuses instead', async () => {
    const cache = memoryCache({ maxEntries: 3 })
    for (const key of ['a', 'b', 'c']) expect(await cache.add(key, '', 300)).toBe(true)
    expect(() => cache.add('d', '', 300)).toThrow(StoreError)
    expect(await cache.add('a', '', 300)).toBe(false)
  })

  it('timestamps of signs, spaces, other digits or endless length would be accepted, or be a 500', async () => {
    for (const oauth_timestamp of [`+${start}`, ` ${start}`, '١٧٠٠٠٠٠٠٠٠', '9'.repeat(400)]) {
      await refused(new Provider(), { oauth: { oauth_timestamp } }, 'invalid_request')
    }
  })
})

describe('the flow', () => {
  it("/token that does not compare the credential's client would let another client spend it", async () => {
    const provider = new Provider({ clients: [client, other] })
    const { temporary, verifier } = await provider.approved()
    expect((await provider.exchange(temporary, verifier, { client: other })).status).toBe(401)
    expect((await provider.exchange(temporary, verifier)).status).toBe(200)
  })

  it('a failed /token that deletes the credential would let anyone who saw the token in a URL kill the flow', async () => {
    const provider = new Provider()
    const { temporary, verifier } = await provider.approved()
    const saw = { oauthToken: temporary.oauthToken, oauthTokenSecret: 'unknown' }
    expect((await provider.exchange(saw, 'guess')).status).toBe(401)
    expect((await provider.exchange(temporary, verifier)).status).toBe(200)
  })

  it('a second approval that overwrites the first would hijack the consent', async () => {
    const provider = new Provider()
    const { temporary } = await provider.approved()
    await expect(provider.authorize(temporary.oauthToken, { id: 666 })).rejects.toMatchObject({
      code: 'invalid_token',
    })
    expect(await provider.hooks.getTemporaryCredential(temporary.oauthToken)).toMatchObject({ userId: 7 })
  })

  it('a denied credential that can be approved later, by anyone, would hijack the consent', async () => {
    const provider = new Provider()
    const { oauthToken } = await provider.temporary()
    await provider.authorize(oauthToken, undefined)
    await expect(provider.server.checkAuthorizationRequest(consent(oauthToken))).rejects.toMatchObject({
      code: 'invalid_token',
    })
    await expect(provider.authorize(oauthToken, { id: 666 })).rejects.toMatchObject({ code: 'invalid_token' })
  })

  it('a callback check that wants scheme and host only would let javascript://host/… pass', async () => {
    const callback = 'javascript://printer.example.com/%0Aalert(document.cookie)'
    expect(errorOf(await new Provider().initiate({ oauth_callback: callback }))).toBe('invalid_request')
  })

  it('any callback host would phish, CR/LF in callbacks would split the response, and oob would be redirected to a default', async () => {
    const provider = new Provider()
    expect((await provider.initiate({ oauth_callback: 'https://evil.example.com/ready' })).status).toBe(400)
    expect(
      (await provider.initiate({ oauth_callback: 'https://printer.example.com/ready\r\nX: y' })).status,
    ).toBe(400)
    const { oauthToken } = await provider.temporary({ oauth_callback: 'oob' })
    const page = await provider.authorize(oauthToken, { id: 7 })
    expect([page.status, page.headers['location']]).toEqual([200, undefined])
  })

  it('no challenge on 401 and oauth_callback_confirmed=True would make clients stumble that follow the RFC', async () => {
    const provider = new Provider()
    expect((await provider.initiate()).body).toMatch(/&oauth_callback_confirmed=true$/)
    expect((await provider.initiate({ oauth_signature: 'AAAA' })).headers['www-authenticate']).toMatch(
      /^OAuth realm="/,
    )
  })
})

describe('parsing', () => {
  it('duplicate oauth_ parameters that collapse would ignore §3.2', async () => {
    const provider = new Provider()
    const http = provider.read({ place: 'query' })
    const twice = { ...http, url: `${http.url}&oauth_token=other` }
    await expect(Promise.resolve().then(() => provider.protector.authenticate(twice))).rejects.toMatchObject({
      code: 'duplicated_oauth_protocol_parameter',
    })
  })

  it('repeated form fields that are dropped would refuse valid requests', async () => {
    const provider = new Provider()
    const http = provider.read({
      method: 'POST',
      form: [
        ['a', '2'],
        ['a', '1'],
        ['a', '2'],
      ],
    })
    const { request } = await provider.protector.authenticate(http)
    expect(request.parameters.filter(([name]) => name === 'a')).toEqual([
      ['a', '2'],
      ['a', '1'],
      ['a', '2'],
    ])
  })

  it('multipart fields that are signed would refuse valid requests', async () => {
    const provider = new Provider()
    const form = new FormData()
    form.set('a', '1')
    const { headers } = provider.read({ method: 'POST' })
    const authorization = String(headers['authorization'])
    const multipart = new Request(`${api}/photos?file=vacation.jpg`, {
      method: 'POST',
      body: form,
      headers: { authorization },
    })
    const http = await httpRequest(multipart)
    expect(http.body).toBeUndefined()
    await expect(provider.protector.authenticate(http)).resolves.toBeTruthy()
  })

  it('a malformed Authorization header or signature that raises would be a 500', async () => {
    const provider = new Provider({ protector: { supportedSignatureMethods: ['RSA-SHA1', 'HMAC-SHA1'] } })
    const http = { method: 'POST', url: `${api}/initiate`, headers: { authorization: 'OAuth oauth_nonce="' } }
    expect((await provider.server.createTemporaryCredentialResponse(http)).status).toBe(400)
    await refused(
      provider,
      { oauth: { oauth_signature_method: 'RSA-SHA1', oauth_signature: '*not base64*' } },
      'invalid_signature',
    )
  })

  it('a query parameter named realm that is left unsigned could be added to a signed request', async () => {
    const provider = new Provider()
    const http = provider.read()
    const tried = Promise.resolve(
      provider.protector.authenticate({ ...http, url: `${http.url}&realm=admin` }),
    )
    await expect(tried).rejects.toMatchObject({ code: 'invalid_signature' })
  })

  it('oauth_ values holding %XX that are decoded twice would give correct clients a 401', async () => {
    for (const place of ['header', 'body', 'query'] as const) {
      const provider = new Provider()
      const http = provider.read({ method: 'POST', place, oauth: { oauth_nonce: '%41%2B+b' } })
      expect(OAuth1Request.parse(http).nonce).toBe('%41%2B+b')
      await expect(provider.protector.authenticate(http)).resolves.toBeTruthy()
    }
  })
})

describe('transport', () => {
  it('an insecure-transport variable of "false" that switches TLS off would surprise', () => {
    expect(optionsFromEnv({ OAUTH1_INSECURE_TRANSPORT: 'false' }).insecureTransport).toBe(false)
    const word = 'false' as unknown as boolean
    expect(() => new Provider({ server: { insecureTransport: word } })).toThrow(ConfigurationError)
  })

  it('a Host of localhost:1 that passes over plain HTTP would bypass TLS', async () => {
    const response = await new Provider().initiate(
      {},
      { url: 'http://localhost:1/initiate', headers: { host: 'localhost:1' } },
    )
    expect(errorOf(response)).toBe('insecure_transport')
  })
})

it('a token secret that is joined without its ampersand or encoding would let two pairs of secrets be one key', () => {
  const keys = [
    ['a', 'b&c'],
    ['a&b', 'c'],
    ['a%26b', 'c'],
    ['', 'a&b&c'],
    ['a', ''],
  ].map(([c = '', t = '']) => sharedKey(c, t))
  expect(new Set(keys).size).toBe(keys.length)
})
