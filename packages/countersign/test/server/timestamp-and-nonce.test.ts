import { ConfigurationError, nonceKey } from 'countersign'
import { describe, expect, it } from 'vitest'
import { client, Provider, start, token } from './provider.ts'

function read(provider: Provider, oauth: Record<string, string | undefined>): Promise<unknown> {
  return provider.protector.authenticate(provider.read({ oauth }))
}

describe('the timestamp (§3.3)', () => {
  it.each([
    ['now', 0, true],
    ['the edge of the past', -300, true],
    ['the edge of the future', 300, true],
    ['just before the window', -301, false],
    ['ahead of the edge', 301, false],
    ['a far future, which could be replayed when its nonce is forgotten', 86_400 * 365, false],
  ])('%s', async (_name, offset, accepted) => {
    const tried = read(new Provider(), { oauth_timestamp: String(start + offset) })
    await (accepted
      ? expect(tried).resolves.toBeTruthy()
      : expect(tried).rejects.toMatchObject({ code: 'invalid_nonce', status: 401 }))
  })

  it('the window is an option', async () => {
    const provider = new Provider({ protector: { timestampWindowSeconds: 10 } })
    await expect(read(provider, { oauth_timestamp: String(start - 10) })).resolves.toBeTruthy()
    await expect(read(provider, { oauth_timestamp: String(start + 11) })).rejects.toThrow(/11 s ahead of/)
  })

  it.each([
    ['a sign', '+1700000000'],
    ['white space', ' 1700000000'],
    ['a line end', '1700000000\n'],
    ['a fraction', '1700000000.0'],
    ['an exponent', '17e8'],
    ['hexadecimal', '0x6553F100'],
    ['negative', '-1700000000'],
    ['Arabic digits', '١٧٠٠٠٠٠٠٠٠'],
    ['four hundred digits', '1'.repeat(400)],
    ['a word', 'NaN'],
  ])('is of ASCII digits and bounded: %s is a 400', async (_name, oauth_timestamp) => {
    await expect(read(new Provider(), { oauth_timestamp })).rejects.toMatchObject({
      code: 'invalid_request',
      status: 400,
    })
  })
})

it.each([Number.NaN, undefined, Number.POSITIVE_INFINITY])(
  'a clock that comes to say %s lets nothing in',
  async (time) => {
    const provider = new Provider()
    const http = provider.read()
    provider.now = time as number
    const refused = provider.protector.authenticate(http)
    await expect(refused).rejects.toThrow(ConfigurationError)
    await expect(refused).rejects.toThrow('now returned no time; it must return seconds.')
  },
)

describe('when the clock is set back', () => {
  /** A store that forgets everything, as one does whose own clock went on. */
  function forgetful() {
    return new Provider({ hooks: () => ({ recordNonce: () => true }) })
  }

  it.each([61, 100, 361, 500, 3_000])('by %i s, no request from before is let in again', async (back) => {
    const provider = forgetful()
    const before = [-300, -10, 0, 300].map((offset) =>
      provider.read({ oauth: { oauth_timestamp: String(start + offset) } }),
    )
    for (const http of before) await provider.protector.authenticate(http)
    for (let passed = 0; passed < back + 700; passed += 7) {
      provider.now = start - back + passed
      for (const http of before)
        await expect(provider.protector.authenticate(http)).rejects.toMatchObject({ code: 'invalid_nonce' })
    }
  })

  it('those who sign the time are let in again as soon as it is later than any that was used', async () => {
    const provider = forgetful()
    await provider.protector.authenticate(provider.read())
    provider.now = start - 100
    await expect(provider.protector.authenticate(provider.read())).rejects.toThrow(
      `This server's clock was set back: requests are accepted again from the oauth_timestamp ${start + 1} on.`,
    )
    provider.now = start + 1
    await expect(provider.protector.authenticate(provider.read())).resolves.toBeTruthy()
  })

  it('by up to a minute, nothing changes: stores keep nonces for that long', async () => {
    const provider = new Provider()
    await provider.protector.authenticate(provider.read())
    provider.now = start - 60
    await expect(provider.protector.authenticate(provider.read())).resolves.toBeTruthy()
  })

  it('little by little, it is noticed all the same', async () => {
    const provider = forgetful()
    const http = provider.read()
    await provider.protector.authenticate(http)
    for (provider.now = start; provider.now > start - 60; provider.now -= 20)
      await provider.protector.authenticate(provider.read())
    provider.now = start - 61
    await expect(provider.protector.authenticate(http)).rejects.toThrow(/set back/)
  })

  it('after it was far ahead for a moment, no client is shut out that was not let in then', async () => {
    const provider = new Provider()
    const http = provider.read()
    await provider.protector.authenticate(http)
    provider.now = start + 86_400 * 365
    const current = provider.read({ oauth: { oauth_timestamp: String(start + 1) } })
    await expect(provider.protector.authenticate(current)).rejects.toThrow(/behind/)
    provider.now = start + 1
    await expect(provider.protector.authenticate(provider.read())).resolves.toBeTruthy()
    await expect(provider.protector.authenticate(http)).rejects.toMatchObject({ code: 'invalid_nonce' })
  })

  it('no client is shut out for longer than an hour, whoever was let in while it was ahead', async () => {
    const provider = forgetful()
    provider.now = start + 86_400
    await provider.protector.authenticate(provider.read())
    provider.now = start
    await expect(provider.protector.authenticate(provider.read())).rejects.toThrow(/set back/)
    provider.now = start + 3_601
    await expect(provider.protector.authenticate(provider.read())).resolves.toBeTruthy()
  })

  it('options that are set again change nothing', async () => {
    const provider = forgetful()
    const http = provider.read()
    await provider.protector.authenticate(http)
    provider.protector.init({ realm: 'another' })
    provider.now = start - 100
    await expect(provider.protector.authenticate(http)).rejects.toThrow(/set back/)
  })
})

describe('the nonce (§3.3)', () => {
  it('lets one request through once', async () => {
    const provider = new Provider()
    const http = provider.read()
    await expect(provider.protector.authenticate(http)).resolves.toBeTruthy()
    await expect(provider.protector.authenticate(http)).rejects.toMatchObject({
      code: 'invalid_nonce',
      status: 401,
    })
  })

  it.each([-300, -1, 0, 1, 300])(
    'is kept until the window of its timestamp (%i s) closes, to the last moment',
    async (offset) => {
      const provider = new Provider()
      const timestamp = start + offset
      const http = provider.read({ oauth: { oauth_timestamp: String(timestamp) } })
      await provider.protector.authenticate(http)
      expect(provider.nonces[0]?.expiresAt).toBe(timestamp + 301)
      // The very last instant at which the timestamp is still accepted.
      provider.now = timestamp + 300.999
      await expect(provider.protector.authenticate(http)).rejects.toThrow(/used before/)
      provider.now = timestamp + 301
      await expect(provider.protector.authenticate(http)).rejects.toThrow(/behind/)
    },
  )

  it('is recorded with all of its key, an absent token as empty text', async () => {
    const provider = new Provider({ protector: { twoLegged: true } })
    await provider.protector.authenticate(provider.read({ oauth: { oauth_nonce: 'n' } }))
    await provider.protector.authenticate(
      provider.sign({ url: 'https://e.com/', oauth: { oauth_nonce: 'n' } }),
    )
    const common = { clientId: 'client', timestamp: start, nonce: 'n', expiresAt: start + 301 }
    expect(provider.nonces).toEqual([
      { ...common, oauthToken: 'token' },
      { ...common, oauthToken: '' },
    ])
  })

  it('may be used again by another client, with another token, at another second', async () => {
    const other = { ...client, clientId: 'other' }
    const otherToken = { ...token, oauthToken: 'token2' }
    const provider = new Provider({
      clients: [client, other],
      tokens: [token, otherToken],
      protector: { twoLegged: true },
    })
    const oauth = { oauth_nonce: 'n' }
    const requests = [
      provider.read({ oauth }),
      provider.read({ oauth, token: otherToken }),
      provider.read({ oauth: { ...oauth, oauth_timestamp: String(start + 1) } }),
      provider.sign({ url: 'https://e.com/', client: { clientId: 'other', clientSecret: 'secret' }, oauth }),
      provider.sign({ url: 'https://e.com/', oauth }),
    ]
    for (const http of requests) await expect(provider.protector.authenticate(http)).resolves.toBeTruthy()
    for (const http of requests)
      await expect(provider.protector.authenticate(http)).rejects.toThrow(/used before/)
  })

  it.each<[string, Record<string, string>]>([
    ['a bad signature', { oauth_signature: 'AAAA' }],
    ['an unknown client', { oauth_consumer_key: 'nobody' }],
    ['an unknown token', { oauth_token: 'nothing' }],
    ['an old timestamp', { oauth_timestamp: '1' }],
  ])('is not recorded for %s', async (_name, oauth) => {
    const provider = new Provider()
    await expect(read(provider, { oauth_nonce: 'n', ...oauth })).rejects.toThrow()
    expect(provider.nonces).toEqual([])
    await expect(read(provider, { oauth_nonce: 'n' })).resolves.toBeTruthy()
  })

  it('is not recorded for a scope that is missing', async () => {
    const provider = new Provider()
    await expect(provider.protector.authenticate(provider.read(), 'admin')).rejects.toMatchObject({
      status: 403,
    })
    expect(provider.nonces).toEqual([])
  })

  it.each([undefined, null, 'true', 1])(
    'passes only when the hook returns true; %j is not',
    async (response) => {
      const provider = new Provider({ hooks: () => ({ recordNonce: () => response as unknown as boolean }) })
      await expect(provider.protector.authenticate(provider.read())).rejects.toMatchObject({
        code: 'invalid_nonce',
      })
    },
  )
})

describe('nonceKey', () => {
  const record = { clientId: 'a', oauthToken: 'b', timestamp: 1, nonce: 'c', expiresAt: 0 }

  it('is different for records whose joined parts are the same', () => {
    const parts = ['', '-', ':', '1', '1:', '1:a', 'a', 'a1:', 'ab', 'a-b', '0:']
    const keys = new Set<string>()
    let records = 0
    for (const clientId of parts)
      for (const oauthToken of parts)
        for (const nonce of parts)
          for (const timestamp of [1, 11]) {
            records++
            keys.add(nonceKey({ clientId, oauthToken, nonce, timestamp, expiresAt: 0 }))
          }
    expect(keys.size).toBe(records)
  })

  it('is 43 plain characters, whatever the client sent', () => {
    expect(nonceKey({ ...record, nonce: '\r\nflush_all é'.repeat(100) })).toMatch(/^[\w-]{43}$/)
  })

  it('does not depend on when the record expires', () => {
    expect(nonceKey({ ...record, expiresAt: 9 })).toBe(nonceKey(record))
  })
})

it('PLAINTEXT has no nonce to spend (§3.4.4)', async () => {
  const provider = new Provider({ protector: { supportedSignatureMethods: ['PLAINTEXT'] } })
  const http = provider.read({ oauth: { oauth_signature_method: 'PLAINTEXT' } })
  for (let n = 0; n < 2; n++) await expect(provider.protector.authenticate(http)).resolves.toBeTruthy()
  expect(provider.nonces).toEqual([])
})

describe('a nonce is new where the store says true, at once or later', () => {
  it.each<[returned: unknown, isNew: boolean]>([
    [true, true],
    [false, false],
    [1, false],
    [undefined, false],
    [Promise.resolve(true), true],
    [Promise.resolve(false), false],
    [Promise.resolve('true'), false],
    [Promise.resolve(undefined), false],
  ])('%o: %j', async (returned, isNew) => {
    const provider = new Provider({ hooks: () => ({ recordNonce: () => returned as boolean }) })
    const tried = provider.protector.authenticate(provider.read())
    await (isNew
      ? expect(tried).resolves.toBeTruthy()
      : expect(tried).rejects.toMatchObject({
          code: 'invalid_nonce',
          description:
            'This oauth_nonce was used before with this oauth_timestamp; sign every request again, with a new nonce.',
        }))
  })
})
