import { writeFileSync } from 'node:fs'
import { ConfigurationError } from 'countersign'
import { expect, it } from 'vitest'
import { settingsFromEnv } from '../src/settings/environment.ts'
import { runCliJson } from './running-provider.ts'
import { signer } from './signer.ts'
import { openSite } from './site.ts'

const scopes =
  'photos:read see your photos;photos:write add and <change> photos\nauthorizations:read see which applications have access'
const site = openSite({ SCOPES: scopes })

type Keys = Awaited<ReturnType<typeof site.register>>

/** What the client gets that asks for a scope. */
async function asking(client: Keys, scope: string): Promise<{ status: number; pairs: URLSearchParams }> {
  const send = signer(site.provider.url, client)
  const response = await send('POST', '/oauth/initiate', { oauth_callback: 'oob', scope })
  return { status: response.status, pairs: new URLSearchParams(await response.text()) }
}

const keysOf = (pairs: URLSearchParams): Keys => ({
  key: pairs.get('oauth_token') ?? '',
  secret: pairs.get('oauth_token_secret') ?? '',
})

/** The token that the client gets when the user leaves these scopes checked. */
async function granted(client: Keys, scope: string, checked: readonly string[], name: string) {
  const visitor = await site.member(name)
  const temporary = keysOf((await asking(client, scope)).pairs)
  const page = await visitor.open(`/oauth/authorize?oauth_token=${temporary.key}`)
  const fields = new URLSearchParams({ decision: 'allow' })
  for (const one of checked) fields.append('scope', one)
  const hidden = [...page.text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)]
  for (const [, name = '', value = ''] of hidden) if (!fields.has(name)) fields.append(name, value)
  const decided = await visitor.post('/oauth/authorize', fields)
  const oauth_verifier = /<code class="code">([^<]+)</.exec(decided.text)?.[1] ?? ''
  const response = await signer(site.provider.url, client, temporary)('POST', '/oauth/token', {
    oauth_verifier,
  })
  const pairs = new URLSearchParams(await response.text())
  return { visitor, page, pairs, token: keysOf(pairs) }
}

it('asks for each scope in its sentence, and grants what the user leaves checked', async () => {
  const client = await site.register(await site.member(), { name: 'Album' })
  const asked = 'photos:read authorizations:read photos:write'
  const { visitor, page, pairs, token } = await granted(
    client,
    asked,
    ['photos:write', 'photos:read'],
    'anja',
  )
  expect(page.text).toContain('value="photos:read" checked> <span>see your photos</span>')
  expect(page.text).toContain('<span>add and &lt;change&gt; photos</span>')
  expect(pairs.get('scope')).toBe('photos:read photos:write')
  const access = await visitor.open('/authorizations')
  expect(access.text).toContain('It can see your photos; add and &lt;change&gt; photos.')

  const send = signer(site.provider.url, client, token)
  expect((await send('GET', '/api/me', {})).status).toBe(200)
  const refused = await send('GET', '/api/authorizations', {})
  expect(refused.status).toBe(403)
  expect(await refused.json()).toMatchObject({
    error: 'insufficient_scope',
    error_description: expect.stringContaining('authorizations:read'),
  })
})

it('lets a token with the scope read which applications have access', async () => {
  const client = await site.register(await site.member(), { name: 'Reader' })
  const { token } = await granted(client, 'authorizations:read', ['authorizations:read'], 'bea')
  const response = await signer(site.provider.url, client, token)('GET', '/api/authorizations', {})
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual([
    {
      client: { key: client.key, name: 'Reader' },
      scope: 'authorizations:read',
      since: expect.any(Number),
      expires_at: null,
      last_used_at: null,
    },
  ])
})

it.each<[string, readonly string[], string | null]>([
  ['nothing checked', [], null],
  ['more checked than was asked for', ['photos:read', 'photos:write'], 'photos:read'],
  ['a scope that there is not', ['admin'], null],
])('grants no more than was asked for: %s', async (_, checked, scope) => {
  const client = await site.register(await site.member(), { name: 'Narrow' })
  const { pairs } = await granted(
    client,
    'photos:read',
    checked,
    `narrow${checked.length}${checked.join('')}`.replace(/\W/g, ''),
  )
  expect(pairs.get('oauth_token')).toMatch(/./)
  expect(pairs.get('scope')).toBe(scope)
})

it('shows no choice where no scope is asked for', async () => {
  const visitor = await site.member()
  const client = await site.register(visitor, { name: 'Plain' })
  const { key } = await site.temporaryCredential(client, 'oob')
  const page = await visitor.open(`/oauth/authorize?oauth_token=${key}`)
  expect(page.text).not.toContain('checkbox')
})

it('refuses scopes that there are not, and those that are not open to the client', async () => {
  const visitor = await site.member()
  const client = await site.register(visitor, { name: 'Limited' })
  const refusal = async (scope: string) => {
    const { status, pairs } = await asking(client, scope)
    return [status, pairs.get('error'), pairs.get('error_description')]
  }
  const why = expect.stringContaining('photos:read photos:write authorizations:read')
  expect(await refusal('photos:read admin')).toEqual([400, 'invalid_request', why])
  const policy = async (text: string) => {
    const file = `${site.directory}/policy.json`
    writeFileSync(file, text)
    await runCliJson(site.directory, ['client', 'policy', '--key', client.key, '--file', file], {
      SCOPES: scopes,
    })
  }
  await policy('{"scopes": ["photos:read"]}')
  expect((await asking(client, 'photos:read')).status).toBe(200)
  expect(await refusal('photos:write')).toEqual([
    400,
    'invalid_request',
    expect.stringContaining('photos:read'),
  ])
  expect((await visitor.open(`/clients/${client.key}`)).text).not.toContain('<code>photos:write</code>')
  // Even a client that may ask for any scope asks for one that exists.
  await policy('{"scopes": "any"}')
  expect((await asking(client, 'photos:write')).status).toBe(200)
  expect(await refusal('admin')).toEqual([
    400,
    'invalid_request',
    expect.stringContaining('Unknown scope admin'),
  ])
})

it.each([
  [{}, { 'authorizations:read': 'see which applications have access to your account' }],
  [{ SCOPES: ' a  do this ; b do that;;\n' }, { a: 'do this', b: 'do that' }],
])('reads the scopes of %j', (env, expected) => {
  const settings = settingsFromEnv(env)
  expect(settings.scopes).toEqual(expected)
  expect(settings.options.scopes).toEqual(Object.keys(expected))
})

it.each([
  [{ SCOPES: 'photos:read' }, 'SCOPES.photos:read: has no sentence'],
  [{ SCOPES: '"a" b' }, 'SCOPES'],
  [{ SCOPES: 'a b', OAUTH1_SCOPES: 'a c' }, 'there is no scope c, only a'],
])('refuses the settings %j', (env, why) => {
  expect(() => settingsFromEnv(env)).toThrow(ConfigurationError)
  expect(() => settingsFromEnv(env)).toThrow(why)
})
