import { ConfigurationError, type OAuth1Event, ResourceProtector } from 'countersign'
import { describe, expect, it } from 'vitest'
import { api, Provider, token } from './provider.ts'

function heard(scope?: unknown) {
  const events: OAuth1Event[] = []
  const provider = new Provider({
    ...(scope === undefined ? {} : { tokens: [{ ...token, scope: scope as string }] }),
    protector: { twoLegged: true, on: (event) => void events.push(event) },
  })
  return { provider, events }
}

describe('a scope that is needed', () => {
  it('is named where it was not granted', async () => {
    const { provider } = heard()
    await expect(
      provider.protector.authenticate(provider.read(), 'read admin  delete'),
    ).rejects.toMatchObject({
      description: 'This resource needs the scope admin delete, which the token was not granted.',
    })
  })

  it.each([undefined, null, '', 'read'])('of a token with the scope %j is no fault', async (scope) => {
    const { provider, events } = heard(scope)
    await provider.protector.authenticate(provider.read(), 'read').catch(() => {})
    expect(events.map(({ type }) => type)).not.toContain('fault')
  })

  it('of a token whose scope is no text is told to the operator', async () => {
    const { provider, events } = heard(['read'])
    await provider.protector.authenticate(provider.read(), 'read').catch(() => {})
    const [fault] = events
    expect(fault).toMatchObject({ type: 'fault', error: { message: 'The scope of a token is no text.' } })
  })
})

it('a request without a token is reported without a user', async () => {
  const { provider, events } = heard()
  await provider.protector.authenticate(provider.sign({ url: `${api}/photos` }))
  expect(events).toEqual([
    {
      type: 'accepted',
      endpoint: 'resource',
      clientId: 'client',
      userId: undefined,
      scope: undefined,
      signatureMethod: 'HMAC-SHA1',
      place: 'header',
    },
  ])
})

it('init sets options and hooks later', async () => {
  const { hooks, protector, ...provider } = new Provider()
  const made = new ResourceProtector()
  const refused = made.authenticate({ method: 'GET', url: api, headers: {} })
  await expect(refused).rejects.toThrow(ConfigurationError)
  await expect(refused).rejects.toThrow(/^ResourceProtector has no hook for:\n/)
  expect(made.init({ hooks, realm: 'later', now: () => provider.now })).toBe(made)
  await expect(made.authenticate(new Provider().read())).resolves.toBeTruthy()
  const refusal = await made
    .authenticate({ method: 'GET', url: api, headers: {} })
    .catch((error: unknown) => error)
  expect(made.errorResponse(refusal as never).headers['www-authenticate']).toBe('OAuth realm="later"')
})
