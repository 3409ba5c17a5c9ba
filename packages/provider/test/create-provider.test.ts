import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { ConfigurationError, UndecidableError } from 'countersign'
import { describe, expect, it } from 'vitest'
import { createAccount, createProvider, issueToken, registerClient } from '../src/index.ts'
import { temporaryDirectory } from './running-provider.ts'
import { signer } from './signer.ts'
import { Visitor } from './visitor.ts'

const silent = { port: 0, database: ':memory:', logLevel: 'silent' } as const

it('runs in a test, on a free port and in memory, and several at once share nothing', async () => {
  const [one, two] = await Promise.all([createProvider(silent), createProvider(silent)])
  expect(one.address).not.toBe(two.address)
  const { services } = one
  const user = await createAccount(services.db, 'anna', 'correct horse battery')
  const client = await registerClient(services.db, { name: 'Album', callbacks: [] })
  const token = await issueToken(services, client.clientId, user.id)
  const me = (address: string) =>
    signer(
      address,
      { key: client.clientId, secret: client.clientSecret },
      { key: token.oauthToken, secret: token.oauthTokenSecret },
    )('GET', '/api/me', {})
  expect(await (await me(one.address)).json()).toMatchObject({ name: 'anna', client: { name: 'Album' } })
  expect((await me(two.address)).status).toBe(401)
  await Promise.all([one.close(), two.close()])
  await expect(fetch(one.address)).rejects.toThrow()
})

it.each([
  [{ port: 70_000 }, 'port: '],
  [{ origin: 'oauth.example.com' }, 'origin: must be a scheme and a host'],
  [{ databse: 'x' }, 'databse'],
  [{ logLevel: 'loud' }, 'logLevel: '],
  [{ options: { tokenLength: -1 } }, 'tokenLength'],
  [{ options: { supportedSignatureMethods: ['HMAC-MD5'] } }, 'HMAC-MD5'],
])('refuses the settings %j and names the one at fault', async (settings, name) => {
  const started = createProvider({ ...silent, ...settings } as never)
  await expect(started).rejects.toThrow(ConfigurationError)
  await expect(started).rejects.toThrow(name)
})

it('runs the sample of its page', async () => {
  const folder = join(import.meta.dirname, '..')
  const readme = readFileSync(join(folder, 'README.md'), 'utf8')
  const [, code = ''] = /^```ts\n(.*?)^```$/ms.exec(readme) ?? []
  const args = ['--conditions=countersign-source', '--input-type=module-typescript', '--eval', code]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder })
  expect(stdout).toMatch(/^https:\/\/album\.example\/callback\?oauth_token=[\w-]+&oauth_verifier=[\w-]+\n/)
  expect(stdout).toContain("name: 'anna'")
})

describe('users and clients that are given', () => {
  const given = {
    ...silent,
    users: [{ name: 'Anna' }, { name: 'bert', password: 'correct horse battery' }],
    clients: [{ key: 'album', secret: 'album-secret' }],
    scopes: { 'photos:read': 'see your photos', 'photos:write': 'add photos' },
  }
  const client = { key: 'album', secret: 'album-secret' }
  type Started = Awaited<ReturnType<typeof createProvider>>

  async function asked({ address }: Started): Promise<string> {
    const data = { oauth_callback: 'oob', scope: 'photos:read photos:write' }
    const response = await signer(address, client)('POST', '/oauth/initiate', data)
    return new URLSearchParams(await response.text()).get('oauth_token') ?? ''
  }

  it('may sign in with a password alone', async () => {
    const provider = await createProvider(given)
    const [anna, bert] = [new Visitor(provider.address), new Visitor(provider.address)]
    expect((await anna.signIn('anna', '')).status).toBe(422)
    expect((await bert.signIn('bert', 'correct horse battery')).status).toBe(200)
    await provider.close()
  })

  it('are approved and denied without a browser, once, as on the consent page', async () => {
    const provider = await createProvider(given)
    const token = await asked(provider)
    const { oauthVerifier, location } = await provider.approve(token, 'anna', { scope: 'photos:read' })
    expect([typeof oauthVerifier, location]).toEqual(['string', undefined])
    await expect(provider.approve(token, 'anna')).rejects.toThrow(UndecidableError)
    await expect(provider.approve(await asked(provider), 'nobody')).rejects.toThrow(
      'There is no user nobody.',
    )
    const denied = await asked(provider)
    expect(await provider.deny(denied, 'bert')).toEqual({ oauthVerifier: undefined, location: undefined })
    await expect(provider.approve(denied, 'bert')).rejects.toThrow(UndecidableError)
    await provider.close()
  })

  it('are there once, however often the provider starts', async () => {
    const directory = temporaryDirectory()
    const database = join(directory.path, 'data.sqlite')
    for (let start = 0; start < 2; start++) await (await createProvider({ ...given, database })).close()
    directory.remove()
  })
})
