import { createHmac, generateKeyPairSync } from 'node:crypto'
import type { Client, ClientPolicy, HttpRequest, OAuth1Error, OAuth1Event } from 'countersign'
import { type Diagnosis, diagnoser } from 'countersign/diagnose'
import { percentEncode } from 'countersign/protocol'
import { describe, expect, it } from 'vitest'
import type { Unsigned } from '../../../../test/support/signer.ts'
import { rsaSigner, spkiPem } from '../protocol/keys.ts'
import { api, type Changes, client, credentials, type Pair, Provider, token } from './provider.ts'

const other = { clientId: 'other', clientSecret: 'other-secret', callbacks: [] }
const otherToken = { ...token, clientId: 'other', oauthToken: 'others', oauthTokenSecret: 'others-secret' }

/** Signs as the usual client does, but with the token's secret forgotten. */
const forgetful: Partial<Unsigned> = { token: { ...token, oauthTokenSecret: '' } }

interface Watched {
  readonly provider: Provider
  /** The refusals that were told since the last time it was asked; waits for them. */
  refusals(): Promise<(OAuth1Event & { type: 'refused' })[]>
}

/** A provider that explains what it refuses, and a listener. */
function watched(policy: ClientPolicy = {}, changes: Changes = {}): Watched {
  const told: (OAuth1Event & { type: 'refused' })[] = []
  const on = (event: OAuth1Event) => {
    if (event.type === 'refused') told.push(event)
  }
  const common = { on, diagnose: diagnoser() }
  const provider = new Provider({
    clients: [{ ...client, policy }, other],
    tokens: [token, otherToken],
    ...changes,
    server: { ...common, ...changes.server },
    protector: { ...common, ...changes.protector },
  })
  return {
    provider,
    async refusals() {
      for (let waited = 0; told.length === 0 && waited < 200; waited++)
        await new Promise((resolve) => setTimeout(resolve, 5))
      return told.splice(0)
    },
  }
}

async function refused(provider: Provider, request: HttpRequest): Promise<OAuth1Error> {
  return provider.protector.authenticate(request).then(
    () => {
      throw new Error('It was accepted.')
    },
    (error: OAuth1Error) => error,
  )
}

const codes = (diagnosis: Diagnosis | undefined) => diagnosis?.causes.map(({ code }) => code)

describe('a refusal is told with its cause', () => {
  it('just after the response, which says no more than without', async () => {
    const { provider, refusals } = watched()
    const error = await refused(provider, provider.read(forgetful))
    const silent = new Provider()
    const usual = await refused(silent, silent.read(forgetful))
    expect(provider.protector.errorResponse(error)).toEqual(silent.protector.errorResponse(usual))
    const [event] = await refusals()
    expect(event).toMatchObject({ clientId: 'client', code: 'invalid_signature' })
    expect(event?.diagnosis).toMatchObject({ outcome: 'explained', proven: true })
    expect(codes(event?.diagnosis)).toEqual(['token-secret-missing'])
  })

  it.each<[string, (provider: Provider) => Promise<HttpRequest> | HttpRequest, string[], boolean]>([
    [
      'a clock that is slow',
      (provider) => provider.read({ oauth: { oauth_timestamp: String(provider.now - 4_000) } }),
      ['wrong-clock'],
      true,
    ],
    [
      'a clock that is slow, and a secret forgotten',
      (provider) => provider.read({ ...forgetful, oauth: { oauth_timestamp: String(provider.now - 4_000) } }),
      ['wrong-clock', 'token-secret-missing'],
      true,
    ],
    [
      'a nonce that was used',
      async (provider) => {
        const request = provider.read()
        await provider.protector.authenticate(request)
        return request
      },
      ['nonce-reused'],
      true,
    ],
    [
      'a temporary credential in the place of a token',
      async (provider) => provider.read({ token: await provider.temporary() }),
      ['temporary-credential-as-token'],
      true,
    ],
    [
      'an unknown token',
      (provider) => provider.read({ token: { oauthToken: 'gone', oauthTokenSecret: 'no' } }),
      ['unknown-token'],
      false,
    ],
    [
      'an unknown client',
      (provider) => provider.read({ client: { clientId: 'no', clientSecret: 'no' } }),
      ['unknown-client'],
      false,
    ],
    [
      'no parameters at all',
      () => ({ method: 'GET', url: `${api}/photos`, headers: {} }),
      ['authorization-header-missing'],
      false,
    ],
    [
      'another scheme',
      () => ({ method: 'GET', url: `${api}/photos`, headers: { authorization: 'Bearer x' } }),
      ['other-authorization-scheme'],
      false,
    ],
    [
      'two headers',
      (provider) => {
        const request = provider.read()
        const authorization = [String(request.headers['authorization']), 'Basic eDp5']
        return { ...request, headers: { authorization } }
      },
      ['two-authorization-headers'],
      false,
    ],
    [
      'secrets that differ',
      (provider) => provider.read({ client: { ...client, clientSecret: 'old' } }),
      [],
      false,
    ],
  ])('%s', async (_name, request, causes, proven) => {
    const { provider, refusals } = watched()
    await refused(provider, await request(provider))
    const [event] = await refusals()
    expect(codes(event?.diagnosis)).toEqual(causes)
    expect(event?.diagnosis?.proven).toBe(proven)
    expect(event?.clientId).toBe(proven ? 'client' : undefined)
  })

  it('what was signed with an RSA key, whose public half opens the signature', async () => {
    const own = { ...client, clientSecret: null, rsaPublicKey: spkiPem }
    const protector = { supportedSignatureMethods: ['RSA-SHA1', 'RSA-SHA256'] }
    const { provider, refusals } = watched({}, { clients: [own], protector })
    const sha256 = rsaSigner('SHA256')
    const another = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
    const read = (method: string, sign: (text: string) => string) =>
      provider.read({ sign, oauth: { oauth_signature_method: method } })
    await refused(
      provider,
      read('RSA-SHA256', (text) => sha256(text.replace('https', 'http'))),
    )
    expect(codes((await refusals())[0]?.diagnosis)).toEqual(['wrong-scheme'])
    await refused(provider, read('RSA-SHA1', sha256))
    const [otherHash] = await refusals()
    expect(codes(otherHash?.diagnosis)).toEqual(['wrong-hash'])
    expect(otherHash?.diagnosis?.causes[0]?.detail).toBe('SHA-256 instead of SHA-1')
    await refused(provider, read('RSA-SHA1', rsaSigner('SHA1', another)))
    expect(codes((await refusals())[0]?.diagnosis)).toEqual(['another-key-pair'])
  })

  it('a token of another client, where the diagnoser can find it', async () => {
    const findToken = async (oauthToken: string) =>
      [token, otherToken].find((each) => each.oauthToken === oauthToken)
    const { provider, refusals } = watched({}, { protector: { diagnose: diagnoser({ findToken }) } })
    await refused(provider, provider.read({ token: otherToken }))
    expect(codes((await refusals())[0]?.diagnosis)).toEqual(['token-of-another-client'])
  })

  it('a JSON body that was signed, which stays readable', async () => {
    const { provider, refusals } = watched()
    const content = '{"title":"Rome"}'
    const { headers } = provider.read({ method: 'POST', form: [['title', 'Rome']] })
    const bytes = async () => new TextEncoder().encode(content)
    const length = { 'content-type': 'application/json', 'content-length': String(content.length) }
    await refused(provider, {
      method: 'POST',
      url: `${api}/photos?file=vacation.jpg`,
      headers: { ...headers, ...length },
      bytes,
    })
    expect(codes((await refusals())[0]?.diagnosis)).toEqual(['body-signed'])
  })
})

describe('at the endpoints', () => {
  it('a used nonce and a forgotten secret at /initiate', async () => {
    const { provider, refusals } = watched()
    await provider.initiate({}, { client: { ...client, clientSecret: 'secret ' } })
    expect(codes((await refusals())[0]?.diagnosis)).toEqual(['secret-with-white-space'])
  })

  it.each<[string, (provider: Provider) => Promise<unknown>, string[]]>([
    [
      'a token where a temporary credential is expected',
      (provider) => provider.exchange(token, 'verifier'),
      ['token-as-temporary-credential'],
    ],
    [
      'a verifier with a line break',
      async (provider) => {
        const { temporary, verifier } = await provider.approved()
        return provider.exchange(temporary, `${verifier}\n`)
      },
      ['verifier-with-white-space'],
    ],
    [
      'another verifier',
      async (provider) => provider.exchange((await provider.approved()).temporary, 'verifier'),
      ['wrong-verifier'],
    ],
    [
      'a verifier that was used meanwhile',
      async (provider) => {
        const { temporary, verifier } = await provider.approved()
        return Promise.all([provider.exchange(temporary, verifier), provider.exchange(temporary, verifier)])
      },
      [],
    ],
    [
      'the temporary secret forgotten',
      async (provider) => {
        const { temporary, verifier } = await provider.approved()
        return provider.exchange({ ...temporary, oauthTokenSecret: '' }, verifier)
      },
      ['token-secret-missing'],
    ],
    [
      'the temporary credential of another client',
      async (provider) => {
        const { temporary, verifier } = await provider.approved()
        return provider.exchange(temporary, verifier, { client: other })
      },
      ['token-of-another-client'],
    ],
  ])('%s at /token', async (_name, request, causes) => {
    const { provider, refusals } = watched()
    await request(provider)
    const [event] = await refusals()
    expect(event?.endpoint).toBe('token')
    expect(codes(event?.diagnosis)).toEqual(causes)
    expect(event?.diagnosis?.proven).toBe(true)
  })
})

describe('a client whose policy has advice', () => {
  it('is told in JSON what it did wrong, and how to mend it', async () => {
    const { provider, refusals } = watched({ advice: true })
    const error = await refused(provider, provider.read(forgetful))
    const body = JSON.parse(provider.protector.errorResponse(error).body)
    expect(body).toMatchObject({ error: 'invalid_signature' })
    expect(body.advice).toMatch(/^The client signed without the secret of the token\. Build the key from/)
    expect((await refusals())[0]).toMatchObject({ clientId: 'client' })
  })

  it('is told in a form at the endpoints', async () => {
    const { provider } = watched({ advice: true })
    const { body } = await provider.initiate({}, { client: { ...client, clientSecret: 'secret ' } })
    expect(new URLSearchParams(body).get('oauth_problem_advice')).toMatch(/white space/)
  })

  it('is told of a parameter whose name is cut in the middle of a character', async () => {
    const { provider } = watched({ advice: true })
    const oauth = { oauth_callback: 'oob' }
    const request = provider.sign({ method: 'POST', url: `${api}/initiate?a=1`, oauth })
    const url = `${request.url}&${'n'.repeat(199)}${encodeURIComponent('😀')}=1`
    const { body } = await provider.server.createTemporaryCredentialResponse({ ...request, url })
    expect(new URLSearchParams(body).get('oauth_problem_advice')).toContain(`(${'n'.repeat(199)}\ufffd)`)
  })

  it('is told that its clock is wrong, or that a nonce was used, only if the signature holds', async () => {
    const { provider } = watched({ advice: true })
    const early = { oauth_timestamp: String(provider.now - 4_000) }
    expect((await refused(provider, provider.read({ oauth: early }))).advice).toMatch(/clock/)
    const stranger = provider.read({ client: { ...client, clientSecret: 'guess' }, oauth: early })
    expect((await refused(provider, stranger)).advice).toBeUndefined()
    const request = provider.read()
    await provider.protector.authenticate(request)
    expect((await refused(provider, request)).advice).toMatch(/nonce/)
  })

  const publicKey = '-----BEGIN PUBLIC KEY-----\nnot one that is used\n-----END PUBLIC KEY-----'
  it.each<[string, Partial<Unsigned>]>([
    [
      'an empty secret',
      { client: { ...client, clientSecret: '' }, token: { ...token, oauthTokenSecret: '' } },
    ],
    [
      'its own name as the secret',
      { client: { ...client, clientSecret: 'client' }, token: { ...token, oauthTokenSecret: 'token' } },
    ],
    [
      'a guessed secret',
      { client: { ...client, clientSecret: 'guess' }, token: { ...token, oauthTokenSecret: 'guess' } },
    ],
    [
      'the public key as the secret',
      { client: { ...client, clientSecret: publicKey }, token: { ...token, oauthTokenSecret: '' } },
    ],
    ['a signature that is none', { oauth: { oauth_signature: 'AAAA' } }],
    [
      'an unknown token',
      { client: { ...client, clientSecret: 'guess' }, token: { oauthToken: 'no', oauthTokenSecret: '' } },
    ],
    ['an unknown client', { client: { clientId: 'nobody', clientSecret: '' } }],
  ])('says no more to a stranger with %s', async (_name, unsigned) => {
    const own = { ...client, rsaPublicKey: publicKey }
    const { provider } = watched({}, { clients: [{ ...own, policy: { advice: true } }] })
    const silent = new Provider({ clients: [own] })
    const [told, usual] = await Promise.all([
      refused(provider, provider.read(unsigned)),
      refused(silent, silent.read(unsigned)),
    ])
    expect(provider.protector.errorResponse(told)).toEqual(silent.protector.errorResponse(usual))
    expect(told.advice).toBeUndefined()
  })
})

describe('a token of another client', () => {
  /** The temporary credential of the other client, as whoever registered that client has it. */
  async function theirs(provider: Provider): Promise<Pair> {
    return credentials(await provider.initiate({ oauth_callback: 'oob' }, { client: other }))
  }

  it.each([
    ['', 'client-secret-missing'],
    ['client', 'client-id-in-place-of-its-secret'],
  ])('proves nothing of the client that it is sent for, with %j as its secret', async (guess, code) => {
    const { provider, refusals } = watched({ advice: true })
    const stranger = { client: { ...client, clientSecret: guess }, token: await theirs(provider) }
    expect((await refused(provider, provider.read(stranger))).advice).toBeUndefined()
    const [event] = await refusals()
    expect(codes(event?.diagnosis)).toEqual(['token-of-another-client', code])
    expect(event).toMatchObject({ diagnosis: { proven: false }, claimedClientId: 'client' })
    expect(event).not.toHaveProperty('clientId')
  })

  it.each<[string, Partial<Client>, Partial<Unsigned>]>([
    ['a shared secret', {}, {}],
    ['a secret that it misread', {}, { client: { ...client, clientSecret: 'secret\n' } }],
    [
      'a secret that it did not encode',
      { clientSecret: 'sec/ret' },
      { sign: (text) => createHmac('sha1', 'sec/ret&').update(text).digest('base64') },
    ],
    [
      'an RSA key',
      { clientSecret: null, rsaPublicKey: spkiPem },
      { sign: rsaSigner('SHA1'), oauth: { oauth_signature_method: 'RSA-SHA1' } },
    ],
  ])('is as unknown as none to a client that holds %s alone', async (_name, own, signing) => {
    const protector = { supportedSignatureMethods: ['HMAC-SHA1', 'RSA-SHA1'] }
    const asking = { ...client, ...own, policy: { advice: true } }
    const { provider, refusals } = watched({}, { clients: [asking, other], protector })
    const advice = []
    for (const oauthToken of [(await theirs(provider)).oauthToken, 'none']) {
      const request = provider.read({ ...signing, token: { oauthToken, oauthTokenSecret: '' } })
      advice.push((await refused(provider, request)).advice)
      expect(codes((await refusals())[0]?.diagnosis)?.[0]).toBe('unknown-token')
    }
    expect(advice[0]).toMatch(/No such token exists/)
    expect(advice[0]).toBe(advice[1])
  })

  it('is told to a client that holds its secret as well', async () => {
    const { provider } = watched({ advice: true })
    const error = await refused(provider, provider.read({ token: await theirs(provider) }))
    expect(error.advice).toMatch(/issued to another client/)
  })
})

it('the response is the same where waitUntil throws', async () => {
  const waitUntil = () => {
    throw new TypeError('There is no request.')
  }
  const { provider } = watched({}, { protector: { diagnose: diagnoser({ waitUntil }) } })
  expect(await refused(provider, provider.read(forgetful))).toMatchObject({ code: 'invalid_signature' })
})

describe('what a diagnosis may cost', () => {
  it('is limited for each client and minute', async () => {
    const diagnose = diagnoser({ perClientAndMinute: 2 })
    const { provider } = watched({ advice: true }, { protector: { diagnose } })
    const advice = []
    for (let n = 0; n < 3; n++) advice.push((await refused(provider, provider.read(forgetful))).advice)
    expect(advice.map(Boolean)).toEqual([true, true, false])
    const another = provider.read({ client: other, token: { ...otherToken, oauthTokenSecret: '' } })
    expect((await refused(provider, another)).advice).toBeUndefined()
  })

  it('is the work of one search at a time', async () => {
    const begun = new Set<number>()
    let told = 0
    let most = 0
    const on = (event: OAuth1Event) => {
      if (event.type === 'refused') told++
    }
    const { provider } = watched({}, { protector: { on } })
    const guess = { client: { ...client, clientSecret: 'guess' } }
    for (let n = 0; n < 5; n++) {
      let hasResponded = false
      const { url, ...request } = provider.read(guess)
      await refused(provider, {
        ...request,
        // The search reads it when it begins.
        get url() {
          if (hasResponded) begun.add(n)
          most = Math.max(most, begun.size - told)
          return url
        },
      })
      hasResponded = true
    }
    while (told < 5) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(begun.size).toBe(5)
    // One may begin just before the one before it is told.
    expect(most).toBeLessThanOrEqual(2)
  })

  it('is nothing for a client that does not exist', async () => {
    const { provider, refusals } = watched()
    await refused(provider, provider.read({ client: { clientId: 'no', clientSecret: '' } }))
    expect((await refusals())[0]?.diagnosis).toMatchObject({ trials: 0 })
  })

  it.each([
    ['a timestamp that is none', { oauth_timestamp: 'yesterday' }],
    ['a timestamp of 1970', { oauth_timestamp: '1' }],
  ])('is nothing for a request that is refused before its client is looked up: %s', async (_name, oauth) => {
    const { provider, refusals } = watched()
    const { code, description } = await refused(provider, provider.read({ oauth }))
    const [event] = await refusals()
    expect(event).toMatchObject({ code, diagnosis: { trials: 0, proven: false } })
    expect(event?.diagnosis?.causes).toMatchObject([{ code: 'malformed-request', detail: description }])
  })

  it('is the reading of a body, whether the client exists or not, but never of a request without OAuth', async () => {
    const { provider, refusals } = watched()
    const length = { 'content-type': 'application/json', 'content-length': '2' }
    const known = provider.read(forgetful)
    const unknown = provider.read({ client: { clientId: 'no', clientSecret: '' } })
    const read: number[] = []
    for (const headers of [known.headers, unknown.headers, {}]) {
      let times = 0
      const bytes = async () => {
        times++
        return new Uint8Array(2)
      }
      await refused(provider, { method: 'POST', url: known.url, headers: { ...headers, ...length }, bytes })
      await refusals()
      read.push(times)
    }
    expect(read).toEqual([1, 1, 0])
  })

  it('is nothing without a listener and without advice', async () => {
    const sought: string[] = []
    const findToken = async (oauthToken: string) => {
      sought.push(oauthToken)
      return undefined
    }
    const unknown = { token: { ...token, oauthToken: 'gone' } }
    const silent = new Provider({ protector: { diagnose: diagnoser({ findToken }) } })
    await refused(silent, silent.read(unknown))
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(sought).toEqual([])
    const { provider, refusals } = watched({}, { protector: { diagnose: diagnoser({ findToken }) } })
    await refused(provider, provider.read(unknown))
    await refusals()
    expect(sought).toEqual(['gone'])
  })

  it('a store that fails meanwhile changes nothing', async () => {
    const findToken = async () => {
      throw new Error('down')
    }
    const { provider, refusals } = watched(
      { advice: true },
      { protector: { diagnose: diagnoser({ findToken }) } },
    )
    const error = await refused(provider, provider.read({ token: { ...token, oauthToken: 'gone' } }))
    expect(error).toMatchObject({ code: 'invalid_signature', advice: undefined })
    expect((await refusals())[0]?.diagnosis).toBeUndefined()
  })

  it.each<[string, Partial<HttpRequest>]>([
    ['a search for tokens', {}],
    ['a body', { method: 'POST', headers: { 'content-type': 'application/json', 'content-length': '2' } }],
  ])('%s that never ends is given up', async (_name, changes) => {
    const never = () => new Promise<never>(() => {})
    const failed: unknown[] = []
    const on = (event: OAuth1Event) => {
      if (event.type === 'store_failed') failed.push(event.hook)
    }
    const diagnose = diagnoser({ findToken: never })
    const protector = { diagnose, on, storeTimeoutSeconds: 0.05 }
    const { provider } = watched({ advice: true }, { protector })
    const request = provider.read(changes.method ? forgetful : { token: { ...token, oauthToken: 'gone' } })
    const headers = { ...request.headers, ...changes.headers }
    const error = await refused(provider, { ...request, ...changes, headers, bytes: never })
    expect(error.code).toBe('invalid_signature')
    expect(failed).toEqual(changes.method ? [] : ['findToken'])
  })
})

it('no diagnosis holds a secret, a token, a signature or a base string', async () => {
  const own = { ...client, clientSecret: 'c5uqr83zlk' }
  const theirs = { ...token, oauthToken: 't9fjw27xme', oauthTokenSecret: 's1vbn64qpd' }
  const { provider, refusals } = watched({}, { clients: [own], tokens: [theirs] })
  const signed = { client: { ...own, clientSecret: `${own.clientSecret}\n` }, token: theirs }
  const mistakes = [
    signed,
    { ...signed, oauth: { oauth_timestamp: '1' } },
    { ...signed, token: { ...theirs, oauthTokenSecret: 'x' } },
  ]
  for (const mistake of mistakes) {
    const request = provider.read(mistake)
    const [, signature = ''] =
      /oauth_signature="([^"]+)"/.exec(String(request.headers['authorization'])) ?? []
    await refused(provider, request)
    const text = JSON.stringify(await refusals())
    expect(text).toContain('diagnosis')
    for (const secret of [
      own.clientSecret,
      theirs.oauthToken,
      theirs.oauthTokenSecret,
      decodeURIComponent(signature),
      percentEncode(api),
    ])
      expect(text).not.toContain(secret)
  }
})

it.each([
  ['an unknown option', { perClient: 3 }, /no option "perClient"/],
  ['a limit that is no number', { perMinute: '3' }, /perMinute must be a whole number/],
  ['an address that is none', { otherUrls: 'https://x.example' }, /otherUrls must be a list of texts/],
  ['a path in the place of an address', { otherUrls: ['/old'] }, /otherUrls holds \/old/],
])('diagnoser refuses %s', (_name, options, message) => {
  expect(() => diagnoser(options as never)).toThrow(message)
})
