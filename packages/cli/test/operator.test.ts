import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  type ProviderProcess,
  runCli,
  runCliJson,
  runProvider,
  temporaryDirectory,
} from '../../provider/test/running-provider.ts'
import { signer } from '../../provider/test/signer.ts'

const directory = temporaryDirectory()
const cwd = directory.path
const env = {
  SCOPES: 'photos:read see your photos; photos:write add photos',
  PROFILES: 'netsuite lti11',
}
let provider: ProviderProcess

beforeAll(async () => {
  await runCliJson(cwd, ['user', 'add', '--name', 'olga'], { COUNTERSIGN_PASSWORD: 'correct horse battery' })
  provider = await runProvider(cwd, env)
})
afterAll(async () => {
  await provider.stop()
  directory.remove()
})

const run = (args: readonly string[], input = '') => runCli(cwd, args, { env, input })
const json = <T>(args: readonly string[]) => runCliJson<T>(cwd, args, env)

/** The response to a signed request of this client and token. */
async function me(secret: string, token: { key: string; secret: string }, key = 'own.key'): Promise<number> {
  const response = await signer(provider.url, { key, secret }, token)('GET', '/api/me', {})
  return response.status
}

const ownToken = { key: 'own.token', secret: 'own-token-secret' }

it('takes over a client and a token with the keys and secrets that they have elsewhere', async () => {
  const add = ['client', 'add', '--name', 'Own', '--key', 'own.key', '--secret-stdin']
  expect(await run(add, 'own-client-secret\n')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('own.key'),
  })
  expect(await run(add, 'own-client-secret\n')).toMatchObject({
    code: 1,
    stderr: 'Another client has this key.\n',
  })
  const token = ['token', 'add', '--client', 'own.key', '--user', 'olga', '--token', 'own.token']
  expect(
    await run([...token, '--token-secret-stdin', '--scope', 'photos:read'], 'own-token-secret\n'),
  ).toMatchObject({ code: 0 })
  expect(await me('own-client-secret', ownToken)).toBe(200)
  const again = await run([...token, '--token-secret-stdin'], 'own-token-secret\n')
  expect(again).toMatchObject({ code: 1, stderr: 'This token already exists.\n' })
})

it('replaces a secret: the old one ends at once, the key and the tokens stay', async () => {
  const { clientSecret } = await json<{ clientSecret: string }>(['client', 'secret', '--key', 'own.key'])
  expect(await me('own-client-secret', ownToken)).toBe(401)
  expect(await me(clientSecret, ownToken)).toBe(200)
  const brought = await run(['client', 'secret', '--key', 'own.key', '--secret-stdin'], 'own-client-secret\n')
  expect(brought.code).toBe(0)
  expect(await me('own-client-secret', ownToken)).toBe(200)
})

it('changes the name and the callbacks of a client', async () => {
  const edit = ['client', 'edit', '--key', 'own.key']
  expect((await run([...edit, '--name', 'Renamed', '--callback', 'https://a.example/cb'])).code).toBe(0)
  const [client] = await json<object[]>(['client', 'list'])
  expect(client).toMatchObject({ name: 'Renamed', callbacks: ['https://a.example/cb'] })
  expect((await run([...edit, '--without-callbacks'])).code).toBe(0)
  expect((await json<object[]>(['client', 'list']))[0]).toMatchObject({ name: 'Renamed', callbacks: [] })
})

it('sets what one client may do, and refuses what no policy holds', async () => {
  const policy = ['client', 'policy', '--key', 'own.key']
  const file = join(cwd, 'policy.json')
  const set = (text: string) => {
    writeFileSync(file, text)
    return run([...policy, '--file', file])
  }
  expect(await set('{"twoLegged": true, "scopes": ["photos:read"]}')).toMatchObject({ code: 0 })
  const stored = { twoLegged: true, scopes: ['photos:read'], advice: true }
  expect(await json(policy)).toEqual({ clientId: 'own.key', policy: stored })
  const echo = signer(provider.url, { key: 'own.key', secret: 'own-client-secret' })
  expect((await echo('GET', '/api/echo', {})).status).toBe(200)
  for (const [text, why] of [
    ['{"twoLeged": true}', 'Did you mean twoLegged?'],
    ['{"scopes": ["admin"]}', 'The policy names the unknown scope admin'],
    [
      '{"profile": "nobody"}',
      "names the profile nobody, which is not among the server's profiles (netsuite, lti11)",
    ],
    ['[]', 'must hold a JSON object'],
  ] as const) {
    const refused = await set(text)
    expect(refused.stderr).toContain(why)
    expect(refused).toMatchObject({ code: 1, stdout: '' })
  }
  expect(await json(policy)).toEqual({ clientId: 'own.key', policy: stored })
  expect(await set('{}')).toMatchObject({ code: 0 })
  expect((await echo('GET', '/api/echo', {})).status).toBe(400)
})

it('gives a client a profile of the settings by its name', async () => {
  const policy = ['client', 'policy', '--key', 'own.key']
  expect(await json([...policy, '--profile', 'lti11'])).toEqual({
    clientId: 'own.key',
    policy: { advice: true, profile: 'lti11' },
  })
  const echo = signer(provider.url, { key: 'own.key', secret: 'own-client-secret' })
  expect((await echo('POST', '/api/echo', { lti_version: 'LTI-1p0' })).status).toBe(200)
  const unknown = await run([...policy, '--profile', 'magento'])
  expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('(netsuite, lti11)') })
})

it('shows of a token what it may do, when it ends, and when it was last used', async () => {
  const add = ['client', 'add', '--name', 'Timed', '--key', 'timed', '--secret-stdin']
  expect((await run(add, 'own-client-secret\n')).code).toBe(0)
  const file = join(cwd, 'timed.json')
  writeFileSync(file, '{"tokenIdleSeconds": 3600}')
  expect((await run(['client', 'policy', '--key', 'timed', '--file', file])).code).toBe(0)
  const issue = ['token', 'add', '--client', 'timed', '--user', 'olga', '--lifetime', '86400']
  const token = await json<{ oauthToken: string; oauthTokenSecret: string }>([
    ...issue,
    ...['--scope', 'photos:read', '--scope', 'photos:write'],
  ])
  const signedWith = { key: token.oauthToken, secret: token.oauthTokenSecret }
  expect(await me('own-client-secret', signedWith, 'timed')).toBe(200)
  const [listed, ...others] = await json<Record<string, number>[]>(['token', 'list', '--client', 'timed'])
  expect(others).toEqual([])
  expect(listed).toMatchObject({ scope: 'photos:read photos:write', userName: 'olga', isIdle: false })
  expect(listed?.['expiresAt']).toBe((listed?.['createdAt'] ?? 0) + 86_400)
  expect(listed?.['lastUsedAt']).toBeGreaterThanOrEqual(listed?.['createdAt'] ?? 0)
  const { stdout } = await run(['token', 'list', '--client', 'timed'])
  expect(stdout).toMatch(/ends \d{4}-\d\d-\d\d \d\d:\d\d, used \d{4}-\d\d-\d\d \d\d:\d\d\n$/)
  const unknown = await run([...issue, '--scope', 'admin'])
  expect(unknown).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('This client may not use the scope admin'),
  })
})

it('revokes all tokens of a client, and all of a user, at once', async () => {
  const issue = (client: string) => json(['token', 'add', '--client', client, '--user', 'olga'])
  await issue('timed')
  expect(await json(['token', 'revoke', '--client', 'timed', '--yes'])).toEqual({ revoked: 2 })
  expect(await json(['token', 'list', '--client', 'timed'])).toEqual([])
  await issue('timed')
  const { stdout } = await run(['token', 'revoke', '--user', 'olga', '--yes'])
  expect(stdout).toBe('2 tokens revoked.\n')
  expect(await json(['token', 'list'])).toEqual([])
  expect(await me('own-client-secret', ownToken)).toBe(401)
})
