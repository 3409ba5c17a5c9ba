import { createHash } from 'node:crypto'
import {
  type BodyHashCheck,
  type ClientPolicy,
  ConfigurationError,
  type HttpRequest,
  OAuth1Error,
  type OAuth1Event,
} from 'countersign'
import { describe, expect, it } from 'vitest'
import type { Unsigned } from '../../../../test/support/signer.ts'
import { rsaSigner, spkiPem } from '../protocol/keys.ts'
import { api, credentials, Provider, token } from './provider.ts'

const octets = Uint8Array.from({ length: 256 }, (_, octet) => octet)

function hashOf(name: string, body: Uint8Array | string = octets): string {
  return createHash(name).update(body).digest('base64')
}

const methods = ['HMAC-SHA1', 'HMAC-SHA256', 'HMAC-SHA512', 'RSA-SHA1', 'RSA-SHA256', 'PLAINTEXT']

function providerWith(policy: ClientPolicy = {}): Provider {
  return new Provider({
    clients: [{ clientId: 'client', clientSecret: 'secret', rsaPublicKey: spkiPem, callbacks: [], policy }],
    protector: { supportedSignatureMethods: methods },
    server: { supportedSignatureMethods: methods },
  })
}

/** A signed request with this body, and how often the body was read. */
function posted(
  provider: Provider,
  oauth: NonNullable<Unsigned['oauth']>,
  body = octets,
  rest: Partial<Unsigned> = {},
) {
  const signed = provider.read({
    method: 'POST',
    oauth,
    ...rest,
    ...(oauth['oauth_signature_method']?.startsWith('RSA')
      ? { sign: rsaSigner(oauth['oauth_signature_method'].slice('RSA-'.length)) }
      : {}),
  })
  const reads = { count: 0 }
  const bytes = async () => {
    reads.count++
    return body
  }
  return { http: { ...signed, bytes } satisfies HttpRequest, reads }
}

async function verdict(provider: Provider, http: HttpRequest): Promise<string> {
  try {
    await provider.protector.authenticate(http)
    return 'accepted'
  } catch (error) {
    if (error instanceof OAuth1Error) return error.code
    throw error
  }
}

describe('a body hash', () => {
  it.each<[what: string, returned: unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['an empty text', ''],
  ])('of no body does not fit a request whose bytes() returns %s', async (_what, returned) => {
    const provider = providerWith()
    const { http } = posted(provider, { oauth_body_hash: hashOf('sha1', '') })
    const unread = { ...http, bytes: async () => returned as Uint8Array }
    await expect(provider.protector.authenticate(unread)).rejects.toThrow(ConfigurationError)
  })

  it.each([
    ['HMAC-SHA1', 'sha1'],
    ['HMAC-SHA256', 'sha256'],
    ['HMAC-SHA512', 'sha512'],
    ['RSA-SHA1', 'sha1'],
    ['RSA-SHA256', 'sha256'],
    ['PLAINTEXT', 'sha1'],
  ])('goes with the method: %s with %s', async (method, hash) => {
    const provider = providerWith()
    const oauth = { oauth_signature_method: method, oauth_body_hash: hashOf(hash) }
    expect(await verdict(provider, posted(provider, oauth).http)).toBe('accepted')
    for (let at = 0; at < octets.length; at += 51) {
      const changed = octets.with(at, (octets[at] ?? 0) ^ 1)
      expect(await verdict(provider, posted(provider, oauth, changed).http)).toBe('invalid_signature')
    }
  })

  it.each<[what: string, policy: ClientPolicy, oauth: NonNullable<Unsigned['oauth']>, expected: string]>([
    [
      'another hash than the method’s',
      {},
      { oauth_signature_method: 'HMAC-SHA256', oauth_body_hash: hashOf('sha1') },
      'invalid_signature',
    ],
    [
      'SHA-1 whatever the method, where it is tolerated',
      { tolerances: ['sha1-body-hash'] },
      { oauth_signature_method: 'HMAC-SHA256', oauth_body_hash: hashOf('sha1') },
      'accepted',
    ],
    [
      'SHA-512 for HMAC-SHA256 under that tolerance',
      { tolerances: ['sha1-body-hash'] },
      { oauth_signature_method: 'HMAC-SHA256', oauth_body_hash: hashOf('sha512') },
      'invalid_signature',
    ],
    ['a wrong one under `ignored`', { bodyHash: 'ignored' }, { oauth_body_hash: 'AAAA' }, 'accepted'],
    ['none under `verified`', {}, {}, 'accepted'],
    ['none under `required`', { bodyHash: 'required' }, {}, 'missing_required_parameter'],
    [
      'the right one under `required`',
      { bodyHash: 'required' },
      { oauth_body_hash: hashOf('sha1') },
      'accepted',
    ],
    ['an empty one', {}, { oauth_body_hash: '' }, 'invalid_signature'],
    [
      'one without its padding',
      {},
      { oauth_body_hash: hashOf('sha1').replace(/=+$/, '') },
      'invalid_signature',
    ],
    [
      'one in hexadecimal',
      {},
      { oauth_body_hash: createHash('sha1').update(octets).digest('hex') },
      'invalid_signature',
    ],
  ])('%s', async (_what, policy, oauth, expected) => {
    const provider = providerWith(policy)
    expect(await verdict(provider, posted(provider, oauth).http)).toBe(expected)
  })

  it('is not read for a stranger', async () => {
    const provider = providerWith()
    const { http, reads } = posted(provider, { oauth_body_hash: hashOf('sha1'), oauth_signature: 'AAAA' })
    expect(await verdict(provider, http)).toBe('invalid_signature')
    expect(reads.count).toBe(0)
  })

  it('is not read where no client sends one', async () => {
    const provider = providerWith()
    const { http, reads } = posted(provider, {})
    expect(await verdict(provider, http)).toBe('accepted')
    expect(reads.count).toBe(0)
  })

  it('that does not match spends no nonce', async () => {
    const provider = providerWith()
    await verdict(provider, posted(provider, { oauth_body_hash: hashOf('sha1', 'other') }).http)
    expect(provider.nonces).toEqual([])
  })

  it.each<[policy: ClientPolicy, expected: string]>([
    [{}, 'unsupported_parameter'],
    [{ bodyHash: 'required' }, 'unsupported_parameter'],
    [{ bodyHash: 'ignored' }, 'accepted'],
  ])('beside a form under %o: %s', async (policy, expected) => {
    const provider = providerWith(policy)
    const form = [['a', '1']] as const
    const { http } = posted(provider, { oauth_body_hash: hashOf('sha1', 'a=1') }, octets, { form })
    expect(await verdict(provider, http)).toBe(expected)
  })

  it.each([
    ['', 'accepted'],
    ['a=1', 'invalid_signature'],
  ])('of %o beside a form without octets: %s', async (hashed, expected) => {
    for (const bodyHash of ['verified', 'required'] as const) {
      const provider = providerWith({ bodyHash })
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      const { http } = posted(provider, { oauth_body_hash: hashOf('sha1', hashed) }, new Uint8Array(), {
        headers,
      })
      expect(await verdict(provider, { ...http, body: '' })).toBe(expected)
      // An application's own request, which has nothing more to read.
      const again = posted(provider, { oauth_body_hash: hashOf('sha1', hashed) }, new Uint8Array(), {
        headers,
      })
      const { bytes: _, ...own } = { ...again.http, body: '' }
      expect(await verdict(provider, own)).toBe(expected)
    }
  })

  it('is not required of a form', async () => {
    const provider = providerWith({ bodyHash: 'required' })
    const { http } = posted(provider, {}, octets, { form: [['a', '1']] })
    expect(await verdict(provider, http)).toBe('accepted')
  })

  it('is the hash of nothing where nothing was sent', async () => {
    const provider = providerWith({ bodyHash: 'required' })
    const oauth = { oauth_body_hash: hashOf('sha1', '') }
    expect(await verdict(provider, posted(provider, oauth, new Uint8Array()).http)).toBe('accepted')
    // A GET of a framework that hands over no body.
    expect(await verdict(provider, provider.read({ oauth }))).toBe('accepted')
  })

  it('on a request whose body cannot be read tells the developer what to do', async () => {
    const provider = providerWith()
    const http = provider.read({ method: 'POST', oauth: { oauth_body_hash: hashOf('sha1') } })
    await expect(verdict(provider, http)).rejects.toThrow(ConfigurationError)
    await expect(verdict(provider, http)).rejects.toThrow(/bytes\(\).*bodyHash: 'ignored'/)
  })

  it.each<[what: string, body: string, status: number]>([
    ['that matches', '', 200],
    ['that does not', 'x', 401],
  ])('%s at the endpoints of the server: %s', async (_what, body, status) => {
    const provider = new Provider()
    const bytes = async () => new TextEncoder().encode(body)
    const oauth = { oauth_callback: 'oob', oauth_body_hash: hashOf('sha1', '') }
    const initiate = provider.sign({ method: 'POST', url: `${api}/initiate`, oauth })
    const response = await provider.server.createTemporaryCredentialResponse({ ...initiate, bytes })
    expect(response.status).toBe(status)
    const { temporary, verifier } = await provider.approved()
    const exchange = provider.sign({
      method: 'POST',
      url: `${api}/token`,
      token: temporary,
      oauth: { oauth_verifier: verifier, oauth_body_hash: hashOf('sha1', '') },
    })
    const exchanged = await provider.server.createTokenResponse({ ...exchange, bytes })
    expect(exchanged.status).toBe(status)
    if (status === 200) expect(credentials(exchanged).oauthToken).not.toBe(token.oauthToken)
  })
})

describe('a deferred body hash', () => {
  /** What a proxy is given, and the events of the protector. */
  async function deferred(oauth: NonNullable<Unsigned['oauth']>, policy: ClientPolicy = {}) {
    const provider = providerWith(policy)
    const events: OAuth1Event[] = []
    provider.protector.init({ on: (event) => events.push(event) })
    const checks: BodyHashCheck[] = []
    const { http, reads } = posted(provider, oauth)
    const deferBodyHash = (check: BodyHashCheck) => void checks.push(check)
    const outcome = await verdict(provider, { ...http, deferBodyHash })
    return { outcome, checks, events, reads, nonces: provider.nonces }
  }

  it('is compared by whoever forwards the body, which is never read here', async () => {
    const { outcome, checks, reads, nonces, events } = await deferred({ oauth_body_hash: hashOf('sha1') })
    expect([outcome, reads.count, nonces.length]).toEqual(['accepted', 0, 1])
    expect(checks.map(({ hashNames }) => hashNames)).toEqual([['sha1']])
    await checks[0]?.compare([hashOf('sha1')])
    expect(events.map(({ type }) => type)).toEqual(['accepted'])
  })

  it('that does not match is a refusal of a client that is known, told to the listener', async () => {
    const { checks, events } = await deferred({ oauth_body_hash: hashOf('sha1') })
    const comparing = checks[0]?.compare([hashOf('sha1', 'other')])
    await expect(comparing).rejects.toMatchObject({ code: 'invalid_signature', status: 401 })
    expect(events[1]).toMatchObject({ type: 'refused', code: 'invalid_signature', clientId: 'client' })
  })

  it('names every hash that the policy takes', async () => {
    const oauth = { oauth_signature_method: 'HMAC-SHA256', oauth_body_hash: hashOf('sha1') }
    const { checks } = await deferred(oauth, { tolerances: ['sha1-body-hash'] })
    expect(checks[0]?.hashNames).toEqual(['sha256', 'sha1'])
    await checks[0]?.compare([hashOf('sha256'), hashOf('sha1')])
  })

  it.each<[what: string, policy: ClientPolicy, oauth: NonNullable<Unsigned['oauth']>]>([
    ['under `ignored`', { bodyHash: 'ignored' }, { oauth_body_hash: 'AAAA' }],
    ['where none was sent', {}, {}],
    ['of a stranger', {}, { oauth_body_hash: hashOf('sha1'), oauth_signature: 'AAAA' }],
  ])('is given to no one %s', async (_what, policy, oauth) => {
    expect((await deferred(oauth, policy)).checks).toEqual([])
  })
})
