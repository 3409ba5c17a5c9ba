import { type OAuth1Event, StoreError } from 'countersign'
import { describe, expect, it, vi } from 'vitest'
import { reportFault } from '../../src/server/events.ts'
import { client, Provider, token } from './provider.ts'

/** A provider and what its listener was told. */
function heard(changes: ConstructorParameters<typeof Provider>[0] = {}) {
  const events: OAuth1Event[] = []
  const on = (event: OAuth1Event) => void events.push(event)
  const provider = new Provider({
    ...changes,
    server: { ...changes.server, on },
    protector: { ...changes.protector, on },
  })
  return { provider, events }
}

describe('the listener is told', () => {
  it('each step of the flow, in order', async () => {
    const { provider, events } = heard()
    const { temporary, verifier } = await provider.approved()
    await provider.exchange(temporary, verifier)
    expect(events).toEqual([
      { type: 'issued', credential: 'temporary', clientId: 'client' },
      { type: 'approved', clientId: 'client', userId: 7, scope: undefined },
      { type: 'issued', credential: 'token', clientId: 'client', userId: 7, scope: undefined },
    ])
  })

  it('that the resource owner denied', async () => {
    const { provider, events } = heard()
    await provider.authorize((await provider.temporary()).oauthToken, undefined)
    expect(events.at(-1)).toEqual({ type: 'denied', clientId: 'client' })
  })

  it('who was let through, how and for whom', async () => {
    const { provider, events } = heard()
    await provider.protector.authenticate(provider.read())
    expect(events).toEqual([
      {
        type: 'accepted',
        endpoint: 'resource',
        clientId: 'client',
        userId: 7,
        scope: 'read write',
        signatureMethod: 'HMAC-SHA1',
        place: 'header',
      },
    ])
  })

  it('that a token was revoked', async () => {
    const { provider, events } = heard()
    await provider.server.revokeToken('client', token.oauthToken)
    expect(events).toEqual([{ type: 'revoked', clientId: 'client' }])
    await provider.server.revokeToken('client', token.oauthToken)
    expect(events).toHaveLength(1)
  })

  it('that a hook failed, and which', async () => {
    const { provider, events } = heard({
      hooks: () => ({ recordNonce: () => Promise.reject(new Error('down')) }),
    })
    await expect(provider.protector.authenticate(provider.read())).rejects.toThrow(StoreError)
    expect(events).toMatchObject([
      { type: 'store_failed', hook: 'recordNonce', error: { name: 'StoreError' } },
    ])
  })
})

describe('a refusal names the client', () => {
  it('only if the signature proved who it was', async () => {
    const { provider, events } = heard()
    const wrong = provider.read({ token: { ...token, oauthTokenSecret: 'wrong' } })
    await expect(provider.protector.authenticate(wrong)).rejects.toThrow()
    expect(events.pop()).toEqual({
      type: 'refused',
      endpoint: 'resource',
      code: 'invalid_signature',
      description: 'The signature does not match, or the client or the token is unknown.',
      signatureMethod: 'HMAC-SHA1',
      place: 'header',
    })
    await expect(provider.protector.authenticate(provider.read(), 'admin')).rejects.toThrow()
    expect(events.pop()).toMatchObject({ code: 'insufficient_scope', clientId: 'client' })
  })

  it('at each endpoint', async () => {
    const { provider, events } = heard()
    await provider.initiate({ oauth_callback: 'https://evil.example/' })
    expect(events.pop()).toMatchObject({ type: 'refused', endpoint: 'initiate', clientId: 'client' })
    await provider.exchange({ oauthToken: 'none', oauthTokenSecret: 'none' }, 'verifier')
    const refused = events.pop()
    expect(refused).toMatchObject({ type: 'refused', endpoint: 'token', code: 'invalid_signature' })
    expect(refused).not.toHaveProperty('clientId')
    await expect(provider.authorize('none', { id: 7 })).rejects.toThrow()
    expect(events.pop()).toMatchObject({ type: 'refused', endpoint: 'authorize', code: 'invalid_token' })
  })
})

it.each<[string, () => unknown]>([
  [
    'throws',
    () => {
      throw new Error('broken log')
    },
  ],
  ['rejects', () => Promise.reject(new Error('broken log'))],
  ['never resolves', () => new Promise(() => {})],
])('a listener that %s changes no response', async (_name, on) => {
  const provider = new Provider({ server: { on }, protector: { on } })
  const { temporary, verifier } = await provider.approved()
  expect((await provider.exchange(temporary, verifier)).status).toBe(200)
  await expect(provider.protector.authenticate(provider.read())).resolves.toMatchObject({ client: {} })
  const wrong = provider.read({ token: { ...token, oauthTokenSecret: 'wrong' } })
  await expect(provider.protector.authenticate(wrong)).rejects.toMatchObject({ code: 'invalid_signature' })
})

it('what a listener promises is waited for, so that its rejection is not unhandled', async () => {
  const waitedFor: string[] = []
  const on = ({ type }: OAuth1Event) => ({
    // biome-ignore lint/suspicious/noThenProperty: a promise of another library
    then(_resolve: () => void, reject: (error: Error) => void) {
      waitedFor.push(type)
      reject(new Error('broken log'))
    },
  })
  const provider = new Provider({ protector: { on } })
  await provider.protector.authenticate(provider.read())
  await Promise.resolve()
  expect(waitedFor).toEqual(['accepted'])
})

it('without a listener only a fault is a warning', async () => {
  const warning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  const provider = new Provider({
    clients: [client, { clientId: 'odd', clientSecret: 5 as unknown as string }],
  })
  await provider.protector.authenticate(provider.read())
  const wrong = provider.read({ oauth: { oauth_signature: 'AAAA' } })
  await expect(provider.protector.authenticate(wrong)).rejects.toMatchObject({ code: 'invalid_signature' })
  expect(warning).not.toHaveBeenCalled()
  const odd = () => provider.protector.authenticate(provider.read({ client: { clientId: 'odd' } }))
  await expect(odd()).rejects.toThrow()
  await expect(odd()).rejects.toThrow()
  expect(warning).toHaveBeenCalledTimes(1)
  warning.mockRestore()
})

const isReplaceable = Object.getOwnPropertyDescriptor(globalThis, 'process')?.configurable === true

it.runIf(isReplaceable).each([
  ['no process', undefined],
  ['a process that takes no warnings', {}],
])('where there is %s a fault is silent', (name, other) => {
  vi.stubGlobal('process', other)
  try {
    reportFault(undefined, `a client where there is ${name}`, new Error('Odd.'))
  } finally {
    vi.unstubAllGlobals()
  }
})

it('no event holds a secret, a token, a verifier, a signature or a base string', async () => {
  const secret = 'the-secret-of-the-client'
  const own = { ...token, oauthToken: 'the-token-of-user-7', oauthTokenSecret: 'the-secret-of-that-token' }
  const { provider, events } = heard({
    clients: [client, { ...client, clientId: 'other', clientSecret: secret }],
    tokens: [own, { ...own, clientId: 'other' }],
  })
  const { temporary, verifier } = await provider.approved()
  const again = await provider.approved()
  await provider.exchange(temporary, 'wrong')
  const issued = new URLSearchParams((await provider.exchange(temporary, verifier)).body)
  await provider.exchange(temporary, verifier)
  await provider.authorize(again.temporary.oauthToken, { id: 8 }).catch(() => {})
  await provider.authorize((await provider.temporary()).oauthToken, undefined)
  const signed = { client: { clientId: 'other', clientSecret: secret }, token: own }
  const requests = [
    provider.read(signed),
    provider.read({ ...signed, oauth: { oauth_timestamp: 'x' } }),
    provider.read({ ...signed, oauth: { oauth_signature_method: 'PLAINTEXT' } }),
    provider.read({ ...signed, url: `https://photos.example.net/photos?a=${secret}` }),
  ]
  for (const request of [...requests, ...requests])
    await provider.protector.authenticate(request).catch(() => {})
  const signatures = requests.map(({ headers }) =>
    decodeURIComponent(/oauth_signature="([^"]+)"/.exec(String(headers['authorization']))?.[1] ?? ''),
  )
  const secrets = [
    ...[...Object.values(temporary), ...Object.values(again.temporary), ...issued.values()],
    ...[verifier, again.verifier, secret, own.oauthToken, own.oauthTokenSecret],
    ...[...signatures, ...signatures.map(encodeURIComponent), 'photos%3F', 'GET&'],
  ]
  expect(secrets.every((text) => text.length > 3)).toBe(true)
  expect(events.length).toBeGreaterThan(15)
  const told = JSON.stringify(events)
  expect(secrets.filter((text) => told.includes(text))).toEqual([])
})
