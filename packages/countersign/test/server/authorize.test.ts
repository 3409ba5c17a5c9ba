import { ConfigurationError, OAuth1Error, type TemporaryCredential } from 'countersign'
import { describe, expect, it } from 'vitest'
import { api, client, consent, Provider, start } from './provider.ts'

describe('GET /authorize: checkAuthorizationRequest (§2.2)', () => {
  it('says which client asks', async () => {
    const provider = new Provider()
    const { oauthToken } = await provider.temporary()
    const asked = await provider.server.checkAuthorizationRequest(consent(oauthToken))
    const { clientSecret: _, ...shown } = client
    expect(asked.client).toEqual(shown)
    expect(asked.credential).not.toHaveProperty('oauthTokenSecret')
    expect(asked.credential.oauthToken).toBe(oauthToken)
  })

  it('takes the token from the consent form, or the same from both', async () => {
    const provider = new Provider()
    const { oauthToken } = await provider.temporary()
    const form = { method: 'POST', url: `${api}/authorize`, headers: {}, body: `oauth_token=${oauthToken}` }
    await expect(provider.server.checkAuthorizationRequest(form)).resolves.toBeTruthy()
    const both = { ...form, url: `${api}/authorize?oauth_token=${oauthToken}` }
    await expect(provider.server.checkAuthorizationRequest(both)).resolves.toBeTruthy()
    const different = { ...form, url: `${api}/authorize?oauth_token=other` }
    await expect(provider.server.checkAuthorizationRequest(different)).rejects.toMatchObject({ status: 400 })
  })

  it('looks at nothing else in the address and the form', async () => {
    const provider = new Provider()
    const { oauthToken } = await provider.temporary()
    const http = {
      method: 'POST',
      url: `${api}/authorize?lang=de&oauth_token=${oauthToken}&oauth_tokens=x&state=%FF`,
      headers: {},
      body: 'csrf=abc&decision=approve',
    }
    const { credential } = await provider.server.checkAuthorizationRequest(http)
    expect(credential.oauthToken).toBe(oauthToken)
    const without = { ...http, url: `${api}/authorize?lang=de` }
    await expect(provider.server.checkAuthorizationRequest(without)).rejects.toMatchObject({
      code: 'missing_required_parameter',
    })
  })

  it.each([
    ['none', ''],
    ['an empty one', '?oauth_token='],
    ['octets that are not UTF-8', '?oauth_token=%FF'],
  ])('refuses a request with %s: 400', async (_name, query) => {
    const http = { method: 'GET', url: `${api}/authorize${query}`, headers: {} }
    await expect(new Provider().server.checkAuthorizationRequest(http)).rejects.toMatchObject({ status: 400 })
  })

  it('refuses an unknown token', async () => {
    await expect(new Provider().server.checkAuthorizationRequest(consent('x'))).rejects.toThrow(OAuth1Error)
  })

  it('refuses an expired one, to the second, even if the store still has it', async () => {
    const kept = new Map<string, TemporaryCredential>()
    const provider = new Provider({
      hooks: () => ({
        createTemporaryCredential: (credential) => void kept.set(credential.oauthToken, credential),
        getTemporaryCredential: (oauthToken) => kept.get(oauthToken),
      }),
    })
    const { oauthToken } = await provider.temporary()
    provider.now = start + 599.9
    await expect(provider.server.checkAuthorizationRequest(consent(oauthToken))).resolves.toBeTruthy()
    provider.now = start + 600
    await expect(provider.server.checkAuthorizationRequest(consent(oauthToken))).rejects.toMatchObject({
      code: 'invalid_token',
    })
  })

  it('refuses one whose client is gone', async () => {
    const provider = new Provider()
    const { oauthToken } = await provider.temporary()
    provider.server.registerHook('queryClient', () => undefined)
    await expect(provider.server.checkAuthorizationRequest(consent(oauthToken))).rejects.toMatchObject({
      code: 'invalid_token',
    })
  })
})

describe("the resource owner's decision", () => {
  it('approval redirects with token and verifier, uncached and without a referrer', async () => {
    const provider = new Provider()
    const { oauthToken } = await provider.temporary()
    const { status, headers } = await provider.authorize(oauthToken, { id: 7 })
    expect(status).toBe(302)
    expect(headers['location']).toMatch(
      new RegExp(`^https://printer.example.com/ready\\?oauth_token=${oauthToken}&oauth_verifier=[\\w-]{32}$`),
    )
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
    })
  })

  it('is made once: the second approval is refused, and the first user stays', async () => {
    const provider = new Provider()
    const { temporary } = await provider.approved()
    await expect(provider.authorize(temporary.oauthToken, { id: 666 })).rejects.toMatchObject({
      code: 'invalid_token',
    })
    await expect(
      provider.server.checkAuthorizationRequest(consent(temporary.oauthToken)),
    ).rejects.toMatchObject({ code: 'invalid_token' })
    expect(await provider.hooks.getTemporaryCredential(temporary.oauthToken)).toMatchObject({ userId: 7 })
  })

  it('denial redirects with the refusal and no verifier', async () => {
    const provider = new Provider()
    const { oauthToken } = await provider.temporary()
    const { location = '' } = (await provider.authorize(oauthToken, undefined)).headers
    const fields = Object.fromEntries(new URL(location).searchParams)
    expect(fields).toEqual({
      oauth_token: oauthToken,
      oauth_problem: 'user_refused',
      error: 'access_denied',
      error_description: expect.any(String),
    })
  })

  it('denial names the token as denied, too, where clients look for that', async () => {
    const provider = new Provider({ server: { deniedParameter: true } })
    const { oauthToken } = await provider.temporary()
    const { location = '' } = (await provider.authorize(oauthToken, undefined)).headers
    expect(new URL(location).searchParams.get('denied')).toBe(oauthToken)
  })

  it.each<[string, unknown]>([
    ['a user without an id', { name: 'anna' }],
    ['a user whose id is misspelt', { userId: 7 }],
    ['true', true],
    ['an id of null', { id: null }],
    ['an empty id', { id: '' }],
    ['an id that is no number', { id: Number.NaN }],
  ])('by %s is a fault of the application, and decides nothing', async (_name, user) => {
    const provider = new Provider()
    const { oauthToken } = await provider.temporary()
    await expect(provider.authorize(oauthToken, user as { id: number })).rejects.toThrow(ConfigurationError)
    await expect(provider.authorize(oauthToken, { id: 7 })).resolves.toMatchObject({ status: 302 })
  })

  it.each<[string, unknown]>([
    ['scopes', { scopes: 'read' }],
    ['a list', { scope: ['read', 'write'] }],
  ])('with %s for a scope is a fault of the application', async (_name, approval) => {
    const provider = new Provider()
    const { oauthToken } = await provider.temporary()
    const decided = provider.authorize(oauthToken, { id: 7 }, approval as { scope: string })
    await expect(decided).rejects.toThrow(/scope/)
  })

  it('is not redirected to a callback that no client may ask for, whoever stored it', async () => {
    const provider = new Provider()
    const { oauthToken } = await provider.temporary()
    const stored = await provider.hooks.getTemporaryCredential(oauthToken)
    for (const oauthCallback of ['javascript:alert(1)', 'https://printer.example.com/\r\nSet-Cookie: a=b']) {
      provider.server.registerHook('getTemporaryCredential', () => stored && { ...stored, oauthCallback })
      await expect(provider.authorize(oauthToken, { id: 7 })).rejects.toMatchObject({ status: 400 })
    }
  })

  it('denial spends the credential', async () => {
    const provider = new Provider()
    const { oauthToken } = await provider.temporary()
    await provider.authorize(oauthToken, undefined)
    await expect(provider.authorize(oauthToken, { id: 7 })).rejects.toMatchObject({ code: 'invalid_token' })
    await expect(provider.authorize(oauthToken, undefined)).rejects.toMatchObject({ code: 'invalid_token' })
  })
})

describe('oob', () => {
  it('shows the verifier, made for manual entry, on a page that cannot be framed', async () => {
    const provider = new Provider()
    const { oauthToken } = await provider.temporary({ oauth_callback: 'oob' })
    const page = await provider.authorize(oauthToken, { id: 7 })
    expect(page.status).toBe(200)
    expect(page.headers).not.toHaveProperty('location')
    expect(page.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'x-frame-options': 'DENY',
      'cache-control': 'no-store',
    })
    const { oauthVerifier } = (await provider.hooks.getTemporaryCredential(oauthToken)) ?? {}
    expect(oauthVerifier).toMatch(/^[2-9A-HJ-NP-Z]{10}$/)
    const grouped = `${oauthVerifier?.slice(0, 5)}-${oauthVerifier?.slice(5)}`
    expect(page.body).toContain(`<code>${grouped}</code>`)
    // Readable on a phone, at night and from across the desk, and selected whole by one click.
    expect(page.body).toContain('<meta name="viewport" content="width=device-width">')
    expect(page.body).toMatch(
      /<style>:root\{color-scheme:light dark;[^<]*\bcode\{[^}]*font:600 clamp\([^}]*;user-select:all\}<\/style>/,
    )
    expect(page.headers['content-security-policy']).toContain("style-src 'unsafe-inline'")
  })

  it('shows a refusal without a verifier', async () => {
    const provider = new Provider()
    const { oauthToken } = await provider.temporary({ oauth_callback: 'oob' })
    const page = await provider.authorize(oauthToken, undefined)
    expect(page.status).toBe(200)
    expect(page.body).not.toContain('<code')
  })

  it("uses the application's page where there is one", async () => {
    const provider = new Provider({
      server: {
        verifierPage: async ({ client, oauthVerifier }) => `${client.clientId}:${oauthVerifier?.length}`,
      },
    })
    const { oauthToken } = await provider.temporary({ oauth_callback: 'oob' })
    expect((await provider.authorize(oauthToken, { id: 7 })).body).toBe('client:10')
  })
})
