import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { available } from '../../countersign/test/services.ts'
import {
  createDatabase,
  databaseConfig,
  removeDatabase,
} from '../../countersign/test/stores/backends/databases.ts'
import { createAccount } from '../src/accounts/accounts.ts'
import { registerClient } from '../src/clients/registration.ts'
import { createProvider, type Provider } from '../src/provider.ts'
import { createLog } from '../src/telemetry/log.ts'
import { issueToken } from '../src/tokens/issued-token.ts'
import { signer } from './signer.ts'
import { type TcpProxy, tcpProxy } from './tcp-proxy.ts'

const json = /^application\/json/
const form = /^application\/x-www-form-urlencoded/
const page = /^text\/html/
/** As the provider here is set: long enough for a busy machine. */
const storeTimeoutSeconds = 4

describe.each([
  ['PostgreSQL', 'postgres'],
  ['MariaDB', 'mariadb'],
] as const)('while %s', async (_, kind) => {
  if (!(await available(kind))) return
  const database = databaseConfig(kind)
  let proxy: TcpProxy
  let provider: Provider
  let send: ReturnType<typeof signer>
  let sendWithoutToken: ReturnType<typeof signer>
  beforeAll(async () => {
    await createDatabase(database)
    proxy = await tcpProxy(database)
    const settings = { port: 0, database: proxy.url, databasePool: 3, options: { storeTimeoutSeconds } }
    provider = await createProvider(settings, createLog('silent'))
    const { db } = provider.services
    const { id } = await createAccount(db, 'anna', 'correct horse battery')
    const client = await registerClient(db, { name: 'Terminal', callbacks: [] })
    const token = await issueToken(provider.services, client.clientId, id)
    const keys = { key: client.clientId, secret: client.clientSecret }
    sendWithoutToken = signer(provider.address, keys)
    send = signer(provider.address, keys, { key: token.oauthToken, secret: token.oauthTokenSecret })
  })
  afterAll(async () => {
    await provider.close()
    await proxy.close()
    await removeDatabase(database)
  })

  const read = () => send('GET', '/api/me', {})
  const readPage = () =>
    fetch(`${provider.address}/`, {
      headers: { cookie: `countersign=${'x'.repeat(43)}`, accept: 'text/html' },
    })
  const kinds = [
    ['the API', read, json],
    ['a token endpoint', () => sendWithoutToken('POST', '/oauth/initiate', { oauth_callback: 'oob' }), form],
    ['a page', readPage, page],
  ] as const

  async function expectUnavailable(ask: () => Promise<Response>, type: RegExp): Promise<void> {
    const response = await ask()
    expect(response.status).toBe(503)
    expect(response.headers.get('content-type')).toMatch(type)
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await response.text()).not.toMatch(/sql|econn|driver|127\.0\.0\.1:/i)
  }

  it.each([
    ['refuses connections', () => proxy.cut()],
    ['hangs', async () => proxy.hang()],
  ])(
    '%s, each app responds with 503 in time, and at once lets requests in when it is back',
    async (_how, fail) => {
      expect((await read()).status).toBe(200)
      await fail()
      // More of them at once than there are connections.
      const asked = Array.from({ length: 3 }, () => kinds).flat()
      await Promise.all(asked.map(([, ask, type]) => expectUnavailable(ask, type)))
      expect((await read()).status).toBe(503)
      expect((await fetch(`${provider.address}/readyz`)).status).toBe(503)
      // A new process would find the same database.
      expect((await fetch(`${provider.address}/healthz`)).status).toBe(200)
      await proxy.restore()
      expect((await read()).status).toBe(200)
      await vi.waitUntil(async () => (await fetch(`${provider.address}/readyz`)).status === 200, 10_000)
      for (const [, ask] of kinds) expect((await ask()).status).toBeLessThan(400)
      expect(proxy.count()).toBeLessThanOrEqual(3)
    },
  )

  it('has connections that it ends itself, requests go on over new ones', async () => {
    expect((await read()).status).toBe(200)
    await proxy.cut()
    await proxy.restore()
    expect((await read()).status).toBe(200)
  })

  it('is back, what was stored is there', async () => {
    const { db } = provider.services
    expect(await db.selectFrom('oauth_client').select('name').execute()).toEqual([{ name: 'Terminal' }])
  })
})
