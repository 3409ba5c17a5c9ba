import { ConfigurationError, type HttpRequest, OAuth1Error } from 'countersign'
import { devConsent } from 'countersign/dev'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { api, consent, Provider } from '../server/provider.ts'

beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => {})
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

function posted(oauthToken: string, fields: Record<string, string>): HttpRequest {
  const body = new URLSearchParams({ oauth_token: oauthToken, ...fields }).toString()
  return { method: 'POST', url: `${api}/authorize`, headers: {}, body }
}

it('says in the log that anyone can approve', () => {
  devConsent(new Provider().server)
  expect(vi.mocked(console.warn).mock.calls.flat().join()).toMatch(/development only/)
})

it('is refused in production', () => {
  vi.stubEnv('NODE_ENV', 'production')
  expect(() => devConsent(new Provider().server)).toThrow(ConfigurationError)
})

it.each([
  ['no users', { users: [] }],
  ['one user for a list', { users: 'ada' }],
  ['users that are no ids', { users: [{ id: 'ada' }] }],
  ['scopes in a list', { scope: ['read'] }],
])('is refused with %s, before it serves', (_name, options) => {
  expect(() => devConsent(new Provider().server, options as object)).toThrow(ConfigurationError)
  expect(console.warn).not.toHaveBeenCalled()
})

it('is an endpoint of its server: it has the limits and realm of the server, also when they are set later', () => {
  const { server } = new Provider()
  const page = devConsent(server)
  server.init({ realm: 'Photos', limits: { maxBodyLength: 100 } })
  expect(page.limits.maxBodyLength).toBe(100)
  const refused = page.errorResponse(new OAuth1Error('missing_credentials', 'No.'), { headers: {} })
  expect(refused.headers['www-authenticate']).toBe('OAuth realm="Photos"')
})

it('runs where there is no process', () => {
  vi.stubGlobal('process', undefined)
  expect(devConsent(new Provider().server)).toHaveProperty('handle')
  vi.unstubAllGlobals()
})

describe('the page', () => {
  it('names who asks and where one goes, may not be framed or kept, and runs nothing', async () => {
    const provider = new Provider()
    const { oauthToken } = await provider.temporary()
    const { status, headers, body } = await devConsent(provider.server).handle(consent(oauthToken))
    expect(status).toBe(200)
    expect(body).toContain('client asks for access')
    expect(body).toContain('https://printer.example.com/ready')
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(headers['cache-control']).toBe('no-store')
    expect(headers['x-frame-options']).toBe('DENY')
  })

  it('shows names as text', async () => {
    const provider = new Provider({
      clients: [{ clientId: '<b>&"\'', clientSecret: 'secret', callbacks: [] }],
    })
    const { oauthToken } = await provider.temporary({
      oauth_consumer_key: '<b>&"\'',
      oauth_callback: 'oob',
    })
    const page = devConsent(provider.server, { users: ['<i>'] })
    const { body } = await page.handle(consent(oauthToken))
    expect(body).not.toMatch(/<[bi]>[&"<]/)
    expect(body).toContain('&#60;b&#62;&#38;&#34;&#39; asks for access')
  })

  it('approves as the chosen user, with the scope that the developer set', async () => {
    const provider = new Provider()
    const temporary = await provider.temporary()
    const page = devConsent(provider.server, { scope: 'read' })
    const { status, headers } = await page.handle(
      posted(temporary.oauthToken, { user: 'grace', decision: 'allow' }),
    )
    expect(status).toBe(302)
    const verifier = new URL(headers['location'] ?? '').searchParams.get('oauth_verifier') ?? ''
    const token = new URLSearchParams((await provider.exchange(temporary, verifier)).body).get('oauth_token')
    expect(await provider.hooks.queryToken('client', token ?? '')).toMatchObject({
      userId: 'grace',
      scope: 'read',
    })
  })

  it.each([
    ['Deny', { decision: 'deny' }],
    ['a user who is not on the page', { decision: 'allow', user: 'mallory' }],
    ['no decision', {}],
  ])('%s denies', async (_name, fields) => {
    const provider = new Provider()
    const { oauthToken } = await provider.temporary()
    const { headers } = await devConsent(provider.server).handle(posted(oauthToken, fields))
    expect(headers['location']).toContain('error=access_denied')
  })

  it('says why a credential cannot be decided upon', async () => {
    const { status, body } = await devConsent(new Provider().server).handle(consent('unknown'))
    expect(status).toBe(401)
    expect(body).toContain('no such temporary credential')
  })
})
