import { createHmac } from 'node:crypto'
import { type ClientPolicy, type HttpRequest, OAuth1Error, type Tolerance } from 'countersign'
import { percentEncode } from 'countersign/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tolerances } from '../../src/protocol/departures.ts'
import { api, client, credentials, Provider, start, token } from './provider.ts'

type Pair = readonly [name: string, value: string]

let count = 0

/** A request whose base string a test writes by hand. */
function request(
  signedList: (oauth: readonly Pair[]) => string,
  sent: {
    url: string
    uri?: string
    body?: string
    inHeader?: readonly Pair[]
    isRaw?: boolean
    isAlone?: boolean
  },
): HttpRequest {
  const oauth: Pair[] = [
    ['oauth_consumer_key', 'client'],
    ['oauth_nonce', `n${count++}`],
    ['oauth_signature_method', 'HMAC-SHA1'],
    ['oauth_timestamp', String(start)],
    ...(sent.isAlone ? [] : [['oauth_token', token.oauthToken] as const]),
  ]
  const uri = sent.uri ?? sent.url.split('?')[0] ?? ''
  const base = ['POST', uri, signedList(oauth)].map(percentEncode).join('&')
  const signature = createHmac('sha1', sent.isAlone ? 'secret&' : 'secret&token-secret')
    .update(base)
    .digest('base64')
  const pairs = [...oauth, ['oauth_signature', signature] as const].map(
    ([name, value]) => `${name}="${percentEncode(value)}"`,
  )
  const more = (sent.inHeader ?? []).map(
    ([name, value]) => `${percentEncode(name)}="${sent.isRaw ? value : percentEncode(value)}"`,
  )
  return {
    method: 'POST',
    url: sent.url,
    headers: { authorization: `OAuth ${[...pairs, ...more].join(', ')}` },
    ...(sent.body === undefined ? {} : { body: sent.body }),
  }
}

const joined = (pairs: readonly Pair[]) =>
  pairs.map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
const list = (oauth: readonly Pair[], ...more: Pair[]) =>
  joined([...oauth, ...more])
    .sort()
    .join('&')

const departing: readonly (readonly [Tolerance, () => HttpRequest])[] = [
  [
    'default-port',
    () => request((oauth) => list(oauth), { url: `${api}/x`, uri: 'https://photos.example.net:443/x' }),
  ],
  [
    // By the octets of the encoded names, `a%2Fb` comes before `a.b`; before encoding, `.` comes before `/`.
    'raw-order',
    () => request((oauth) => `a.b=1&a%2Fb=1&${joined(oauth).join('&')}`, { url: `${api}/x?a%2Fb=1&a.b=1` }),
  ],
  [
    'joined-order',
    () => request((oauth) => `a-b=1&a=1&${joined(oauth).join('&')}`, { url: `${api}/x?a=1&a-b=1` }),
  ],
  [
    'repeated-in-header',
    () => request((oauth) => list(oauth, ['a', '1']), { url: `${api}/x?a=1`, inHeader: [['a', '1']] }),
  ],
  [
    'repeated-in-query',
    () => request((oauth) => list(oauth, ['a', '1']), { url: `${api}/x?a=1`, body: 'a=1' }),
  ],
  [
    'raw-oauth-values',
    () =>
      request((oauth) => `oauth_a=b+/=&${joined(oauth).join('&')}`, {
        url: `${api}/x`,
        inHeader: [['oauth_a', 'b+/=']],
        isRaw: true,
      }),
  ],
]

function providerWith(
  policy: ClientPolicy,
  options: Partial<ClientPolicy> & { profiles?: object } = {},
): Provider {
  return new Provider({
    clients: [{ ...client, policy }],
    protector: options as object,
    server: options as object,
  })
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

describe.each(departing)('a client that needs the tolerance %s', (tolerance, make) => {
  it('is refused without it', async () => {
    const others = departing.map(([name]) => name).filter((name) => name !== tolerance)
    expect(await verdict(providerWith({}), make())).not.toBe('accepted')
    expect(await verdict(providerWith({ tolerances: others }), make())).not.toBe('accepted')
  })

  it.each<[where: string, policy: ClientPolicy, options: object]>([
    ['its own policy', { tolerances: [tolerance] }, {}],
    ['the server’s', {}, { tolerances: [tolerance] }],
    ['a profile', { profile: 'old' }, { profiles: { old: { tolerances: [tolerance] } } }],
  ])('passes with it in %s, and once only', async (_where, policy, options) => {
    const provider = providerWith(policy, options)
    const http = make()
    expect(await verdict(provider, http)).toBe('accepted')
    expect(await verdict(provider, http)).toBe('invalid_nonce')
  })

  it('passes beside every other tolerance', async () => {
    const all = departing.map(([name]) => name)
    expect(await verdict(providerWith({ tolerances: all }), make())).toBe('accepted')
  })

  it('does not open the door where another client’s profile has it', async () => {
    const provider = providerWith({}, { profiles: { old: { tolerances: [tolerance] } } })
    expect(await verdict(provider, make())).not.toBe('accepted')
  })
})

describe('a parameter signed once is listed once', () => {
  it.each(['repeated-in-header', 'repeated-in-query'] as const)('under %s', async (tolerance) => {
    const make = departing.find(([name]) => name === tolerance)?.[1]
    const provider = providerWith({ tolerances: [tolerance] })
    const { request } = await provider.protector.authenticate((make as () => HttpRequest)())
    expect(request.parameters).toEqual([['a', '1']])
  })
})

describe('a client that sends oauth_callback and oauth_verifier beside the header', () => {
  const callback: Pair = ['oauth_callback', 'https://printer.example.com/ready']
  const written = joined([callback]).join()

  async function initiated(policy: ClientPolicy, place: 'query' | 'body', inHeader: readonly Pair[] = []) {
    const http = request((oauth) => list(oauth, callback, ...inHeader), {
      isAlone: true,
      inHeader,
      url: `${api}/initiate${place === 'query' ? `?${written}` : ''}`,
      ...(place === 'body' ? { body: written } : {}),
    })
    return providerWith(policy).server.initiate.handle(http)
  }

  it.each(['query', 'body'] as const)('in the %s is refused without the tolerance', async (place) => {
    const response = await initiated({}, place)
    expect(response.status).toBe(400)
    expect(response.body).toContain('error=duplicated_oauth_protocol_parameter')
  })

  it.each(['query', 'body'] as const)('in the %s passes with it', async (place) => {
    expect(credentials(await initiated({ tolerances: ['split-parameters'] }, place)).oauthToken).toBeTruthy()
  })

  it('may not repeat it, nor send any other parameter there', async () => {
    const policy: ClientPolicy = { tolerances: ['split-parameters'] }
    const twice = await initiated(policy, 'body', [callback])
    expect(twice.body).toContain('error=duplicated_oauth_protocol_parameter')
    const version: Pair = ['oauth_version', '1.0']
    const http = request((oauth) => list(oauth, version), { url: `${api}/x`, body: 'oauth_version=1.0' })
    expect(await verdict(providerWith(policy), http)).toBe('duplicated_oauth_protocol_parameter')
  })
})

describe('a client that repeats oauth_callback in the form beside the header, and signs it once', () => {
  const callback = 'https://printer.example.com/ready'
  const initiated = (policy: ClientPolicy, repeated = callback) => {
    const provider = providerWith(policy)
    const http = provider.sign({
      method: 'POST',
      url: `${api}/initiate`,
      oauth: { oauth_callback: callback },
    })
    return provider.server.initiate.handle({ ...http, body: `oauth_callback=${percentEncode(repeated)}` })
  }

  it('is refused without the tolerance, and passes with it', async () => {
    const refusal = await initiated({})
    expect(refusal.status).toBe(400)
    expect(refusal.body).toContain('error=duplicated_oauth_protocol_parameter')
    expect((await initiated({ tolerances: ['repeated-in-header'] })).status).toBe(200)
  })

  it('may not send another one', async () => {
    const refusal = await initiated({ tolerances: ['repeated-in-header'] }, 'https://evil.example.com/')
    expect(refusal.body).toContain('error=duplicated_oauth_protocol_parameter')
  })
})

it('an empty token that is signed and not sent passes at the temporary credential endpoint', async () => {
  const make = (provider: Provider) => {
    const http = provider.sign({
      method: 'POST',
      url: `${api}/initiate`,
      oauth: { oauth_callback: 'oob', oauth_token: '' },
    })
    const authorization = String(http.headers['authorization']).replace(/, oauth_token=""/, '')
    return provider.server.initiate.handle({ ...http, headers: { authorization } })
  }
  expect((await make(providerWith({}))).status).toBe(401)
  expect((await make(providerWith({ tolerances: ['empty-token'] }))).status).toBe(200)
})

it('two departures at once pass, and three do not', async () => {
  const http = (query: string, uri: string) => {
    const body = query.includes('c') ? { body: 'c=1' } : {}
    const pairs = `a-b=1&a=1&${query.includes('c') ? 'c=1&' : ''}`
    return request((oauth) => pairs + joined(oauth).join('&'), { url: `${api}/x?${query}`, uri, ...body })
  }
  const tolerances: Tolerance[] = ['default-port', 'joined-order', 'repeated-in-query']
  const provider = providerWith({ tolerances })
  expect(await verdict(provider, http('a=1&a-b=1', 'https://photos.example.net:443/x'))).toBe('accepted')
  expect(await verdict(provider, http('a=1&a-b=1&c=1', 'https://photos.example.net/x'))).toBe('accepted')
  expect(await verdict(provider, http('a=1&a-b=1&c=1', 'https://photos.example.net:443/x'))).toBe(
    'invalid_signature',
  )
})

describe('no one on the way turns a signed parameter into a list', () => {
  const all: Tolerance[] = ['repeated-in-query', 'repeated-in-header', ...departing.map(([name]) => name)]

  it.each<[what: string, query: string, body: string, inHeader: number, expected: string]>([
    ['moved to the query', 'a=1', '', 0, 'accepted'],
    ['twice in the query and once in the form', 'a=1&a=1', 'a=1', 0, 'invalid_signature'],
    ['three times in the query and twice in the form', 'a=1&a=1&a=1', 'a=1&a=1', 0, 'invalid_signature'],
    ['twice in the header and once in the form', '', 'a=1', 2, 'invalid_signature'],
  ])('by sending it %s', async (_what, query, body, inHeader, expected) => {
    const provider = providerWith({ tolerances: all, headerParameters: 'accept' })
    const sent = request((oauth) => list(oauth, ['a', '1']), { url: `${api}/x`, body: 'a=1' })
    const authorization = `${sent.headers['authorization']}${', a="1"'.repeat(inHeader)}`
    const altered = { ...sent, url: `${api}/x?${query}`, body, headers: { authorization } }
    expect(await verdict(provider, altered)).toBe(expected)
  })
})

it('whatever is altered on the way, a handler sees no more and no other than what was signed', async () => {
  const all = { tolerances: tolerances.filter((name) => name !== 'sha1-body-hash') }
  const provider = providerWith({ ...all, headerParameters: 'accept' })
  const text = fc.constantFrom('a', 'b', 'a.', 'a/', 'a-b', 'oauth', '=', '+ ', '', '%', '&', '80')
  const pairs = fc.array(fc.tuple(text, text), { maxLength: 4 })
  const written = (some: readonly Pair[]) => joined(some).join('&')
  let accepted = 0
  await fc.assert(
    fc.asyncProperty(pairs, pairs, pairs, pairs, fc.boolean(), async (query, body, extra, moved, isKept) => {
      const signedPairs: Pair[] = [...query, ...body]
      const sent = request((oauth) => list(oauth, ...signedPairs), { url: `${api}/x`, body: '' })
      // What someone on the way makes of it: other places, repeats, and parameters of one's own.
      const [left, right] = isKept
        ? [query, body]
        : [
            [...query, ...extra],
            [...body, ...moved],
          ]
      const more = extra
        .slice(0, 1)
        .map(([name, value]) => `, ${percentEncode(name)}="${percentEncode(value)}"`)
      const http = {
        ...sent,
        url: `${api}/x?${written([...left, ...(isKept ? body : [])])}`,
        body: written(right),
        headers: { authorization: `${sent.headers['authorization']}${isKept ? '' : more.join('')}` },
      }
      const seen = await provider.protector.authenticate(http).catch(() => undefined)
      if (seen === undefined) return
      accepted++
      const sorted = (some: readonly Pair[]) => written(some).split('&').sort()
      expect(sorted(seen.request.parameters)).toEqual(sorted(signedPairs))
      for (const place of [left, right])
        for (const pair of place.map((pair) => written([pair])))
          expect(place.filter((each) => written([each]) === pair).length).toBeLessThanOrEqual(
            signedPairs.filter((each) => written([each]) === pair).length,
          )
    }),
    { numRuns: 2_000 },
  )
  expect(accepted).toBeGreaterThan(100)
})
