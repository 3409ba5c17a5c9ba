import { ConfigurationError, type OAuth1Error, type TemporaryCredential } from 'countersign'
import { describe, expect, it } from 'vitest'
import { client, consent, Provider, start } from './provider.ts'

const { clientSecret: _, ...shownClient } = client

describe('a decision as data', () => {
  it('of an approval is where to send the browser', async () => {
    const provider = new Provider()
    const { oauthToken } = await provider.temporary()
    const decision = await provider.server.decideAuthorization(oauthToken, { id: 7 }, { scope: 'read' })
    const stored = await provider.hooks.getTemporaryCredential(oauthToken)
    expect(decision).toEqual({
      kind: 'redirect',
      client: shownClient,
      location: `https://printer.example.com/ready?oauth_token=${oauthToken}&oauth_verifier=${stored?.oauthVerifier}`,
    })
    expect(stored).toMatchObject({ userId: 7, scope: 'read' })
  })

  it('of an approval for oob is the code', async () => {
    const provider = new Provider()
    const { oauthToken } = await provider.temporary({ oauth_callback: 'oob' })
    const decision = await provider.server.decideAuthorization(consent(oauthToken), { id: 'anna' })
    const stored = await provider.hooks.getTemporaryCredential(oauthToken)
    expect(decision).toEqual({ kind: 'code', client: shownClient, oauthVerifier: stored?.oauthVerifier })
    expect(stored).toMatchObject({ userId: 'anna' })
    expect(stored).not.toHaveProperty('scope')
  })

  it('is stored without a scope where none was approved', async () => {
    const grants: unknown[] = []
    const provider = new Provider({
      hooks: (hooks) => ({
        createAuthorizationVerifier: (oauthToken, grant) => {
          grants.push(grant)
          return hooks.createAuthorizationVerifier(oauthToken, grant)
        },
      }),
    })
    for (const approval of [undefined, {}, { scope: '' }])
      await provider.server.decideAuthorization((await provider.temporary()).oauthToken, { id: 7 }, approval)
    const grant = { userId: 7, oauthVerifier: expect.any(String) }
    expect(grants).toStrictEqual([grant, grant, { ...grant, scope: '' }])
  })

  it.each([undefined, null])('of a denial by %s is where to send the browser', async (nobody) => {
    const provider = new Provider()
    const { oauthToken } = await provider.temporary()
    expect(await provider.server.decideAuthorization(oauthToken, nobody)).toEqual({
      kind: 'denied',
      client: shownClient,
      location: `https://printer.example.com/ready?oauth_token=${oauthToken}&oauth_problem=user_refused&error=access_denied&error_description=The%20resource%20owner%20denied%20the%20request.`,
    })
  })

  it('of a denial for oob is nowhere', async () => {
    const provider = new Provider({ server: { deniedParameter: true } })
    const { oauthToken } = await provider.temporary({ oauth_callback: 'oob' })
    expect(await provider.server.decideAuthorization(oauthToken, undefined)).toEqual({
      kind: 'denied',
      client: shownClient,
      location: undefined,
    })
  })

  it.each([0, 7, 'anna'])('may be of the user %j', async (id) => {
    const provider = new Provider()
    const { oauthToken } = await provider.temporary()
    await provider.server.decideAuthorization(oauthToken, { id })
    expect(await provider.hooks.getTemporaryCredential(oauthToken)).toMatchObject({ userId: id })
  })

  it.each<[user: unknown, id: string]>([
    [{ name: 'anna' }, 'undefined'],
    [{ id: null }, 'null'],
    [{ id: '' }, '""'],
    [{ id: Number.NaN }, 'NaN'],
    [{ id: ['anna'] }, 'a list of 1'],
    [true, 'undefined'],
  ])('is not of the user %j', async (user, id) => {
    const provider = new Provider()
    const { oauthToken } = await provider.temporary()
    await expect(provider.server.decideAuthorization(oauthToken, user as { id: number })).rejects.toThrow(
      new ConfigurationError(
        `The user of a decision must be an object with an id, a string or a number; the id is ${id}. To deny, pass undefined.`,
      ),
    )
  })

  it.each<[approval: unknown, told: string]>([
    [{ scope: 5 }, 'decideAuthorization: scope must be a text, the scopes separated by spaces; it is 5.'],
    [{ scopes: 'read' }, 'decideAuthorization has no option "scopes". Did you mean scope?'],
  ])('is not made with %j', async (approval, told) => {
    const provider = new Provider()
    const { oauthToken } = await provider.temporary()
    const decided = provider.server.decideAuthorization(oauthToken, { id: 7 }, approval as { scope: string })
    await expect(decided).rejects.toThrow(new ConfigurationError(told))
  })
})

describe('a credential that cannot be decided upon says why', () => {
  it.each<[reason: string, change: (credential: TemporaryCredential) => TemporaryCredential | undefined]>([
    ['unknown', () => undefined],
    ['expired', (credential) => ({ ...credential, expiresAt: start })],
    ['decided', (credential) => ({ ...credential, userId: 8, oauthVerifier: 'v' })],
  ])('%s', async (reason, change) => {
    const refusals: unknown[] = []
    const provider = new Provider({
      server: { on: (event) => void (event.type === 'refused' && refusals.push(event)) },
    })
    const { oauthToken } = await provider.temporary()
    const stored = (await provider.hooks.getTemporaryCredential(oauthToken)) as TemporaryCredential
    provider.server.registerHook('getTemporaryCredential', () => change(stored))
    const checked: OAuth1Error = await provider.server.checkAuthorizationRequest(oauthToken).then(
      () => expect.unreachable(),
      (error) => error,
    )
    expect(checked).toMatchObject({ code: 'invalid_token', reason })
    expect(refusals).toEqual([
      { type: 'refused', endpoint: 'authorize', code: 'invalid_token', description: checked.description },
    ])
  })

  it.each<[name: string, returned: unknown]>([
    ['false', false],
    ['something else than true', 1],
    ['nothing', undefined],
  ])('decided, where the store says %s: another was quicker', async (_name, returned) => {
    const heard: string[] = []
    const provider = new Provider({
      server: { on: ({ type }) => void heard.push(type) },
      hooks: () => ({
        createAuthorizationVerifier: () => returned as boolean,
        consumeTemporaryCredential: () => returned as boolean,
      }),
    })
    const { oauthToken } = await provider.temporary()
    for (const user of [{ id: 7 }, undefined])
      await expect(provider.server.decideAuthorization(oauthToken, user)).rejects.toMatchObject({
        code: 'invalid_token',
        reason: 'decided',
      })
    expect(heard).toEqual(['issued'])
  })
})

it('a failing store is no refusal', async () => {
  const refusals: unknown[] = []
  const provider = new Provider({
    server: { on: (event) => void (event.type === 'refused' && refusals.push(event)) },
    hooks: () => ({ getTemporaryCredential: () => Promise.reject(new Error('Down on purpose.')) }),
  })
  await expect(provider.server.checkAuthorizationRequest('token')).rejects.toMatchObject({ status: 503 })
  expect(refusals).toEqual([])
})
