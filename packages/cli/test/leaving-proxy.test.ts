import { afterAll, beforeAll, expect, it } from 'vitest'
import { Story, tokens } from './leaving-setting.ts'

/** The OAuth 2 server of docs/leaving-oauth1.md as it is in production: a proxy in front of it, and another address than the provider's. */
const issuer = 'https://auth.example.com'
let story: Story
beforeAll(async () => {
  story = await Story.begin()
  await story.command('client pair album album-app')
  await story.startOAuth2({ ISSUER: issuer, PUBLIC_URL: 'https://oauth.example.com' })
})
afterAll(() => story.end())

it('no address in its metadata is one of plain http', async () => {
  const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'auth.example.com' }
  const response = await fetch(`${story.issuer}/.well-known/openid-configuration`, { headers })
  const metadata = (await response.json()) as Record<string, unknown>
  expect(metadata).toMatchObject({ issuer, token_endpoint: `${issuer}/token` })
  expect(Object.values(metadata).filter((value) => /^http:/.test(String(value)))).toEqual([])
})

it('an exchange that is signed for its public address is served', async () => {
  const [token] = tokens as [(typeof tokens)[0]]
  const response = await story.signedExchange(token, issuer)()
  expect(await response.json()).toMatchObject({
    token_type: 'Bearer',
    scope: 'me authorizations:read offline_access',
  })
})

it('no tokens are renewed while their user is suspended', async () => {
  const [, token] = tokens as [(typeof tokens)[0], (typeof tokens)[0]]
  const { refresh_token: first } = (await (await story.exchange(token)).json()) as Record<string, string>
  const renew = (refreshToken = '') =>
    story.token({ grant_type: 'refresh_token', refresh_token: refreshToken })
  await story.command(`user set ${token.user} --suspend`)
  const refused = await renew(first)
  expect([refused.status, await refused.json()]).toMatchObject([400, { error: 'invalid_grant' }])
  await story.command(`user set ${token.user} --reinstate`)
  expect((await renew(first)).status).toBe(200)
})
