import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { ConfigurationError } from 'countersign'
import { expect, it } from 'vitest'
import { createAccount, createProvider, issueToken, registerClient } from '../src/index.ts'
import { signer } from './signer.ts'

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
  expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api\/me \S+ \S+\n$/)
})
