import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ResourceProtector } from 'countersign'
import {
  clientPairs,
  oidcProviderHooks,
  registerTokenExchange,
  scopeTable,
  TokenExchange,
} from 'countersign/bridge'
import { memoryHooks } from 'countersign/memory'
import { afterAll, expect, it } from 'vitest'
import { runOidcProvider } from '../../provider/test/bridge/oidc-server.ts'
import { temporaryDirectory } from '../../provider/test/running-provider.ts'
import { client, csvOf, tokenAt } from './exchange-server.ts'
import { runHere } from './in-process.ts'

const directory = temporaryDirectory()
const running = await runOidcProvider()
afterAll(async () => {
  directory.remove()
  await running.close()
})

it('moves tokens to a real oidc-provider that its metadata lead to, whose new tokens are each good for their user', async () => {
  const tokens = Array.from({ length: 30 }, (_, index) => tokenAt(index))
  const store = memoryHooks({ clients: [client], tokens })
  registerTokenExchange(
    running.provider,
    new TokenExchange({
      protector: new ResourceProtector({ hooks: store }),
      hooks: {
        ...store,
        ...clientPairs({ [client.clientId]: 'app' }),
        ...oidcProviderHooks(running.provider),
        scopesFor: scopeTable({ read: ['photos.read'] }, ['offline_access']),
      },
    }),
  )
  await store.revokeToken(client.clientId, 't0003-old-token')
  const [file, out] = [join(directory.path, 'tokens.csv'), join(directory.path, 'out.jsonl')]
  writeFileSync(file, csvOf(tokens))

  const args = ['exchange', '--tokens', file, '--out', out, '--issuer', running.base, '--client-id', 'app']
  const { code, stdout, stderr } = await runHere(args, { COUNTERSIGN_OAUTH2_CLIENT_SECRET: running.secret })
  expect([code, stderr]).toEqual([3, ''])
  expect(stdout).toContain('29 moved, 29 of them now\n1 whose users must sign in again\n')

  const post = async (path: string, client_id: string, parameters: Record<string, string>) => {
    const body = new URLSearchParams({ client_id, client_secret: running.secret, ...parameters })
    return (await fetch(running.base + path, { method: 'POST', body })).json()
  }
  const lines = readFileSync(out, 'utf8').split('\n').filter(Boolean)
  for (const line of lines) {
    const { user, access_token: accessToken, refresh_token: refreshToken } = JSON.parse(line)
    const told = await post('/token/introspection', 'api', { token: accessToken })
    expect(told).toMatchObject({ active: true, scope: 'photos.read offline_access', client_id: 'app' })
    expect(`user-${(told as { sub: string }).sub}`).toBe(user)
    const refresh = { grant_type: 'refresh_token', refresh_token: refreshToken }
    expect(await post('/token', 'app', refresh)).toMatchObject({ access_token: expect.any(String) })
  }
})
