import { type Client, type ClientPolicy, ConfigurationError, OAuth1Error, type Policy } from 'countersign'
import { describe, expect, it } from 'vitest'
import type { Unsigned } from '../../../../test/support/signer.ts'
import { errorOf, Provider, start, token } from './provider.ts'

const partner: Client = { clientId: 'partner', clientSecret: 'partner-secret', callbacks: [] }
const partnerToken = { ...token, clientId: 'partner', oauthToken: 'partner-token' }

/** A provider with the usual client, which has no policy, and a partner with this one. */
function providerWith(policy: ClientPolicy | null, options: Partial<Policy> & { profiles?: object } = {}) {
  return new Provider({
    clients: [
      { clientId: 'client', clientSecret: 'secret', callbacks: ['https://printer.example.com/ready'] },
      { ...partner, policy, callbacks: ['https://partner.example/cb'] },
    ],
    tokens: [token, partnerToken],
    server: options as object,
    protector: options as object,
  })
}

async function verdict(provider: Provider, rest: Partial<Unsigned>): Promise<string> {
  try {
    await provider.protector.authenticate(provider.read(rest))
    return 'accepted'
  } catch (error) {
    if (error instanceof OAuth1Error) return error.code
    throw error
  }
}

const asPartner = { client: partner as { clientId: string; clientSecret: string }, token: partnerToken }
const policyFields: (keyof Policy)[] = [
  'supportedSignatureMethods',
  'timestampWindowSeconds',
  'places',
  'headerParameters',
  'callbackRule',
  'allowUnregisteredCallbacks',
  'twoLegged',
  'advice',
]
const sha256 = { oauth: { oauth_signature_method: 'HMAC-SHA256' } }

describe('the policy of one client', () => {
  it.each<[string, ClientPolicy, Partial<Unsigned>, partner: string, others: string]>([
    [
      'allows a method that others may not use',
      { supportedSignatureMethods: ['HMAC-SHA256'] },
      sha256,
      'accepted',
      'unsupported_signature_method',
    ],
    [
      'forbids a method that others may use',
      { supportedSignatureMethods: ['HMAC-SHA256'] },
      {},
      'unsupported_signature_method',
      'accepted',
    ],
    [
      'widens the window',
      { timestampWindowSeconds: 5400 },
      { oauth: { oauth_timestamp: String(start - 5000) } },
      'accepted',
      'invalid_nonce',
    ],
    [
      'narrows the window',
      { timestampWindowSeconds: 10 },
      { oauth: { oauth_timestamp: String(start - 11) } },
      'invalid_nonce',
      'accepted',
    ],
    ['forbids a place', { places: ['header'] }, { place: 'query' }, 'unsupported_parameter', 'accepted'],
  ])('%s', async (_name, policy, request, forPartner, forOthers) => {
    const provider = providerWith(policy)
    expect(await verdict(provider, { ...request, ...asPartner })).toBe(forPartner)
    expect(await verdict(provider, request)).toBe(forOthers)
  })

  it('allows requests without a token', async () => {
    const provider = providerWith({ twoLegged: true })
    const twoLegged = { url: 'https://photos.example.net/photos' }
    const signed = (client?: typeof asPartner.client) =>
      provider.protector.authenticate(provider.sign({ ...twoLegged, ...(client && { client }) }))
    await expect(signed(asPartner.client)).resolves.toMatchObject({ credential: undefined })
    await expect(signed()).rejects.toMatchObject({ code: 'missing_required_parameter' })
  })

  it('keeps the nonce as long as the widened window', async () => {
    const provider = providerWith({ timestampWindowSeconds: 5400 })
    const request = provider.read(asPartner)
    await provider.protector.authenticate(request)
    provider.now += 5400
    await expect(provider.protector.authenticate(request)).rejects.toMatchObject({ code: 'invalid_nonce' })
    expect(provider.nonces[0]?.expiresAt).toBe(start + 5401)
  })

  it.each<[string, callback: string, accepted: boolean]>([
    ['the registered URI', 'https://partner.example/cb', true],
    ['a path below it', 'https://partner.example/cb/eu?shop=7', true],
    ['a path that only begins alike', 'https://partner.example/cbx', false],
    ['dot segments that lead out', 'https://partner.example/cb/../evil', false],
    ['encoded dot segments', 'https://partner.example/cb/%2E%2e/evil', false],
    ['dot segments with parameters of their own', 'https://partner.example/cb/..;/evil', false],
    ['an encoded slash after dots', 'https://partner.example/cb/..%2Fevil', false],
    ['an encoded backslash', 'https://partner.example/cb/..%5cevil', false],
    ['encoded slashes in the query', 'https://partner.example/cb/eu?next=..%2Fhome', true],
    ['another host', 'https://partner.example.evil.test/cb/', false],
    ['another scheme', 'http://partner.example/cb/', false],
  ])('with the prefix rule: %s', async (_name, callback, accepted) => {
    const initiate = async (policy: ClientPolicy) =>
      errorOf(await providerWith(policy).initiate({ oauth_callback: callback }, { client: asPartner.client }))
    expect(await initiate({ callbackRule: 'prefix' })).toBe(accepted ? null : 'invalid_request')
    const isExact = callback === 'https://partner.example/cb'
    expect(await initiate({})).toBe(isExact ? null : 'invalid_request')
  })

  it.each(policyFields)(
    'leaves the %s of the server where its own is undefined, or the one of its profile',
    async (field) => {
      const undefinedField: Partial<Policy> = { [field]: undefined }
      const profiles = { empty: undefinedField }
      for (const policy of [undefinedField, { profile: 'empty' }, { profile: 'empty', ...undefinedField }]) {
        const provider = providerWith(policy, { profiles, headerParameters: 'refuse' })
        expect(await verdict(provider, asPartner)).toBe('accepted')
        const inHeader = { ...asPartner, oauth: { size: 'large' } }
        expect(await verdict(provider, inHeader)).toBe('unsupported_parameter')
        const old = { ...asPartner, oauth: { oauth_timestamp: String(start - 301) } }
        expect(await verdict(provider, old)).toBe('invalid_nonce')
        expect(await verdict(provider, { ...asPartner, ...sha256 })).toBe('unsupported_signature_method')
      }
    },
  )

  it('takes precedence over the profile that it names, and that over the server', async () => {
    const profiles = { legacy: { supportedSignatureMethods: ['HMAC-SHA256'], timestampWindowSeconds: 5400 } }
    const old = { oauth: { ...sha256.oauth, oauth_timestamp: String(start - 5000) } }
    const named = providerWith({ profile: 'legacy' }, { profiles })
    expect(await verdict(named, { ...asPartner, ...old })).toBe('accepted')
    const narrowed = providerWith({ profile: 'legacy', timestampWindowSeconds: 300 }, { profiles })
    expect(await verdict(narrowed, { ...asPartner, ...old })).toBe('invalid_nonce')
    expect(await verdict(narrowed, { ...asPartner, ...sha256 })).toBe('accepted')
  })

  it.each<[string, object]>([
    ['holds a field that does not exist', { methods: ['HMAC-SHA256'] }],
    ['holds a field of another kind', { supportedSignatureMethods: 'HMAC-SHA1' }],
    ['names a profile that does not exist', { profile: 'legacy' }],
    ['is no object', 'HMAC-SHA1' as unknown as object],
  ])('that %s makes the client as good as unknown, and is told to the operator', async (_name, policy) => {
    const faults: unknown[] = []
    const on = (event: { type: string }) => event.type === 'fault' && faults.push(event)
    const provider = providerWith(policy, { on } as object)
    expect(await verdict(provider, asPartner)).toBe('invalid_signature')
    expect(faults).toMatchObject([{ clientId: 'partner' }])
  })

  it.each([
    [{}, 'none'],
    [{ old: {}, new: {} }, 'old, new'],
  ])('that names no profile of %j is told which there are', async (profiles, known) => {
    const faults: string[] = []
    const on = (event: { type: string; error: Error }) =>
      event.type === 'fault' && faults.push(event.error.message)
    await verdict(providerWith({ profile: 'legacy' }, { profiles, on } as object), asPartner)
    expect(faults).toEqual([
      `The policy of a client names the profile legacy, which is not among the server's profiles (${known}). Add it to the option profiles.`,
    ])
  })

  it('with a wrong field is told which', async () => {
    const faults: string[] = []
    const on = (event: { type: string; error: Error }) =>
      event.type === 'fault' && faults.push(event.error.message)
    await verdict(providerWith({ profile: 7 } as object, { on } as object), asPartner)
    expect(faults).toEqual([
      expect.stringMatching(/^The policy of a client: .*profile must be the name of a profile/),
    ])
  })

  it.each(['header', 'body', 'query'] as const)('may name the %s alone as the place', async (place) => {
    const provider = providerWith({ places: [place] })
    expect(await verdict(provider, { ...asPartner, place, method: 'POST' })).toBe('accepted')
  })

  it('of null is none', async () => {
    expect(await verdict(providerWith(null), asPartner)).toBe('accepted')
  })
})

it('an unknown client is under the policy of the server', async () => {
  const provider = providerWith({ supportedSignatureMethods: ['HMAC-SHA256'] })
  const stranger = { client: { clientId: 'stranger', clientSecret: 'x' } }
  expect(await verdict(provider, { ...stranger, ...sha256 })).toBe('unsupported_signature_method')
  expect(await verdict(provider, stranger)).toBe('invalid_signature')
})

it('a window wider than any policy is refused before anything is looked up', async () => {
  let lookups = 0
  const provider = new Provider({
    hooks: (hooks) => ({
      queryClient: (clientId) => {
        lookups++
        return hooks.queryClient(clientId)
      },
    }),
  })
  expect(await verdict(provider, { oauth: { oauth_timestamp: String(start - 31_536_001) } })).toBe(
    'invalid_nonce',
  )
  expect(lookups).toBe(0)
})

describe('a policy that cannot be meant', () => {
  it.each<[string, object]>([
    ['supportedSignatureMethods', { supportedSignatureMethods: [] }],
    ['supportedSignatureMethods', { supportedSignatureMethods: 'HMAC-SHA1' }],
    ['timestampWindowSeconds', { timestampWindowSeconds: 0 }],
    ['timestampWindowSeconds', { timestampWindowSeconds: 31_536_001 }],
    ['supportedSignatureMethods', { supportedSignatureMethods: ['HMAC-SHA1', 5] }],
    ['places', { places: ['cookie'] }],
    ['places', { places: ['header', 'cookie'] }],
    ['callbackRule', { callbackRule: 'any' }],
    ['twoLegged', { twoLegged: 'false' }],
    ['advice', { advice: 1 }],
  ])('is a ConfigurationError that names %s: %j', (name, policy) => {
    expect(() => new Provider({ protector: policy })).toThrow(ConfigurationError)
    expect(() => new Provider({ protector: policy })).toThrow(name)
    expect(() => new Provider({ server: { profiles: { odd: policy } } as object })).toThrow(name)
  })

  it('in a profile: a method that does not exist', async () => {
    const profiles = { odd: { supportedSignatureMethods: ['HMAC-MD5'] } }
    await expect(verdict(providerWith(null, { profiles }), {})).rejects.toThrow('HMAC-MD5')
  })
})
